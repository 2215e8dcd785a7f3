use domain::{
    FeedMessage, Instrument, InstrumentId, Level, Price, Quantity, Quote, Side, Span, Timestamp, Trade,
};

use super::STEP_HOURS;
use super::book::{Half, Rung};
use super::listing::Surroundings;

/// One microsecond: how far apart two messages of one instrument are at least.
const APART: Span = Span::from_nanos(1_000);

/// Whether what happens to a book reaches us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Good,
    /// So many updates are yet to be lost.
    Losing(u64),
    /// Updates come again, but only the snapshot due then makes sense of them.
    Blind(Timestamp),
}

/// Turns what happens on a listing into messages with ids and times, and loses some of them.
#[derive(Debug)]
pub(super) struct Feed {
    id: InstrumentId,
    tick: i64,
    step: i128,
    delay: Span,
    gaps_per_hour: f64,
    health: Health,
    update_id: u64,
    trade_id: u64,
    quoted: (Rung, Rung),
    venue_time: Timestamp,
    receive_time: Timestamp,
}

impl Feed {
    pub(super) fn new(
        instrument: &Instrument,
        delay_millis: i64,
        gaps_per_hour: f64,
        start: Timestamp,
    ) -> Self {
        Self {
            id: instrument.id,
            tick: instrument.price_tick.raw(),
            step: instrument.quantity_step.raw(),
            delay: Span::from_millis(delay_millis),
            gaps_per_hour,
            health: Health::Good,
            update_id: 1_000,
            trade_id: 0,
            quoted: Default::default(),
            venue_time: Timestamp::MIN,
            receive_time: start,
        }
    }

    pub(super) const fn id(&self) -> InstrumentId {
        self.id
    }

    pub(super) const fn rename(&mut self, id: InstrumentId) {
        self.id = id;
    }

    /// The first snapshot and quote.
    pub(super) fn open(&mut self, bids: &Half, asks: &Half, around: &mut Surroundings<'_>) {
        self.begin_step(around);
        self.snapshot(bids, asks, around);
        self.quote(bids, asks, around);
    }

    /// Draws when the messages of this step come, and whether some begin to be lost.
    pub(super) fn begin_step(&mut self, around: &mut Surroundings<'_>) {
        let word = around.chance.word();
        let within = i64::try_from(((word & 0xffff_ffff) * 9_000_000) >> 32).unwrap_or(0);
        let share = i64::try_from(word >> 56).unwrap_or(0);
        let delay = self.delay.nanos() + self.delay.nanos() / 512 * share;
        self.receive_time = around.now.plus(Span::from_nanos(within)).max(self.receive_time.plus(APART));
        self.venue_time = self.receive_time.plus(Span::from_nanos(-delay)).max(self.venue_time);
        if self.health == Health::Good && around.chance.happens(self.gaps_per_hour * STEP_HOURS) {
            self.health = Health::Losing(3 + around.chance.below(10));
        }
    }

    /// The quote, if the top has changed; the snapshot, if it is due.
    pub(super) fn end_step(&mut self, bids: &Half, asks: &Half, around: &mut Surroundings<'_>) {
        if let Health::Blind(until) = self.health {
            if around.now < until {
                return;
            }
            self.health = Health::Good;
            around.statistics.gaps += 1;
            self.snapshot(bids, asks, around);
            self.quoted = Default::default();
        }
        if self.health == Health::Good && self.quoted != (bids.best(), asks.best()) {
            self.quote(bids, asks, around);
        }
    }

    pub(super) fn trade(&mut self, (price, steps): Rung, aggressor: Side, around: &mut Surroundings<'_>) {
        self.trade_id += 1;
        let trade = Trade {
            instrument: self.id,
            id: self.trade_id,
            price: self.price(price),
            quantity: self.quantity(steps),
            aggressor: Some(aggressor),
            venue_time: self.venue_time,
            receive_time: self.tick_over(),
        };
        around.statistics.trades += 1;
        around.outbox.slot(trade.receive_time).store(&FeedMessage::Trade(trade));
    }

    /// An update id a changed level, sent unless it is to be lost.
    pub(super) fn update(&mut self, bids: &[Rung], asks: &[Rung], around: &mut Surroundings<'_>) {
        let first = self.update_id + 1;
        self.update_id += (bids.len() + asks.len()) as u64;
        if let Health::Losing(left) = self.health {
            self.lose(left, around);
            return;
        }
        around.statistics.depth_updates += 1;
        let time = self.tick_over();
        let update = around.outbox.slot(time).start_update();
        update.instrument = self.id;
        update.first_update_id = first;
        update.last_update_id = self.update_id;
        update.previous_update_id = Some(first - 1);
        update.bids.extend(bids.iter().map(|&rung| self.level(rung)));
        update.asks.extend(asks.iter().map(|&rung| self.level(rung)));
        update.venue_time = self.venue_time;
        update.receive_time = time;
    }

    fn lose(&mut self, left: u64, around: &mut Surroundings<'_>) {
        self.health = if left > 1 {
            Health::Losing(left - 1)
        } else {
            let span = 300 + i64::try_from(around.chance.below(700)).unwrap_or(0);
            Health::Blind(around.now.plus(Span::from_millis(span)))
        };
    }

    fn snapshot(&mut self, bids: &Half, asks: &Half, around: &mut Surroundings<'_>) {
        around.statistics.snapshots += 1;
        let time = self.tick_over();
        let snapshot = around.outbox.slot(time).start_snapshot();
        snapshot.instrument = self.id;
        snapshot.last_update_id = self.update_id;
        snapshot.bids.extend(bids.rungs().iter().map(|&rung| self.level(rung)));
        snapshot.asks.extend(asks.rungs().iter().map(|&rung| self.level(rung)));
        snapshot.venue_time = self.venue_time;
        snapshot.receive_time = time;
    }

    fn quote(&mut self, bids: &Half, asks: &Half, around: &mut Surroundings<'_>) {
        self.quoted = (bids.best(), asks.best());
        let quote = Quote {
            instrument: self.id,
            bid: self.level(bids.best()),
            ask: self.level(asks.best()),
            venue_time: self.venue_time,
            receive_time: self.tick_over(),
        };
        around.statistics.quotes += 1;
        let message = FeedMessage::Quote { quote, update_id: Some(self.update_id) };
        around.outbox.slot(quote.receive_time).store(&message);
    }

    /// The time of the next message.
    fn tick_over(&mut self) -> Timestamp {
        self.receive_time = self.receive_time.plus(APART);
        self.receive_time
    }

    fn level(&self, (price, steps): Rung) -> Level {
        Level { price: self.price(price), quantity: self.quantity(steps) }
    }

    const fn price(&self, ticks: i64) -> Price {
        Price::from_raw(ticks.saturating_mul(self.tick))
    }

    fn quantity(&self, steps: i64) -> Quantity {
        Quantity::from_raw(i128::from(steps).saturating_mul(self.step))
    }
}
