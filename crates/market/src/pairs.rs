//! Pairs: two instruments whose prices move together, and how far they have come apart.
//!
//! At every sampling time the midpoints of both are taken, if both quotes can be trusted. The first is regressed on
//! the second over the window of samples *before* the new one, by least squares with an intercept: the slope is the
//! hedge ratio. The z-score is the new residual over the standard error of the window's residuals, √(SSE / (n − 2)).
//! A spread opens when |z| reaches a limit and closes when it falls back to a smaller one.

mod detector;
mod regression;

pub use detector::{PairDetector, PairError, PairLimits};
pub use regression::{Fit, RollingRegression};

#[cfg(test)]
mod tests;
