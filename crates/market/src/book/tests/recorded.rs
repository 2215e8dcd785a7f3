//! The venue's own best bid and ask referee the books built from its recorded stream.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::{DepthSnapshot, DepthUpdate, Level, Price, Quantity};
use serde_json::Value;

use super::{INSTRUMENT, time};
use crate::book::{BookBuilder, BookChange, SequenceRule};

fn levels(list: &Value) -> Vec<Level> {
    let list = list.as_array().unwrap();
    list.iter().map(|pair| level(pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect()
}

fn level(price: &str, quantity: &str) -> Level {
    Level {
        price: Price::parse(price.as_bytes()).unwrap(),
        quantity: Quantity::parse(quantity.as_bytes()).unwrap(),
    }
}

fn depth_update(data: &Value) -> DepthUpdate {
    DepthUpdate {
        instrument: INSTRUMENT,
        first_update_id: data["U"].as_u64().unwrap(),
        last_update_id: data["u"].as_u64().unwrap(),
        previous_update_id: data["pu"].as_u64(),
        bids: levels(&data["b"]),
        asks: levels(&data["a"]),
        checksum: None,
        venue_time: time(0),
        receive_time: time(0),
    }
}

fn depth_snapshot(data: &Value) -> DepthSnapshot {
    DepthSnapshot {
        instrument: INSTRUMENT,
        last_update_id: data["lastUpdateId"].as_u64().unwrap(),
        bids: levels(&data["bids"]),
        asks: levels(&data["asks"]),
        checksum: None,
        venue_time: time(0),
        receive_time: time(0),
    }
}

/// What a recording holds for a book, in the order received.
#[derive(Default)]
struct Recording {
    messages: Vec<Message>,
    /// The venue's best bid and ask by book update; some arrive after the update they belong to.
    tops: BTreeMap<u64, (Level, Level)>,
}

enum Message {
    Update(DepthUpdate),
    Snapshot(DepthSnapshot),
}

impl Recording {
    fn read(path: &Path) -> Self {
        let mut recording = Self::default();
        let file = std::fs::File::open(path).unwrap();
        for line in BufReader::new(flate2::read::GzDecoder::new(file)).lines() {
            let line = line.unwrap();
            let (_, json) = line.split_once(' ').unwrap();
            recording.add(&serde_json::from_str(json).unwrap());
        }
        recording
    }

    fn add(&mut self, message: &Value) {
        if message.get("lastUpdateId").is_some() {
            self.messages.push(Message::Snapshot(depth_snapshot(message)));
            return;
        }
        let (stream, data) = (message["stream"].as_str().unwrap(), &message["data"]);
        if stream.contains("@bookTicker") {
            let text = |name: &str| data[name].as_str().unwrap();
            let top = (level(text("b"), text("B")), level(text("a"), text("A")));
            self.tops.insert(data["u"].as_u64().unwrap(), top);
        } else if stream.contains("@depth") {
            self.messages.push(Message::Update(depth_update(data)));
        }
    }

    /// The venue's top at an update.
    fn top_at(&self, update: u64) -> Option<(Level, Level)> {
        self.tops.range(..=update).next_back().map(|(_, &top)| top)
    }

    /// Builds the book and returns how many applied updates were compared with the venue's top; all must agree.
    fn compare(&self, rule: SequenceRule) -> usize {
        let mut builder = BookBuilder::new(INSTRUMENT, rule);
        let mut compared = 0;
        for message in &self.messages {
            let change = match message {
                Message::Snapshot(snapshot) => builder.on_snapshot(snapshot),
                Message::Update(update) => builder.on_update(update),
            };
            assert!(!matches!(change, BookChange::Gap { .. } | BookChange::Crossed), "{change:?}");
            let stands = matches!(change, BookChange::Updated { .. } | BookChange::Synchronised);
            if let (true, Some(id)) = (stands, builder.last_update_id())
                && let Some(top) = self.top_at(id)
            {
                let quote = builder.quote().unwrap();
                assert_eq!((quote.bid, quote.ask), top, "at update {id}");
                compared += 1;
            }
        }
        compared
    }
}

/// The three recordings, and how many updates each lets us compare.
const CASES: [(&str, SequenceRule, usize); 3] = [
    ("spot_btcusdt.gz", SequenceRule::Contiguous, 3_449),
    ("usdm_btcusdt.gz", SequenceRule::PreviousId, 6_546),
    ("cm_btcusd_perp.gz", SequenceRule::PreviousId, 26_823),
];

fn recording(name: &str) -> Option<Recording> {
    recordings::find(&format!("crypto_ws/binance_btc_2024-08-08/{name}")).map(|path| Recording::read(&path))
}

#[test]
fn recorded_books_agree_with_the_venue() {
    for (name, rule, expected) in CASES {
        let Some(recording) = recording(name) else { return };
        assert_eq!(recording.compare(rule), expected, "{name}");
    }
}

/// Leaves out each applied update in turn: the one after it must report the gap, and the book must be gone.
#[test]
fn any_one_missing_update_is_noticed() {
    for (name, rule, _) in CASES {
        let Some(recording) = recording(name) else { return };
        let mut builder = BookBuilder::new(INSTRUMENT, rule);
        let mut noticed = 0;
        for (index, message) in recording.messages.iter().enumerate() {
            let update = match message {
                Message::Snapshot(snapshot) => {
                    builder.on_snapshot(snapshot);
                    continue;
                }
                Message::Update(update) => update,
            };
            if let (Some(_), Some(Message::Update(next))) =
                (builder.book(), recording.messages.get(index + 1))
            {
                let mut without = builder.clone();
                let change = without.on_update(next);
                assert!(matches!(change, BookChange::Gap { .. }), "{name}, message {index}: {change:?}");
                assert!(without.book().is_none() && without.needs_snapshot());
                noticed += 1;
            }
            builder.on_update(update);
        }
        assert!(noticed > 3_000, "{name}: {noticed}");
    }
}
