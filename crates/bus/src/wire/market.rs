//! The bodies of what markets tell.

use std::sync::Arc;

use domain::{
    Bar, CorporateAction, CorporateTerms, CrossVenueSpread, Currency, Depth, Dividend, Level, MarketEvent,
    PairSpread, Price, Quote, RegimeChange, Side, Split, SpreadPhase, SpreadRegime, Timestamp, Trade,
};

use super::codes::Codes;
use super::envelope::Kind;
use super::{Directory, Reader, Unreadable, Unsendable, Writer, rule};

const SPLIT: u8 = 1;
const DIVIDEND: u8 = 2;

pub(super) fn write(
    event: &MarketEvent,
    directory: &Directory,
    writer: &mut Writer<'_>,
) -> Result<(), Unsendable> {
    writer.instrument(event.instrument(), directory)?;
    match event {
        MarketEvent::Trade(trade) => write_trade(trade, writer),
        MarketEvent::Quote(quote) => write_quote(quote, writer),
        MarketEvent::Bar(bar) => write_bar(bar, writer),
        MarketEvent::Spread(spread) => write_spread(spread, directory, writer)?,
        MarketEvent::Pair(spread) => write_pair(spread, directory, writer)?,
        MarketEvent::Regime(change) => write_regime(change, writer),
        MarketEvent::Invalid { time, .. } => writer.time(*time),
        MarketEvent::Depth(depth) => write_depth(depth, writer),
        MarketEvent::Corporate(action) => write_corporate(action, writer),
    }
    Ok(())
}

pub(super) fn read(
    kind: Kind,
    reader: &mut Reader<'_>,
    directory: &Directory,
) -> Result<MarketEvent, Unreadable> {
    let instrument = reader.instrument(directory)?;
    Ok(match kind {
        Kind::Trade => MarketEvent::Trade(Trade { instrument, ..read_trade(reader)? }),
        Kind::Quote => MarketEvent::Quote(Quote { instrument, ..read_quote(reader)? }),
        Kind::Bar => MarketEvent::Bar(Bar { instrument, ..read_bar(reader)? }),
        Kind::Spread => {
            let sell = reader.instrument(directory)?;
            MarketEvent::Spread(CrossVenueSpread { buy: instrument, sell, ..read_spread(reader)? })
        }
        Kind::Pair => {
            let second = reader.instrument(directory)?;
            MarketEvent::Pair(PairSpread { first: instrument, second, ..read_pair(reader)? })
        }
        Kind::Regime => MarketEvent::Regime(RegimeChange { instrument, ..read_regime(reader)? }),
        Kind::Invalid => MarketEvent::Invalid { instrument, time: reader.time("time")? },
        Kind::Depth => MarketEvent::Depth(Arc::new(Depth { instrument, ..read_depth(reader)? })),
        Kind::Corporate => MarketEvent::Corporate(CorporateAction { instrument, ..read_corporate(reader)? }),
        Kind::Order | Kind::Listed => return Err(Unreadable::Kind(kind as u8)),
    })
}

fn write_trade(trade: &Trade, writer: &mut Writer<'_>) {
    writer.number(trade.id);
    writer.price(trade.price);
    writer.quantity(trade.quantity);
    writer.byte(trade.aggressor.map_or(0, Codes::encode));
    write_times(trade.venue_time, trade.receive_time, writer);
}

fn read_trade(reader: &mut Reader<'_>) -> Result<Trade, Unreadable> {
    let (id, price, quantity) = (reader.number("id")?, reader.price("price")?, reader.quantity("quantity")?);
    let aggressor = match reader.byte("aggressor")? {
        0 => None,
        code => Some(Side::decode(code).ok_or(Unreadable::Code { field: "aggressor", code })?),
    };
    let (venue_time, receive_time) = read_times(reader)?;
    Ok(Trade { instrument: NOBODY, id, price, quantity, aggressor, venue_time, receive_time })
}

fn write_quote(quote: &Quote, writer: &mut Writer<'_>) {
    writer.level(quote.bid);
    writer.level(quote.ask);
    write_times(quote.venue_time, quote.receive_time, writer);
}

fn read_quote(reader: &mut Reader<'_>) -> Result<Quote, Unreadable> {
    let (bid, ask) = (reader.level("bid")?, reader.level("ask")?);
    let (venue_time, receive_time) = read_times(reader)?;
    Ok(Quote { instrument: NOBODY, bid, ask, venue_time, receive_time })
}

/// The close time stands there although a bar by time has it twice: other rules have nothing else to say when a bar
/// ended.
fn write_bar(bar: &Bar, writer: &mut Writer<'_>) {
    rule::write(bar.rule, writer);
    writer.time(bar.open_time);
    writer.later(bar.open_time, bar.close_time);
    writer.number(u64::from(bar.trades));
    writer.price(bar.open);
    for price in [bar.high, bar.low, bar.close] {
        writer.signed(price.raw().wrapping_sub(bar.open.raw()));
    }
    writer.quantity(bar.volume);
    writer.number(u64::from(bar.number));
    writer.number(u64::from(bar.revision));
}

fn read_bar(reader: &mut Reader<'_>) -> Result<Bar, Unreadable> {
    let rule = rule::read(reader)?;
    let open_time = reader.time("open_time")?;
    let close_time = reader.later("close_time", open_time)?;
    let (trades, open) = (reader.small("trades")?, reader.price("open")?);
    let mut price = |field| Ok(Price::from_raw(open.raw().wrapping_add(reader.signed(field)?)));
    let (high, low, close) = (price("high")?, price("low")?, price("close")?);
    let volume = reader.quantity("volume")?;
    let (number, revision) = (reader.small("number")?, reader.small("revision")?);
    let is_in_order = rule.period().is_none_or(|period| open_time.plus(period) == close_time);
    if !is_in_order {
        return Err(Unreadable::Range("close_time"));
    }
    let instrument = NOBODY;
    Ok(Bar {
        instrument,
        trades,
        rule,
        open_time,
        close_time,
        open,
        high,
        low,
        close,
        volume,
        number,
        revision,
    })
}

fn write_spread(
    spread: &CrossVenueSpread,
    directory: &Directory,
    writer: &mut Writer<'_>,
) -> Result<(), Unsendable> {
    writer.instrument(spread.sell, directory)?;
    writer.number(spread.id);
    writer.byte(spread.phase.encode());
    writer.short_text(spread.asset.as_str());
    writer.price(spread.buy_price);
    writer.price(spread.sell_price);
    writer.quantity(spread.quantity);
    writer.money(spread.gross);
    writer.money(spread.fees);
    writer.rate(spread.net_rate);
    writer.span(spread.buy_age);
    writer.span(spread.sell_age);
    writer.time(spread.time);
    Ok(())
}

fn read_spread(reader: &mut Reader<'_>) -> Result<CrossVenueSpread, Unreadable> {
    Ok(CrossVenueSpread {
        buy: NOBODY,
        sell: NOBODY,
        id: reader.number("id")?,
        phase: reader.code("phase")?,
        asset: currency("asset", reader)?,
        buy_price: reader.price("buy_price")?,
        sell_price: reader.price("sell_price")?,
        quantity: reader.quantity("quantity")?,
        gross: reader.money("gross")?,
        fees: reader.money("fees")?,
        net_rate: reader.rate("net_rate")?,
        buy_age: reader.span("buy_age")?,
        sell_age: reader.span("sell_age")?,
        time: reader.time("time")?,
    })
}

pub(super) fn currency(field: &'static str, reader: &mut Reader<'_>) -> Result<Currency, Unreadable> {
    Currency::new(reader.short_text(field)?).ok_or(Unreadable::Text(field))
}

fn write_pair(spread: &PairSpread, directory: &Directory, writer: &mut Writer<'_>) -> Result<(), Unsendable> {
    writer.instrument(spread.second, directory)?;
    writer.number(spread.id);
    writer.byte(spread.phase.encode());
    writer.price(spread.first_price);
    writer.price(spread.second_price);
    [spread.hedge_ratio, spread.z_score, spread.correlation].into_iter().for_each(|rate| writer.rate(rate));
    writer.number(u64::from(spread.samples));
    writer.time(spread.time);
    Ok(())
}

fn read_pair(reader: &mut Reader<'_>) -> Result<PairSpread, Unreadable> {
    Ok(PairSpread {
        first: NOBODY,
        second: NOBODY,
        id: reader.number("id")?,
        phase: reader.code::<SpreadPhase>("phase")?,
        first_price: reader.price("first_price")?,
        second_price: reader.price("second_price")?,
        hedge_ratio: reader.rate("hedge_ratio")?,
        z_score: reader.rate("z_score")?,
        correlation: reader.rate("correlation")?,
        samples: reader.small("samples")?,
        time: reader.time("time")?,
    })
}

fn write_regime(change: &RegimeChange, writer: &mut Writer<'_>) {
    writer.byte(change.from.encode());
    writer.byte(change.to.encode());
    [change.share, change.usual, change.z_score].into_iter().for_each(|rate| writer.rate(rate));
    writer.time(change.time);
}

fn read_regime(reader: &mut Reader<'_>) -> Result<RegimeChange, Unreadable> {
    Ok(RegimeChange {
        instrument: NOBODY,
        from: reader.code::<SpreadRegime>("from")?,
        to: reader.code::<SpreadRegime>("to")?,
        share: reader.rate("share")?,
        usual: reader.rate("usual")?,
        z_score: reader.rate("z_score")?,
        time: reader.time("time")?,
    })
}

fn write_depth(depth: &Depth, writer: &mut Writer<'_>) {
    for side in [&depth.bids, &depth.asks] {
        writer.number(u64::try_from(side.len()).unwrap_or(u64::MAX));
        side.iter().for_each(|level| writer.level(*level));
    }
    write_times(depth.venue_time, depth.receive_time, writer);
}

fn read_depth(reader: &mut Reader<'_>) -> Result<Depth, Unreadable> {
    let (bids, asks) = (read_levels("bids", reader)?, read_levels("asks", reader)?);
    let (venue_time, receive_time) = read_times(reader)?;
    Ok(Depth { instrument: NOBODY, bids, asks, venue_time, receive_time })
}

/// A count is believed only as far as there are bytes for it, so that a wrong one takes no memory.
fn read_levels(field: &'static str, reader: &mut Reader<'_>) -> Result<Vec<Level>, Unreadable> {
    const LEVEL_BYTES_MIN: usize = 2;
    let count: usize = reader.small(field)?;
    if count > reader.left() / LEVEL_BYTES_MIN {
        return Err(Unreadable::Cut(field));
    }
    (0..count).map(|_| reader.level(field)).collect()
}

fn write_corporate(action: &CorporateAction, writer: &mut Writer<'_>) {
    writer.time(action.time);
    match action.terms {
        CorporateTerms::Split(Split { numerator, denominator }) => {
            writer.byte(SPLIT);
            writer.number(u64::from(numerator));
            writer.number(u64::from(denominator));
        }
        CorporateTerms::Dividend(Dividend { per_share }) => {
            writer.byte(DIVIDEND);
            writer.price(per_share);
        }
    }
}

fn read_corporate(reader: &mut Reader<'_>) -> Result<CorporateAction, Unreadable> {
    let time = reader.time("time")?;
    let terms = match reader.byte("terms")? {
        SPLIT => CorporateTerms::Split(Split {
            numerator: reader.small("numerator")?,
            denominator: reader.small("denominator")?,
        }),
        DIVIDEND => CorporateTerms::Dividend(Dividend { per_share: reader.price("per_share")? }),
        code => return Err(Unreadable::Code { field: "terms", code }),
    };
    Ok(CorporateAction { instrument: NOBODY, time, terms })
}

fn write_times(venue: Timestamp, receive: Timestamp, writer: &mut Writer<'_>) {
    writer.time(venue);
    writer.later(venue, receive);
}

fn read_times(reader: &mut Reader<'_>) -> Result<(Timestamp, Timestamp), Unreadable> {
    let venue = reader.time("venue_time")?;
    Ok((venue, reader.later("receive_time", venue)?))
}

/// Takes the place of the instrument until the caller puts it in.
const NOBODY: domain::InstrumentId = domain::InstrumentId(u32::MAX);
