//! Alerts as they travel.

use alerts::notify::ChannelStatus;
use alerts::{Alerts, Change, Instance, Severity, State, Status};
use api::model::operations::{
    AlertBoard, AlertChange, AlertChannel, AlertInstance, AlertSeverity, AlertState, AlertView,
};

/// Every way there is, in use or not.
const CHANNELS: [&str; 3] = ["page", "webhook", "email"];

pub(crate) fn board(alerts: &Alerts, channels: &[(&'static str, ChannelStatus)]) -> AlertBoard {
    let mut history: Vec<AlertChange> = alerts.history().map(change).collect();
    history.reverse();
    AlertBoard {
        alerts: alerts.status().iter().map(view).collect(),
        channels: CHANNELS.map(|name| channel(name, channels)).into(),
        history,
    }
}

fn change(change: &Change) -> AlertChange {
    AlertChange {
        name: change.rule.clone(),
        at_ms: change.at_ms,
        firing: change.is_firing,
        labels: change.labels.iter().cloned().collect(),
        value: change.value.filter(|value| value.is_finite()),
    }
}

fn channel(name: &str, known: &[(&'static str, ChannelStatus)]) -> AlertChannel {
    let status = known.iter().find(|(channel, _)| *channel == name).map(|(_, status)| status.clone());
    let enabled = status.is_some();
    let ChannelStatus { sent, failed, dropped, last_sent_ms, last_error } = status.unwrap_or_default();
    AlertChannel { name: name.to_owned(), enabled, sent, failed, dropped, last_sent_ms, last_error }
}

fn view(status: &Status) -> AlertView {
    let Status { rule, silence, .. } = status;
    AlertView {
        name: rule.name.clone(),
        severity: match rule.severity {
            Severity::Info => AlertSeverity::Info,
            Severity::Warning => AlertSeverity::Warning,
            Severity::Critical => AlertSeverity::Critical,
        },
        about: rule.about.clone(),
        condition: rule.condition.words(),
        for_seconds: rule.for_seconds,
        state: state(status.state),
        instances: status.instances.iter().map(instance).collect(),
        silenced_until_ms: silence.as_ref().map(|silence| silence.until_ms),
        silence: silence.as_ref().map(|silence| format!("{}: {}", silence.by, silence.reason)),
        last_told_ms: status.last_told_ms,
    }
}

fn instance(instance: &Instance) -> AlertInstance {
    AlertInstance {
        labels: instance.labels.iter().cloned().collect(),
        state: state(instance.state),
        since_ms: instance.since_ms,
        value: instance.value.filter(|value| value.is_finite()),
    }
}

const fn state(state: State) -> AlertState {
    match state {
        State::Ok => AlertState::Ok,
        State::Pending => AlertState::Pending,
        State::Firing => AlertState::Firing,
    }
}
