use axum::Json;
use axum::extract::State;
use domain::{BarPeriod, InstrumentId};
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
    /// 1 or 60.
    #[param(example = 60)]
    period_seconds: u32,
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
    let period = match asked.period_seconds {
        1 => BarPeriod::SECOND,
        60 => BarPeriod::MINUTE,
        _ => return Err(invalid("period_seconds", "must be 1 or 60")),
    };
    let cut = Paging { limit: asked.limit, cursor: asked.cursor }.cut()?;
    let instrument = InstrumentId(asked.instrument_id);
    state.read(move |history| history.bars(instrument, period, &cut)).await.map(Json)
}
