use axum::Json;

use crate::auth::Authenticated;
use crate::model::User;

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/me", tag = "session", responses((status = 200, body = User)))]
pub(super) async fn me(who: Authenticated) -> Json<User> {
    Json(who.user().clone())
}
