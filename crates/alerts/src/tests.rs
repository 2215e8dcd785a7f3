mod channels;
mod conditions;
mod evaluated;
mod merging;
mod signed;
mod world;
