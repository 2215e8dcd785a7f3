pub(crate) mod metrics_seen;

use domain::{InstrumentId, Price, Quantity, Rate, Span, Timestamp, Trade};
use market::SpreadLimits;
use metrics_seen::Seen;

use crate::{DropPolicy, Flow, FlowConfig, Pacer, PacingLimits, queue};

#[test]
fn the_metrics_have_the_names_of_the_contract() {
    let seen = Seen::default();
    metrics::with_local_recorder(&seen, || {
        let limits = SpreadLimits { max_quote_age: Span::SECOND, min_net_rate: Rate::ZERO };
        let mut flow = Flow::new(FlowConfig::checks_only(limits), &domain::Instruments::default()).unwrap();
        let stranger = Trade {
            instrument: InstrumentId(9),
            id: 0,
            price: Price::from_units(1),
            quantity: Quantity::from_units(1),
            aggressor: None,
            venue_time: Timestamp::EPOCH,
            receive_time: Timestamp::EPOCH,
        };
        for _ in 0..2 {
            flow.push(domain::FeedMessage::Trade(stranger), &mut |_| {});
            flow.flush(Timestamp::EPOCH, &mut |_| {});
        }
        let mut pacer = Pacer::new("venue", PacingLimits { per_second: 1, burst: 0 }, Timestamp::EPOCH);
        assert!(pacer.take(Timestamp::EPOCH).is_err());
        let (sender, _receiver) = queue("operators", 1, DropPolicy::Newest);
        assert!([1, 2, 3].into_iter().all(|item| sender.send(item).is_ok()));
    });
    let table = [
        ("mdp_source_items_total{trade}", "0"),
        ("mdp_source_items_total{other}", "0"),
        ("mdp_source_refused_total{unknown_instrument}", "2"),
        ("operator_bars_out_total{}", "0"),
        ("mdp_source_pacing_blocked_total{venue}", "1"),
        ("mdp_queue_depth{operators}", "0"),
        ("mdp_queue_dropped_total{operators,abandoned}", "1"),
        ("mdp_queue_dropped_total{operators,newest}", "2"),
    ];
    for (name, value) in table {
        assert_eq!(seen.value(name), value, "{name}");
    }
}
