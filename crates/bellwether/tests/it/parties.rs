//! Others whom the program calls: real servers where there are any, else servers of few words.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use super::running::{free_address, within};

/// A server that is killed when the test lets go of it.
pub(super) struct Server {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    /// Starts what `command` makes for an address and waits until it listens. `None`, said loudly, where there is no
    /// such program.
    fn start(name: &str, command: impl FnOnce(SocketAddr) -> Command) -> Option<Self> {
        let address: SocketAddr = free_address().parse().unwrap();
        let Ok(child) = command(address).stdin(Stdio::null()).spawn() else {
            eprintln!("SKIPPED: there is no {name} on the PATH");
            return None;
        };
        let server = Self { child, address };
        within(20, "the server listens", || TcpStream::connect(address).ok());
        Some(server)
    }

    /// A Redis that keeps nothing.
    pub(super) fn redis(folder: &Path) -> Option<Self> {
        Self::start("redis-server", |address| {
            let mut server = Command::new("redis-server");
            server.args(["--bind", "127.0.0.1", "--port", &address.port().to_string()]);
            server.args(["--save", "", "--appendonly", "no"]).current_dir(folder);
            server.stdout(Stdio::null()).stderr(Stdio::null());
            server
        })
    }
}

/// A mail server that prints what it gets.
pub(super) struct Mail {
    _server: Server,
    pub(super) address: SocketAddr,
    printed: PathBuf,
}

impl Mail {
    pub(super) fn start(folder: &Path) -> Option<Self> {
        let printed = folder.join("mail");
        let server = Server::start("aiosmtpd", |address| {
            let mut server = Command::new("aiosmtpd");
            server.args(["-n", "-l", &address.to_string(), "-c", "aiosmtpd.handlers.Debugging", "stdout"]);
            server.env("PYTHONUNBUFFERED", "1").stderr(Stdio::null());
            server.stdout(std::fs::File::create(&printed).unwrap());
            server
        })?;
        Some(Self { address: server.address, _server: server, printed })
    }

    pub(super) fn text(&self) -> String {
        std::fs::read_to_string(&self.printed).unwrap()
    }
}

/// A request as a server got it.
#[derive(Clone)]
pub(super) struct Got {
    pub(super) head: String,
    pub(super) body: String,
}

impl Got {
    /// Method and path.
    pub(super) fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default().trim_end_matches(" HTTP/1.1")
    }

    /// A header by its name in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.trim()))
    }
}

/// An HTTP server that answers each request with the status and the body that `answer` gives, until the tests end.
pub(super) fn serve(answer: impl Fn(&Got) -> (u16, String) + Send + Sync + 'static) -> SocketAddr {
    let answer = Arc::new(answer);
    listen(move |stream| {
        let mut stream = BufReader::new(stream);
        while let Some(got) = take(&mut stream) {
            let (status, body) = answer(&got);
            let head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n\r\n", body.len());
            if stream.get_mut().write_all((head + &body).as_bytes()).is_err() {
                return;
            }
        }
    })
}

fn take(stream: &mut BufReader<TcpStream>) -> Option<Got> {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head += &line;
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Got { head, body: String::from_utf8(body).ok()? })
}

/// A Kafka broker as far as being asked what it can do: it repeats the correlation and knows nothing.
pub(super) fn broker() -> SocketAddr {
    listen(|mut stream| {
        let mut size = [0; 4];
        while stream.read_exact(&mut size).is_ok() {
            let mut request = vec![0; u32::from_be_bytes(size) as usize];
            if stream.read_exact(&mut request).is_err() {
                return;
            }
            let answer = [&[0, 0, 0, 10], &request[4..8], &[0; 6]].concat();
            if stream.write_all(&answer).is_err() {
                return;
            }
        }
    })
}

/// Each connection has a thread of its own.
fn listen(tend: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, tend) = (listener.local_addr().unwrap(), Arc::new(tend));
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let tend = Arc::clone(&tend);
            std::thread::spawn(move || tend(stream));
        }
    });
    address
}
