//! `import`: recorded data into the database, in batches, as often as one likes.

use anyhow::{Result, bail};
use domain::{CorporateAction, MarketEvent, Span};
use engine::{Clock, Source};
use market::inspection::Inspection;
use serde_json::json;

use super::corporate::ShareFactors;
use super::quality;
use crate::cli::{ImportArguments, SettingArguments};
use crate::clock::SystemClock;
use crate::exit::{self, Refused};
use crate::node::{Drained, Files};
use crate::progress::Progress;
use crate::stop::Stop;
use crate::{node, output};

const LOOK_EVERY: u64 = 4_096;

pub(super) fn run(settings: &SettingArguments, arguments: &ImportArguments) -> Result<u8> {
    let loaded = node::with_secrets(super::load(settings, &[])?)?;
    let stop = Stop::default();
    stop.at_signal()?;
    let store = node::open_store(&loaded.config)?;
    let mut files = node::open_files(&arguments.files, store.market().instruments()?)?;
    let mut flow = node::flow_over_files(&files, &loaded.config.pipeline)?;
    let actions = actions(arguments, &files)?;
    let mut inspection = Inspection::new(&files.instruments);
    inspection.expect(&actions);
    let mut storing = node::store_files(&loaded.config, &files)?;
    let new_actions = store.market().put_corporate_actions(&actions)?;
    let mut progress = Progress::start("importing", files.total_bytes, settings.json);
    let (mut messages, mut refused, mut last) = (0u64, 0u64, None);
    while !stop.is_requested() && !storing.is_given_up() {
        match files.source.next() {
            Ok(None) => break,
            Ok(Some(message)) => {
                last = Some(message.receive_time());
                inspection.on_message(&message);
                flow.push(message, &mut |event: &MarketEvent| {
                    storing.on_event(event, None, SystemClock.now())
                });
                messages += 1;
            }
            Err(fault) if fault.is_final => bail!(Refused::input(fault.to_string())),
            Err(fault) => super::note_refused(&mut refused, &fault),
        }
        if messages.is_multiple_of(LOOK_EVERY) {
            progress.at(files.bytes_read());
        }
    }
    if let Some(last) = last {
        flow.flush(last.floor_to(Span::MINUTE).plus(Span::MINUTE), &mut |event| {
            storing.on_event(event, None, SystemClock.now())
        });
    }
    progress.finish();
    let Drained { stored, lost, fault, .. } = storing.drain();
    if lost > 0 {
        bail!(
            "{}. The import is incomplete: {stored} new rows are stored and whole; importing again stores the rest",
            fault.unwrap_or_else(|| "the store refused them".to_owned())
        );
    }
    refused += flow.counts().total.refused.total();
    if settings.json {
        output::json(&json!({
            "messages": messages,
            "refused_lines": refused,
            "new_rows": stored,
            "corporate_actions": new_actions,
            "quality": quality::to_json(&inspection, &files.instruments),
        }))?;
    } else {
        println!("{messages} messages read, {refused} line(s) refused, {stored} new rows stored");
        if arguments.factors.is_some() {
            println!("{new_actions} new splits and dividends stored");
        }
        quality::print(&inspection, &files.instruments);
    }
    Ok(if stop.is_requested() {
        exit::INTERRUPTED
    } else if refused > 0 {
        exit::INPUT
    } else {
        exit::DONE
    })
}

/// The splits and dividends of the factor file, if there is one.
fn actions(arguments: &ImportArguments, files: &Files) -> Result<Vec<CorporateAction>> {
    match &arguments.factors {
        None => Ok(Vec::new()),
        Some(path) => ShareFactors::load(path, files)?.actions(&arguments.files, files),
    }
}
