//! Laws of the step, the cell and the journal.

mod cell;
mod codec;
mod laws;
mod reports;
mod world;
