//! The venues' own referees over whole recorded sessions: checksums, update numbers, message numbers, best prices.

use std::collections::BTreeMap;
use std::io::Write;

use domain::{FeedMessage, InstrumentId, Instruments, Timestamp};
use engine::Source;
use market::{BookBuilder, BookChange, BookCounts};

use crate::{FileSource, InputKind, SourceErrorKind, detect};

/// What a recording says of the books that are built from it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Played {
    books: BookCounts,
    trades: usize,
    updates: usize,
    snapshots: usize,
    /// Messages that the connection's own numbers show to be missing.
    interrupted: usize,
    /// Books that are whole at the end, of how many.
    valid: (usize, usize),
    /// Venue's own best prices that were and were not those of the book.
    tops: (usize, usize),
}

fn play(name: &str) -> Option<Played> {
    let path = recordings::find(&format!("crypto_ws/captures/{name}.jsonl.zst"))?;
    let mut instruments = Instruments::default();
    let mut source = FileSource::open(&path, &mut instruments).unwrap();
    let mut books: BTreeMap<InstrumentId, BookBuilder> =
        source.books().iter().map(|(id, rules)| (*id, BookBuilder::new(*id, *rules))).collect();
    let mut tops = Tops::default();
    let mut played = Played::default();
    let mut latest = Timestamp::MIN;
    while let Some(message) = source.next().unwrap() {
        assert!(message.receive_time() >= latest, "{name}: times do not go back");
        latest = message.receive_time();
        let book = books.get_mut(&message.instrument()).unwrap();
        match message {
            FeedMessage::Trade(_) => played.trades += 1,
            FeedMessage::DepthUpdate(update) => {
                played.updates += 1;
                let change = book.on_update(update);
                tops.note_book(book, change);
            }
            FeedMessage::DepthSnapshot(snapshot) => {
                played.snapshots += 1;
                let change = book.on_snapshot(snapshot);
                tops.note_book(book, change);
            }
            FeedMessage::Quote { quote, update_id } => tops.note_quote(&quote, update_id.unwrap()),
            FeedMessage::Interrupted(_) => played.interrupted += 1,
            other => panic!("{name}: {other:?}"),
        }
    }
    for book in books.values() {
        let counts = book.counts();
        played.books.applied += counts.applied;
        played.books.gaps += counts.gaps;
        played.books.crossed += counts.crossed;
        played.books.checksums_agree += counts.checksums_agree;
        played.books.checksums_disagree += counts.checksums_disagree;
    }
    played.valid = (books.values().filter(|book| book.book().is_some()).count(), books.len());
    played.tops = tops.compare();
    Some(played)
}

type Top = (domain::Level, domain::Level);

/// After an update that ends at an id, the book's top is the venue's last best price of at most that id.
#[derive(Default)]
struct Tops {
    quotes: BTreeMap<(InstrumentId, u64), Top>,
    books: Vec<(InstrumentId, u64, Top)>,
}

impl Tops {
    fn note_quote(&mut self, quote: &domain::Quote, id: u64) {
        self.quotes.insert((quote.instrument, id), (quote.bid, quote.ask));
    }

    fn note_book(&mut self, book: &BookBuilder, change: BookChange) {
        let stands = matches!(change, BookChange::Updated { .. } | BookChange::Synchronised);
        if let (true, Some(quote), Some(id)) = (stands, book.quote(), book.last_update_id()) {
            self.books.push((book.instrument(), id, (quote.bid, quote.ask)));
        }
    }

    fn compare(&self) -> (usize, usize) {
        let (mut agree, mut disagree) = (0, 0);
        for (instrument, id, top) in &self.books {
            let range = (*instrument, 0)..=(*instrument, *id);
            // The venue's stream of best prices must have got beyond the update, or the last one may be missing.
            let is_settled = self
                .quotes
                .range((*instrument, id + 1)..)
                .next()
                .is_some_and(|((of, _), _)| of == instrument);
            if let (Some((_, told)), true) = (self.quotes.range(range).next_back(), is_settled) {
                if told == top { agree += 1 } else { disagree += 1 }
            }
        }
        (agree, disagree)
    }
}

#[test]
fn all_recorded_kraken_checksums_reproduce() {
    let Some(played) = play("KRAKEN") else { return };
    assert_eq!((played.books.checksums_agree, played.books.checksums_disagree), (4_269, 0));
    assert_eq!((played.updates, played.snapshots, played.trades), (4_269, 10, 10));
    assert_eq!((played.valid, played.books.crossed), ((10, 10), 0));
}

#[test]
fn all_recorded_bitget_checksums_reproduce() {
    let Some(played) = play("BITGET") else { return };
    assert_eq!((played.books.checksums_agree, played.books.checksums_disagree), (637, 0));
    assert_eq!((played.updates, played.snapshots), (627, 10));
    assert_eq!((played.valid, played.books.crossed), ((10, 10), 0));
}

#[test]
fn the_coinbase_session_lacks_no_number() {
    let Some(played) = play("COINBASE") else { return };
    assert_eq!((played.interrupted, played.books.gaps, played.books.crossed), (0, 0, 0));
    assert_eq!((played.updates + played.snapshots, played.snapshots), (775, 2));
    assert_eq!(played.valid, (2, 2));
    assert!(played.trades > 0);
}

#[test]
fn the_bybit_session_lacks_no_update() {
    let Some(played) = play("BYBIT") else { return };
    assert_eq!((played.books.gaps, played.books.crossed), (0, 0));
    assert_eq!((played.updates, played.snapshots, played.books.applied), (2_142, 6, 2_142));
    assert_eq!(played.valid, (6, 6));
}

#[test]
fn recorded_binance_books_agree_with_the_venues_best_prices() {
    for (name, updates, least) in [("BINANCE", 177, 40), ("BINANCE_FUTURES", 764, 300)] {
        let Some(played) = play(name) else { return };
        assert_eq!((played.updates, played.snapshots), (updates, 4), "{name}");
        assert_eq!((played.books.gaps, played.books.crossed), (0, 0), "{name}");
        assert_eq!(played.valid, (4, 4), "{name}");
        assert_eq!(played.tops.1, 0, "{name}: {:?}", played.tops);
        assert!(played.tops.0 > least, "{name}: {:?}", played.tops);
    }
}

const HEADER: &str = r#"{"t":"header","format":2,"exchange":"COINBASE","config":{}}"#;
const SUBSCRIBE: &str = r#"{"t":"send","conn":"C.ws.1","ts":1786309548.17,"addr":"wss://x","data":"{\"type\":\"subscribe\",\"product_ids\":[\"BTC-USD\"],\"channel\":\"level2\"}"}"#;

fn heartbeat(connection: &str, number: u64) -> String {
    format!(
        r#"{{"t":"recv","conn":"{connection}","ts":1786309549.{number},"data":"{{\"channel\":\"heartbeats\",\"sequence_num\":{number},\"events\":[]}}"}}"#
    )
}

/// How many messages come out, and the line and kind of each fault.
fn read(lines: &[String]) -> (usize, Vec<(Option<u64>, SourceErrorKind)>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    std::fs::File::create(&path).unwrap().write_all(lines.join("\n").as_bytes()).unwrap();
    assert_eq!(detect(&path), Ok(InputKind::Recording { exchange: "COINBASE".to_owned() }));
    let mut list = |_| Ok(InstrumentId(0));
    let (mut source, _) = super::RecordingSource::open(&path, &mut list).unwrap();
    let (mut messages, mut faults) = (0, Vec::new());
    while let Some(next) = source.next() {
        match next {
            Ok(_) => messages += 1,
            Err(error) => faults.push((error.line, error.kind)),
        }
    }
    (messages, faults)
}

#[test]
fn a_frame_that_was_lost_from_a_recording_is_noticed() {
    let [header, subscribe] = [HEADER, SUBSCRIBE].map(str::to_owned);
    let whole = [header, subscribe, heartbeat("C.ws.1", 0), heartbeat("C.ws.1", 1), heartbeat("C.ws.1", 2)];
    assert_eq!(read(&whole), (0, Vec::new()));
    let torn: Vec<String> =
        whole.iter().enumerate().filter(|(index, _)| *index != 3).map(|(_, l)| l.clone()).collect();
    assert_eq!(read(&torn), (1, Vec::new()), "the instrument is told to be interrupted");
}

#[test]
fn a_bad_line_is_named_once_and_costs_itself_alone() {
    let [header, subscribe] = [HEADER, SUBSCRIBE].map(str::to_owned);
    let other = SUBSCRIBE.replace("C.ws.1", "C.ws.2");
    let lines = [
        header,
        subscribe,
        other,
        "not a frame".to_owned(),
        heartbeat("C.ws.1", 0),
        r#"{"t":"recv","conn":"C.ws.1","ts":"soon","data":"{}"}"#.to_owned(),
        r#"{"t":"recv","conn":"C.ws.1","ts":1786309550,"data":"{"}"#.to_owned(),
        heartbeat("C.ws.1", 1),
    ];
    let (messages, faults) = read(&lines);
    let lines_at_fault: Vec<_> = faults.iter().map(|(line, _)| line.unwrap()).collect();
    assert_eq!((messages, lines_at_fault), (0, vec![4, 6, 7]), "{faults:?}");
}

#[test]
fn a_venue_that_is_not_decoded_is_named_with_those_that_are() {
    let Some(path) = recordings::find("crypto_ws/captures/DERIBIT.jsonl.zst") else { return };
    let error = FileSource::open(&path, &mut Instruments::default()).err().unwrap();
    assert_eq!(error.kind, SourceErrorKind::Unsupported);
    assert!(error.what.contains("DERIBIT") && error.what.contains("KRAKEN"), "{error}");
}
