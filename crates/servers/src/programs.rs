//! Where the servers' programs are.

use std::env;
use std::path::{Path, PathBuf};

/// Where Debian and Ubuntu put PostgreSQL: a folder for each version, none of them on the PATH.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder with `initdb`, `postgres` and `psql`; the newest of several.
pub(crate) fn postgres() -> Option<PathBuf> {
    let named = env::var_os("POSTGRES_BIN").map(PathBuf::from);
    // What is on the PATH may be a link to where the others are.
    let on_the_path = || on_path("initdb")?.canonicalize().ok()?.parent().map(Path::to_owned);
    let found = named.or_else(on_the_path).or_else(installed).filter(|folder| folder.join("initdb").exists());
    found.or_else(|| absent("PostgreSQL", "the package postgresql, or POSTGRES_BIN"))
}

pub(crate) fn redis() -> Option<PathBuf> {
    on_path("redis-server").or_else(|| absent("Redis", "the package redis-server"))
}

fn installed() -> Option<PathBuf> {
    let versions = Path::new(DEBIAN).read_dir().ok()?.filter_map(Result::ok);
    let newest = versions.max_by_key(|version| {
        version.file_name().to_str().and_then(|name| name.parse::<u32>().ok()).unwrap_or(0)
    })?;
    Some(newest.path().join("bin"))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[expect(clippy::print_stderr, reason = "a skipped test must be loud")]
fn absent(server: &str, remedy: &str) -> Option<PathBuf> {
    let missing = format!("there is no {server} on this machine; it takes {remedy}");
    assert!(env::var_os("REQUIRE_SERVERS").is_none_or(|value| value != "1"), "{missing}");
    eprintln!("SKIPPED: {missing}");
    None
}
