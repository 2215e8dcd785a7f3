//! Who is asking: tokens, the layer that demands one, and the limit on guessing passwords.

mod limiter;
mod session;
mod tokens;
mod users;

pub use session::Authenticated;
pub use tokens::{KeyFault, TOKEN_SECONDS, TokenFault, Tokens, Verified};

pub(crate) use limiter::LoginLimiter;
pub(crate) use session::{Operator, may_see_detail, require_token};
pub(crate) use users::{Users, authenticate};
