use serde_json::{Value, json};

use super::*;

#[test]
fn a_secret_shows_three_stars() {
    let secret = Secret::new("hunter2");
    assert_eq!(format!("{secret}|{secret:?}|{secret:>5}|{:?}", Some(&secret)), "***|***|  ***|Some(***)");
    assert_eq!(serde_json::to_value(&secret).unwrap(), json!("***"));
    assert_eq!(secret.expose(), "hunter2");
}

fn read(value: Value) -> Result<Secret, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

#[test]
fn only_a_text_is_read_as_a_secret() {
    assert_eq!(read(json!("hunter2")), Ok(Secret::new("hunter2")));
    for value in [json!(31_337), json!(-31_337), json!(31_337.5), json!(true)] {
        let told = read(value.clone()).unwrap_err();
        assert_eq!(told, "a secret must be a text: put it in quotes", "{value}");
    }
    for value in [json!(null), json!([31_337]), json!({ "hunter2": 31_337 })] {
        let told = read(value).unwrap_err();
        assert!(!told.contains("31337") && !told.contains("hunter2"), "{told}");
    }
}
