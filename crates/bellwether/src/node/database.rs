//! The database as the configuration names it: a file of one's own, or a server.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use store::{Store, StoreConfig};

use crate::config::Config;

/// Opens it and brings its tables up to date.
pub(crate) fn open(config: &Config) -> Result<Store> {
    let store = open_as_it_is(config)?;
    store.migrate_to(store.newest_version())?;
    Ok(store)
}

/// Opens it and leaves its tables as they are.
pub(crate) fn open_as_it_is(config: &Config) -> Result<Store> {
    let pool = pool(config);
    if let Some(server) = config.database_server() {
        return Ok(Store::open_unmigrated(server.reveal(), &pool)?);
    }
    let path = config.sqlite_path().context("`database_url` names no database")?;
    keep_private(&path)?;
    Ok(Store::open_unmigrated(&format!("sqlite:{}", path.display()), &pool)?)
}

/// Which it is, without its address: that may hold a password.
pub(super) fn in_words(config: &Config) -> String {
    match config.sqlite_path() {
        Some(path) => format!("SQLite in {}", path.display()),
        None => "PostgreSQL".to_owned(),
    }
}

fn pool(config: &Config) -> StoreConfig {
    let database = &config.database;
    StoreConfig {
        pool_min: database.min_pool_size,
        pool_max: database.max_pool_size,
        acquire_timeout: Duration::from_millis(database.connection_timeout_ms),
        idle_timeout: Duration::from_millis(database.idle_timeout_ms),
        statement_timeout: Duration::from_millis(database.statement_timeout_ms),
        pre_ping: database.pool_pre_ping,
        slow_query: if database.enable_query_logging {
            Duration::ZERO
        } else {
            Duration::from_millis(database.slow_query_ms)
        },
        ..StoreConfig::default()
    }
}

/// The database holds password hashes: a new one is made readable for this user alone, and what SQLite puts beside
/// it takes after it.
fn keep_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = path
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path));
    made.map(drop).with_context(|| format!("the database {} cannot be opened", path.display()))
}
