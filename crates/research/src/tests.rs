//! Statistics against published conventions; trades against fills counted by hand.

mod statistics;
mod trades;
