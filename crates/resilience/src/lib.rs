//! Keeps a program standing when what it depends on does not: circuit breaker, retry with a budget, timeouts,
//! bulkhead, rate limit, fallback, hedging, load shedding, and a registry of health.
//!
//! Every mechanism stands alone, comes as a [`tower`] layer, and is composed by [`policy`] around any asynchronous
//! call. This crate is not a client of anything: it opens no connection and knows neither orders nor markets. It
//! looks at the [`failure::Kind`] of an error alone. Time and chance are handed in.

pub mod breaker;
pub mod bulkhead;
pub mod chance;
pub mod clock;
pub mod failure;
pub mod fallback;
pub mod health;
pub mod hedge;
pub mod names;
pub mod policy;
pub mod rate;
pub mod registry;
pub mod retry;
pub mod shed;
pub mod timeout;

pub use breaker::{Breaker, BreakerConfig};
pub use chance::{Chance, SeededChance};
pub use clock::{Clock, ManualClock, SystemClock, TokioClock};
pub use failure::{Category, Failure, Kind, Severity};
pub use health::{Component, Health, HealthConfig, Importance, Observation, Status};
pub use policy::{Policy, PolicyConfig, PolicyError, Surroundings};
pub use registry::{Idle, PolicyKey, Registry, RegistryFull};
pub use retry::Idempotency;
pub use shed::Priority;
