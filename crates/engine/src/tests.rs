//! Laws of the step, the cell and the journal.
