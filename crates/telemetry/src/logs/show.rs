//! Lines as text: nothing that came from outside can begin a new line, move a cursor or pass for a field.

#[cfg(test)]
mod tests;

use std::fmt::{self, Write};
use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::Formatter;
use tracing::Level;

use super::line::{Line, Value};

/// One JSON object, the fields beside time, level, target and message.
pub(super) fn json(line: &Line) -> String {
    let mut bytes = Vec::with_capacity(256);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Careful);
    match Flat(line).serialize(&mut serializer) {
        Ok(()) => String::from_utf8(bytes).unwrap_or_default(),
        // Text and numbers in memory can always be written.
        Err(_) => String::new(),
    }
}

struct Flat<'line>(&'line Line);

impl Serialize for Flat<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("time", &self.0.time)?;
        map.serialize_entry("level", self.0.level.as_str())?;
        map.serialize_entry("target", self.0.target)?;
        map.serialize_entry("message", &self.0.message)?;
        for (name, value) in self.0.fields.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Escapes also what JSON allows but a terminal obeys.
struct Careful;

impl Formatter for Careful {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, text: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in text.char_indices().filter(|(_, character)| is_obeyed(*character)) {
            writer.write_all(&text.as_bytes()[plain..at])?;
            write!(writer, "\\u{:04x}", u32::from(character))?;
            plain = at + character.len_utf8();
        }
        writer.write_all(&text.as_bytes()[plain..])
    }
}

/// Control characters, ends of lines and changes of the direction of writing.
fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// For people: time, level, message, then `name=value`. `is_coloured` is for terminals.
pub(super) fn pretty(line: &Line, is_coloured: bool) -> String {
    Pretty { line, is_coloured }.to_string()
}

struct Pretty<'line> {
    line: &'line Line,
    is_coloured: bool,
}

impl fmt::Display for Pretty<'_> {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line;
        let (dim, colour, end) =
            if self.is_coloured { ("\x1b[2m", colour(line.level), "\x1b[0m") } else { ("", "", "") };
        let level = line.level.as_str();
        write!(text, "{dim}{}{end} {colour}{level:>5}{end} {}", line.time, Escaped(&line.message))?;
        for (name, value) in line.fields.iter() {
            write!(text, " {dim}{name}={end}")?;
            write_value(text, value)?;
        }
        Ok(())
    }
}

fn write_value(text: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Flag(flag) => write!(text, "{flag}"),
        Value::Signed(number) => write!(text, "{number}"),
        Value::Unsigned(number) => write!(text, "{number}"),
        Value::Float(number) => write!(text, "{number}"),
        Value::Text(words) if is_one_word(words) => text.write_str(words),
        Value::Text(words) => {
            write!(text, "\"{}\"", Escaped(&words.replace('\\', "\\\\").replace('"', "\\\"")))
        }
    }
}

fn is_one_word(text: &str) -> bool {
    let is_plain = |character: char| !character.is_whitespace() && !matches!(character, '"' | '\\' | '=');
    !text.is_empty() && text.chars().all(|character| is_plain(character) && !is_obeyed(character))
}

/// Text with its control characters spelled out.
struct Escaped<'text>(&'text str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if is_obeyed(character) {
                write!(formatter, "{}", character.escape_default())?;
            } else {
                formatter.write_char(character)?;
            }
        }
        Ok(())
    }
}

const fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}
