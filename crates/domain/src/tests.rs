//! Laws of the numbers and the orders.

mod bars;
mod codes;
mod instruments;
mod money;
mod numbers;
mod orders;
mod serde;
mod text;
mod time;
mod wide;
