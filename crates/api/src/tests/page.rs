use axum::http::{Method, StatusCode};

use super::world::{World, request};

#[tokio::test]
async fn any_path_a_person_may_type_shows_the_page() {
    let world = World::new();
    for path in ["/", "/market", "/accounts/1", "/index.html", "/.source-hash", "/../Cargo.toml"] {
        let mut asked = request(Method::GET, path, None, None);
        asked.headers_mut().insert("accept", "application/xhtml+xml, text/html;q=0.9".parse().unwrap());
        let answer = world.ask(asked).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.header("content-security-policy").starts_with("default-src 'self';"));
    }
}

/// A probe or a script at a path that is none must hear so.
#[tokio::test]
async fn whoever_asks_for_no_page_gets_none() {
    let world = World::new();
    for path in ["/healthz", "/health/", "/health/liveness", "/readyz", "/metrics/", "/API/v1/me"] {
        for accept in ["*/*", "application/json"] {
            let mut asked = request(Method::GET, path, None, None);
            asked.headers_mut().insert("accept", accept.parse().unwrap());
            let answer = world.ask(asked).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.json()["code"], "not_found", "{path}");
        }
    }
    assert_eq!(world.get("/", "none").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_missing_file_of_the_page_is_not_the_page() {
    let world = World::new();
    assert_eq!(world.get("/assets/absent-abc123.js", "none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let world = World::new();
    let first = world.get("/index.html", "none").await;
    if first.header("etag").is_empty() {
        // The page was not built; then its absence is what is shown.
        assert!(String::from_utf8_lossy(&first.body).contains("/docs/"));
        return;
    }
    assert_eq!(first.header("cache-control"), "no-cache");
    let mut asked = request(Method::GET, "/index.html", None, None);
    asked.headers_mut().insert("if-none-match", first.header("etag").parse().unwrap());
    let second = world.ask(asked).await;
    assert_eq!((second.status, second.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn the_documentation_asks_nobody_else() {
    let world = World::new();
    let page = world.get("/docs/", "none").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = String::from_utf8_lossy(&page.body).into_owned();
    assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
    let start = world.get("/docs/swagger-initializer.js", "none").await;
    let start = String::from_utf8_lossy(&start.body).into_owned();
    assert!(start.contains("\"validatorUrl\": \"none\"") && start.contains("/openapi.json"), "{start}");
    assert_eq!(world.get("/openapi.json", "none").await.json()["openapi"], "3.1.0");
}

#[tokio::test]
async fn long_answers_are_compressed_when_asked() {
    let world = World::new();
    let mut asked = request(Method::GET, "/openapi.json", None, None);
    asked.headers_mut().insert("accept-encoding", "gzip".parse().unwrap());
    let answer = world.ask(asked).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert!(answer.body.starts_with(&[0x1f, 0x8b]));
}
