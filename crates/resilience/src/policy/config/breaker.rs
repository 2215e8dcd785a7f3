//! The breaker's own configuration, as configurations write it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::breaker::{BreakerConfig, Window, WindowKind};
use crate::policy::Checks;
use crate::policy::milliseconds;

/// The form of [`BreakerConfig`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "BreakerConfig", default = "BreakerConfig::default", deny_unknown_fields)]
struct BreakerForm {
    consecutive_failures: u32,
    #[serde(with = "window")]
    window: Option<Window>,
    #[serde(rename = "open_for_ms", with = "milliseconds")]
    open_for: Duration,
    half_open_probes: u32,
    successes_to_close: u32,
    #[serde(rename = "half_open_wait_ms", with = "milliseconds")]
    half_open_wait: Duration,
}

/// The form of [`Window`].
#[derive(Serialize, Deserialize)]
#[serde(remote = "Window", deny_unknown_fields)]
struct WindowForm {
    #[serde(with = "KindForm")]
    kind: WindowKind,
    #[serde(default = "minimum_calls")]
    minimum_calls: u32,
    #[serde(default = "half")]
    failure_rate: f64,
    #[serde(rename = "slow_call_ms", with = "milliseconds", default)]
    slow_call: Duration,
    #[serde(default = "half")]
    slow_rate: f64,
}

/// The form of [`WindowKind`]: `{"count": 100}` or `{"time_ms": 60000}`.
#[derive(Serialize, Deserialize)]
#[serde(remote = "WindowKind")]
enum KindForm {
    #[serde(rename = "count")]
    Count(u32),
    #[serde(rename = "time_ms", with = "milliseconds")]
    Time(Duration),
}

const fn minimum_calls() -> u32 {
    10
}

const fn half() -> f64 {
    0.5
}

/// A breaker, or `null`.
pub(super) mod optional {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{BreakerConfig, BreakerForm};

    #[derive(Deserialize)]
    struct Owned(#[serde(with = "BreakerForm")] BreakerConfig);

    #[derive(Serialize)]
    struct Borrowed<'a>(#[serde(with = "BreakerForm")] &'a BreakerConfig);

    pub(in super::super) fn serialize<S: Serializer>(
        config: &Option<BreakerConfig>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        config.as_ref().map(Borrowed).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<BreakerConfig>, D::Error> {
        Ok(Option::<Owned>::deserialize(deserializer)?.map(|owned| owned.0))
    }
}

/// A window, or `null`.
mod window {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Window, WindowForm};

    #[derive(Deserialize)]
    struct Owned(#[serde(with = "WindowForm")] Window);

    #[derive(Serialize)]
    struct Borrowed<'a>(#[serde(with = "WindowForm")] &'a Window);

    pub(super) fn serialize<S: Serializer>(
        window: &Option<Window>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        window.as_ref().map(Borrowed).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Window>, D::Error> {
        Ok(Option::<Owned>::deserialize(deserializer)?.map(|owned| owned.0))
    }
}

/// The breaker's own faults, under the names that a configuration has for the fields.
pub(super) fn check(config: &BreakerConfig, checks: &mut Checks) {
    let faults = config.check().err().map(|error| error.faults).unwrap_or_default();
    for fault in faults {
        checks.that(false, written(fault.field), fault.value, fault.allowed);
    }
}

fn written(field: &str) -> &str {
    match field {
        "open_for" => "open_for_ms",
        "half_open_wait" => "half_open_wait_ms",
        "window.slow_call" => "window.slow_call_ms",
        "window.kind: count" => "window.kind.count",
        "window.kind: time" => "window.kind.time_ms",
        other => other,
    }
}
