use super::*;
use crate::clock::SystemClock;
use crate::config::load_settings;
use engine::Clock;

/// What the table of settings lets pass as the first administrator, the store takes.
#[test]
fn the_store_takes_every_administrator_that_the_configuration_may_name() {
    let (name, password) = ("n".repeat(64), "p".repeat(71));
    for (name, password) in [("é b", "éééééééééééé"), (name.as_str(), password.as_str())] {
        let config = load_settings(&[("admin_username", name), ("admin_password", password)]).unwrap().config;
        let store = Store::open("sqlite::memory:").unwrap();
        let admin = ensure_admin(&store, &config, SystemClock.now());
        assert!(admin.is_ok(), "{name} {:?}", admin.err());
    }
}
