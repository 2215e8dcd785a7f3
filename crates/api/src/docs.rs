//! The description of the API, for programs and for people.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::openapi::openapi_json;
use crate::problem::Problem;

const DOCUMENT: &str = "/openapi.json";

/// `/openapi.json`, and `/docs/` to read and try it. The page's files are in the program, and its default of
/// asking a validator on the internet is switched off.
pub(crate) fn router() -> Router {
    let explorer = SwaggerUi::new("/docs").config(Config::new([DOCUMENT]).validator_url("none"));
    Router::from(explorer).route(DOCUMENT, get(document))
}

async fn document() -> Result<Response, Problem> {
    let text = openapi_json().map_err(|_| Problem::internal())?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}
