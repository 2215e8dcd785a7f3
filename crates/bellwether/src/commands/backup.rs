//! `backup` and `restore`: everything that is kept in one file, and back.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use engine::Clock;
use serde_json::json;
use store::archive::{self, Sums};

use super::database::print_sums;
use crate::cli::{BackupArguments, RestoreArguments, SettingArguments};
use crate::clock::SystemClock;
use crate::exit::{self, Refused};
use crate::progress::Count;
use crate::{data_folder, node, output};

/// A backup on its way: it gets its name when it is whole, and nothing stays of one that is not.
struct Unfinished {
    path: PathBuf,
    is_whole: bool,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_whole {
            drop(fs::remove_file(&self.path));
        }
    }
}

pub(super) fn write(settings: &SettingArguments, arguments: &BackupArguments) -> Result<u8> {
    let path = &arguments.file;
    if path.exists() {
        return Err(
            Refused::usage(format!("{}: there is a file already; name another", path.display())).into()
        );
    }
    let loaded = node::with_secrets(super::load(settings, &[])?)?;
    let store = node::open_store_as_it_is(&loaded.config)?;
    let mut count = Count::start("rows written", settings.json);
    let mut unfinished = Unfinished { path: beside(path), is_whole: false };
    let file = private(&unfinished.path)?;
    let journals = loaded.config.journals();
    let (out, sums) =
        archive::write(&store, &journals, BufWriter::new(file), SystemClock.now(), &mut |more| {
            count.add(more);
        })?;
    count.finish();
    let failed = || format!("{}: the backup cannot be finished", path.display());
    let file = out.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(failed)?;
    file.sync_all().with_context(failed)?;
    // Unlike a rename, a link does not replace what came there meanwhile.
    fs::hard_link(&unfinished.path, path)
        .or_else(|_| fs::rename(&unfinished.path, path))
        .with_context(failed)?;
    drop(fs::remove_file(&unfinished.path));
    unfinished.is_whole = true;
    let bytes = file.metadata().with_context(failed)?.len();
    tell(settings, &format!("{}: {bytes} bytes", path.display()), &sums, None)
}

pub(super) fn restore(settings: &SettingArguments, arguments: &RestoreArguments) -> Result<u8> {
    let path = &arguments.file;
    let file = File::open(path).map_err(|error| Refused::usage(format!("{}: {error}", path.display())))?;
    let loaded = node::with_secrets(super::load(settings, &[])?)?;
    let _lock = data_folder::lock(&loaded.config.data_dir)?;
    let store = node::open_store_as_it_is(&loaded.config)?;
    let mut count = Count::start("rows read", settings.json);
    let read =
        archive::read(&store, BufReader::new(file), &loaded.config.journals(), &mut |more| count.add(more));
    count.finish();
    let restored = read.map_err(|error| Refused::input(format!("{}: {error}", path.display())))?;
    let said = format!("{}: restored, with {} journal file(s)", path.display(), restored.journal_files);
    tell(settings, &said, &restored.sums, Some(restored.journal_files))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".unfinished");
    PathBuf::from(name)
}

/// It holds hashes of passwords.
fn private(path: &Path) -> Result<File> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    Ok(opened.map_err(|error| {
        let hint = "a backup that was interrupted leaves it: delete it when no other one runs";
        Refused::usage(format!("{}: {error}; {hint}", path.display()))
    })?)
}

fn tell(settings: &SettingArguments, said: &str, sums: &Sums, journal_files: Option<usize>) -> Result<u8> {
    if settings.json {
        output::json(&json!({ "tables": sums, "journal_files": journal_files }))?;
    } else {
        print_sums(sums);
        println!("{said}");
    }
    Ok(exit::DONE)
}
