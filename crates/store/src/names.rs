//! Names of the metrics, with their labels.

/// Gauge, no labels: connections to the database that are open, whatever they are for.
pub const POOL_SIZE: &str = "db_pool_size";

/// Gauge, no labels: those of them that are in use.
pub const POOL_CHECKED_OUT: &str = "db_pool_checked_out";

/// Histogram, label `side` (`read`, `write`): seconds that a call waited for a connection.
pub const POOL_WAIT: &str = "db_pool_wait_seconds";

/// Counter, label `side` (`read`, `write`): calls that got no connection in time.
pub const POOL_TIMEOUTS: &str = "db_pool_timeouts_total";

/// Counter, label `reason` (`idle`, `age`, `ping`, `fault`, `replaced`, `overflow`): connections that were closed.
pub const CONNECTIONS_CLOSED: &str = "db_connections_closed_total";

/// Histogram, label `doing` (words of the code, about forty): seconds that a read or a transaction took.
pub const STATEMENT: &str = "db_statement_seconds";

/// Counter, label `doing`: reads and transactions that were stopped because they took too long.
pub const STATEMENT_TIMEOUTS: &str = "db_statement_timeouts_total";

/// Counter, label `operation` (as `doing`): reads and transactions that took longer than they should.
pub const SLOW_OPERATIONS: &str = "slow_operations_total";
