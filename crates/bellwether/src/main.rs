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
mod data_folder;
mod exit;
mod free_space;
mod node;
mod output;
mod progress;
mod stop;
mod telemetry;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    leave_quietly_when_nobody_reads();
    let arguments = cli::Arguments::parse();
    match commands::run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            exit::code_of(&error)
        }
    }
}

/// `println!` panics when its reader has left, as `head` does. That is no fault, so the program ends without a word.
fn leave_quietly_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_print =
            |text: &str| text.starts_with("failed printing to std") && text.contains("Broken pipe");
        if panic.payload_as_str().is_some_and(is_print) {
            std::process::exit(i32::from(exit::NOBODY_READS));
        }
        usual(panic);
    }));
}
