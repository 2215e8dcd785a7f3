use domain::{Instrument, InstrumentId, Side, Timestamp};

use super::asset::Asset;
use super::book::{Half, Rung, whole};
use super::excitement::Excitement;
use super::feed::Feed;
use super::outbox::Outbox;
use super::{STEP_SECONDS, SyntheticConfig, SyntheticStatistics};
use crate::chance::Chance;

/// Book changes a second in calm markets that only alter sizes.
const RETOUCHES: f64 = 14.0;
/// The time constant of a venue's own pricing error, in steps.
const ERROR_STEPS: f64 = 1_500.0;

/// What one step of a listing may see and touch.
pub(super) struct Surroundings<'a> {
    pub(super) now: Timestamp,
    /// How fast things happen; 1 is an average hour.
    pub(super) pace: f64,
    /// The venue sends nothing.
    pub(super) is_silent: bool,
    pub(super) asset: &'a mut Asset,
    pub(super) chance: &'a mut Chance,
    pub(super) outbox: &'a mut Outbox,
    pub(super) statistics: &'a mut SyntheticStatistics,
}

/// One asset on one venue: what the venue believes its price to be, its book, its trades, and its feed.
#[derive(Debug)]
pub(super) struct Listing {
    tick: f64,
    /// The venue's idea of the efficient price, zero before the first step.
    level: f64,
    follow: f64,
    /// Its own pricing error, relative, and the deviation of that error's steps.
    error: f64,
    error_step: f64,
    half_spread: f64,
    activity: f64,
    trade_size: f64,
    /// Where a dislocation wants the middle, and until when.
    apart: Option<(f64, Timestamp)>,
    bids: Half,
    asks: Half,
    bid_changes: Vec<Rung>,
    ask_changes: Vec<Rung>,
    excitement: Excitement,
    feed: Feed,
}

impl Listing {
    pub(super) fn new(
        config: &SyntheticConfig,
        index: usize,
        instrument: &Instrument,
        start: Timestamp,
    ) -> Self {
        let asset = &config.assets[index / config.venues.len()];
        let venue = &config.venues[index % config.venues.len()];
        Self {
            tick: asset.price_tick.to_f64(),
            level: 0.0,
            follow: (STEP_SECONDS / venue.lag_seconds).min(1.0),
            error: 0.0,
            error_step: venue.error * 1e-4 * (2.0 / ERROR_STEPS).sqrt(),
            half_spread: venue.half_spread * 1e-4,
            activity: venue.activity,
            trade_size: asset.trade_steps,
            apart: None,
            bids: Half::new(Side::Buy, config.levels, asset.level_steps),
            asks: Half::new(Side::Sell, config.levels, asset.level_steps),
            bid_changes: Vec::new(),
            ask_changes: Vec::new(),
            excitement: Excitement::default(),
            feed: Feed::new(instrument, venue.delay_millis, config.gaps_per_hour, start),
        }
    }

    pub(super) const fn id(&self) -> InstrumentId {
        self.feed.id()
    }

    pub(super) const fn rename(&mut self, id: InstrumentId) {
        self.feed.rename(id);
    }

    /// Best bid and ask in the quote currency; `None` before the first step.
    pub(super) fn best(&self) -> Option<(f64, f64)> {
        let price = |half: &Half| half.best().0 as f64 * self.tick;
        (self.level > 0.0).then(|| (price(&self.bids), price(&self.asks)))
    }

    /// Puts the best price of `side` to `target` until `until`; takers of that side pile in.
    pub(super) fn dislocate(&mut self, side: Side, target: f64, until: Timestamp) {
        let half = self.half_width(1.0) * self.tick;
        let middle = if side == Side::Buy { target + half } else { target - half };
        self.apart = Some((middle, until));
        self.excitement.excite(side, 6.0);
    }

    pub(super) fn step(&mut self, around: &mut Surroundings<'_>) {
        self.follow(around);
        if around.is_silent {
            return;
        }
        if self.bids.rungs().is_empty() {
            self.open(around);
            return;
        }
        self.feed.begin_step(around);
        self.trade(around);
        self.requote(around);
        self.feed.end_step(&self.bids, &self.asks, around);
    }

    fn follow(&mut self, around: &mut Surroundings<'_>) {
        let price = around.asset.price();
        if self.level <= 0.0 {
            self.level = price;
        }
        self.level += (price - self.level) * self.follow;
        self.error += self.error_step * around.chance.normal() - self.error / ERROR_STEPS;
        self.apart = self.apart.filter(|(_, until)| around.now < *until);
    }

    fn open(&mut self, around: &mut Surroundings<'_>) {
        self.place(around.asset.agitation(), around.chance);
        self.bid_changes.clear();
        self.ask_changes.clear();
        self.feed.open(&self.bids, &self.asks, around);
    }

    /// Where the middle of the book belongs, in ticks.
    fn middle(&self) -> f64 {
        self.apart.map_or(self.level * (1.0 + self.error), |(middle, _)| middle) / self.tick
    }

    /// Half the bid-ask spread in ticks: wider in agitated markets.
    fn half_width(&self, agitation: f64) -> f64 {
        let calm = self.level * self.half_spread / self.tick;
        (calm * (0.55 + 0.45 * agitation)).max(0.5)
    }

    /// Moves both halves to where they belong, never crossed.
    fn place(&mut self, agitation: f64, chance: &mut Chance) {
        let (middle, half) = (self.middle(), self.half_width(agitation));
        let bid = whole((middle - half).floor());
        let ask = whole((middle + half).ceil()).max(bid + 1);
        let gap = whole(half).max(1);
        self.bids.move_to(bid, gap, chance, &mut self.bid_changes);
        self.asks.move_to(ask, gap, chance, &mut self.ask_changes);
    }

    /// Follows the price when it has moved away far enough, else alters a size now and then.
    fn requote(&mut self, around: &mut Surroundings<'_>) {
        let agitation = around.asset.agitation();
        let half = self.half_width(agitation);
        let standing = (self.bids.best().0 + self.asks.best().0) as f64 / 2.0;
        let away = (self.middle() - standing).abs() / half.max(1.0);
        let wide = (self.asks.best().0 - self.bids.best().0) as f64 > 2.0 * half + 2.0;
        let pace = around.pace * self.activity;
        if (away > 1.0 && around.chance.happens(0.6))
            || ((away > 0.35 || wide) && around.chance.happens(0.08 * pace))
        {
            self.place(agitation, around.chance);
        } else if around.chance.happens(RETOUCHES * pace * STEP_SECONDS) {
            self.bids.retouch(around.chance, &mut self.bid_changes);
            if around.chance.happens(0.5) {
                self.asks.retouch(around.chance, &mut self.ask_changes);
            }
        }
        self.send_changes(around);
    }

    fn send_changes(&mut self, around: &mut Surroundings<'_>) {
        if self.bid_changes.is_empty() && self.ask_changes.is_empty() {
            return;
        }
        self.feed.update(&self.bid_changes, &self.ask_changes, around);
        self.bid_changes.clear();
        self.ask_changes.clear();
    }

    /// Somebody takes, through at most three levels, and the price learns from it.
    fn trade(&mut self, around: &mut Surroundings<'_>) {
        let Some(side) = self.excitement.step(around.pace * self.activity, around.chance) else { return };
        self.excitement.excite(side, 1.0);
        let mut left =
            whole(self.trade_size * around.chance.power_law() * around.chance.between(0.05, 1.0)).max(1);
        let impact = (left as f64 / self.trade_size).min(20.0) * 4e-7;
        around.asset.shift(if side == Side::Buy { impact } else { -impact });
        let (half, changes) = match side {
            Side::Buy => (&mut self.asks, &mut self.ask_changes),
            Side::Sell => (&mut self.bids, &mut self.bid_changes),
        };
        for _ in 0..3 {
            if left == 0 || half.rungs().len() < 2 {
                break;
            }
            let (price, taken) = half.take(left, changes);
            left -= taken;
            self.feed.trade((price, taken), side, around);
        }
        half.lengthen(around.chance, changes);
        self.send_changes(around);
    }
}
