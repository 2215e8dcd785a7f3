//! Comma-separated fields without quoting, and the values in them.

use domain::{NumberError, Price, Quantity};
use jiff::civil::Date;

use super::SecurityClass;

/// The widest row has eleven fields.
const FIELDS_MAX: usize = 12;

const MILLIS_A_MINUTE: i64 = 60_000;

/// What is wrong with a row: the column, its text and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadField(pub(super) String);

impl BadField {
    pub(super) fn new(column: &str, value: &[u8], expected: &str) -> Self {
        let shown = String::from_utf8_lossy(&value[..value.len().min(40)]);
        Self(format!("column `{column}` holds `{}`; expected {expected}", shown.escape_debug()))
    }
}

/// The fields of one row.
pub(super) struct Fields<'l> {
    items: [&'l [u8]; FIELDS_MAX],
}

impl<'l> Fields<'l> {
    /// Splits a line that must have exactly `expected` fields.
    pub(super) fn split(line: &'l [u8], expected: usize) -> Result<Self, String> {
        let mut items: [&[u8]; FIELDS_MAX] = [b""; FIELDS_MAX];
        let (mut count, mut start) = (0, 0);
        for end in memchr::memchr_iter(b',', line).chain([line.len()]) {
            if let Some(item) = items.get_mut(count) {
                *item = &line[start..end];
            }
            start = end + 1;
            count += 1;
        }
        if count == expected {
            Ok(Self { items })
        } else {
            Err(format!("the row has {count} fields where {expected} are expected"))
        }
    }

    pub(super) const fn get(&self, index: usize) -> &'l [u8] {
        self.items[index]
    }

    /// Whether `count` fields from `first` on are all empty: a side without quotes.
    pub(super) fn are_empty(&self, first: usize, count: usize) -> bool {
        self.items[first..first + count].iter().all(|item| item.is_empty())
    }

    /// A price above zero.
    pub(super) fn price(&self, index: usize, column: &str, class: SecurityClass) -> Result<Price, BadField> {
        let text = self.get(index);
        match read_price(text, class) {
            Ok(price) if price > Price::ZERO => Ok(price),
            Ok(_) => Err(BadField::new(column, text, "a price above zero")),
            Err(error) => Err(BadField::new(column, text, &format!("a price, but it {error}"))),
        }
    }

    /// A quantity of at least zero.
    pub(super) fn quantity(
        &self,
        index: usize,
        column: &str,
        class: SecurityClass,
    ) -> Result<Quantity, BadField> {
        let text = self.get(index);
        match read_quantity(text, class) {
            Ok(quantity) if !quantity.is_negative() => Ok(quantity),
            Ok(_) => Err(BadField::new(column, text, "a quantity of at least zero")),
            Err(error) => Err(BadField::new(column, text, &format!("a quantity, but it {error}"))),
        }
    }
}

fn read_price(text: &[u8], class: SecurityClass) -> Result<Price, NumberError> {
    let printed = Price::parse(text)?;
    if class != SecurityClass::Equity {
        return Ok(printed);
    }
    if printed.raw() % 10_000 != 0 {
        return Err(NumberError::TooPrecise(Price::DECIMALS));
    }
    Ok(Price::from_raw(printed.raw() / 10_000))
}

/// Crypto sizes were summed up in binary floats (`33.35399601000002`), so that the digits past the ninth are
/// noise there: they are rounded away. Elsewhere they are refused.
fn read_quantity(text: &[u8], class: SecurityClass) -> Result<Quantity, NumberError> {
    match Quantity::parse(text) {
        Err(NumberError::TooPrecise(_)) if class == SecurityClass::Crypto => round_quantity(text),
        other => other,
    }
}

fn round_quantity(text: &[u8]) -> Result<Quantity, NumberError> {
    let point = memchr::memchr(b'.', text).ok_or(NumberError::Malformed)?;
    let kept_end = point + 1 + Quantity::DECIMALS as usize;
    let (Some(kept), Some(next)) = (text.get(..kept_end), text.get(kept_end)) else {
        return Err(NumberError::Malformed);
    };
    let kept = Quantity::parse(kept)?;
    let up = i128::from(*next >= b'5');
    kept.checked_add(Quantity::from_raw(up)).ok_or(NumberError::Overflow)
}

/// A whole number without sign.
pub(super) fn parse_digits(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.iter().try_fold(0i64, |value, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        Some(value * 10 + i64::from(digit))
    })
}

/// `YYYYMMDD`.
pub(super) fn parse_date(text: &[u8]) -> Option<Date> {
    if text.len() != 8 {
        return None;
    }
    let year = i16::try_from(parse_digits(&text[..4])?).ok()?;
    let month = i8::try_from(parse_digits(&text[4..6])?).ok()?;
    let day = i8::try_from(parse_digits(&text[6..])?).ok()?;
    Date::new(year, month, day).ok()
}

/// `YYYYMMDD HH:MM`, as the date and milliseconds since midnight.
pub(super) fn parse_date_time(text: &[u8]) -> Option<(Date, i64)> {
    let [date @ .., b' ', hour_tens, hour, b':', minute_tens, minute] = text else { return None };
    let hours = parse_digits(&[*hour_tens, *hour])?;
    let minutes = parse_digits(&[*minute_tens, *minute])?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some((parse_date(date)?, (hours * 60 + minutes) * MILLIS_A_MINUTE))
}
