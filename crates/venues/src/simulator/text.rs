use domain::{Price, Quantity, Timestamp};

/// With at least so many decimals, as venues write it.
pub(crate) fn padded_price(price: Price, decimals: usize) -> String {
    padded(price.to_string(), decimals)
}

/// With at least so many decimals, as venues write it.
pub(crate) fn padded_quantity(quantity: Quantity, decimals: usize) -> String {
    padded(quantity.to_string(), decimals)
}

/// Such as `2026-08-09T21:05:48.229198328Z`.
pub(crate) fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(time.nanos()))
        .map_or_else(|_| String::new(), |time| time.to_string())
}

fn padded(mut text: String, decimals: usize) -> String {
    if decimals == 0 {
        return text;
    }
    let point = text.find('.').unwrap_or_else(|| {
        text.push('.');
        text.len() - 1
    });
    let written = text.len() - point - 1;
    text.extend(std::iter::repeat_n('0', decimals.saturating_sub(written)));
    text
}
