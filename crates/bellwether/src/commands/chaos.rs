//! `chaos`: a proxy that misbehaves on purpose, in development builds.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chaos::{Kind, Limits, Plan, RunConfig};

use crate::cli::{ChaosArguments, SettingArguments};
use crate::{exit, output};

pub(super) fn run(settings: &SettingArguments, arguments: &ChaosArguments) -> Result<u8> {
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    let config = RunConfig { listen: arguments.listen, upstream: arguments.to, plan: plan(arguments) };
    let started = |address| eprintln!("listening on {address}; stop with Ctrl-C");
    let report = runtime.block_on(chaos::run(config, started, crate::stop::next_signal()))?;
    if settings.json {
        output::json(&report)?;
    } else {
        println!("{report}");
    }
    Ok(exit::DONE)
}

fn plan(arguments: &ChaosArguments) -> Plan {
    let kinds: BTreeMap<Kind, u32> = arguments.kinds.iter().map(|kind| (*kind, 1)).collect();
    let limits = Limits { run_for_ms: Some(arguments.seconds.saturating_mul(1_000)), ..Limits::default() };
    Plan {
        seed: arguments.seed,
        share: arguments.share,
        kinds,
        http: arguments.http,
        limits,
        ..Plan::default()
    }
}
