use domain::{InstrumentId, Level, PairSpread, Price, Quantity, Quote, Span, SpreadPhase, Timestamp};

use crate::pairs::{PairDetector, PairError, PairLimits};

const FIRST: InstrumentId = InstrumentId(3);
const SECOND: InstrumentId = InstrumentId(1);

const LIMITS: PairLimits = PairLimits {
    sample_every: Span::SECOND,
    window: 20,
    open_z: 3.0,
    close_z: 1.0,
    told_z: 0.5,
    max_quote_age: Span::from_seconds(5),
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + seconds)
}

/// A quote of that midpoint, two cents wide.
fn quote(instrument: InstrumentId, mid: f64, time: Timestamp) -> Quote {
    let level = |price| Level { price: Price::from_f64(price).unwrap(), quantity: Quantity::from_units(1) };
    Quote { instrument, bid: level(mid - 0.01), ask: level(mid + 0.01), venue_time: time, receive_time: time }
}

/// A detector and what it told, fed once a second.
struct Run {
    detector: PairDetector,
    second: i64,
    told: Vec<PairSpread>,
}

impl Run {
    fn new() -> Self {
        let detector = PairDetector::new(&[(FIRST, SECOND)], LIMITS).unwrap();
        Self { detector, second: 0, told: Vec::new() }
    }

    /// The second instrument swings between 100 and 102; the first is three times that, and `apart` more, with a
    /// ripple of a cent that the line does not explain.
    fn go(&mut self, seconds: i64, apart: f64) {
        for _ in 0..seconds {
            self.second += 1;
            let swing = [0.0, 1.0, 2.0, 1.0][usize::try_from(self.second % 4).unwrap()];
            let ripple = if self.second % 3 == 0 { 0.01 } else { -0.005 };
            let time = at(self.second);
            let Self { detector, told, .. } = self;
            detector.on_quote(&quote(SECOND, 100.0 + swing, time), &mut |spread| told.push(spread));
            detector.on_quote(&quote(FIRST, 300.0 + 3.0 * swing + ripple + apart, time), &mut |spread| {
                told.push(spread)
            });
        }
    }

    fn phases(&self) -> Vec<SpreadPhase> {
        self.told.iter().map(|spread| spread.phase).collect()
    }
}

#[test]
fn a_pair_opens_when_it_comes_apart_and_closes_when_it_is_back() {
    let mut run = Run::new();
    run.go(40, 0.0);
    assert_eq!(run.told, [], "in line");
    run.go(2, 0.2);
    let opened = run.told[0];
    assert_eq!((opened.phase, opened.id, opened.samples), (SpreadPhase::Opened, 1, 20));
    assert_eq!((opened.first, opened.second), (FIRST, SECOND));
    assert!((opened.hedge_ratio.to_f64() - 3.0).abs() < 0.02, "{opened:?}");
    assert!(opened.z_score.to_f64() > 3.0 && opened.correlation.to_f64() > 0.99, "{opened:?}");
    run.go(4, 0.0);
    assert_eq!(run.phases().last(), Some(&SpreadPhase::Closed));
    assert!(run.told.iter().all(|spread| spread.id == 1));
    assert_eq!(run.detector.open().count(), 0);
    run.go(60, 0.0);
    run.go(2, -0.2);
    let again = run.told.last().unwrap();
    assert!(again.id == 2 && again.z_score.to_f64() < -3.0, "{again:?}");
    assert_eq!(run.detector.open().count(), 1);
}

#[test]
fn prices_that_are_not_to_be_trusted_close_the_spread_and_make_no_sample() {
    let mut run = Run::new();
    run.go(40, 0.0);
    run.go(2, 0.2);
    let told = run.told.len();
    let Run { detector, told: all, .. } = &mut run;
    detector.on_invalid(SECOND, at(42), &mut |spread| all.push(spread));
    assert_eq!(all[told..].iter().map(|spread| spread.phase).collect::<Vec<_>>(), [SpreadPhase::Closed]);
    detector.on_time(at(100), &mut |spread| all.push(spread));
    assert_eq!(all.len(), told + 1);
}

#[test]
fn old_quotes_close_the_spread() {
    let mut run = Run::new();
    run.go(40, 0.0);
    run.go(2, 0.2);
    let Run { detector, told, .. } = &mut run;
    detector.on_time(at(48), &mut |spread| told.push(spread));
    assert_eq!(run.phases().last(), Some(&SpreadPhase::Closed));
}

#[test]
fn what_cannot_be_watched_is_refused_with_its_reason() {
    let refuse = |pairs: &[(InstrumentId, InstrumentId)], limits| {
        PairDetector::new(pairs, limits).map(|_| ()).unwrap_err()
    };
    let pairs = [(FIRST, SECOND)];
    assert_eq!(refuse(&[(FIRST, FIRST)], LIMITS), PairError::Same(FIRST));
    assert_eq!(refuse(&pairs, PairLimits { window: 2, ..LIMITS }), PairError::Window(2));
    let much = PairLimits::WINDOW_MAX + 1;
    assert_eq!(refuse(&pairs, PairLimits { window: much, ..LIMITS }), PairError::Window(much));
    let still = PairLimits { sample_every: Span::ZERO, ..LIMITS };
    assert_eq!(refuse(&pairs, still), PairError::Interval(Span::ZERO));
    let crossed = PairLimits { close_z: 3.0, ..LIMITS };
    assert_eq!(refuse(&pairs, crossed), PairError::Limits { open: 3.0, close: 3.0 });
}
