use domain::{DepthSnapshot, DepthUpdate, InstrumentId, Timestamp};

/// The depth messages that decoding fills and lends.
#[derive(Debug, Clone)]
pub(crate) struct Buffers {
    pub(crate) update: DepthUpdate,
    pub(crate) snapshot: DepthSnapshot,
}

impl Buffers {
    pub(crate) const fn new() -> Self {
        Self {
            update: DepthUpdate {
                instrument: InstrumentId(0),
                first_update_id: 0,
                last_update_id: 0,
                previous_update_id: None,
                bids: Vec::new(),
                asks: Vec::new(),
                checksum: None,
                venue_time: Timestamp::EPOCH,
                receive_time: Timestamp::EPOCH,
            },
            snapshot: DepthSnapshot {
                instrument: InstrumentId(0),
                last_update_id: 0,
                bids: Vec::new(),
                asks: Vec::new(),
                checksum: None,
                venue_time: Timestamp::EPOCH,
                receive_time: Timestamp::EPOCH,
            },
        }
    }
}
