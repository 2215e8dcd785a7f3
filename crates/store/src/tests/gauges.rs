//! A recorder of metrics for a test, and what the pool tells it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

use crate::sqlite::Sqlite;
use crate::{Store, StoreConfig, StoreErrorKind, names};

/// The last value of a gauge, the sum of a counter, the number of a histogram's samples, each by name and labels.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<BTreeMap<String, f64>>>);

struct Series(Seen, String);

impl Seen {
    fn get(&self, series: &str) -> f64 {
        self.0.lock().unwrap().get(series).copied().unwrap_or(f64::NAN)
    }

    fn series(&self, key: &Key) -> Arc<Series> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Series(self.clone(), format!("{}{{{}}}", key.name(), labels.join(","))))
    }
}

impl Series {
    fn change(&self, change: impl FnOnce(f64) -> f64) {
        let mut all = self.0.0.lock().unwrap();
        let value = all.entry(self.1.clone()).or_default();
        *value = change(*value);
    }
}

impl CounterFn for Series {
    fn increment(&self, value: u64) {
        self.change(|before| before + f64::from(u32::try_from(value).unwrap()));
    }

    fn absolute(&self, value: u64) {
        self.change(|_| f64::from(u32::try_from(value).unwrap()));
    }
}

impl GaugeFn for Series {
    fn increment(&self, value: f64) {
        self.change(|before| before + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|before| before - value);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

impl HistogramFn for Series {
    fn record(&self, _: f64) {
        self.change(|before| before + 1.0);
    }
}

impl Recorder for Seen {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.series(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.series(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.series(key))
    }
}

fn check(seen: &Seen, series: &str, wanted: f64) {
    let found = seen.get(series);
    assert!((found - wanted).abs() < 1e-9, "{series} is {found}, not {wanted}: {:?}", seen.0.lock().unwrap());
}

#[test]
fn the_pool_tells_how_it_is_used() {
    let seen = Seen::default();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.db");
    let config = StoreConfig { acquire_timeout: Duration::from_millis(1), pool_max: 5, ..Default::default() };
    metrics::with_local_recorder(&seen, || {
        let clock = Arc::new(resilience::SystemClock::new());
        let sqlite = Arc::new(Sqlite::open(path.to_str().unwrap(), &config, clock).unwrap());
        let store = Store::on(sqlite.clone());
        check(&seen, "db_pool_size{}", 6.0);
        store.migrate_to(store.newest_version()).unwrap();
        let in_use = |_: &rusqlite::Connection| {
            check(&seen, "db_pool_checked_out{}", 1.0);
            Ok(())
        };
        sqlite.on_reader(in_use).unwrap();
        check(&seen, "db_pool_checked_out{}", 0.0);
        check(&seen, "db_pool_wait_seconds{side=read}", 1.0);
        check(&seen, "db_statement_seconds{doing=reading for a test}", 1.0);
        sqlite.on_writer(|_| {
            assert_eq!(store.set_meta("a", "b").unwrap_err().kind, StoreErrorKind::Transient);
        });
        check(&seen, "db_pool_timeouts_total{side=write}", 1.0);
        store.meta("a").unwrap();
        check(&seen, "db_statement_seconds{doing=reading a value}", 1.0);
    });
    let told = seen.0.lock().unwrap();
    for name in [names::POOL_SIZE, names::POOL_CHECKED_OUT, names::POOL_WAIT, names::STATEMENT] {
        assert!(told.keys().any(|series| series.starts_with(name)), "{name}");
    }
}
