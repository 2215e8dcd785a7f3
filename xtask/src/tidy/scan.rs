//! As much of Rust's grammar as counting needs: where comments and literals are, where words begin.

/// The same text, byte for byte in place, with the insides of comments, strings and characters blanked.
/// Line ends stay.
pub(super) fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let Some(end) = masked_until(bytes, at) else {
            at += 1;
            continue;
        };
        let end = end.min(bytes.len());
        out[at..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// If a comment or a literal begins at `at`: the byte after it.
fn masked_until(bytes: &[u8], at: usize) -> Option<usize> {
    match &bytes[at..] {
        [b'/', b'/', ..] => Some(find(bytes, at, |byte| byte == b'\n')),
        [b'/', b'*', ..] => Some(block_comment(bytes, at)),
        [b'"', ..] => Some(string(bytes, at)),
        [b'r', ..] if begins_raw(bytes, at) => raw_string(bytes, at),
        [b'\'', ..] => character(bytes, at),
        _ => None,
    }
}

fn find(bytes: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> usize {
    (from..bytes.len()).find(|at| wanted(bytes[*at])).unwrap_or(bytes.len())
}

fn block_comment(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (at, depth) = (at + 2, depth + 1),
            [b'*', b'/', ..] => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// Whether the `r` at `at` is a prefix of its own (`r"`, `br"`, `cr"`), not the end of a word.
fn begins_raw(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|at| bytes[at]);
    let word_before = |back| before(back).is_some_and(is_word);
    !word_before(1) || (matches!(before(1), Some(b'b' | b'c')) && !word_before(2))
}

fn raw_string(bytes: &[u8], from: usize) -> Option<usize> {
    let quote = find(bytes, from + 1, |byte| byte != b'#');
    if bytes.get(quote) != Some(&b'"') {
        return None; // a raw identifier
    }
    let mut close = vec![b'"'];
    close.resize(quote - from, b'#');
    let body = bytes.get(quote + 1..)?;
    let length = body.windows(close.len()).position(|window| window == close);
    Some(length.map_or(bytes.len(), |length| quote + 1 + length + close.len()))
}

/// A character literal; `None` for a lifetime.
fn character(bytes: &[u8], from: usize) -> Option<usize> {
    let first = *bytes.get(from + 1)?;
    if first == b'\\' {
        return Some(find(bytes, from + 3, |byte| byte == b'\'') + 1);
    }
    let width = match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    let close = from + 1 + width;
    (bytes.get(close) == Some(&b'\'')).then_some(close + 1)
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Every word with the byte it begins at.
pub(super) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let pieces = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    pieces
        .filter(|piece| !piece.is_empty())
        .map(|piece| (piece.as_ptr() as usize - code.as_ptr() as usize, piece))
}

/// Every place where `wanted` stands and is not part of a longer word.
pub(super) fn places<'a>(code: &'a str, wanted: &'a str) -> impl Iterator<Item = usize> + 'a {
    let bytes = code.as_bytes();
    let ends_in_word = wanted.bytes().next_back().is_some_and(is_word);
    let begins_with_word = wanted.bytes().next().is_some_and(is_word);
    let free = move |at: &usize| {
        let before = at.checked_sub(1).is_some_and(|at| is_word(bytes[at]));
        let after = bytes.get(at + wanted.len()).is_some_and(|byte| is_word(*byte));
        !(begins_with_word && before || ends_in_word && after)
    };
    code.match_indices(wanted).map(|(at, _)| at).filter(free)
}

/// Lines count from one.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + before.split(|byte| *byte == b'\n').count().saturating_sub(1)
}
