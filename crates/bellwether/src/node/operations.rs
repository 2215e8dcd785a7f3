//! What operators see and change: the node's side of `api::Operations`.

pub(crate) mod alerts;
mod dead_letters;
mod health;
pub(crate) mod log;
mod policies;

use std::sync::Arc;
use std::time::Duration;

use ::alerts::Silence;
use api::model::DeadLetterPage;
use api::model::operations::{
    AlertBoard, AlertView, BreakerAction, ConfigurationView, DeadLetterView, FlagChange, FlagView,
    HealthDetail, LogLines, LogQuery, PipelineView, PolicyView, Reloaded,
};
use api::{Cut, OperationError, Operations};
use domain::{Span, TenantId};
use engine::Clock;
use resilience::health::Health;
use secrets::Resolver;
use serde_json::Value;
use telemetry::{Handles, Metrics};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::accounts::Accounts;
use super::alerting::Alerting;
use super::edges::Edges;
use super::figures::Figures;
use super::flags::Flags;
use super::frames::Frames;
use super::live::Live;
use super::overview::Watch;
use super::policies::Policies;
use super::storing::Desk;
use crate::clock::SystemClock;

pub(crate) use health::status;

/// Between two exports of what is counted in atomics of its own.
const UPKEEP_EVERY: Duration = Duration::from_secs(1);

pub(crate) struct NodeOperations {
    pub(crate) health: Health,
    pub(crate) policies: Arc<Policies>,
    pub(crate) flags: Arc<Flags>,
    pub(crate) alerting: Arc<Alerting>,
    pub(crate) live: Arc<Live>,
    pub(crate) logs: Handles,
    pub(crate) metrics: Metrics,
    pub(crate) desk: Desk,
    pub(crate) edges: Edges,
    pub(crate) watch: Arc<Watch>,
    pub(crate) instruments: Arc<Vec<api::model::Instrument>>,
}

impl NodeOperations {
    /// Starts everything that looks again and again, until `stop`.
    pub(crate) fn start(
        &self,
        tasks: &TaskTracker,
        stop: &CancellationToken,
        frames: &Frames,
        accounts: Accounts,
        resolver: Resolver,
    ) {
        self.live.follow_flags();
        let (health, ended) = (self.health.clone(), stop.clone());
        tasks.spawn(async move {
            if let Err(error) = health.run(ended.cancelled()).await {
                tracing::error!(%error, "health is not checked");
            }
        });
        let ended = stop.clone();
        tasks.spawn(async move { resolver.renew(ended.cancelled()).await });
        tasks.spawn(Arc::clone(&self.live).watch(stop.clone()));
        tasks.spawn(Arc::clone(&self.alerting).run(self.metrics.clone(), stop.clone()));
        tasks.spawn(log::follow(self.logs.clone(), frames.clone(), stop.clone()));
        tasks.spawn(self.upkeep(accounts, stop.clone()));
    }

    /// Brings what is counted elsewhere into the metrics.
    fn upkeep(&self, accounts: Accounts, stop: CancellationToken) -> impl Future<Output = ()> + use<> {
        let (metrics, policies, logs) = (self.metrics.clone(), Arc::clone(&self.policies), self.logs.clone());
        async move {
            let (mut ticks, mut figures) = (tokio::time::interval(UPKEEP_EVERY), Figures::default());
            while stop.run_until_cancelled(ticks.tick()).await.is_some() {
                figures.export(&accounts, SystemClock.now());
                policies.export_metrics();
                logs.export_metrics();
                metrics.upkeep();
            }
        }
    }

    fn alert(&self, name: &str) -> Result<AlertView, OperationError> {
        let mut alerts = self.alerting.board().alerts.into_iter();
        alerts.find(|alert| alert.name == name).ok_or(OperationError::NotFound)
    }
}

impl Operations for NodeOperations {
    fn metrics_text(&self) -> String {
        self.metrics.render()
    }

    fn metrics_json(&self) -> Value {
        self.metrics.json()
    }

    fn health(&self) -> HealthDetail {
        health::detail(self.health.snapshot())
    }

    fn check(&self, component: &str) -> bool {
        self.health.poke(component)
    }

    fn policies(&self) -> Vec<PolicyView> {
        policies::views(&self.policies)
    }

    fn breaker(
        &self,
        policy: &str,
        action: BreakerAction,
        reason: &str,
        by: &str,
    ) -> Result<PolicyView, OperationError> {
        policies::act(&self.policies, policy, action, reason, by)
    }

    fn flags(&self, tenant: TenantId) -> Vec<FlagView> {
        self.flags.views(&tenant.to_string())
    }

    fn set_flag(
        &self,
        name: &str,
        change: FlagChange,
        tenant: TenantId,
        by: &str,
    ) -> Result<FlagView, OperationError> {
        let changed = self.flags.change(name, change, &tenant.to_string())?;
        self.live.follow_flags();
        tracing::warn!(
            flag = name,
            enabled = changed.enabled,
            percent = changed.percent,
            user = by,
            "a flag was switched"
        );
        Ok(changed)
    }

    fn drop_flag(&self, name: &str, tenant: TenantId, by: &str) -> Result<FlagView, OperationError> {
        let changed = self.flags.drop_change(name, &tenant.to_string())?;
        self.live.follow_flags();
        tracing::warn!(flag = name, user = by, "a flag is as configured again");
        Ok(changed)
    }

    fn alerts(&self) -> AlertBoard {
        self.alerting.board()
    }

    fn silence(
        &self,
        alert: &str,
        minutes: u32,
        reason: &str,
        by: &str,
    ) -> Result<AlertView, OperationError> {
        let until = SystemClock.now().plus(Span::from_seconds(60 * i64::from(minutes)));
        let silence = Silence { until_ms: until.millis(), by: by.to_owned(), reason: reason.to_owned() };
        if !self.alerting.silence(alert, Some(silence)) {
            return Err(OperationError::NotFound);
        }
        tracing::warn!(alert, minutes, reason, user = by, "an alert was silenced");
        self.alert(alert)
    }

    fn unsilence(&self, alert: &str, by: &str) -> Result<AlertView, OperationError> {
        if !self.alerting.silence(alert, None) {
            return Err(OperationError::NotFound);
        }
        tracing::warn!(alert, user = by, "an alert is told again");
        self.alert(alert)
    }

    fn log(&self, query: &LogQuery) -> LogLines {
        log::lines(&self.logs, query)
    }

    fn pipeline(&self) -> PipelineView {
        self.edges.view(&self.instruments, self.watch.spooled())
    }

    fn dead_letters(&self, cut: &Cut) -> Result<DeadLetterPage, OperationError> {
        dead_letters::page(&self.desk, cut)
    }

    fn dead_letter(&self, number: u64) -> Result<DeadLetterView, OperationError> {
        self.desk.get(number).map(dead_letters::view).map_err(dead_letters::error)
    }

    fn replay_dead_letter(&self, number: u64, by: &str) -> Result<(), OperationError> {
        let replayed = self.desk.replay(number);
        tracing::warn!(number, replayed = replayed.is_ok(), user = by, "a dead letter was replayed");
        replayed.map_err(dead_letters::error)
    }

    fn discard_dead_letter(&self, number: u64, by: &str) -> Result<(), OperationError> {
        self.desk.discard(number).map_err(dead_letters::error)?;
        tracing::warn!(number, user = by, "a dead letter was discarded");
        Ok(())
    }

    fn configuration(&self) -> ConfigurationView {
        self.live.view()
    }

    fn reload(&self, by: &str) -> Reloaded {
        self.live.reload(by)
    }
}
