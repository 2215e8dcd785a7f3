use serde_json::json;

use crate::given::{Shelves, file, resolver, root, value, variables, vault};
use crate::server::Server;
use secrets::{ConfigError, Resolver, ResolverConfig, SecretRef, VaultAuth, VaultConfig};

#[tokio::test]
async fn values_come_as_text() {
    let server = Shelves::new(60).open().await;
    let resolver = resolver(vault(server.url(), root()));

    assert_eq!(value(&resolver, "vault:kv/apps/web#password").await, Ok("one".into()));
    assert_eq!(value(&resolver, "vault:kv/apps/web#port").await, Ok("5432".into()));
    assert_eq!(value(&resolver, "vault:kv/apps/web#tls").await, Ok("true".into()));
    let error = value(&resolver, "vault:kv/apps/web#list").await.unwrap_err();
    assert_eq!(
        error,
        "`slot` (vault:kv/apps/web#list): the value of this key is neither a text nor a number"
    );
    let error = value(&resolver, "vault:kv/apps/web#user").await.unwrap_err();
    assert_eq!(error, "`slot` (vault:kv/apps/web#user): the secret is there, but it has no such key");
}

#[tokio::test]
async fn vault_is_asked_as_it_wants_to_be() {
    let shelves = Shelves::new(60);
    shelves.put("kv/data/a%20b/c%3Fd", json!({ "key": "odd" }));
    let server = shelves.open().await;
    let config =
        VaultConfig { namespace: Some("team/a".into()), ..vault(format!("{}/", server.url()), root()) };

    assert_eq!(value(&resolver(config), "vault:kv/a b/c?d#key").await, Ok("odd".into()));
    assert_eq!(server.lines(), ["GET /v1/auth/token/lookup-self", "GET /v1/kv/data/a%20b/c%3Fd"]);
    for asked in server.asked() {
        assert_eq!(asked.header("x-vault-token"), Some("root"));
        assert_eq!(asked.header("x-vault-namespace"), Some("team/a"));
        assert_eq!(asked.header("x-vault-request"), Some("true"));
    }
}

#[tokio::test]
async fn a_proxys_path_is_kept() {
    let server = Shelves::new(60).open().await;
    let resolver = resolver(vault(format!("{}/behind", server.url()), root()));
    value(&resolver, "vault:kv/app#key").await.unwrap_err();
    assert_eq!(server.lines()[0], "GET /behind/v1/auth/token/lookup-self");
}

#[tokio::test]
async fn a_changed_secret_is_read_again() {
    let shelves = Shelves::new(60);
    let server = shelves.open().await;
    let resolver = resolver(vault(server.url(), root()));

    assert_eq!(value(&resolver, "vault:kv/apps/web#password").await, Ok("one".into()));
    shelves.put("kv/data/apps/web", json!({ "password": "two" }));
    assert_eq!(value(&resolver, "vault:kv/apps/web#password").await, Ok("two".into()));
}

async fn answers_to(auth: VaultAuth, server: &Server) -> Result<String, String> {
    let config = ResolverConfig {
        environment: variables(&[("VAULT_TOKEN", "root")]),
        vault: Some(vault(server.url(), auth)),
        aws: None,
    };
    let resolver = Resolver::new(config, crate::given::policy).unwrap();
    value(&resolver, "vault:kv/apps/web#password").await
}

#[tokio::test]
async fn the_token_comes_from_where_it_is() {
    let server = Shelves::new(60).open().await;
    let (_directory, path) = file("root\n");
    for place in [SecretRef::Env("VAULT_TOKEN".into()), SecretRef::File(path)] {
        assert_eq!(answers_to(VaultAuth::Token(place), &server).await, Ok("one".into()));
    }
    let error = answers_to(VaultAuth::Token(SecretRef::Env("NO_TOKEN".into())), &server).await.unwrap_err();
    assert!(error.ends_with("Vault's token (env:NO_TOKEN): the variable is not set"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_a_vault_is_refused() {
    for address in [
        "",
        "vault:8200",
        "ftp://vault.test",
        "http://",
        "https://user:word@vault.test",
        "https://user@vault.test",
        "https://vault.test/?token=word",
        "https://vault.test/#word",
    ] {
        let config = vault(address.to_owned(), root());
        let refusal =
            Resolver::new(ResolverConfig { vault: Some(config), ..Default::default() }, crate::given::policy);
        assert_eq!(refusal.unwrap_err(), ConfigError::Address, "{address:?}");
    }
    for (auth, why) in [
        (VaultAuth::Token(crate::given::reference("vault:kv/a#b")), ConfigError::TokenPlace("Vault")),
        (VaultAuth::Token(crate::given::reference("aws:a")), ConfigError::TokenPlace("AWS")),
        (VaultAuth::kubernetes(""), ConfigError::Empty("role")),
    ] {
        let config = vault("http://vault.test".to_owned(), auth);
        let refusal =
            Resolver::new(ResolverConfig { vault: Some(config), ..Default::default() }, crate::given::policy);
        assert_eq!(refusal.unwrap_err(), why);
    }
}
