use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::auth::require_token;
use crate::state::AppState;
use crate::{docs, layers, page, routes};

/// The metrics alone, for a listener of their own.
pub fn metrics_router(state: AppState) -> Router {
    let (metrics, _) = routes::metrics_alone().split_for_parts();
    layers::around(metrics.with_state(state.clone()), &state)
}

/// Every route with its layers, ready to be served. Serve it with the peer's address as connect info.
pub fn router(state: AppState) -> Router {
    let (open, _) = routes::open().split_for_parts();
    let (guarded, _) = routes::guarded().split_for_parts();
    let guarded = guarded
        .route_layer(from_fn_with_state(state.clone(), layers::tenant_rate))
        .route_layer(from_fn_with_state(state.clone(), require_token));
    let router = open.merge(guarded).with_state(state.clone());
    let router = router.merge(docs::router()).fallback(page::page);
    layers::around(router, &state)
}
