//! A proxy, a client, and time that moves only when it is told to.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use chaos::{Control, Decisions, Fault, Kind, Plan, Proxy, Snapshot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Looks at the counts before a test says that it waits in vain.
const LOOKS: u32 = 3_000_000;

pub(super) const FREE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

pub(super) fn start(upstream: SocketAddr, plan: Plan) -> Proxy {
    Proxy::start(FREE, upstream, plan).unwrap()
}

/// A proxy that forwards until a fault is set by hand.
pub(super) fn calm(upstream: SocketAddr) -> Proxy {
    start(upstream, Plan::default())
}

pub(super) fn with(upstream: SocketAddr, fault: Fault) -> Proxy {
    let proxy = calm(upstream);
    proxy.control().set(fault).unwrap();
    proxy
}

pub(super) fn with_http(upstream: SocketAddr, fault: Option<Fault>) -> Proxy {
    let proxy = start(upstream, Plan { http: true, ..Plan::default() });
    if let Some(fault) = fault {
        proxy.control().set(fault).unwrap();
    }
    proxy
}

/// Waits, without letting any virtual time pass, until the counts are as wanted.
pub(super) async fn until(control: &Control, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
    for _ in 0..LOOKS {
        let snapshot = control.snapshot();
        if wanted(&snapshot) {
            return snapshot;
        }
        tokio::task::yield_now().await;
    }
    panic!("waited in vain: {:?}", control.snapshot());
}

pub(super) fn count(snapshot: &Snapshot, kind: Kind) -> u64 {
    snapshot.faults.get(&kind).copied().unwrap_or(0)
}

/// The first faults of a plan's row.
pub(super) fn row(plan: &Plan, length: usize) -> Vec<Option<Kind>> {
    Decisions::of(plan).take(length).map(|decision| decision.fault.map(|fault| fault.kind())).collect()
}

/// While it lives, paused time stands still although all tasks wait for sockets.
pub(super) struct StillTime(Option<SyncSender<()>>);

impl StillTime {
    pub(super) fn begin() -> Self {
        let (hold, held) = sync_channel::<()>(0);
        tokio::task::spawn_blocking(move || held.recv().is_err());
        Self(Some(hold))
    }

    pub(super) async fn advance(&self, by: Duration) {
        assert!(self.0.is_some());
        tokio::time::advance(by).await;
    }
}

pub(super) struct Client(pub(super) TcpStream);

impl Client {
    pub(super) async fn of(proxy: &Proxy) -> Self {
        Self(TcpStream::connect(proxy.address()).await.unwrap())
    }

    pub(super) async fn say(&mut self, text: impl AsRef<[u8]>) {
        self.0.write_all(text.as_ref()).await.unwrap();
    }

    pub(super) async fn hear(&mut self, bytes: usize) -> String {
        let mut heard = vec![0; bytes];
        self.0.read_exact(&mut heard).await.unwrap();
        String::from_utf8(heard).unwrap()
    }

    /// All that comes until the connection ends, and how it ends.
    pub(super) async fn hear_all(&mut self) -> (Vec<u8>, io::Result<usize>) {
        let mut heard = Vec::new();
        let end = self.0.read_to_end(&mut heard).await;
        (heard, end)
    }

    /// Until the connection is closed; a reset is none.
    pub(super) async fn hear_out(&mut self) -> Vec<u8> {
        let (heard, end) = self.hear_all().await;
        end.unwrap();
        heard
    }

    pub(super) async fn is_reset(&mut self) -> bool {
        let (heard, end) = self.hear_all().await;
        heard.is_empty() && end.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
    }

    /// Whether nothing has come, not even the end.
    pub(super) fn hears_nothing(&self) -> bool {
        self.0.try_read(&mut [0; 1]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}
