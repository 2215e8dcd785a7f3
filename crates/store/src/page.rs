//! Long lists in pieces.

use crate::StoreError;

/// No piece is longer.
pub const LIMIT_MAX: usize = 1000;

/// Which piece of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    limit: usize,
    cursor: Option<String>,
}

impl Cut {
    /// `cursor` is the `next_cursor` of the piece before, `None` for the first.
    ///
    /// # Errors
    /// `Invalid` unless the limit is 1 to [`LIMIT_MAX`].
    pub fn new(limit: usize, cursor: Option<String>) -> Result<Self, StoreError> {
        check_limit(limit)?;
        Ok(Self { limit, cursor })
    }

    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// The numbers where the piece before ended; `None` at the beginning.
    pub(crate) fn place<const N: usize>(&self, list: List) -> Result<Option<[i64; N]>, StoreError> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        read(cursor, list).map(Some).ok_or_else(|| StoreError::invalid("the cursor was not given out here"))
    }

    /// One more row than wanted: whether it is there tells if there is a next piece.
    pub(crate) fn rows_wanted(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// `rows` are at most [`Self::rows_wanted`]; `place` says where a row stands in its list.
    pub(crate) fn page<T, const N: usize>(
        &self,
        list: List,
        mut rows: Vec<T>,
        place: impl Fn(&T) -> [i64; N],
    ) -> Page<T> {
        let has_more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next_cursor = rows.last().filter(|_| has_more).map(|row| write(list, place(row)));
        Page { items: rows, next_cursor }
    }
}

pub(crate) fn check_limit(limit: usize) -> Result<(), StoreError> {
    if (1..=LIMIT_MAX).contains(&limit) {
        return Ok(());
    }
    Err(StoreError::invalid(format!("the limit is {limit} and must be 1 to {LIMIT_MAX}")))
}

/// A piece of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Asks for the piece after this one; `None` at the end. Opaque.
    pub next_cursor: Option<String>,
}

/// A cursor says which list it belongs to, so that it is refused in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Orders,
    Denials,
    History,
    Fills,
    Audit,
    Bars,
    Spreads,
    DeadLetters,
    Pairs,
    Regimes,
}

impl List {
    const fn letter(self) -> char {
        match self {
            Self::Orders => 'o',
            Self::Denials => 'd',
            Self::History => 'h',
            Self::Fills => 'f',
            Self::Audit => 'a',
            Self::Bars => 'b',
            Self::Spreads => 's',
            Self::DeadLetters => 'l',
            Self::Pairs => 'p',
            Self::Regimes => 'r',
        }
    }
}

fn write<const N: usize>(list: List, place: [i64; N]) -> String {
    let numbers = place.map(|number| format!("{number:016x}"));
    format!("{}{}", list.letter(), numbers.concat())
}

fn read<const N: usize>(cursor: &str, list: List) -> Option<[i64; N]> {
    let digits = cursor.strip_prefix(list.letter())?;
    if digits.len() != N * 16 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut place = [0; N];
    for (index, number) in place.iter_mut().enumerate() {
        let digits = digits.get(index * 16..(index + 1) * 16)?;
        *number = u64::from_str_radix(digits, 16).ok()?.cast_signed();
    }
    Some(place)
}
