//! No bytes make the reader panic, and none that are damaged make a message.

use proptest::prelude::*;

use super::super::{Unreadable, decode};
use super::{bytes, directory, samples};

#[test]
fn every_cut_is_an_error() {
    for (name, message) in samples::all() {
        let whole = bytes(&message);
        for length in 0..whole.len() {
            assert!(decode(&whole[..length], &directory()).is_err(), "{name} cut at {length}");
        }
    }
}

#[test]
fn every_flipped_bit_is_an_error() {
    for (name, message) in samples::all() {
        let whole = bytes(&message);
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&flipped, &directory()).is_err(), "{name}, bit {bit}");
        }
    }
}

/// The checks behind the checksum: whatever stands in the body, it is read or refused, and what is refused says what.
#[test]
fn bodies_that_are_cut_but_sealed_are_refused_by_field() {
    for (name, message) in samples::all() {
        let whole = bytes(&message);
        for length in 5..whole.len() - 4 {
            let refused = decode(&sealed(&whole[..length]), &directory());
            let is_named =
                matches!(refused, Err(Unreadable::Cut(_) | Unreadable::Text(_) | Unreadable::Range(_)));
            assert!(is_named, "{name} cut at {length}: {refused:?}");
        }
    }
}

fn sealed(covered: &[u8]) -> Vec<u8> {
    let checksum = crc32fast::hash(covered);
    [covered, &checksum.to_le_bytes()].concat()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        drop(decode(&bytes, &directory()));
    }

    /// Any body of any kind behind a right header and before a right checksum.
    #[test]
    fn any_sealed_body_is_read_or_refused(
        kind in 0..12u8,
        body in proptest::collection::vec(any::<u8>(), 0..200),
        is_named in any::<bool>(),
    ) {
        let name: &[u8] = if is_named { b"\x0cBINANCE-SPOT\x07BTCUSDT" } else { b"" };
        let covered = [b"BW\x01\x00", [kind].as_slice(), name, &body].concat();
        drop(decode(&sealed(&covered), &directory()));
    }

    /// A change anywhere in the body of a message, sealed again: read or refused, and read the same way twice.
    #[test]
    fn any_change_is_read_or_refused(place in any::<prop::sample::Index>(), byte in any::<u8>(), which in any::<prop::sample::Index>()) {
        let all = samples::all();
        let (_, message) = &all[which.index(all.len())];
        let mut whole = bytes(message);
        whole.truncate(whole.len() - 4);
        let place = place.index(whole.len());
        whole[place] = byte;
        let sealed = sealed(&whole);
        if let Ok(read) = decode(&sealed, &directory()) {
            let again = bytes(&read);
            prop_assert_eq!(decode(&again, &directory()), Ok(read));
        }
    }
}
