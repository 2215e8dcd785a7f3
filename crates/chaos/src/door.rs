use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

const BACKLOG: u32 = 1024;

/// Tries to hold the address right after its listener went.
const HOLD_TRIES: u32 = 3;

/// An address that answers, or is held without answering: a socket that is bound and does not listen keeps the
/// port from others, and the system refuses who connects.
#[derive(Debug)]
pub(crate) enum Door {
    Open(TcpListener),
    Shut(Option<TcpSocket>),
}

impl Door {
    /// Port 0 takes a free one.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        Ok(Self::Open(bound(address)?.listen(BACKLOG)?))
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Open(listener) => listener.local_addr(),
            Self::Shut(Some(socket)) => socket.local_addr(),
            Self::Shut(None) => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The next connection; none ever comes while the door is shut.
    pub(crate) async fn accept(&self) -> io::Result<TcpStream> {
        match self {
            Self::Open(listener) => listener.accept().await.map(|(stream, _)| stream),
            Self::Shut(_) => std::future::pending().await,
        }
    }

    /// Where the address cannot be held it is shut all the same.
    pub(crate) fn shut(&mut self, address: SocketAddr) {
        if matches!(self, Self::Open(_)) {
            *self = Self::Shut(None);
            *self = Self::Shut((0..HOLD_TRIES).find_map(|_| held(address).ok()));
        }
    }

    /// # Errors
    /// Those of the system, when another program has taken the port; the door is then still shut.
    pub(crate) fn reopen(&mut self, address: SocketAddr) -> io::Result<()> {
        if let Self::Shut(held) = self {
            let socket = held.take().map_or_else(|| bound(address), Ok)?;
            // The ends of old connections must not be in the way.
            socket.set_reuseaddr(true)?;
            *self = Self::Open(socket.listen(BACKLOG)?);
        }
        Ok(())
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Bound, and shared with nobody who would listen.
fn held(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = bound(address)?;
    socket.set_reuseaddr(false)?;
    Ok(socket)
}
