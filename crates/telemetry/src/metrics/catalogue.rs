//! The table of every metric of the program. What is not in it is still counted, but a test will ask for its row.

mod row;
mod tables;
#[cfg(test)]
mod tests;

pub use self::row::{Kind, Label, Row};

pub(super) use self::row::SECONDS;

use self::tables::TABLES;

/// Every metric, area by area.
pub fn catalogue() -> impl Iterator<Item = &'static Row> {
    areas().flat_map(|(_, rows)| rows)
}

/// The areas by name, each with its metrics.
pub fn areas() -> impl Iterator<Item = (&'static str, &'static [Row])> {
    TABLES.iter().copied()
}

/// The row of a metric.
#[must_use]
pub fn find(name: &str) -> Option<&'static Row> {
    catalogue().find(|row| row.name == name)
}

/// The metrics of another runtime that one of the source documents names, and what tells the same here. There is no
/// heap of a managed runtime: all memory is the process's.
#[must_use]
pub const fn equivalents() -> [(&'static str, &'static str); 4] {
    [
        ("nodejs_heap_size_total_bytes", "process_virtual_memory_bytes"),
        ("nodejs_heap_size_used_bytes", "process_resident_memory_bytes"),
        ("nodejs_external_memory_bytes", "process_resident_memory_bytes"),
        ("nodejs_process_uptime_seconds", "process_uptime_seconds"),
    ]
}
