use std::io;
use std::net::SocketAddr;

use thiserror::Error;

use crate::Kind;

/// Why a proxy cannot be started or told what to do.
#[derive(Debug, Error)]
pub enum ChaosError {
    #[error("{0} is not on this machine alone: listen on 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error("`{field}` is {is}; it must be {must}")]
    Setting { field: &'static str, is: String, must: &'static str },
    #[error("the fault `{0}` needs the proxy to understand HTTP: set `http`")]
    NeedsHttp(Kind),
    #[error("there is no fault `{0}`; there are {list}", list = Kind::list())]
    UnknownKind(String),
    #[error("the proxy has stopped")]
    Stopped,
}
