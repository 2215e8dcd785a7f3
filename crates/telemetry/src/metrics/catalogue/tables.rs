use resilience::names;

use super::super::registry::{SERIES_REFUSED, VALUES_REFUSED};
use super::row::{Label, Row, closed, counter, gauge, open, timing};
use crate::logs::{LINES_DROPPED, LOG_NAMES};
use crate::slow::SLOW_OPERATIONS;
use crate::traces::SPANS;

pub(super) const TABLES: &[(&str, &[Row])] = &[
    ("pipeline", PIPELINE),
    ("bus", BUS),
    ("http", HTTP),
    ("resilience", RESILIENCE),
    ("health", HEALTH),
    ("errors", ERRORS),
    ("database", DATABASE),
    ("alerts", ALERTS),
    ("accounts", ACCOUNTS),
    ("logs", LOGS),
    ("traces", TRACES),
    ("process", PROCESS),
    ("runtime", RUNTIME),
    ("metrics", METRICS),
];

const ITEMS: &[&str] = &["trade", "depth_update", "depth_snapshot", "other"];
const FLOW_REFUSALS: &[&str] = &[
    "unknown_instrument",
    "price_not_positive",
    "quantity_not_positive",
    "incoherent",
    "malformed_range",
    "future_time",
    "time_went_back",
    "out_of_order",
    "duplicate",
    "outlier",
    "no_book",
];
const TOPICS: &[&str] = &[
    "market.trades",
    "market.quotes",
    "market.depth",
    "market.bars",
    "market.spreads",
    "market.corporate",
    "orders.events",
    "market.instruments",
];
const SINK: &[Label] = &[open("sink")];
const TOPIC: &[Label] = &[closed("topic", TOPICS)];
const POLICY: &[Label] = &[open("policy")];
const COMPONENT: &[Label] = &[open("component")];

const PIPELINE: &[Row] = &[
    counter("mdp_source_items_total", "A9", "Messages taken from sources.")
        .by(&[closed("kind", ITEMS)])
        .in_unit("messages"),
    counter(
        "mdp_source_disconnects_total",
        "A3",
        "Connections to sources that ended without being asked to.",
    )
    .by(&[open("provider")]),
    counter("mdp_source_pacing_blocked_total", "A2", "Calls that had to wait for a provider's budget.")
        .by(&[open("provider")]),
    counter("mdp_source_refused_total", "A1", "Messages refused by the checks of the flow.")
        .by(&[closed("reason", FLOW_REFUSALS)])
        .in_unit("messages"),
    counter("mdp_source_sequence_gaps_total", "A3", "Order books that lost an update."),
    counter("mdp_source_resyncs_total", "A3", "Order books made whole again."),
    counter("mdp_book_checks_total", "A3", "Comparisons of a rebuilt book with the venue's own best prices.")
        .by(&[closed("result", &["agree", "disagree", "skipped"])]),
    counter("mdp_source_undecoded_total", "A1", "Messages of a source that could not be decoded.")
        .by(&[open("provider")])
        .in_unit("messages"),
    counter("mdp_source_snapshots_asked_total", "A3", "Order books that were asked for anew.")
        .by(&[open("provider")]),
    gauge("mdp_source_books", "A3", "Order books of a source: lost, asked for, whole.")
        .by(&[open("provider"), closed("state", &["buffering", "syncing", "live"])])
        .in_unit("books"),
    counter("mdp_book_checksums_total", "A3", "Comparisons of a rebuilt book with the venue's own checksum.")
        .by(&[closed("result", &["agree", "disagree"])]),
    counter("operator_bars_out_total", "A4", "Bars emitted.").in_unit("bars"),
    counter(
        "operator_bars_late_trades_total",
        "A4",
        "Trades that came after their bar was told, once for each kind of bars.",
    )
    .in_unit("trades"),
    counter("operator_bars_revised_total", "A4", "Bars told anew for trades that came late or were amended.")
        .in_unit("bars"),
    counter(
        "operator_bars_left_out_trades_total",
        "A4",
        "Late or amended trades for which no bar could be told anew.",
    )
    .in_unit("trades"),
    counter(
        "operator_bars_refused_trades_total",
        "A4",
        "Trades that no bar takes: outside of a session, or out of range.",
    )
    .in_unit("trades"),
    counter("operator_spreads_out_total", "A5", "Spread events emitted.").in_unit("events"),
    gauge("mdp_queue_depth", "A7", "Items that wait in a queue between threads.")
        .by(&[open("queue")])
        .in_unit("items"),
    counter("mdp_queue_dropped_total", "A7", "Items that a queue let go.")
        .by(&[open("queue"), open("reason")])
        .in_unit("items"),
    counter("mdp_sink_batches_committed_total", "A9", "Batches committed.").by(SINK).in_unit("batches"),
    counter("mdp_edge_items_taken_total", "A7", "Items that went onto an edge of the pipeline.")
        .by(&[open("edge")])
        .in_unit("items"),
    counter("mdp_edge_items_total", "A7", "Items of an edge of which it is known what became of them.")
        .by(&[
            open("edge"),
            closed(
                "fate",
                &["delivered", "dead_letter", "dropped_oldest", "dropped_newest", "abandoned", "damaged"],
            ),
        ])
        .in_unit("items"),
    gauge("mdp_spool_items", "A7", "Items that wait on the disk for a sink that cannot be reached.")
        .by(SINK)
        .in_unit("items"),
    gauge("mdp_spool_bytes", "A7", "Bytes that wait on the disk for a sink that cannot be reached.")
        .by(SINK)
        .in_unit("bytes"),
    gauge("dead_letters", "A11", "Dead letters that are kept.").in_unit("messages"),
    counter(
        "dead_letters_expired_total",
        "A11",
        "Dead letters that were let go by the policy of keeping them.",
    )
    .by(&[closed("reason", &["age", "room"])])
    .in_unit("messages"),
    counter("mdp_sink_batches_failed_total", "A9", "Batches that were refused, in whole or in part.")
        .by(SINK)
        .in_unit("batches"),
    gauge("mdp_sink_queue_depth", "A9", "Batches that wait for a worker.").by(SINK).in_unit("batches"),
    timing("mdp_sink_commit_seconds", "A9", "How long one try of a commit took, failed ones included.")
        .by(SINK),
    counter("mdp_sink_retries_total", "A8", "Tries of a commit after the first.").by(SINK),
    counter("kafka_dlq_messages_total", "A11", "Messages handed to the dead letters, whatever keeps them.")
        .by(SINK)
        .in_unit("messages"),
];

const BUS: &[Row] = &[
    counter("bus_published_total", "A10", "Messages published.").by(TOPIC).in_unit("messages"),
    counter("bus_delivered_total", "A10", "Messages that a subscriber received, counted once for each.")
        .by(TOPIC)
        .in_unit("messages"),
    counter(
        "bus_dropped_total",
        "A10",
        "Messages that a subscriber did not receive: its inbox was full or it left.",
    )
    .by(TOPIC)
    .in_unit("messages"),
    counter("kafka_messages_delivered_total", "A8", "Messages that Kafka's brokers have acknowledged.")
        .in_unit("messages"),
    counter("kafka_messages_failed_total", "A8", "Messages that were not delivered to Kafka, each time.")
        .in_unit("messages"),
    counter(
        "kafka_producer_waits_total",
        "A8",
        "Times that a sender waited for room in the client of Kafka.",
    )
    .in_unit("times"),
    counter("kafka_messages_consumed_total", "A10", "Records read from Kafka.").in_unit("messages"),
    gauge("kafka_consumer_lag", "A10", "Records of Kafka that this program is behind.")
        .by(&[open("topic")])
        .in_unit("messages"),
];

/// Routes, methods and statuses are the program's own, so that there may be more of them than of other labels.
const REQUEST_SERIES_MAX: usize = 2_000;

const HTTP: &[Row] = &[
    counter("http_requests_total", "G2", "Requests answered.")
        .by(&[open("method"), open("route"), open("status")])
        .in_unit("requests")
        .at_most(REQUEST_SERIES_MAX),
    timing("http_request_seconds", "G2", "How long requests took to answer.")
        .by(&[open("method"), open("route")])
        .at_most(REQUEST_SERIES_MAX),
    counter("http_requests_shed_total", "F4", "Requests refused because too many were under way."),
    counter("http_requests_limited_total", "F3", "Requests refused because somebody asked too often.")
        .by(&[open("by")])
        .in_unit("requests"),
    counter("http_connections_busy_total", "C3", "Requests not made because every connection was taken.")
        .by(POLICY),
    counter("login_failures_total", "F1", "Logins that failed."),
    gauge("stream_clients", "F8", "Clients of the live stream."),
    counter("stream_frames_dropped_total", "F8", "Frames that slow clients of the live stream did not get."),
];

const RESILIENCE: &[Row] = &[
    gauge(names::BREAKER_STATE, "C1", "State of a circuit breaker: 0 closed, 1 open, 2 half-open.")
        .by(POLICY)
        .in_unit("state"),
    counter(names::BREAKER_TRANSITIONS, "C1", "Changes of a circuit breaker's state.")
        .by(&[open("policy"), closed("to", &["closed", "open", "half_open"])]),
    counter(
        names::CALLS,
        "C7",
        "Calls that were let through, by how they went; a slow success counts as both.",
    )
    .by(&[open("policy"), closed("outcome", &["success", "failure", "slow"])])
    .in_unit("calls"),
    counter(names::RETRIES, "C2", "Tries after the first.").by(POLICY),
    counter(names::REFUSED, "C7", "Calls that were not let through.")
        .by(&[open("policy"), open("reason")])
        .in_unit("calls"),
    counter(names::HTTP_REQUEST_TIMEOUT, "C3", "Calls that ran out of time.")
        .by(&[open("policy"), open("phase")]),
    counter(names::HEDGES, "C7", "Second tries that were started beside a slow first one.").by(POLICY),
    counter(names::RATE_LIMITED, "C7", "Calls that the rate limit delayed or refused.")
        .by(POLICY)
        .in_unit("calls"),
    gauge(names::BULKHEAD_IN_USE, "C8", "Calls inside the bulkhead.").by(POLICY).in_unit("calls"),
    gauge(
        names::LONGEST_CALL,
        "C3",
        "The longest that a call took so far, with its waits, however it ended.",
    )
    .by(POLICY)
    .in_unit("seconds"),
    counter(names::REGISTRY_EVICTIONS, "C7", "Idle policies that made room for new ones.")
        .by(&[open("registry")]),
    counter("resilience_registry_refused_total", "C7", "Policies for which there was no room.")
        .by(&[open("registry")]),
];

const HEALTH: &[Row] = &[
    gauge(names::HEALTH_STATUS, "C5", "Health of the whole: 0 healthy, 1 degraded, 2 unhealthy.")
        .in_unit("state"),
    gauge(names::COMPONENT_STATE, "C5", "Health of a component: 0 healthy, 1 degraded, 2 unhealthy.")
        .by(COMPONENT)
        .in_unit("state"),
    counter("health_changes_total", "C5", "Changes of a component's health.")
        .by(&[open("component"), open("to")]),
    timing("health_check_seconds", "C5", "How long checks of a component took.").by(COMPONENT),
];

pub(super) const SEVERITIES: &[&str] = &["low", "medium", "high", "critical"];
pub(super) const CATEGORIES: &[&str] = &[
    "network",
    "storage",
    "configuration",
    "authentication",
    "validation",
    "trading",
    "market_data",
    "capacity",
    "internal",
];

const ERRORS: &[Row] = &[counter(names::ERROR_SEVERITY, "C4", "Errors, by how much they matter.")
    .by(&[closed("severity", SEVERITIES), closed("category", CATEGORIES)])
    .in_unit("errors")];

const SIDE: &[Label] = &[closed("side", &["read", "write"])];

const DATABASE: &[Row] = &[
    gauge("db_pool_size", "E3", "Connections to the database.").in_unit("connections"),
    gauge("db_pool_checked_out", "E3", "Connections to the database that are in use.").in_unit("connections"),
    timing("db_pool_wait_seconds", "E3", "How long calls waited for a connection.").by(SIDE),
    counter("db_pool_timeouts_total", "E3", "Calls that got no connection in time.")
        .by(SIDE)
        .in_unit("calls"),
    counter("db_connections_closed_total", "E3", "Connections that were closed.")
        .by(&[closed("reason", &["idle", "age", "ping", "fault", "replaced"])])
        .in_unit("connections"),
    timing("db_statement_seconds", "E3", "How long reads and transactions took.").by(&[open("doing")]),
    counter(
        "db_statement_timeouts_total",
        "E3",
        "Reads and transactions stopped because they took too long.",
    )
    .by(&[open("doing")]),
];

const HALTS: &[&str] = &[
    "by_operator",
    "daily_loss",
    "drawdown",
    "journal_fault",
    "venue_fault",
    "booking_fault",
    "strategy_fault",
    "cell_fault",
    "flatten_fault",
];
const RUNGS: &[&str] = &["normal", "no_new_risk", "reduce_only", "cancel_all", "flatten"];
const LOSSES: &[&str] = &["daily_loss", "drawdown"];

const ACCOUNTS: &[Row] = &[
    gauge("accounts", "B4", "Accounts whose cell runs or does not.")
        .by(&[closed("condition", &["running", "stopped"])]),
    gauge("accounts_halted", "B3", "Accounts that are halted.").by(&[closed("kind", HALTS)]),
    gauge("accounts_at_loss_limit", "B3", "Accounts that reached a loss limit lately or are halted for it.")
        .by(&[closed("kind", LOSSES)]),
    gauge("accounts_on_rung", "C6", "Accounts by the rung of the trading ladder.")
        .by(&[closed("rung", RUNGS)]),
];

const ALERTS: &[Row] = &[
    gauge("alerts_firing", "G5", "Whether an alert fires: 1 or 0.")
        .by(&[open("alert"), open("severity")])
        .in_unit("state"),
    counter("alerts_notices_total", "G5", "Notices handed to a channel.")
        .by(&[open("channel"), open("outcome")]),
    counter("alerts_notices_dropped_total", "G5", "Notices let go because a channel's queue was full.")
        .by(&[open("channel")]),
    counter("alerts_instances_refused_total", "G5", "Series past the limit of what one rule watches.")
        .by(&[open("alert")]),
];

const LOGS: &[Row] = &[
    counter(LINES_DROPPED, "G3", "Lines that were not written to a log.")
        .by(&[closed("log", &LOG_NAMES), closed("reason", &["queue_full", "unwritable", "closed"])])
        .in_unit("lines"),
    counter(SLOW_OPERATIONS, "G3", "Operations that took longer than they should.").by(&[open("operation")]),
];

const TRACES: &[Row] = &[counter(SPANS, "G4", "Spans that ended, by what became of them.")
    .by(&[closed("outcome", &["exported", "failed", "dropped"])])
    .in_unit("spans")];

const PROCESS: &[Row] = &[
    gauge("build_info", "G2", "Always 1; the labels tell what was built.")
        .by(&[open("version"), open("commit")]),
    counter("process_cpu_seconds_total", "G2", "Time that the processors worked for the process.")
        .in_unit("seconds"),
    gauge("process_resident_memory_bytes", "G2", "Memory of the process that is in RAM.").in_unit("bytes"),
    gauge("process_virtual_memory_bytes", "G2", "Memory that the process has addresses for.")
        .in_unit("bytes"),
    gauge("process_threads", "G2", "Threads of the process."),
    gauge("process_open_fds", "G2", "Files, sockets and pipes that the process has open."),
    gauge("process_max_fds", "G2", "How many of these it may have open."),
    gauge("process_start_time_seconds", "G2", "When the process started, since 1970.").in_unit("seconds"),
    gauge("process_uptime_seconds", "G2", "How long the process has run.").in_unit("seconds"),
];

const RUNTIME_LABEL: &[Label] = &[open("runtime")];

const RUNTIME: &[Row] = &[
    gauge("tokio_workers", "G2", "Worker threads of the runtime.").by(RUNTIME_LABEL),
    gauge("tokio_alive_tasks", "G2", "Tasks that have not ended.").by(RUNTIME_LABEL).in_unit("tasks"),
    gauge("tokio_global_queue_depth", "G2", "Tasks that wait for a worker to take them.")
        .by(RUNTIME_LABEL)
        .in_unit("tasks"),
    gauge("tokio_busy_ratio", "G2", "Share of the workers' time spent working since the look before.")
        .by(RUNTIME_LABEL)
        .in_unit("ratio"),
];

const METRICS: &[Row] = &[
    counter(SERIES_REFUSED, "G2", "Series refused: too many of their name, or the name is of another kind.")
        .by(&[open("metric")]),
    counter(VALUES_REFUSED, "G2", "Recorded values that are no numbers."),
];
