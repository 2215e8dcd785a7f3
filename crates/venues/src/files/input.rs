//! Where bytes come from: a plain file, a gzip or zstd file, or one member of a zip archive.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::CrcReader;
use flate2::read::{DeflateDecoder, MultiGzDecoder};

use super::zstd::Zstd;
use crate::{SourceError, SourceErrorKind};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const ZIP_MAGIC: [u8; 4] = *b"PK\x03\x04";
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Bytes of one file, decompressed as they are read, with the position in the file for progress.
pub(crate) enum Input {
    Plain(Counted<File>),
    Gzip(Box<MultiGzDecoder<Counted<File>>>),
    Zstd(Box<Zstd>),
    Stored(Box<Member<Counted<io::Take<File>>>>),
    Deflated(Box<Member<DeflateDecoder<Counted<io::Take<File>>>>>),
}

impl Input {
    /// Opens a plain, gzip or zstd file and gives its size on disk.
    pub(crate) fn open(path: &Path) -> Result<(Self, u64), SourceError> {
        let (mut file, size) = open_regular(path)?;
        let magic = read_magic(&mut file).map_err(|error| SourceError::of_opening(path, &error))?;
        if magic == ZIP_MAGIC {
            let what =
                "it is a zip archive where lines of text (plain, gzip or zstd) are expected; unpack it first";
            return Err(SourceError::of_file(path, SourceErrorKind::Unsupported, what));
        }
        let counted = Counted { inner: file, bytes: 0 };
        let input = if magic.starts_with(&GZIP_MAGIC) {
            Self::Gzip(Box::new(MultiGzDecoder::new(counted)))
        } else if magic == ZSTD_MAGIC {
            Self::Zstd(Box::new(Zstd::new(counted)))
        } else {
            Self::Plain(counted)
        };
        Ok((input, size))
    }

    /// Bytes of the file consumed so far (compressed bytes where it is compressed).
    pub(crate) fn position(&self) -> u64 {
        match self {
            Self::Plain(file) => file.bytes,
            Self::Gzip(decoder) => decoder.get_ref().bytes,
            Self::Zstd(decoder) => decoder.position(),
            Self::Stored(member) => member.reader.get_ref().bytes,
            Self::Deflated(member) => member.reader.get_ref().get_ref().bytes,
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
            Self::Stored(member) => member.read(buffer),
            Self::Deflated(member) => member.read(buffer),
        }
    }
}

/// Counts what passes.
pub(crate) struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R> Counted<R> {
    pub(crate) const fn new(inner: R) -> Self {
        Self { inner, bytes: 0 }
    }

    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

/// A zip member: never gives more than the archive declares, and compares the checksum at its end.
pub(crate) struct Member<R> {
    reader: CrcReader<R>,
    left: u64,
    checksum: u32,
}

impl<R: Read> Member<R> {
    pub(crate) fn new(reader: R, size: u64, checksum: u32) -> Self {
        Self { reader: CrcReader::new(reader), left: size, checksum }
    }
}

impl<R: Read> Read for Member<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if read == 0 && !buffer.is_empty() {
            return if self.left == 0 && self.reader.crc().sum() == self.checksum {
                Ok(0)
            } else {
                Err(io::Error::other("size or checksum differ from what the archive declares"))
            };
        }
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("it unpacks to more than the archive declares"))?;
        Ok(read)
    }
}

/// Opens `path` if it is a regular file and not empty; gives its size.
pub(crate) fn open_regular(path: &Path) -> Result<(File, u64), SourceError> {
    let metadata = std::fs::metadata(path).map_err(|error| SourceError::of_opening(path, &error))?;
    if metadata.is_dir() {
        let what = "it is a folder; name one of the files in it";
        return Err(SourceError::of_file(path, SourceErrorKind::NotAFile, what));
    }
    if !metadata.is_file() {
        let what = "it is a pipe, socket or device; name a regular file";
        return Err(SourceError::of_file(path, SourceErrorKind::NotAFile, what));
    }
    if metadata.len() == 0 {
        let what = "the file is empty (0 bytes); was the recording or download interrupted?";
        return Err(SourceError::of_file(path, SourceErrorKind::Empty, what));
    }
    let file = File::open(path).map_err(|error| SourceError::of_opening(path, &error))?;
    Ok((file, metadata.len()))
}

/// Whether the file begins like a zip archive.
pub(crate) fn is_zip(path: &Path) -> Result<bool, SourceError> {
    let (mut file, _) = open_regular(path)?;
    let magic = read_magic(&mut file).map_err(|error| SourceError::of_opening(path, &error))?;
    Ok(magic == ZIP_MAGIC)
}

fn read_magic(file: &mut File) -> io::Result<[u8; 4]> {
    let mut magic = [0; 4];
    let mut filled = 0;
    while filled < magic.len() {
        match file.read(&mut magic[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(magic)
}
