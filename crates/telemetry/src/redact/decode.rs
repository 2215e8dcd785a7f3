use std::ops::Range;

/// Text as somebody would read it who takes its escapes away, each byte with the place it came from.
pub(super) struct View {
    bytes: Vec<u8>,
    origins: Vec<Range<usize>>,
}

/// What an escape stands for, and how many bytes it takes.
struct Escape {
    bytes: Vec<u8>,
    length: usize,
}

impl View {
    pub(super) fn of(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), origins: (0..text.len()).map(|at| at..at + 1).collect() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The part of the first text that these bytes came from.
    pub(super) fn origin(&self, range: Range<usize>) -> Range<usize> {
        let within = self.origins.get(range).unwrap_or_default();
        within.first().map_or(0, |first| first.start)..within.last().map_or(0, |last| last.end)
    }

    /// One layer of escapes less, or nothing where there is none.
    pub(super) fn unwrapped(&self) -> Option<Self> {
        self.bytes.iter().any(|byte| matches!(byte, b'%' | b'\\')).then_some(())?;
        let mut plain = Self { bytes: Vec::with_capacity(self.bytes.len()), origins: Vec::new() };
        let mut at = 0;
        while let Some(&byte) = self.bytes.get(at) {
            let escape = escape(&self.bytes[at..]);
            let length = escape.as_ref().map_or(1, |escape| escape.length);
            match escape {
                Some(escape) => plain.bytes.extend(escape.bytes),
                None => plain.bytes.push(byte),
            }
            plain.origins.resize(plain.bytes.len(), self.origin(at..at + length));
            at += length;
        }
        (plain.bytes.len() < self.bytes.len()).then_some(plain)
    }
}

/// An escape of URLs, JSON or Rust's `Debug` at the beginning of the text.
fn escape(text: &[u8]) -> Option<Escape> {
    match text {
        [b'%', high, low, ..] | [b'\\', b'x', high, low, ..] => {
            let length = if text[0] == b'%' { 3 } else { 4 };
            Some(Escape { bytes: vec![u8::try_from(number(&[*high, *low])?).ok()?], length })
        }
        [b'\\', b'u', b'{', rest @ ..] => braced(rest),
        [b'\\', b'u', rest @ ..] => sixteen_bits(rest),
        [b'\\', letter, ..] => Some(Escape { bytes: vec![plain(*letter)?], length: 2 }),
        _ => None,
    }
}

fn plain(letter: u8) -> Option<u8> {
    match letter {
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        b'b' => Some(8),
        b'f' => Some(12),
        b'0' => Some(0),
        b'"' | b'\'' | b'\\' | b'/' => Some(letter),
        _ => None,
    }
}

/// `\u{1f600}`, after its brace.
fn braced(rest: &[u8]) -> Option<Escape> {
    let digits = rest.iter().take(7).position(|byte| *byte == b'}')?;
    of_char(number(&rest[..digits])?, digits + 4)
}

/// `\u00e9` or a pair of surrogates, after the first `\u`.
fn sixteen_bits(rest: &[u8]) -> Option<Escape> {
    let first = number(rest.get(..4)?)?;
    if !(0xD800..0xDC00).contains(&first) {
        return of_char(first, 6);
    }
    let second = rest.get(4..10)?.strip_prefix(b"\\u").and_then(number)?.checked_sub(0xDC00)?;
    of_char(0x1_0000 + ((first - 0xD800) << 10) + second, 12)
}

fn of_char(code: u32, length: usize) -> Option<Escape> {
    let character = char::from_u32(code)?;
    Some(Escape { bytes: character.encode_utf8(&mut [0; 4]).as_bytes().to_vec(), length })
}

fn number(digits: &[u8]) -> Option<u32> {
    let is_hex = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    is_hex.then_some(())?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
