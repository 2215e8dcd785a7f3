//! The metrics as JSON for people and pages, area by area, with quantiles.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use super::catalogue;
use super::cells::{Cell, HistogramCell};
use super::labels::Labels;
use super::registry::{Families, Family};
use super::sketch::Counted;
use super::{Snapshot, figure};

/// Metrics that are in no table.
const OTHER_AREA: &str = "other";

pub(super) fn overview(families: &Families) -> Value {
    let mut areas: Map<String, Value> = Map::new();
    for (area, rows) in catalogue::areas() {
        let of_area =
            rows.iter().filter_map(|row| Some((row.name.to_owned(), of_family(families.get(row.name)?))));
        areas.insert(area.to_owned(), Value::Object(of_area.collect()));
    }
    let unknown = families.iter().filter(|(_, family)| family.row.is_none());
    let unknown: Map<String, Value> =
        unknown.map(|(name, family)| (name.clone(), of_family(family))).collect();
    areas.insert(OTHER_AREA.to_owned(), Value::Object(unknown));
    json!({ "summary": summary(families), "areas": areas })
}

fn of_family(family: &Family) -> Value {
    let series: Vec<Value> = family.series.iter().map(|(labels, cell)| of_series(labels, cell)).collect();
    let unit = family.row.map_or("", |row| row.unit);
    let mut shown =
        json!({ "kind": family.kind.code(), "unit": unit, "about": family.about, "series": series });
    if family.kind == catalogue::Kind::Histogram {
        shown["all"] = Value::Object(of_histograms(histograms(family)));
    }
    shown
}

fn of_series(labels: &Labels, cell: &Cell) -> Value {
    let labels: Map<String, Value> =
        labels.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    match cell {
        Cell::Count(count) => json!({ "labels": labels, "value": count.load(Ordering::Relaxed) }),
        Cell::Figure(bits) => {
            json!({ "labels": labels, "value": f64::from_bits(bits.load(Ordering::Relaxed)) })
        }
        Cell::Histogram(histogram) => {
            let mut shown = of_histograms([&**histogram]);
            shown.insert("labels".to_owned(), Value::Object(labels));
            Value::Object(shown)
        }
    }
}

fn histograms(family: &Family) -> impl Iterator<Item = &HistogramCell> {
    family.series.values().filter_map(|cell| match cell {
        Cell::Histogram(histogram) => Some(&**histogram),
        _ => None,
    })
}

/// Count, average, quantiles and the true maximum of all of them together.
fn of_histograms<'a>(histograms: impl IntoIterator<Item = &'a HistogramCell>) -> Map<String, Value> {
    let (mut counted, mut sum, mut max) = (Counted::default(), 0.0, 0.0_f64);
    for histogram in histograms {
        histogram.add_to(&mut counted);
        let recorded = histogram.recorded();
        sum += recorded.sum;
        max = max.max(recorded.max);
    }
    let count = counted.total();
    let average = if count == 0 { 0.0 } else { sum / figure(count) };
    let quantile = |share| Value::from(counted.quantile(share).min(max));
    let figures = [
        ("count", count.into()),
        ("avg", average.into()),
        ("p50", quantile(0.5)),
        ("p95", quantile(0.95)),
        ("p99", quantile(0.99)),
        ("max", max.into()),
    ];
    figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// What most people look for first.
fn summary(families: &Families) -> Value {
    let snapshot = Snapshot::of(families);
    let latency = families.get("http_request_seconds").map(|family| of_histograms(histograms(family)));
    let requests = snapshot.sum("http_requests_total", &[]);
    let failed: f64 = snapshot
        .of_name("http_requests_total")
        .filter(|series| series.labels.iter().any(|(name, value)| name == "status" && value.starts_with('5')))
        .map(|series| series.value)
        .sum();
    json!({
        "requests": { "total": requests, "failed": failed, "successful": requests - failed, "seconds": latency },
        "errors": {
            "total": snapshot.sum("error_severity_total", &[]),
            "by_severity": sums(&snapshot, "error_severity_total", "severity"),
            "by_category": sums(&snapshot, "error_severity_total", "category"),
        },
        "uptime_seconds": snapshot.sum("process_uptime_seconds", &[]),
        "resident_memory_bytes": snapshot.sum("process_resident_memory_bytes", &[]),
    })
}

/// The sums over all series of a name, by one label.
fn sums<'a>(snapshot: &'a Snapshot, name: &'a str, by: &str) -> BTreeMap<&'a str, f64> {
    let mut sums = BTreeMap::new();
    for series in snapshot.of_name(name) {
        if let Some((_, value)) = series.labels.iter().find(|(label, _)| label == by) {
            *sums.entry(value.as_str()).or_default() += series.value;
        }
    }
    sums
}
