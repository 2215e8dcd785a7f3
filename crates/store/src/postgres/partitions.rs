//! Trades and quotes lie in partitions, one for a day, made when the first rows of the day come, or the day before.
//! Every time there is has its place; so that times far apart do not make a partition each, a batch of many days
//! shares one, and a table that has very many fills its gaps with one each.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Postgres;
use super::failure::Failure;
use super::session::Session;
use crate::backend::Outcome;
use crate::market::Batch;

const DAY_NANOSECONDS: i64 = 86_400_000_000_000;
const DAY: i128 = DAY_NANOSECONDS as i128;

/// Before and behind every time there is.
const BEGINNING: i128 = i64::MIN as i128;
const END: i128 = i64::MAX as i128 + 1;

/// Of one table; past it gaps are filled.
const PARTITIONS_MAX: usize = 1_000;

/// Made for one batch; past it they are shared.
const DAYS_AT_ONCE: usize = 16;

/// Any number that nothing else on the server takes.
const LOCK: i64 = 0x6265_6c6c_7061_7274;

const MAKING: &str = "making room for new days";

/// How long a table may be waited for.
const LOCK_WITHIN: Duration = Duration::from_secs(5);

/// Times from the first to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    pub(super) from: i128,
    pub(super) until: i128,
}

/// How a table's rows lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// In one table, or in chunks that the server makes by itself.
    Whole,
    /// In order, apart from one another.
    Days(Vec<Range>),
}

/// What is known of the tables' partitions; another program may make and drop some.
#[derive(Debug, Default)]
pub(super) struct Partitions(Mutex<Option<[Layout; 2]>>);

/// Those that are partitioned, by the column that says where a row belongs.
pub(super) const TABLES: [(&str, &str); 2] = [("trades", "venue_time"), ("quotes", "receive_time")];

impl Partitions {
    /// Whether anything was known.
    pub(super) fn forget(&self) -> bool {
        self.lock().take().is_some()
    }

    /// A value is whole whenever the lock is free.
    fn lock(&self) -> MutexGuard<'_, Option<[Layout; 2]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Postgres {
    /// A place for each row of the batch.
    pub(super) fn make_partitions(&self, batch: &Batch<'_>) -> Outcome<()> {
        let trades = days(batch.trades.iter().map(|trade| trade.venue_time.nanos()));
        let quotes = days(batch.quotes.iter().map(|quote| quote.receive_time.nanos()));
        let wanted = [trades, quotes];
        let is_done = |known: &[Layout; 2]| {
            wanted.iter().zip(known).all(|(days, layout)| lacking(days, layout).is_empty())
        };
        if wanted.iter().all(BTreeSet::is_empty) || self.partitions.lock().as_ref().is_some_and(is_done) {
            return Ok(());
        }
        let made = self.write(MAKING, |session| make(session, &wanted))?;
        *self.partitions.lock() = Some(made);
        Ok(())
    }
}

/// The days of times, as numbers since 1970.
pub(super) fn days(times: impl Iterator<Item = i64>) -> BTreeSet<i128> {
    let mut days = BTreeSet::new();
    let mut last = None;
    for time in times {
        let day = time.div_euclid(DAY_NANOSECONDS);
        // Rows of one day come together.
        if last.replace(day) != Some(day) {
            days.insert(i128::from(day));
        }
    }
    days
}

/// One program makes them at a time, and finds what another has made.
pub(super) fn make(session: &mut Session, wanted: &[BTreeSet<i128>; 2]) -> Result<[Layout; 2], Failure> {
    session.batch(&format!("SET LOCAL lock_timeout = {}", LOCK_WITHIN.as_millis()))?;
    session.query("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    let mut layouts = [load(session, TABLES[0].0)?, load(session, TABLES[1].0)?];
    for ((table, _), (days, layout)) in TABLES.iter().zip(wanted.iter().zip(&mut layouts)) {
        let new = lacking(days, layout);
        for range in &new {
            session.batch(&creating(table, *range))?;
        }
        if let Layout::Days(ranges) = layout {
            ranges.extend(new);
            ranges.sort_unstable();
        }
    }
    Ok(layouts)
}

/// How the server has the table's rows.
fn load(session: &mut Session, table: &str) -> Result<Layout, Failure> {
    let named = named(session, table)?;
    Ok(named.map_or(Layout::Whole, |named| Layout::Days(named.into_iter().map(|(_, range)| range).collect())))
}

/// The table's partitions with their names, in order; `None` for a table that has none.
pub(super) fn named(session: &mut Session, table: &str) -> Result<Option<Vec<(String, Range)>>, Failure> {
    let kind = "SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1::text)";
    if session.query_one(kind, &[&table])?.is_none_or(|row| row.get::<_, &str>(0) != "p") {
        return Ok(None);
    }
    let parts = "SELECT part.oid::regclass::text, pg_get_expr(part.relpartbound, part.oid)
                 FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
                 WHERE inhparent = to_regclass($1::text)";
    let rows = session.query(parts, &[&table])?;
    let read = rows.iter().map(|row| {
        let (name, bounds): (String, &str) = (row.get(0), row.get(1));
        let misread = || Failure::Unreadable(format!("the partition {name} is `{bounds}`"));
        Ok((name.clone(), Range::read(bounds).ok_or_else(misread)?))
    });
    let mut named = read.collect::<Result<Vec<_>, Failure>>()?;
    named.sort_unstable_by_key(|(_, range)| *range);
    Ok(Some(named))
}

/// Made apart and then attached, which others that read and write need not wait for.
fn creating(table: &str, range: Range) -> String {
    let name = range.name(table);
    format!(
        "CREATE TABLE {name} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
         ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {}",
        range.bounds()
    )
}

/// The partitions that those days lack.
fn lacking(days: &BTreeSet<i128>, layout: &Layout) -> Vec<Range> {
    let Layout::Days(known) = layout else { return Vec::new() };
    let gaps = gaps(known);
    let in_gap = |gap: &Range| -> Vec<i128> {
        days.iter().copied().filter(|day| Range::day(*day).clipped(gap).is_some()).collect()
    };
    let lacking: Vec<(Range, Vec<i128>)> =
        gaps.into_iter().map(|gap| (gap, in_gap(&gap))).filter(|(_, days)| !days.is_empty()).collect();
    let count: usize = lacking.iter().map(|(_, days)| days.len()).sum();
    let mut made = Vec::new();
    for (gap, days) in lacking {
        if known.len() >= PARTITIONS_MAX {
            made.push(gap);
        } else if count > DAYS_AT_ONCE {
            let first_to_last = days.first().zip(days.last());
            let span = first_to_last.map(|(first, last)| Range::day(*first).joined(&Range::day(*last)));
            made.extend(span.and_then(|span| span.clipped(&gap)));
        } else {
            made.extend(days.into_iter().filter_map(|day| Range::day(day).clipped(&gap)));
        }
    }
    made.extend(day_ahead(days, known, &made));
    made
}

/// Where the newest day is, the market goes on: the next one is made before its first row comes.
fn day_ahead(days: &BTreeSet<i128>, known: &[Range], made: &[Range]) -> Option<Range> {
    let newest = Range::day(*days.last()?);
    let next = Range { from: newest.until, until: newest.until + DAY };
    let is_edge = known.iter().chain(made).all(|range| range.until <= next.from);
    (is_edge && known.len() < PARTITIONS_MAX && next.until < END).then_some(next)
}

/// What lies between ranges that are in order.
fn gaps(known: &[Range]) -> Vec<Range> {
    let starts = std::iter::once(BEGINNING).chain(known.iter().map(|range| range.until));
    let ends = known.iter().map(|range| range.from).chain(std::iter::once(END));
    starts.zip(ends).map(|(from, until)| Range { from, until }).filter(|gap| gap.from < gap.until).collect()
}

impl Range {
    fn day(number: i128) -> Self {
        Self { from: number * DAY, until: (number + 1) * DAY }
    }

    fn joined(&self, other: &Self) -> Self {
        Self { from: self.from.min(other.from), until: self.until.max(other.until) }
    }

    /// The part of it that lies in another.
    fn clipped(&self, other: &Self) -> Option<Self> {
        let part = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (part.from < part.until).then_some(part)
    }

    fn name(&self, table: &str) -> String {
        let day = self.from.div_euclid(DAY);
        let sign = if day < 0 { "before" } else { "day" };
        format!("{table}_{sign}_{}", day.unsigned_abs())
    }

    fn bounds(&self) -> String {
        let from = if self.from <= BEGINNING { "MINVALUE".to_owned() } else { self.from.to_string() };
        let until = if self.until >= END { "MAXVALUE".to_owned() } else { self.until.to_string() };
        format!("FROM ({from}) TO ({until})")
    }

    /// As the server writes it: `FOR VALUES FROM ('-5') TO (MAXVALUE)`.
    fn read(text: &str) -> Option<Self> {
        let (from, until) =
            text.strip_prefix("FOR VALUES FROM (")?.strip_suffix(')')?.split_once(") TO (")?;
        let number = |text: &str| match text {
            "MINVALUE" => Some(BEGINNING),
            "MAXVALUE" => Some(END),
            number => number.trim_matches('\'').parse().ok(),
        };
        Some(Self { from: number(from)?, until: number(until)? })
    }
}

#[cfg(test)]
mod tests;
