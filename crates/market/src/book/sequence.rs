use domain::DepthUpdate;

/// How a venue's update ids show that none is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SequenceRule {
    /// Ids are dense: each update begins one after the last id of the update before (Binance spot).
    Contiguous,
    /// Ids have holes: each update names the last id of the update before (Binance futures).
    PreviousId,
    /// Snapshots come in the stream and begin anew whatever their id; each update is one after the one before (Bybit).
    Streamed,
    /// Snapshots come in the stream, and updates have no number of their own: the connection vouches for their order
    /// (Coinbase), or a checksum does (Kraken, Bitget).
    Unnumbered,
}

/// What the book's last id was taken from; the rule for the update after it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Snapshot,
    Update,
}

/// What an update is to a book at some id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    /// Everything it says is in the book already.
    Old,
    Next,
    Gap {
        expected: u64,
        found: u64,
    },
}

impl SequenceRule {
    /// Whether the venue sends snapshots in the stream, so that each replaces the book and what came before it is no
    /// part of it.
    #[must_use]
    pub const fn snapshots_come_in_stream(self) -> bool {
        matches!(self, Self::Streamed | Self::Unnumbered)
    }

    /// Places `update` after a book whose last id is `last`.
    pub(super) fn link(self, anchor: Anchor, last: u64, update: &DepthUpdate) -> Link {
        match self {
            Self::Contiguous | Self::Streamed => contiguous(last, update),
            Self::Unnumbered => Link::Next,
            Self::PreviousId => previous_id(anchor, last, update),
        }
    }
}

/// An update that overlaps the book is applied: its quantities are absolute, so saying a part twice is harmless.
fn contiguous(last: u64, update: &DepthUpdate) -> Link {
    let expected = last.saturating_add(1);
    if update.last_update_id <= last {
        Link::Old
    } else if update.first_update_id <= expected {
        Link::Next
    } else {
        Link::Gap { expected, found: update.first_update_id }
    }
}

fn previous_id(anchor: Anchor, last: u64, update: &DepthUpdate) -> Link {
    let old = match anchor {
        Anchor::Snapshot => update.last_update_id < last,
        Anchor::Update => update.last_update_id <= last,
    };
    let follows = update.previous_update_id == Some(last);
    let spans = anchor == Anchor::Snapshot && update.first_update_id <= last;
    if old {
        Link::Old
    } else if follows || spans {
        Link::Next
    } else {
        Link::Gap { expected: last, found: update.previous_update_id.unwrap_or(update.first_update_id) }
    }
}
