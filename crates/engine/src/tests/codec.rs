//! Damage anywhere is noticed, and nothing before it is lost.

use super::world::World;
use crate::codec::{Damage, encode, entries};

fn journal() -> (Vec<crate::Entry>, Vec<u8>) {
    let (world, _) = World::bought(2);
    let mut bytes = Vec::new();
    for entry in &world.journal {
        encode(entry, &mut bytes).unwrap();
    }
    (world.journal, bytes)
}

#[test]
fn what_is_written_is_read() {
    let (written, bytes) = journal();
    let read: Result<Vec<_>, _> = entries(&bytes).collect();
    assert_eq!(read.unwrap(), written);
}

#[test]
fn a_journal_cut_anywhere_keeps_its_whole_frames() {
    let (written, bytes) = journal();
    let mut clean_ends = 0;
    for length in 0..bytes.len() {
        let read: Vec<_> = entries(&bytes[..length]).collect();
        let whole = read.iter().filter(|entry| entry.is_ok()).count();
        assert!(read.iter().take(whole).zip(&written).all(|(read, written)| read.as_ref() == Ok(written)));
        if read.len() == whole {
            clean_ends += 1;
        } else {
            assert_eq!(read.last(), Some(&Err(Damage::Torn)));
        }
    }
    assert_eq!(clean_ends, written.len(), "only at a frame's end is the end clean");
}

#[test]
fn a_flipped_bit_is_never_an_entry() {
    let (written, bytes) = journal();
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 0x10;
        let read: Vec<_> = entries(&damaged).collect();
        assert!(read.last().unwrap().is_err(), "byte {position}");
        let whole = read.len() - 1;
        assert!(read.iter().take(whole).zip(&written).all(|(read, written)| read.as_ref() == Ok(written)));
    }
}

/// However an entry's pieces fall into the encoder's buffer, the payload is what postcard itself would write.
#[test]
fn payloads_are_postcards_own_at_every_length() {
    let (mut written, _) = journal();
    let time = written[0].time;
    let noted = |length| crate::Record::Resumed { note: "x".repeat(length) };
    written.extend((0..400).map(|length| crate::Entry { sequence: u64::MAX, time, record: noted(length) }));
    for entry in &written {
        let mut bytes = Vec::new();
        encode(entry, &mut bytes).unwrap();
        assert_eq!(bytes[8..], postcard::to_stdvec(entry).unwrap());
    }
}
