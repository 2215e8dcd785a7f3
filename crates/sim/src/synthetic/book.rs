use domain::Side;

use crate::chance::Chance;

/// A price in ticks and what stands there in quantity steps.
pub(super) type Rung = (i64, i64);

/// One side of a synthetic book, best rung first, always of the same length.
#[derive(Debug)]
pub(super) struct Half {
    side: Side,
    rungs: Vec<Rung>,
    count: usize,
    /// A common size in steps.
    size: f64,
    /// Ticks between two rungs, commonly.
    gap: i64,
}

impl Half {
    pub(super) fn new(side: Side, count: usize, size: f64) -> Self {
        Self { side, rungs: Vec::with_capacity(count + 4), count, size, gap: 1 }
    }

    pub(super) fn rungs(&self) -> &[Rung] {
        &self.rungs
    }

    pub(super) fn best(&self) -> Rung {
        self.rungs.first().copied().unwrap_or_default()
    }

    /// Makes `best` the best price: better rungs go, a hole behind a new best is filled, and the far end is cut
    /// or lengthened. Every changed rung is added to `changes`; a size of zero means that it is gone.
    pub(super) fn move_to(&mut self, best: i64, gap: i64, chance: &mut Chance, changes: &mut Vec<Rung>) {
        self.gap = gap.max(1);
        let gone = self.rungs.iter().take_while(|rung| self.is_better(rung.0, best)).count();
        changes.extend(self.rungs.drain(..gone).map(|(price, _)| (price, 0)));
        if self.rungs.first().is_none_or(|rung| rung.0 != best) {
            let size = self.draw_size(0, chance);
            self.insert(0, (best, size), changes);
            self.fill_hole(chance, changes);
        }
        while self.rungs.len() > self.count {
            changes.extend(self.rungs.pop().map(|(price, _)| (price, 0)));
        }
        self.lengthen(chance, changes);
    }

    /// Gives a rung another size, those near the top more often.
    pub(super) fn retouch(&mut self, chance: &mut Chance, changes: &mut Vec<Rung>) {
        let count = self.rungs.len() as u64;
        let drawn = chance.below(count).min(chance.below(count));
        let index = usize::try_from(drawn).unwrap_or(0);
        let size = self.draw_size(index, chance);
        if let Some(rung) = self.rungs.get_mut(index) {
            rung.1 = size;
            changes.push(*rung);
        }
    }

    /// Takes up to `wanted` steps from the best rung: its price and how much was taken.
    pub(super) fn take(&mut self, wanted: i64, changes: &mut Vec<Rung>) -> Rung {
        let Some(best) = self.rungs.first_mut() else { return (0, 0) };
        let taken = wanted.min(best.1);
        best.1 -= taken;
        let rung = *best;
        changes.push(rung);
        if rung.1 == 0 {
            self.rungs.remove(0);
        }
        (rung.0, taken)
    }

    /// Adds rungs at the far end until the side has its length.
    pub(super) fn lengthen(&mut self, chance: &mut Chance, changes: &mut Vec<Rung>) {
        while self.rungs.len() < self.count {
            let Some(&(last, _)) = self.rungs.last() else { return };
            let index = self.rungs.len();
            let price = self.outward(last, draw_gap(self.gap, chance));
            let size = self.draw_size(index, chance);
            self.insert(index, (price, size), changes);
        }
    }

    /// At most three rungs between a new best and what was best before.
    fn fill_hole(&mut self, chance: &mut Chance, changes: &mut Vec<Rung>) {
        for index in 1..=3 {
            let (Some(above), Some(below)) = (self.rungs.get(index - 1), self.rungs.get(index)) else {
                return;
            };
            let price = self.outward(above.0, draw_gap(self.gap, chance));
            if !self.is_better(price, below.0) || (above.0 - below.0).abs() < 2 * self.gap {
                return;
            }
            let size = self.draw_size(index, chance);
            self.insert(index, (price, size), changes);
        }
    }

    fn insert(&mut self, index: usize, rung: Rung, changes: &mut Vec<Rung>) {
        self.rungs.insert(index, rung);
        changes.push(rung);
    }

    /// Larger away from the top.
    fn draw_size(&self, index: usize, chance: &mut Chance) -> i64 {
        let depth = 0.5 + 0.15 * index as f64;
        whole(self.size * depth * chance.power_law() * chance.between(0.3, 1.0)).max(1)
    }

    const fn is_better(&self, price: i64, than: i64) -> bool {
        match self.side {
            Side::Buy => price > than,
            Side::Sell => price < than,
        }
    }

    const fn outward(&self, price: i64, by: i64) -> i64 {
        match self.side {
            Side::Buy => price - by,
            Side::Sell => price + by,
        }
    }
}

/// One tick to twice the common gap.
fn draw_gap(gap: i64, chance: &mut Chance) -> i64 {
    let span = u64::try_from(2 * gap - 1).unwrap_or(1);
    1 + i64::try_from(chance.below(span)).unwrap_or(0)
}

/// Toward zero. The figures here stay far inside the range; beyond it a cast saturates.
#[expect(clippy::cast_possible_truncation, reason = "prices and sizes in ticks and steps are below 10^15")]
pub(super) const fn whole(value: f64) -> i64 {
    value as i64
}
