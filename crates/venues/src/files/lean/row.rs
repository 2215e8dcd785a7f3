use domain::{Bar, BarPeriod, FeedMessage, InstrumentId, Level, Price, Quantity, Quote, Timestamp, Trade};

/// FX files carry no sizes. A quote without size would read as an empty side, so each FX price is taken as good
/// for this much of the base currency: the usual ticket between banks, one million.
pub const UNSIZED_QUANTITY: Quantity = Quantity::from_units(1_000_000);

/// One row of an archive. Receive times equal venue times: the files know no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeanRow {
    Bar(Bar),
    QuoteBar(QuoteRow),
    Trade(TradeTick),
    Quote(QuoteTick),
}

/// A bar of the best bid and ask over `[open_time, open_time + period)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteRow {
    pub instrument: InstrumentId,
    pub period: BarPeriod,
    pub open_time: Timestamp,
    /// `None` while nobody quoted that side.
    pub bid: Option<QuoteSide>,
    pub ask: Option<QuoteSide>,
}

/// One side of a [`QuoteRow`]; the quantity is the one at the close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteSide {
    pub open: Price,
    pub high: Price,
    pub low: Price,
    pub close: Price,
    pub quantity: Quantity,
}

/// A print of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TradeTick {
    pub trade: Trade,
    pub flags: TickFlags,
}

/// A change of one exchange's quote: equity rows hold one side, the other is an empty level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuoteTick {
    pub quote: Quote,
    pub flags: TickFlags,
}

/// What equity ticks say besides price and size; all zero for FX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TickFlags {
    /// The tape's letter of the exchange (`N` NYSE, `Q` NASDAQ, `D` FINRA …); 0 where there is none.
    pub exchange: u8,
    /// The tape's conditions as bits (hexadecimal in the file).
    pub condition: u32,
    /// The publisher doubts the tick.
    pub suspicious: bool,
}

impl QuoteRow {
    /// The first moment after the row: when it is known.
    #[must_use]
    pub const fn close_time(&self) -> Timestamp {
        self.open_time.plus(self.period.span())
    }

    /// The quote that stood at the end.
    #[must_use]
    pub fn closing_quote(&self) -> Quote {
        let level = |side: Option<QuoteSide>| {
            side.map_or_else(Level::default, |side| Level { price: side.close, quantity: side.quantity })
        };
        Quote {
            instrument: self.instrument,
            bid: level(self.bid),
            ask: level(self.ask),
            venue_time: self.close_time(),
            receive_time: self.close_time(),
        }
    }
}

impl LeanRow {
    /// What a feed would have said: quote bars become their closing quote.
    #[must_use]
    pub fn message(&self) -> FeedMessage<'static> {
        let of_quote = |quote| FeedMessage::Quote { quote, update_id: None };
        match self {
            Self::Bar(bar) => FeedMessage::Bar(*bar),
            Self::QuoteBar(row) => of_quote(row.closing_quote()),
            Self::Trade(tick) => FeedMessage::Trade(tick.trade),
            Self::Quote(tick) => of_quote(tick.quote),
        }
    }

    /// When the row is known: the end of a bar, the moment of a tick.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        match self {
            Self::Bar(bar) => bar.close_time,
            Self::QuoteBar(row) => row.close_time(),
            Self::Trade(tick) => tick.trade.venue_time,
            Self::Quote(tick) => tick.quote.venue_time,
        }
    }
}
