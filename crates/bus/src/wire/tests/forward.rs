//! What a reader does with messages of another time.

use super::super::{MAJOR, MINOR, Unreadable, decode};
use super::{bytes, directory, samples};

/// The message as somebody else would have sent it: header and body changed, with the checksum that belongs to them.
fn sent(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = bytes(&samples::trade(domain::InstrumentId(0)));
    bytes.truncate(bytes.len() - 4);
    change(&mut bytes);
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn fields_that_a_later_minor_version_added_are_passed_over() {
    let later = sent(|bytes| {
        bytes[3] = MINOR + 1;
        bytes.extend_from_slice(b"a field of tomorrow");
    });
    assert_eq!(decode(&later, &directory()), Ok(samples::trade(domain::InstrumentId(0))));
}

#[test]
fn what_is_left_over_in_a_version_we_know_is_an_error() {
    let long = sent(|bytes| bytes.extend_from_slice(b"xyz"));
    assert_eq!(decode(&long, &directory()), Err(Unreadable::LeftOver { bytes: 3 }));
}

#[test]
fn a_later_major_version_is_refused_by_name() {
    let later = sent(|bytes| bytes[2] = MAJOR + 1);
    let refused = decode(&later, &directory()).unwrap_err();
    assert_eq!(refused, Unreadable::Version { major: 2 });
    assert_eq!(refused.to_string(), "it is of version 2, and this program reads 1: update it");
}

#[test]
fn kinds_and_rules_of_tomorrow_are_refused_by_number() {
    for kind in [0, 12, 255] {
        assert_eq!(decode(&sent(|bytes| bytes[4] = kind), &directory()), Err(Unreadable::Kind(kind)));
    }
    // The rule stands behind header and name.
    let rule = 5 + 1 + "BINANCE-SPOT".len() + 1 + "BTCUSDT".len();
    let (_, bar) = samples::all().into_iter().find(|(name, _)| *name == "bar").unwrap();
    let mut bar = bytes(&bar);
    bar.truncate(bar.len() - 4);
    bar[rule] = 7;
    let checksum = crc32fast::hash(&bar);
    bar.extend_from_slice(&checksum.to_le_bytes());
    assert_eq!(decode(&bar, &directory()), Err(Unreadable::Code { field: "rule", code: 7 }));
}
