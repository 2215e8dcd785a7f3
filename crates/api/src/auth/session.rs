use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use domain::{Span, TenantId, Timestamp};
use store::TenantAccess;

use super::users::authenticate;
use crate::history::Known;
use crate::model::User;
use crate::problem::Problem;
use crate::state::AppState;

/// Who is asking. Only a verified token makes one, and every route of an account takes its tenant from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    pub(super) known: Known,
    pub(super) expires: Timestamp,
}

impl Authenticated {
    #[must_use]
    pub const fn user(&self) -> &User {
        &self.known.user
    }

    /// The right to the tenant's rows.
    #[must_use]
    pub const fn access(&self) -> TenantAccess {
        self.known.access
    }

    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.known.access.tenant()
    }

    /// How long the token is still good for; zero when it is not.
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> Span {
        self.expires.since(now).max(Span::ZERO)
    }

    /// # Errors
    /// 403 for a role that only reads.
    pub fn may_trade(&self) -> Result<(), Problem> {
        if self.user().role.may_trade() {
            return Ok(());
        }
        Err(Problem::of_status(StatusCode::FORBIDDEN))
    }
}

/// Lets a request pass that carries a valid bearer token, and says so to the handlers.
pub(crate) async fn require_token(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let token = bearer(request.headers()).ok_or_else(|| Problem::of_status(StatusCode::UNAUTHORIZED))?;
    let session = authenticate(&state, token).await?;
    request.extensions_mut().insert(session);
    Ok(next.run(request).await)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::of_status(StatusCode::UNAUTHORIZED))
    }
}
