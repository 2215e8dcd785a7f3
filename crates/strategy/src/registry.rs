//! Every strategy that is built in, by name.

use domain::Instruments;
use engine::Strategy;
use serde_json::Value;

use crate::native::{buy_and_hold, sma_cross, spread_capture};
use crate::parameters::{ParameterDoc, Parameters, StrategyDoc};
use crate::{BuyAndHold, Several, SmaCross, SpreadCapture, StrategyError};

const SEVERAL: StrategyDoc = StrategyDoc {
    name: "several",
    summary: "Runs several strategies in one account. They see one position: give each its own instruments.",
    parameters: &[ParameterDoc {
        name: "strategies",
        expected: "a list of 1 to 64 objects {\"name\": …, \"parameters\": {…}}, none of them `several`",
        default: None,
        summary: "What runs, in the order in which it is asked.",
    }],
};

const CATALOG: [StrategyDoc; 4] = [sma_cross::DOC, spread_capture::DOC, buy_and_hold::DOC, SEVERAL];

/// How many strategies one account runs at most.
const STRATEGIES_MAX: usize = 64;

/// The strategies there are, with their parameters.
#[must_use]
pub const fn catalog() -> &'static [StrategyDoc] {
    &CATALOG
}

/// Makes the strategy called `name`. `parameters` is a JSON object as the [`catalog`] describes it; `instruments`
/// is the table of the account that it will run in.
///
/// # Errors
/// [`StrategyError`] names the parameter and says what was expected.
pub fn build(
    name: &str,
    parameters: &Value,
    instruments: &Instruments,
) -> Result<Box<dyn Strategy>, StrategyError> {
    let Some(doc) = CATALOG.iter().find(|doc| doc.name == name) else {
        let known: Vec<&str> = CATALOG.iter().map(|doc| doc.name).collect();
        return Err(StrategyError::UnknownStrategy { name: name.to_owned(), known: known.join(", ") });
    };
    let parameters = Parameters::new(parameters, doc)?;
    Ok(match doc.name {
        "sma_cross" => Box::new(SmaCross::from_parameters(&parameters, instruments)?),
        "spread_capture" => Box::new(SpreadCapture::from_parameters(&parameters, instruments)?),
        "buy_and_hold" => Box::new(BuyAndHold::from_parameters(&parameters, instruments)?),
        _ => Box::new(several(&parameters, instruments)?),
    })
}

fn several(parameters: &Parameters<'_>, instruments: &Instruments) -> Result<Several, StrategyError> {
    let listed: Vec<Value> =
        parameters.plain("strategies")?.ok_or_else(|| parameters.missing("strategies"))?;
    let is_part = |part: &Value| part["name"].is_string() && part["name"] != SEVERAL.name;
    if !(1..=STRATEGIES_MAX).contains(&listed.len()) || !listed.iter().all(is_part) {
        return Err(parameters.invalid("strategies"));
    }
    let built = listed.iter().enumerate().map(|(index, part)| {
        build(part["name"].as_str().unwrap_or_default(), &part["parameters"], instruments)
            .map_err(|cause| StrategyError::Part { number: index + 1, cause: Box::new(cause) })
    });
    built.collect::<Result<Vec<_>, _>>().map(Several::new)
}

#[cfg(test)]
mod tests;
