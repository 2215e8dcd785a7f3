//! What a message must satisfy before anything is made of it.

use domain::{
    Amendment, AmendmentTerms, Bar, FeedMessage, Level, Price, Quantity, Quote, Span, Timestamp, Trade,
};

/// Why a message was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlowRefusal {
    UnknownInstrument,
    PriceNotPositive,
    QuantityNotPositive,
    /// A bid above its ask, or a bar whose high and low do not enclose open and close.
    Incoherent,
    /// The first update id lies after the last.
    MalformedRange,
    /// A time further ahead than allowed.
    FutureTime,
    /// A time further behind than allowed.
    TimeWentBack,
    /// A quote of an older update than the one before.
    OutOfOrder,
    /// The trade before, said again.
    Duplicate,
    /// A price too far from the last good one.
    Outlier,
    /// Depth of an instrument for which no book is built.
    NoBook,
}

impl FlowRefusal {
    /// In the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::UnknownInstrument,
        Self::PriceNotPositive,
        Self::QuantityNotPositive,
        Self::Incoherent,
        Self::MalformedRange,
        Self::FutureTime,
        Self::TimeWentBack,
        Self::OutOfOrder,
        Self::Duplicate,
        Self::Outlier,
        Self::NoBook,
    ];

    /// The reason as metrics and pages name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownInstrument => "unknown_instrument",
            Self::PriceNotPositive => "price_not_positive",
            Self::QuantityNotPositive => "quantity_not_positive",
            Self::Incoherent => "incoherent",
            Self::MalformedRange => "malformed_range",
            Self::FutureTime => "future_time",
            Self::TimeWentBack => "time_went_back",
            Self::OutOfOrder => "out_of_order",
            Self::Duplicate => "duplicate",
            Self::Outlier => "outlier",
            Self::NoBook => "no_book",
        }
    }
}

#[inline]
pub(super) const fn venue_time_of(message: &FeedMessage<'_>) -> Timestamp {
    match message {
        FeedMessage::Trade(trade) => trade.venue_time,
        FeedMessage::Quote { quote, .. } => quote.venue_time,
        FeedMessage::DepthUpdate(update) => update.venue_time,
        FeedMessage::DepthSnapshot(snapshot) => snapshot.venue_time,
        FeedMessage::Bar(bar) => bar.open_time,
        FeedMessage::Corporate(action) => action.time,
        FeedMessage::Interrupted(interruption) => interruption.receive_time,
        FeedMessage::Amendment(amendment) => amendment.venue_time,
    }
}

/// Checks that need nothing but the message itself.
#[inline]
pub(super) fn check_values(message: &FeedMessage<'_>) -> Result<(), FlowRefusal> {
    match message {
        FeedMessage::Trade(trade) => check_trade(trade),
        FeedMessage::Quote { quote, .. } => check_quote(quote),
        FeedMessage::DepthUpdate(update) => {
            if update.first_update_id > update.last_update_id {
                return Err(FlowRefusal::MalformedRange);
            }
            check_levels(&update.bids).and_then(|()| check_levels(&update.asks))
        }
        FeedMessage::DepthSnapshot(snapshot) => {
            check_levels(&snapshot.bids).and_then(|()| check_levels(&snapshot.asks))
        }
        FeedMessage::Bar(bar) => check_bar(bar),
        FeedMessage::Corporate(_) | FeedMessage::Interrupted(_) => Ok(()),
        FeedMessage::Amendment(amendment) => check_amendment(amendment),
    }
}

fn check_trade(trade: &Trade) -> Result<(), FlowRefusal> {
    check_print(trade.price, trade.quantity)
}

fn check_amendment(amendment: &Amendment) -> Result<(), FlowRefusal> {
    match amendment.terms {
        AmendmentTerms::Cancelled => Ok(()),
        AmendmentTerms::Corrected { price, quantity } => check_print(price, quantity),
    }
}

fn check_print(price: Price, quantity: Quantity) -> Result<(), FlowRefusal> {
    if price.raw() <= 0 {
        Err(FlowRefusal::PriceNotPositive)
    } else if !quantity.is_positive() {
        Err(FlowRefusal::QuantityNotPositive)
    } else {
        Ok(())
    }
}

/// An empty side is no fault, nor is a locked market.
fn check_quote(quote: &Quote) -> Result<(), FlowRefusal> {
    check_side(quote.bid)?;
    check_side(quote.ask)?;
    let two_sided = quote.bid.quantity.is_positive() && quote.ask.quantity.is_positive();
    if two_sided && quote.bid.price > quote.ask.price { Err(FlowRefusal::Incoherent) } else { Ok(()) }
}

fn check_side(level: Level) -> Result<(), FlowRefusal> {
    if level.quantity.is_negative() {
        Err(FlowRefusal::QuantityNotPositive)
    } else if level.quantity.is_positive() && level.price.raw() <= 0 {
        Err(FlowRefusal::PriceNotPositive)
    } else {
        Ok(())
    }
}

fn check_levels(levels: &[Level]) -> Result<(), FlowRefusal> {
    for level in levels {
        if level.price.raw() <= 0 {
            return Err(FlowRefusal::PriceNotPositive);
        }
        if level.quantity.is_negative() {
            return Err(FlowRefusal::QuantityNotPositive);
        }
    }
    Ok(())
}

fn check_bar(bar: &Bar) -> Result<(), FlowRefusal> {
    if bar.low.raw() <= 0 {
        Err(FlowRefusal::PriceNotPositive)
    } else if bar.is_coherent() {
        Ok(())
    } else {
        Err(FlowRefusal::Incoherent)
    }
}

/// The flow's clock: the newest receive time it has believed. It never goes back.
#[derive(Debug, Clone)]
pub(super) struct TimeCheck {
    future_max: Span,
    step_back_max: Span,
    newest: Timestamp,
    /// A time that was too far ahead and may be confirmed by the next message: after a pause of the market time
    /// does leap.
    leap: Option<Timestamp>,
}

impl TimeCheck {
    pub(super) const fn new(future_max: Span, step_back_max: Span) -> Self {
        Self { future_max, step_back_max, newest: Timestamp::MIN, leap: None }
    }

    /// The time at which the message counts as received.
    #[inline]
    pub(super) fn admit(&mut self, receive: Timestamp, venue: Timestamp) -> Result<Timestamp, FlowRefusal> {
        let newest = self.newest.max(receive);
        if venue.since(newest) > self.future_max {
            return Err(FlowRefusal::FutureTime);
        }
        if self.newest == Timestamp::MIN {
            self.newest = receive;
            return Ok(receive);
        }
        if receive.since(self.newest) > self.future_max && !self.confirms_leap(receive) {
            self.leap = Some(receive);
            return Err(FlowRefusal::FutureTime);
        }
        if self.newest.since(receive) > self.step_back_max {
            return Err(FlowRefusal::TimeWentBack);
        }
        self.leap = None;
        self.newest = newest;
        Ok(newest)
    }

    /// Time has passed, whether or not messages came.
    pub(super) fn advance(&mut self, now: Timestamp) -> Timestamp {
        self.newest = self.newest.max(now);
        self.newest
    }

    fn confirms_leap(&self, receive: Timestamp) -> bool {
        self.leap.is_some_and(|leap| {
            let apart = receive.since(leap).nanos().unsigned_abs();
            apart <= self.future_max.nanos().unsigned_abs()
        })
    }
}
