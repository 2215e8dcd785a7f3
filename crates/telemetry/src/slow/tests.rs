use std::time::Duration;

use resilience::ManualClock;

use super::watch;
use crate::logs::seen::Seen;

#[test]
fn an_operation_is_told_from_its_threshold_on() {
    for (took, is_told) in [(99, false), (100, true), (2_500, true)] {
        let seen = Seen::with(|config| config.level = "off".to_owned());
        let clock = ManualClock::default();
        seen.during(|| {
            let _span = tracing::info_span!("request", request_id = "r-1").entered();
            let _watch = watch("store.read", Duration::from_millis(100), clock.clone());
            clock.advance(Duration::from_millis(took));
        });
        let told: Vec<String> = seen.tail();
        let expected = format!(
            "WARN slow took long {{\"operation\":\"store.read\",\"milliseconds\":{took}.0,\
             \"threshold_milliseconds\":100.0,\"request_id\":\"r-1\"}}"
        );
        assert_eq!(told, if is_told { vec![expected] } else { vec![] });
    }
}
