//! `consume`: market data from Kafka into the database, by as many members of one group as one likes.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::json;

use crate::cli::{ConsumeArguments, SettingArguments};
use crate::exit;
use crate::node::{self, Policies, kafka};
use crate::output;
use crate::stop::Stop;
use crate::telemetry::Telling;

pub(super) fn run(settings: &SettingArguments, arguments: &ConsumeArguments) -> Result<u8> {
    let loaded = super::load(settings, &[("kafka.group", arguments.group.clone())])?;
    let loaded = node::with_secrets(loaded)?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    let policies = Arc::new(Policies::new(&loaded.config));
    let _telling = Telling::start(&loaded, &policies, runtime.handle())?;
    let stop = Stop::default();
    stop.at_signal()?;
    let intake = kafka::intake(&loaded.config, &policies, runtime.handle())?;
    let kafka::Taken { messages, stored, passed_over, dead_letters } =
        intake.run(&stop, arguments.until_read)?;
    if settings.json {
        output::json(&json!({
            "messages": messages,
            "new_rows": stored,
            "passed_over": passed_over,
            "dead_letters": dead_letters,
        }))?;
    } else {
        println!(
            "{messages} messages read, {stored} new rows stored, {passed_over} marks passed over, \
             {dead_letters} dead letter(s)"
        );
    }
    Ok(match dead_letters {
        0 => exit::DONE,
        _ => exit::INPUT,
    })
}
