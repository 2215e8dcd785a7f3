use super::*;

fn parsed(text: &str) -> SecretRef {
    SecretRef::parse(text).unwrap()
}

#[test]
fn a_place_is_shown_as_it_was_written() {
    for text in [
        "env:DATABASE_PASSWORD",
        "env:_x9",
        "file:/run/secrets/database",
        "vault:kv/apps/web#password",
        "vault:kv/app#key with spaces/and#hash",
        "aws:prod/web",
        "aws:prod/web#password",
        "aws:arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/web-AbCdEf#password",
    ] {
        assert_eq!(parsed(text).to_string(), text);
        assert_eq!(serde_json::to_string(&parsed(text)).unwrap(), format!("\"{text}\""));
    }
}

#[test]
fn places_are_taken_apart() {
    assert_eq!(
        parsed("vault:kv/apps/web#password"),
        SecretRef::Vault { mount: "kv".into(), path: "apps/web".into(), key: "password".into() }
    );
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/web-AbCdEf";
    assert_eq!(parsed(&format!("aws:{arn}#a.b")), SecretRef::Aws { id: arn.into(), key: Some("a.b".into()) });
}

#[test]
fn anything_else_is_the_value() {
    for text in ["", "hunter2", "postgres://user:word@host/db", "ENV:NAME", "environment:x", "a:b", ":"] {
        assert_eq!(parsed(text), SecretRef::Literal(Secret::new(text)));
        assert_eq!(parsed(text).to_string(), "***");
    }
    assert_eq!(parsed("literal:env:HOME"), SecretRef::Literal(Secret::new("env:HOME")));
    assert_eq!(parsed("literal:"), SecretRef::Literal(Secret::new("")));
}

#[test]
fn what_only_begins_like_a_place_is_refused_without_being_repeated() {
    for (text, error) in [
        ("env:", ReferenceError::Env),
        ("env:9lives", ReferenceError::Env),
        ("env:hunter2!", ReferenceError::Env),
        ("file:", ReferenceError::File),
        ("file:relative/hunter2", ReferenceError::File),
        ("vault:", ReferenceError::Vault),
        ("vault:kv", ReferenceError::Vault),
        ("vault:kv/hunter2", ReferenceError::Vault),
        ("vault:kv/hunter2#", ReferenceError::Vault),
        ("vault:/hunter2#key", ReferenceError::Vault),
        ("vault:kv/#key", ReferenceError::Vault),
        ("vault:kv/a//hunter2#key", ReferenceError::Vault),
        ("vault:kv/../sys/hunter2#key", ReferenceError::Vault),
        ("vault:kv/hunter2\r\n#key", ReferenceError::Vault),
        ("aws:", ReferenceError::Aws),
        ("aws:#hunter2", ReferenceError::Aws),
        ("aws:hunter2#", ReferenceError::Aws),
        ("aws:hunter 2", ReferenceError::Aws),
    ] {
        assert_eq!(SecretRef::parse(text), Err(error), "{text:?}");
        let read = serde_json::from_str::<SecretRef>(&serde_json::to_string(text).unwrap());
        let told = format!("{error} {error:?} {:?}", read.unwrap_err());
        assert!(!told.contains("hunter2"), "{told}");
    }
}
