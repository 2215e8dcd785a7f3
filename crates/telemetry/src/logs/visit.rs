use std::error::Error;
use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};

use super::line::{Fields, Value};

/// What an event or a span says of itself.
#[derive(Default)]
pub(super) struct Said {
    pub(super) message: String,
    pub(super) fields: Fields,
}

/// More than this is not read from one value. It leaves room behind what is kept of it, so that a secret that is
/// cut here is not within that.
const READ_MAX: usize = 64 * 1024;
/// How many causes of an error are told.
const CAUSES_MAX: usize = 16;

impl Said {
    fn set(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::Text(text)) => self.message = text,
            (name, value) => self.fields.set(free_name(name), value),
        }
    }
}

/// The names that every line has; a field of such a name moves aside.
fn free_name(name: &'static str) -> &'static str {
    match name {
        "time" => "time_",
        "level" => "level_",
        "target" => "target_",
        "message" => "message_",
        name => name.strip_prefix("r#").unwrap_or(name),
    }
}

impl Visit for Said {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, Value::Float(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, Value::Signed(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, Value::Unsigned(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.set(field, Value::Text(value.to_string()));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.set(field, Value::Text(value.to_string()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, Value::Flag(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, Value::Text(read(format_args!("{value}"))));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let causes = std::iter::successors(Some(value), |error| (*error).source());
        let mut told = Reading::default();
        for (place, error) in causes.take(CAUSES_MAX).enumerate() {
            let before = if place == 0 { "" } else { ": " };
            if write!(told, "{before}{error}").is_err() {
                break;
            }
        }
        self.set(field, Value::Text(told.0));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set(field, Value::Text(read(format_args!("{value:?}"))));
    }
}

/// The text, as far as it is read. A value that cannot be shown is shown as far as it went.
fn read(shown: fmt::Arguments<'_>) -> String {
    let mut reading = Reading::default();
    if reading.write_fmt(shown).is_err() {
        reading.0.push('…');
    }
    reading.0
}

#[derive(Default)]
struct Reading(String);

impl Write for Reading {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = READ_MAX.saturating_sub(self.0.len());
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        self.0.push_str(&text[..text.floor_char_boundary(room)]);
        Err(fmt::Error)
    }
}
