//! Spreads between venues: where one asset can be bought on one and sold on another for more than it costs.

mod detector;
mod group;
mod pair;

pub use detector::CrossVenueDetector;
pub use group::GroupError;

use domain::{Rate, Span};

/// What counts as a spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpreadLimits {
    /// A quote older than this does not count.
    pub max_quote_age: Span,
    /// Net profit per unit of money spent, at or above which a spread is open.
    pub min_net_rate: Rate,
}

#[cfg(test)]
mod tests;
