//! One file a command.

mod alerts;
mod backtest;
mod backup;
#[cfg(debug_assertions)]
mod chaos;
mod config;
#[cfg(feature = "kafka")]
mod consume;
mod corporate;
mod database;
mod dead_letters;
mod doctor;
mod import;
mod journal;
mod quality;
mod replay;
mod simulate;
mod strategies;
mod trading;
mod up;

use anyhow::Result;

use crate::cli::{Arguments, Command, SettingArguments};
use crate::config::{Flags, Loaded};
use crate::exit::Refused;

/// Refused lines that a command repeats.
const FAULTS_SHOWN: u64 = 20;

/// Counts a line of a file that was refused, and repeats the first few.
fn note_refused(refused: &mut u64, fault: &engine::SourceFault) {
    *refused += 1;
    if *refused <= FAULTS_SHOWN {
        eprintln!("refused: {fault}");
    }
}

/// Runs the command and returns the exit code.
pub(crate) fn run(arguments: Arguments) -> Result<u8> {
    let settings = &arguments.settings;
    match &arguments.command {
        Command::Up(up) => up::run(settings, up),
        Command::Replay(replay) => replay::run(settings, replay),
        Command::Backtest(backtest) => backtest::run(settings, backtest),
        Command::Import(import) => import::run(settings, import),
        Command::Quality(quality) => quality::run(settings, quality),
        Command::Backup(backup) => backup::write(settings, backup),
        Command::Restore(restore) => backup::restore(settings, restore),
        Command::Database { action } => database::run(settings, action),
        #[cfg(feature = "kafka")]
        Command::Consume(consume) => consume::run(settings, consume),
        Command::Config { action } => config::run(settings, action),
        Command::Simulate { venue } => simulate::run(settings, venue),
        Command::Doctor => doctor::run(settings),
        Command::Journal { action } => journal::run(settings, action),
        Command::DeadLetters { action } => dead_letters::run(settings, action),
        Command::Strategies => strategies::run(settings),
        Command::Alerts { action } => alerts::run(settings, action),
        #[cfg(debug_assertions)]
        Command::Chaos(chaos) => chaos::run(settings, chaos),
    }
}

/// Loads the configuration with the flags that every command has.
fn load(settings: &SettingArguments, more: &[(&str, Option<String>)]) -> Result<Loaded> {
    Ok(crate::config::load(&flags(settings, more)?)?)
}

/// What the command line says about configuration.
fn flags(settings: &SettingArguments, more: &[(&str, Option<String>)]) -> Result<Flags> {
    let mut flags = Flags { folder: settings.config.clone(), settings: Vec::new() };
    for assignment in &settings.set {
        let (path, value) = assignment
            .split_once('=')
            .ok_or_else(|| Refused::usage(format!("--set {assignment}: write it as setting=value")))?;
        flags.settings.push((path.to_owned(), value.to_owned()));
    }
    let data_dir = settings.data_dir.as_ref().map(|folder| folder.display().to_string());
    for (path, value) in [("data_dir", data_dir)].iter().chain(more) {
        if let Some(value) = value {
            flags.settings.push(((*path).to_owned(), value.clone()));
        }
    }
    Ok(flags)
}
