//! The one table of environment variables with a name of their own.

/// A variable, the setting it sets, and what it is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) about: &'static str,
}

const fn variable(name: &'static str, path: &'static str, about: &'static str) -> Variable {
    Variable { name, path, about }
}

/// Documented names, in the order in which `config print --variables` shows them.
pub(crate) const fn variables() -> &'static [Variable] {
    &VARIABLES
}

static VARIABLES: [Variable; 11] = [
    variable("ENVIRONMENT", "environment", "which config.<environment>.yaml is read"),
    variable("DATABASE_URL", "database_url", "sqlite:<path>; empty for the file in data_dir"),
    variable("ADMIN_USERNAME", "admin_username", "the first administrator's name"),
    variable("ADMIN_PASSWORD", "admin_password", "the first administrator's password; random when empty"),
    variable("PIPELINE_BATCH_SIZE", "pipeline.batch_size", "rows in a batch before it is stored"),
    variable("PIPELINE_FLUSH_MS", "pipeline.flush_ms", "milliseconds before a batch is stored"),
    variable("PIPELINE_MAX_BYTES", "pipeline.max_bytes", "bytes in a batch before it is stored"),
    variable("PIPELINE_SINK_QUEUE_MAX", "pipeline.sink_queue_max", "batches waiting for the store"),
    variable("PIPELINE_DROP_POLICY", "pipeline.drop_policy", "oldest, newest or block"),
    variable("PIPELINE_KEEP_TICKS_HOURS", "pipeline.keep_ticks_hours", "hours of ticks kept; 0: for ever"),
    variable("RUST_LOG", "log.level", "error, warn, info, debug, trace, or per module"),
];

/// The variable that sets any key: `pipeline.batch_size` is `BELLWETHER__PIPELINE__BATCH_SIZE`.
pub(super) fn nested_path(path: &str) -> String {
    format!("BELLWETHER__{}", path.to_uppercase().replace('.', "__"))
}
