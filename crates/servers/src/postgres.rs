use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use rustix::process::{Signal, geteuid};
use tempfile::TempDir;

use crate::guarded::{Guarded, User, wait_until};
use crate::programs;

/// Of the socket's name; nothing listens there unless [`Setup::tcp`] is asked for.
const USUAL_PORT: u16 = 5432;

/// What is asked of a server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setup<'a> {
    /// What is committed survives the loss of power: slower, and needed only where that is looked at.
    pub is_durable: bool,
    /// Listen on a port of 127.0.0.1 too.
    pub tcp: bool,
    /// Such as `max_connections=10`.
    pub settings: &'a [&'a str],
}

/// A server with a data folder of its own. It trusts everybody; its superuser is `postgres`.
#[derive(Debug)]
pub struct Postgres {
    /// Before the folder, which goes last.
    server: Option<Guarded>,
    words: Vec<String>,
    bin: PathBuf,
    user: Option<User>,
    port: u16,
    is_tcp: bool,
    folder: TempDir,
}

/// The server of this test program, started when somebody first asks; without a program for it, `None`.
pub fn postgres() -> Option<&'static Postgres> {
    static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
    SHARED.get_or_init(|| Postgres::start(&Setup::default())).as_ref()
}

impl Postgres {
    /// One of its own, for a test that does things to it.
    #[must_use]
    pub fn start(setup: &Setup<'_>) -> Option<Self> {
        let bin = programs::postgres()?;
        let folder = TempDir::with_prefix("pg").expect("a folder for the server");
        let user = geteuid().is_root().then(|| user_named("postgres"));
        if let Some(User { user, group }) = user {
            chown(folder.path(), Some(user), Some(group)).expect("the folder is the server's");
        }
        initialise(&bin, folder.path(), user);
        let port = if setup.tcp { free_port() } else { USUAL_PORT };
        let words = words(&bin, folder.path(), setup, port);
        let mut server = Self { server: None, words, bin, user, port, is_tcp: setup.tcp, folder };
        server.start_again();
        Some(server)
    }

    /// Of a database on it, by its socket.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.path().to_str().expect("a path that is text").replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/{database}", self.port)
    }

    /// The port of [`Setup::tcp`].
    #[must_use]
    pub fn port(&self) -> u16 {
        assert!(self.is_tcp, "it listens on no port");
        self.port
    }

    /// What a statement answers, a line for each row.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database]);
        psql.arg("-h").arg(self.folder.path()).args(["-p", &self.port.to_string(), "-c", statement]);
        let output = psql.output().expect("psql can be started");
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// An empty database, and its address.
    pub fn create(&self, database: &str) -> String {
        self.sql("postgres", &format!("CREATE DATABASE {database}"));
        self.url(database)
    }

    /// A copy of a database that nobody is connected to, and its address.
    pub fn copy(&self, template: &str, database: &str) -> String {
        self.sql("postgres", &format!("CREATE DATABASE {database} TEMPLATE {template}"));
        self.url(database)
    }

    /// Puts a file into its data folder, for its eyes only; [`Self::reload`] makes it read it.
    pub fn put(&self, name: &str, text: &str) {
        let path = self.folder.path().join("data").join(name);
        fs::write(&path, text).expect("a file in the data folder");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("a private file");
        if let Some(User { user, group }) = self.user {
            chown(&path, Some(user), Some(group)).expect("the file is the server's");
        }
    }

    pub fn reload(&self) {
        self.running().signal(Signal::HUP);
    }

    /// Kills it and all its processes in the middle of what they do.
    pub fn kill(&mut self) {
        self.server.take().expect("it runs").kill();
    }

    /// Holds it and all its processes: nothing answers, nothing is refused.
    pub fn hold(&self) {
        self.running().signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn release(&self) {
        self.running().signal(Signal::CONT);
    }

    /// Starts it on the data it had, and waits until it takes connections.
    pub fn start_again(&mut self) {
        let server = Guarded::start(self.folder.path(), self.user, "QUIT", &self.words);
        let socket = self.folder.path().join(format!(".s.PGSQL.{}", self.port));
        let state = self.folder.path().join("data/postmaster.pid");
        let is_ready = || fs::read_to_string(&state).is_ok_and(|text| text.contains("ready"));
        wait_until("PostgreSQL is ready", || is_ready() && UnixStream::connect(&socket).is_ok());
        self.server = Some(server);
    }

    /// What it wrote to its log.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn running(&self) -> &Guarded {
        self.server.as_ref().expect("it runs")
    }
}

/// The server refuses to run as root, and whoever it runs as must be known to the system.
fn user_named(name: &str) -> User {
    let known = fs::read_to_string("/etc/passwd").expect("the list of users");
    let line = known.lines().find(|line| line.split(':').next() == Some(name));
    let mut numbers = line.into_iter().flat_map(|line| line.split(':').skip(2).map(str::parse));
    match (numbers.next(), numbers.next()) {
        (Some(Ok(user)), Some(Ok(group))) => User { user, group },
        _ => panic!("PostgreSQL does not run as root, and there is no user `{name}`"),
    }
}

fn initialise(bin: &Path, folder: &Path, user: Option<User>) {
    let mut initdb = Command::new(bin.join("initdb"));
    initdb.arg("-D").arg(folder.join("data")).current_dir(folder);
    initdb.args([
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
    ]);
    let output = User::apply(user, &mut initdb).output().expect("initdb can be started");
    assert!(output.status.success(), "initdb: {}", String::from_utf8_lossy(&output.stderr));
}

fn words(bin: &Path, folder: &Path, setup: &Setup<'_>, port: u16) -> Vec<String> {
    let text = |path: &Path| path.to_str().expect("a path that is text").to_owned();
    let mut words = vec![text(&bin.join("postgres")), "-D".to_owned(), text(&folder.join("data"))];
    let listen = if setup.tcp { "127.0.0.1" } else { "" };
    let mut settings = vec![
        format!("unix_socket_directories={}", text(folder)),
        format!("listen_addresses={listen}"),
        format!("port={port}"),
        "shared_buffers=32MB".to_owned(),
        // Not each file of the data folder by itself after a kill.
        "recovery_init_sync_method=syncfs".to_owned(),
    ];
    if !setup.is_durable {
        settings
            .extend(["fsync", "full_page_writes", "synchronous_commit"].map(|name| format!("{name}=off")));
    }
    settings.extend(setup.settings.iter().map(|setting| (*setting).to_owned()));
    words.extend(settings.into_iter().flat_map(|setting| ["-c".to_owned(), setting]));
    words
}

/// Free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of this machine");
    listener.local_addr().expect("its address").port()
}

#[cfg(test)]
mod tests;
