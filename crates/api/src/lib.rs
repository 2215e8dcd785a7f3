//! The doors to the running program for people and programs: HTTP, a WebSocket and the web page.
//!
//! One file a route; what is shared by all (auth, tenancy, errors, limits) is put around the routes as layers,
//! so that a route cannot forget it. The program itself stands behind three ports: [`Platform`] for
//! what is happening, [`History`] for what was stored, [`Operations`] for how it does.
//!
//! This crate is not where anything is decided: it holds no order, checks no risk limit, keeps no state but
//! failed logins, open streams and who was seen lately, knows no SQL and reads no clock of its own.

pub mod model;

mod problem;

mod history;
mod operations;
mod platform;
pub mod stream;

mod auth;
mod body;
mod config;
mod state;

mod layers;
mod routes;

mod docs;
mod openapi;
mod page;

mod router;
mod server;

pub use auth::{Authenticated, KeyFault, TOKEN_SECONDS, TokenFault, Tokens, Verified};
pub use config::{Config, StreamConfig, TenantRate};
pub use engine::Clock;
pub use history::{Cut, History, HistoryFault, Known, StoredHistory};
pub use openapi::openapi_json;
pub use operations::{OperationError, Operations};
pub use platform::{Command, CommandError, Platform, RungPin};
pub use problem::{FieldError, Problem};
pub use router::{metrics_router, router};
pub use server::serve;
pub use state::{AppState, Parts};
pub use stream::{Frame, Topic};

#[cfg(test)]
mod tests;
