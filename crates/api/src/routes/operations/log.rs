use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::auth::Operator;
use crate::body::Asked;
use crate::model::operations::{LogLevel, LogLines, LogQuery};
use crate::problem::Problem;
use crate::routes::limit;
use crate::state::AppState;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::routes) struct Wanted {
    /// How many at most; 100 when absent.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<usize>,
    /// Lines that matter at least as much; `info` when absent.
    level: Option<LogLevel>,
    /// A part of the message, the target or a field.
    #[param(max_length = 200)]
    contains: Option<String>,
}

/// The last lines of the log.
#[utoipa::path(
    get, path = "/api/v1/operations/log", tag = "operations", params(Wanted),
    responses((status = 200, body = LogLines))
)]
pub(in crate::routes) async fn log(
    State(state): State<AppState>,
    _who: Operator,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<LogLines>, Problem> {
    let query = LogQuery {
        limit: limit(wanted.limit)?,
        level: wanted.level.unwrap_or(LogLevel::Info),
        contains: wanted.contains.filter(|part| !part.is_empty()),
    };
    Ok(Json(state.operations.log(&query)))
}
