//! `import`: recorded data into the database, in batches, as often as one likes.

use anyhow::{Result, bail};
use domain::{MarketEvent, Span};
use engine::{Clock, Source};
use serde_json::json;

use crate::cli::{ImportArguments, SettingArguments};
use crate::clock::SystemClock;
use crate::exit::{self, Refused};
use crate::progress::Progress;
use crate::stop::Stop;
use crate::{node, output};

const FAULTS_SHOWN: u64 = 20;
const LOOK_EVERY: u64 = 4_096;

pub(super) fn run(settings: &SettingArguments, arguments: &ImportArguments) -> Result<u8> {
    let loaded = super::load(settings, &[])?;
    let stop = Stop::default();
    stop.at_signal()?;
    let store = node::open_store(&loaded.config)?;
    let mut files = node::open_files(&arguments.files, store.market().instruments()?)?;
    let mut flow = node::flow_over_files(&files, &loaded.config.pipeline)?;
    let mut storing = node::store_files(&loaded.config, &files)?;
    let mut progress = Progress::start("importing", files.total_bytes, settings.json);
    let (mut messages, mut refused, mut last) = (0u64, 0u64, None);
    while !stop.is_requested() {
        match files.source.next() {
            Ok(None) => break,
            Ok(Some(message)) => {
                last = Some(message.receive_time());
                flow.push(message, &mut |event: &MarketEvent| storing.on_event(event, SystemClock.now()));
                messages += 1;
            }
            Err(fault) if fault.is_final => bail!(Refused::input(fault.to_string())),
            Err(fault) => {
                refused += 1;
                if refused <= FAULTS_SHOWN {
                    eprintln!("refused: {fault}");
                }
            }
        }
        if messages.is_multiple_of(LOOK_EVERY) {
            progress.at(files.bytes_read());
        }
    }
    if let Some(last) = last {
        flow.flush(last.floor_to(Span::MINUTE).plus(Span::MINUTE), &mut |event| {
            storing.on_event(event, SystemClock.now())
        });
    }
    progress.finish();
    let (lost, stored) = storing.drain();
    if lost > 0 {
        bail!(
            "{lost} batch(es) could not be stored; what was stored before is whole, and importing again stores the rest"
        );
    }
    if settings.json {
        output::json(&json!({ "messages": messages, "refused_lines": refused, "new_rows": stored }))?;
    } else {
        println!("{messages} messages read, {refused} line(s) refused, {stored} new rows stored");
    }
    Ok(if stop.is_requested() {
        exit::INTERRUPTED
    } else if refused > 0 {
        exit::INPUT
    } else {
        exit::DONE
    })
}
