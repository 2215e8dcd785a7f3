//! The one member of a zip archive as lines, in bounded memory.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::DeflateDecoder;
use zip::CompressionMethod;
use zip::read::ZipArchive;

use crate::files::LineReader;
use crate::files::input::{Counted, Input, Member, open_regular};
use crate::{SourceError, SourceErrorKind};

/// The largest member that is read: 4 GiB, some 80 million ticks. Rows are streamed, so this bounds time.
pub const UNCOMPRESSED_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// What the archive's directory says of its member.
struct Entry {
    name: String,
    start: u64,
    packed: u64,
    size: u64,
    checksum: u32,
    method: CompressionMethod,
}

/// Gives the member's name and its lines.
pub(super) fn open(path: &Path) -> Result<(String, LineReader), SourceError> {
    let (file, _) = open_regular(path)?;
    let damaged = |error: String| {
        let what = format!("it is no zip archive, or a damaged one ({error}); fetch the file again");
        SourceError::of_file(path, SourceErrorKind::Damaged, what)
    };
    let mut archive = ZipArchive::new(file).map_err(|error| damaged(error.to_string()))?;
    check_count(path, &archive)?;
    let entry = read_entry(&mut archive).map_err(damaged)?;
    check_entry(path, &entry)?;
    let mut file = archive.into_inner();
    file.seek(SeekFrom::Start(entry.start)).map_err(|error| SourceError::of_opening(path, &error))?;
    let packed = Counted::new(file.take(entry.packed));
    let input = if entry.method == CompressionMethod::Stored {
        Input::Stored(Box::new(Member::new(packed, entry.size, entry.checksum)))
    } else {
        let decoder = DeflateDecoder::new(packed);
        Input::Deflated(Box::new(Member::new(decoder, entry.size, entry.checksum)))
    };
    Ok((entry.name, LineReader::over(path, input, entry.packed)))
}

fn check_count(path: &Path, archive: &ZipArchive<std::fs::File>) -> Result<(), SourceError> {
    if archive.len() == 1 {
        return Ok(());
    }
    let what = format!("the archive holds {} files where one CSV is expected; pack it alone", archive.len());
    Err(SourceError::of_file(path, SourceErrorKind::Unsupported, what))
}

fn read_entry(archive: &mut ZipArchive<std::fs::File>) -> Result<Entry, String> {
    let member = archive.by_index_raw(0).map_err(|error| error.to_string())?;
    if member.encrypted() {
        return Err("its file is encrypted".to_owned());
    }
    Ok(Entry {
        name: member.name().map_err(|error| error.to_string())?.into_owned(),
        start: member.data_start().ok_or("its file has no data")?,
        packed: member.compressed_size(),
        size: member.size(),
        checksum: member.crc32(),
        method: member.compression(),
    })
}

fn check_entry(path: &Path, entry: &Entry) -> Result<(), SourceError> {
    let refuse = |kind, what: String| Err(SourceError::of_file(path, kind, what));
    if !matches!(entry.method, CompressionMethod::Stored | CompressionMethod::Deflated) {
        let what = format!("its file is packed with {}; only stored and deflate are read", entry.method);
        return refuse(SourceErrorKind::Unsupported, what);
    }
    if entry.size > UNCOMPRESSED_BYTES_MAX {
        let what = format!(
            "`{}` unpacks to {} bytes, above the limit of {UNCOMPRESSED_BYTES_MAX}; split it by day",
            entry.name, entry.size
        );
        return refuse(SourceErrorKind::TooLong, what);
    }
    if entry.size == 0 {
        return refuse(SourceErrorKind::Empty, format!("`{}` in the archive is empty", entry.name));
    }
    Ok(())
}
