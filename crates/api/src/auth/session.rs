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
use crate::model::{Role, User};
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

    /// Whether the program's operation is theirs to see and change.
    #[must_use]
    pub fn may_operate(&self) -> bool {
        self.user().role == Role::Admin
    }

    /// # Errors
    /// 403 for a role that only reads.
    pub fn may_trade(&self) -> Result<(), Problem> {
        if self.user().role.may_trade() {
            return Ok(());
        }
        Err(self.forbidden())
    }

    fn forbidden(&self) -> Problem {
        let user = &self.user().username;
        tracing::warn!(target: "security", kind = "forbidden", user, "a role was not enough");
        Problem::of_status(StatusCode::FORBIDDEN)
    }
}

/// Who operates the program. 403 for everybody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Operator(Authenticated);

impl Operator {
    pub(crate) fn name(&self) -> &str {
        &self.0.user().username
    }

    pub(crate) const fn tenant(&self) -> TenantId {
        self.0.tenant()
    }

    /// Tells the security log what an operator is about to change.
    pub(crate) fn changes(&self, kind: &'static str, what: &str) {
        tracing::info!(target: "security", kind, what, user = self.name(), "an operator changes something");
    }
}

impl FromRequestParts<AppState> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let who = Authenticated::from_request_parts(parts, state).await?;
        if who.may_operate() { Ok(Self(who)) } else { Err(who.forbidden()) }
    }
}

/// Whether a request to an open route comes from an operator. Components of accounts are named after what is their
/// tenant's, and messages may hold addresses.
///
/// # Errors
/// 401 for a token that is not good: whoever sends one wants to be known.
pub(crate) async fn may_see_detail(state: &AppState, headers: &HeaderMap) -> Result<bool, Problem> {
    if !headers.contains_key(AUTHORIZATION) {
        return Ok(false);
    }
    let token = bearer(headers).ok_or_else(|| Problem::of_status(StatusCode::UNAUTHORIZED))?;
    authenticate(state, token).await.map(|who| who.may_operate())
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
