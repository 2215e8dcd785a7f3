//! `test` and `ci`: the long runs, as a list of steps.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::shell::{cargo, npm, release_binary, root, run, which};
use crate::steps::{Done, Steps};
use crate::tidy;
use crate::tools::{self, Tool};
use crate::web::{self, Ui};

/// What Rust tests start beside the program; those that miss one say so and pass over.
const TOOLS: [(&str, Tool); 4] = [
    ("prometheus", tools::PROMETHEUS),
    ("postgres", tools::POSTGRES),
    ("redis", tools::REDIS),
    ("smtp server", tools::SMTP),
];

/// What is only built where somebody asks for it, and the crates that have it.
const OPTIONAL: [&str; 4] = ["-p", "secrets", "-p", "telemetry"];
const OPTIONAL_FEATURES: [&str; 2] = ["--features", "secrets/aws,telemetry/otel"];

/// Topics between processes: a client in C, for which a machine may lack what it takes to build it.
const KAFKA: [&str; 2] = ["--features", "servers/kafka,bus/kafka,bench/kafka,bellwether/kafka"];

/// Every interleaving of the threads that share a circuit breaker.
const MODEL_CHECKS: &[&str] =
    &["test", "--release", "-p", "resilience", "--features", "loom", "--test", "model"];

pub(crate) fn test(args: &[String]) -> Result<ExitCode> {
    let filter = filter(args)?;
    let mut steps = Steps::all();
    tests(&mut steps, filter.as_deref());
    Ok(steps.finish())
}

pub(crate) fn ci() -> Result<ExitCode> {
    let mut steps = Steps::fail_fast();
    steps.run("fmt", || cargo_step(&["fmt", "--all", "--check"]));
    steps.run("clippy", || cargo_step(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    steps.run("clippy of optional features", optional_clippy);
    steps.run("clippy of kafka", || with_kafka(kafka_clippy));
    steps.run("tidy", || tidy::run().map(|()| Done::Passed));
    tests(&mut steps, None);
    Ok(steps.finish())
}

fn filter(args: &[String]) -> Result<Option<String>> {
    match args {
        [] => Ok(None),
        [flag, value] if flag == "--filter" => Ok(Some(value.clone())),
        [one] if one.starts_with("--filter=") => Ok(one.strip_prefix("--filter=").map(String::from)),
        _ => bail!("test takes nothing but `--filter X`, and got `{}`", args.join(" ")),
    }
}

fn tests(steps: &mut Steps, filter: Option<&str>) {
    let mut chromium = None;
    if filter.is_none() {
        steps.run("ui", ui);
        steps.run("chromium", || find_chromium(&mut chromium));
    }
    for (name, tool) in TOOLS {
        steps.run(name, || Ok(tool.find().map_or_else(Done::Skipped, |_| Done::Passed)));
    }
    let data = market_data();
    steps.run("market data", || match &data {
        Ok(_) => Ok(Done::Passed),
        Err(reason) => Ok(Done::Skipped(format!("tests on recorded market data do not run: {reason}"))),
    });
    steps.run("rust tests", || rust_tests(filter, data.as_ref().ok()));
    if filter.is_none() {
        steps.run("tests of optional features", optional_tests);
        steps.run("tests of kafka", || with_kafka(kafka_tests));
        steps.run("model checks", || cargo_step(MODEL_CHECKS));
        let mut built = false;
        steps.run("release build", || release_build(&mut built));
        steps.run("web check", web_check);
        steps.run("browser test", || browser_test(chromium.as_ref(), built));
    } else {
        steps.run("web and browser", || Ok(Done::Skipped("--filter runs Rust tests only".into())));
    }
}

/// The program with all of them, so that it is known to build.
fn optional_clippy() -> Result<Done> {
    let program = ["-p", "bellwether", "--features", "bellwether/aws,bellwether/otel"];
    let denied = ["--all-targets", "--", "-D", "warnings"];
    cargo_step(&[["clippy"].as_slice(), &OPTIONAL, &program, &denied].concat())
}

fn optional_tests() -> Result<Done> {
    cargo_step(&[test_words(), &OPTIONAL, &OPTIONAL_FEATURES].concat())
}

/// Whatever takes the client in C, unless it cannot be built here.
fn with_kafka(work: impl FnOnce() -> Result<Done>) -> Result<Done> {
    match [tools::CMAKE, tools::CURL_HEADERS].iter().find_map(|tool| tool.find().err()) {
        Some(reason) => Ok(Done::Skipped(reason)),
        None => work(),
    }
}

fn kafka_clippy() -> Result<Done> {
    let denied = ["--all-targets", "--", "-D", "warnings"];
    cargo_step(&[["clippy", "--workspace"].as_slice(), &KAFKA, &denied].concat())
}

/// On a real Kafka, too, where `KAFKA_BOOTSTRAP_SERVERS` names one.
fn kafka_tests() -> Result<Done> {
    cargo_step(&[test_words(), &["--workspace"], &KAFKA, &["kafka::"]].concat())
}

fn cargo_step(args: &[&str]) -> Result<Done> {
    run(&mut cargo(args)?)?;
    Ok(Done::Passed)
}

fn ui() -> Result<Done> {
    Ok(match web::build()? {
        Ui::Ready => Done::Passed,
        Ui::Absent(reason) => Done::Skipped(reason),
    })
}

fn find_chromium(found: &mut Option<PathBuf>) -> Result<Done> {
    if let Some(reason) = web::obstacle() {
        return Ok(Done::Skipped(format!("no browser test without a UI: {reason}")));
    }
    Ok(match tools::CHROMIUM.find() {
        Ok(path) => {
            println!("{}", path.display());
            *found = Some(path);
            Done::Passed
        }
        Err(reason) => Done::Skipped(reason),
    })
}

/// The folder of recorded market data, or why there is none.
fn market_data() -> Result<PathBuf, String> {
    let named = env::var_os("BELLWETHER_DATA");
    let folder = named.map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let missing = format!("{} is no folder; set BELLWETHER_DATA", folder.display());
    folder.canonicalize().ok().filter(|path| path.is_dir()).ok_or(missing)
}

fn test_words() -> &'static [&'static str] {
    if which(&["cargo-nextest"]).is_some() { &["nextest", "run"] } else { &["test"] }
}

fn rust_tests(filter: Option<&str>, data: Option<&PathBuf>) -> Result<Done> {
    let mut command = cargo(test_words())?;
    command.args(["--workspace", "--no-fail-fast"]).args(filter);
    if let Some(folder) = data {
        command.env("BELLWETHER_DATA", folder);
    }
    run(&mut command)?;
    Ok(Done::Passed)
}

fn web_check() -> Result<Done> {
    if let Some(reason) = web::obstacle() {
        return Ok(Done::Skipped(reason));
    }
    run(&mut npm(&["run", "check"]))?;
    Ok(Done::Passed)
}

fn release_build(built: &mut bool) -> Result<Done> {
    let done = cargo_step(&["build", "--release", "-p", "bellwether"])?;
    *built = true;
    Ok(done)
}

fn browser_test(chromium: Option<&PathBuf>, built: bool) -> Result<Done> {
    let Some(chromium) = chromium else {
        return Ok(Done::Skipped("there is no browser or no UI, see above".into()));
    };
    let binary = release_binary();
    if !built || !binary.is_file() {
        bail!("no fresh {}: see the release build above", binary.display());
    }
    let mut command = npm(&["run", "test:browser"]);
    run(command.env("BELLWETHER_BIN", binary).env("CHROMIUM", chromium))?;
    Ok(Done::Passed)
}
