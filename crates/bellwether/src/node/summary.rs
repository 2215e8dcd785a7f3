//! What the node says of itself when it has started.

use super::accounts::Accounts;
use super::database;
use super::market::Market;
use crate::config::Config;

pub(super) fn summarise(market: &Market, accounts: &Accounts, config: &Config) -> Vec<String> {
    let mut lines = vec![
        format!("market    {}", market.about),
        format!("store     {}", database::in_words(config)),
        if config.is_exported_to_kafka() {
            format!("bus       local, and Kafka at {}; cache in process", config.kafka.bootstrap_servers)
        } else {
            "bus       local; cache in process".to_owned()
        },
    ];
    lines.extend(accounts.iter().map(|account| {
        format!("account   {} ({}), paper", account.identity.profile.name, account.identity.profile.strategy)
    }));
    lines
}
