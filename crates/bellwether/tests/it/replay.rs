//! Recorded exchange messages through the whole pipeline.

use std::path::PathBuf;

use serde_json::Value;

use super::crash::{CROSSES, journal_bytes};
use super::program::{MARKETS, lines, recording, run};

/// How often the rebuilt top of the book is compared with the exchange's own: stated by the recording.
const COMPARISONS: [u64; 3] = [3_449, 6_545, 26_807];

fn paths() -> Option<Vec<PathBuf>> {
    MARKETS.iter().map(|name| recording(name)).collect()
}

#[test]
fn counts_equal_the_raw_lines_no_gap_and_every_top_agrees() {
    let Some(paths) = paths() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec!["replay", "--json"];
    arguments.extend(paths.iter().map(|path| path.to_str().unwrap()));
    let ran = run(folder.path(), &arguments);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let report = ran.json();
    for ((path, market), comparisons) in
        paths.iter().zip(report["markets"].as_array().unwrap()).zip(COMPARISONS)
    {
        let raw = lines(path);
        let count = |part: &str| raw.iter().filter(|line| line.contains(part)).count() as u64;
        let figure = |name: &str| market[name].as_u64().unwrap();
        assert_eq!(figure("trades"), count("@trade\""), "{market}");
        assert_eq!(figure("quotes"), count("@bookTicker\""), "{market}");
        assert_eq!(figure("depth_updates"), count("@depth@"), "{market}");
        assert_eq!(figure("snapshots"), count("{\"lastUpdateId\""), "{market}");
        assert_eq!(figure("messages"), raw.len() as u64, "{market}");
        assert_eq!((figure("sequence_gaps"), figure("crossed"), figure("refused")), (0, 0, 0), "{market}");
        assert_eq!((figure("tops_agree"), figure("tops_disagree")), (comparisons, 0), "{market}");
        assert_eq!(market["invalid"], Value::Bool(false));
        assert!(figure("bars") > 200, "{market}");
    }
    // A spread is counted where it would be bought, so one market may have none.
    let spreads: u64 =
        report["markets"].as_array().unwrap().iter().filter_map(|market| market["spreads"].as_u64()).sum();
    assert!(spreads > 0, "{report}");
    assert!(report["messages_per_second"].as_f64().unwrap() > 0.0);
}

/// Sessions with venues that number their messages or sum up their books: what the user sees of it.
#[test]
fn recorded_sessions_show_their_checksums_and_no_gap() {
    let table = [
        ("KRAKEN", 10, 4_269),
        ("BITGET", 10, 637),
        ("COINBASE", 2, 0),
        ("BYBIT", 6, 0),
        ("BINANCE", 4, 0),
        ("BINANCE_FUTURES", 4, 0),
    ];
    for (name, markets, checksums) in table {
        let Some(path) = recordings::find(&format!("crypto_ws/captures/{name}.jsonl.zst")) else { return };
        let folder = tempfile::tempdir().unwrap();
        let ran = run(folder.path(), &["replay", "--json", path.to_str().unwrap()]);
        assert_eq!(ran.code, Some(0), "{name}: {ran:?}");
        let report = ran.json();
        let told = report["markets"].as_array().unwrap();
        let sum = |figure: &str| told.iter().map(|market| market[figure].as_u64().unwrap()).sum::<u64>();
        assert_eq!(told.len(), markets, "{name}: {report}");
        assert_eq!((sum("checksums_agree"), sum("checksums_disagree")), (checksums, 0), "{name}");
        assert_eq!(
            (sum("sequence_gaps"), sum("refused"), sum("tops_disagree")),
            (0, 0, 0),
            "{name}: {report}"
        );
        assert!(told.iter().all(|market| market["invalid"] == false), "{name}: {report}");
        assert!(sum("depth_updates") > 100, "{name}");
    }
}

#[test]
fn a_missing_depth_line_is_reported_and_the_book_marked_invalid() {
    let Some(paths) = paths() else { return };
    for path in &paths {
        let raw = lines(path);
        let snapshot = raw.iter().position(|line| line.contains("{\"lastUpdateId\"")).unwrap();
        let depth: Vec<usize> =
            (snapshot + 50..raw.len()).filter(|index| raw[*index].contains("@depth@")).collect();
        for missing in [depth[0], depth[depth.len() / 2], depth[depth.len() - 2]] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("capture");
            let kept: Vec<&str> = raw
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != missing)
                .map(|(_, line)| line.as_str())
                .collect();
            std::fs::write(&file, kept.join("\n")).unwrap();
            let ran = run(folder.path(), &["replay", "--json", file.to_str().unwrap()]);
            assert_eq!(ran.code, Some(3), "{ran:?}");
            let market = &ran.json()["markets"][0];
            assert_eq!(market["sequence_gaps"], 1, "{market}");
            assert_eq!(market["invalid"], true, "{market}");
        }
    }
}

#[test]
fn the_same_seed_and_input_write_the_same_journal() {
    let Some(paths) = paths() else { return };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str| {
        let ran = run(
            folder.path(),
            &["replay", "--json", "--strategy", "sma_cross", "--parameters", CROSSES, "--journal", name]
                .into_iter()
                .chain(paths.iter().map(|path| path.to_str().unwrap()))
                .collect::<Vec<_>>(),
        );
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.json()["run"]["fills"].as_u64().unwrap() > 0, "{ran:?}");
        journal_bytes(&folder.path().join(name))
    };
    assert_eq!(write("first"), write("second"));
}
