//! A disk that is really full: a small file system in memory, which takes a privileged user to mount.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use telemetry::logs::{Console, DropReason, QueueLimits, Surroundings};
use telemetry::{Handles, LogConfig, Logs};

const SOON: Duration = Duration::from_secs(60);

/// A mounted file system of one megabyte; unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(self.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} stays mounted", self.path().display());
    }
}

fn unwritable(handles: &Handles) -> u64 {
    let dropped = handles.dropped();
    let of_log = dropped.iter().find(|one| one.log == "bellwether" && one.reason == DropReason::Unwritable);
    of_log.unwrap().lines
}

fn log_until(is_enough: impl Fn() -> bool) -> u64 {
    let numbers = 0..1_000_000;
    let mut logged = 0;
    for number in numbers.take_while(|_| !is_enough()) {
        tracing::info!(number, filling = "x".repeat(200), "a line");
        logged += 1;
    }
    assert!(is_enough(), "{logged} lines were not enough");
    logged
}

const THREADS: u64 = 8;
const FILE_MAX: u64 = 16 * 1024;

/// Every line of every file of the log, which is whole; the files are as many and as long as they may be.
fn lines_of(folder: &Path, files_max: usize) -> Vec<Json> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = entries
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("bellwether.log"))
        .collect();
    assert!(files.len() <= files_max, "{files:?}");
    let mut lines = Vec::new();
    for path in files {
        assert!(std::fs::metadata(&path).unwrap().len() <= FILE_MAX, "{} is too long", path.display());
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "{} ends within a line", path.display());
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        lines.extend(text.lines().map(read));
    }
    lines
}

/// Logs from all threads at once until enough of it cannot be written; says how many lines that took.
fn log_from_all_threads(logs: &Logs) -> u64 {
    let log = || {
        tracing::dispatcher::with_default(&logs.dispatch, || log_until(|| unwritable(&logs.handles) > 100))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(log)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    })
}

/// The disk fills up while the files roll, and eight threads log on. `keep` old files; whether all lines that were
/// not dropped must still be there.
fn fill_while_rolling(keep: u32, is_complete: bool) {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: a file system of one megabyte cannot be mounted by this user");
        return;
    };
    let ballast = disk.path().join("ballast");
    // Room for some files of the log, and for fewer than it may keep.
    std::fs::write(&ballast, vec![0; 1_000_000 - 5 * 16 * 1024]).unwrap();
    let folder = disk.path().join("logs");
    let config = LogConfig {
        directory: Some(folder.clone()),
        max_bytes: FILE_MAX,
        max_files: keep,
        ..LogConfig::default()
    };
    let surroundings = Surroundings {
        console: Console::to(Arc::new(Mutex::new(std::io::sink()))),
        queue: QueueLimits { lines: 500, bytes: 100_000 },
        ..Surroundings::default()
    };
    let logs = Logs::build(&config, surroundings, None).unwrap();
    let mut logged = log_from_all_threads(&logs);
    lines_of(&folder, usize::try_from(keep).unwrap() + 1);

    std::fs::remove_file(&ballast).unwrap();
    assert!(logs.handles.flush(SOON));
    tracing::dispatcher::with_default(&logs.dispatch, || tracing::info!("space again"));
    logged += 1;
    assert!(logs.handles.flush(SOON));
    let Logs { guard, handles, .. } = logs;
    drop(guard);
    let lines = lines_of(&folder, usize::try_from(keep).unwrap() + 1);
    assert!(lines.iter().any(|line| line["message"] == "space again"), "the log goes on");
    let dropped: u64 =
        handles.dropped().iter().filter(|one| one.log == "bellwether").map(|one| one.lines).sum();
    let kept = u64::try_from(lines.len()).unwrap();
    assert!(if is_complete { kept + dropped == logged } else { kept + dropped <= logged });
}

#[test]
fn a_disk_that_fills_while_files_roll_tears_no_line_and_keeps_eleven_files_at_most() {
    fill_while_rolling(10, false);
}

#[test]
fn a_disk_that_fills_while_files_roll_loses_no_line_that_is_not_counted() {
    fill_while_rolling(1_000, true);
}

#[test]
fn a_full_disk_stops_nobody_and_is_used_again_when_there_is_space() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: a file system of one megabyte cannot be mounted by this user");
        return;
    };
    let ballast = disk.path().join("ballast");
    std::fs::write(&ballast, vec![0; 700_000]).unwrap();
    let config = LogConfig { directory: Some(disk.path().join("logs")), ..LogConfig::default() };
    let console: Arc<Mutex<Vec<u8>>> = Arc::default();
    let surroundings = Surroundings {
        console: Console::to(Arc::clone(&console) as Arc<Mutex<dyn Write + Send>>),
        queue: QueueLimits { lines: 500, bytes: 100_000 },
        ..Surroundings::default()
    };
    let Logs { dispatch, guard, handles } = Logs::build(&config, surroundings, None).unwrap();
    let mut logged =
        tracing::dispatcher::with_default(&dispatch, || log_until(|| unwritable(&handles) > 100));

    std::fs::remove_file(&ballast).unwrap();
    assert!(handles.flush(SOON));
    tracing::dispatcher::with_default(&dispatch, || tracing::info!("space again"));
    logged += 1;
    assert!(handles.flush(SOON));
    drop(guard);

    let text = std::fs::read_to_string(disk.path().join("logs/bellwether.log")).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.last().unwrap()["message"], "space again");
    let dropped: u64 =
        handles.dropped().iter().filter(|one| one.log == "bellwether").map(|one| one.lines).sum();
    assert_eq!(u64::try_from(lines.len()).unwrap() + dropped, logged);
    let console = String::from_utf8(console.lock().unwrap().clone()).unwrap();
    assert_eq!(console.matches("bellwether.log cannot be written: No space left on device").count(), 1);
    assert_eq!(console.matches("bellwether.log is written again").count(), 1);
}
