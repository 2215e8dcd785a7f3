use std::collections::BTreeMap;

use secrets::{Resolver, ResolverConfig, SecretRef, Warning};
use serde_json::json;

use crate::given::{Shelves, file, policy, reference, resolver, root, variables, vault};

fn wanted(references: &[(&str, &str)]) -> BTreeMap<String, SecretRef> {
    references.iter().map(|(slot, text)| ((*slot).to_owned(), reference(text))).collect()
}

#[tokio::test]
async fn all_are_found_and_a_shared_place_is_asked_once() {
    let shelves = Shelves::new(60);
    for number in 0..20 {
        shelves.put(&format!("kv/data/more/{number}"), json!({ "key": format!("value {number}") }));
    }
    let server = shelves.open().await;
    let (_directory, path) = file("from a file\n");
    let config = ResolverConfig {
        environment: variables(&[("PASSWORD", "from a variable")]),
        vault: Some(vault(server.url(), root())),
        aws: None,
    };
    let mut wanted = wanted(&[
        ("a", "plain"),
        ("b", "env:PASSWORD"),
        ("c", &format!("file:{}", path.display())),
        ("d", "vault:kv/apps/web#password"),
        ("e", "vault:kv/apps/web#port"),
    ]);
    for number in 0..20 {
        wanted.insert(format!("f{number:02}"), reference(&format!("vault:kv/more/{number}#key")));
    }

    let found = Resolver::new(config, policy).unwrap().resolve_all(&wanted).await.unwrap();
    let values: Vec<&str> = found.values().map(|resolved| resolved.secret.expose()).collect();
    assert_eq!(values[..5], ["plain", "from a variable", "from a file", "one", "5432"]);
    assert_eq!((values.len(), values[5], values[24]), (25, "value 0", "value 19"));
    let reads = |path: &str| server.lines().iter().filter(|line| line.ends_with(path)).count();
    assert_eq!(reads("/apps/web"), 1);
    assert_eq!(reads("/lookup-self"), 1);
}

#[tokio::test]
async fn everything_that_failed_is_told_together() {
    let server = Shelves::new(60).open().await;
    let resolver = resolver(vault(server.url(), root()));
    let wanted = wanted(&[
        ("api.key", "vault:kv/absent#key"),
        ("database.password", "env:BELLWETHER_TEST_ABSENT"),
        ("good", "vault:kv/apps/web#password"),
        ("mail.password", "vault:kv/apps/web#absent"),
        ("none", ""),
        ("tls.key", "file:/absent/key"),
    ]);

    let errors = resolver.resolve_all(&wanted).await.unwrap_err();
    let slots: Vec<&str> = errors.0.iter().map(|error| error.slot.as_str()).collect();
    assert_eq!(slots, ["api.key", "database.password", "mail.password", "none", "tls.key"]);
    let text = errors.to_string();
    assert!(text.starts_with("5 secrets cannot be had:\n  `api.key` (vault:kv/absent#key): "), "{text}");
    assert!(text.contains("\n  `none` (***): the value is empty\n"), "{text}");
    assert_eq!(text.lines().count(), 6);
}

#[cfg(unix)]
#[tokio::test]
async fn warnings_come_with_the_secret() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, path) = file("word");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let resolver = Resolver::new(ResolverConfig::default(), policy).unwrap();
    let found = resolver.resolve("slot", &SecretRef::File(path.clone())).await.unwrap();
    assert_eq!(found.secret.expose(), "word");
    assert_eq!(found.warning, Some(Warning::WorldReadable { path }));
}
