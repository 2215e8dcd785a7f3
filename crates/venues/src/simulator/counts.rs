use std::sync::atomic::{AtomicU64, Ordering};

/// What a simulator has seen and done. Snapshots of it are plain numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SimulatorCounts {
    /// Connections that were opened, and that were refused.
    pub connections: u64,
    pub refused: u64,
    /// Connections that the simulator cut.
    pub cut: u64,
    /// Frames sent, and those that were lost, doubled and put out of order on purpose.
    pub frames: u64,
    pub dropped: u64,
    pub duplicated: u64,
    pub reordered: u64,
    pub stalled: u64,
    /// Messages of clients, pongs included, and connections closed because there were too many of them.
    pub client_messages: u64,
    pub budget_violations: u64,
    /// The most messages that one connection sent within one second.
    pub busiest_second: u64,
    /// Snapshots given and requests refused.
    pub snapshots: u64,
    pub requests_refused: u64,
}

macro_rules! live_counts {
    ($($name:ident),+ $(,)?) => {
        /// The same, being counted.
        #[derive(Debug, Default)]
        pub(super) struct LiveCounts {
            $(pub(super) $name: AtomicU64,)+
        }

        impl LiveCounts {
            pub(super) fn read(&self) -> SimulatorCounts {
                SimulatorCounts { $($name: self.$name.load(Ordering::Relaxed),)+ }
            }
        }
    };
}

live_counts!(
    connections,
    refused,
    cut,
    frames,
    dropped,
    duplicated,
    reordered,
    stalled,
    client_messages,
    budget_violations,
    busiest_second,
    snapshots,
    requests_refused,
);

pub(super) fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}
