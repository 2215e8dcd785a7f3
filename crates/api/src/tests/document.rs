use std::path::Path;

use crate::openapi_json;

#[test]
fn the_document_is_the_one_the_page_was_made_for() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let golden = std::fs::read_to_string(golden).unwrap_or_default();
    assert!(
        golden == openapi_json().unwrap(),
        "web/openapi.json is not up to date: run `cargo xtask openapi`"
    );
}

#[test]
fn every_schema_that_is_named_is_there() {
    let text = openapi_json().unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for named in text.split("#/components/schemas/").skip(1) {
        let name = named.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
}
