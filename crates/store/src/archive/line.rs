//! One column's text in a line, and back.

use crate::StoreError;

/// What stands where there is nothing.
pub(crate) const NOTHING: &[u8] = b"\\N";

/// One column of a line, escaped as it stands there; `None` for nothing.
pub(crate) type Field<'a> = Option<&'a [u8]>;

/// Adds text.
pub(crate) fn push_text(line: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        match escape_of(*byte) {
            Some(letter) => line.extend([b'\\', letter]),
            None => line.push(*byte),
        }
    }
}

const ESCAPES: [(u8, u8); 7] =
    [(b'\\', b'\\'), (0x08, b'b'), (0x0c, b'f'), (b'\n', b'n'), (b'\r', b'r'), (b'\t', b't'), (0x0b, b'v')];

fn escape_of(byte: u8) -> Option<u8> {
    ESCAPES.iter().find(|(plain, _)| *plain == byte).map(|(_, letter)| *letter)
}

/// Text as it was before it was escaped.
///
/// # Errors
/// `Invalid` for an escape that there is not, and for what is no UTF-8.
pub(crate) fn unescaped(field: &[u8]) -> Result<String, StoreError> {
    let mut plain = Vec::with_capacity(field.len());
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            plain.push(*byte);
            continue;
        }
        let letter = bytes.next().copied().unwrap_or(b' ');
        let known = ESCAPES.iter().find(|(_, known)| *known == letter);
        plain.push(known.ok_or_else(|| unreadable("text with an unknown escape", field))?.0);
    }
    String::from_utf8(plain).map_err(|_| unreadable("text that is no UTF-8", field))
}

/// Adds a decimal number without zeros that say nothing.
pub(crate) fn push_decimal(line: &mut Vec<u8>, number: &[u8]) {
    line.extend_from_slice(trimmed(number));
}

/// `1.500` is `1.5`, `2.000` is `2`.
pub(crate) fn trimmed(number: &[u8]) -> &[u8] {
    if !number.contains(&b'.') {
        return number;
    }
    let end = number.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    let trimmed = &number[..end];
    trimmed.strip_suffix(b".").unwrap_or(trimmed)
}

/// `-12.5`, without an exponent.
pub(crate) fn is_decimal(number: &[u8]) -> bool {
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    let mut parts = digits.splitn(2, |byte| *byte == b'.');
    parts.all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}

/// The columns of one line.
pub(crate) struct Fields<'a>(std::slice::Split<'a, u8, fn(&u8) -> bool>);

impl<'a> Fields<'a> {
    pub(crate) fn of(line: &'a [u8]) -> Self {
        Self(line.split(|byte| *byte == b'\t'))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|field| (field != NOTHING).then_some(field))
    }
}

/// The beginning of it is shown.
pub(crate) fn unreadable(what: &str, field: &[u8]) -> StoreError {
    let shown = &field[..field.len().min(40)];
    StoreError::invalid(format!("{what}: `{}`", shown.escape_ascii()))
}
