//! Whatever goes in: a clear error that names file, line and reason, and nothing stored is damaged.

use std::io::{Seek, Write};
use std::path::Path;

use super::program::{Ran, lines, recording, run};

const GOOD: &str = r#"1723161254087896568 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#;
const QUOTE: &str = r#"1723161254087891268 {"stream":"btcusdt@bookTicker","data":{"u":50093239212,"s":"BTCUSDT","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}"#;

fn replay(folder: &Path, content: &[u8]) -> Ran {
    std::fs::write(folder.join("capture"), content).unwrap();
    let ran = run(folder, &["replay", "--json", "capture"]);
    ran.assert_no_panic();
    ran
}

/// A good line, the bad one, and a good one a little later: the program must refuse the second and count the third.
fn with_bad_line(bad: &str) -> (Ran, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let last = GOOD.replace("1723161254087896568", "1723161255087896568").replace("3735683259", "3735683260");
    let ran = replay(folder.path(), format!("{QUOTE}\n{GOOD}\n{bad}\n{last}\n").as_bytes());
    assert_eq!(ran.code, Some(3), "{bad}: {ran:?}");
    let report = ran.json();
    (ran, report)
}

#[test]
fn bad_lines_are_named_and_the_rest_goes_on() {
    let older = GOOD.replace("1723161254087896568", "1723161204087896568");
    let cases = [
        (GOOD[..120].to_owned(), "truncated"),
        (GOOD.replace("\"61837.63000000\"", "\"NaN\""), "NaN"),
        (GOOD.replace("\"0.02000000\"", "\"-0.02000000\""), "negative size"),
        (GOOD.replace("61837.63000000", "999999999999999999999999.0"), "too large"),
        (older, "time going backwards"),
        ("not a line".to_owned(), "no line"),
        (GOOD.replace("\"p\":\"61837.63000000\"", &format!("\"p\":{}", "[".repeat(10_000))), "deep nesting"),
        (format!("{} {}", "1723161254087896568", "\u{0}\u{1}"), "control characters"),
    ];
    for (bad, what) in cases {
        let (ran, report) = with_bad_line(&bad);
        assert_eq!(report["refused_lines"], 1, "{what}: {ran:?}");
        let fault = report["faults"][0].as_str().unwrap();
        assert!(fault.contains("capture, line 3: "), "{what}: {fault}");
        assert_eq!(report["markets"][0]["trades"], 2, "{what}: {report}");
    }
}

#[test]
fn strict_stops_at_the_first_bad_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("capture"), format!("{QUOTE}\n{GOOD}\nnonsense\n")).unwrap();
    let ran = run(folder.path(), &["replay", "--strict", "capture"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.contains("capture, line 3: "), "{ran:?}");
}

#[test]
fn files_that_are_none_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("folder")).unwrap();
    std::fs::write(at("empty"), "").unwrap();
    std::fs::write(at("picture.png"), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00").unwrap();
    std::fs::write(at("broken.zip"), b"PK\x03\x04 not really").unwrap();
    std::fs::write(at("broken.gz"), b"\x1f\x8b\x08\x00 not really").unwrap();
    for name in ["missing", "folder", "empty", "picture.png", "broken.zip", "broken.gz"] {
        let ran = run(folder.path(), &["replay", name]);
        ran.assert_no_panic();
        assert_eq!(ran.code, Some(3), "{name}: {ran:?}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(name), "{name}: {}", ran.err);
        assert!(ran.err.trim().len() > name.len() + 20, "{name}: says nothing: {}", ran.err);
    }
}

#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture");
    std::fs::write(&file, GOOD).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&file).is_ok() {
        eprintln!("SKIPPED: this user may read everything");
        return;
    }
    let ran = run(folder.path(), &["replay", "capture"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.contains("capture") && ran.err.contains("permission"), "{ran:?}");
}

#[test]
fn a_line_without_end_is_skipped_in_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture");
    let mut out = std::io::BufWriter::new(std::fs::File::create(&file).unwrap());
    writeln!(out, "{QUOTE}\n{GOOD}").unwrap();
    // A hole: bytes that take no room on the disk.
    out.seek(std::io::SeekFrom::Current(1 << 30)).unwrap();
    let last = GOOD.replace("1723161254087896568", "1723161255087896568").replace("3735683259", "3735683260");
    writeln!(out, "\n{last}").unwrap();
    drop(out);
    // Half of the line would not fit into this address space beside the program.
    let command =
        format!("ulimit -v 524288; exec {} replay --json capture", env!("CARGO_BIN_EXE_bellwether"));
    let output =
        std::process::Command::new("sh").args(["-c", &command]).current_dir(folder.path()).output().unwrap();
    let ran = Ran::from(output);
    ran.assert_no_panic();
    assert_eq!(ran.code, Some(3), "{ran:?}");
    let report = ran.json();
    assert!(report["faults"][0].as_str().unwrap().contains("capture, line 3: "), "{report}");
    assert_eq!(report["markets"][0]["trades"], 2);
}

#[test]
fn a_full_disk_damages_nothing_and_the_rest_is_stored_later() {
    let Some(path) = recording("spot_btcusdt") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("capture");
    std::fs::write(&file, lines(&path).into_iter().take(20_000).collect::<Vec<_>>().join("\n")).unwrap();
    // No file may grow past 1 MiB: what a full disk does, without one.
    let limited = "trap '' XFSZ; ulimit -f 1024; exec";
    let import = format!("{} import --json --data-dir data capture", env!("CARGO_BIN_EXE_bellwether"));
    let command = format!("{limited} {import}");
    let output = std::process::Command::new("bash")
        .args(["-c", &command])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let ran = Ran::from(output);
    ran.assert_no_panic();
    assert_eq!(ran.code, Some(1), "the disk was full: {ran:?}");
    for word in ["data/bellwether.db", "is the disk full", "importing again"] {
        assert!(ran.err.contains(word), "{word}: {}", ran.err);
    }
    let check = run(folder.path(), &["import", "--json", "--data-dir", "data", "capture"]);
    assert_eq!(check.code, Some(0), "{check:?}");
    let rows = check.json()["new_rows"].as_u64().unwrap();
    let again = run(folder.path(), &["import", "--json", "--data-dir", "data", "capture"]);
    assert_eq!(again.json()["new_rows"], 0, "what is there is not stored twice");
    assert!(rows > 0);
    let fresh = run(folder.path(), &["import", "--json", "--data-dir", "fresh", "capture"]);
    assert!(
        fresh.json()["new_rows"].as_u64().unwrap() > rows,
        "nothing had been stored before the disk was full"
    );
}
