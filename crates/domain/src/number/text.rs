//! Decimal text to scaled integers and back, without a float in between.

use super::NumberError;

const POWERS: [i128; 19] = {
    let mut powers = [1i128; 19];
    let mut index = 1;
    while index < powers.len() {
        powers[index] = powers[index - 1] * 10;
        index += 1;
    }
    powers
};

/// Ten to the power of `exponent`, which must be at most 18.
pub(crate) const fn power_of_ten(exponent: u32) -> i128 {
    POWERS[exponent as usize]
}

/// Reads `[+-]digits[.digits]`; trailing zeros beyond `decimals` are harmless, other digits there are refused.
pub(crate) fn parse(text: &[u8], decimals: u32) -> Result<i128, NumberError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let magnitude = match parse_short(digits, decimals) {
        Some(magnitude) => magnitude,
        None => parse_long(digits, decimals)?,
    };
    let value = if negative { 0i128.checked_sub_unsigned(magnitude) } else { i128::try_from(magnitude).ok() };
    value.ok_or(NumberError::Overflow)
}

/// The common case: at most 18 digits in all, so that machine words suffice.
#[inline]
fn parse_short(digits: &[u8], decimals: u32) -> Option<u128> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut value: u64 = 0;
    let mut seen: u32 = 0;
    let mut fraction_start: Option<u32> = None;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            seen += 1;
        } else if byte == b'.' && fraction_start.is_none() {
            fraction_start = Some(seen);
        } else {
            return None;
        }
    }
    let fraction = fraction_start.map_or(0, |start| seen - start);
    if seen == 0 || seen > 18 || fraction > decimals || (fraction_start.is_some() && fraction == 0) {
        return None;
    }
    Some(u128::from(value) * power_of_ten(decimals - fraction).unsigned_abs())
}

/// Every case, slower, with the reason when the text is refused.
fn parse_long(digits: &[u8], decimals: u32) -> Result<u128, NumberError> {
    let (whole, fraction) = match digits.iter().position(|&byte| byte == b'.') {
        Some(point) => (&digits[..point], &digits[point + 1..]),
        None => (digits, &digits[..0]),
    };
    let well_formed = !digits.is_empty()
        && digits.last() != Some(&b'.')
        && whole.iter().chain(fraction).all(u8::is_ascii_digit);
    if !well_formed {
        return Err(NumberError::Malformed);
    }
    let kept = fraction.len().min(decimals as usize);
    if fraction[kept..].iter().any(|&digit| digit != b'0') {
        return Err(NumberError::TooPrecise(decimals));
    }
    let mut value: u128 = 0;
    for &digit in whole.iter().chain(&fraction[..kept]) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u128::from(digit - b'0')))
            .ok_or(NumberError::Overflow)?;
    }
    let missing = decimals - u32::try_from(kept).map_err(|_| NumberError::Overflow)?;
    value.checked_mul(power_of_ten(missing).unsigned_abs()).ok_or(NumberError::Overflow)
}

/// Writes the shortest decimal text that reads back to the same value.
pub(crate) fn write(formatter: &mut std::fmt::Formatter<'_>, value: i128, decimals: u32) -> std::fmt::Result {
    let scale = power_of_ten(decimals).unsigned_abs();
    let magnitude = value.unsigned_abs();
    let (whole, fraction) = (magnitude / scale, magnitude % scale);
    let sign = if value < 0 { "-" } else { "" };
    if fraction == 0 {
        return formatter.pad(&format!("{sign}{whole}"));
    }
    let digits = format!("{fraction:0width$}", width = decimals as usize);
    formatter.pad(&format!("{sign}{whole}.{}", digits.trim_end_matches('0')))
}
