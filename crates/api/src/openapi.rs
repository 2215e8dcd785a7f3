use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{FieldError, Written};
use crate::routes;

const SCHEME: &str = "token";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Bellwether",
        description = "Market data in, risk-checked orders out. Prices, quantities and money are decimal text; \
                       times are whole milliseconds UTC; errors are `application/problem+json`."
    ),
    components(schemas(Written, FieldError))
)]
struct Document;

/// The OpenAPI document of every route, as JSON, the same for the same program.
///
/// # Errors
/// The document cannot be written as JSON.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    document().to_pretty_json().map(|text| text + "\n")
}

pub(crate) fn document() -> OpenApi {
    let router = OpenApiRouter::with_openapi(Document::openapi());
    let (_, mut document) = router.merge(routes::open()).merge(routes::guarded()).split_for_parts();
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    document.components.get_or_insert_default().add_security_scheme(SCHEME, scheme);
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, [])]);
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        operation.responses.responses.entry("default".to_owned()).or_insert_with(any_problem);
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten()
}

/// What every route may answer instead of what it says itself.
fn any_problem() -> RefOr<utoipa::openapi::Response> {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new()
        .description("Why it was not carried out")
        .content("application/problem+json", content)
        .into()
}
