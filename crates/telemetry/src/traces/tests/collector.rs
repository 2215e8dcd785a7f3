//! As much of a gRPC server as a client needs to be told that its call went well.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
/// Of settings: these are acknowledged. Of data and headers: the stream ends.
const LAST: u8 = 1;
const END_HEADERS: u8 = 4;

pub(super) struct Collector {
    pub(super) address: String,
    received: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received: Arc<Mutex<Vec<u8>>> = Arc::default();
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                // The client hangs up when it has done.
                serve(stream, &kept).unwrap_or_default();
            }
        });
        Self { address, received }
    }

    /// All that was sent in bodies.
    pub(super) fn received(&self) -> String {
        String::from_utf8_lossy(&self.received.lock().unwrap()).into_owned()
    }
}

fn serve(mut stream: TcpStream, received: &Mutex<Vec<u8>>) -> std::io::Result<()> {
    let mut preface = [0; PREFACE.len()];
    stream.read_exact(&mut preface)?;
    assert_eq!(preface, PREFACE);
    write_frame(&mut stream, SETTINGS, 0, 0, &[])?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut body = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut body)?;
        let (kind, flags, id) = (head[3], head[4], u32::from_be_bytes([head[5], head[6], head[7], head[8]]));
        match kind {
            SETTINGS if flags & LAST == 0 => write_frame(&mut stream, SETTINGS, LAST, 0, &[])?,
            DATA => {
                received.lock().unwrap().extend(body);
                if flags & LAST != 0 {
                    answer(&mut stream, id)?;
                }
            }
            _ => {}
        }
    }
}

/// An empty message and the status of success.
fn answer(stream: &mut TcpStream, id: u32) -> std::io::Result<()> {
    // Status 200 has a number of its own in the table of headers.
    let headers = [&[0x88], literal("content-type", "application/grpc").as_slice()].concat();
    write_frame(stream, HEADERS, END_HEADERS, id, &headers)?;
    write_frame(stream, DATA, 0, id, &[0, 0, 0, 0, 0])?;
    write_frame(stream, HEADERS, END_HEADERS | LAST, id, &literal("grpc-status", "0"))
}

fn literal(name: &str, value: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    [vec![0], text(name), text(value)].concat()
}

fn write_frame(stream: &mut TcpStream, kind: u8, flags: u8, id: u32, body: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &id.to_be_bytes()].concat();
    stream.write_all(&[&head, body].concat())
}
