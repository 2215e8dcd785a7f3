use axum::Json;
use axum::extract::State;
use domain::{BarRule, InstrumentId};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Paging, invalid};
use crate::body::Asked;
use crate::model::BarPage;
use crate::problem::Problem;
use crate::state::AppState;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BarsOf {
    instrument_id: u32,
    /// Which bars: a length such as `1m`, or `session`, `ticks:1000`, `volume:2.5`, `notional:1000000`,
    /// `imbalance:500`. There are those that `pipeline.bars` makes and those that were imported.
    #[param(example = "1m")]
    rule: String,
    /// How many at most; 100 when absent.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<usize>,
    /// The `next_cursor` of the piece before.
    cursor: Option<String>,
}

/// The bars of one instrument, newest first.
#[utoipa::path(get, path = "/api/v1/bars", tag = "market", params(BarsOf), responses((status = 200, body = BarPage)))]
pub(super) async fn bars(
    State(state): State<AppState>,
    Asked(asked): Asked<BarsOf>,
) -> Result<Json<BarPage>, Problem> {
    let rule: BarRule =
        asked.rule.parse().map_err(|error: domain::BarRuleError| invalid("rule", &error.to_string()))?;
    let cut = Paging { limit: asked.limit, cursor: asked.cursor }.cut()?;
    let instrument = InstrumentId(asked.instrument_id);
    state.read(move |history| history.bars(instrument, rule, &cut)).await.map(Json)
}
