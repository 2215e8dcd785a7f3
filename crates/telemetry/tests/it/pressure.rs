//! Many threads log at once, onto a real disk.

use std::collections::BTreeMap;
use std::io::sink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use telemetry::logs::{Console, Surroundings};
use telemetry::{LogConfig, Logs};

const THREADS: u64 = 8;
const LINES_EACH: u64 = 5_000;
const SOON: Duration = Duration::from_secs(60);

/// Logs from all threads and says how many lines of `bellwether.log` were dropped.
fn log_from_all_threads(config: &LogConfig) -> u64 {
    let console = Console::to(Arc::new(Mutex::new(sink())));
    let logs = Logs::build(config, Surroundings { console, ..Surroundings::default() }, None).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let dispatch = logs.dispatch.clone();
            scope.spawn(move || tracing::dispatcher::with_default(&dispatch, || log_some(thread)));
        }
    });
    assert!(logs.handles.flush(SOON));
    drop(logs.guard);
    logs.handles
        .dropped()
        .iter()
        .filter(|dropped| dropped.log == "bellwether")
        .map(|dropped| dropped.lines)
        .sum()
}

fn log_some(thread: u64) {
    let _span = tracing::info_span!("work", thread).entered();
    for number in 0..LINES_EACH {
        let filling = "x".repeat(usize::try_from(number * 7 % 200).unwrap());
        tracing::info!(number, filling, "a line of\nthe log");
    }
}

/// The files of a log, oldest first.
fn files(folder: &Path, log: &str) -> Vec<PathBuf> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        names.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(log)).collect();
    let number = |path: &PathBuf| path.extension().unwrap().to_str().unwrap().parse::<u32>().unwrap_or(0);
    files.sort_by_key(|path| std::cmp::Reverse(number(path)));
    files
}

/// How many lines there are; each is whole, and those of a thread are in order.
fn check_lines(files: &[PathBuf], limit: u64) -> u64 {
    let mut last: BTreeMap<u64, u64> = BTreeMap::new();
    let mut count = 0;
    for path in files {
        assert!(std::fs::metadata(path).unwrap().len() <= limit, "{} is too long", path.display());
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.ends_with('\n'), "{} ends within a line", path.display());
        for line in text.lines() {
            let read: Json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let (thread, number) = (read["thread"].as_u64().unwrap(), read["number"].as_u64().unwrap());
            let before = last.insert(thread, number);
            assert!(
                before.is_none_or(|before| before < number),
                "thread {thread}: {before:?}, then {number}"
            );
            count += 1;
        }
    }
    count
}

#[test]
fn no_line_is_torn_and_the_files_stay_within_their_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Some(folder.path().to_owned());
    let config = LogConfig { directory, max_bytes: 64 * 1024, ..LogConfig::default() };
    for _ in 0..2 {
        log_from_all_threads(&config);
        let files = files(folder.path(), "bellwether.log");
        assert_eq!(files.len(), 11, "{files:?}");
        // The runs come one after the other, so the order is looked at within the newest files only.
        check_lines(&files[files.len() - 2..], 64 * 1024);
        assert!(files.iter().all(|file| check_lines(std::slice::from_ref(file), 64 * 1024) > 0));
    }
}

#[test]
fn every_line_is_written_or_counted() {
    let folder = tempfile::tempdir().unwrap();
    let directory = Some(folder.path().to_owned());
    let config = LogConfig { directory, max_bytes: 256 * 1024, max_files: 1_000, ..LogConfig::default() };
    let dropped = log_from_all_threads(&config);
    let files = files(folder.path(), "bellwether.log");
    assert!(files.len() > 11, "{} files", files.len());
    assert_eq!(check_lines(&files, 256 * 1024) + dropped, THREADS * LINES_EACH);
}
