//! Checks that need more than one setting.

use risk::LimitFault;

use super::fault::Fault;
use super::foreign::{Check, Flaw};
use super::loaded::Loaded;
use super::path;
use super::place::Place;
use super::sections::{Config, MarketKind};

/// A rule that is broken: the settings it is about, the first of them to be mended.
struct Broken {
    paths: Vec<String>,
    what: String,
    allowed: String,
    mend: String,
}

/// One fault for each broken rule, unless one of its settings is `faulty` by itself. `others` look at what is theirs.
pub(super) fn check(loaded: &Loaded, faulty: &[String], others: &[Check]) -> Vec<Fault> {
    let config = &loaded.config;
    let broken = [
        limits(config),
        orders(config),
        pairs(config),
        parties(config),
        references(loaded),
        feeds(config),
        names(config),
        flaws(config, others),
    ];
    broken
        .into_iter()
        .flatten()
        .filter(|broken| !broken.paths.iter().any(|path| faulty.contains(path)))
        .map(|broken| {
            // Whoever set one of them is who can mend it.
            let set = broken.paths.iter().find(|path| *loaded.origin(path) != Place::Defaults);
            let place = set.map_or(&Place::Defaults, |path| loaded.origin(path));
            let setting = broken.paths.first().map_or("", String::as_str);
            Fault::new(place, setting, broken.what).allowing(broken.allowed).mended_by(broken.mend)
        })
        .collect()
}

fn limits(config: &Config) -> Vec<Broken> {
    let faults = config.limits.validate().err().unwrap_or_default();
    faults
        .into_iter()
        .filter_map(|fault| match fault {
            LimitFault::OutOfOrder { smaller: "max_order_size", .. } => {
                Some(too_large("limits.max_order_size", "limits.max_position_size"))
            }
            LimitFault::OutOfOrder { .. } => {
                Some(too_large("limits.max_order_notional", "limits.max_gross_notional"))
            }
            // The table refuses these one by one.
            LimitFault::NotPositive { .. } | LimitFault::NotAShare { .. } | LimitFault::TooLarge { .. } => {
                None
            }
        })
        .collect()
}

/// A pair closes below where it opens.
fn pairs(config: &Config) -> Vec<Broken> {
    let pipeline = &config.pipeline;
    let is_broken = pipeline.pair_close_z >= pipeline.pair_open_z;
    is_broken.then(|| too_large("pipeline.pair_close_z", "pipeline.pair_open_z")).into_iter().collect()
}

/// Pairs of which one must not be more than the other.
fn orders(config: &Config) -> Vec<Broken> {
    let (database, health, http) = (&config.database, &config.health, &config.http);
    let pairs = [
        (database.min_pool_size > database.max_pool_size, "database.min_pool_size", "database.max_pool_size"),
        (health.timeout_ms > health.interval_ms, "health.timeout_ms", "health.interval_ms"),
        (
            health.interval_when_unwell_ms > health.interval_ms,
            "health.interval_when_unwell_ms",
            "health.interval_ms",
        ),
        (
            config.kafka.heartbeat_ms >= config.kafka.session_timeout_ms,
            "kafka.heartbeat_ms",
            "kafka.session_timeout_ms",
        ),
        (
            http.keep_alive_connections > http.max_connections,
            "http.keep_alive_connections",
            "http.max_connections",
        ),
        (
            config.resilience.retry_initial_delay_ms > config.resilience.retry_max_delay_ms,
            "resilience.retry_initial_delay_ms",
            "resilience.retry_max_delay_ms",
        ),
    ];
    pairs
        .into_iter()
        .filter(|(broken, ..)| *broken)
        .map(|(_, small, large)| too_large(small, large))
        .collect()
}

fn too_large(small: &'static str, large: &'static str) -> Broken {
    Broken {
        paths: vec![small.to_owned(), large.to_owned()],
        what: format!("is more than `{large}`"),
        allowed: format!("at most `{large}`"),
        mend: format!("make it smaller, or `{large}` larger"),
    }
}

/// What another party needs to be told whole.
fn parties(config: &Config) -> Vec<Broken> {
    let (database, email, webhook, vault) =
        (&config.database, &config.alerts.email, &config.alerts.webhook, &config.vault);
    let is_made_of_parts = config.database_url.is_empty();
    let has_host = is_made_of_parts && !database.host.is_empty();
    let lacks_host = is_made_of_parts && database.host.is_empty();
    let lacks_way_in = !vault.address.is_empty() && vault.token.is_empty() && vault.role.is_empty();
    let lacks_brokers = config.bus_url == "kafka:" && config.kafka.bootstrap_servers.is_empty();
    let needs = [
        (has_host && database.name.is_empty(), "database.name", "database.host"),
        (has_host && database.user.is_empty(), "database.user", "database.host"),
        (lacks_host && !database.name.is_empty(), "database.host", "database.name"),
        (lacks_host && !database.user.is_empty(), "database.host", "database.user"),
        (lacks_host && !database.password.is_empty(), "database.host", "database.password"),
        (!email.host.is_empty() && email.from.is_empty(), "alerts.email.from", "alerts.email.host"),
        (!email.host.is_empty() && email.to.is_empty(), "alerts.email.to", "alerts.email.host"),
        (
            !email.username.is_empty() && email.password.is_empty(),
            "alerts.email.password",
            "alerts.email.username",
        ),
        (!webhook.url.is_empty() && webhook.secret.is_empty(), "alerts.webhook.secret", "alerts.webhook.url"),
        (lacks_way_in, "vault.token", "vault.address"),
        (lacks_brokers, "kafka.bootstrap_servers", "bus_url"),
    ];
    needs
        .into_iter()
        .filter(|(broken, ..)| *broken)
        .map(|(_, missing, because)| Broken {
            paths: vec![missing.to_owned(), because.to_owned()],
            what: format!("is empty, and `{because}` needs it"),
            allowed: String::new(),
            mend: format!("set it, or leave `{because}` empty"),
        })
        .collect()
}

/// Addresses that are called before any secret is fetched, and so cannot be fetched themselves.
const CALLED_FIRST: [&str; 3] = ["aws.endpoint", "tracing.endpoint", "vault.address"];

/// Secrets whose place cannot be reached by this program.
fn references(loaded: &Loaded) -> Vec<Broken> {
    let has_vault = !loaded.config.vault.address.is_empty();
    // Vault's own door says itself where its token may be.
    let slots = loaded.secret_slots().into_iter().filter(|(path, _)| *path != "vault.token");
    let broken = slots.filter_map(|(path, text)| {
        let (what, mend) = if CALLED_FIRST.contains(&path) {
            ("cannot be fetched: it is called before secrets are", "write the address itself")
        } else if text.starts_with("vault:") && !has_vault {
            ("is kept in Vault, and `vault.address` is empty", "set `vault.address`, or keep it elsewhere")
        } else if text.starts_with("aws:") && !secrets::AWS_IS_BUILT {
            (
                "is kept in AWS Secrets Manager, which this program was built without",
                "build it with the feature `aws`, or keep it elsewhere",
            )
        } else {
            return None;
        };
        Some((path, what, mend))
    });
    let whole = |(path, what, mend): (&str, &str, &str)| Broken {
        paths: vec![path.to_owned()],
        what: what.to_owned(),
        allowed: String::new(),
        mend: mend.to_owned(),
    };
    broken.map(whole).collect()
}

/// A live market needs somebody to bring it.
fn feeds(config: &Config) -> Vec<Broken> {
    if config.feeds.market == MarketKind::Synthetic || !config.feeds.are_empty() {
        return Vec::new();
    }
    vec![Broken {
        paths: vec!["feeds.market".to_owned(), "feeds.binance_spot.symbols".to_owned()],
        what: "is `live`, and no feed has symbols".to_owned(),
        allowed: String::new(),
        mend:
            "name symbols of a feed, as in `feeds.binance_spot.symbols: [BTCUSDT]`, or set it to `synthetic`"
                .to_owned(),
    }]
}

fn names(config: &Config) -> Vec<Broken> {
    let features = config.features.built_in();
    let taken = features.iter().filter(|(name, ..)| config.flags.contains_key(*name));
    let mut broken: Vec<Broken> = taken
        .map(|(name, ..)| Broken {
            paths: vec![path::below("flags", name)],
            what: "has the name of a feature".to_owned(),
            allowed: String::new(),
            mend: format!("set `features.{name}` instead, or choose another name"),
        })
        .collect();
    if config.bus_url == "kafka:" && !cfg!(feature = "kafka") {
        broken.push(Broken {
            paths: vec!["bus_url".to_owned()],
            what: "is on Kafka, which this program was built without".to_owned(),
            allowed: String::new(),
            mend: "build it with the feature `kafka`, or write `local:`".to_owned(),
        });
    }
    let listens = config.listen.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    if config.metrics.port != 0 && listens == Some(config.metrics.port) {
        broken.push(Broken {
            paths: vec!["metrics.port".to_owned(), "listen".to_owned()],
            what: "is the port of `listen`".to_owned(),
            allowed: "another port, or 0".to_owned(),
            mend: "set it to 0: /metrics is beside the API anyway".to_owned(),
        });
    }
    broken
}

/// What other parts of the program find wrong with their own entries.
fn flaws(config: &Config, others: &[Check]) -> Vec<Broken> {
    let broken = |flaw: Flaw| Broken {
        mend: format!("mend it, or remove `{}`", path::written(&flaw.path)),
        paths: vec![flaw.path],
        what: flaw.what,
        allowed: flaw.allowed,
    };
    others.iter().flat_map(|check| check(config)).map(broken).collect()
}

#[cfg(test)]
mod tests;
