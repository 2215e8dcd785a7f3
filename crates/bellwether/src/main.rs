//! The `bellwether` program: reads the command line, wires the crates together and runs them.
//!
//! This crate is not where trading logic lives: it only chooses the parts. [`node`] is the one place that names
//! two plugs at once and the only one that says backtest, paper or live.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program talks to its terminal"
)]

mod cli;
mod clock;
mod commands;
mod config;
mod exit;
mod node;
mod output;
mod progress;
mod stop;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match commands::run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            exit::code_of(&error)
        }
    }
}
