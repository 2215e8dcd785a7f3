use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::Place;
use super::failure::Failure;
use super::socket::{Socket, Wire};
use super::until::Until;

type Connection = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// A connection that is driven by whoever uses it, on their own thread and no longer than they are patient: there
/// is no runtime behind it. Calls may come from threads that belong to a runtime.
pub(super) struct Link {
    client: Client,
    /// None: it has ended.
    connection: Option<Connection>,
    wire: Arc<Wire>,
    /// As the server named it.
    pub(super) server_version: String,
}

/// Somebody was woken, so that all are to be asked again.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Link {
    pub(super) fn connect(
        place: &Place,
        login: &Config,
        tls: &MakeRustlsConnect,
        until: &Until<'_>,
    ) -> Result<Self, Failure> {
        let wire = Wire::connect(place, until).map_err(|error| Failure::unreachable(&error))?;
        let host = match place {
            Place::Tcp { host, .. } => host.as_str(),
            Place::Unix { .. } => "localhost",
        };
        let Ok(tls) = MakeTlsConnect::<Socket>::make_tls_connect(&mut tls.clone(), host);
        let connected = drive(&wire, &mut None, until, login.connect_raw(wire.socket(), tls))?;
        let (client, connection) = connected.map_err(Failure::at_login)?;
        let server_version = connection.parameter("server_version").unwrap_or_default().to_owned();
        Ok(Self { client, connection: Some(Box::pin(connection)), wire, server_version })
    }

    /// Asks the server and waits for what it says.
    pub(super) fn drive<T>(
        &mut self,
        until: &Until<'_>,
        work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let Self { client, connection, wire, .. } = self;
        Ok(drive(wire, connection, until, work(client))??)
    }

    /// Whether the connection is there, as far as can be seen without asking.
    pub(super) fn is_up(&mut self) -> bool {
        let Some(connection) = &mut self.connection else { return false };
        let is_pending = connection.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
        if !is_pending {
            self.connection = None;
        }
        is_pending
    }
}

/// Polls both by turns until the work is done; between two rounds it waits for the socket.
fn drive<T>(
    wire: &Wire,
    connection: &mut Option<Connection>,
    until: &Until<'_>,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    let mut work = pin!(work);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut context = Context::from_waker(&waker);
    loop {
        woken.0.store(false, Ordering::Relaxed);
        let ended = match connection.as_mut().map(|connection| connection.as_mut().poll(&mut context)) {
            Some(Poll::Ready(ended)) => Some(ended),
            Some(Poll::Pending) | None => None,
        };
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            if ended.is_some() {
                *connection = None;
            }
            return Ok(done);
        }
        if let Some(ended) = ended {
            *connection = None;
            return Err(Failure::lost(ended.err()));
        }
        if woken.0.load(Ordering::Relaxed) {
            continue;
        }
        if !wire.wait(until).map_err(|error| Failure::unreachable(&error))? {
            return Err(Failure::TimedOut);
        }
    }
}
