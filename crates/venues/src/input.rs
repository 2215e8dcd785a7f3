//! One door for every kind of file: finds out what it is, lists its instruments and reads it as a source.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{
    Contract, Currency, FeedMessage, Instrument, InstrumentId, InstrumentKind, Instruments, Price, Quantity,
    Rate, StreamPosition, Venue,
};
use engine::{Source, SourceFault};
use market::{BookRules, SequenceRule};

use crate::binance::{CaptureSource, instruments::named};
use crate::files::CsvSource;
use crate::files::lean::{LeanClock, LeanFile, LeanMessages, SecurityClass};
use crate::recording::RecordingSource;
use crate::{InputKind, SourceError, SourceErrorKind, detect};

/// A file that is open for reading, whatever its kind.
pub struct FileSource {
    reader: Reader,
    books: Vec<(InstrumentId, BookRules)>,
    read: Arc<AtomicU64>,
    total: u64,
    handed_out: u64,
}

enum Reader {
    Capture(CaptureSource),
    Recording(RecordingSource),
    Lean(LeanMessages),
    Csv(CsvSource),
}

impl FileSource {
    /// Opens `path` and adds its instruments to `instruments`.
    ///
    /// # Errors
    /// [`SourceError`] names the file, what is wrong with it and what is read instead.
    pub fn open(path: &Path, instruments: &mut Instruments) -> Result<Self, SourceError> {
        let kind = detect(path)?;
        let mut list = |instrument: Instrument| instruments.list(instrument).map_err(|_| full(path));
        let (reader, books) = match kind {
            InputKind::BinanceCapture { market, symbols } => {
                let names: Vec<(String, InstrumentId)> = symbols
                    .into_iter()
                    .map(|symbol| Ok((symbol.clone(), list(named(market, &symbol))?)))
                    .collect::<Result<_, SourceError>>()?;
                let books = names.iter().map(|(_, id)| (*id, market.sequence_rule().into())).collect();
                (Reader::Capture(CaptureSource::open(path, market, &names)?), books)
            }
            InputKind::Recording { .. } => {
                let (source, books) = RecordingSource::open(path, &mut list)?;
                (Reader::Recording(source), books)
            }
            InputKind::Lean(file) => {
                let id = list(lean(&file))?;
                (Reader::Lean(LeanMessages::new(&file, id)?), bookless(id))
            }
            InputKind::Csv(_) => {
                let id = list(csv(path))?;
                (Reader::Csv(CsvSource::open(path, id, None)?), bookless(id))
            }
        };
        let total = reader.progress().1;
        Ok(Self { reader, books, read: Arc::default(), total, handed_out: 0 })
    }

    /// What the file's events are about, and how its books are built where it holds depth.
    #[must_use]
    pub fn books(&self) -> &[(InstrumentId, BookRules)] {
        &self.books
    }

    /// The file's size in bytes.
    #[must_use]
    pub const fn total_bytes(&self) -> u64 {
        self.total
    }

    /// Bytes read so far; keeps counting after the source has been given away.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }
}

impl Reader {
    fn progress(&self) -> (u64, u64) {
        match self {
            Self::Capture(source) => source.progress(),
            Self::Recording(source) => source.progress(),
            Self::Lean(rows) => rows.progress(),
            Self::Csv(source) => source.progress(),
        }
    }
}

impl Source for FileSource {
    fn next(&mut self) -> Result<Option<FeedMessage<'_>>, SourceFault> {
        let (read, _) = self.reader.progress();
        self.read.store(read, Ordering::Relaxed);
        let message = match &mut self.reader {
            Reader::Capture(source) => source.next().map(|taken| taken.map(|captured| captured.message)),
            Reader::Recording(source) => source.next(),
            Reader::Lean(messages) => messages.next(),
            Reader::Csv(source) => source.next(),
        };
        self.handed_out += u64::from(message.is_some());
        message.transpose().map_err(SourceFault::from)
    }

    /// Records, refused ones included.
    fn position(&self) -> Option<StreamPosition> {
        Some(StreamPosition { stream: 0, offset: self.handed_out })
    }
}

impl From<SourceError> for SourceFault {
    fn from(error: SourceError) -> Self {
        let place = match error.line {
            Some(line) => format!("{}, line {line}", error.file.display()),
            None => error.file.display().to_string(),
        };
        Self { place, is_final: !error.kind.is_of_one_line(), reason: error.what }
    }
}

/// Of a file without depth.
fn bookless(id: InstrumentId) -> Vec<(InstrumentId, BookRules)> {
    vec![(id, SequenceRule::Contiguous.into())]
}

fn full(path: &Path) -> SourceError {
    SourceError::of_file(
        path,
        SourceErrorKind::Unsupported,
        "there are more instruments than can be numbered",
    )
}

fn lean(file: &LeanFile) -> Instrument {
    let (kind, venue) = match (file.class, file.clock) {
        (SecurityClass::Equity, _) => (InstrumentKind::Equity, "US"),
        (SecurityClass::Fx, LeanClock::EasternStandard) => (InstrumentKind::Fx, "FXCM"),
        (SecurityClass::Fx, _) => (InstrumentKind::Fx, "OANDA"),
        (SecurityClass::Crypto, _) => (InstrumentKind::Spot, "CRYPTO"),
    };
    let pair = |text: &str| Some((Currency::new(text.get(..3)?)?, Currency::new(text.get(3..6)?)?));
    let (base, quote) = match kind {
        InstrumentKind::Equity => (Currency::new(&file.symbol).unwrap_or(Currency::USD), Currency::USD),
        _ => pair(&file.symbol).unwrap_or((Currency::USD, Currency::USD)),
    };
    plain(file.symbol.clone(), venue, kind, (base, quote))
}

fn csv(path: &Path) -> Instrument {
    let symbol = path.file_stem().map(|stem| stem.to_string_lossy().to_uppercase()).unwrap_or_default();
    let base = Currency::new(symbol.get(..8).unwrap_or(&symbol)).unwrap_or(Currency::USD);
    plain(symbol, "FILE", InstrumentKind::Spot, (base, Currency::USD))
}

/// An instrument about which no more is known than its name: the finest steps, no fees.
pub(crate) fn plain(
    symbol: String,
    venue: &str,
    kind: InstrumentKind,
    (base, quote): (Currency, Currency),
) -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol,
        venue: Venue::new(venue).unwrap_or_else(|| unreachable!("the literals above are venue names")),
        kind,
        contract: Contract::UNIT,
        base,
        quote,
        settlement: quote,
        price_tick: Price::from_raw(1),
        quantity_step: Quantity::from_raw(1),
        maker_fee: Rate::ZERO,
        taker_fee: Rate::ZERO,
    }
}
