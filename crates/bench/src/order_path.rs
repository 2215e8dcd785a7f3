//! From a message's text to an order on its way, in one process: decode, check, build the book, decide, ask the
//! gate, journal, hand over. The clock stops where a real venue would begin to write to its socket.

use std::collections::VecDeque;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use domain::{
    AccountId, BarRule, Currency, Instruments, MarketEvent, Money, Order, OrderEvent, OrderId, OrderRequest,
    Quantity, Side, Span, TenantId, TimeInForce, Timestamp,
};
use engine::{Approved, Cell, Desk, MemoryJournal, Opening, RejectReason, Report, State, Strategy, Venue};
use market::{SequenceRule, SpreadLimits};
use pipeline::{Flow, FlowConfig, QuoteSource};
use risk::Limits;
use serde::de::IgnoredAny;
use venues::binance::BinanceMarket;
use venues::binance::instruments::bitcoin;
use venues::binance::wire::Decoder;
use venues::files::LineReader;

use crate::harness::{Table, now, quantile};

const RECORDING: &str = "crypto_ws/binance_btc_2024-08-08/usdm_btcusdt.gz";
const ROUNDS: usize = 5;
/// Nineteen digits of nanoseconds and a blank go before each message.
const TIME_DIGITS: usize = 19;

pub(crate) fn run(table: &mut Table) -> Result<()> {
    let Some(path) = recordings::find(RECORDING) else { return Ok(()) };
    let lines = read(&path)?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let orders = orders(&lines)?;
        let parses = parses(&lines, orders.iter().map(|(index, _)| *index));
        if round > 0 {
            ours.extend(orders.into_iter().map(|(_, nanos)| nanos));
            bare.extend(parses);
        }
    }
    anyhow::ensure!(!ours.is_empty(), "no message led to an order");
    ours.sort_unstable();
    bare.sort_unstable();
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let (ours_at, bare_at) = (quantile(&ours, share), quantile(&bare, share));
        table.line(
            &format!("message in → order out, {name}"),
            format!("{ours_at} ns"),
            format!("{bare_at} ns serde_json parse to nothing"),
            format!("{:.2}", ours_at as f64 / bare_at.max(1) as f64),
            &format!("{} orders; lower is better", ours.len() / ROUNDS),
        );
    }
    Ok(())
}

/// A message as it came, and when.
struct Line {
    time: Timestamp,
    text: Vec<u8>,
}

fn read(path: &Path) -> Result<Vec<Line>> {
    let mut reader = LineReader::open(path)?;
    let mut lines = Vec::new();
    while let Some(line) = reader.next() {
        let (time, text) = line?.bytes.split_at_checked(TIME_DIGITS).context("a line without a time")?;
        let time = Timestamp::from_nanos(std::str::from_utf8(time)?.parse()?);
        lines.push(Line { time, text: text.trim_ascii().to_vec() });
    }
    Ok(lines)
}

/// Which lines led to an order, and how long each took to, in nanoseconds.
fn orders(lines: &[Line]) -> Result<Vec<(usize, u64)>> {
    let instrument = bitcoin(BinanceMarket::UsdMargined);
    let symbol = instrument.symbol.clone();
    let mut instruments = Instruments::default();
    let id = instruments.list(instrument)?;
    let mut decoder = Decoder::new(BinanceMarket::UsdMargined, &[(symbol, id)]);
    let mut flow = Flow::new(flow_config(id), &instruments)?;
    let start = lines.first().map_or(Timestamp::EPOCH, |line| line.time);
    let journal = MemoryJournal::default();
    let mut cell = Cell::new(account(instruments, start), Quoter, Wire::default(), journal, ());
    let mut taken = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let sent = cell.venue().sent;
        let mut result = Ok(());
        let began = now();
        if let Ok(Some(message)) = decoder.decode(&line.text, line.time) {
            flow.push(message, &mut |event| {
                if result.is_ok() {
                    result = cell.on_market(event);
                }
            });
        }
        result?;
        if let Some(left) = cell.venue().left.filter(|_| cell.venue().sent > sent) {
            taken.push((index, nanos(began, left)));
        }
    }
    Ok(taken)
}

/// How long a parse alone takes of each of the lines, in nanoseconds.
fn parses(lines: &[Line], indices: impl Iterator<Item = usize>) -> Vec<u64> {
    let parse = |index: usize| {
        let began = now();
        std::hint::black_box(serde_json::from_slice::<IgnoredAny>(&lines[index].text).is_ok());
        nanos(began, now())
    };
    indices.map(parse).collect()
}

fn nanos(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.duration_since(from).as_nanos()).unwrap_or(u64::MAX)
}

fn flow_config(id: domain::InstrumentId) -> FlowConfig {
    let limits = SpreadLimits { max_quote_age: Span::MINUTE, min_net_rate: domain::Rate::ZERO };
    FlowConfig {
        books: vec![(id, SequenceRule::PreviousId.into())],
        quote_sources: vec![(id, QuoteSource::Both)],
        bar_rules: vec![BarRule::SECOND],
        depth_levels: 10,
        ..FlowConfig::checks_only(limits)
    }
}

/// The limits are the specified ones, but for the number of orders a second: an order a quote is far above it.
fn account(instruments: Instruments, start: Timestamp) -> State {
    let opening = Opening {
        tenant: TenantId(uuid::Uuid::nil()),
        account: AccountId(uuid::Uuid::nil()),
        base_currency: Currency::USDT,
        cash: vec![(Currency::USDT, Money::from_units(1_000_000))],
        limits: Limits { orders_per_window: Limits::ORDERS_PER_WINDOW_MAX, ..Limits::specified() },
        instruments,
    };
    State::open(&opening, start)
}

/// Asks to buy at the best bid of each quote.
struct Quoter;

impl Strategy for Quoter {
    fn name(&self) -> &str {
        "quoter"
    }

    fn on_market(&mut self, desk: &mut Desk<'_>, event: &MarketEvent) {
        if let MarketEvent::Quote(quote) = event {
            let quantity = Quantity::from_raw(Quantity::SCALE / 1_000);
            let request = OrderRequest::limit(quote.instrument, Side::Buy, quantity, quote.bid.price);
            let request = OrderRequest { time_in_force: TimeInForce::ImmediateOrCancel, ..request };
            std::hint::black_box(desk.submit(request).is_ok());
        }
    }
}

/// A venue that notes when an order left, and ends every order unfilled.
#[derive(Default)]
struct Wire {
    left: Option<Instant>,
    sent: u64,
    reports: VecDeque<Report>,
}

impl Venue for Wire {
    fn submit(&mut self, order: &Approved<Order>, time: Timestamp) {
        self.left = Some(now());
        self.sent += 1;
        let reason = Some(RejectReason::NotEnoughLiquidity);
        self.reports.push_back(Report { time, order: order.id, event: OrderEvent::Cancelled, reason });
    }

    fn cancel(&mut self, _order: OrderId, _time: Timestamp) {}

    fn query(&mut self, _order: OrderId, _time: Timestamp) {}

    fn next_report(&mut self, _time: Timestamp) -> Option<Report> {
        self.reports.pop_front()
    }
}
