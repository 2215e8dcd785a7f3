use domain::{InstrumentId, Level, Price, Quantity, Quote, RegimeChange, Span, SpreadRegime, Timestamp};

use super::{RegimeDetector, RegimeError, RegimeLimits};

const INSTRUMENT: InstrumentId = InstrumentId(2);

const LIMITS: RegimeLimits = RegimeLimits {
    sample_every: Span::SECOND,
    memory: 60,
    unusual_z: 3.0,
    confirmations: 3,
    max_quote_age: Span::from_seconds(5),
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

fn quote(cents_wide: i32, time: Timestamp) -> Quote {
    let level = |cents: i32| Level {
        price: Price::from_scaled(i64::from(10_000 + cents), 2).unwrap(),
        quantity: Quantity::from_units(1),
    };
    Quote {
        instrument: INSTRUMENT,
        bid: level(0),
        ask: level(cents_wide),
        venue_time: time,
        receive_time: time,
    }
}

struct Run {
    detector: RegimeDetector,
    second: i64,
    told: Vec<RegimeChange>,
}

impl Run {
    fn new() -> Self {
        Self { detector: RegimeDetector::new(LIMITS).unwrap(), second: 0, told: Vec::new() }
    }

    /// Quotes once a second, of those widths in turn.
    fn go(&mut self, seconds: i64, widths: &[i32]) {
        for _ in 0..seconds {
            self.second += 1;
            let width = widths[usize::try_from(self.second).unwrap() % widths.len()];
            let Self { detector, told, .. } = self;
            detector.on_quote(&quote(width, at(self.second)), &mut |change| told.push(change));
        }
    }

    fn changes(&self) -> Vec<(SpreadRegime, SpreadRegime)> {
        self.told.iter().map(|change| (change.from, change.to)).collect()
    }
}

#[test]
fn a_spread_that_widens_and_comes_back_changes_its_regime_twice() {
    let mut run = Run::new();
    run.go(120, &[4, 5]);
    assert_eq!(run.told, [], "the usual");
    run.go(2, &[20]);
    run.go(2, &[4, 5]);
    assert_eq!(run.told, [], "two in a row are not enough");
    run.go(5, &[20]);
    assert_eq!(run.changes(), [(SpreadRegime::Usual, SpreadRegime::Wide)]);
    let change = run.told[0];
    assert!((change.share.to_f64() - 0.2 / 100.1).abs() < 1e-8, "{change:?}");
    assert!(change.usual.to_f64() < 0.00055 && change.z_score.to_f64() > 3.0, "{change:?}");
    assert_eq!(run.detector.regime(INSTRUMENT), SpreadRegime::Wide);
    run.go(10, &[4, 5]);
    assert_eq!(run.changes()[1..], [(SpreadRegime::Wide, SpreadRegime::Usual)]);
}

#[test]
fn a_spread_that_never_changed_has_a_tight_regime_too() {
    let mut run = Run::new();
    run.go(120, &[10]);
    run.go(5, &[1]);
    assert_eq!(run.changes(), [(SpreadRegime::Usual, SpreadRegime::Tight)]);
}

#[test]
fn a_width_that_stays_becomes_the_usual() {
    let mut run = Run::new();
    run.go(120, &[4, 5]);
    run.go(600, &[20]);
    assert_eq!(run.changes().last(), Some(&(SpreadRegime::Wide, SpreadRegime::Usual)));
}

#[test]
fn nothing_is_told_before_the_usual_is_known_or_of_quotes_not_to_be_trusted() {
    let mut run = Run::new();
    run.go(30, &[4]);
    run.go(20, &[40]);
    assert_eq!(run.told, []);
    let mut run = Run::new();
    run.go(120, &[4, 5]);
    run.go(1, &[20]);
    run.detector.on_invalid(INSTRUMENT);
    run.detector.on_time(at(500), &mut |_| panic!("no quote stands"));
    let mut old = Run::new();
    old.go(120, &[4, 5]);
    old.go(1, &[20]);
    for second in 127..200 {
        old.detector.on_time(at(second), &mut |_| panic!("the quote is old"));
    }
}

#[test]
fn what_cannot_be_followed_is_refused_with_its_reason() {
    let refuse = |limits| RegimeDetector::new(limits).map(|_| ()).unwrap_err();
    let still = RegimeLimits { sample_every: Span::ZERO, ..LIMITS };
    assert_eq!(refuse(still), RegimeError::Interval(Span::ZERO));
    assert_eq!(refuse(RegimeLimits { memory: 1, ..LIMITS }), RegimeError::Memory(1));
    assert_eq!(refuse(RegimeLimits { unusual_z: 0.0, ..LIMITS }), RegimeError::Limit(0.0));
}
