mod archives;
mod corporate;
mod real;
