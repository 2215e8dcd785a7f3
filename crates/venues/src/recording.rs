//! Recordings of whole sessions with a venue, as cryptofeed writes them: one JSON line for every request, connection
//! and message, of any number of connections.
//!
//! ```text
//! {"t":"header","exchange":"KRAKEN",…}
//! {"t":"connect","conn":"…","ts":1618678132.368463,"addr":"wss://…"}
//! {"t":"send"|"recv"|"http","conn":"…","ts":…,"data":"<exactly what came over the wire>"}
//! ```

mod cursor;
mod frame;
mod source;
mod survey;
mod vendor;

pub use source::RecordingSource;

pub(crate) use frame::{Frame, FrameKind, exchange_of};
pub(crate) use survey::{Connection, Survey};
pub(crate) use vendor::{Answers, Recorded, Subscribed, find as find_vendor, names as vendor_names};

#[cfg(test)]
mod tests;
