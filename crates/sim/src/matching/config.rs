use domain::{Rate, Span};
use serde::{Deserialize, Serialize};

/// How the venue behaves. There is no `Default`: whoever assumes an instant venue says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchingConfig {
    /// Of the latency's jitter.
    pub seed: u64,
    pub latency: Latency,
    /// The share of a bar's volume that the orders of its instrument may fill together.
    pub bar_share: Rate,
    /// The share of a displayed level, or of a print, that may be filled.
    pub book_share: Rate,
    /// Orders that may rest at once; one more is rejected.
    pub resting_max: usize,
}

/// How long a message takes to the venue: `base`, and up to `jitter` more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    pub base: Span,
    pub jitter: Span,
}

impl MatchingConfig {
    /// The usual figures: 20 to 50 ms away, a tenth of a bar's volume, all that is displayed, 1000 resting orders.
    #[must_use]
    pub const fn usual(seed: u64) -> Self {
        let latency = Latency { base: Span::from_millis(20), jitter: Span::from_millis(30) };
        Self { latency, bar_share: Rate::from_basis_points(1_000), ..Self::instant(seed) }
    }

    /// No latency, and all the volume there is.
    #[must_use]
    pub const fn instant(seed: u64) -> Self {
        Self {
            seed,
            latency: Latency { base: Span::ZERO, jitter: Span::ZERO },
            bar_share: Rate::from_basis_points(10_000),
            book_share: Rate::from_basis_points(10_000),
            resting_max: 1_000,
        }
    }
}
