//! The nouns of trading and the laws they obey: exact numbers, time, instruments, market events, orders and
//! their transitions, fills, spreads.
//!
//! This crate is not a place for behaviour that needs the world: it does no I/O, reads no clock, rolls no dice
//! and knows no venue. It is not a model of a wire format either: wire types live beside their wire.

pub mod number;
pub mod time;

pub mod code;
pub mod id;
pub mod instrument;

pub mod bar;
pub mod book;
pub mod corporate;
pub mod quote;
pub mod spread;
pub mod trade;

pub mod feed;
pub mod market;

pub mod fill;
pub mod order;

pub use bar::{Bar, BarPeriod, BarRule, BarRuleError};
pub use book::{Depth, Level};
pub use code::{Code, Currency, Venue};
pub use corporate::{CorporateAction, CorporateTerms, Dividend, Split};
pub use feed::{
    BookChecksum, DepthSnapshot, DepthUpdate, FeedMessage, Interruption, InterruptionCause, KeptMessage,
    StreamPosition,
};
pub use fill::{Fill, Liquidity};
pub use id::{AccountId, FillId, InstrumentId, OrderId, StrategyId, TenantId, VenueOrderId};
pub use instrument::{Contract, Instrument, InstrumentKind, Instruments};
pub use market::MarketEvent;
pub use number::{Money, NumberError, Price, Quantity, Rate};
pub use order::{
    IllegalTransition, Link, LinkRole, Order, OrderEvent, OrderKind, OrderRequest, OrderStatus, Side,
    TimeInForce,
};
pub use quote::Quote;
pub use spread::{CrossVenueSpread, PairSpread, RegimeChange, SpreadPhase, SpreadRegime};
pub use time::{Span, Timestamp};
pub use trade::{Amendment, AmendmentTerms, Trade};

#[cfg(test)]
mod tests;
