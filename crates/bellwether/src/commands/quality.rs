//! `quality`: what is wrong with recorded data, before anything is made of it.

use anyhow::{Result, bail};
use domain::{Instruments, Timestamp};
use engine::Source;
use market::calendar::Day;
use market::inspection::{Finding, FindingKind, Inspection, JumpKind, Series};
use serde_json::{Value, json};

use crate::cli::{QualityArguments, SettingArguments};
use crate::exit::{self, Refused};
use crate::progress::Progress;
use crate::stop::Stop;
use crate::{node, output};

const LOOK_EVERY: u64 = 4_096;

pub(super) fn run(settings: &SettingArguments, arguments: &QualityArguments) -> Result<u8> {
    let stop = Stop::default();
    stop.at_signal()?;
    let mut files = node::open_files(&arguments.files, Instruments::default())?;
    let mut inspection = Inspection::new(&files.instruments);
    let mut progress = Progress::start("reading", files.total_bytes, settings.json);
    let (mut messages, mut refused) = (0u64, 0u64);
    while !stop.is_requested() {
        match files.source.next() {
            Ok(None) => break,
            Ok(Some(message)) => {
                inspection.on_message(&message);
                messages += 1;
            }
            Err(fault) if fault.is_final => bail!(Refused::input(fault.to_string())),
            Err(fault) => super::note_refused(&mut refused, &fault),
        }
        if messages.is_multiple_of(LOOK_EVERY) {
            progress.at(files.bytes_read());
        }
    }
    progress.finish();
    if settings.json {
        let series = to_json(&inspection, &files.instruments);
        output::json(&json!({ "messages": messages, "refused_lines": refused, "series": series }))?;
    } else {
        println!("{messages} messages read, {refused} line(s) refused");
        print(&inspection, &files.instruments);
    }
    Ok(if stop.is_requested() { exit::INTERRUPTED } else { exit::DONE })
}

/// What was found, series after series, in words.
pub(super) fn print(inspection: &Inspection, instruments: &Instruments) {
    for series in inspection.series() {
        let rows = series.rule.map_or_else(|| "ticks".to_owned(), |rule| format!("bars of {rule}"));
        println!(
            "{} ({} hours): {} {rows}, {} to {}",
            name(series, instruments),
            series.calendar,
            series.rows,
            moment(series.first),
            moment(series.last),
        );
        if series.findings.is_empty() {
            println!("  nothing found");
        }
        for kind in FindingKind::ALL {
            let places = series.findings.places(kind);
            if places == 0 {
                continue;
            }
            println!("  {}", headline(kind, places, series.findings.count(kind)));
            let shown = series.findings.shown(kind);
            shown.iter().for_each(|finding| println!("    {}", line(finding)));
            let left = places - shown.len() as u64;
            if left > 0 {
                println!("    and {left} more");
            }
        }
    }
}

/// The same for programs.
pub(super) fn to_json(inspection: &Inspection, instruments: &Instruments) -> Vec<Value> {
    let series = inspection.series().map(|series| {
        let kinds = FindingKind::ALL.into_iter().filter(|kind| series.findings.places(*kind) > 0);
        let findings: serde_json::Map<String, Value> = kinds
            .map(|kind| {
                let shown: Vec<Value> = series.findings.shown(kind).iter().map(finding).collect();
                let (places, count) = (series.findings.places(kind), series.findings.count(kind));
                (kind.name().to_owned(), json!({ "places": places, "count": count, "shown": shown }))
            })
            .collect();
        json!({
            "instrument": name(series, instruments),
            "calendar": series.calendar.name(),
            "bars": series.rule,
            "rows": series.rows,
            "first": moment(series.first),
            "last": moment(series.last),
            "findings": findings,
        })
    });
    series.collect()
}

fn name(series: &Series, instruments: &Instruments) -> String {
    instruments
        .get(series.instrument)
        .map_or_else(|| series.instrument.to_string(), |known| format!("{}:{}", known.venue, known.symbol))
}

fn headline(kind: FindingKind, places: u64, count: u64) -> String {
    match kind {
        FindingKind::MissingSessions => format!("{count} session(s) without data, in {places} gap(s)"),
        FindingKind::MissingBars => format!("{count} bar(s) missing within sessions, in {places} gap(s)"),
        FindingKind::Silence => format!("{places} silence(s) within a session"),
        FindingKind::Duplicate => format!("{places} row(s) that were there before"),
        FindingKind::OutOfOrder => format!("{places} row(s) with an earlier time than the row before"),
        FindingKind::Incoherent => format!("{places} row(s) whose prices cannot be"),
        FindingKind::SplitLike => format!("{places} price(s) that look like a split nobody adjusted for"),
        FindingKind::Hundredfold => {
            format!("{places} price(s) a hundred times larger or smaller than before")
        }
        FindingKind::Jump => format!("{places} other price(s) far from the one before"),
    }
}

fn line(finding: &Finding) -> String {
    let jump = finding.jump.map(|jump| {
        let split = match jump.kind {
            JumpKind::Split { new, old } => format!(", {new} for {old}"),
            JumpKind::Hundredfold | JumpKind::Other => String::new(),
        };
        format!("{}: {} to {}{split}", moment(finding.until), jump.before, jump.after)
    });
    match (jump, finding.kind) {
        (Some(jump), _) => jump,
        (None, FindingKind::MissingSessions | FindingKind::MissingBars) => {
            format!("{} from {} to {}", finding.count, moment(finding.from), moment(finding.until))
        }
        (None, FindingKind::Silence) => {
            let seconds = finding.until.since(finding.from).nanos() / 1_000_000_000;
            format!("{seconds} s from {}", moment(finding.from))
        }
        (None, _) => moment(finding.from),
    }
}

fn finding(finding: &Finding) -> Value {
    let mut shown = json!({
        "from": moment(finding.from),
        "until": moment(finding.until),
        "count": finding.count,
    });
    if let (Some(jump), Some(shown)) = (finding.jump, shown.as_object_mut()) {
        shown.insert("before".to_owned(), json!(jump.before));
        shown.insert("after".to_owned(), json!(jump.after));
        if let JumpKind::Split { new, old } = jump.kind {
            shown.insert("split".to_owned(), json!(format!("{new}:{old}")));
        }
    }
    shown
}

/// `2014-06-09T13:30:00Z`.
fn moment(time: Timestamp) -> String {
    let seconds = time.nanos().div_euclid(1_000_000_000).rem_euclid(86_400);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", Day::of(time))
}
