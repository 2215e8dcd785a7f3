//! The program's way out over HTTP: one client with the deadlines, pool and policy that configuration names.
//!
//! It is not a vendor's client: it knows no address and no message. It is not a second policy either: what is tried
//! again and when is decided by [`resilience`] alone; here a reply only gets its kind. Redirects are never followed
//! and proxies of the environment are not used, so a request goes where its address says and nowhere else.

mod answer;
mod body;
mod client;
mod config;
mod error;
mod phase;
mod progress;
mod request;
mod retry_after;
mod roots;
mod wire;

pub mod names;

pub use answer::Answer;
pub use client::Client;
pub use config::{BuildError, HttpConfig};
pub use error::{Cause, ConnectFault, HttpError};
pub use phase::Phase;
pub use request::{CORRELATION_HEADER, Request};

/// The methods of HTTP, and an address taken apart.
pub use reqwest::{Method, Url};
