use std::path::Path;

use super::Config;
use crate::config::masked::Masked;
use crate::config::tests::load_yaml;

fn config(yaml: &str) -> Config {
    load_yaml(yaml).unwrap().config
}

#[test]
fn the_database_is_a_file_a_whole_address_or_its_parts() {
    let cases = [
        ("", Some("./data/bellwether.db"), None),
        ("data_dir: /var/x\n", Some("/var/x/bellwether.db"), None),
        ("database_url: 'sqlite:/x/y.db'\n", Some("/x/y.db"), None),
        ("database_url: 'sqlite://y.db'\n", Some("y.db"), None),
        ("database_url: 'sqlite:///x/y.db'\n", Some("/x/y.db"), None),
        // As some write a whole path: it stays one.
        ("database_url: 'sqlite:////x/y.db'\n", Some("//x/y.db"), None),
        (
            "database_url: 'postgresql+asyncpg://u:p@h:5432/d'\n",
            None,
            Some("postgresql+asyncpg://u:p@h:5432/d"),
        ),
        ("database: {host: h, name: d, user: u}\n", None, Some("postgres://u@h:5432/d")),
        (
            "database: {host: h, port: 6543, name: d, user: u, password: p}\n",
            None,
            Some("postgres://u:p@h:6543/d"),
        ),
        (
            "database: {host: h, name: d/e, user: 'u@x', password: 'p:%/?#é'}\n",
            None,
            Some("postgres://u%40x:p%3A%25%2F%3F%23%C3%A9@h:5432/d%2Fe"),
        ),
        // The whole address counts where both are given.
        ("database_url: 'sqlite:x.db'\ndatabase: {host: h, name: d, user: u}\n", Some("x.db"), None),
    ];
    for (yaml, file, server) in cases {
        let config = config(yaml);
        assert_eq!(config.sqlite_path().as_deref(), file.map(Path::new), "{yaml}");
        assert_eq!(config.database_server().as_ref().map(Masked::reveal), server, "{yaml}");
    }
}

#[test]
fn an_address_in_parts_beside_the_whole_is_warned_of() {
    let both = "database_url: 'sqlite:x.db'\ndatabase: {host: h, name: d, user: u}\n";
    let warnings = load_yaml(both).unwrap().warnings;
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("config.yaml:2:18: `database.host` is not used"), "{warnings:?}");
    assert!(load_yaml("database_url: 'sqlite:x.db'\n").unwrap().warnings.is_empty());
}

#[test]
fn what_is_left_empty_is_made_of_something_else() {
    let usual = config("data_dir: /var/x\n");
    assert_eq!(usual.log_directory(), Path::new("/var/x/logs"));
    assert_eq!(usual.tracing_endpoint(), "http://127.0.0.1:4317");
    let chosen = config("log: {directory: /var/log/x}\ntracing: {endpoint: 'https://traces:4317'}\n");
    assert_eq!(chosen.log_directory(), Path::new("/var/log/x"));
    assert_eq!(chosen.tracing_endpoint(), "https://traces:4317");
}

#[test]
fn a_password_that_is_a_reference_is_put_into_the_address_once_it_is_fetched() {
    let loaded = load_yaml("database: {host: h, name: d, user: u, password: 'env:P'}\n").unwrap();
    let loaded = loaded.with_secret("database.password", "s/1").unwrap();
    assert_eq!(loaded.config.database_server().unwrap().reveal(), "postgres://u:s%2F1@h:5432/d");
}
