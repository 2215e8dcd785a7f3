use domain::Span;

/// How long to rest before each try after the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    pub initial: Span,
    /// By what the rest grows each time.
    pub multiplier: u32,
    pub cap: Span,
}

impl Default for Backoff {
    /// 2 s, doubling, at most 10 s.
    fn default() -> Self {
        Self { initial: Span::from_seconds(2), multiplier: 2, cap: Span::from_seconds(10) }
    }
}

impl Backoff {
    /// 50 ms, then 100 ms: enough for a lock to be let go, and no delay for those who wait behind.
    pub const REFUSED: Self =
        Self { initial: Span::from_millis(50), multiplier: 2, cap: Span::from_millis(100) };

    /// The rest after `failures` failed tries, counted from one.
    #[must_use]
    pub fn after(&self, failures: u32) -> Span {
        let factor = i64::from(self.multiplier).saturating_pow(failures.saturating_sub(1));
        Span::from_nanos(self.initial.nanos().saturating_mul(factor)).min(self.cap)
    }
}
