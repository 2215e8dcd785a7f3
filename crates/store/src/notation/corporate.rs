use domain::{CorporateTerms, Dividend, Price, Split};

use super::Word;

/// The words are in the order of events: of one moment, `dividend` sorts before `split`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CorporateKind {
    Dividend,
    Split,
}

impl Word for CorporateKind {
    const ALL: &'static [Self] = &[Self::Dividend, Self::Split];

    fn word(self) -> &'static str {
        match self {
            Self::Dividend => "dividend",
            Self::Split => "split",
        }
    }
}

/// An action's terms as columns; those of the other kind are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TermColumns {
    pub(crate) kind: CorporateKind,
    pub(crate) numerator: Option<u32>,
    pub(crate) denominator: Option<u32>,
    pub(crate) per_share: Option<i64>,
}

impl TermColumns {
    pub(crate) const fn of(terms: &CorporateTerms) -> Self {
        match *terms {
            CorporateTerms::Dividend(Dividend { per_share }) => Self {
                kind: CorporateKind::Dividend,
                numerator: None,
                denominator: None,
                per_share: Some(per_share.raw()),
            },
            CorporateTerms::Split(Split { numerator, denominator }) => Self {
                kind: CorporateKind::Split,
                numerator: Some(numerator),
                denominator: Some(denominator),
                per_share: None,
            },
        }
    }

    /// `None` when the columns do not fit the kind.
    pub(crate) fn read(self) -> Option<CorporateTerms> {
        let Self { kind, numerator, denominator, per_share } = self;
        match (kind, numerator, denominator, per_share) {
            (CorporateKind::Dividend, None, None, Some(raw)) => {
                Some(CorporateTerms::Dividend(Dividend { per_share: Price::from_raw(raw) }))
            }
            (CorporateKind::Split, Some(numerator), Some(denominator), None) => {
                Some(CorporateTerms::Split(Split { numerator, denominator }))
            }
            _ => None,
        }
    }
}
