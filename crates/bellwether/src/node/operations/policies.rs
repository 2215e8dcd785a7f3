//! Policies as they travel.

use std::time::Duration;

use api::OperationError;
use api::model::operations::{BreakerAction, BreakerHold, BreakerState, BreakerView, LayerView, PolicyView};
use engine::Clock;
use resilience::Policy;
use resilience::breaker::{BreakerSnapshot, State};

use crate::clock::SystemClock;
use crate::node::policies::Policies;

pub(super) fn views(policies: &Policies) -> Vec<PolicyView> {
    policies.list().iter().map(|(policy, about)| view(policies, policy, about)).collect()
}

pub(super) fn act(
    policies: &Policies,
    name: &str,
    action: BreakerAction,
    reason: &str,
    by: &str,
) -> Result<PolicyView, OperationError> {
    let policy = policies.find(name).ok_or(OperationError::NotFound)?;
    if policy.breaker().is_none() {
        return Err(OperationError::Refused("this policy has no circuit breaker".to_owned()));
    }
    match action {
        BreakerAction::Open => policy.force_open(),
        BreakerAction::Close => policy.force_close(),
        BreakerAction::Reset => policy.reset(),
    }
    let hold =
        || BreakerHold { by: by.to_owned(), reason: reason.to_owned(), at_ms: SystemClock.now().millis() };
    policies.note_hold(name, (action == BreakerAction::Open).then(hold));
    tracing::warn!(policy = name, ?action, reason, user = by, "an operator set a circuit breaker");
    views(policies).into_iter().find(|view| view.name == name).ok_or(OperationError::NotFound)
}

fn view(policies: &Policies, policy: &Policy, about: &str) -> PolicyView {
    let seen = policy.snapshot();
    let layer = |layer: &resilience::policy::LayerView| LayerView {
        name: layer.name.to_owned(),
        about: layer.about.clone(),
    };
    PolicyView {
        name: seen.name,
        about: about.to_owned(),
        layers: seen.layers.iter().map(layer).collect(),
        breaker: seen.breaker.as_ref().map(|seen| breaker(seen, policies.hold(policy.name()))),
        calls: seen.calls,
        succeeded: seen.succeeded,
        failed: seen.failed,
        retries: seen.retries,
        refused: seen.refused.iter().map(|(reason, calls)| ((*reason).to_owned(), *calls)).collect(),
        in_use: seen.bulkhead.map_or(0, |bulkhead| u64::from(bulkhead.in_use)),
        p50_ms: seen.p50_ms,
        p99_ms: seen.p99_ms,
    }
}

fn breaker(seen: &BreakerSnapshot, hold: Option<BreakerHold>) -> BreakerView {
    let milliseconds = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let age = i64::try_from(milliseconds(seen.age)).unwrap_or(i64::MAX);
    BreakerView {
        state: match seen.state {
            State::Closed => BreakerState::Closed,
            State::Open => BreakerState::Open,
            State::HalfOpen => BreakerState::HalfOpen,
        },
        since_ms: SystemClock.now().millis().saturating_sub(age),
        consecutive_failures: u32::try_from(seen.consecutive_failures).unwrap_or(u32::MAX),
        failure_rate: seen.failure_rate.is_finite().then_some(seen.failure_rate),
        retry_after_ms: (seen.state == State::Open && !seen.is_held).then(|| milliseconds(seen.retry_after)),
        held: hold.filter(|_| seen.is_held),
    }
}
