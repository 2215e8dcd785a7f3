//! Settings as they are documented, and what every kind of error tells.

use std::time::Duration;

use resilience::{Category, Failure, Kind, Severity};

use crate::{POOL_MAX, Store, StoreConfig, StoreError, StoreErrorKind, TlsMode};

#[test]
fn the_defaults_are_as_documented() {
    let seconds = Duration::from_secs;
    let documented = StoreConfig {
        pool_min: 5,
        pool_max: 20,
        pool_overflow: 10,
        acquire_timeout: seconds(10),
        idle_timeout: seconds(30),
        statement_timeout: seconds(30),
        recycle: seconds(3600),
        pre_ping: true,
        slow_query: seconds(1),
        tls: TlsMode::Prefer,
        root_certificate: None,
    };
    assert_eq!(StoreConfig::default(), documented);
}

#[test]
fn settings_that_do_not_go_together_are_refused_by_name() {
    let refused = |change: fn(&mut StoreConfig), name: &str| {
        let mut config = StoreConfig::default();
        change(&mut config);
        let error = Store::open_with("sqlite::memory:", &config).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Invalid);
        assert!(error.what.contains(name), "{error}");
    };
    refused(|config| config.pool_max = 0, "pool_max");
    refused(|config| config.pool_max = POOL_MAX + 1, "pool_max");
    refused(|config| config.pool_overflow = POOL_MAX - 19, "pool_overflow");
    refused(|config| config.pool_min = 21, "pool_min");
    refused(|config| config.acquire_timeout = Duration::ZERO, "acquire_timeout");
    refused(|config| config.statement_timeout = Duration::ZERO, "statement_timeout");
    refused(|config| config.recycle = Duration::ZERO, "recycle");
}

#[test]
fn every_kind_says_what_it_is() {
    use StoreErrorKind as Is;
    let rows = [
        (Is::Transient, Kind::Transient, Category::Storage, Severity::Medium),
        (Is::TimedOut, Kind::TimedOut, Category::Storage, Severity::Medium),
        (Is::Invalid, Kind::Invalid, Category::Validation, Severity::Low),
        (Is::NotFound, Kind::Rejected, Category::Validation, Severity::Low),
        (Is::Conflict, Kind::Rejected, Category::Validation, Severity::Low),
        (Is::Full, Kind::Transient, Category::Capacity, Severity::Critical),
        (Is::Damaged, Kind::Rejected, Category::Storage, Severity::Critical),
        (Is::Unauthorised, Kind::Unauthorised, Category::Authentication, Severity::Low),
    ];
    for (is, kind, category, severity) in rows {
        let error = StoreError::new(is, "x");
        assert_eq!((error.kind(), error.category(), error.severity()), (kind, category, severity), "{is:?}");
    }
}
