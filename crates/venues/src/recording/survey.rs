use std::path::Path;

use super::{Frame, FrameKind, Recorded, Subscribed, exchange_of, find_vendor, vendor_names};
use crate::files::LineReader;
use crate::{SourceError, SourceErrorKind};

/// The most connections, and rows of requests, of one recording. Each is read with a buffer of its own.
const CONNECTIONS_MAX: usize = 64;

/// One connection, or one row of requests, of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Connection {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) is_http: bool,
    /// In the order in which they were subscribed to.
    pub(crate) subscribed: Vec<Subscribed>,
}

/// What a recording holds, found by reading it once.
pub(crate) struct Survey {
    pub(crate) vendor: &'static dyn Recorded,
    pub(crate) connections: Vec<Connection>,
}

impl Survey {
    /// # Errors
    /// When the file cannot be read, or is no recording of a venue that is decoded here.
    pub(crate) fn of(path: &Path) -> Result<Self, SourceError> {
        let mut lines = LineReader::open(path)?;
        let unsupported = |what: String| SourceError::of_file(path, SourceErrorKind::Unsupported, what);
        let first = lines.next().transpose()?;
        let exchange = first.and_then(|line| exchange_of(line.bytes));
        let exchange = exchange.ok_or_else(|| unsupported("it has no header of a recording".to_owned()))?;
        let vendor = find_vendor(&exchange).ok_or_else(|| {
            unsupported(format!(
                "it is a recording of {exchange}, which is not decoded here; recordings of {} are",
                vendor_names()
            ))
        })?;
        let mut survey = Self { vendor, connections: Vec::new() };
        while let Some(line) = lines.next() {
            // A line that cannot be read is reported when the recording is played.
            if let Ok(line) = line
                && Frame::may_subscribe(line.bytes)
                && let Ok(frame) = Frame::parse(line.bytes)
            {
                survey.note(&frame);
            }
        }
        if survey.connections.len() > CONNECTIONS_MAX {
            let count = survey.connections.len();
            return Err(unsupported(format!(
                "it holds {count} connections, and at most {CONNECTIONS_MAX} are read; split it"
            )));
        }
        if survey.connections.iter().all(|connection| connection.subscribed.is_empty()) {
            return Err(unsupported("nothing that is decoded here was subscribed to in it".to_owned()));
        }
        Ok(survey)
    }

    fn note(&mut self, frame: &Frame<'_>) {
        let known = self.connections.iter().position(|known| known.name == frame.connection);
        if known.is_none() && self.connections.len() > CONNECTIONS_MAX {
            return;
        }
        let index = known.unwrap_or(self.connections.len());
        if known.is_none() {
            self.connections.push(Connection {
                name: frame.connection.to_owned(),
                address: String::new(),
                is_http: frame.kind == FrameKind::Http,
                subscribed: Vec::new(),
            });
        }
        let connection = &mut self.connections[index];
        if connection.address.is_empty() {
            connection.address = frame.address.clone().into_owned();
        }
        for found in self.vendor.subscribed(frame) {
            match connection.subscribed.iter_mut().find(|known| known.symbol == found.symbol) {
                Some(known) => known.depth = known.depth.or(found.depth),
                None => connection.subscribed.push(found),
            }
        }
    }
}
