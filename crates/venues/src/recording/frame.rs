use std::borrow::Cow;

use domain::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::wire::parse_seconds;

/// How every recording begins.
const HEADER: &[u8] = b"{\"t\":\"header\"";

/// What a line records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FrameKind {
    Header,
    Connect,
    Send,
    Recv,
    Http,
    /// A closed connection and whatever later recorders write besides.
    #[serde(other)]
    Other,
}

/// One line, its text still as JSON wrote it.
#[derive(Deserialize)]
struct Line<'l> {
    t: FrameKind,
    #[serde(borrow, default)]
    conn: Option<&'l str>,
    #[serde(borrow, default)]
    ts: Option<&'l RawValue>,
    #[serde(borrow, default)]
    url: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    addr: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    data: Option<Cow<'l, str>>,
}

/// One line of a recording.
pub(crate) struct Frame<'l> {
    pub(crate) kind: FrameKind,
    /// The recorder's name of the connection or of the row of requests.
    pub(crate) connection: &'l str,
    pub(crate) time: Timestamp,
    /// What was connected to or asked for; empty where the line does not say.
    pub(crate) address: Cow<'l, str>,
    /// Exactly what came or went; empty where nothing did.
    pub(crate) data: Cow<'l, str>,
}

impl<'l> Frame<'l> {
    /// `Err` says what is wrong with the line.
    pub(crate) fn parse(line: &'l [u8]) -> Result<Self, String> {
        let line: Line<'l> = serde_json::from_slice(line)
            .map_err(|error| format!("it is no frame of a recording: {error}"))?;
        if line.t == FrameKind::Header {
            let (connection, time) = ("", Timestamp::MIN);
            return Ok(Self {
                kind: line.t,
                connection,
                time,
                address: Cow::default(),
                data: Cow::default(),
            });
        }
        let time = line.ts.and_then(|ts| parse_seconds(ts.get()));
        Ok(Self {
            kind: line.t,
            connection: line.conn.ok_or("it names no connection `conn`")?,
            time: time.ok_or("its time `ts` is not seconds since 1970 with at most nine decimals")?,
            address: line.url.or(line.addr).unwrap_or_default(),
            data: line.data.unwrap_or_default(),
        })
    }

    /// Whether a line may be a frame of `connection`, without parsing it.
    pub(crate) fn may_be_of(line: &[u8], connection: &str) -> bool {
        let head = &line[..line.len().min(256)];
        memchr::memmem::find(head, connection.as_bytes()).is_some()
    }

    /// Whether a line may be one that tells what was subscribed to, without parsing it.
    pub(crate) fn may_subscribe(line: &[u8]) -> bool {
        let head = &line[..line.len().min(64)];
        memchr::memmem::find(head, b"\"recv\"").is_none()
    }
}

/// The venue that a recording is of, by its first line; `None` when that is no header.
pub(crate) fn exchange_of(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Header {
        exchange: String,
    }

    let line = line.starts_with(HEADER).then_some(line)?;
    serde_json::from_slice(line).ok().map(|Header { exchange }| exchange)
}
