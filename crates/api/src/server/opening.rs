use std::future::{Ready, ready};
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How the head of an HTTP/2 connection begins, and no request of HTTP/1.1.
const HTTP2: [u8; 4] = *b"PRI ";

/// Gives every connection a time within which it must begin to speak. The server reads the first bytes to guess
/// the version of HTTP, and that reading knows no limit; from the first request on, its own limit holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opening {
    pub(super) within: Duration,
}

impl<S> Accept<TcpStream, S> for Opening {
    type Stream = Opened;
    type Service = S;
    type Future = Ready<Result<(Opened, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        // Frames of a stream are small and wanted at once.
        if let Err(error) = stream.set_nodelay(true) {
            return ready(Err(error));
        }
        let first = First { until: Box::pin(sleep(self.within)), seen: [0; 4], count: 0 };
        ready(Ok((Opened { stream, first: Some(first) }, service)))
    }
}

/// A connection that was accepted.
#[derive(Debug)]
pub(super) struct Opened {
    stream: TcpStream,
    /// `None` once it spoke.
    first: Option<First>,
}

#[derive(Debug)]
struct First {
    until: Pin<Box<Sleep>>,
    seen: [u8; 4],
    count: usize,
}

impl First {
    /// Whether enough was seen to know that it is HTTP/1.
    fn see(&mut self, bytes: &[u8]) -> Result<bool> {
        for (place, byte) in self.seen[self.count..].iter_mut().zip(bytes) {
            *place = *byte;
            self.count += 1;
        }
        if self.seen == HTTP2 {
            return Err(Error::new(ErrorKind::Unsupported, "HTTP/2 is not spoken here"));
        }
        Ok(self.count == self.seen.len())
    }
}

impl AsyncRead for Opened {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let Some(first) = &mut self.first else { return read };
        if read.is_pending() {
            let late = || Error::new(ErrorKind::TimedOut, "the connection never spoke");
            return first.until.as_mut().poll(context).map(|()| Err(late()));
        }
        if first.see(&buffer.filled()[before..])? {
            self.first = None;
        }
        read
    }
}

impl AsyncWrite for Opened {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
