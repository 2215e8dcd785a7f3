//! A socket that waits for nobody: whoever drives it waits, and knows for how long.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::task::{Context, Poll};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, SockAddr, SockRef, TcpKeepalive, Type};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::address::Place;
use super::until::Until;

/// Between two signs of life on an idle connection, so that one that was cut is noticed.
const KEEPALIVE: Duration = Duration::from_secs(30);

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

/// A connected socket, and whether there was no room for what was written last.
#[derive(Debug)]
pub(super) struct Wire {
    stream: Stream,
    is_full: AtomicBool,
}

/// The end of it that PostgreSQL's protocol is spoken on.
#[derive(Debug)]
pub(super) struct Socket(Arc<Wire>);

impl Wire {
    pub(super) fn connect(place: &Place, until: &Until<'_>) -> io::Result<Arc<Self>> {
        let stream = match place {
            Place::Tcp { host, port } => Stream::Tcp(connect_tcp(host, *port, until)?),
            Place::Unix { folder, port } => Stream::Unix(connect_unix(folder, *port)?),
        };
        Ok(Arc::new(Self { stream, is_full: AtomicBool::new(false) }))
    }

    pub(super) fn socket(self: &Arc<Self>) -> Socket {
        Socket(Arc::clone(self))
    }

    /// Waits until there is something to read, or room to write where that was wanted. False when it is too late.
    pub(super) fn wait(&self, until: &Until<'_>) -> io::Result<bool> {
        let mut wanted = PollFlags::IN;
        wanted.set(PollFlags::OUT, self.is_full.load(Ordering::Relaxed));
        loop {
            let left = until.left().map(|left| Timespec::try_from(left).unwrap_or_default());
            match poll(&mut [PollFd::from_borrowed_fd(self.as_fd(), wanted)], left.as_ref()) {
                Ok(ready) => return Ok(ready > 0),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.stream {
            Stream::Tcp(stream) => stream.as_fd(),
            Stream::Unix(stream) => stream.as_fd(),
        }
    }
}

/// No waker is kept: after what is pending the driver waits for the socket itself.
fn ready<T>(mut step: impl FnMut() -> io::Result<T>) -> Poll<io::Result<T>> {
    loop {
        match step() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Poll::Pending,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return Poll::Ready(done),
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = buffer.initialize_unfilled();
        let read = ready(|| match &self.0.stream {
            Stream::Tcp(stream) => (&mut &*stream).read(room),
            Stream::Unix(stream) => (&mut &*stream).read(room),
        });
        read.map_ok(|bytes| buffer.advance(bytes))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready(|| match &self.0.stream {
            Stream::Tcp(stream) => (&mut &*stream).write(bytes),
            Stream::Unix(stream) => (&mut &*stream).write(bytes),
        });
        self.0.is_full.store(written.is_pending(), Ordering::Relaxed);
        written
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn connect_tcp(host: &str, port: u16, until: &Until<'_>) -> io::Result<TcpStream> {
    let mut failed = io::Error::new(io::ErrorKind::NotFound, "the host's name has no address");
    for address in addresses(host, port, until)? {
        let limit = until.left().unwrap_or(Duration::MAX);
        if limit.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => {
                stream.set_nonblocking(true)?;
                stream.set_nodelay(true)?;
                SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
                return Ok(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// The system looks names up for as long as it likes, so it is asked on a thread that may be left behind.
fn addresses(host: &str, port: u16, until: &Until<'_>) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (answer, answered) = sync_channel(1);
    let host = host.to_owned();
    let look_up = move || {
        let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
        // Nobody waits any more when it took too long.
        drop(answer.send(found));
    };
    std::thread::Builder::new().name("host name".to_owned()).spawn(look_up)?;
    let limit = until.left().unwrap_or(Duration::MAX);
    answered.recv_timeout(limit).map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// A server that takes no more answers at once, where a usual socket would wait.
fn connect_unix(folder: &Path, port: u16) -> io::Result<UnixStream> {
    let socket = socket2::Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(folder.join(format!(".s.PGSQL.{port}")))?)?;
    Ok(UnixStream::from(socket))
}
