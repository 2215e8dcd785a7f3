//! What operators see and change; for administrators alone.

mod alerts;
mod configuration;
mod dead_letters;
mod flags;
mod health;
mod log;
mod pipeline;
mod policies;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::operations::OperationError;
use crate::problem::Problem;
use crate::state::AppState;

const REASON_CHARACTERS_MAX: usize = 200;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health::operations_health))
        .routes(routes!(health::check_component))
        .routes(routes!(policies::policies))
        .routes(routes!(policies::set_breaker))
        .routes(routes!(flags::flags))
        .routes(routes!(flags::set_flag, flags::drop_flag))
        .routes(routes!(alerts::alerts))
        .routes(routes!(alerts::silence, alerts::unsilence))
        .routes(routes!(log::log))
        .routes(routes!(pipeline::pipeline))
        .routes(routes!(dead_letters::dead_letters))
        .routes(routes!(dead_letters::dead_letter, dead_letters::discard_dead_letter))
        .routes(routes!(dead_letters::replay_dead_letter))
        .routes(routes!(configuration::configuration))
        .routes(routes!(configuration::reload))
}

fn problem(error: OperationError, what: &str) -> Problem {
    match error {
        OperationError::NotFound => Problem::not_found(what),
        OperationError::Refused(why) => Problem::refused(&why),
        OperationError::Cursor => super::invalid("cursor", &error.to_string()),
        OperationError::Busy(why) => Problem::busy(&why),
    }
}
