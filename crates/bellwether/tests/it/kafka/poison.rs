//! What is no message, or of an instrument that nobody has described, ends among the dead letters and holds up nobody.

use bus::kafka::{Consumer, GroupConfig, Incoming, Polled, Producer, Shipment, header};
use bus::wire::{self, Directory};
use bus::{Message, Topic};
use domain::{Instrument, Instruments, Venue};

use super::traffic::{Line, rows, trades};

/// Sends a text that is no message to the topic of trades.
pub(super) fn send(line: &Line, text: &str) {
    send_bytes(line, text.as_bytes());
}

fn send_bytes(line: &Line, payload: &[u8]) {
    let mut shipment = Shipment::new(&line.kafka);
    shipment.push_bytes(&line.kafka.topic(Topic::Trades), b"BINANCE-SPOT:BTCUSDT", payload, None);
    while let Err(error) = Producer::new(&line.kafka).unwrap().deliver(&mut shipment) {
        eprintln!("sent again: {error}");
    }
}

/// A trade of an instrument that nobody has described.
fn strange(line: &Line) -> Vec<u8> {
    let known = line.instruments().iter().next().unwrap().clone();
    let mut others = Instruments::default();
    let venue = Venue::new("NOWHERE").unwrap();
    others.list(Instrument { venue, ..known }).unwrap();
    let mut bytes = Vec::new();
    let trade = trades(0..1).next().unwrap();
    wire::encode(&trade, &Directory::new(&others).unwrap(), &mut bytes).unwrap();
    bytes
}

/// The first `count` dead letters.
pub(super) fn letters(line: &Line, count: usize) -> Vec<Incoming> {
    let topic = line.dead_letters();
    let mut reader = Consumer::join(&line.kafka, &GroupConfig::new("undertaker"), &[topic]).unwrap();
    let mut found = Vec::new();
    for _ in 0..240 {
        if let Ok(Polled::Records(records)) = reader.poll(std::time::Duration::from_millis(250)) {
            found.extend(records);
        }
        if found.len() >= count {
            return found;
        }
    }
    panic!("{} dead letters of {count}", found.len());
}

fn told(letter: &Incoming, name: &str) -> String {
    let found = letter.headers.iter().find(|(known, _)| known == name);
    String::from_utf8(found.unwrap().1.clone()).unwrap()
}

#[test]
fn poison_is_a_dead_letter_and_its_neighbours_are_stored() {
    let Some(postgres) = servers::postgres() else { return };
    let line = Line::start(postgres, "poison");
    line.send(trades(0..200));
    send(&line, "{\"price\": 1}");
    send_bytes(&line, &strange(&line));
    let mut damaged = Vec::new();
    wire::encode(&trades(0..1).next().unwrap(), &line.directory, &mut damaged).unwrap();
    damaged[20] ^= 1;
    send_bytes(&line, &damaged);
    line.send(trades(200..400));
    let ran = line.finish();
    ran.assert_no_panic();
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let report = ran.json();
    assert_eq!((report["messages"].as_u64(), report["dead_letters"].as_u64()), (Some(403), Some(3)));
    assert_eq!(rows(postgres, &line, "trades"), "400|400");
    let letters = letters(&line, 3);
    let with =
        |words: &str| letters.iter().find(|letter| told(letter, header::ERROR).contains(words)).unwrap();
    assert_eq!(told(with("no message of ours"), header::ATTEMPTS), "1", "no try can help it");
    assert_eq!(told(with("checksum"), header::TOPIC), "market.trades");
    let unknown = with("NOWHERE:BTCUSDT is not listed");
    assert_eq!((told(unknown, header::ATTEMPTS).as_str(), &unknown.payload), ("3", &strange(&line)));
    let offset: i64 = told(unknown, header::OFFSET).parse().unwrap();
    assert!(offset >= 0);
    let again = line.finish();
    assert_eq!(again.json()["messages"], 0, "nothing of it comes again");
}

#[test]
fn an_instrument_that_is_described_later_is_listed_then() {
    let Some(postgres) = servers::postgres() else { return };
    let line = Line::start(postgres, "described");
    line.send(trades(0..100));
    assert_eq!(line.finish().json()["new_rows"], 100);
    let newcomer = Instrument {
        venue: Venue::new("NOWHERE").unwrap(),
        ..line.instruments().iter().next().unwrap().clone()
    };
    line.send([Message::Listed(Box::new(newcomer))]);
    send_bytes(&line, &strange(&line));
    let ran = line.finish();
    assert_eq!((ran.code, &ran.json()["new_rows"]), (Some(0), &1.into()), "{ran:?}");
}

/// From now on the database takes no trade at that price.
const REFUSING: &str = "
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.price = 104000000000 THEN RAISE EXCEPTION 'no' USING ERRCODE = '22003'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON trades FOR EACH ROW EXECUTE FUNCTION refuse();";

#[test]
fn what_the_database_refuses_is_a_dead_letter_after_three_tries() {
    let Some(postgres) = servers::postgres() else { return };
    let line = Line::start(postgres, "refusing");
    assert_eq!(line.finish().code, Some(0), "the tables are made");
    postgres.sql(&line.database, REFUSING);
    // One in fifty has that price.
    line.send(trades(0..200));
    let ran = line.finish();
    let report = ran.json();
    assert_eq!((&report["new_rows"], &report["dead_letters"]), (&196.into(), &4.into()), "{ran:?}");
    for letter in letters(&line, 4) {
        let told = [header::ATTEMPTS, header::ERROR].map(|name| told(&letter, name));
        assert_eq!(told, ["3", "a value cannot be stored (22003) while storing market data"]);
    }
    assert_eq!(line.finish().json()["messages"], 0, "their offsets are committed");
}
