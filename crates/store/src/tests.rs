mod world;

mod corporate;
mod faults;
mod identity;
mod journal;
mod market;
mod migrations;
mod page;
mod projection;
mod replay;
mod snapshot;
mod tenancy;
mod upkeep;
