use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Json;
use axum::extract::{ConnectInfo, Extension, State};
use axum::http::StatusCode;
use domain::Span;
use store::PASSWORD_BYTES_MAX;

use crate::auth::TOKEN_SECONDS;
use crate::body::{Body, Fields, FromFields};
use crate::model::{Login, LoginRequest, User};
use crate::problem::{Problem, Written};
use crate::state::AppState;

/// Exchanges a name and a password for an access token.
#[utoipa::path(
    post, path = "/api/v1/login", tag = "session", security(()),
    request_body = LoginRequest,
    responses(
        (status = 200, body = Login),
        (status = 401, description = "`invalid_credentials`", body = Written, content_type = "application/problem+json"),
        (status = 429, description = "Too many failures; `Retry-After` says when", body = Written, content_type = "application/problem+json"),
    )
)]
pub(super) async fn login(
    State(state): State<AppState>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Body(request): Body<LoginRequest>,
) -> Result<Json<Login>, Problem> {
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.0.ip());
    let user = checked(&state, address, request).await?;
    let access_token = state.tokens.issue(user.id, state.clock.now()).map_err(|fault| {
        tracing::error!(%fault, "no token can be issued");
        Problem::internal()
    })?;
    Ok(Json(Login { access_token, token_type: "Bearer", expires_in_seconds: TOKEN_SECONDS, user }))
}

async fn checked(state: &AppState, address: IpAddr, request: LoginRequest) -> Result<User, Problem> {
    let LoginRequest { username, password } = request;
    state.logins.begin(address, &username, state.clock.now()).map_err(|wait| {
        security("login_locked_out", address, &username);
        too_many(wait)
    })?;
    let _permit = state.password_checks.acquire().await.map_err(|_| Problem::internal())?;
    let name = username.clone();
    let found = state.block(move |history| history.login(&name, password)).await;
    match found {
        Ok(Some(known)) => {
            state.logins.forget(address, &username);
            security("login", address, &username);
            Ok(known.user)
        }
        Ok(None) => {
            metrics::counter!("login_failures_total").increment(1);
            security("login_failed", address, &username);
            let detail = "the name or the password is wrong";
            Err(Problem::new(StatusCode::UNAUTHORIZED, "invalid_credentials", detail))
        }
        Err(problem) => {
            state.logins.refund(address, &username);
            Err(problem)
        }
    }
}

/// The name is the caller's to invent; the log escapes it.
fn security(kind: &'static str, address: IpAddr, user: &str) {
    tracing::info!(target: "security", kind, %address, user, "somebody signs in");
}

fn too_many(wait: Span) -> Problem {
    let seconds = u64::try_from(wait.millis()).unwrap_or_default().div_ceil(1_000).max(1);
    let detail = format!("too many failed logins; try again in {seconds} s");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_logins", &detail).retry_after(seconds)
}

impl FromFields for LoginRequest {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (username, password) = (fields.text("username", 64), fields.text("password", PASSWORD_BYTES_MAX));
        if password.as_ref().is_some_and(|password| password.len() > PASSWORD_BYTES_MAX) {
            fields.fault("password", format!("must have at most {PASSWORD_BYTES_MAX} bytes"));
        }
        Some(Self { username: username?, password: password? })
    }
}
