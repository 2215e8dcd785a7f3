//! The latest values of every instrument in Redis: a hash for each, `latest:<venue>:<symbol>`, with the fields of its
//! last trade, last quote and last closed bars.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{
    Bar, InstrumentId, Instruments, MarketEvent, Quote, RegimeChange, SpreadRegime, Timestamp, Trade,
};
use pipeline::{Account, DeadLetters, Sink, SinkConfig, SinkError, SinkFault, SinkItem, SinkLanes, Ticket};
use resilience::{Failure, Idempotency, Kind, Policy};
use store::{LatestValues, Redis, RedisFault};
use tokio::runtime::Handle;

use super::{delivery, live_settings};
use crate::config::Config;
use crate::node::edges::Edges;

/// What the sink is called in metrics and of dead letters.
pub(crate) const LATEST: &str = "redis";

/// The way to the server.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) redis: Redis,
    pub(crate) policy: Policy,
    pub(crate) runtime: Handle,
    /// How hashes are named.
    pub(crate) names: Arc<Vec<String>>,
}

impl Line {
    /// The hash of each instrument, by its number.
    pub(crate) fn names(instruments: &Instruments) -> Arc<Vec<String>> {
        Arc::new(instruments.iter().map(|known| format!("latest:{}:{}", known.venue, known.symbol)).collect())
    }
}

/// The edge to Redis.
pub(crate) struct Latest(SinkLanes);

impl Latest {
    pub(crate) fn start(
        config: &Config,
        line: &Line,
        letters: Arc<dyn DeadLetters>,
        (edges, account): (&Edges, &Account),
    ) -> anyhow::Result<Self> {
        let settings = SinkConfig { name: LATEST.to_owned(), ..live_settings(config) };
        let workers = config.pipeline.sink_workers.max(1);
        let sink = || Box::new(LatestSink::new(line.clone())) as Box<dyn Sink>;
        let sinks = (0..workers).map(|_| sink()).collect();
        let delivery = delivery(letters, edges.ledger.clone(), account.clone());
        Ok(Self(SinkLanes::start(&settings, sinks, delivery)?))
    }

    pub(crate) fn on_event(&mut self, event: &MarketEvent, ticket: Option<Ticket>, now: Timestamp) {
        if let Some(item) = SinkItem::of(event) {
            self.0.take(item, ticket, now);
        }
    }

    pub(crate) fn on_time(&mut self, now: Timestamp) {
        self.0.on_time(now);
    }

    pub(crate) fn spooled(&self) -> u64 {
        self.0.spooled()
    }

    /// How many items are lost, in the end.
    pub(crate) fn drain(self) -> u64 {
        self.0.stop_signal().stop();
        self.0.drain().items.dropped.total()
    }
}

/// One worker's end.
pub(crate) struct LatestSink(Line);

impl LatestSink {
    pub(crate) const fn new(line: Line) -> Self {
        Self(line)
    }

    fn key(&self, instrument: InstrumentId) -> Option<&String> {
        self.0.names.get(instrument.index())
    }

    /// Of what a batch says several times only the last is sent.
    fn newest(&self, batch: &[SinkItem]) -> Result<Vec<LatestValues>, SinkError> {
        let mut newest: BTreeMap<(InstrumentId, String), &SinkItem> = BTreeMap::new();
        let mut strangers = Vec::new();
        for (place, item) in batch.iter().enumerate() {
            if self.key(item.stream()).is_none() {
                strangers.push(place);
            }
            let Some(time_field) = time_field(item) else { continue };
            let known = newest.entry((item.stream(), time_field)).or_insert(item);
            if item.time() >= known.time() {
                *known = item;
            }
        }
        if !strangers.is_empty() {
            let reason = "the instrument is not in the table that the program was started with".to_owned();
            return Err(SinkError { fault: SinkFault::RefusedItems(strangers), reason });
        }
        let values = |((instrument, time_field), item): ((InstrumentId, String), &SinkItem)| {
            let key = self.key(instrument)?.clone();
            Some(LatestValues { key, time_field, time: item.time().nanos(), fields: fields(item) })
        };
        Ok(newest.into_iter().filter_map(values).collect())
    }
}

impl Sink for LatestSink {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        let values = self.newest(batch)?;
        let Line { redis, policy, runtime, .. } = &self.0;
        let put = policy.call(Idempotency::Idempotent, |_| redis.put_latest(&values));
        runtime.block_on(put).map_err(|refused| {
            let reason = refused.to_string();
            let kind = refused.into_inner().map_or(Kind::Transient, |fault: RedisFault| fault.kind());
            match kind {
                Kind::Rejected | Kind::Invalid => SinkError::refused(reason),
                _ => SinkError::unavailable(reason),
            }
        })
    }

    fn is_reachable(&mut self) -> bool {
        let Line { redis, policy, runtime, .. } = &self.0;
        runtime.block_on(policy.call(Idempotency::Idempotent, |_| redis.ping())).is_ok()
    }
}

/// What the fields of a kind begin with. Spreads are of two instruments and have none.
fn prefix(item: &SinkItem) -> Option<String> {
    match item {
        SinkItem::Trade(_) => Some("trade_".to_owned()),
        SinkItem::Quote(_) => Some("quote_".to_owned()),
        SinkItem::Bar(bar) => Some(format!("bar_{}_", bar.rule)),
        SinkItem::Regime(_) => Some("regime_".to_owned()),
        SinkItem::Spread(_) | SinkItem::Pair(_) => None,
    }
}

/// The field that says of when the others are.
fn time_field(item: &SinkItem) -> Option<String> {
    prefix(item).map(|prefix| format!("{prefix}time"))
}

fn fields(item: &SinkItem) -> Vec<(String, String)> {
    let prefix = prefix(item).unwrap_or_default();
    let values = match item {
        SinkItem::Trade(trade) => of_trade(trade),
        SinkItem::Quote(quote) => of_quote(quote),
        SinkItem::Bar(bar) => of_bar(bar),
        SinkItem::Regime(change) => of_regime(change),
        SinkItem::Spread(_) | SinkItem::Pair(_) => Vec::new(),
    };
    values.into_iter().map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
}

fn of_trade(trade: &Trade) -> Vec<(&'static str, String)> {
    vec![
        ("id", trade.id.to_string()),
        ("price", trade.price.to_string()),
        ("quantity", trade.quantity.to_string()),
    ]
}

fn of_quote(quote: &Quote) -> Vec<(&'static str, String)> {
    vec![
        ("bid", quote.bid.price.to_string()),
        ("bid_quantity", quote.bid.quantity.to_string()),
        ("ask", quote.ask.price.to_string()),
        ("ask_quantity", quote.ask.quantity.to_string()),
    ]
}

fn of_regime(change: &RegimeChange) -> Vec<(&'static str, String)> {
    let name = match change.to {
        SpreadRegime::Tight => "tight",
        SpreadRegime::Usual => "usual",
        SpreadRegime::Wide => "wide",
    };
    vec![
        ("name", name.to_owned()),
        ("share", change.share.to_string()),
        ("z_score", change.z_score.to_string()),
    ]
}

fn of_bar(bar: &Bar) -> Vec<(&'static str, String)> {
    vec![
        ("open", bar.open.to_string()),
        ("high", bar.high.to_string()),
        ("low", bar.low.to_string()),
        ("close", bar.close.to_string()),
        ("volume", bar.volume.to_string()),
    ]
}

#[cfg(test)]
mod tests;
