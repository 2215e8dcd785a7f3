//! Databases, caches and queues.

use super::{HOUR_MS, Rule, Setting, choice, in_seconds, millis, same, secret, switch, text, url, whole};

const POOLED: &str = "the connections are made with it";
const KAFKA: &str = "the clients are made with it";
const OPEN: &str = "the database is open";
/// What the store takes.
const POOL_MAX: i64 = 1_000;

pub(super) const SETTINGS: &[Setting] = &[
    url(
        "database_url",
        &["sqlite", "postgres", "postgresql", "postgresql+asyncpg"],
        "the database; empty: as `database.host` says, or a SQLite file in the data folder",
    )
    .named(&["DATABASE_URL"])
    .restart(OPEN),
    text("database.host", &Rule::HOST, "the host of a PostgreSQL database, where `database_url` is empty")
        .named(&["AI_TRADER_DATABASE_HOST"])
        .restart(OPEN),
    whole("database.port", 1, 65_535, "its port").named(&["AI_TRADER_DATABASE_PORT"]).restart(OPEN),
    text("database.name", &Rule::ANY, "the database on it").named(&["AI_TRADER_DATABASE_NAME"]).restart(OPEN),
    text("database.user", &Rule::ANY, "whom to connect as").named(&["AI_TRADER_DATABASE_USER"]).restart(OPEN),
    secret("database.password", &Rule::SECRET, "the password of that user")
        .named(&["AI_TRADER_DATABASE_PASSWORD"])
        .restart(OPEN),
    choice(
        "database.ssl_mode",
        &["disable", "prefer", "require", "verify-ca", "verify-full"],
        "whether the connection is encrypted, and what of the server is verified",
    )
    .restart(POOLED),
    whole("database.min_pool_size", 0, POOL_MAX, "connections that are kept open")
        .named(&["DB_POOL_MIN"])
        .restart(POOLED),
    whole("database.max_pool_size", 1, POOL_MAX, "connections at once")
        .named(&["DB_POOL_MAX"])
        .restart(POOLED),
    millis("database.connection_timeout_ms", 1, HOUR_MS, "how long a connection may take to be had")
        .named(&["DB_CONNECTION_TIMEOUT_MS"])
        .restart(POOLED),
    millis("database.idle_timeout_ms", 1, 24 * HOUR_MS, "how long an unused connection is kept")
        .named(&["DB_IDLE_TIMEOUT_MS"])
        .also(&[in_seconds("database.max_idle_time")])
        .restart(POOLED),
    millis("database.statement_timeout_ms", 1, 24 * HOUR_MS, "how long one statement may take")
        .named(&["DB_STATEMENT_TIMEOUT_MS"])
        .also(&[in_seconds("database.command_timeout")])
        .restart(POOLED),
    switch("database.pool_pre_ping", "whether a connection is tried before it is used").restart(POOLED),
    millis("database.slow_query_ms", 1, HOUR_MS, "statements that take longer are logged as slow")
        .also(&[in_seconds("database.slow_query_threshold")])
        .restart(POOLED),
    switch("database.enable_query_logging", "whether every statement is logged, without its values")
        .also(&[same("resilience.enable_query_logging")])
        .restart(POOLED),
    url("redis_url", &["redis"], "Redis; empty: none, caches and limits stay in this process")
        .named(&["REDIS_URL"])
        .restart("the connection is open"),
    whole("redis.max_retries", 0, 100, "tries after the first of one request")
        .named(&["REDIS_MAX_RETRIES"])
        .restart(POOLED),
    millis("redis.connect_timeout_ms", 1, HOUR_MS, "how long a connection may take to be made")
        .named(&["REDIS_CONNECT_TIMEOUT_MS"])
        .restart(POOLED),
    millis("redis.command_timeout_ms", 1, HOUR_MS, "how long one command may take")
        .named(&["REDIS_COMMAND_TIMEOUT_MS"])
        .restart(POOLED),
    millis("redis.keepalive_ms", 1, HOUR_MS, "between two signs of life on an idle connection")
        .named(&["REDIS_KEEPALIVE_MS"])
        .restart(POOLED),
    text(
        "bus_url",
        &Rule::BUS,
        "where topics are: `local:` in this process alone, `kafka:` on Kafka too; empty: on Kafka where one is named",
    )
    .restart("the bus is made with it"),
    text("kafka.bootstrap_servers", &Rule::SERVERS, "Kafka; empty: none, topics stay in this process")
        .named(&["KAFKA_BOOTSTRAP_SERVERS"])
        .restart("the connection is open"),
    text("kafka.topic_prefix", &Rule::TOPIC, "what stands before the name of every topic").restart(KAFKA),
    text("kafka.group", &Rule::TOPIC, "the group of those who store what comes over Kafka").restart(KAFKA),
    whole("kafka.max_poll_records", 1, 100_000, "messages that are read at once").restart(KAFKA),
    millis("kafka.session_timeout_ms", 100, HOUR_MS, "silence after which a reader is taken for dead")
        .restart(KAFKA),
    millis(
        "kafka.heartbeat_ms",
        10,
        HOUR_MS,
        "between two signs of life of a reader; a third of the silence allowed",
    )
    .restart(KAFKA),
    millis("kafka.delivery_timeout_ms", 100, HOUR_MS, "how long a message may take to be acknowledged")
        .restart(KAFKA),
];
