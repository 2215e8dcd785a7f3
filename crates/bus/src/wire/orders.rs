//! The bodies of what happened to orders, and of what decides whether an account may trade. The rest of a journal
//! (openings, limits, deposits) stays in it.

use domain::{
    AccountId, Fill, FillId, Link, Order, OrderEvent, OrderId, OrderKind, OrderRequest, StrategyId, TenantId,
    Timestamp, VenueOrderId,
};
use engine::{Entry, Record, RejectReason, Report};

use super::codes::Codes;
use super::{Directory, Reader, Unreadable, Unsendable, Writer};
use crate::AccountEntry;

mod fact {
    pub(super) const SUBMITTED: u8 = 1;
    pub(super) const DENIED: u8 = 2;
    pub(super) const CANCEL_REQUESTED: u8 = 3;
    pub(super) const REPORTED: u8 = 4;
    pub(super) const UNACCOUNTABLE: u8 = 5;
    pub(super) const HALTED: u8 = 6;
    pub(super) const RESUMED: u8 = 7;
    pub(super) const RUNG_SET: u8 = 8;
}

mod event {
    pub(super) const ACCEPTED: u8 = 1;
    pub(super) const REJECTED: u8 = 2;
    pub(super) const FILLED: u8 = 3;
    pub(super) const CANCEL_REQUESTED: u8 = 4;
    pub(super) const CANCELLED: u8 = 5;
    pub(super) const EXPIRED: u8 = 6;
    pub(super) const ANSWER_LOST: u8 = 7;
}

mod kind {
    pub(super) const MARKET: u8 = 1;
    pub(super) const LIMIT: u8 = 2;
    pub(super) const STOP: u8 = 3;
    pub(super) const STOP_LIMIT: u8 = 4;
    pub(super) const TRAILING_STOP: u8 = 5;
}

const REDUCE_ONLY: u8 = 1;
const LINKED: u8 = 2;

pub(super) fn write(
    account: &AccountEntry,
    directory: &Directory,
    writer: &mut Writer<'_>,
) -> Result<(), Unsendable> {
    let Entry { sequence, time, record } = &account.entry;
    writer.bytes(account.tenant.0.as_bytes());
    writer.bytes(account.account.0.as_bytes());
    writer.number(*sequence);
    writer.time(*time);
    match record {
        Record::Submitted { order, equity } => {
            if *order != Order::new(order.id, order.request, *time) {
                return Err(Unsendable::NotSent("an order that is not new"));
            }
            writer.byte(fact::SUBMITTED);
            writer.number(order.id.0);
            write_request(&order.request, directory, writer)?;
            writer.money(*equity);
        }
        Record::Denied { request, reason } => {
            writer.byte(fact::DENIED);
            write_request(request, directory, writer)?;
            writer.json("reason", reason)?;
        }
        Record::CancelRequested(id) => {
            writer.byte(fact::CANCEL_REQUESTED);
            writer.number(id.0);
        }
        Record::Reported(report) => {
            writer.byte(fact::REPORTED);
            write_report(report, *time, directory, writer)?;
        }
        Record::Unaccountable { report, cause } => {
            writer.byte(fact::UNACCOUNTABLE);
            write_report(report, *time, directory, writer)?;
            writer.json("cause", cause)?;
        }
        Record::Halted { kind, note } => {
            writer.byte(fact::HALTED);
            writer.json("halt", kind)?;
            writer.text(note);
        }
        Record::Resumed { note } => {
            writer.byte(fact::RESUMED);
            writer.text(note);
        }
        Record::RungSet { rung, cause } => {
            writer.byte(fact::RUNG_SET);
            writer.json("rung", rung)?;
            writer.text(cause);
        }
        Record::Opened(_) => return Err(Unsendable::NotSent("opened")),
        Record::Corporate(_) => return Err(Unsendable::NotSent("corporate")),
        Record::LimitsSet(_) => return Err(Unsendable::NotSent("limits_set")),
        Record::Deposited { .. } => return Err(Unsendable::NotSent("deposited")),
        Record::Listed(_) => return Err(Unsendable::NotSent("listed")),
        Record::DayOpened { .. } => return Err(Unsendable::NotSent("day_opened")),
    }
    Ok(())
}

pub(super) fn read(reader: &mut Reader<'_>, directory: &Directory) -> Result<AccountEntry, Unreadable> {
    let tenant = TenantId(reader.uuid("tenant")?);
    let account = AccountId(reader.uuid("account")?);
    let (sequence, time) = (reader.number("sequence")?, reader.time("time")?);
    let record = match reader.byte("fact")? {
        fact::SUBMITTED => {
            let (id, request) = (OrderId(reader.number("order")?), read_request(reader, directory)?);
            Record::Submitted { order: Order::new(id, request, time), equity: reader.money("equity")? }
        }
        fact::DENIED => {
            Record::Denied { request: read_request(reader, directory)?, reason: reader.json("reason")? }
        }
        fact::CANCEL_REQUESTED => Record::CancelRequested(OrderId(reader.number("order")?)),
        fact::REPORTED => Record::Reported(read_report(time, reader, directory)?),
        fact::UNACCOUNTABLE => Record::Unaccountable {
            report: read_report(time, reader, directory)?,
            cause: reader.json("cause")?,
        },
        fact::HALTED => Record::Halted { kind: reader.json("halt")?, note: reader.text("note")?.to_owned() },
        fact::RESUMED => Record::Resumed { note: reader.text("note")?.to_owned() },
        fact::RUNG_SET => {
            Record::RungSet { rung: reader.json("rung")?, cause: reader.text("cause")?.to_owned() }
        }
        code => return Err(Unreadable::Code { field: "fact", code }),
    };
    Ok(AccountEntry { tenant, account, entry: Entry { sequence, time, record } })
}

fn write_request(
    request: &OrderRequest,
    directory: &Directory,
    writer: &mut Writer<'_>,
) -> Result<(), Unsendable> {
    writer.instrument(request.instrument, directory)?;
    writer.byte(request.side.encode());
    let (code, prices) = match request.kind {
        OrderKind::Market => (kind::MARKET, [None, None]),
        OrderKind::Limit { price } => (kind::LIMIT, [Some(price), None]),
        OrderKind::Stop { trigger } => (kind::STOP, [Some(trigger), None]),
        OrderKind::StopLimit { trigger, price } => (kind::STOP_LIMIT, [Some(trigger), Some(price)]),
        OrderKind::TrailingStop { distance } => (kind::TRAILING_STOP, [Some(distance), None]),
    };
    writer.byte(code);
    prices.into_iter().flatten().for_each(|price| writer.price(price));
    writer.quantity(request.quantity);
    writer.byte(request.time_in_force.encode());
    let linked = request.link.map_or(0, |_| LINKED);
    writer.byte(if request.reduce_only { REDUCE_ONLY | linked } else { linked });
    if let Some(link) = request.link {
        writer.number(link.group.0);
        writer.byte(link.role.encode());
    }
    writer.number(u64::from(request.strategy.0));
    Ok(())
}

fn read_request(reader: &mut Reader<'_>, directory: &Directory) -> Result<OrderRequest, Unreadable> {
    let instrument = reader.instrument(directory)?;
    let side = reader.code("side")?;
    let kind = match reader.byte("kind")? {
        kind::MARKET => OrderKind::Market,
        kind::LIMIT => OrderKind::Limit { price: reader.price("price")? },
        kind::STOP => OrderKind::Stop { trigger: reader.price("trigger")? },
        kind::STOP_LIMIT => {
            OrderKind::StopLimit { trigger: reader.price("trigger")?, price: reader.price("price")? }
        }
        kind::TRAILING_STOP => OrderKind::TrailingStop { distance: reader.price("distance")? },
        code => return Err(Unreadable::Code { field: "kind", code }),
    };
    let quantity = reader.quantity("quantity")?;
    let time_in_force = reader.code("time_in_force")?;
    let flags = reader.byte("flags")?;
    if flags & !(REDUCE_ONLY | LINKED) != 0 {
        return Err(Unreadable::Code { field: "flags", code: flags });
    }
    let link = if flags & LINKED == 0 {
        None
    } else {
        Some(Link { group: OrderId(reader.number("group")?), role: reader.code("role")? })
    };
    let (reduce_only, strategy) = (flags & REDUCE_ONLY != 0, StrategyId(reader.small("strategy")?));
    Ok(OrderRequest { instrument, side, kind, quantity, time_in_force, reduce_only, link, strategy })
}

fn write_report(
    report: &Report,
    entered: Timestamp,
    directory: &Directory,
    writer: &mut Writer<'_>,
) -> Result<(), Unsendable> {
    writer.later(entered, report.time);
    writer.number(report.order.0);
    match &report.event {
        OrderEvent::Accepted { venue_order_id } => {
            writer.byte(event::ACCEPTED);
            writer.byte(u8::from(venue_order_id.is_some()));
            venue_order_id.iter().for_each(|id| writer.number(id.0));
        }
        OrderEvent::Rejected => writer.byte(event::REJECTED),
        OrderEvent::Filled(fill) => {
            writer.byte(event::FILLED);
            write_fill(fill, entered, directory, writer)?;
        }
        OrderEvent::CancelRequested => writer.byte(event::CANCEL_REQUESTED),
        OrderEvent::Cancelled => writer.byte(event::CANCELLED),
        OrderEvent::Expired => writer.byte(event::EXPIRED),
        OrderEvent::AnswerLost => writer.byte(event::ANSWER_LOST),
    }
    write_reason(report.reason, writer);
    Ok(())
}

fn read_report(
    entered: Timestamp,
    reader: &mut Reader<'_>,
    directory: &Directory,
) -> Result<Report, Unreadable> {
    let time = reader.later("report_time", entered)?;
    let order = OrderId(reader.number("order")?);
    let event = match reader.byte("event")? {
        event::ACCEPTED => OrderEvent::Accepted { venue_order_id: read_venue_order_id(reader)? },
        event::REJECTED => OrderEvent::Rejected,
        event::FILLED => OrderEvent::Filled(read_fill(entered, reader, directory)?),
        event::CANCEL_REQUESTED => OrderEvent::CancelRequested,
        event::CANCELLED => OrderEvent::Cancelled,
        event::EXPIRED => OrderEvent::Expired,
        event::ANSWER_LOST => OrderEvent::AnswerLost,
        code => return Err(Unreadable::Code { field: "event", code }),
    };
    Ok(Report { time, order, event, reason: read_reason(reader)? })
}

fn read_venue_order_id(reader: &mut Reader<'_>) -> Result<Option<VenueOrderId>, Unreadable> {
    match reader.byte("venue_order_id")? {
        0 => Ok(None),
        1 => Ok(Some(VenueOrderId(reader.number("venue_order_id")?))),
        code => Err(Unreadable::Code { field: "venue_order_id", code }),
    }
}

fn write_fill(
    fill: &Fill,
    entered: Timestamp,
    directory: &Directory,
    writer: &mut Writer<'_>,
) -> Result<(), Unsendable> {
    writer.number(fill.id.0);
    writer.number(fill.order.0);
    writer.instrument(fill.instrument, directory)?;
    writer.byte(fill.side.encode());
    writer.byte(fill.liquidity.encode());
    writer.price(fill.price);
    writer.quantity(fill.quantity);
    writer.money(fill.fee);
    writer.later(entered, fill.time);
    Ok(())
}

fn read_fill(entered: Timestamp, reader: &mut Reader<'_>, directory: &Directory) -> Result<Fill, Unreadable> {
    Ok(Fill {
        id: FillId(reader.number("fill")?),
        order: OrderId(reader.number("order")?),
        instrument: reader.instrument(directory)?,
        side: reader.code("side")?,
        liquidity: reader.code("liquidity")?,
        price: reader.price("price")?,
        quantity: reader.quantity("quantity")?,
        fee: reader.money("fee")?,
        time: reader.later("fill_time", entered)?,
    })
}

/// Those without a number of the venue's own, in the order of their codes.
const REASONS: [RejectReason; 6] = [
    RejectReason::NotFound,
    RejectReason::KindNotSupported,
    RejectReason::TimeInForceNotSupported,
    RejectReason::UnknownInstrument,
    RejectReason::NotEnoughLiquidity,
    RejectReason::VenueFull,
];

const NO_REASON: u8 = 0;
const OTHER_REASON: u8 = 255;

fn write_reason(reason: Option<RejectReason>, writer: &mut Writer<'_>) {
    match reason {
        None => writer.byte(NO_REASON),
        Some(RejectReason::Other(number)) => {
            writer.byte(OTHER_REASON);
            writer.number(u64::from(number));
        }
        Some(reason) => {
            let place = REASONS.iter().position(|known| *known == reason).unwrap_or(REASONS.len());
            writer.byte(u8::try_from(place + 1).unwrap_or(NO_REASON));
        }
    }
}

fn read_reason(reader: &mut Reader<'_>) -> Result<Option<RejectReason>, Unreadable> {
    match reader.byte("reason")? {
        NO_REASON => Ok(None),
        OTHER_REASON => Ok(Some(RejectReason::Other(reader.small("reason")?))),
        code => {
            let known = REASONS.get(usize::from(code) - 1).copied();
            known.map(Some).ok_or(Unreadable::Code { field: "reason", code })
        }
    }
}
