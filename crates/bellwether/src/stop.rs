//! The wish to stop: set by a signal, read by every loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Cloned into every loop; once set it stays set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn request(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    /// Sets the wish at Ctrl-C or SIGTERM; a second signal ends the process at once.
    pub(crate) fn at_signal(&self) -> anyhow::Result<()> {
        let stop = self.clone();
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                next_signal().await;
                stop.request();
                next_signal().await;
                std::process::exit(i32::from(crate::exit::INTERRUPTED));
            });
        })?;
        Ok(())
    }
}

/// Completes at the next Ctrl-C or SIGTERM.
pub(crate) async fn next_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
