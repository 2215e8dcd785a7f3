//! What is wrong with a history: gaps against the calendar, what is there twice, prices that jump, and those that
//! look like a split nobody adjusted for or a price in another unit.
//!
//! An inspection reads messages as a source tells them, before any check, and judges nothing by itself: a gap may be
//! a halt, a jump may be news. Of each kind it counts all and keeps the greatest few to show.

mod finding;
mod jump;
mod track;

use domain::{CorporateAction, FeedMessage, Instruments};

use crate::calendar::Calendar;

pub use finding::{Finding, FindingKind, Findings};
pub use jump::{Jump, JumpKind};
pub use track::Series;

use track::Track;

/// How many findings of a kind are kept to show.
pub const SHOWN_MAX: usize = 8;

/// Inspects the histories of many instruments.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// By instrument.
    tracks: Vec<Track>,
    unknown: u64,
}

impl Inspection {
    /// Instruments keep the hours of their kind.
    #[must_use]
    pub fn new(instruments: &Instruments) -> Self {
        let track =
            |instrument: &domain::Instrument| Track::new(instrument.id, Calendar::of(instrument.kind));
        Self { tracks: instruments.iter().map(track).collect(), unknown: 0 }
    }

    /// Splits that are known: prices after them are measured against the adjusted price before. In the order of time.
    pub fn expect(&mut self, actions: &[CorporateAction]) {
        for action in actions {
            if let Some(track) = self.tracks.get_mut(action.instrument.index()) {
                track.expect(*action);
            }
        }
    }

    /// Takes the next message of a source.
    pub fn on_message(&mut self, message: &FeedMessage<'_>) {
        let Some(track) = self.tracks.get_mut(message.instrument().index()) else {
            self.unknown += 1;
            return;
        };
        match message {
            FeedMessage::Bar(bar) => track.on_bar(bar),
            FeedMessage::Trade(trade) => track.on_trade(trade),
            FeedMessage::Quote { quote, .. } => track.on_quote(quote),
            FeedMessage::Corporate(action) => track.on_corporate(action),
            FeedMessage::DepthUpdate(_)
            | FeedMessage::DepthSnapshot(_)
            | FeedMessage::Interrupted(_)
            | FeedMessage::Amendment(_) => {}
        }
    }

    /// What was found of each series that had anything, in the order of the instruments.
    pub fn series(&self) -> impl Iterator<Item = &Series> {
        self.tracks.iter().flat_map(Track::series)
    }

    /// Messages of instruments that are not listed.
    #[must_use]
    pub const fn unknown(&self) -> u64 {
        self.unknown
    }
}

#[cfg(test)]
mod tests;
