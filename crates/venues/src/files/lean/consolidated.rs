use domain::{FeedMessage, InstrumentId, Level, Quote};

use super::row::{LeanRow, QuoteTick};
use super::rows::LeanRows;
use super::{LeanContent, LeanFile, SecurityClass};
use crate::SourceError;

/// What a feed would have said of an archive. The quote ticks of a share are changes of the best bid and offer of all
/// exchanges, one side a row and both at each change: two rows become one quote. Ticks that the publisher doubts are
/// left out.
pub struct LeanMessages {
    rows: LeanRows,
    /// The sides told last, where rows tell one side.
    best: Option<(Level, Level)>,
    doubted: u64,
}

impl LeanMessages {
    pub(crate) fn new(file: &LeanFile, instrument: InstrumentId) -> Result<Self, SourceError> {
        let is_one_sided = file.class == SecurityClass::Equity
            && file.content == LeanContent::Quote
            && file.resolution.period().is_none();
        let best = is_one_sided.then(Default::default);
        Ok(Self { rows: file.rows(instrument)?, best, doubted: 0 })
    }

    /// Packed bytes consumed and in all.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        self.rows.progress()
    }

    /// Quotes left out because the publisher doubts them.
    #[must_use]
    pub const fn doubted(&self) -> u64 {
        self.doubted
    }
}

impl Iterator for LeanMessages {
    type Item = Result<FeedMessage<'static>, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let row = match self.rows.next()? {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            let (Some(best), LeanRow::Quote(tick)) = (&mut self.best, &row) else {
                return Some(Ok(row.message()));
            };
            if tick.flags.suspicious {
                self.doubted += 1;
            } else if let Some(quote) = join(best, tick) {
                return Some(Ok(FeedMessage::Quote { quote, update_id: None }));
            }
        }
    }
}

/// The quote, once the second of a change's two rows is there: the bid comes first.
fn join((bid, ask): &mut (Level, Level), tick: &QuoteTick) -> Option<Quote> {
    let is_told = |level: Level| !level.price.is_zero();
    if is_told(tick.quote.bid) {
        *bid = tick.quote.bid;
    }
    if !is_told(tick.quote.ask) {
        return None;
    }
    *ask = tick.quote.ask;
    Some(Quote { bid: *bid, ask: *ask, ..tick.quote })
}
