//! How values stand in columns: what every database has in common.

pub(crate) mod corporate;
pub(crate) mod numbers;
mod order_kind;
pub(crate) mod spread_phase;
mod words;

pub(crate) use order_kind::KindColumns;
pub(crate) use words::Word;
