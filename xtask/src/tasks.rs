//! The short commands: start, build the UI, measure, regenerate.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::shell::{cargo, exit_code, npm, release_binary, run, status, stdout_of, web as web_dir};
use crate::{tools, web};

pub(crate) fn ui() -> Result<ExitCode> {
    web::build()?;
    Ok(ExitCode::SUCCESS)
}

/// Builds everything, then becomes `bellwether up`.
pub(crate) fn up(args: &[String]) -> Result<ExitCode> {
    web::build()?;
    run(&mut cargo(&["build", "--release", "-p", "bellwether"])?)?;
    become_program(Command::new(release_binary()).arg("up").args(args))
}

/// On Unix the program takes our place, so that Ctrl-C and other signals reach it and nothing else.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start {}", release_binary().display()))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<ExitCode> {
    Ok(exit_code(status(command)?))
}

pub(crate) fn bench(args: &[String]) -> Result<ExitCode> {
    // What measures the client in C is only built when it is asked for.
    let takes_kafka = args.first().is_some_and(|name| name == "kafka");
    let features: &[&str] = if takes_kafka { &["--features", "kafka"] } else { &[] };
    let mut command = cargo(&[&["run", "--release", "-p", "bench"], features, &["--"]].concat())?;
    Ok(exit_code(status(command.args(args))?))
}

/// The long form of a test that every run of the tests has in short. Without the real servers it would prove nothing.
pub(crate) fn faults(args: &[String]) -> Result<ExitCode> {
    let minutes: u64 = match args {
        [] => Some(10),
        [minutes] => minutes.parse().ok().filter(|minutes| (1..=1_440).contains(minutes)),
        _ => None,
    }
    .context("faults takes nothing but a number of minutes, 1 to 1440")?;
    for tool in [tools::REDIS, tools::SMTP] {
        tool.find().map_err(anyhow::Error::msg)?;
    }
    let test = ["test", "--release", "-p", "bellwether", "--test", "it", "faults::", "--", "--nocapture"];
    let mut command = cargo(&test)?;
    Ok(exit_code(status(command.env("BELLWETHER_FAULTS_SECONDS", (60 * minutes).to_string()))?))
}

/// The program killed at random moments between Kafka and PostgreSQL; the short form runs with the tests.
pub(crate) fn kills(args: &[String]) -> Result<ExitCode> {
    let kills: u64 = match args {
        [] => Some(50),
        [kills] => kills.parse().ok().filter(|kills| (1..=10_000).contains(kills)),
        _ => None,
    }
    .context("kills takes nothing but a number of kills, 1 to 10000")?;
    for tool in [tools::POSTGRES, tools::CMAKE, tools::CURL_HEADERS] {
        tool.find().map_err(anyhow::Error::msg)?;
    }
    let features = ["test", "--release", "-p", "bellwether", "--features", "kafka"];
    let test = ["--test", "it", "kafka::kills::", "--", "--nocapture"];
    let mut command = cargo(&[features.as_slice(), &test].concat())?;
    Ok(exit_code(status(command.env("BELLWETHER_KILLS", kills.to_string()))?))
}

/// Conservation while PostgreSQL and Redis are killed and held, for so many minutes.
pub(crate) fn conserve(args: &[String]) -> Result<ExitCode> {
    let minutes: u64 = match args {
        [] => Some(10),
        [minutes] => minutes.parse().ok().filter(|minutes| (1..=1_440).contains(minutes)),
        _ => None,
    }
    .context("conserve takes nothing but a number of minutes, 1 to 1440")?;
    for tool in [tools::REDIS, tools::POSTGRES] {
        tool.find().map_err(anyhow::Error::msg)?;
    }
    let test = ["test", "--release", "-p", "bellwether", "--test", "it", "conserve::", "--", "--nocapture"];
    let mut command = cargo(&test)?;
    Ok(exit_code(status(command.env("BELLWETHER_CONSERVE_SECONDS", (60 * minutes).to_string()))?))
}

/// The golden description of the HTTP interface, and the web client generated from it.
pub(crate) fn openapi() -> Result<ExitCode> {
    let json = stdout_of(&mut cargo(&["run", "-q", "-p", "api", "--example", "openapi"])?)?;
    let golden = web_dir().join("openapi.json");
    fs::write(&golden, json).with_context(|| format!("cannot write {}", golden.display()))?;
    println!("wrote web/openapi.json");
    if let Some(reason) = web::obstacle() {
        println!("SKIPPED the web client: {reason}");
        return Ok(ExitCode::SUCCESS);
    }
    web::install()?;
    run(&mut npm(&["run", "client"]))?;
    Ok(ExitCode::SUCCESS)
}
