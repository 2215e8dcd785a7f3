use std::path::Path;

use domain::{FeedMessage, Instrument, InstrumentId, KeptMessage};
use market::BookRules;

use super::cursor::{Cursor, Reader};
use super::{Connection, Survey};
use crate::SourceError;
use crate::files::LineReader;

/// Plays a recording: the messages of all its connections in the order in which they were received.
///
/// Converted recordings hold one connection after the other, so each is read by a cursor of its own; memory does not
/// grow with the file.
pub struct RecordingSource {
    cursors: Vec<Cursor>,
    /// Keeps the message that is lent.
    lent: Option<KeptMessage>,
}

/// What a recording is about: its instruments and how their books are built.
pub(crate) type Listed = Vec<(InstrumentId, BookRules)>;

impl RecordingSource {
    /// Opens a recording; `list` numbers each of its instruments.
    ///
    /// # Errors
    /// When the file cannot be read or its venue is not decoded here, and whatever `list` refuses.
    pub(crate) fn open(
        path: &Path,
        list: &mut dyn FnMut(Instrument) -> Result<InstrumentId, SourceError>,
    ) -> Result<(Self, Listed), SourceError> {
        let survey = Survey::of(path)?;
        let (mut cursors, mut listed, mut all) = (Vec::new(), Listed::new(), Vec::new());
        for connection in survey.connections.iter().filter(|connection| !connection.subscribed.is_empty()) {
            let symbols = list_symbols(&survey, connection, list, &mut listed)?;
            let wire = survey.vendor.wire(&connection.address, &symbols);
            all.extend(symbols);
            let lines = LineReader::open(path)?;
            cursors.push(Cursor::new(lines, &connection.name, Reader::Socket(wire), cursors.is_empty()));
        }
        for connection in survey.connections.iter().filter(|connection| connection.is_http) {
            if let Some(answers) = survey.vendor.answers(&all) {
                let lines = LineReader::open(path)?;
                cursors.push(Cursor::new(lines, &connection.name, Reader::Answers(answers), false));
            }
        }
        Ok((Self { cursors, lent: None }, listed))
    }

    /// Bytes read and the file's size; see [`LineReader::progress`]. Every cursor reads the whole file, so it is their
    /// average.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        let read: u64 = self.cursors.iter().map(|cursor| cursor.lines.progress().0).sum();
        let size = self.cursors.first().map_or(0, |cursor| cursor.lines.progress().1);
        (read / u64::try_from(self.cursors.len().max(1)).unwrap_or(1), size)
    }

    /// The next message. An error whose kind is of one line costs that line alone: call again for the next. `None` at
    /// the end.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    pub fn next(&mut self) -> Option<Result<FeedMessage<'_>, SourceError>> {
        let mut earliest = None;
        for (index, cursor) in self.cursors.iter_mut().enumerate() {
            match cursor.look() {
                Ok(Some(time)) if earliest.is_none_or(|(known, _)| time < known) => {
                    earliest = Some((time, index));
                }
                Ok(_) => {}
                Err(error) => return Some(Err(error)),
            }
        }
        let (_, index) = earliest?;
        self.lent = self.cursors[index].decoded.pop_front();
        self.lent.as_ref().map(|message| Ok(message.lend()))
    }
}

fn list_symbols(
    survey: &Survey,
    connection: &Connection,
    list: &mut dyn FnMut(Instrument) -> Result<InstrumentId, SourceError>,
    listed: &mut Listed,
) -> Result<Vec<(String, InstrumentId)>, SourceError> {
    let mut symbols = Vec::new();
    for subscribed in &connection.subscribed {
        let id = list(survey.vendor.instrument(&connection.address, &subscribed.symbol))?;
        let rules = survey.vendor.rules(&connection.address, subscribed);
        match listed.iter_mut().find(|(known, _)| *known == id) {
            // Books and trades may come over different connections; the one with the book knows its depth.
            Some((_, known)) => known.depth_max = known.depth_max.or(rules.depth_max),
            None => listed.push((id, rules)),
        }
        symbols.push((subscribed.symbol.clone(), id));
    }
    Ok(symbols)
}
