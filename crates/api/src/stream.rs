//! What is pushed: frames, made once and shared by every client, and the session that carries them.

mod client;
mod frame;
mod session;

pub use frame::{Frame, FrameError, Topic};

pub(crate) use session::run;

/// How many frames the platform's channel should keep. A client that falls further behind is told how many it
/// missed (`lagged`) and goes on with the oldest that is left.
pub const FRAMES_KEPT: usize = 8_192;
