//! How many requests a tenant may make, told in every answer.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::TenantId;
use resilience::rate::{KeyedRateLimit, Limited, Quota};

use crate::auth::Authenticated;
use crate::config::TenantRate;
use crate::problem::Problem;
use crate::state::AppState;

/// Tenants that are counted at once.
const TENANTS_MAX: usize = 10_000;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");
const OLD: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-reset"),
];

/// The limit in force; another one begins anew.
pub(crate) struct TenantLimit(RwLock<(TenantRate, Option<Arc<KeyedRateLimit<TenantId>>>)>);

impl TenantLimit {
    pub(crate) fn new(rate: TenantRate) -> Self {
        Self(RwLock::new((rate, limit(rate))))
    }

    pub(crate) fn set(&self, rate: TenantRate) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if current.0 != rate {
            *current = (rate, limit(rate));
        }
    }

    fn current(&self) -> (TenantRate, Option<Arc<KeyedRateLimit<TenantId>>>) {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Figures that make no limit limit nothing; configuration refuses them before.
fn limit(rate: TenantRate) -> Option<Arc<KeyedRateLimit<TenantId>>> {
    KeyedRateLimit::new(Quota::of(rate.requests, rate.window), TENANTS_MAX).ok().map(Arc::new)
}

/// Counts the request for the tenant of its token, and says 429 when there were too many.
pub(crate) async fn tenant_rate(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (rate, limit) = state.tenant_limit.current();
    let who = request.extensions().get::<Authenticated>().cloned();
    let (Some(limit), Some(who)) = (limit, who) else { return next.run(request).await };
    match limit.check(&who.tenant()) {
        Ok(left) => {
            let mut response = next.run(request).await;
            tell(response.headers_mut(), rate, left.remaining(), left.reset_after());
            response
        }
        Err(limited) => refused(&who, rate, &limited),
    }
}

fn refused(who: &Authenticated, rate: TenantRate, limited: &Limited) -> Response {
    let (tenant, user) = (who.tenant(), &who.user().username);
    tracing::debug!(target: "security", kind = "rate_limited", %tenant, user, "a tenant made too many requests");
    metrics::counter!("http_requests_limited_total", "by" => "tenant").increment(1);
    let seconds = seconds(limited.retry_after).max(1);
    let detail = format!("your tenant made too many requests; try again in {seconds} s");
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", &detail).retry_after(seconds);
    let mut response = problem.into_response();
    tell(response.headers_mut(), rate, 0, limited.retry_after);
    response
}

/// The headers of the IETF draft, and those that older clients know.
fn tell(headers: &mut HeaderMap, rate: TenantRate, left: u32, reset: Duration) {
    let (window, reset) = (seconds(rate.window), seconds(reset));
    let mut put = |name: HeaderName, text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    };
    put(POLICY, format!("\"tenant\";q={};w={window}", rate.requests));
    put(LEFT, format!("\"tenant\";r={left};t={reset}"));
    let [limit, remaining, resets] = OLD;
    put(limit, rate.requests.to_string());
    put(remaining, left.to_string());
    put(resets, reset.to_string());
}

/// Rounded up, so that whoever comes back then is not too early.
fn seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}
