use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::guarded::{Guarded, wait_until};
use crate::postgres::free_port;
use crate::programs;

/// A server on a port of 127.0.0.1. It keeps nothing on a disk unless it is told to.
#[derive(Debug)]
pub struct Redis {
    /// Before the folder, which goes last.
    server: Option<Guarded>,
    program: PathBuf,
    settings: Vec<String>,
    port: u16,
    folder: TempDir,
}

/// The server of this test program, started when somebody first asks; without a program for it, `None`.
pub fn redis() -> Option<&'static Redis> {
    static SHARED: OnceLock<Option<Redis>> = OnceLock::new();
    SHARED.get_or_init(|| Redis::start(&[])).as_ref()
}

impl Redis {
    /// One of its own, for a test that does things to it. Settings are arguments, such as `--appendonly`, `yes`.
    #[must_use]
    pub fn start(settings: &[&str]) -> Option<Self> {
        let program = programs::redis()?;
        let folder = TempDir::with_prefix("redis").expect("a folder for the server");
        let settings = settings.iter().map(|setting| (*setting).to_owned()).collect();
        let mut server = Self { server: None, program, settings, port: free_port(), folder };
        server.start_again();
        Some(server)
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills it in the middle of what it does.
    pub fn kill(&mut self) {
        self.server.take().expect("it runs").kill();
    }

    /// Holds it: nothing answers, nothing is refused.
    pub fn hold(&self) {
        self.running().signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn release(&self) {
        self.running().signal(Signal::CONT);
    }

    /// Starts it at the address it had, and waits until it answers.
    pub fn start_again(&mut self) {
        let (folder, port) = (self.folder.path().display().to_string(), self.port.to_string());
        let program = self.program.display().to_string();
        let usual =
            ["--port", &port, "--bind", "127.0.0.1", "--dir", &folder, "--save", "", "--appendonly", "no"];
        let words = [&program].into_iter().map(String::as_str).chain(usual);
        let words = words.map(str::to_owned).chain(self.settings.iter().cloned()).collect::<Vec<_>>();
        let server = Guarded::start(self.folder.path(), None, "KILL", &words);
        wait_until("Redis answers", || self.answers());
        self.server = Some(server);
    }

    /// What it wrote to its log.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut answer = [0; 5];
        stream.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
            && stream.write_all(b"PING\r\n").is_ok()
            && stream.read_exact(&mut answer).is_ok()
            && &answer == b"+PONG"
    }

    fn running(&self) -> &Guarded {
        self.server.as_ref().expect("it runs")
    }
}

#[cfg(test)]
mod tests;
