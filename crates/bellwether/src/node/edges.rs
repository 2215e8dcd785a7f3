//! The edges of the node's pipeline: what goes over them, and what became of it.

use std::sync::Arc;

use api::model::Instrument;
use api::model::operations::{EdgeCounts, EdgeView, PipelineView, SettledPosition, StreamCounts};
use domain::InstrumentId;
use pipeline::{Account, DropPolicy, Ledger, Tally};

use super::feeding::OPERATORS;
use super::storing::{LATEST, STORE, policy};
use crate::config::Config;

/// Pieces of the feed's messages that may be under way; then the feed waits.
const TICKETS_MAX: usize = 1 << 20;

/// The file in the data folder with what became of every item of the last run.
const LAST_ACCOUNT: &str = "pipeline.json";

/// Items that wait on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spooled {
    pub(crate) store: u64,
    pub(crate) latest: u64,
}

/// Shared by those who count and those who show. Clones are the same edges.
#[derive(Debug, Clone)]
pub(crate) struct Edges {
    /// By which the source learns what is safe.
    pub(crate) ledger: Ledger,
    /// From the feed to the operators.
    pub(crate) operators: Account,
    /// From the operators to the store.
    pub(crate) store: Account,
    /// From the operators to Redis, where there is one.
    pub(crate) latest: Option<Account>,
    policies: [DropPolicy; 2],
}

/// What became of every item, for whoever asks after the end.
pub(crate) fn tell_last_account(config: &Config, view: &PipelineView) {
    let path = config.data_dir.join(LAST_ACCOUNT);
    let text = serde_json::to_vec_pretty(view);
    let written = text.map_err(anyhow::Error::from).and_then(|text| Ok(std::fs::write(&path, text)?));
    if let Err(error) = written {
        tracing::warn!(%error, path = %path.display(), "the last account of the pipeline cannot be written");
    }
}

impl Edges {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            ledger: Ledger::new(TICKETS_MAX),
            operators: Account::new(OPERATORS),
            store: Account::new(STORE),
            latest: (!config.redis_url.is_empty()).then(|| Account::new(LATEST)),
            policies: [config.pipeline.drop_policy, policy(&config.pipeline)],
        }
    }

    pub(crate) fn view(&self, instruments: &Arc<Vec<Instrument>>, spooled: Spooled) -> PipelineView {
        let [before_operators, before_sinks] = self.policies.map(word);
        let edge =
            |(name, from, to): (&str, &str, &str), policy: &str, account: &Account, spooled| EdgeView {
                name: name.to_owned(),
                from: from.to_owned(),
                to: to.to_owned(),
                policy: policy.to_owned(),
                counts: counts(&account.total()),
                spooled,
                streams: streams(account, instruments),
            };
        let settled = self.ledger.settled().into_iter();
        let mut edges = vec![
            edge((OPERATORS, "feed", "operators"), before_operators, &self.operators, 0),
            edge((STORE, "operators", "store"), before_sinks, &self.store, spooled.store),
        ];
        edges.extend(
            self.latest
                .as_ref()
                .map(|account| edge((LATEST, "operators", "redis"), before_sinks, account, spooled.latest)),
        );
        PipelineView {
            edges,
            unsettled_pieces: self.ledger.open_tickets() as u64,
            settled: settled
                .map(|position| SettledPosition { stream: position.stream, offset: position.offset })
                .collect(),
        }
    }
}

const fn word(policy: DropPolicy) -> &'static str {
    match policy {
        DropPolicy::Oldest => "oldest",
        DropPolicy::Newest => "newest",
        DropPolicy::Block => "block",
    }
}

fn streams(account: &Account, instruments: &[Instrument]) -> Vec<StreamCounts> {
    let stream = |(id, tally): (InstrumentId, Tally)| {
        let known = instruments.get(id.index());
        StreamCounts {
            instrument_id: id.0,
            symbol: known.map_or_else(String::new, |known| known.symbol.clone()),
            venue: known.map_or_else(String::new, |known| known.venue.to_string()),
            counts: counts(&tally),
        }
    };
    account.streams().into_iter().map(stream).collect()
}

const fn counts(tally: &Tally) -> EdgeCounts {
    EdgeCounts {
        taken: tally.taken,
        delivered: tally.delivered,
        dead_letters: tally.buried,
        dropped_oldest: tally.dropped.oldest,
        dropped_newest: tally.dropped.newest,
        abandoned: tally.dropped.abandoned,
        damaged: tally.dropped.damaged,
        under_way: tally.under_way(),
    }
}
