//! Laws of the numbers and the orders.
