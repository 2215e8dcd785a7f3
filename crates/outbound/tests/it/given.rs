//! Clients and requests that tests begin with.

use std::time::Duration;

use outbound::{Cause, Client, HttpConfig, HttpError, Method, Request};
use resilience::policy::{Policy, PolicyConfig, PolicyError, Surroundings, TimeoutConfig};
use resilience::retry::{Idempotency, RetryConfig};

/// A deadline that is meant to pass.
pub(crate) const SOON: Duration = Duration::from_millis(50);

/// Makes one try and bounds nothing by itself.
pub(crate) fn one_try() -> Policy {
    tries(1)
}

/// Tries so many times, nearly without a wait between.
pub(crate) fn tries(tries_max: u32) -> Policy {
    policy(tries_max, TimeoutConfig { per_try: None, whole: None })
}

fn policy(tries_max: u32, timeout: TimeoutConfig) -> Policy {
    let wait = Duration::from_millis(1);
    let retry = RetryConfig { tries_max, initial: wait, cap: wait, ..RetryConfig::default() };
    let config = PolicyConfig {
        timeout,
        retry: Some(retry),
        breaker: None,
        bulkhead: None,
        ..PolicyConfig::default()
    };
    Policy::new("party", &config, Surroundings::system()).unwrap()
}

pub(crate) fn client(config: HttpConfig) -> Client {
    Client::new(config, one_try()).unwrap()
}

pub(crate) fn get(url: String) -> Request {
    Request::new(Method::GET, url, Idempotency::Idempotent)
}

/// A request that must not be made twice.
pub(crate) fn post(url: String, body: &str) -> Request {
    Request::new(Method::POST, url, Idempotency::NotIdempotent).body("text/plain", body.to_owned())
}

/// The error of the one try that was made.
pub(crate) async fn error(client: &Client, request: &Request) -> HttpError {
    match client.send(request).await {
        Err(PolicyError::Failed(error) | PolicyError::Exhausted { last: error, .. }) => error,
        other => panic!("an error of the request was due, not {other:?}"),
    }
}

pub(crate) async fn cause(client: &Client, request: &Request) -> Cause {
    error(client, request).await.cause().clone()
}

/// Ends everything when `whole` has passed.
pub(crate) fn within(whole: Duration) -> Policy {
    policy(1, TimeoutConfig { per_try: None, whole: Some(whole) })
}
