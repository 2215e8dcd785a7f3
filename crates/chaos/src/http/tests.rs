//! Where bodies end, and which heads are read.

use tokio::io::AsyncReadExt;

use super::body::{Body, Chunks};
use super::head::{First, Head, Method};
use super::incoming::Incoming;

/// How many bytes of the text are the body, and whether it is then over, however the text is cut in two.
fn check(body: Body, text: &str, taken: usize, is_over: bool) {
    for cut in 0..=text.len() {
        let (front, back) = text.as_bytes().split_at(cut);
        let mut body = body;
        let first = body.take(front).unwrap();
        let all = if first < front.len() { first } else { first + body.take(back).unwrap() };
        assert_eq!((all, body.is_over()), (taken, is_over), "{text:?} cut at {cut}");
    }
}

#[test]
fn a_body_ends_where_it_says() {
    let chunked = Body::Chunked(Chunks::BEGIN);
    check(Body::Sized(3), "abcdef", 3, true);
    check(Body::Sized(9), "abcdef", 6, false);
    check(Body::NONE, "GET / HTTP/1.1", 0, true);
    check(Body::UntilEnd, "abc", 3, false);
    check(chunked, "3\r\nabc\r\n0\r\n\r\nGET", 13, true);
    check(chunked, "A;why=so\r\n0123456789\r\n00\r\nSum: 1\r\n\r\n", 36, true);
    check(chunked, "3\nabc\n0\n\nrest", 9, true);
    check(chunked, "1\r\n\n\r\n1", 7, false);
}

#[test]
fn chunks_that_are_none_are_refused() {
    for text in ["x\r\n", "\r\n", "11111111111111111\r\n", "1\r\nabc"] {
        assert!(Body::Chunked(Chunks::BEGIN).take(text.as_bytes()).is_err(), "{text:?}");
    }
}

fn request(text: &str) -> Head {
    Head::request(text.as_bytes().to_vec()).unwrap()
}

fn answer(text: &str) -> Head {
    Head::answer(text.as_bytes().to_vec()).unwrap()
}

#[test]
fn a_request_says_what_follows_it() {
    let plain = request("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((plain.first, plain.closes), (First::Request(Method::Other), false));
    assert_eq!(plain.question_body(), Body::NONE);
    assert_eq!(request("POST / HTTP/1.1\r\ncontent-LENGTH:  7\r\n\r\n").question_body(), Body::Sized(7));
    let chunked = request("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 7\r\n\r\n");
    assert_eq!(chunked.question_body(), Body::Chunked(Chunks::BEGIN));
    assert!(request("GET / HTTP/1.0\r\n\r\n").closes);
    assert!(!request("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").closes);
    assert!(request("GET / HTTP/1.1\r\nConnection: x, Close\r\n\r\n").closes);
    assert!(request("PUT / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

#[test]
fn an_answer_ends_as_the_request_and_its_status_say() {
    let sized = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(answer(sized).answer_body(Method::Other), Body::Sized(5));
    assert_eq!(answer(sized).answer_body(Method::Head), Body::NONE);
    assert_eq!(answer("HTTP/1.1 204 None\r\n\r\n").answer_body(Method::Other), Body::NONE);
    assert_eq!(answer("HTTP/1.1 200 OK\r\n\r\n").answer_body(Method::Other), Body::UntilEnd);
    assert!(answer("HTTP/1.1 103 Hints\r\n\r\n").is_interim());
    let switched = answer("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    assert!(!switched.is_interim() && switched.opens_tunnel(Method::Other));
    assert!(answer("HTTP/1.1 200 OK\r\n\r\n").opens_tunnel(Method::Connect));
    assert!(!answer("HTTP/1.1 200 OK\r\n\r\n").opens_tunnel(Method::Other));
}

#[test]
fn what_is_no_head_is_refused() {
    for text in ["", "GET /\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
    {
        assert!(Head::request(text.as_bytes().to_vec()).is_err(), "{text:?}");
    }
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n";
    for text in ["HTTP/1.1\r\n\r\n", "HTTP/1.1 2\r\n\r\n", "SSH-2.0-x\r\n\r\n", twice] {
        assert!(Head::answer(text.as_bytes().to_vec()).is_err(), "{text:?}");
    }
}

#[tokio::test]
async fn a_head_is_found_however_it_comes() {
    let text = b"GET / HTTP/1.1\r\nA: b\r\n\r\nbody";
    let end = text.len() - 4;
    for cut in 0..=end {
        let (front, back) = text.split_at(cut);
        let mut incoming = Incoming::default();
        let head = incoming.head(&mut front.chain(back)).await.unwrap();
        assert_eq!(head.as_deref(), Some(&text[..end]), "cut at {cut}");
    }
    assert!(Incoming::default().head(&mut &b""[..]).await.unwrap().is_none());
    assert!(Incoming::default().head(&mut &b"GET"[..]).await.is_err());
}
