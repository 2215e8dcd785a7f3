use super::{ChecksumRule, SequenceRule};

/// How a venue's messages make a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BookRules {
    pub sequence: SequenceRule,
    /// The venue keeps so many levels a side and does not say which fell out: the book is cut to them after every
    /// message.
    pub depth_max: Option<usize>,
    pub checksum: Option<ChecksumRule>,
}

impl From<SequenceRule> for BookRules {
    fn from(sequence: SequenceRule) -> Self {
        Self { sequence, depth_max: None, checksum: None }
    }
}
