//! Files that no vendor's protocol shapes: lines of text, our own CSV, LEAN archives.

pub mod csv;
pub mod lean;
pub mod lines;

mod input;
mod zstd;

pub(crate) use input::is_zip;

pub use csv::{CsvContent, CsvSource};
pub use lines::{LINE_BYTES_MAX, Line, LineReader};
