//! Prints the OpenAPI document that `web/openapi.json` must equal.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let text = api::openapi_json()?;
    std::io::stdout().lock().write_all(text.as_bytes())
}
