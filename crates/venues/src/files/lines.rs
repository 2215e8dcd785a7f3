//! Lines of a text file in bounded memory, lent from one buffer.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::input::Input;
use crate::{SourceError, SourceErrorKind};

/// The longest line that is read; a longer one is skipped with an error. The largest line known (a venue's list of all
/// its products, in a recording) is 5.8 MB.
pub const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;

const BUFFER_BYTES_START: usize = 64 * 1024;

/// One line without its end (`\n` or `\r\n`), counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    pub number: u64,
    pub bytes: &'a [u8],
}

/// Reads a plain, gzip or zstd file (told apart by content, not by name) line by line. Memory stays at or below twice
/// `LINE_BYTES_MAX`, whatever the file holds.
pub struct LineReader {
    path: PathBuf,
    input: Input,
    size: u64,
    buffer: Vec<u8>,
    /// What is read but not yet lent: `buffer[start..end]`, of which `..searched` holds no line end.
    start: usize,
    searched: usize,
    end: usize,
    line: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    LastBytes,
    Finished,
}

/// Where a line lies in the buffer, or what is wrong with it.
enum Found {
    Line { start: usize, end: usize },
    TooLong,
    End,
}

impl LineReader {
    /// # Errors
    /// When the path names no readable, regular, non-empty file of text, gzip or zstd.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let (input, size) = Input::open(path)?;
        Ok(Self::over(path, input, size))
    }

    pub(crate) fn over(path: &Path, input: Input, size: u64) -> Self {
        Self {
            path: path.to_path_buf(),
            input,
            size,
            buffer: vec![0; BUFFER_BYTES_START],
            start: 0,
            searched: 0,
            end: 0,
            line: 0,
            state: State::Reading,
        }
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the file consumed so far and its size on disk (both compressed where it is compressed), for
    /// showing progress.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.input.position().min(self.size), self.size)
    }

    /// The next line, lent until the next call. After a `TooLong` error the following line comes next; after
    /// any other error there is nothing more.
    #[expect(clippy::should_implement_trait, reason = "an iterator cannot lend")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Line<'_>, SourceError>> {
        let found = match self.find() {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        match found {
            Found::Line { start, end } => {
                let bytes = &self.buffer[start..end];
                let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
                Some(Ok(Line { number: self.line, bytes }))
            }
            Found::TooLong => Some(Err(self.error(
                SourceErrorKind::TooLong,
                format!(
                    "the line is longer than {LINE_BYTES_MAX} bytes and was skipped; is this a text file?"
                ),
            ))),
            Found::End => None,
        }
    }

    fn find(&mut self) -> Result<Found, SourceError> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[self.searched..self.end]) {
                let (start, end) = (self.start, self.searched + at);
                self.start = end + 1;
                self.searched = self.start;
                self.line += 1;
                return Ok(if end - start > LINE_BYTES_MAX {
                    Found::TooLong
                } else {
                    Found::Line { start, end }
                });
            }
            self.searched = self.end;
            match self.state {
                State::Reading => {}
                State::LastBytes => return Ok(self.last_line()),
                State::Finished => return Ok(Found::End),
            }
            if self.end - self.start > LINE_BYTES_MAX {
                return self.skip_line();
            }
            self.fill()?;
        }
    }

    /// What stands after the last line end.
    fn last_line(&mut self) -> Found {
        let (start, end) = (self.start, self.end);
        self.start = end;
        self.state = State::Finished;
        if start == end {
            return Found::End;
        }
        self.line += 1;
        if end - start > LINE_BYTES_MAX { Found::TooLong } else { Found::Line { start, end } }
    }

    /// Drops bytes up to the next line end, keeping only one buffer of them at a time.
    fn skip_line(&mut self) -> Result<Found, SourceError> {
        self.line += 1;
        loop {
            (self.start, self.searched, self.end) = (0, 0, 0);
            self.fill()?;
            if let Some(at) = memchr::memchr(b'\n', &self.buffer[..self.end]) {
                self.start = at + 1;
                self.searched = self.start;
                return Ok(Found::TooLong);
            }
            if self.state != State::Reading {
                self.end = 0;
                return Ok(Found::TooLong);
            }
        }
    }

    /// Reads once, making room first. At the end of the input the state changes and nothing is added.
    fn fill(&mut self) -> Result<(), SourceError> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.searched -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            // Doubling from 64 KiB ends at twice the longest line.
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.state = State::LastBytes,
                Ok(read) => self.end += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.broken(&error)),
            }
            return Ok(());
        }
    }

    fn broken(&mut self, error: &std::io::Error) -> SourceError {
        self.state = State::Finished;
        (self.start, self.searched, self.end) = (0, 0, 0);
        if let Input::Plain(_) = self.input {
            return self
                .error(SourceErrorKind::Unreadable, format!("reading failed after this line: {error}"));
        }
        let what = format!(
            "the compressed data is damaged or ends early ({error}); the lines up to this one were read, fetch \
             the file again"
        );
        self.error(SourceErrorKind::Damaged, what)
    }

    fn error(&self, kind: SourceErrorKind, what: String) -> SourceError {
        SourceError::of_line(&self.path, self.line, kind, what)
    }
}

#[cfg(test)]
mod tests;
