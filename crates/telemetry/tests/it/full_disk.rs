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
