//! Killed at any moment, the program takes up where it was: no order lost, none doubled.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::program::{bellwether, lines, recording, run};

/// How often the program is killed.
const MOMENTS: u64 = 100;

/// All segments of a journal, end to end.
pub(super) fn journal_bytes(folder: &Path) -> Vec<u8> {
    let mut segments: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "journal"))
        .collect();
    segments.sort();
    segments.iter().flat_map(|segment| std::fs::read(segment).unwrap()).collect()
}

/// Some seconds of the recordings: short enough to be run hundreds of times, with thousands of journal entries.
fn inputs(folder: &Path) -> Option<Vec<String>> {
    let names = ["spot_btcusdt", "usdm_btcusdt"];
    let paths: Vec<_> = names.iter().map(|name| recording(name)).collect::<Option<_>>()?;
    let write = |(name, path): (&&str, &std::path::PathBuf)| {
        let file = folder.join(name);
        let kept: Vec<String> = lines(path).into_iter().take(6_000).collect();
        std::fs::write(&file, kept.join("\n")).unwrap();
        file.to_str().unwrap().to_owned()
    };
    Some(names.iter().zip(&paths).map(write).collect())
}

fn arguments<'a>(journal: &'a str, files: &'a [String]) -> Vec<&'a str> {
    let mut arguments =
        vec!["replay", "--json", "--strategy", "sma_cross", "--parameters", CROSSES, "--journal", journal];
    arguments.extend(files.iter().map(String::as_str));
    arguments
}

/// Crosses every few seconds.
pub(super) const CROSSES: &str = r#"{"instrument":"BINANCE-SPOT:BTCUSDT","period_seconds":1,"fast":1,"slow":2,"quantity":"0.5","allow_short":true}"#;

#[test]
fn killed_at_a_hundred_moments_no_order_is_lost_or_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let Some(files) = inputs(folder.path()) else { return };
    let (whole, span) = timed(|| run(folder.path(), &arguments("whole", &files)));
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let wanted = journal_bytes(&folder.path().join("whole"));
    let books = verified(folder.path(), "whole");
    let mut interrupted = 0;
    for moment in 0..MOMENTS {
        let journal = format!("journal-{moment}");
        let mut child = bellwether(folder.path(), &arguments(&journal, &files))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The golden ratio spreads the moments over the run without a pattern.
        let share = (moment as f64 * 0.618_034).fract();
        std::thread::sleep(span.mul_f64(share));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = folder.path().join(&journal);
        let before = if left.is_dir() { journal_bytes(&left) } else { Vec::new() };
        interrupted += u64::from(!before.is_empty() && before.len() < wanted.len());
        assert!(before.len() <= wanted.len());
        let resumed = run(folder.path(), &arguments(&journal, &files));
        assert_eq!(resumed.code, Some(0), "moment {moment}: {resumed:?}");
        assert!(
            journal_bytes(&left) == wanted,
            "moment {moment}: the journal differs from the uninterrupted one"
        );
        assert_eq!(verified(folder.path(), &journal), books, "moment {moment}");
        std::fs::remove_dir_all(left).unwrap();
    }
    assert!(interrupted >= MOMENTS / 4, "only {interrupted} runs were interrupted between their entries");
}

/// What it made, and how long that took.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a run lives on this machine decides when it is killed"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = std::time::Instant::now();
    let made = work();
    (made, started.elapsed())
}

/// The account that the journal folds to.
fn verified(folder: &Path, journal: &str) -> serde_json::Value {
    let ran = run(folder, &["journal", "verify", "--json", journal]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran.json()
}
