use utoipa::OpenApi as _;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, Content, OpenApi, Ref, RefOr, ResponseBuilder, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{FieldError, Problem};
use crate::routes;
use crate::state::AppState;

const SCHEME: &str = "token";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Bellwether",
        description = "Market data in, risk-checked orders out. Prices, quantities and money are decimal text; \
                       times are whole milliseconds UTC; errors are `application/problem+json`."
    ),
    components(schemas(Problem, FieldError))
)]
struct Document;

/// The OpenAPI document of every route, as JSON, the same for the same program.
///
/// # Errors
/// The document cannot be written as JSON.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    let (_, document) = all().split_for_parts();
    document.to_pretty_json().map(|text| text + "\n")
}

/// Every route with its description, before the layers.
fn all() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(base()).merge(routes::open()).merge(routes::guarded())
}
