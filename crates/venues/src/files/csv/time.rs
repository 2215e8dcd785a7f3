use domain::Timestamp;

/// The first magnitudes that are milliseconds, microseconds and nanoseconds. In seconds 10¹¹ is the year 5138, in
/// milliseconds March 1973: data of either kind is never near the border.
const MILLIS_FROM: i64 = 100_000_000_000;
const MICROS_FROM: i64 = MILLIS_FROM * 1_000;
const NANOS_FROM: i64 = MICROS_FROM * 1_000;

/// A whole number or RFC 3339; `None` for anything else, including a local time without offset.
pub(super) fn parse(text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_number(text.parse().ok()?);
    }
    let moment: jiff::Timestamp = text.parse().ok()?;
    i64::try_from(moment.as_nanosecond()).ok().map(Timestamp::from_nanos)
}

fn from_number(number: i64) -> Option<Timestamp> {
    let unit = match number {
        ..MILLIS_FROM => 1_000_000_000,
        MILLIS_FROM..MICROS_FROM => 1_000_000,
        MICROS_FROM..NANOS_FROM => 1_000,
        NANOS_FROM.. => 1,
    };
    number.checked_mul(unit).map(Timestamp::from_nanos)
}
