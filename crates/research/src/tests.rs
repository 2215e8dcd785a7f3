//! Statistics against published conventions, trades against fills counted by hand, and whole runs against
//! recorded history.

mod apple;
mod calendar;
mod crypto;
mod foreign_exchange;
mod inspection;
mod statistics;
mod trades;
