//! Instruments that other processes name, under the numbers of the store.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result};
use bus::Message;
use bus::kafka::{KafkaConfig, described};
use bus::wire::{self, Directory, Name, Unreadable};
use domain::{Instruments, Span, Timestamp};
use store::{MarketStore, StoreErrorKind};

/// How long the brokers may take to tell the instruments.
const DESCRIBED_WITHIN: Duration = Duration::from_secs(10);

/// How often one name is looked for before its message is given up.
pub(super) const TRIES_MAX: u32 = 3;

/// A name that was not found is not looked for again so soon.
const LOOK_AGAIN_AFTER: Span = Span::MINUTE;

/// Names that are remembered as not found.
const MISSING_MAX: usize = 10_000;

/// How often others may list instruments in between.
const LISTINGS_MAX: u32 = 5;

/// Reads messages. A name that is not known is looked for where instruments are described.
pub(super) struct Naming {
    brokers: KafkaConfig,
    market: MarketStore,
    directory: Directory,
    missing: HashMap<Name, Timestamp>,
}

impl Naming {
    pub(super) fn new(brokers: KafkaConfig, market: MarketStore) -> Result<Self> {
        let directory = Directory::new(&market.instruments()?)?;
        Ok(Self { brokers, market, directory, missing: HashMap::new() })
    }

    /// The message, or why there is none and how often it was tried.
    pub(super) fn read(&mut self, bytes: &[u8], now: Timestamp) -> Result<Message, (Unreadable, u32)> {
        let mut tries = 1;
        loop {
            let refused = match wire::decode(bytes, &self.directory) {
                Ok(message) => return Ok(message),
                Err(refused) => refused,
            };
            let Unreadable::UnknownInstrument(name) = &refused else { return Err((refused, tries)) };
            if tries >= TRIES_MAX || self.is_missing(name, now) {
                self.note_missing(name.clone(), now);
                return Err((refused, tries));
            }
            if let Err(error) = self.look_again() {
                tracing::warn!(%name, error = format!("{error:#}"), "an instrument could not be looked for");
            }
            tries += 1;
        }
    }

    fn is_missing(&self, name: &Name, now: Timestamp) -> bool {
        self.missing.get(name).is_some_and(|since| now.since(*since) < LOOK_AGAIN_AFTER)
    }

    fn note_missing(&mut self, name: Name, now: Timestamp) {
        if self.missing.len() >= MISSING_MAX {
            self.missing.clear();
        }
        self.missing.entry(name).or_insert(now);
        self.missing.retain(|_, since| now.since(*since) < LOOK_AGAIN_AFTER);
    }

    /// Lists what has been described, in the store and here.
    pub(super) fn look_again(&mut self) -> Result<()> {
        let described = described(&self.brokers, DESCRIBED_WITHIN)?;
        for _ in 0..LISTINGS_MAX {
            let mut instruments: Instruments = self.market.instruments()?;
            for instrument in &described {
                instruments.list(instrument.clone()).context("too many instruments")?;
            }
            match self.market.put_instruments(&instruments) {
                Ok(()) => {
                    self.directory = Directory::new(&instruments)?;
                    return Ok(());
                }
                // Somebody else listed another one under the same number: its number stands.
                Err(error) if error.kind == StoreErrorKind::Conflict => {}
                Err(error) => return Err(error.into()),
            }
        }
        anyhow::bail!("others list instruments all the time")
    }
}
