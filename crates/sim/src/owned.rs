use domain::{
    Amendment, Bar, CorporateAction, DepthSnapshot, DepthUpdate, FeedMessage, InstrumentId, Interruption,
    Quote, Timestamp, Trade,
};

/// A feed message that owns its levels. Storing another one reuses their memory.
#[derive(Debug, Clone)]
pub(crate) struct OwnedMessage {
    kind: Kind,
    update: DepthUpdate,
    snapshot: DepthSnapshot,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Trade(Trade),
    Quote { quote: Quote, update_id: Option<u64> },
    Update,
    Snapshot,
    Bar(Bar),
    Corporate(CorporateAction),
    Interrupted(Interruption),
    Amendment(Amendment),
}

impl Default for OwnedMessage {
    fn default() -> Self {
        Self { kind: Kind::Update, update: empty_update(), snapshot: empty_snapshot() }
    }
}

impl OwnedMessage {
    pub(crate) fn store(&mut self, message: &FeedMessage<'_>) {
        self.kind = match *message {
            FeedMessage::Trade(trade) => Kind::Trade(trade),
            FeedMessage::Quote { quote, update_id } => Kind::Quote { quote, update_id },
            FeedMessage::Bar(bar) => Kind::Bar(bar),
            FeedMessage::Corporate(action) => Kind::Corporate(action),
            FeedMessage::Interrupted(interruption) => Kind::Interrupted(interruption),
            FeedMessage::Amendment(amendment) => Kind::Amendment(amendment),
            FeedMessage::DepthUpdate(update) => {
                copy_update(&mut self.update, update);
                Kind::Update
            }
            FeedMessage::DepthSnapshot(snapshot) => {
                copy_snapshot(&mut self.snapshot, snapshot);
                Kind::Snapshot
            }
        };
    }

    pub(crate) fn lend(&self) -> FeedMessage<'_> {
        match self.kind {
            Kind::Trade(trade) => FeedMessage::Trade(trade),
            Kind::Quote { quote, update_id } => FeedMessage::Quote { quote, update_id },
            Kind::Update => FeedMessage::DepthUpdate(&self.update),
            Kind::Snapshot => FeedMessage::DepthSnapshot(&self.snapshot),
            Kind::Bar(bar) => FeedMessage::Bar(bar),
            Kind::Corporate(action) => FeedMessage::Corporate(action),
            Kind::Interrupted(interruption) => FeedMessage::Interrupted(interruption),
            Kind::Amendment(amendment) => FeedMessage::Amendment(amendment),
        }
    }

    /// Makes this an update with empty sides, to be filled in place.
    pub(crate) fn start_update(&mut self) -> &mut DepthUpdate {
        self.kind = Kind::Update;
        self.update.bids.clear();
        self.update.asks.clear();
        &mut self.update
    }

    /// Makes this a snapshot with empty sides, to be filled in place.
    pub(crate) fn start_snapshot(&mut self) -> &mut DepthSnapshot {
        self.kind = Kind::Snapshot;
        self.snapshot.bids.clear();
        self.snapshot.asks.clear();
        &mut self.snapshot
    }
}

fn copy_update(to: &mut DepthUpdate, from: &DepthUpdate) {
    to.bids.clone_from(&from.bids);
    to.asks.clone_from(&from.asks);
    to.instrument = from.instrument;
    to.first_update_id = from.first_update_id;
    to.last_update_id = from.last_update_id;
    to.previous_update_id = from.previous_update_id;
    to.checksum = from.checksum;
    to.venue_time = from.venue_time;
    to.receive_time = from.receive_time;
}

fn copy_snapshot(to: &mut DepthSnapshot, from: &DepthSnapshot) {
    to.bids.clone_from(&from.bids);
    to.asks.clone_from(&from.asks);
    to.instrument = from.instrument;
    to.last_update_id = from.last_update_id;
    to.checksum = from.checksum;
    to.venue_time = from.venue_time;
    to.receive_time = from.receive_time;
}

const fn empty_update() -> DepthUpdate {
    DepthUpdate {
        instrument: InstrumentId(0),
        first_update_id: 0,
        last_update_id: 0,
        previous_update_id: None,
        bids: Vec::new(),
        asks: Vec::new(),
        checksum: None,
        venue_time: Timestamp::EPOCH,
        receive_time: Timestamp::EPOCH,
    }
}

const fn empty_snapshot() -> DepthSnapshot {
    DepthSnapshot {
        instrument: InstrumentId(0),
        last_update_id: 0,
        bids: Vec::new(),
        asks: Vec::new(),
        checksum: None,
        venue_time: Timestamp::EPOCH,
        receive_time: Timestamp::EPOCH,
    }
}
