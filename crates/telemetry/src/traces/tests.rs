use std::time::Duration;

use resilience::{BreakerConfig, Policy, PolicyConfig, Surroundings};

use super::{TraceConfig, Traces, TracesError};
use crate::redact::Redactor;

#[cfg(feature = "otel")]
mod collector;
#[cfg(feature = "otel")]
mod delivery;

fn config(endpoint: &str) -> TraceConfig {
    TraceConfig {
        endpoint: endpoint.to_owned(),
        service: "bellwether-under-test".to_owned(),
        version: "1.2.3".to_owned(),
        sample_ratio: 1.0,
        timeout: Duration::from_secs(20),
    }
}

/// Tries once, and gives up a collector after its second failure.
fn policy() -> Policy {
    let breaker = BreakerConfig { consecutive_failures: 2, ..BreakerConfig::default() };
    let config = PolicyConfig { retry: None, breaker: Some(breaker), ..PolicyConfig::default() };
    Policy::new("otlp.spans", &config, Surroundings::system()).unwrap()
}

fn refused(config: &TraceConfig) -> TracesError {
    Traces::start(config, policy(), Redactor::default()).unwrap_err()
}

#[test]
#[cfg(not(feature = "otel"))]
fn traces_that_are_not_built_in_are_refused_in_words() {
    let config = config("http://127.0.0.1:4317");
    let error = refused(&config);
    assert_eq!((&error, config.check()), (&TracesError::NotBuilt, Err(TracesError::NotBuilt)));
    assert!(error.to_string().contains("build it with the feature `otel`"));
}

#[test]
#[cfg(feature = "otel")]
fn a_wrong_configuration_is_refused_in_words() {
    for endpoint in ["", "localhost:4317", "http://", "ftp://x", "http://a b", "http://é"] {
        assert_eq!(refused(&config(endpoint)), TracesError::Endpoint(endpoint.to_owned()));
    }
    assert_eq!(config("http://127.0.0.1:4317").check(), Ok(()));
    for sample_ratio in [-0.1, 1.1] {
        let config = TraceConfig { sample_ratio, ..config("http://127.0.0.1:4317") };
        assert_eq!(refused(&config), TracesError::SampleRatio(sample_ratio));
    }
    let config = TraceConfig { sample_ratio: f64::NAN, ..config("http://127.0.0.1:4317") };
    assert!(matches!(refused(&config), TracesError::SampleRatio(_)));
}
