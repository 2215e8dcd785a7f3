//! An HTTP server that answers as a test tells it, and writes down what it was asked.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path, as `GET /v1/kv/data/app`.
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    /// A header by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// What comes back.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Status, and a body of JSON.
    Json(u16, String),
    /// Exactly these bytes, and the end.
    Raw(String),
    /// The beginning of an answer, and a letter from time to time.
    Drip,
    /// Nothing, ever.
    Silence,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: watch::Receiver<Vec<Asked>>,
    _task: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (record, asked) = watch::channel(Vec::new());
        let answer = Arc::new(answer);
        let record = Arc::new(record);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&record), Arc::clone(&answer)));
            }
        });
        Self { address, asked, _task: task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.borrow().clone()
    }

    /// Method and path of everything that was asked.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }

    /// Waits until something was asked so many times.
    pub(crate) fn until_asked(&self, line: &'static str, times: usize) -> impl Future<Output = ()> + use<> {
        let mut asked = self.asked.clone();
        async move {
            let is_enough =
                |asked: &Vec<Asked>| asked.iter().filter(|asked| asked.line == line).count() >= times;
            asked.wait_for(is_enough).await.unwrap();
        }
    }
}

async fn serve(
    mut stream: TcpStream,
    record: Arc<watch::Sender<Vec<Asked>>>,
    answer: Arc<impl Fn(&Asked) -> Reply>,
) {
    while let Some(asked) = request(&mut stream).await {
        let reply = answer(&asked);
        record.send_modify(|record| record.push(asked));
        match reply {
            Reply::Json(status, body) => {
                let head = format!("HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\n");
                let text = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
                stream.write_all(text.as_bytes()).await.ok();
            }
            Reply::Raw(text) => {
                stream.write_all(text.as_bytes()).await.ok();
                return;
            }
            Reply::Drip => {
                let mut piece: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n{";
                while stream.write_all(piece).await.is_ok() {
                    piece = b" ";
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            }
            Reply::Silence => std::future::pending().await,
        }
    }
}

async fn request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if let Some(asked) = parsed(&bytes) {
            return Some(asked);
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

fn parsed(bytes: &[u8]) -> Option<Asked> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let asked = Asked { line, headers, body: body.to_owned() };
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    (asked.body.len() >= length).then_some(asked)
}
