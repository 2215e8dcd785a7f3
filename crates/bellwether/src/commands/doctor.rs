//! `doctor`: looks at what the platform needs and says what to mend.

use std::net::TcpListener;
use std::path::Path;

use anyhow::Result;
use domain::{Span, Timestamp};
use engine::Clock;
use serde::Serialize;

use crate::cli::SettingArguments;
use crate::clock::SystemClock;
use crate::config::{Config, Loaded};
use crate::free_space::free_bytes;
use crate::{exit, output};

/// The program was written after this moment, so a clock before it is wrong: 2026-01-01.
const EARLIEST: Timestamp = Timestamp::from_seconds(1_767_225_600);
const FREE_BYTES_WANTED: u64 = 1 << 30;

#[derive(Debug, Serialize)]
struct Finding {
    subject: &'static str,
    ok: bool,
    found: String,
    /// What to do about it; empty when nothing.
    mend: String,
}

impl Finding {
    fn good(subject: &'static str, found: impl Into<String>) -> Self {
        Self { subject, ok: true, found: found.into(), mend: String::new() }
    }

    fn bad(subject: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { subject, ok: false, found: found.into(), mend: mend.into() }
    }
}

pub(super) fn run(settings: &SettingArguments) -> Result<u8> {
    let findings = match super::load(settings, &[]) {
        Ok(loaded) => examine(loaded),
        Err(error) => vec![Finding::bad("configuration", error.to_string(), "mend the settings named above")],
    };
    if settings.json {
        output::json(&findings)?;
    } else {
        let mark = |finding: &Finding| if finding.ok { "ok" } else { "MEND" }.to_owned();
        let rows: Vec<Vec<String>> = findings
            .iter()
            .map(|finding| vec![format!("{:<4} {:<13} {}", mark(finding), finding.subject, finding.found)])
            .collect();
        output::table(&["Findings"], &rows);
        for finding in findings.iter().filter(|finding| !finding.ok) {
            println!("→ {}: {}", finding.subject, finding.mend);
        }
    }
    Ok(if findings.iter().all(|finding| finding.ok) { exit::DONE } else { exit::INPUT })
}

fn examine(loaded: Loaded) -> Vec<Finding> {
    let config = loaded.config.clone();
    let mut findings = vec![
        Finding::good("configuration", format!("valid for `{}`", config.environment)),
        port(&config.listen),
        folder(&config.data_dir),
        disk(&config.data_dir),
        clock(),
    ];
    let referred = loaded.secret_slots().len();
    match crate::node::with_secrets(loaded) {
        Ok(loaded) => {
            findings.extend((referred > 0).then(|| Finding::good("secrets", format!("{referred} fetched"))));
            findings.push(database(&loaded.config));
        }
        Err(error) => findings.push(Finding::bad(
            "secrets",
            format!("{error:#}"),
            "mend what the message names; without them the program does not start",
        )),
    }
    findings
}

fn port(listen: &str) -> Finding {
    match TcpListener::bind(listen) {
        Ok(_) => Finding::good("port", format!("{listen} is free")),
        Err(error) => Finding::bad(
            "port",
            format!("{listen}: {error}"),
            "stop the program that holds it, or choose another with --set listen=127.0.0.1:PORT",
        ),
    }
}

fn folder(data_dir: &Path) -> Finding {
    let probe = data_dir.join(".doctor");
    let written = std::fs::create_dir_all(data_dir).and_then(|()| std::fs::write(&probe, b"probe"));
    match written.and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => Finding::good("data folder", format!("{} can be written", data_dir.display())),
        Err(error) => Finding::bad(
            "data folder",
            format!("{}: {error}", data_dir.display()),
            "give this user the folder, or name another with --data-dir",
        ),
    }
}

fn disk(data_dir: &Path) -> Finding {
    match free_bytes(data_dir) {
        Some(free) if free >= FREE_BYTES_WANTED => Finding::good("disk", format!("{} MiB free", free >> 20)),
        Some(free) => Finding::bad("disk", format!("{} MiB free", free >> 20), "free at least 1 GiB"),
        None => Finding::bad("disk", "free space cannot be read", "check the folder's file system"),
    }
}

fn clock() -> Finding {
    let now = SystemClock.now();
    if now < EARLIEST {
        return Finding::bad(
            "clock",
            "is in the past",
            "set the system time, then switch on time synchronisation",
        );
    }
    let again = SystemClock.now();
    if again.since(now) < Span::ZERO {
        return Finding::bad("clock", "runs backwards", "check the time synchronisation of this machine");
    }
    Finding::good("clock", "plausible")
}

fn database(config: &Config) -> Finding {
    match crate::node::open_store(config) {
        Ok(_) => Finding::good("database", "opens, all migrations applied"),
        Err(error) => {
            Finding::bad("database", format!("{error:#}"), "mend what the message names, or restore a backup")
        }
    }
}
