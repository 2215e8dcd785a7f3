//! The folders of a sink's spools: `<sink>/<lane>/<number>.spool`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::InstrumentId;

use super::segment::{self, Segment};
use super::{Spool, SpoolError, SpoolLimits};

/// A spool for each of `count` lanes. What an earlier run left is in them; where that had more lanes, the files of
/// those are put before the others'. `found` is told the streams of everything that waits.
pub(crate) fn open_all(
    folder: &Path,
    sink: &str,
    count: usize,
    limits: SpoolLimits,
    found: impl Fn(&[InstrumentId]),
) -> Result<Vec<Arc<Spool>>, SpoolError> {
    let folder = folder.join(sink);
    let fault = |what, source| SpoolError { folder: folder.clone(), what, source };
    std::fs::create_dir_all(&folder).map_err(|error| fault("it cannot be made", error))?;
    move_lanes_past(&folder, count).map_err(|error| fault("files of more lanes cannot be moved", error))?;
    let mut spools = Vec::with_capacity(count);
    for lane in 0..count {
        let spool = Spool::open(&folder.join(lane.to_string()), sink, limits)?;
        if spool.items() > 0 {
            tracing::warn!(sink, lane, items = spool.items(), "items of an earlier run wait in the spool");
            found(&spool.streams());
        }
        spools.push(Arc::new(spool));
    }
    Ok(spools)
}

/// The segments of one lane, in their order.
pub(super) fn segments(folder: &Path) -> Result<Vec<Segment>, SpoolError> {
    let fault = |what| move |source| SpoolError { folder: folder.to_owned(), what, source };
    std::fs::create_dir_all(folder).map_err(fault("it cannot be made"))?;
    let mut segments = Vec::new();
    for number in numbers(folder).map_err(fault("it cannot be listed"))? {
        let segment = Segment::known(folder, number).map_err(fault("a segment cannot be read"))?;
        if segment.items > 0 {
            segments.push(segment);
        } else {
            segment.remove(folder).map_err(fault("an empty segment cannot be deleted"))?;
        }
    }
    Ok(segments)
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".spool")?.parse().ok());
        numbers.extend::<Option<u64>>(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn move_lanes_past(folder: &Path, count: usize) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let from = entry?.path();
        let lane = from.file_name().and_then(|name| name.to_str()?.parse::<usize>().ok());
        let Some(lane) = lane.filter(|lane| *lane >= count) else { continue };
        move_before(&from, &folder.join((lane % count).to_string()))?;
        std::fs::remove_dir(&from)?;
    }
    Ok(())
}

fn move_before(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    let mut before = numbers(to)?.first().copied().unwrap_or(segment::FIRST);
    for number in numbers(from)?.into_iter().rev() {
        before -= 1;
        let (old, new): (PathBuf, PathBuf) = (Segment::path(from, number), Segment::path(to, before));
        std::fs::rename(old, new)?;
    }
    Ok(())
}
