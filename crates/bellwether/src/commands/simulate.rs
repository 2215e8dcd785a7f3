//! `simulate`: a venue on this machine, until it is stopped.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::market::{BookRules, SequenceRule};
use anyhow::{Context, Result};
use domain::{Instrument, Instruments};
use engine::{Clock, Source};
use serde::Serialize;
use venues::binance::BinanceMarket;
use venues::simulator::{Faults, Pace, Simulator, SimulatorConfig};
use venues::{binance, coinbase, kraken};

use crate::cli::{SettingArguments, SimulateArguments, SimulateVenue};
use crate::clock::SystemClock;
use crate::exit::Refused;
use crate::stop::Stop;
use crate::{exit, node, output};

/// Between two looks at the stop.
const NAP: Duration = Duration::from_millis(50);

type Listed = Vec<(Instrument, BookRules)>;

pub(super) fn run(settings: &SettingArguments, venue: &SimulateVenue) -> Result<u8> {
    let stop = Stop::default();
    stop.at_signal()?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    let Running { simulator, symbols, setting, path } = runtime.block_on(start(venue))?;
    let address = simulator.address();
    if !settings.json {
        println!("{setting} on {address}, {} instruments", symbols.len());
        println!("  bellwether up with config.yaml:");
        println!("    feeds:");
        println!("      market: live");
        println!("      {setting}:");
        println!("        symbols: [{}]", symbols.join(", "));
        println!("        stream_url: ws://{address}{path}");
        if path.is_empty() {
            println!("        rest_url: http://{address}");
        }
        println!("  stop with Ctrl-C");
    }
    while !stop.is_requested() {
        std::thread::sleep(NAP);
    }
    report(&simulator, settings.json)
}

/// A simulator, and what a feed of it is to be told.
struct Running {
    simulator: Simulator,
    symbols: Vec<String>,
    /// The section of the configuration.
    setting: &'static str,
    /// Of its streams; empty where it answers requests beside them.
    path: &'static str,
}

async fn start(venue: &SimulateVenue) -> Result<Running> {
    let clock = Arc::new(SystemClock);
    let (arguments, setting, path) = match venue {
        SimulateVenue::Binance(arguments) => (&arguments.market, binance_kind(&arguments.kind)?.1, ""),
        SimulateVenue::Kraken(arguments) => (arguments, "kraken", "/v2"),
        SimulateVenue::Coinbase(arguments) => (arguments, "coinbase", "/"),
    };
    let (source, listed) = open(&arguments.from, arguments.seed, |instrument| symbol(venue, instrument))?;
    let symbols = listed.iter().map(|(instrument, _)| instrument.symbol.clone()).collect();
    let config = config(arguments)?;
    let started = match venue {
        SimulateVenue::Binance(arguments) => {
            binance::simulator::start(config, binance_kind(&arguments.kind)?.0, source, &listed, clock).await
        }
        SimulateVenue::Kraken(_) => kraken::simulator::start(config, source, &listed, clock).await,
        SimulateVenue::Coinbase(_) => coinbase::simulator::start(config, source, &listed, clock).await,
    };
    let refuse =
        |error| Refused::usage(format!("{}: {error}; choose another with --listen", arguments.listen));
    Ok(Running { simulator: started.map_err(refuse)?, symbols, setting, path })
}

fn binance_kind(kind: &str) -> Result<(BinanceMarket, &'static str)> {
    match kind {
        "spot" => Ok((BinanceMarket::Spot, "binance_spot")),
        "usdm" => Ok((BinanceMarket::UsdMargined, "binance_usdm")),
        "coinm" => Ok((BinanceMarket::CoinMargined, "binance_coinm")),
        other => Err(Refused::usage(format!("--kind {other}: it is spot, usdm or coinm")).into()),
    }
}

/// What the market is made of, with symbols in the venue's spelling.
fn open(from: &Path, seed: u64, symbol: impl Fn(&Instrument) -> String) -> Result<(Box<dyn Source>, Listed)> {
    let (source, mut listed): (Box<dyn Source>, Listed) = if from == Path::new("synthetic") {
        let (source, instruments) = node::synthetic_source(seed, SystemClock.now())?;
        let rules = SequenceRule::Contiguous.into();
        (Box::new(source), instruments.into_iter().map(|instrument| (instrument, rules)).collect())
    } else {
        let files = node::open_files(&[from.to_owned()], Instruments::default())?;
        let listed = files.with_books();
        (Box::new(files.source), listed)
    };
    for (instrument, _) in &mut listed {
        instrument.symbol = symbol(instrument);
    }
    Ok((source, listed))
}

fn config(arguments: &SimulateArguments) -> Result<SimulatorConfig> {
    if !(arguments.speed > 0.0 && arguments.speed <= 1e6) {
        return Err(Refused::usage(format!("--speed {}: give a number above zero", arguments.speed)).into());
    }
    Ok(SimulatorConfig {
        listen: arguments.listen,
        pace: Pace::Recorded(arguments.speed),
        faults: if arguments.faults { Faults::some() } else { Faults::default() },
        seed: arguments.seed,
    })
}

/// The instrument in the venue's spelling.
fn symbol(venue: &SimulateVenue, instrument: &Instrument) -> String {
    let Instrument { symbol, base, quote, .. } = instrument;
    match venue {
        SimulateVenue::Kraken(_) => format!("{base}/{quote}"),
        SimulateVenue::Coinbase(_) => format!("{base}-{quote}"),
        SimulateVenue::Binance(arguments) => {
            let is_own = symbol.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let suffix = if arguments.kind == "coinm" { "_PERP" } else { "" };
            if is_own && symbol.ends_with(suffix) { symbol.clone() } else { format!("{base}{quote}{suffix}") }
        }
    }
}

/// What a simulator has seen and done.
#[derive(Debug, Serialize)]
struct Report {
    connections: u64,
    refused_connections: u64,
    frames: u64,
    frames_lost: u64,
    client_messages: u64,
    most_client_messages_in_a_second: u64,
    closed_for_too_many_messages: u64,
    snapshots: u64,
    refused_requests: u64,
}

fn report(simulator: &Simulator, json: bool) -> Result<u8> {
    let counts = simulator.counts();
    let report = Report {
        connections: counts.connections,
        refused_connections: counts.refused,
        frames: counts.frames,
        frames_lost: counts.dropped,
        client_messages: counts.client_messages,
        most_client_messages_in_a_second: counts.busiest_second,
        closed_for_too_many_messages: counts.budget_violations,
        snapshots: counts.snapshots,
        refused_requests: counts.requests_refused,
    };
    if json {
        output::json(&report)?;
    } else {
        println!(
            "{} connections, {} frames, {} snapshots; clients sent {} messages, at most {} in a second",
            report.connections,
            report.frames,
            report.snapshots,
            report.client_messages,
            report.most_client_messages_in_a_second
        );
    }
    Ok(exit::DONE)
}
