use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use resilience::{Category, Severity};

use super::tables::{CATEGORIES, SEVERITIES};
use super::{Kind, Row, catalogue, equivalents, find};

#[test]
fn no_name_stands_twice() {
    let mut names = BTreeSet::new();
    for row in catalogue() {
        assert!(names.insert(row.name), "{} stands twice", row.name);
    }
}

fn is_snake_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_')
}

fn check_name(row: &Row) -> bool {
    let is_total = row.name.ends_with("_total");
    let has_unit = match row.unit {
        "seconds" => row.name.trim_end_matches("_total").ends_with("_seconds"),
        "bytes" => row.name.trim_end_matches("_total").ends_with("_bytes"),
        "ratio" => row.name.ends_with("_ratio"),
        _ => true,
    };
    let is_free = !["_count", "_sum", "_bucket", "_info"].iter().any(|end| row.name.ends_with(end));
    let is_free = is_free || row.name == "build_info";
    is_snake_case(row.name) && is_total == (row.kind == Kind::Counter) && has_unit && is_free
}

#[test]
fn names_are_as_prometheus_wants_them() {
    for row in catalogue() {
        assert!(check_name(row), "{}", row.name);
        assert!(row.about.ends_with('.') && row.about.len() > 10, "{}: {:?}", row.name, row.about);
        assert!(row.about.starts_with(|first: char| first.is_uppercase()), "{}: {:?}", row.name, row.about);
        assert!(!row.source.is_empty() && !row.unit.is_empty(), "{}", row.name);
        assert_eq!(row.kind == Kind::Histogram, !row.buckets.is_empty(), "{}", row.name);
        assert!(row.buckets.is_sorted(), "{}", row.name);
        for label in row.labels {
            assert!(is_snake_case(label.name) && label.name != "le", "{} by {}", row.name, label.name);
        }
    }
}

#[test]
fn the_first_series_fit_and_are_all_combinations() {
    for row in catalogue() {
        assert!(row.first_labels().len() < row.series_max, "{}", row.name);
    }
    let labels = |name: &str| find(name).unwrap().first_labels();
    assert_eq!(labels("error_severity_total").len(), 36);
    assert!(
        labels("error_severity_total").contains(&vec![("severity", "critical"), ("category", "trading")])
    );
    assert_eq!(labels("operator_bars_out_total"), [vec![]]);
    assert!(labels("http_requests_total").is_empty(), "its labels are open");
    assert!(labels("mdp_sink_commit_seconds").is_empty(), "histograms wait for a value");
}

#[test]
fn severities_and_categories_are_all_there_are() {
    assert_eq!(SEVERITIES, Severity::ALL.map(Severity::code));
    assert_eq!(CATEGORIES, Category::ALL.map(Category::code));
}

/// What the specification and the documents behind it name, to the letter.
const DOCUMENTED: [&str; 16] = [
    "circuit_breaker_state",
    "db_pool_checked_out",
    "db_pool_size",
    "error_severity_total",
    "http_request_timeout_total",
    "http_requests_total",
    "kafka_dlq_messages_total",
    "mdp_sink_batches_committed_total",
    "mdp_sink_batches_failed_total",
    "mdp_sink_commit_seconds",
    "mdp_sink_queue_depth",
    "mdp_source_disconnects_total",
    "mdp_source_items_total",
    "mdp_source_pacing_blocked_total",
    "operator_bars_out_total",
    "health_status",
];

#[test]
fn documented_names_are_there_to_the_letter() {
    for name in DOCUMENTED {
        assert!(find(name).is_some(), "{name}");
    }
    for (foreign, own) in equivalents() {
        assert!(find(foreign).is_none() && find(own).is_some(), "{foreign} is {own}");
    }
}

/// The Rust files under a folder, without tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !matches!(name, "tests" | "target") {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// The names that a source counts under: in a counting macro, or as a constant that looks like one. In a file of names
/// every constant is one.
fn names_in(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut names = Vec::new();
    for before in ["counter!(", "gauge!(", "histogram!("] {
        let literals = text.split(before).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
        names.extend(literals.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    let constants =
        text.split(": &str = \"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()));
    let are_names = path.ends_with("names.rs");
    let is_metric = |name: &String| {
        is_snake_case(name) && (are_names || name.ends_with("_total") || name.ends_with("_seconds"))
    };
    names.extend(constants.filter(is_metric));
    names
}

#[test]
fn what_the_program_counts_is_in_the_table() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in fs::read_dir(crates).unwrap() {
        let folder = entry.unwrap().path().join("src");
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
    }
    assert!(files.len() > 20, "the sources are found");
    let mut unknown = BTreeSet::new();
    for file in files {
        let names = names_in(&file);
        unknown
            .extend(names.into_iter().filter(|name| find(name).is_none()).map(|name| (file.clone(), name)));
    }
    assert!(unknown.is_empty(), "give these a row in metrics/catalogue/tables.rs: {unknown:#?}");
}
