use std::path::Path;

use resilience::health::{Observation, Status};

use crate::free_space::free_bytes;

/// Below it somebody should make room soon, below the second at once.
const LITTLE: u64 = 1 << 30;
const ALMOST_NONE: u64 = 100 << 20;

pub(super) fn room(folder: &Path) -> Observation {
    let Some(free) = free_bytes(folder) else {
        return Observation::degraded("free space cannot be read");
    };
    let status = match free {
        free if free < ALMOST_NONE => Status::Unhealthy,
        free if free < LITTLE => Status::Degraded,
        _ => Status::Healthy,
    };
    Observation::new(status, format!("{} MiB free", free >> 20)).fact("free_bytes", free)
}
