//! xtask: the one script language of the workspace. `cargo xtask <command>` builds, checks, tests,
//! measures and starts Bellwether; continuous integration calls `cargo xtask ci` and nothing else.
//!
//! It is not part of the product: nothing here is linked into the binary, no crate depends on it, and it
//! knows no trading word. What it needs beyond cargo (Node, Chromium, cargo-nextest) it looks for, and it
//! says loudly when it must skip a step for want of it.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool for developers: the terminal is its only output"
)]

use std::process::ExitCode;

use anyhow::Result;

mod hash;
mod shell;
mod smoke;
mod steps;
mod suite;
mod tasks;
mod tidy;
mod tools;
mod web;

const HELP: &str = "\
cargo xtask <command>

  up [args…]         build the UI and the release binary, then run `bellwether up args…`
  ui                 install the web dependencies and build web/dist when its sources changed
  test [--filter X]  every test: Rust, web checks, browser; a table of steps at the end
                     (--filter narrows the Rust tests and leaves the web steps out)
  ci                 fmt, clippy, tidy, then test; stops at the first failure
  tidy               the house rules: arrows, sizes, names, headers, words, tracked files
  bench [args…]      run the benchmarks
  faults [minutes]   the release program while everybody outside misbehaves, 10 minutes by default; a table at the end
  kills [number]     the program killed at random moments between Kafka and PostgreSQL, 50 times by default
  conserve [minutes] what goes in is what is stored while PostgreSQL and Redis are killed and held, 10 minutes by default
  openapi            regenerate web/openapi.json and the web client made from it
  smoke [URL]        ask a running server for its public pages (default http://localhost:8083)
  help               this text
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    let (command, rest) = match args.split_first() {
        Some((first, rest)) => (first.as_str(), rest),
        None => ("help", args),
    };
    match command {
        "up" => tasks::up(rest),
        "ui" => tasks::ui(),
        "test" | "test-integration" => suite::test(rest),
        "ci" => suite::ci(),
        "tidy" => tidy::command(),
        "bench" => tasks::bench(rest),
        "faults" => tasks::faults(rest),
        "kills" => tasks::kills(rest),
        "conserve" => tasks::conserve(rest),
        "openapi" => tasks::openapi(),
        "smoke" => smoke::command(rest),
        "help" | "-h" | "--help" => help(),
        unknown => unknown_command(unknown),
    }
}

fn help() -> Result<ExitCode> {
    print!("{HELP}");
    Ok(ExitCode::SUCCESS)
}

fn unknown_command(name: &str) -> Result<ExitCode> {
    eprintln!("xtask: no command `{name}`\n\n{HELP}");
    Ok(ExitCode::from(2))
}
