use super::*;

fn request(url: &str) -> Request {
    Request::new(Method::GET, url, Idempotency::Idempotent)
}

#[test]
fn an_address_must_be_whole() {
    for url in
        ["", "example.test/a", "/a", "ftp://example.test/", "file:///etc/passwd", "http://", "mailto:a@b"]
    {
        assert!(matches!(request(url).check(), Err(Cause::Request(_))), "{url:?}");
    }
    assert!(request("https://example.test:8443/a?b=c").check().is_ok());
}

#[test]
fn headers_cannot_carry_further_headers() {
    let split = request("http://a.test/").header("x-note", "a\r\nx-admin: yes");
    assert!(matches!(split.check(), Err(Cause::Request(_))));
    let named = request("http://a.test/").header("x note", "a");
    assert!(matches!(named.check(), Err(Cause::Request(_))));
    assert!(matches!(request("http://a.test/").correlation("a\nb").check(), Err(Cause::Request(_))));
}

#[test]
fn json_comes_with_its_type() {
    let checked = request("http://a.test/").json(&[1, 2]).and_then(|request| request.check()).unwrap();
    assert_eq!(checked.body, "[1,2]");
    assert_eq!(checked.headers[CONTENT_TYPE], "application/json");
    assert!(checked.headers[CONTENT_TYPE].is_sensitive(), "no header shows in a debug form");
}
