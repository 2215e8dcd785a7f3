//! Alerts: the rules held against the node's own metrics, and those who are told.

mod page;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alerts::notify::{
    Email, EmailConfig, EmailFault, Encryption, Message, Notifier, Signature, Tell, Webhook,
};
use alerts::rule::merged;
use alerts::{Alerts, Rule, Sample, Silence};
use anyhow::{Context, Result};
use engine::Clock;
use outbound::Client;
use secrets::Secret;
use serde_json::Value;
use telemetry::Metrics;
use tokio_util::sync::CancellationToken;

use super::frames::Frames;
use super::operations::alerts as travel;
use super::policies::{Party, Policies};
use crate::clock::SystemClock;
use crate::config::sections::EmailTls;
use crate::config::{Config, Flaw};
use page::Page;

/// Between two looks at the metrics: what is to be told at once is told within it.
const EVERY: Duration = Duration::from_secs(2);

/// How long notices under way may take when the node stops.
const DRAIN_WITHIN: Duration = Duration::from_secs(5);

/// Rules and channels of a changed configuration, not in force yet.
pub(crate) struct Renewed {
    rules: Vec<Rule>,
    ways: Vec<Box<dyn Tell>>,
}

impl Renewed {
    fn of(config: &Config, policies: &Policies, frames: &Frames) -> Result<Self> {
        Ok(Self { rules: rules(config)?, ways: ways(config, policies, frames)? })
    }
}

/// The alerts of the node.
pub(crate) struct Alerting {
    alerts: Mutex<Alerts>,
    notifier: Mutex<Notifier>,
    frames: Frames,
    source: String,
}

impl Alerting {
    /// # Errors
    /// A rule that cannot be, or a channel that cannot be set up.
    pub(crate) fn start(config: &Config, policies: &Policies, frames: Frames) -> Result<Self> {
        let Renewed { rules, ways } = Renewed::of(config, policies, &frames)?;
        Ok(Self {
            alerts: Mutex::new(Alerts::new(rules)),
            notifier: Mutex::new(Notifier::start(ways)),
            frames,
            source: format!("bellwether {} in {}", config.app_version, config.environment),
        })
    }

    /// What a changed configuration makes of rules and channels.
    ///
    /// # Errors
    /// As [`Alerting::start`].
    pub(crate) fn renewed(&self, config: &Config, policies: &Policies) -> Result<Renewed> {
        Renewed::of(config, policies, &self.frames)
    }

    /// Takes other rules and channels over; rules that stay keep their state, and channels their counts.
    pub(crate) fn take(&self, renewed: Renewed) {
        self.alerts().replace(renewed.rules);
        self.notifier().replace(renewed.ways);
    }

    /// Looks at the metrics again and again until the node stops.
    pub(crate) async fn run(self: Arc<Self>, metrics: Metrics, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(EVERY);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.look(&metrics);
        }
        let notifier = std::mem::take(&mut *self.notifier());
        if tokio::time::timeout(DRAIN_WITHIN, notifier.drain()).await.is_err() {
            tracing::warn!("some notices of alerts did not leave before the end");
        }
    }

    fn look(&self, metrics: &Metrics) {
        let snapshot = metrics.snapshot();
        let samples: Vec<Sample<'_>> = snapshot
            .series
            .iter()
            .map(|series| Sample { name: &series.name, labels: &series.labels, value: series.value })
            .collect();
        let notices = self.alerts().evaluate(SystemClock.now().millis(), &samples);
        for notice in notices {
            let message = Message::new(&notice, &self.source);
            tracing::warn!(alert = message.alert, state = message.state, "{}", message.subject());
            self.notifier().tell(&message);
        }
    }

    pub(crate) fn board(&self) -> api::model::operations::AlertBoard {
        let channels = self.notifier().status();
        travel::board(&self.alerts(), &channels)
    }

    /// False when there is no such rule.
    pub(crate) fn silence(&self, rule: &str, silence: Option<Silence>) -> bool {
        match silence {
            Some(silence) => self.alerts().silence(rule, silence),
            None => self.alerts().unsilence(rule),
        }
    }

    fn notifier(&self) -> MutexGuard<'_, Notifier> {
        self.notifier.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alerts(&self) -> MutexGuard<'_, Alerts> {
        self.alerts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is wrong with the channels of the configuration.
pub(crate) fn check_channels(config: &Config) -> Vec<Flaw> {
    if config.alerts.email.host.is_empty() {
        return Vec::new();
    }
    let email = email(config);
    let faults = email.faults();
    let field = |fault: &EmailFault| match fault {
        EmailFault::Address(address) if *address == email.from => "from",
        EmailFault::Address(_) | EmailFault::Nobody => "to",
        EmailFault::PasswordInTheClear => "tls",
        EmailFault::Tls(_) => "host",
    };
    // What is empty is missed elsewhere.
    let is_empty = |fault: &EmailFault| {
        matches!(fault, EmailFault::Nobody) || *fault == EmailFault::Address(String::new())
    };
    let given = faults.iter().filter(|fault| !is_empty(fault));
    given.map(|fault| Flaw::new("alerts", "email", field(fault), fault.to_string(), "")).collect()
}

/// What is wrong with the rules of the configuration.
pub(crate) fn check(config: &Config) -> Vec<Flaw> {
    let flaw = |name: &str, what: String| Flaw::new("alerts.rules", name, "", what, "");
    let mut flaws = Vec::new();
    let mut rules = Vec::new();
    for (name, value) in &config.alerts.rules {
        match rule(name, value) {
            Ok(rule) => rules.push(rule),
            Err(error) => flaws.push(flaw(name, error.to_string())),
        }
    }
    let faults = merged(&rules).err().unwrap_or_default();
    flaws.extend(faults.into_iter().map(|fault| flaw(&fault.rule, fault.what)));
    flaws
}

/// The specified rules with the configuration's laid over them.
pub(crate) fn rules(config: &Config) -> Result<Vec<Rule>> {
    let own = config.alerts.rules.iter().map(|(name, value)| rule(name, value));
    let own = own.collect::<Result<Vec<Rule>, _>>().context("`alerts.rules`")?;
    merged(&own).map_err(|faults| {
        let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!(words.join("\n"))
    })
}

/// An entry's key is the rule's name.
fn rule(name: &str, value: &Value) -> serde_json::Result<Rule> {
    let mut value = value.clone();
    if let Some(map) = value.as_object_mut() {
        map.insert("name".to_owned(), name.into());
    }
    serde_json::from_value(value)
}

fn ways(config: &Config, policies: &Policies, frames: &Frames) -> Result<Vec<Box<dyn Tell>>> {
    let mut ways: Vec<Box<dyn Tell>> = vec![Box::new(Page(frames.clone()))];
    let webhook = &config.alerts.webhook;
    if !webhook.url.is_empty() {
        let client = Client::new(super::outside::http(config), policies.of(Party::Webhook)?)?;
        let signature = Signature::new(Secret::new(webhook.secret.reveal()));
        ways.push(Box::new(Webhook::new(client, Secret::new(webhook.url.reveal()), signature)));
    }
    if !config.alerts.email.host.is_empty() {
        let email = Email::new(&email(config), policies.of(Party::Email)?);
        ways.push(Box::new(email.context("e-mail for alerts cannot be set up")?));
    }
    Ok(ways)
}

pub(super) fn email(config: &Config) -> EmailConfig {
    let email = &config.alerts.email;
    let credentials =
        (!email.username.is_empty()).then(|| (email.username.clone(), Secret::new(email.password.reveal())));
    EmailConfig {
        host: email.host.clone(),
        port: email.port,
        encryption: match email.tls {
            EmailTls::None => Encryption::None,
            EmailTls::StartTls => Encryption::StartTls,
            EmailTls::Tls => Encryption::Tls,
        },
        credentials,
        from: email.from.clone(),
        to: email.to.clone(),
        timeout: Duration::from_millis(config.http.write_timeout_ms),
    }
}

#[cfg(test)]
mod tests;
