use proptest::prelude::*;

use crate::condition::Pattern;
use crate::{Comparison, Condition, Selector};

fn labels(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_selector_matches_name_and_labels() {
    let selector = Selector::new("http_requests_total").with("status", "5*|429");
    for (status, is_meant) in [("500", true), ("503", true), ("429", true), ("200", false), ("4299", false)] {
        assert_eq!(
            selector.matches("http_requests_total", &labels(&[("status", status)])),
            is_meant,
            "{status}"
        );
    }
    assert!(!selector.matches("http_requests_total", &[]));
    assert!(!selector.matches("http_requests", &labels(&[("status", "500")])));
    assert!(Selector::new("up").matches("up", &labels(&[("any", "thing")])));
}

#[test]
fn promql_says_the_same() {
    let of = Selector::new("health_component_state").with("component", "feed:*|a.b");
    assert_eq!(of.promql(), r#"health_component_state{component=~"feed:.*|a\\.b"}"#);
    assert_eq!(Selector::new("up").with("job", "x").promql(), r#"up{job="x"}"#);
    let share = Condition::Share {
        of: Selector::new("a"),
        among: Selector::new("b"),
        within_seconds: 120,
        is: Comparison::Above,
        threshold: 0.1,
    };
    assert_eq!(share.promql(), "(sum(increase(a[120s])) or vector(0)) / sum(increase(b[120s])) > 0.1");
}

#[test]
fn comparisons_are_what_they_say_and_no_number_is_never_meant() {
    for (is, below, equal, above) in [
        (Comparison::Above, false, false, true),
        (Comparison::AtLeast, false, true, true),
        (Comparison::Below, true, false, false),
        (Comparison::Equal, false, true, false),
    ] {
        assert_eq!([is.holds(1.0, 2.0), is.holds(2.0, 2.0), is.holds(3.0, 2.0)], [below, equal, above]);
        assert!(!is.holds(f64::NAN, 2.0));
    }
}

proptest! {
    #[test]
    fn a_pattern_without_a_star_is_the_value_itself(value in "[a-z0-9:._-]{1,12}", other in "[a-z0-9:._-]{1,12}") {
        let pattern = Pattern::new(value.clone());
        prop_assert!(pattern.matches(&value));
        prop_assert_eq!(pattern.matches(&other), value == other);
        let begins = Pattern::new(format!("{value}*"));
        prop_assert_eq!(begins.matches(&other), other.starts_with(&value));
    }
}
