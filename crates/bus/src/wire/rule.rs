//! Rules of bars: a code, then what the rule is about.

use domain::{BarPeriod, BarRule};

use super::{Reader, Unreadable, Writer};

const BY_TIME: u8 = 1;
const BY_SESSION: u8 = 2;
const BY_TICKS: u8 = 3;
const BY_VOLUME: u8 = 4;
const BY_NOTIONAL: u8 = 5;
const BY_IMBALANCE: u8 = 6;

pub(super) fn write(rule: BarRule, writer: &mut Writer<'_>) {
    match rule {
        BarRule::Time(period) => {
            writer.byte(BY_TIME);
            writer.span(period.span());
        }
        BarRule::Session => writer.byte(BY_SESSION),
        BarRule::Ticks(count) => {
            writer.byte(BY_TICKS);
            writer.number(u64::from(count));
        }
        BarRule::Volume(volume) => {
            writer.byte(BY_VOLUME);
            writer.quantity(volume);
        }
        BarRule::Notional(value) => {
            writer.byte(BY_NOTIONAL);
            writer.money(value);
        }
        BarRule::Imbalance(count) => {
            writer.byte(BY_IMBALANCE);
            writer.number(u64::from(count));
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<BarRule, Unreadable> {
    let rule = match reader.byte("rule")? {
        BY_TIME => {
            let period = BarPeriod::new(reader.span("period")?).ok_or(Unreadable::Range("period"))?;
            BarRule::Time(period)
        }
        BY_SESSION => BarRule::Session,
        BY_TICKS => BarRule::Ticks(reader.small("ticks")?),
        BY_VOLUME => BarRule::Volume(reader.quantity("rule's volume")?),
        BY_NOTIONAL => BarRule::Notional(reader.money("rule's notional")?),
        BY_IMBALANCE => BarRule::Imbalance(reader.small("imbalance")?),
        code => return Err(Unreadable::Code { field: "rule", code }),
    };
    if rule.is_sound() { Ok(rule) } else { Err(Unreadable::Range("rule")) }
}
