//! The router behind a real listener.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::world::World;
use crate::Config;
use crate::server::serve_patiently;

pub(super) struct Served {
    pub(super) world: World,
    pub(super) address: SocketAddr,
    runtime: Runtime,
    server: JoinHandle<std::io::Result<()>>,
}

impl Served {
    pub(super) fn new(config: Config, frames_kept: usize) -> Self {
        let world = World::with(config, frames_kept);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let patience = Duration::from_millis(100);
        let server =
            runtime.spawn(serve_patiently(listener, world.router.clone(), world.shutdown.clone(), patience));
        Self { world, address, runtime, server }
    }

    fn stopped(self) {
        self.world.shutdown.cancel();
        let ended =
            self.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(5), self.server).await });
        ended.expect("the server stops in time").unwrap().unwrap();
    }
}

fn all(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn half_a_head_does_not_hold_a_connection() {
    let served = Served::new(Config::specified(), 1);
    for said in ["", "G", "PR", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /live HTTP/1.1\r\nHost: he"] {
        let mut stream = TcpStream::connect(served.address).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        let answer = all(stream);
        assert!(!answer.contains("200 OK"), "{said}: {answer}");
    }
}

#[test]
fn a_request_that_comes_byte_by_byte_is_answered() {
    let served = Served::new(Config::specified(), 1);
    let mut stream = TcpStream::connect(served.address).unwrap();
    stream.set_nodelay(true).unwrap();
    for byte in b"GET /live HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n" {
        stream.write_all(&[*byte]).unwrap();
    }
    let answer = all(stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
}

#[test]
fn it_answers_and_stops_when_told() {
    let served = Served::new(Config::specified(), 1);
    let mut stream = TcpStream::connect(served.address).unwrap();
    stream.write_all(b"GET /live HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").unwrap();
    let answer = all(stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    served.stopped();
}
