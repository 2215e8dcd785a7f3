//! The web page, carried inside the program.

use axum::extract::Request;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use crate::problem::Problem;

#[derive(Embed)]
#[folder = "../../web/dist"]
struct Dist;

const INDEX: &str = "index.html";

/// Files here carry a hash of their content in their name, so they never change.
const HASHED: &str = "assets/";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Bellwether</title>\
    <p>The web page was not built into this program. Build it with <code>cargo xtask ui</code>, then build the \
    program again.</p><p>The API is here all the same: <a href=\"/docs/\">its documentation</a>.</p></html>";

/// A file of the page; the page itself for any other path that a person may have typed, as the page has routes of its
/// own. Whoever does not ask for a page gets none: a probe at a mistyped path must not find everything well.
pub(crate) async fn page(request: Request) -> Result<Response, Problem> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Problem::of_status(StatusCode::METHOD_NOT_ALLOWED));
    }
    let path = request.uri().path().trim_start_matches('/');
    if is_of_the_page(path)
        && let Some(file) = Dist::get(path)
    {
        return Ok(answer(path, &file, request.headers()));
    }
    let wants_page = path.is_empty() || asks_for_page(request.headers());
    if path.starts_with("api/") || path.starts_with(HASHED) || !wants_page {
        return Err(Problem::of_status(StatusCode::NOT_FOUND));
    }
    let index = Dist::get(INDEX);
    Ok(index.map_or_else(|| Html(NOT_BUILT).into_response(), |file| answer(INDEX, &file, request.headers())))
}

fn asks_for_page(asked: &HeaderMap) -> bool {
    let accepted = asked.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim_start().starts_with("text/html"))
}

/// The build leaves notes to itself beside the page, in files whose names begin with a dot.
fn is_of_the_page(path: &str) -> bool {
    !path.is_empty() && !path.split('/').any(|name| name.starts_with('.'))
}

fn answer(path: &str, file: &EmbeddedFile, asked: &HeaderMap) -> Response {
    let tag = tag(file);
    let caching = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (ETAG, tag.as_str()),
        (CACHE_CONTROL, caching),
        (CONTENT_TYPE, media_type(path)),
        (VARY, ACCEPT.as_str()),
    ];
    if knows(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, file.data.to_vec()).into_response()
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    // Weak, because compression makes other bytes of the same content.
    format!("W/\"{digits}\"")
}

fn knows(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|known| known.trim() == tag))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
