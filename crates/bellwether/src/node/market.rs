//! Where market data comes from: the synthetic market, live feeds, or files.

pub(crate) mod live;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::market::{BookRules, PairLimits, RegimeLimits, RevisionLimits, SequenceRule, SpreadLimits};
use anyhow::{Context, Result};
use domain::{Currency, Instrument, InstrumentId, Instruments, Rate, Span, Timestamp};
use engine::Source;
use pipeline::{Flow, FlowConfig, Pairs};
use sim::{Merge, SyntheticConfig, SyntheticMarket};
use store::Store;
use venues::{FileSource, InputKind, SourceError, detect};

use super::policies::Policies;
use crate::config::{Config, MarketKind, Pipeline};
use live::LiveFeeds;

/// Histories have holes of years (a fund that traded under another symbol); a longer jump ahead is a damaged date,
/// which would make all that follows look old.
const LONGEST_PAUSE: Span = Span::from_seconds(3_660 * 86_400);

/// Bars of each instrument and rule that can be told anew; half a minute of those of a second.
const BARS_KEPT: usize = 32;

/// A market to run on.
pub(crate) struct Market {
    pub(crate) source: MarketSource,
    pub(crate) flow: Flow,
    pub(crate) instruments: Instruments,
    /// What the source is about; the table of instruments may hold others beside.
    pub(crate) ids: Vec<InstrumentId>,
    /// What it is called in a summary.
    pub(crate) about: String,
}

/// Who brings the messages.
pub(crate) enum MarketSource {
    Synthetic(Box<SyntheticMarket>),
    Live(LiveFeeds),
}

impl Market {
    /// The market that the configuration names.
    pub(crate) fn open(config: &Config, store: &Store, policies: &Policies, now: Timestamp) -> Result<Self> {
        match config.feeds.market {
            MarketKind::Synthetic => Self::synthetic(config, store, now),
            MarketKind::Live => Self::live(config, store, policies),
        }
    }

    fn live(config: &Config, store: &Store, policies: &Policies) -> Result<Self> {
        let mut instruments = store.market().instruments()?;
        let feeds = LiveFeeds::new(config, policies, &mut instruments)?;
        store.market().put_instruments(&instruments)?;
        let books = feeds.books();
        let ids: Vec<InstrumentId> = books.iter().map(|(id, _)| *id).collect();
        let mut flow_config = flow_config(&config.pipeline, &instruments, books);
        flow_config.stale_after = Some(Span::from_millis(config.pipeline.stale_after_ms));
        let flow = Flow::new(flow_config, &instruments)?;
        let about = format!("live from {}, {} instruments", feeds.providers().join(", "), ids.len());
        Ok(Self { source: MarketSource::Live(feeds), flow, instruments, ids, about })
    }

    /// The market that needs no network, from some minutes ago on.
    fn synthetic(config: &Config, store: &Store, now: Timestamp) -> Result<Self> {
        let synthetic = SyntheticConfig {
            rate: f64::from(config.synthetic.messages_per_second) / 400.0,
            ..SyntheticConfig::default()
        };
        let mut instruments = store.market().instruments()?;
        for instrument in &synthetic.instruments()? {
            instruments.list(instrument.clone())?;
        }
        store.market().put_instruments(&instruments)?;
        let start = now.plus(Span::from_seconds(-60 * i64::from(config.synthetic.warm_up_minutes)));
        let mut source = SyntheticMarket::new(&synthetic, config.synthetic.seed, start)?;
        source.relabel(&synthetic, &instruments)?;
        let ids: Vec<InstrumentId> = source.ids().collect();
        let books = ids.iter().map(|id| (*id, SequenceRule::Contiguous.into())).collect();
        let mut flow_config = flow_config(&config.pipeline, &instruments, books);
        flow_config.stale_after = Some(Span::from_millis(config.pipeline.stale_after_ms));
        let flow = Flow::new(flow_config, &instruments)?;
        let about = format!("synthetic, {} instruments, seed {}", instruments.len(), config.synthetic.seed);
        Ok(Self { source: MarketSource::Synthetic(Box::new(source)), flow, instruments, ids, about })
    }
}

/// A made-up market from now on, one venue of it, with its instruments.
pub(crate) fn synthetic_source(seed: u64, now: Timestamp) -> Result<(SyntheticMarket, Vec<Instrument>)> {
    let mut config = SyntheticConfig::default();
    config.venues.truncate(1);
    let source = SyntheticMarket::new(&config, seed, now)?;
    let instruments = config.instruments()?;
    let listed = source.ids().filter_map(|id| instruments.get(id).cloned()).collect();
    Ok((source, listed))
}

/// Bars, books and spreads between instruments of one asset whose prices compare.
fn flow_config(
    config: &Pipeline,
    instruments: &Instruments,
    books: Vec<(InstrumentId, BookRules)>,
) -> FlowConfig {
    let limits = SpreadLimits {
        max_quote_age: Span::from_millis(config.spread_max_quote_age_ms),
        min_net_rate: config.spread_min_net_rate,
    };
    FlowConfig {
        books,
        bar_rules: config.bars.clone(),
        bar_revisions: revisions(config),
        bar_grace: Span::from_millis(100),
        spread_groups: spread_groups(instruments),
        pairs: pairs(config, instruments),
        regimes: regimes(config),
        depth_levels: 10,
        ..FlowConfig::checks_only(limits)
    }
}

/// Samples in a row that change a regime.
const REGIME_CONFIRMATIONS: u32 = 3;

/// An open pair is told again when it has moved by so many standard deviations.
const PAIR_TOLD_Z: f64 = 0.25;

/// The pairs whose instruments are both there.
fn pairs(config: &Pipeline, instruments: &Instruments) -> Option<Pairs> {
    let find = |name: &str| {
        let (venue, symbol) = name.split_once(':')?;
        instruments.find(domain::Venue::new(venue)?, symbol).map(|known| known.id)
    };
    let both = |names: &String| {
        let (first, second) = names.trim().split_once(char::is_whitespace)?;
        Some((find(first)?, find(second.trim())?))
    };
    let pairs: Vec<(InstrumentId, InstrumentId)> = config.pairs.iter().filter_map(both).collect();
    let limits = PairLimits {
        sample_every: Span::from_millis(config.pair_sample_ms),
        window: config.pair_window,
        open_z: config.pair_open_z.to_f64(),
        close_z: config.pair_close_z.to_f64(),
        told_z: PAIR_TOLD_Z,
        max_quote_age: Span::from_millis(config.spread_max_quote_age_ms),
    };
    (!pairs.is_empty()).then_some(Pairs { pairs, limits })
}

/// `None` when none are to be followed. The least memory is two samples.
fn regimes(config: &Pipeline) -> Option<RegimeLimits> {
    (config.regime_samples > 0).then(|| RegimeLimits {
        sample_every: Span::from_millis(config.pair_sample_ms),
        memory: config.regime_samples.max(2),
        unusual_z: config.regime_z.to_f64(),
        confirmations: REGIME_CONFIRMATIONS,
        max_quote_age: Span::from_millis(config.spread_max_quote_age_ms),
    })
}

/// `None` when no trades are to be kept for it.
fn revisions(config: &Pipeline) -> Option<RevisionLimits> {
    let trades = config.bar_revision_trades;
    (trades > 0).then_some(RevisionLimits { trades, bars: BARS_KEPT })
}

/// Instruments of one base asset. Dollars and the stable coins that stand for them are taken as one money: the
/// detector compares prices, and whoever trades on it chooses the venues.
fn spread_groups(instruments: &Instruments) -> Vec<Vec<InstrumentId>> {
    let is_dollar = |currency: Currency| matches!(currency.as_str(), "USD" | "USDT" | "USDC");
    // The money is `None` for dollars of any kind.
    type Group = ((Currency, Option<Currency>), Vec<InstrumentId>);
    let mut groups: Vec<Group> = Vec::new();
    for instrument in instruments {
        let money = if is_dollar(instrument.quote) { None } else { Some(instrument.quote) };
        let key = (instrument.base, money);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(instrument.id),
            None => groups.push((key, vec![instrument.id])),
        }
    }
    groups.into_iter().map(|(_, members)| members).filter(|members| members.len() > 1).collect()
}

/// Opened input files, merged by receive time.
pub(crate) struct Files {
    pub(crate) source: Merge,
    pub(crate) instruments: Instruments,
    pub(crate) total_bytes: u64,
    books: Vec<(InstrumentId, BookRules)>,
    /// History has nights, weekends and daily bars; a raw capture never rests for long.
    has_pauses: bool,
    read: Vec<Arc<AtomicU64>>,
}

impl Files {
    /// What the files are about; the table of instruments may hold others beside.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &Instrument> {
        self.instruments.iter().filter(|instrument| self.books.iter().any(|(id, _)| *id == instrument.id))
    }

    /// The same, with how their books are built.
    pub(crate) fn with_books(&self) -> Vec<(Instrument, BookRules)> {
        let known =
            |(id, rules): &(InstrumentId, BookRules)| Some((self.instruments.get(*id)?.clone(), *rules));
        self.books.iter().filter_map(known).collect()
    }

    pub(crate) fn bytes_read(&self) -> u64 {
        self.read.iter().map(|read| read.load(Ordering::Relaxed)).sum()
    }
}

/// Opens every file; their instruments are numbered in the order of the command line, after those known already.
pub(crate) fn open_files(paths: &[PathBuf], mut instruments: Instruments) -> Result<Files> {
    let (mut sources, mut books, mut read) = (Vec::new(), Vec::new(), Vec::new());
    let (mut total_bytes, mut has_pauses) = (0, false);
    for path in paths {
        let refuse = |error: SourceError| crate::exit::Refused::input(error.to_string());
        let kind = detect(path).map_err(refuse)?;
        has_pauses |= !matches!(kind, InputKind::BinanceCapture { .. } | InputKind::Recording { .. });
        let source = FileSource::open(path, &mut instruments).map_err(refuse)?;
        books.extend_from_slice(source.books());
        total_bytes += source.total_bytes();
        read.push(source.bytes_read());
        sources.push(Box::new(source) as Box<dyn Source>);
    }
    Ok(Files { source: Merge::new(sources), instruments, total_bytes, books, has_pauses, read })
}

/// A flow over those files; `grace` after its end a bar is closed.
pub(crate) fn flow_over_files(files: &Files, config: &Pipeline) -> Result<Flow> {
    let mut settings = flow_config(config, &files.instruments, files.books.clone());
    settings.bar_grace = Span::ZERO;
    if files.has_pauses {
        settings.future_max = LONGEST_PAUSE;
    }
    settings.spread_limits.min_net_rate = Rate::ZERO.max(config.spread_min_net_rate);
    Flow::new(settings, &files.instruments).context("the files cannot be run together")
}
