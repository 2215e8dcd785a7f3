use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;
use std::time::Duration;

use super::handles::Handles;

/// A panic may be the last thing a program says; it waits so long that it is written.
const FLUSH_WITHIN: Duration = Duration::from_millis(500);

/// Logs panics from now on, instead of writing them to standard error as they are.
pub(super) fn log(handles: Handles) {
    std::panic::set_hook(Box::new(move |info| {
        tell(info);
        handles.flush(FLUSH_WITHIN);
    }));
}

fn tell(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    let place = place.as_deref().unwrap_or("an unknown place");
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let why = payload(info.payload());
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!(target: "panic", place, thread, %backtrace, "panicked: {why}");
    } else {
        tracing::error!(target: "panic", place, thread, "panicked: {why}");
    }
}

fn payload(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words were given")
}
