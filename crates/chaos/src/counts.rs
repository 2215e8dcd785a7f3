use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::Kind;

/// What happened so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Accepted, with those over the limit.
    pub connections: u64,
    /// Of them, still there.
    pub open: u64,
    /// Closed at once because there were too many.
    pub over_limit: u64,
    /// Reset because they were too old.
    pub aged_out: u64,
    /// Closed because what came was not HTTP/1; only where HTTP is understood.
    pub unreadable: u64,
    /// The party could not be reached.
    pub upstream_failures: u64,
    /// The system could not accept a connection.
    pub accept_failures: u64,
    /// HTTP requests that came; 0 where HTTP is not understood.
    pub requests: u64,
    /// Of them, those that reached the party.
    pub requests_forwarded: u64,
    pub bytes_to_upstream: u64,
    pub bytes_to_client: u64,
    /// Faults done, by kind; those that never happened are not in it.
    pub faults: BTreeMap<Kind, u64>,
}

impl Snapshot {
    /// Faults of all kinds.
    #[must_use]
    pub fn faults_total(&self) -> u64 {
        self.faults.values().sum()
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { connections, open, requests, requests_forwarded, .. } = self;
        writeln!(formatter, "connections {connections} ({open} open)")?;
        writeln!(formatter, "requests {requests}, of them reached the party {requests_forwarded}")?;
        writeln!(formatter, "bytes to the party {}, back {}", self.bytes_to_upstream, self.bytes_to_client)?;
        let faults: Vec<_> = self.faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        writeln!(formatter, "faults {}: {}", self.faults_total(), faults.join(", "))?;
        write!(
            formatter,
            "over the limit {}, too old {}, not HTTP {}, party out of reach {}, not accepted {}",
            self.over_limit, self.aged_out, self.unreadable, self.upstream_failures, self.accept_failures
        )
    }
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) connections: Count,
    pub(crate) closed: Count,
    pub(crate) over_limit: Count,
    pub(crate) aged_out: Count,
    pub(crate) unreadable: Count,
    pub(crate) upstream_failures: Count,
    pub(crate) accept_failures: Count,
    pub(crate) requests: Count,
    pub(crate) requests_forwarded: Count,
    pub(crate) bytes_to_upstream: Count,
    pub(crate) bytes_to_client: Count,
    faults: [Count; Kind::ALL.len()],
}

#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self, more: usize) {
        self.0.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Counts {
    pub(crate) fn fault(&self, kind: Kind) {
        self.faults[kind.place()].add(1);
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let faults = Kind::ALL.into_iter().zip(self.faults.iter().map(Count::get));
        // Closed is read first: a connection that opens in between must not count as less than none.
        let closed = self.closed.get();
        let connections = self.connections.get();
        Snapshot {
            connections,
            open: connections.saturating_sub(closed),
            over_limit: self.over_limit.get(),
            aged_out: self.aged_out.get(),
            unreadable: self.unreadable.get(),
            upstream_failures: self.upstream_failures.get(),
            accept_failures: self.accept_failures.get(),
            requests: self.requests.get(),
            requests_forwarded: self.requests_forwarded.get(),
            bytes_to_upstream: self.bytes_to_upstream.get(),
            bytes_to_client: self.bytes_to_client.get(),
            faults: faults.filter(|(_, count)| *count > 0).collect(),
        }
    }
}
