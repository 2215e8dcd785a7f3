//! Events that somebody who watches over the program's safety wants to see.

/// The target of such events. What is logged to it goes to `security.log` as well, whatever the level is set to, as
/// long as it is a warning or information. A crate that may not depend on this one names it itself:
/// `tracing::warn!(target: "security", kind = "login_failed", user = name, "a login failed")`.
pub const TARGET: &str = "security";

/// Logs a security event: the level (`warn` or `info`), the stable name of its kind, then fields and words as
/// [`tracing`]'s macros take them.
///
/// ```text
/// telemetry::security!(warn, "login_failed", user = "jane", address = "192.0.2.7", "a login failed");
/// ```
#[macro_export]
macro_rules! security {
    ($level:ident, $kind:literal, $($rest:tt)+) => {
        $crate::tracing::$level!(target: "security", kind = $kind, $($rest)+)
    };
}
