//! The program's operation in a nutshell.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::TenantId;
use serde_json::{Value, json};

use crate::model::operations::{
    AlertBoard, AlertSeverity, AlertState, AlertView, BreakerAction, ConfigurationView, DeadLetterView,
    EdgeCounts, EdgeView, FlagChange, FlagSource, FlagView, HealthComponent, HealthDetail, Importance,
    LogLevel, LogLine, LogLines, LogQuery, PipelineView, PolicyView, Reloaded, StreamCounts,
};
use crate::model::{DeadLetterPage, Status};
use crate::{Cut, OperationError, Operations};

/// A customer's own word, which is nobody else's.
const PRIVATE: &str = "account of Ada";
pub(super) const INSIDE: &str = "10.0.0.7:5432 as bellwether";

#[derive(Default)]
pub(super) struct FakeOperations {
    pub(super) unhealthy: AtomicBool,
    /// Every change that was asked for.
    pub(super) changes: Mutex<Vec<String>>,
}

impl FakeOperations {
    fn change<T>(&self, name: &str, said: String, value: T) -> Result<T, OperationError> {
        match name {
            "known" => {
                self.changes.lock().unwrap().push(said);
                Ok(value)
            }
            "stubborn" => Err(OperationError::Refused("it has no breaker".to_owned())),
            _ => Err(OperationError::NotFound),
        }
    }
}

fn a_component(status: Status) -> HealthComponent {
    HealthComponent {
        name: "database".to_owned(),
        advice: "ask its owner".to_owned(),
        about: "where rows are kept".to_owned(),
        status,
        since_ms: 1,
        importance: Importance::Required,
        gates_readiness: true,
        depends_on: Vec::new(),
        affected_by: Vec::new(),
        is_public: true,
        message: Some(INSIDE.to_owned()),
        facts: BTreeMap::from([("address".to_owned(), INSIDE.to_owned())]),
        last_check_ms: Some(1),
        last_check_took_us: Some(2),
        consecutive_failures: 0,
        history: Vec::new(),
    }
}

fn a_policy() -> PolicyView {
    PolicyView {
        name: "known".to_owned(),
        about: "calls".to_owned(),
        layers: Vec::new(),
        breaker: None,
        calls: 1,
        succeeded: 1,
        failed: 0,
        retries: 0,
        refused: BTreeMap::new(),
        in_use: 0,
        p50_ms: None,
        p99_ms: None,
    }
}

fn a_flag() -> FlagView {
    FlagView {
        name: "known".to_owned(),
        about: "a feature".to_owned(),
        on: true,
        why: "it is on for all".to_owned(),
        source: FlagSource::Configuration,
        enabled: true,
        percent: 100,
        environments: Vec::new(),
        tenants: BTreeMap::new(),
    }
}

fn a_letter() -> DeadLetterView {
    DeadLetterView {
        number: 7,
        origin: "store".to_owned(),
        kind: "trade".to_owned(),
        instrument_id: 3,
        item: json!({"trade": {"id": 1}}),
        error: "no such instrument".to_owned(),
        attempts: 3,
        replays: 0,
        first_failed_ms: 1,
        last_failed_ms: 2,
    }
}

fn an_alert() -> AlertView {
    AlertView {
        name: "known".to_owned(),
        severity: AlertSeverity::Critical,
        about: "look".to_owned(),
        condition: "x is above 1".to_owned(),
        for_seconds: 0,
        state: AlertState::Ok,
        instances: Vec::new(),
        silenced_until_ms: None,
        silence: None,
        last_told_ms: None,
    }
}

impl Operations for FakeOperations {
    fn metrics_text(&self) -> String {
        "up 1\n".to_owned()
    }

    fn metrics_json(&self) -> Value {
        json!({"process": {"up": 1}})
    }

    fn health(&self) -> HealthDetail {
        let unhealthy = self.unhealthy.load(Ordering::SeqCst);
        let status = if unhealthy { Status::Unhealthy } else { Status::Healthy };
        HealthDetail {
            status,
            since_ms: 1,
            ready: !unhealthy,
            missing: if unhealthy { vec!["database".to_owned()] } else { Vec::new() },
            reasons: vec![INSIDE.to_owned()],
            uptime_share: Some(1.0),
            components: vec![
                a_component(status),
                HealthComponent { name: PRIVATE.to_owned(), is_public: false, ..a_component(status) },
            ],
            degradations: Vec::new(),
            history: Vec::new(),
        }
    }

    fn check(&self, component: &str) -> bool {
        component == "database"
    }

    fn policies(&self) -> Vec<PolicyView> {
        vec![a_policy()]
    }

    fn breaker(
        &self,
        policy: &str,
        action: BreakerAction,
        reason: &str,
        by: &str,
    ) -> Result<PolicyView, OperationError> {
        self.change(policy, format!("{action:?} by {by}: {reason}"), a_policy())
    }

    fn flags(&self, _tenant: TenantId) -> Vec<FlagView> {
        vec![a_flag()]
    }

    fn set_flag(
        &self,
        name: &str,
        change: FlagChange,
        _tenant: TenantId,
        by: &str,
    ) -> Result<FlagView, OperationError> {
        self.change(name, format!("flag {:?} {:?} by {by}", change.enabled, change.percent), a_flag())
    }

    fn drop_flag(&self, name: &str, _tenant: TenantId, by: &str) -> Result<FlagView, OperationError> {
        self.change(name, format!("flag dropped by {by}"), a_flag())
    }

    fn alerts(&self) -> AlertBoard {
        AlertBoard { alerts: vec![an_alert()], channels: Vec::new(), history: Vec::new() }
    }

    fn silence(
        &self,
        alert: &str,
        minutes: u32,
        reason: &str,
        by: &str,
    ) -> Result<AlertView, OperationError> {
        self.change(alert, format!("silent for {minutes} by {by}: {reason}"), an_alert())
    }

    fn unsilence(&self, alert: &str, by: &str) -> Result<AlertView, OperationError> {
        self.change(alert, format!("told again by {by}"), an_alert())
    }

    fn log(&self, query: &LogQuery) -> LogLines {
        let line = LogLine {
            at_ms: 1,
            level: LogLevel::Info,
            target: "t".to_owned(),
            message: format!("{query:?}"),
            fields: BTreeMap::new(),
        };
        LogLines { lines: vec![line], dropped: 3 }
    }

    fn pipeline(&self) -> PipelineView {
        let stream = StreamCounts {
            instrument_id: 3,
            symbol: "BTC-USD".to_owned(),
            venue: "NORTH".to_owned(),
            counts: EdgeCounts { taken: 5, delivered: 4, dead_letters: 1, ..EdgeCounts::default() },
        };
        let edge = EdgeView {
            name: "store".to_owned(),
            from: "operators".to_owned(),
            to: "store".to_owned(),
            policy: "block".to_owned(),
            counts: stream.counts,
            spooled: 0,
            streams: vec![stream],
        };
        PipelineView { edges: vec![edge], unsettled_pieces: 0, settled: Vec::new() }
    }

    fn dead_letters(&self, cut: &Cut) -> Result<DeadLetterPage, OperationError> {
        match cut.cursor.as_deref() {
            None => Ok(DeadLetterPage { items: vec![a_letter()], next_cursor: Some("next".to_owned()) }),
            Some("next") => Ok(DeadLetterPage { items: Vec::new(), next_cursor: None }),
            Some(_) => Err(OperationError::Cursor),
        }
    }

    fn dead_letter(&self, number: u64) -> Result<DeadLetterView, OperationError> {
        if number == 7 { Ok(a_letter()) } else { Err(OperationError::NotFound) }
    }

    fn replay_dead_letter(&self, number: u64, by: &str) -> Result<(), OperationError> {
        match number {
            7 => self.change("known", format!("7 replayed by {by}"), ()),
            8 => Err(OperationError::Refused("it is refused again: no such instrument".to_owned())),
            9 => Err(OperationError::Busy("the database is away".to_owned())),
            _ => Err(OperationError::NotFound),
        }
    }

    fn discard_dead_letter(&self, number: u64, by: &str) -> Result<(), OperationError> {
        self.change(if number == 7 { "known" } else { "none" }, format!("7 discarded by {by}"), ())
    }

    fn configuration(&self) -> ConfigurationView {
        ConfigurationView { rows: Vec::new(), last_reload: None }
    }

    fn reload(&self, by: &str) -> Reloaded {
        Reloaded { faults: vec![format!("asked by {by}")], ..Reloaded::default() }
    }
}
