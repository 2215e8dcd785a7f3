//! The health of the program as it travels.

use api::model::Status;
use api::model::operations::{Degradation, HealthChange, HealthComponent, HealthDetail, Importance};
use resilience::health::{self, Change, ComponentSnapshot, Reason, Snapshot};

pub(super) fn detail(snapshot: Snapshot) -> HealthDetail {
    HealthDetail {
        status: status(snapshot.overall.status),
        since_ms: snapshot.overall.since_ms,
        ready: snapshot.readiness.is_ready,
        missing: snapshot.readiness.missing,
        reasons: snapshot.overall.reasons.iter().map(reason).collect(),
        uptime_share: snapshot.uptime_share,
        components: snapshot.components.into_iter().map(component).collect(),
        degradations: snapshot.degradations.into_iter().map(degradation).collect(),
        history: snapshot.history.iter().map(change).collect(),
    }
}

pub(crate) const fn status(status: health::Status) -> Status {
    match status {
        health::Status::Healthy => Status::Healthy,
        health::Status::Degraded => Status::Degraded,
        health::Status::Unhealthy => Status::Unhealthy,
    }
}

fn reason(reason: &Reason) -> String {
    format!("{}: {}", reason.component, reason.words)
}

fn component(known: ComponentSnapshot) -> HealthComponent {
    HealthComponent {
        name: known.name,
        about: known.about,
        advice: known.advice,
        status: status(known.status),
        since_ms: known.since_ms,
        importance: match known.importance {
            health::Importance::Required => Importance::Required,
            health::Importance::Supporting => Importance::Supporting,
        },
        gates_readiness: known.gates_readiness,
        depends_on: known.depends_on,
        affected_by: known.affected_by,
        is_public: known.is_public,
        message: known.message,
        facts: known.facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        last_check_ms: known.last_check_ms,
        last_check_took_us: known.last_check_took_us,
        consecutive_failures: known.consecutive_failures,
        history: known.history.iter().map(change).collect(),
    }
}

fn change(change: &Change) -> HealthChange {
    HealthChange {
        at_ms: change.at_ms,
        from: status(change.from),
        to: status(change.to),
        reason: change.reason.clone(),
    }
}

fn degradation(known: health::Degradation) -> Degradation {
    let mode = match known.mode {
        health::Mode::Fallback => "fallback",
        health::Mode::Reduced => "reduced",
        health::Mode::ReadOnly => "read_only",
        health::Mode::Halted => "halted",
    };
    Degradation {
        component: known.component,
        mode: mode.to_owned(),
        since_ms: known.since_ms,
        words: known.words,
    }
}
