//! Benchmarks: what the program does beside what the bare minimum of the same work costs, in one run.
//!
//! Every figure is printed with the figure of its baseline, measured in turn with it, and with the ratio of the
//! two: the ratio is what holds on another machine. This is not a test: nothing here passes or fails.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its table")]

mod allocation;
mod backtest;
mod decode;
mod guards;
mod harness;
#[cfg(feature = "kafka")]
mod kafka;
mod market_bars;
mod order_path;
mod polars;
mod postgres;
mod sink;
mod synthetic;

use anyhow::Result;
use harness::Table;

#[global_allocator]
static ALLOCATOR: allocation::Counting = allocation::Counting;

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    #[cfg(feature = "kafka")]
    if wanted == [kafka::HOST] {
        servers::kafka::host();
        return Ok(());
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    let mut table = Table::default();
    for (name, run) in SUITES {
        if is_wanted(name) {
            eprintln!("running {name} …");
            run(&mut table)?;
        }
    }
    table.print();
    Ok(())
}

type Suite = (&'static str, fn(&mut Table) -> Result<()>);

const SUITES: &[Suite] = &[
    ("decode", decode::run),
    ("bars", market_bars::run),
    ("backtest", backtest::run),
    ("order-path", order_path::run),
    ("sink", sink::run),
    ("postgres", postgres::run),
    ("synthetic", synthetic::run),
    ("guards", guards::run),
    #[cfg(feature = "kafka")]
    ("kafka", kafka::run),
];
