use domain::{Currency, Instruments, Money, Rate, Span};

use super::SpreadCapture;
use crate::StrategyError;
use crate::parameters::{ParameterDoc, Parameters, StrategyDoc};

pub(crate) const DOC: StrategyDoc = StrategyDoc {
    name: "spread_capture",
    summary: "Buys on the venue where an asset is cheap and sells where it is dear, when that pays after fees.",
    parameters: &[
        ParameterDoc {
            name: "assets",
            expected: "a list of assets such as [\"BTC\", \"ETH\"]",
            default: Some("all"),
            summary: "Which assets are traded.",
        },
        ParameterDoc {
            name: "min_net_basis_points",
            expected: "a decimal from 0 to 1000",
            default: Some("2"),
            summary: "The net profit, after both taker fees, from which a spread is traded.",
        },
        ParameterDoc {
            name: "max_quote_age_ms",
            expected: "whole milliseconds",
            default: Some("1000"),
            summary: "How old either quote may be.",
        },
        ParameterDoc {
            name: "pair_notional",
            expected: "an amount of money above zero",
            default: Some("2000"),
            summary: "What is bought, and sold, at most at once.",
        },
        ParameterDoc {
            name: "inventory_notional",
            expected: "an amount of money above zero",
            default: Some("20000"),
            summary: "How large a position, long or short, may become on one venue.",
        },
        ParameterDoc {
            name: "leg_timeout_ms",
            expected: "whole milliseconds",
            default: Some("1000"),
            summary: "How long a missed leg may leave the asset's positions unequal before a market order closes it.",
        },
        ParameterDoc {
            name: "rest_ms",
            expected: "whole milliseconds",
            default: Some("5000"),
            summary: "How long the asset is left alone after that.",
        },
    ],
};

/// What [`SpreadCapture`] trades and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpreadCaptureSettings {
    /// Empty for all.
    pub assets: Vec<Currency>,
    pub min_net_rate: Rate,
    pub max_quote_age: Span,
    pub pair_notional: Money,
    pub inventory_notional: Money,
    pub leg_timeout: Span,
    pub rest: Span,
}

impl SpreadCapture {
    pub(crate) fn from_parameters(
        parameters: &Parameters<'_>,
        instruments: &Instruments,
    ) -> Result<Self, StrategyError> {
        let millis = |name, default: u32| {
            let given: Option<u32> = parameters.plain(name)?;
            Ok(Span::from_millis(i64::from(given.unwrap_or(default))))
        };
        let settings = SpreadCaptureSettings {
            assets: assets(parameters, instruments)?,
            min_net_rate: min_net_rate(parameters)?,
            max_quote_age: millis("max_quote_age_ms", 1_000)?,
            pair_notional: money(parameters, "pair_notional", 2_000)?,
            inventory_notional: money(parameters, "inventory_notional", 20_000)?,
            leg_timeout: millis("leg_timeout_ms", 1_000)?,
            rest: millis("rest_ms", 5_000)?,
        };
        Ok(Self::new(settings, instruments))
    }
}

fn assets(parameters: &Parameters<'_>, instruments: &Instruments) -> Result<Vec<Currency>, StrategyError> {
    let assets: Vec<Currency> = parameters.plain("assets")?.unwrap_or_default();
    let is_traded = |asset: &Currency| instruments.iter().any(|instrument| instrument.base == *asset);
    if assets.iter().all(is_traded) { Ok(assets) } else { Err(parameters.invalid("assets")) }
}

/// A basis point is 10⁻⁴.
fn min_net_rate(parameters: &Parameters<'_>) -> Result<Rate, StrategyError> {
    let points: Rate = parameters.decimal("min_net_basis_points")?.unwrap_or(Rate::from_raw(2 * Rate::SCALE));
    let in_range = (0..=1_000 * Rate::SCALE).contains(&points.raw());
    in_range
        .then_some(Rate::from_raw(points.raw() / 10_000))
        .ok_or_else(|| parameters.invalid("min_net_basis_points"))
}

fn money(parameters: &Parameters<'_>, name: &'static str, default: i64) -> Result<Money, StrategyError> {
    let money: Money = parameters.decimal(name)?.unwrap_or(Money::from_units(default));
    if money > Money::ZERO { Ok(money) } else { Err(parameters.invalid(name)) }
}
