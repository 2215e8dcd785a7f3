//! Laws of the step, the cell and the journal.

mod acts;
mod cell;
mod codec;
mod journal_format;
mod laws;
mod losses;
mod reports;
mod rung_laws;
mod rungs;
mod world;
