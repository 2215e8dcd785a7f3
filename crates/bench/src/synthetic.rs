//! The synthetic market, and the flow over what it says.

use std::collections::BTreeMap;

use anyhow::Result;
use domain::{BarRule, InstrumentId, Instruments, KeptMessage, Level, Rate, Span, Timestamp};
use engine::Source;
use market::{SequenceRule, SpreadLimits};
use pipeline::{Flow, FlowConfig};
use sim::{SyntheticConfig, SyntheticMarket};

use crate::harness::{Side, Table};
use crate::market_bars::Random;

const MESSAGES: usize = 1_000_000;
/// Kept in memory for the flow, about 400 bytes each.
const KEPT: usize = 300_000;
const SEED: u64 = 11;
const START: Timestamp = Timestamp::from_seconds(1_700_000_000);

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let config = SyntheticConfig::default();
    generate(table, &config)?;
    flow(table, &config)
}

fn generate(table: &mut Table, config: &SyntheticConfig) -> Result<()> {
    let mut market = SyntheticMarket::new(config, SEED, START)?;
    let mut ours = || {
        let time = |market: &mut SyntheticMarket| market.next().ok().flatten().map(|it| it.receive_time());
        (0..MESSAGES).filter_map(|_| time(&mut market)).max()
    };
    let mut walk = || {
        let mut random = Random(SEED);
        (0..MESSAGES).fold(0i64, |price, _| std::hint::black_box(price + i64::from(random.next() % 21) - 10))
    };
    table.compare(
        "synthetic market",
        (Side { name: "messages of 9 books", units: MESSAGES }, &mut ours),
        (Side { name: "steps of one random walk", units: MESSAGES }, &mut walk),
        "the default market sends about 400 a second",
    );
    Ok(())
}

fn flow(table: &mut Table, config: &SyntheticConfig) -> Result<()> {
    let instruments = config.instruments()?;
    let mut market = SyntheticMarket::new(config, SEED, START)?;
    let mut kept = Vec::with_capacity(KEPT);
    while kept.len() < KEPT
        && let Some(message) = market.next()?
    {
        kept.push(KeptMessage::of(message));
    }
    let flow_config = flow_config(config, &instruments);
    Flow::new(flow_config.clone(), &instruments)?;
    let mut ours = || {
        let Ok(mut flow) = Flow::new(flow_config.clone(), &instruments) else { unreachable!("made before") };
        let mut events = 0u64;
        for message in &kept {
            flow.push(message.lend(), &mut |event| {
                std::hint::black_box(event);
                events += 1;
            });
        }
        events
    };
    let mut bare = || plain_books(&kept, instruments.len());
    table.compare(
        "flow over the synthetic market",
        (Side { name: "checks, books, depth, bars, spreads", units: KEPT }, &mut ours),
        (Side { name: "books in a BTreeMap, unchecked", units: KEPT }, &mut bare),
        "",
    );
    Ok(())
}

fn flow_config(config: &SyntheticConfig, instruments: &Instruments) -> FlowConfig {
    let ids: Vec<InstrumentId> = instruments.iter().map(|instrument| instrument.id).collect();
    let limits = SpreadLimits { max_quote_age: Span::SECOND, min_net_rate: Rate::ZERO };
    FlowConfig {
        books: ids.iter().map(|id| (*id, SequenceRule::Contiguous.into())).collect(),
        bar_rules: vec![BarRule::SECOND, BarRule::MINUTE],
        spread_groups: ids.chunks(config.venues.len()).map(<[_]>::to_vec).collect(),
        depth_levels: 10,
        ..FlowConfig::checks_only(limits)
    }
}

type Half = BTreeMap<i64, i128>;

/// The least that keeps the books: no checks, no depth, no bars, no spreads.
fn plain_books(messages: &[KeptMessage], instruments: usize) -> i64 {
    let mut books: Vec<(Half, Half)> = vec![Default::default(); instruments];
    let mut sum = 0i64;
    for message in messages {
        let (instrument, bids, asks, replaces) = match message {
            KeptMessage::Flat(message) => {
                std::hint::black_box(message);
                continue;
            }
            KeptMessage::Update(update) => (update.instrument, &update.bids, &update.asks, false),
            KeptMessage::Snapshot(snapshot) => (snapshot.instrument, &snapshot.bids, &snapshot.asks, true),
        };
        let (bid_half, ask_half) = &mut books[instrument.index()];
        take(bid_half, bids, replaces);
        take(ask_half, asks, replaces);
        let best = bid_half.last_key_value().zip(ask_half.first_key_value());
        sum = sum.wrapping_add(best.map_or(0, |(bid, ask)| bid.0.wrapping_add(*ask.0)));
    }
    sum
}

fn take(half: &mut Half, levels: &[Level], replaces: bool) {
    if replaces {
        half.clear();
    }
    for level in levels {
        if level.quantity.is_zero() {
            half.remove(&level.price.raw());
        } else {
            half.insert(level.price.raw(), level.quantity.raw());
        }
    }
}
