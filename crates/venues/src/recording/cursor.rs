use std::collections::VecDeque;

use domain::{KeptMessage, Timestamp};

use super::{Answers, Frame, FrameKind};
use crate::files::LineReader;
use crate::wire::Wire;
use crate::{SourceError, SourceErrorKind};

/// Who decodes the frames of a cursor.
pub(super) enum Reader {
    Socket(Box<dyn Wire>),
    Answers(Box<dyn Answers>),
}

/// Reads the frames of one connection and leaves the others out.
pub(super) struct Cursor {
    pub(super) lines: LineReader,
    pub(super) connection: String,
    pub(super) reader: Reader,
    /// Reports the lines that are no frames at all, which belong to nobody.
    pub(super) reports_strays: bool,
    pub(super) decoded: VecDeque<KeptMessage>,
    pub(super) latest: Timestamp,
    pub(super) has_ended: bool,
}

impl Cursor {
    pub(super) fn new(lines: LineReader, connection: &str, reader: Reader, reports_strays: bool) -> Self {
        let connection = connection.to_owned();
        let (decoded, latest) = (VecDeque::new(), Timestamp::MIN);
        Self { lines, connection, reader, reports_strays, decoded, latest, has_ended: false }
    }

    /// When the next message was received; reads on until there is one. `None` at the end.
    ///
    /// # Errors
    /// A line that was refused; the messages after it can be had by calling again.
    pub(super) fn look(&mut self) -> Result<Option<Timestamp>, SourceError> {
        while self.decoded.is_empty() && !self.has_ended {
            self.read_line()?;
        }
        Ok(self.decoded.front().map(|message| message.lend().receive_time()))
    }

    fn read_line(&mut self) -> Result<(), SourceError> {
        let Self { lines, connection, reader, decoded, latest, .. } = self;
        let path = lines.path().to_path_buf();
        let line = match lines.next() {
            None => {
                self.has_ended = true;
                return Ok(());
            }
            Some(Err(error)) => {
                self.has_ended = !error.kind.is_of_one_line();
                return if self.has_ended || self.reports_strays { Err(error) } else { Ok(()) };
            }
            Some(Ok(line)) => line,
        };
        let is_stray = line.bytes.first() != Some(&b'{');
        if !is_stray && !Frame::may_be_of(line.bytes, connection) {
            return Ok(());
        }
        let frame = match Frame::parse(line.bytes) {
            Ok(frame) => frame,
            Err(_) if is_stray && !self.reports_strays => return Ok(()),
            Err(why) => {
                return Err(SourceError::of_line(&path, line.number, SourceErrorKind::Malformed, why));
            }
        };
        if frame.connection != *connection {
            return Ok(());
        }
        let time = frame.time.max(*latest);
        *latest = time;
        let data = frame.data.as_bytes();
        let emit = &mut |message: domain::FeedMessage<'_>| decoded.push_back(KeptMessage::of(message));
        let result = match (reader, frame.kind) {
            (Reader::Socket(wire), FrameKind::Recv) => wire.decode(data, time, emit),
            (Reader::Answers(answers), FrameKind::Http) => answers.decode(&frame.address, data, time, emit),
            _ => Ok(()),
        };
        result.map_err(|error| {
            let kind = SourceErrorKind::Decode(error.kind);
            SourceError::of_line(&path, line.number, kind, error.to_string())
        })
    }
}
