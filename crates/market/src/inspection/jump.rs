use domain::Price;

/// A move below this share is never called a jump.
const SHARE_LEAST: f64 = 0.15;

/// A jump is so many times the usual move.
const TIMES_USUAL: f64 = 8.0;

/// How many moves the usual is learnt from, and how far back it looks.
const LEARNT: u32 = 5;
const MEMORY: f64 = 50.0;

/// How near to a plain ratio a move must be to look like a split, and to a hundred to look like another unit.
const RATIO_SHARE: f64 = 0.04;
const HUNDRED_SHARE: f64 = 0.15;

/// New shares for old ones, as companies split them.
const SPLITS: [(u32, u32); 16] = [
    (2, 1),
    (3, 1),
    (4, 1),
    (5, 1),
    (6, 1),
    (7, 1),
    (8, 1),
    (10, 1),
    (15, 1),
    (20, 1),
    (25, 1),
    (50, 1),
    (3, 2),
    (5, 2),
    (4, 3),
    (5, 4),
];

/// A price far from the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jump {
    pub kind: JumpKind,
    pub before: Price,
    pub after: Price,
}

/// What it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JumpKind {
    /// `new` shares for `old` ones.
    Split {
        new: u32,
        old: u32,
    },
    Hundredfold,
    Other,
}

/// The moves of one series: how large they usually are, and which are out of all proportion.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moves {
    last: Option<Price>,
    /// Mean of the magnitudes of the logarithms of moves.
    usual: f64,
    learnt: u32,
}

impl Moves {
    /// A price where trading goes on; the jump to it, if it is one.
    pub(super) fn meet(&self, price: Price) -> Option<Jump> {
        let before = self.last?;
        let logarithm = logarithm(before, price)?;
        let limit = (1.0 + SHARE_LEAST).ln().max(TIMES_USUAL * self.usual);
        if self.learnt < LEARNT && logarithm.abs() < 2.0 * (1.0 + SHARE_LEAST).ln() {
            return None;
        }
        (logarithm.abs() > limit).then(|| Jump { kind: JumpKind::of(logarithm), before, after: price })
    }

    /// The last price of what was told: the next is measured against it.
    pub(super) fn learn(&mut self, price: Price) {
        if let Some(logarithm) = self.last.and_then(|last| logarithm(last, price))
            && self.meet(price).is_none()
        {
            self.learnt = self.learnt.saturating_add(1);
            let weight = (1.0 / f64::from(self.learnt)).max(2.0 / (MEMORY + 1.0));
            self.usual += weight * (logarithm.abs() - self.usual);
        }
        if price.is_positive() {
            self.last = Some(price);
        }
    }

    /// The price before is taken at what a split makes of it.
    pub(super) fn split(&mut self, new: u32, old: u32) {
        let adjusted = |last: Price| Price::from_f64(last.to_f64() * f64::from(old) / f64::from(new.max(1)));
        self.last = self.last.and_then(adjusted);
    }
}

impl JumpKind {
    fn of(logarithm: f64) -> Self {
        let size = logarithm.abs();
        if (size - 100f64.ln()).abs() < (1.0 + HUNDRED_SHARE).ln() {
            return Self::Hundredfold;
        }
        let apart = |(new, old): (u32, u32)| (size - (f64::from(new) / f64::from(old)).ln()).abs();
        let nearest = SPLITS.into_iter().min_by(|left, right| apart(*left).total_cmp(&apart(*right)));
        match nearest {
            // Prices fall when shares become more.
            Some((new, old)) if apart((new, old)) < (1.0 + RATIO_SHARE).ln() => {
                if logarithm < 0.0 {
                    Self::Split { new, old }
                } else {
                    Self::Split { new: old, old: new }
                }
            }
            _ => Self::Other,
        }
    }
}

/// `None` unless both prices are above zero.
fn logarithm(before: Price, after: Price) -> Option<f64> {
    (before.is_positive() && after.is_positive()).then(|| (after.to_f64() / before.to_f64()).ln())
}
