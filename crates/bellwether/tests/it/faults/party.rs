//! Everybody outside whom the program calls, each behind a proxy that misbehaves. Another one is one entry more.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use chaos::{Control, Fault, Plan, Proxy};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::shelves::Shelves;
use crate::it::parties::{Mail, Server, broker, serve};

/// The whole timeout of every policy: no call takes longer.
pub(super) const WHOLE: Duration = Duration::from_millis(900);

/// The part of all connections or requests that get a fault.
const SHARE: f64 = 0.20;

const SEED: u64 = 2_026;

/// What there is to know about a party.
pub(super) struct Entry {
    /// The name of its policy.
    pub(super) policy: &'static str,
    /// Its name in the program's health, where it is looked at.
    pub(super) component: Option<&'static str>,
    /// Of HTTP every request is a call; of others every connection.
    is_http: bool,
    /// One try; `None`: the whole timeout alone bounds it.
    per_try_ms: Option<u64>,
    /// Starts it; `None` where its program is missing.
    start: fn(&Path, &Shelves) -> Option<Real>,
    /// The settings that lead the program to it, or to who stands before it.
    settings: fn(SocketAddr) -> Value,
}

/// The party itself.
struct Real {
    address: SocketAddr,
    /// Ends with the test.
    _runs: Box<dyn Send + Sync>,
}

pub(super) const PARTIES: [Entry; 5] = [
    Entry {
        policy: "redis.commands",
        component: Some("redis"),
        is_http: false,
        per_try_ms: None,
        start: |folder, _| Server::redis(folder).map(|redis| real(redis.address, redis)),
        settings: |at| json!({ "redis_url": format!("redis://{at}/0") }),
    },
    Entry {
        policy: "kafka.brokers",
        component: Some("kafka"),
        is_http: false,
        per_try_ms: None,
        start: |_, _| Some(real(broker(), ())),
        settings: |at| json!({ "kafka": { "bootstrap_servers": at.to_string() } }),
    },
    Entry {
        policy: "vault.secrets",
        component: None,
        is_http: true,
        per_try_ms: Some(400),
        start: |_, shelves| Some(real(vault(shelves.clone()), ())),
        settings: |at| json!({ "vault": { "address": format!("http://{at}"), "token": "root" } }),
    },
    Entry {
        policy: "alerts.webhook",
        component: None,
        is_http: true,
        per_try_ms: Some(400),
        start: |_, _| Some(real(serve(|_| (204, String::new())), ())),
        settings: |at| json!({ "alerts": { "webhook": { "url": format!("http://{at}/alerts") } } }),
    },
    Entry {
        policy: "alerts.email",
        component: None,
        is_http: false,
        per_try_ms: Some(600),
        start: |folder, _| Mail::start(folder).map(|mail| real(mail.address, mail)),
        settings: |at| {
            let email = json!({
                "host": at.ip().to_string(), "port": at.port(), "tls": "none",
                "from": "bellwether@example.org", "to": ["desk@example.org"],
            });
            json!({ "alerts": { "email": email } })
        },
    },
];

fn real(address: SocketAddr, runs: impl Send + Sync + 'static) -> Real {
    Real { address, _runs: Box::new(runs) }
}

fn vault(shelves: Shelves) -> SocketAddr {
    serve(move |got| shelves.answer(got.line(), got.header("x-vault-token").unwrap_or_default(), &got.body))
}

impl Entry {
    /// How the program calls it: retries have nothing to live on but what calls pay in.
    fn policy_config(&self) -> Value {
        let whole_ms = u64::try_from(WHOLE.as_millis()).unwrap();
        json!({
            "timeout": { "per_try_ms": self.per_try_ms, "whole_ms": whole_ms },
            "retry": { "budget": { "reserve": 1 } },
        })
    }

    /// As long as a call takes when the party hangs and there is no second try.
    pub(super) fn hang(&self) -> Duration {
        self.per_try_ms.map_or(WHOLE, Duration::from_millis)
    }
}

/// A party with the proxy before it.
pub(super) struct Standing {
    pub(super) entry: &'static Entry,
    proxy: Proxy,
    _real: Real,
}

/// All parties, and what their proxies run on.
pub(super) struct Parties {
    pub(super) standing: Vec<Standing>,
    runtime: Runtime,
}

impl Parties {
    /// Starts them; so far no proxy does any harm.
    pub(super) fn start(folder: &Path, shelves: &Shelves) -> Option<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let inside = runtime.enter();
        let mut standing = Vec::new();
        for (entry, seed) in PARTIES.iter().zip(SEED..) {
            let real = (entry.start)(folder, shelves)?;
            let plan = Plan { seed, share: SHARE, http: entry.is_http, ..Plan::default() };
            let proxy = Proxy::start((Ipv4Addr::LOCALHOST, 0).into(), real.address, plan).unwrap();
            standing.push(Standing { entry, proxy, _real: real });
        }
        drop(inside);
        let parties = Self { standing, runtime };
        parties.each(Standing::be_well);
        Some(parties)
    }

    pub(super) fn each(&self, treat: impl Fn(&Standing)) {
        self.standing.iter().for_each(treat);
    }

    /// What leads the program to the proxies and nowhere else.
    pub(super) fn settings(&self) -> Vec<Value> {
        self.standing.iter().map(|party| (party.entry.settings)(party.proxy.address())).collect()
    }

    /// The policies of all, by name.
    pub(super) fn policies(&self) -> Value {
        let policy = |party: &Standing| (party.entry.policy.to_owned(), party.entry.policy_config());
        Value::Object(self.standing.iter().map(policy).collect())
    }

    /// Whoever is connected is reset. Connections that last would meet a fault too seldom.
    pub(super) fn reset(&self, party: &Standing) {
        self.runtime.block_on(party.control().reset_all()).unwrap();
    }

    /// The system refuses connections to the party.
    pub(super) fn shut(&self, party: &Standing) {
        self.runtime.block_on(party.control().down()).unwrap();
    }

    /// It is as if nothing had been.
    pub(super) fn open(&self, party: &Standing) {
        party.be_well();
        self.runtime.block_on(party.control().up()).unwrap();
    }
}

impl Standing {
    fn control(&self) -> &Control {
        self.proxy.control()
    }

    /// No faults: the only one is a delay of nothing.
    pub(super) fn be_well(&self) {
        let (fixed, jitter) = (Duration::ZERO, Duration::ZERO);
        self.control().set(Fault::Latency { fixed, jitter }).unwrap();
    }

    /// Faults as chance decides.
    pub(super) fn be_random(&self) {
        self.control().clear();
    }

    /// Takes connections and requests, and never says a word on those, nor on the connections that there are.
    pub(super) fn hang(&self) {
        self.control().set(Fault::HalfOpen).unwrap();
        self.control().mute_all();
    }

    /// Resets whoever calls.
    pub(super) fn refuse(&self) {
        self.control().set(Fault::Reset { forwarded: false }).unwrap();
    }

    /// Calls that came, with every try.
    pub(super) fn came(&self) -> u64 {
        let seen = self.control().snapshot();
        if self.entry.is_http { seen.requests } else { seen.connections }
    }

    /// Faults that were done.
    pub(super) fn faults(&self) -> u64 {
        self.control().snapshot().faults_total()
    }
}
