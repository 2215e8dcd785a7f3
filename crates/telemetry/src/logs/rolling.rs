#[cfg(test)]
mod tests;

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{Files, LogFile};

/// How much is handed to the file system at once.
const CHUNK_MAX: usize = 256 * 1024;
/// What a line ends with that was longer than a file may be.
const CUT_MARK: &str = " [cut]";
/// How many surplus files of an earlier, larger setting are looked for.
const SURPLUS_MAX: u32 = 1_000;

/// Takes whole lines.
pub trait LineWriter: Send {
    /// Writes the lines, each with a line end after it.
    ///
    /// # Errors
    /// How many lines are written whole and why the next is not. Nothing of the next is left behind.
    fn write(&mut self, lines: &[Arc<str>]) -> Result<(), Stopped>;
}

/// Writing stopped on the way.
#[derive(Debug)]
pub struct Stopped {
    /// Lines that are written whole.
    pub written: usize,
    pub error: io::Error,
}

/// Writes lines to `path`; when that would grow longer than `limit` bytes it becomes `path.1`, `path.1` becomes
/// `path.2`, and so on to `path.<keep>`, beyond which they are removed. A line is never torn over two files.
pub struct RollingWriter {
    files: Arc<dyn Files>,
    path: PathBuf,
    limit: u64,
    keep: u32,
    open: Option<Open>,
}

struct Open {
    file: Box<dyn LogFile>,
    length: u64,
}

impl RollingWriter {
    /// Nothing is opened before the first line comes. `limit` is in bytes, `keep` counts the old files.
    #[must_use]
    pub fn new(files: Arc<dyn Files>, path: PathBuf, limit: u64, keep: u32) -> Self {
        Self { files, path, limit, keep, open: None }
    }

    fn write_from(&mut self, lines: &[Arc<str>]) -> Result<usize, Stopped> {
        let stopped = |error| Stopped { written: 0, error };
        let room = self.room_for(lines.first().map_or(0, |line| self.size(line))).map_err(stopped)?;
        let mut chunk = Vec::new();
        let mut ends = Vec::new();
        for line in lines {
            let size = self.size(line);
            if !ends.is_empty() && (as_bytes(chunk.len()) + size > room || chunk.len() >= CHUNK_MAX) {
                break;
            }
            push_line(&mut chunk, line, self.limit);
            ends.push(chunk.len());
        }
        let count = ends.len();
        self.put(&chunk, &ends).map(|()| count)
    }

    /// How long the line will be in the file.
    fn size(&self, line: &str) -> u64 {
        as_bytes(line.len()).saturating_add(1).min(self.limit)
    }

    /// How many bytes the open file may grow, at least `needed`.
    fn room_for(&mut self, needed: u64) -> io::Result<u64> {
        let length = self.opened()?.length;
        if length > 0 && length.saturating_add(needed) > self.limit {
            self.roll()?;
        }
        let length = self.opened()?.length;
        Ok(self.limit.saturating_sub(length))
    }

    fn opened(&mut self) -> io::Result<&mut Open> {
        let open = match self.open.take() {
            Some(open) => open,
            None => self.open_file()?,
        };
        Ok(self.open.insert(open))
    }

    fn open_file(&self) -> io::Result<Open> {
        let opened = self.files.open(&self.path)?;
        self.remove_surplus();
        let mut open = Open { file: opened.file, length: opened.length };
        if !opened.is_whole && open.length < self.limit {
            // The last writer stopped within a line; ours shall not stand behind it.
            open.length += as_bytes(write_all(open.file.as_mut(), b"\n").map_err(|(_, error)| error)?);
        }
        Ok(open)
    }

    fn remove_surplus(&self) {
        let numbers = self.keep.saturating_add(1)..self.keep.saturating_add(SURPLUS_MAX);
        for path in numbers.map(|number| self.numbered(number)) {
            if !self.files.exists(&path) || self.files.remove(&path).is_err() {
                return;
            }
        }
    }

    /// Every file one number up. A number that is free ends the row, so that a step that fails again and again
    /// does not push old files out.
    fn roll(&mut self) -> io::Result<()> {
        self.open = None;
        if self.keep == 0 {
            return there_or_not(self.files.remove(&self.path));
        }
        let free = (1..self.keep).find(|number| !self.files.exists(&self.numbered(*number)));
        for number in (1..free.unwrap_or(self.keep)).rev() {
            there_or_not(self.files.rename(&self.numbered(number), &self.numbered(number + 1)))?;
        }
        there_or_not(self.files.rename(&self.path, &self.numbered(1)))
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }

    /// Writes the chunk, whose lines end at `ends`. On an error what is not a whole line is taken back.
    fn put(&mut self, chunk: &[u8], ends: &[usize]) -> Result<(), Stopped> {
        let open = self.opened().map_err(|error| Stopped { written: 0, error })?;
        match write_all(open.file.as_mut(), chunk) {
            Ok(size) => {
                open.length += as_bytes(size);
                Ok(())
            }
            Err((size, error)) => {
                let written = ends.iter().take_while(|end| **end <= size).count();
                let whole = written.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(0);
                // When it cannot be cut the torn line gets an end as soon as the file is opened again.
                drop(open.file.cut(open.length + as_bytes(whole)));
                self.open = None;
                Err(Stopped { written, error })
            }
        }
    }

    /// Where it writes.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl LineWriter for RollingWriter {
    fn write(&mut self, lines: &[Arc<str>]) -> Result<(), Stopped> {
        let mut at = 0;
        while at < lines.len() {
            match self.write_from(&lines[at..]) {
                Ok(count) => at += count,
                Err(stopped) => return Err(Stopped { written: at + stopped.written, ..stopped }),
            }
        }
        Ok(())
    }
}

/// Somebody else may have taken the file away, which is as good.
fn there_or_not(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn as_bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn push_line(chunk: &mut Vec<u8>, line: &str, limit: u64) {
    let room = usize::try_from(limit.saturating_sub(1)).unwrap_or(usize::MAX);
    if line.len() <= room {
        chunk.extend_from_slice(line.as_bytes());
    } else {
        let kept = line.floor_char_boundary(room.saturating_sub(CUT_MARK.len()));
        chunk.extend_from_slice(&line.as_bytes()[..kept]);
        chunk.extend_from_slice(CUT_MARK.as_bytes());
    }
    chunk.push(b'\n');
}

/// Writes all and says how much that was, or how much was written before it stopped.
fn write_all(file: &mut dyn LogFile, bytes: &[u8]) -> Result<usize, (usize, io::Error)> {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match file.write(rest) {
            Ok(0) => return Err((written, ErrorKind::WriteZero.into())),
            Ok(size) => written += size,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err((written, error)),
        }
    }
    Ok(written)
}
