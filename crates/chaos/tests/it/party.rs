//! Servers behind the proxy: one that says back what it hears, one that speaks some HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::world::FREE;

#[derive(Clone)]
pub(super) struct Party {
    pub(super) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    /// Bytes that an echo heard, requests that a server answered.
    heard: Arc<AtomicUsize>,
}

impl Party {
    pub(super) async fn echo() -> Self {
        Self::serve(|stream, heard| async move {
            drop(echo(stream, heard).await);
        })
        .await
    }

    pub(super) async fn http() -> Self {
        Self::serve(|stream, heard| async move {
            drop(http(stream, heard).await);
        })
        .await
    }

    async fn serve<F>(work: impl Fn(TcpStream, Arc<AtomicUsize>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(FREE).await.unwrap();
        let party = Self {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            heard: Arc::default(),
        };
        let (connections, heard) = (Arc::clone(&party.connections), Arc::clone(&party.heard));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(work(stream, Arc::clone(&heard)));
            }
        });
        party
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(super) fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

async fn echo(mut stream: TcpStream, heard: Arc<AtomicUsize>) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let bytes = stream.read(&mut buffer).await?;
        if bytes == 0 {
            return Ok(());
        }
        heard.fetch_add(bytes, Ordering::SeqCst);
        stream.write_all(&buffer[..bytes]).await?;
    }
}

/// The body of a sized answer, long enough to be cut and garbled.
pub(super) const BODY: &str = "0123456789012345678901234567890123456789";

pub(super) fn sized(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

pub(super) const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
pub(super) const UNTIL_END: &str = "HTTP/1.1 200 OK\r\n\r\nuntil the end";
pub(super) const TOO_LARGE: &str = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
pub(super) const SWITCHED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n";

async fn http(mut stream: TcpStream, heard: Arc<AtomicUsize>) -> std::io::Result<()> {
    let mut text = Vec::new();
    loop {
        let Some(head) = until(&mut stream, &mut text, b"\r\n\r\n").await? else { return Ok(()) };
        let path = head.split(' ').nth(1).unwrap().to_owned();
        let answer = match path.as_str() {
            "/sized" => sized(BODY),
            "/chunked" => CHUNKED.to_owned(),
            "/end" => UNTIL_END.to_owned(),
            "/head" => "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n".to_owned(),
            "/none" => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
            "/early" => TOO_LARGE.to_owned(),
            "/interim" => format!("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n{}", sized(BODY)),
            "/tunnel" => format!("{SWITCHED}welcome"),
            "/leave" => sized("left"),
            "/bye" => format!("{}bye", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"),
            // What was sent comes back.
            "/echo-sized" => sized(&exactly(&mut stream, &mut text, length(&head)).await?),
            "/echo-chunked" => sized(&until(&mut stream, &mut text, b"0\r\n\r\n").await?.unwrap()),
            _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        };
        heard.fetch_add(1, Ordering::SeqCst);
        stream.write_all(answer.as_bytes()).await?;
        match path.as_str() {
            "/end" | "/leave" => return Ok(()),
            "/tunnel" => return echo(stream, heard).await,
            _ => {}
        }
    }
}

fn length(head: &str) -> usize {
    head.split("Content-Length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap()
}

/// The text up to and with a mark. `None` at the end.
async fn until(stream: &mut TcpStream, text: &mut Vec<u8>, mark: &[u8]) -> std::io::Result<Option<String>> {
    loop {
        if let Some(place) = text.windows(mark.len()).position(|window| window == mark) {
            let found = text.drain(..place + mark.len()).collect();
            return Ok(Some(String::from_utf8(found).unwrap()));
        }
        if stream.read_buf(text).await? == 0 {
            return Ok(None);
        }
    }
}

async fn exactly(stream: &mut TcpStream, text: &mut Vec<u8>, bytes: usize) -> std::io::Result<String> {
    while text.len() < bytes {
        assert_ne!(stream.read_buf(text).await?, 0);
    }
    Ok(String::from_utf8(text.drain(..bytes).collect()).unwrap())
}
