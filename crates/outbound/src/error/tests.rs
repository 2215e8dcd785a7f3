use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};

use super::*;

fn status(status: u16, retry_after: Option<&'static str>) -> Cause {
    let headers: HeaderMap =
        retry_after.map(|text| (RETRY_AFTER, HeaderValue::from_static(text))).into_iter().collect();
    Cause::Status(Box::new(Answer::new(StatusCode::from_u16(status).unwrap(), headers, Bytes::new())))
}

fn kinds(cause: Cause) -> (Kind, Kind) {
    (HttpError::new(cause.clone(), true).kind(), HttpError::new(cause, false).kind())
}

#[test]
fn a_status_has_its_kind() {
    let after = |after| Kind::RateLimited { after };
    for (code, retry_after, idempotent, other) in [
        (400, None, Kind::Rejected, Kind::Rejected),
        (401, None, Kind::Unauthorised, Kind::Unauthorised),
        (403, None, Kind::Unauthorised, Kind::Unauthorised),
        (404, None, Kind::Rejected, Kind::Rejected),
        (408, None, Kind::Transient, Kind::Transient),
        (422, None, Kind::Rejected, Kind::Rejected),
        (425, None, Kind::Transient, Kind::Transient),
        (429, None, after(None), after(None)),
        (429, Some("7"), after(Some(Duration::from_secs(7))), after(Some(Duration::from_secs(7)))),
        (429, Some("soon"), after(None), after(None)),
        (500, None, Kind::Transient, Kind::UnknownOutcome),
        (502, None, Kind::Transient, Kind::UnknownOutcome),
        (503, None, Kind::Transient, Kind::UnknownOutcome),
        (503, Some("7"), Kind::Transient, Kind::Transient),
        (504, Some("7"), Kind::Transient, Kind::UnknownOutcome),
        (599, None, Kind::Transient, Kind::UnknownOutcome),
        (999, None, Kind::Rejected, Kind::Rejected),
    ] {
        assert_eq!(kinds(status(code, retry_after)), (idempotent, other), "{code} {retry_after:?}");
    }
}

#[test]
fn what_was_not_sent_may_be_sent_again() {
    let limit = Duration::from_secs(1);
    for cause in [
        Cause::Connect(ConnectFault::Refused),
        Cause::TimedOut { phase: Phase::Connect, limit, is_sent: false },
        Cause::TimedOut { phase: Phase::Exchange, limit, is_sent: false },
        Cause::Broken { is_sent: false },
    ] {
        assert_eq!(kinds(cause), (Kind::Transient, Kind::Transient));
    }
}

#[test]
fn what_was_sent_without_an_answer_is_not_known() {
    let limit = Duration::from_secs(1);
    let timed_out = Cause::TimedOut { phase: Phase::Read, limit, is_sent: true };
    assert_eq!(kinds(timed_out), (Kind::TimedOut, Kind::TimedOut));
    for cause in [Cause::Broken { is_sent: true }, Cause::Malformed, Cause::NotJson { line: 1, column: 2 }] {
        assert_eq!(kinds(cause), (Kind::UnknownOutcome, Kind::UnknownOutcome));
    }
    assert_eq!(kinds(Cause::TooLarge { limit: 1 }), (Kind::Invalid, Kind::UnknownOutcome));
}

#[test]
fn our_own_limits_are_no_outage_of_the_party() {
    let (kind, _) = kinds(Cause::Busy { connections: 100 });
    assert!(!kind.is_outage());
    assert!(kind.is_retryable(false));
}

#[test]
fn errors_are_sorted() {
    let error = |cause| HttpError::new(cause, true);
    assert_eq!(error(status(401, None)).category(), Category::Authentication);
    assert_eq!(error(status(429, None)).category(), Category::Capacity);
    assert_eq!(error(Cause::Busy { connections: 1 }).category(), Category::Capacity);
    assert_eq!(error(Cause::Request("…")).category(), Category::Validation);
    assert_eq!(error(Cause::Malformed).category(), Category::Network);
    assert_eq!(error(status(401, None)).severity(), Severity::High);
    assert_eq!(error(Cause::Connect(ConnectFault::Refused)).severity(), Severity::Medium);
}
