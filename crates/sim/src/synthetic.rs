//! A market that never closes and needs no network: a few assets on a few invented venues, simulated in steps of
//! ten milliseconds.
//!
//! One efficient price an asset, with clustered volatility, jumps and a daily rhythm; venues that follow it each
//! with a lag and an error of its own; books with power-law sizes that widen when prices move; trades that excite
//! one another and push the price; and now and then a venue that is off by more than the fees. Feeds fail as real
//! ones do: updates go missing until a snapshot comes, and a venue falls silent for seconds.
//!
//! The same configuration, seed and start give the same messages on every machine. It is no model to calibrate a
//! strategy on: nobody in it reacts to anybody's orders.

mod activity;
mod asset;
mod book;
mod config;
mod dislocation;
mod excitement;
mod feed;
mod listing;
mod outbox;

pub use config::{AssetConfig, SyntheticConfig, SyntheticError, VenueConfig};

use domain::{FeedMessage, InstrumentId, Instruments, Span, StreamPosition, Timestamp};
use engine::{Source, SourceFault};

use crate::chance::Chance;
use activity::activity;
use asset::Asset;
use dislocation::Dislocations;
use listing::{Listing, Surroundings};
use outbox::Outbox;

/// How far one step of the simulation goes.
const STEP: Span = Span::from_millis(10);
/// The same in seconds, and in hours.
const STEP_SECONDS: f64 = 0.01;
const STEP_HOURS: f64 = STEP_SECONDS / 3_600.0;

/// What a synthetic market has sent so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SyntheticStatistics {
    pub trades: u64,
    pub quotes: u64,
    pub depth_updates: u64,
    pub snapshots: u64,
    /// Sequence gaps that a snapshot has ended.
    pub gaps: u64,
    /// Times that a venue fell silent.
    pub stalls: u64,
    /// Times that a venue was set apart from the others by more than the fees.
    pub dislocations: u64,
}

/// A source that never ends. Deterministic: see the [module](self).
#[derive(Debug)]
pub struct SyntheticMarket {
    now: Timestamp,
    rate: f64,
    stalls_per_hour: f64,
    chance: Chance,
    assets: Vec<Asset>,
    venues: Vec<Timestamp>,
    listings: Vec<Listing>,
    dislocations: Dislocations,
    outbox: Outbox,
    handed_out: u64,
    statistics: SyntheticStatistics,
}

impl SyntheticMarket {
    /// A market whose first message is received at or just after `start`. Its instruments are those of
    /// [`SyntheticConfig::instruments`]; see [`SyntheticMarket::relabel`].
    ///
    /// # Errors
    /// [`SyntheticError`] names the figure that cannot be meant.
    pub fn new(config: &SyntheticConfig, seed: u64, start: Timestamp) -> Result<Self, SyntheticError> {
        config.validate()?;
        let instruments = config.instruments()?;
        let listings = instruments
            .iter()
            .enumerate()
            .map(|(index, instrument)| Listing::new(config, index, instrument, start))
            .collect();
        Ok(Self {
            now: start,
            rate: config.rate,
            stalls_per_hour: config.stalls_per_hour,
            chance: Chance::new(seed),
            assets: config.assets.iter().map(Asset::new).collect(),
            venues: vec![Timestamp::MIN; config.venues.len()],
            listings,
            dislocations: Dislocations::new(config),
            outbox: Outbox::default(),
            handed_out: 0,
            statistics: SyntheticStatistics::default(),
        })
    }

    /// Lets the messages name their instruments as `table` does, where the same venues and symbols are listed
    /// among others.
    ///
    /// # Errors
    /// [`SyntheticError::NotListed`] for an instrument that the table lacks.
    pub fn relabel(&mut self, config: &SyntheticConfig, table: &Instruments) -> Result<(), SyntheticError> {
        let own = config.instruments()?;
        for (listing, instrument) in self.listings.iter_mut().zip(&own) {
            let Some(listed) = table.find(instrument.venue, &instrument.symbol) else {
                return Err(SyntheticError::NotListed(format!(
                    "{} on {}",
                    instrument.symbol, instrument.venue
                )));
            };
            listing.rename(listed.id);
        }
        Ok(())
    }

    #[must_use]
    pub const fn statistics(&self) -> SyntheticStatistics {
        self.statistics
    }

    /// The instruments in the order of the configuration: asset by asset, venue by venue.
    pub fn ids(&self) -> impl Iterator<Item = InstrumentId> {
        self.listings.iter().map(Listing::id)
    }

    fn step(&mut self) {
        self.outbox.clear();
        let activity = activity(self.now);
        let venues = self.venues.len();
        for asset in &mut self.assets {
            asset.step(activity, &mut self.chance);
        }
        self.statistics.stalls += self.silence_venues();
        self.statistics.dislocations +=
            self.dislocations.step(self.now, activity, venues, &mut self.listings, &mut self.chance);
        for (index, listing) in self.listings.iter_mut().enumerate() {
            let mut surroundings = Surroundings {
                now: self.now,
                pace: activity * self.rate,
                is_silent: self.now < self.venues[index % venues],
                asset: &mut self.assets[index / venues],
                chance: &mut self.chance,
                outbox: &mut self.outbox,
                statistics: &mut self.statistics,
            };
            listing.step(&mut surroundings);
        }
        self.outbox.sort();
        self.now = self.now.plus(STEP);
    }

    /// Now and then a venue falls silent for two to eight seconds. How many did.
    fn silence_venues(&mut self) -> u64 {
        let mut fallen = 0;
        for until in &mut self.venues {
            if self.chance.happens(self.stalls_per_hour * STEP_HOURS) {
                let span = 2_000 + i64::try_from(self.chance.below(6_000)).unwrap_or(0);
                *until = self.now.plus(Span::from_millis(span));
                fallen += 1;
            }
        }
        fallen
    }
}

impl Source for SyntheticMarket {
    fn next(&mut self) -> Result<Option<FeedMessage<'_>>, SourceFault> {
        while self.outbox.is_spent() {
            self.step();
        }
        self.handed_out += 1;
        Ok(self.outbox.next())
    }

    /// Messages since the start: the same seed makes the same ones again.
    fn position(&self) -> Option<StreamPosition> {
        Some(StreamPosition { stream: 0, offset: self.handed_out })
    }
}

#[cfg(test)]
mod tests;
