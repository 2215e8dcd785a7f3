use proptest::prelude::*;

use crate::{BarPeriod, BarRule, BarRuleError, Money, Quantity, Span};

#[test]
fn a_rule_has_one_name() {
    let names = [
        "1ns",
        "7us",
        "250ms",
        "1s",
        "90s",
        "1m",
        "90m",
        "1h",
        "1d",
        "7d",
        "session",
        "ticks:1000",
        "volume:2.5",
        "notional:1000000",
        "imbalance:500",
    ];
    for name in names {
        assert_eq!(name.parse::<BarRule>().unwrap().to_string(), name);
    }
    assert_eq!("60s".parse(), Ok(BarRule::MINUTE));
    assert_eq!("24h".parse(), Ok(BarRule::DAY));
    assert_eq!("volume:2.50".parse(), Ok(BarRule::Volume(Quantity::from_raw(2_500_000_000))));
}

#[test]
fn what_names_no_rule_is_refused() {
    for text in ["", "1", "m", "Session", "1 m", "1M", "ticks", "days:1", "-1s", "time:1m", ":5"] {
        assert_eq!(text.parse::<BarRule>(), Err(BarRuleError::Unknown), "{text}");
    }
    let sizes =
        ["0s", "ticks:0", "ticks:-1", "ticks:1.5", "ticks:4294967296", "volume:0", "volume:x", "notional:-2"];
    for text in sizes.into_iter().chain(["200000000000d", "volume:0.0000000001", "imbalance:"]) {
        assert_eq!(text.parse::<BarRule>(), Err(BarRuleError::Size), "{text}");
    }
}

fn any_rule() -> impl Strategy<Value = BarRule> {
    let period = |nanos| BarRule::Time(BarPeriod::new(Span::from_nanos(nanos)).unwrap());
    prop_oneof![
        (1..i64::MAX).prop_map(period),
        (1..10_000i64).prop_map(move |seconds| period(seconds * 1_000_000_000)),
        Just(BarRule::Session),
        (1..=u32::MAX).prop_map(BarRule::Ticks),
        (1..=i128::MAX).prop_map(|raw| BarRule::Volume(Quantity::from_raw(raw))),
        (1..=i128::MAX).prop_map(|raw| BarRule::Notional(Money::from_raw(raw))),
        (1..=u32::MAX).prop_map(BarRule::Imbalance),
    ]
}

proptest! {
    #[test]
    fn the_name_is_read_back(rule in any_rule()) {
        prop_assert_eq!(rule.to_string().parse(), Ok(rule));
        let text = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<BarRule>(&text).unwrap(), rule);
    }
}
