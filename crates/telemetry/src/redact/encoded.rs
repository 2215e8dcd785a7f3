//! Secrets as they stand inside base64 and hexadecimal digits.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A shorter piece of base64 would be found in ordinary words.
const PIECE_MIN: usize = 6;
const BITS_OF_BYTE: usize = 8;
const BITS_OF_DIGIT: usize = 6;
/// Bytes that three places in a group of base64 can have before them.
const PLACES: usize = 3;

/// What of the secret is the same in every such text, whatever stands before and behind it.
pub(super) fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![hexadecimal(secret), hexadecimal(secret).to_uppercase()];
    for before in 0..PLACES {
        forms.extend([STANDARD_NO_PAD, URL_SAFE_NO_PAD].iter().filter_map(|alphabet| {
            let bytes = [&[0; PLACES][..before], secret.as_bytes()].concat();
            let (first, end) =
                ((before * BITS_OF_BYTE).div_ceil(BITS_OF_DIGIT), bytes.len() * BITS_OF_BYTE / BITS_OF_DIGIT);
            let piece = alphabet.encode(bytes).get(first..end)?.to_owned();
            (piece.len() >= PIECE_MIN).then_some(piece)
        }));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Whether the byte may belong to such a text; the digits at the edges of a secret tell a part of it.
pub(super) const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

fn hexadecimal(secret: &str) -> String {
    secret.bytes().map(|byte| format!("{byte:02x}")).collect()
}
