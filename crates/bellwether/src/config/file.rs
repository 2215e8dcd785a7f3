//! Reading files of a known kind and a bounded size.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The text of the file; `None` when there is none. Anything but a regular file is refused before it is opened:
/// opening a pipe waits for whoever writes to it.
pub(super) fn text_of(path: &Path, bytes_max: u64) -> Result<Option<String>, String> {
    let status = match std::fs::metadata(path) {
        Ok(status) => status,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !status.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(bytes_max + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > bytes_max {
        return Err(format!("it has more than {bytes_max} bytes"));
    }
    Ok(Some(text))
}
