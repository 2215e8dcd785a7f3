use std::io::{Read, Write};
use std::net::TcpListener;

use super::{authority, get, status};

#[test]
fn an_address_is_host_and_port() {
    assert_eq!(authority("http://localhost:8083/").unwrap(), "localhost:8083");
    assert_eq!(authority("http://example.org").unwrap(), "example.org:80");
    assert_eq!(authority("http://[::1]").unwrap(), "[::1]:80");
    assert_eq!(authority("http://[::1]:9").unwrap(), "[::1]:9");
    assert!(authority("https://example.org").is_err());
    assert!(authority("http://example.org/path").is_err());
}

#[test]
fn the_status_is_read_from_the_first_line() {
    assert_eq!(status(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").unwrap(), 503);
    assert!(status(b"SSH-2.0\r\n").is_err());
    assert!(status(b"").is_err());
}

#[test]
fn a_page_is_fetched_from_a_real_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 512];
        let length = stream.read(&mut asked).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    assert_eq!(get(&authority, "/health").unwrap(), (200, 40));
    assert!(server.join().unwrap().starts_with("GET /health HTTP/1.1\r\n"));
}
