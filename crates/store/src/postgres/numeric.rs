//! Exact decimals in PostgreSQL's binary form: groups of four digits, the first of them worth 10000 to the power of
//! the weight.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use domain::{Money, Quantity};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

const BASE: u16 = 10_000;
const DIGITS_IN_GROUP: u32 = 4;

/// 39 digits, and the group that the point may cut in two.
const GROUPS_MAX: usize = 14;

const POSITIVE: u16 = 0;
const NEGATIVE: u16 = 0x4000;

type Problem = Box<dyn Error + Sync + Send>;

/// A number of units of 10 to the power of -`PLACES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exact<const PLACES: u32>(pub(super) i128);

impl From<Quantity> for Exact<9> {
    fn from(quantity: Quantity) -> Self {
        Self(quantity.raw())
    }
}

impl From<Money> for Exact<18> {
    fn from(money: Money) -> Self {
        Self(money.raw())
    }
}

impl<const PLACES: u32> Exact<PLACES> {
    /// Length of the value and the value, as it stands in a row that is copied.
    pub(super) fn put(self, out: &mut BytesMut) {
        let groups = Groups::of(self.0.unsigned_abs(), PLACES);
        let kept = &groups.digits[groups.first..groups.end];
        let length = 8 + 2 * kept.len();
        out.put_i32(i32::try_from(length).unwrap_or(i32::MAX));
        self.put_value(out, &groups);
    }

    fn put_value(self, out: &mut BytesMut, groups: &Groups) {
        let kept = &groups.digits[groups.first..groups.end];
        out.put_u16(u16::try_from(kept.len()).unwrap_or(u16::MAX));
        out.put_i16(groups.weight());
        out.put_u16(if self.0 < 0 { NEGATIVE } else { POSITIVE });
        out.put_u16(groups.places);
        kept.iter().for_each(|group| out.put_u16(*group));
    }

    fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let (header, digits) = bytes.split_first_chunk::<8>().ok_or("a decimal is cut off")?;
        let [count, weight, sign, _] =
            [0, 2, 4, 6].map(|at| u16::from_be_bytes([header[at], header[at + 1]]));
        let is_negative = match sign {
            POSITIVE => false,
            NEGATIVE => true,
            _ => return Err("a decimal is no number".into()),
        };
        if digits.len() != 2 * usize::from(count) {
            return Err("a decimal is cut off".into());
        }
        let places = i32::try_from(PLACES)?;
        // Of the first group's last digit.
        let mut exponent = 4 * i32::from(weight.cast_signed()) + places;
        let mut raw = 0_i128;
        for group in digits.chunks_exact(2) {
            let group = u16::from_be_bytes([group[0], group[1]]);
            let part = scaled(i128::from(group), exponent)?;
            raw = if is_negative { raw.checked_sub(part) } else { raw.checked_add(part) }
                .ok_or("a decimal is too large")?;
            exponent -= 4;
        }
        Ok(Self(raw))
    }
}

/// What the group is worth.
fn scaled(group: i128, exponent: i32) -> Result<i128, Problem> {
    if group == 0 {
        return Ok(0);
    }
    let power = 10_i128.checked_pow(exponent.unsigned_abs()).ok_or("a decimal is out of range")?;
    if exponent >= 0 {
        return group.checked_mul(power).ok_or_else(|| "a decimal is too large".into());
    }
    if group % power == 0 { Ok(group / power) } else { Err("a decimal has too many places".into()) }
}

/// A number cut into groups, the last one last.
struct Groups {
    digits: [u16; GROUPS_MAX],
    /// Those between hold something.
    first: usize,
    end: usize,
    /// Where the point is: so many groups stand before it.
    whole: usize,
    /// Decimal places that are shown.
    places: u16,
}

impl Groups {
    fn of(magnitude: u128, places: u32) -> Self {
        let unit = 10_u128.pow(places);
        let (mut whole, mut part) = (magnitude / unit, magnitude % unit);
        let part_groups = places.div_ceil(DIGITS_IN_GROUP);
        part *= 10_u128.pow(part_groups * DIGITS_IN_GROUP - places);
        let mut groups = Self { digits: [0; GROUPS_MAX], first: 0, end: GROUPS_MAX, whole: 0, places: 0 };
        groups.whole = GROUPS_MAX - usize::try_from(part_groups).unwrap_or(GROUPS_MAX);
        let mut at = GROUPS_MAX;
        while at > groups.whole {
            at -= 1;
            groups.digits[at] = take_group(&mut part);
        }
        while at > 0 && whole > 0 {
            at -= 1;
            groups.digits[at] = take_group(&mut whole);
        }
        groups.first = at;
        groups.trim();
        groups
    }

    fn trim(&mut self) {
        while self.first < self.end && self.digits[self.first] == 0 {
            self.first += 1;
        }
        while self.end > self.first && self.digits[self.end - 1] == 0 {
            self.end -= 1;
        }
        let behind = if self.first == self.end { 0 } else { self.end.saturating_sub(self.whole) };
        let behind = u16::try_from(behind).unwrap_or(u16::MAX);
        let zeros = match self.digits.get(self.end.wrapping_sub(1)) {
            Some(last) if behind > 0 => zeros_behind(*last),
            _ => 0,
        };
        self.places = (4 * behind).saturating_sub(zeros);
    }

    fn weight(&self) -> i16 {
        let weight = |place: usize| i16::try_from(place).unwrap_or(i16::MAX);
        if self.first == self.end { 0 } else { weight(self.whole) - weight(self.first) - 1 }
    }
}

fn take_group(rest: &mut u128) -> u16 {
    // Most numbers fit 64 bits, whose division is much quicker.
    if let Ok(small) = u64::try_from(*rest) {
        *rest = u128::from(small / u64::from(BASE));
        return u16::try_from(small % u64::from(BASE)).unwrap_or(0);
    }
    let group = *rest % u128::from(BASE);
    *rest /= u128::from(BASE);
    u16::try_from(group).unwrap_or(0)
}

const fn zeros_behind(group: u16) -> u16 {
    match group {
        _ if group.is_multiple_of(1000) => 3,
        _ if group.is_multiple_of(100) => 2,
        _ if group.is_multiple_of(10) => 1,
        _ => 0,
    }
}

impl<const PLACES: u32> ToSql for Exact<PLACES> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Problem> {
        self.put_value(out, &Groups::of(self.0.unsigned_abs(), PLACES));
        Ok(IsNull::No)
    }

    accepts!(NUMERIC);
    to_sql_checked!();
}

impl<'a, const PLACES: u32> FromSql<'a> for Exact<PLACES> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Problem> {
        Self::read(raw)
    }

    accepts!(NUMERIC);
}

#[cfg(test)]
mod tests;
