use super::{Content, Node, read_file, read_text};
use crate::config::place::Place;

fn walk(node: &Node, path: &str, found: &mut Vec<String>) {
    let at = node.place.to_string();
    match &node.content {
        Content::Mapping(entries) => {
            for entry in entries {
                found.push(format!("{path}{} key {}", entry.key, entry.place));
                walk(&entry.node, &format!("{path}{}.", entry.key), found);
            }
        }
        Content::List(items) => items.iter().for_each(|item| walk(item, path, found)),
        other => found.push(format!("{path} {other:?} {at}")),
    }
}

#[test]
fn every_key_and_value_has_its_place() {
    let text = "a: 1\n# words\nb:\n  c: [x, {d: 1.5}]\n  c: yes\n  e:\n";
    let mut found = Vec::new();
    walk(&read_file(text, "f").unwrap(), "", &mut found);
    let expected = [
        "a key f:1:1",
        "a. Integer(1) f:1:4",
        "b key f:3:1",
        "b.c key f:4:3",
        "b.c. Text(\"x\") f:4:7",
        "b.c.d key f:4:11",
        "b.c.d. Number(1.5) f:4:14",
        // Both are there, so that the second can be named; and a bare `yes` is no boolean.
        "b.c key f:5:3",
        "b.c. Text(\"yes\") f:5:6",
        "b.e key f:6:3",
        "b.e. Null f:6:4",
    ];
    assert_eq!(found, expected);
}

#[test]
fn what_is_taken_over_from_an_anchor_is_no_second_key() {
    let text = "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  p: 3\n";
    let mut found = Vec::new();
    walk(&read_file(text, "f").unwrap(), "", &mut found);
    assert_eq!(found.iter().filter(|line| line.starts_with("b.p key")).count(), 1, "{found:#?}");
}

#[test]
fn text_of_a_variable_has_the_place_of_the_variable() {
    let place = Place::Variable("NAME".to_owned());
    let node = read_text(r#"{"a": [1, true]}"#, &place).unwrap();
    let mut found = Vec::new();
    walk(&node, "", &mut found);
    assert!(found.iter().all(|line| line.ends_with("environment variable NAME")), "{found:?}");
    assert_eq!(node.content.to_json(), serde_json::json!({ "a": [1, true] }));
    assert!(read_text("{a: ", &place).is_err());
}

#[test]
fn bad_yaml_shows_its_line_unless_that_may_hold_a_secret() {
    let open = read_file("listen: x\npipeline:\n  batch_size: 1\n bad: 2\n", "f").unwrap_err();
    assert_eq!((open.place.as_str(), open.what.contains("`bad: 2`")), ("f:4:2", true), "{open}");
    for text in [
        "admin_password: hunter2: x\n",
        "secret_key: \"hunter2\nlisten: 1\n hunter2: \"\n",
        "database_url: @hunter2\n",
        "a: |\n  hunter2\n hunter2\n",
        "vault: {token: %hunter2}\n",
        "admin_password: 'hunter2\n",
        "redis_url: [hunter2\n",
    ] {
        let fault = read_file(text, "f").unwrap_err();
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
        assert!(!fault.mend.is_empty(), "{fault}");
    }
}

#[test]
fn a_document_that_is_too_deep_is_refused_not_followed() {
    let text = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read_file(&text, "f").is_err());
}
