use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;

use crate::problem::Problem;
use crate::state::AppState;
use crate::stream::run;

/// Bytes of a frame from a client.
const CLIENT_FRAME_BYTES_MAX: usize = 4 * 1024;

/// A WebSocket of live frames. The first frame must be `{"type":"authenticate","token":"…"}`, the next
/// `{"type":"subscribe","topics":["quotes","bars","spreads","orders","fills","accounts","health"]}`.
#[utoipa::path(
    get, path = "/api/v1/stream", tag = "stream", security(()),
    responses((status = 101, description = "The connection becomes a WebSocket"))
)]
pub(super) async fn stream(
    State(state): State<AppState>,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    let permit = Arc::clone(&state.streams)
        .try_acquire_owned()
        .map_err(|_| Problem::busy("too many streams are open; try again"))?;
    let upgrade = upgrade.max_message_size(CLIENT_FRAME_BYTES_MAX).max_frame_size(CLIENT_FRAME_BYTES_MAX);
    Ok(upgrade.on_upgrade(async move |socket| {
        run(state, socket).await;
        drop(permit);
    }))
}
