//! Telling somebody: a signed webhook, e-mail, the page. Each channel has a queue of its own with a limit, and a
//! policy of its own, so that a slow one holds up neither the others nor the evaluation.

mod channel;
mod email;
mod message;
mod webhook;

pub use channel::{Channel, ChannelStatus, Notifier, QUEUE_MAX, Tell, TellError, Told};
pub use email::{Email, EmailConfig, EmailFault, Encryption};
pub use message::Message;
pub use webhook::{SIGNATURE, Signature, TIMESTAMP, Webhook};
