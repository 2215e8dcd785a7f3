use axum::Json;
use axum::extract::{Path, State};

use super::problem;
use crate::auth::Operator;
use crate::body::Asked;
use crate::model::DeadLetterPage;
use crate::model::operations::{DeadLetterDeed, DeadLetterDone, DeadLetterView};
use crate::problem::Problem;
use crate::routes::Paging;
use crate::state::AppState;

/// What sinks refused for good, newest first.
#[utoipa::path(
    get, path = "/api/v1/operations/dead-letters", tag = "operations", params(Paging),
    responses((status = 200, body = DeadLetterPage))
)]
pub(in crate::routes) async fn dead_letters(
    State(state): State<AppState>,
    _who: Operator,
    Asked(paging): Asked<Paging>,
) -> Result<Json<DeadLetterPage>, Problem> {
    let (cut, operations) = (paging.cut()?, state.operations.clone());
    let read = state.blocking(move || operations.dead_letters(&cut)).await?;
    read.map(Json).map_err(|error| problem(error, "dead letter"))
}

/// One dead letter.
#[utoipa::path(
    get, path = "/api/v1/operations/dead-letters/{number}", tag = "operations",
    params(("number" = u64, Path)),
    responses((status = 200, body = DeadLetterView))
)]
pub(in crate::routes) async fn dead_letter(
    State(state): State<AppState>,
    _who: Operator,
    Path(number): Path<String>,
) -> Result<Json<DeadLetterView>, Problem> {
    let (number, operations) = (numbered(&number)?, state.operations.clone());
    let read = state.blocking(move || operations.dead_letter(number)).await?;
    read.map(Json).map_err(|error| problem(error, "dead letter"))
}

/// Delivers the item once more, to the sink that refused it, and takes the letter out. Doing it twice does no harm.
#[utoipa::path(
    post, path = "/api/v1/operations/dead-letters/{number}/replay", tag = "operations",
    params(("number" = u64, Path)),
    responses((status = 200, body = DeadLetterDone))
)]
pub(in crate::routes) async fn replay_dead_letter(
    State(state): State<AppState>,
    who: Operator,
    Path(number): Path<String>,
) -> Result<Json<DeadLetterDone>, Problem> {
    act(&state, &who, &number, DeadLetterDeed::Replayed).await
}

/// Lets an item go for good.
#[utoipa::path(
    delete, path = "/api/v1/operations/dead-letters/{number}", tag = "operations",
    params(("number" = u64, Path)),
    responses((status = 200, body = DeadLetterDone))
)]
pub(in crate::routes) async fn discard_dead_letter(
    State(state): State<AppState>,
    who: Operator,
    Path(number): Path<String>,
) -> Result<Json<DeadLetterDone>, Problem> {
    act(&state, &who, &number, DeadLetterDeed::Discarded).await
}

async fn act(
    state: &AppState,
    who: &Operator,
    number: &str,
    done: DeadLetterDeed,
) -> Result<Json<DeadLetterDone>, Problem> {
    who.changes("dead letter", number);
    let (number, by, operations) = (numbered(number)?, who.name().to_owned(), state.operations.clone());
    let acted = state.blocking(move || match done {
        DeadLetterDeed::Replayed => operations.replay_dead_letter(number, &by),
        DeadLetterDeed::Discarded => operations.discard_dead_letter(number, &by),
    });
    acted.await?.map_err(|error| problem(error, "dead letter"))?;
    Ok(Json(DeadLetterDone { number, done }))
}

fn numbered(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::not_found("dead letter"))
}
