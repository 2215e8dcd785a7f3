//! What the program tells about itself: logs in files of bounded size, a metrics registry with the name of every
//! metric, and traces where they are asked for.
//!
//! It is not the place where things are counted: that is beside the code that does them. It decides nothing about
//! alerts, and it never waits for a disk on a thread that works.

pub mod logs;
pub mod metrics;
pub mod redact;
pub mod security;
pub mod slow;
pub mod traces;

pub use logs::{Format, Handles, LogConfig, LogError, LogGuard, Logs};
pub use metrics::Metrics;
pub use redact::{NotHidden, Redactor};
pub use traces::{TraceConfig, Traces, TracesError};

/// For [`security!`], whose callers need not name the crate themselves.
#[doc(hidden)]
pub use tracing;
