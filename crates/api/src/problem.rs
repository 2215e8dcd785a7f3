//! What every refusal and failure looks like from outside: `application/problem+json`.
//!
//! A handler answers with a [`Problem`]; the envelope layer writes it, so that the correlation id and the shape
//! are the same for errors that no handler made (404, 405, 413, a panic).

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use resilience::{Category, Severity, names};
use serde::Serialize;
use utoipa::ToSchema;

use crate::platform::CommandError;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Text that leaves is cut here.
const DETAIL_CHARACTERS_MAX: usize = 500;

/// One field of a request that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Option<Vec<FieldError>>,
    retry_after_seconds: Option<u64>,
}

/// Why a request was not carried out.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Written<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    /// A stable word for programs.
    code: &'static str,
    /// Where it belongs: `network`, `storage`, `configuration`, `authentication`, `validation`, `trading`,
    /// `market_data`, `capacity` or `internal`.
    category: &'static str,
    /// How much it matters: `low`, `medium`, `high` or `critical`.
    severity: &'static str,
    /// Whether the very same request may be sent again, after `Retry-After` where that is given. False also where nobody
    /// knows what became of an order.
    retryable: bool,
    /// The id of the request, for whoever reads the logs.
    correlation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<FieldError>, required = false)]
    errors: Option<&'a [FieldError]>,
}

impl Problem {
    /// `code` is a stable word for programs, `detail` a sentence for people; it is cleaned before it leaves.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: &str) -> Self {
        Self { status, code, detail: outward(detail), errors: None, retry_after_seconds: None }
    }

    /// The problem of an error status that came without one.
    #[must_use]
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::BAD_REQUEST => ("bad_request", "the request cannot be understood"),
            StatusCode::UNAUTHORIZED => ("unauthorised", "a valid bearer token is needed"),
            StatusCode::FORBIDDEN => ("forbidden", "your role does not allow this"),
            StatusCode::NOT_FOUND => ("not_found", "there is nothing here"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "this path does not answer to this method")
            }
            StatusCode::REQUEST_TIMEOUT => ("timed_out", "the request took too long and was given up"),
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "the body is larger than 64 KiB"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "send application/json"),
            StatusCode::UPGRADE_REQUIRED => ("upgrade_required", "this path speaks WebSocket only"),
            status if status.is_server_error() => ("internal", "something failed here; the log says what"),
            _ => ("refused", "the request was refused"),
        };
        Self::new(status, code, detail)
    }

    #[must_use]
    pub fn unauthorised(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorised", detail)
    }

    /// The answer for what is absent and for what belongs to another tenant: the two look the same.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", &format!("there is no such {what}"))
    }

    /// It exists, and cannot be done as things stand.
    #[must_use]
    pub fn refused(why: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "refused", why)
    }

    /// Every field that cannot be accepted, at once.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", "some fields cannot be accepted");
        let clean =
            |error: FieldError| FieldError { field: outward(&error.field), message: outward(&error.message) };
        problem.errors = Some(errors.into_iter().map(clean).collect());
        problem
    }

    /// A server-side failure; what went wrong goes to the log, not to the caller.
    #[must_use]
    pub fn internal() -> Self {
        Self::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    }

    #[must_use]
    pub fn busy(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(1)
    }

    /// Tells the caller when to come back.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Counts it by how much it matters and where it belongs.
    pub(crate) fn count(&self) {
        let (severity, category) = (self.severity().code(), self.category().code());
        metrics::counter!(names::ERROR_SEVERITY, "severity" => severity, "category" => category).increment(1);
    }

    /// What a caller does wrong is expected; what fails here somebody misses.
    fn severity(&self) -> Severity {
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Severity::Medium
            }
            status if status.is_server_error() => Severity::High,
            _ => Severity::Low,
        }
    }

    fn category(&self) -> Category {
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Category::Authentication,
            StatusCode::UNPROCESSABLE_ENTITY if self.code == "risk_denied" => Category::Trading,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Category::Capacity
            }
            status if status.is_server_error() => Category::Internal,
            _ => Category::Validation,
        }
    }

    /// Whether the same request may be sent again. A request that only reads may be after it ran out of time; of any other
    /// nobody knows then what it did.
    pub(crate) fn is_retryable(&self, only_reads: bool) -> bool {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::SERVICE_UNAVAILABLE => self.retry_after_seconds.is_some() || only_reads,
            StatusCode::REQUEST_TIMEOUT => only_reads,
            _ => false,
        }
    }

    /// Writes the body and the headers that go with it; of `headers` stays what the problem does not say itself.
    pub(crate) fn write(&self, headers: HeaderMap, only_reads: bool, correlation_id: &str) -> Response {
        let written = self.written(self.is_retryable(only_reads), correlation_id);
        let body = serde_json::to_vec(&written).unwrap_or_default();
        let mut response = (self.status, headers, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, MEDIA_TYPE);
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    fn written<'a>(&'a self, retryable: bool, correlation_id: &'a str) -> Written<'a> {
        Written {
            r#type: format!("urn:bellwether:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            category: self.category().code(),
            severity: self.severity().code(),
            retryable,
            correlation_id,
            errors: self.errors.as_deref(),
        }
    }
}

impl IntoResponse for Problem {
    /// Only a status and the problem beside it: the envelope layer, which knows the request's id, writes it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::NotFound => Self::not_found("account or order"),
            CommandError::Denied { code, detail } => {
                let detail = format!("{detail} ({code})");
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "risk_denied", &detail)
            }
            CommandError::Stopped { detail } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopped", &detail)
            }
            CommandError::Invalid { field, message } => {
                Self::invalid(vec![FieldError { field: field.to_owned(), message }])
            }
            CommandError::Busy => Self::busy("the account has too much to do; try again"),
        }
    }
}

/// One line of printable text of bounded length: what a fault says may hold anything.
fn outward(text: &str) -> String {
    let clean = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().map(clean).take(DETAIL_CHARACTERS_MAX).collect()
}
