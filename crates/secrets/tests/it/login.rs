use std::time::Duration;

use secrets::{Lease, Secret, SecretRef, VaultAuth};

use crate::given::{JWT, Shelves, file, pod, resolver, value, vault};
use crate::server::Server;

const READ: &str = "vault:kv/apps/web#password";
const LOGIN: &str = "POST /v1/auth/kubernetes/login";
const RENEW: &str = "POST /v1/auth/token/renew-self";

#[tokio::test]
async fn a_pod_logs_in_once_and_reads() {
    let server = Shelves::new(60).open().await;
    let (_directory, auth) = pod(JWT);
    let resolver = resolver(vault(server.url(), auth));

    assert_eq!(resolver.lease(), None);
    assert_eq!(value(&resolver, READ).await, Ok("one".into()));
    assert_eq!(value(&resolver, READ).await, Ok("one".into()));
    assert_eq!(server.lines(), [LOGIN, "GET /v1/kv/data/apps/web", "GET /v1/kv/data/apps/web"]);
    assert_eq!(server.asked()[0].header("x-vault-token"), None);
    assert_eq!(server.asked()[1].header("x-vault-token"), Some("hvs.1"));
    let lease = resolver.lease().unwrap();
    assert!(lease.is_renewable && lease.ends_in <= Some(Duration::from_secs(60)), "{lease:?}");
}

#[tokio::test]
async fn a_pod_that_vault_does_not_want_is_told_why() {
    let server = Shelves::new(60).open().await;
    let (_directory, auth) = pod("another");
    let error = value(&resolver(vault(server.url(), auth)), READ).await.unwrap_err();
    let why = "Vault refuses the login at auth/kubernetes: the role trader does not exist there, or is not for \
               this service account and namespace";
    assert_eq!(error, format!("`slot` ({READ}): {why}"));

    let auth = VaultAuth::Kubernetes {
        role: "trader".into(),
        mount: "k8s/eu".into(),
        jwt_file: "/absent/jwt".into(),
    };
    let error = value(&resolver(vault(server.url(), auth)), READ).await.unwrap_err();
    assert!(
        error.contains("the pod's identity for Vault (file:/absent/jwt): the file cannot be read"),
        "{error}"
    );
    assert_eq!(server.lines(), [LOGIN], "without an identity nobody was asked");
}

#[tokio::test]
async fn the_auth_method_may_be_mounted_anywhere() {
    let server = Shelves::new(60).open().await;
    let (_directory, jwt_file) = file(JWT);
    let auth = VaultAuth::Kubernetes { role: "trader".into(), mount: "k8s/eu".into(), jwt_file };
    value(&resolver(vault(server.url(), auth)), READ).await.unwrap_err();
    assert_eq!(server.lines(), ["POST /v1/auth/k8s/eu/login"]);
}

async fn renewed(auth: VaultAuth, server: &Server, times: usize) -> Option<Lease> {
    let resolver = resolver(vault(server.url(), auth));
    assert_eq!(value(&resolver, READ).await, Ok("one".into()));
    resolver.renew(server.until_asked(RENEW, times)).await;
    resolver.lease()
}

/// Waits for real: a second is the shortest lease that Vault knows.
#[tokio::test]
async fn a_tiny_lease_is_renewed_in_time() {
    let shelves = Shelves::new(1);
    let server = shelves.open().await;
    let (_directory, auth) = pod(JWT);
    let lease = renewed(auth, &server, 1).await;
    assert_eq!(server.lines(), [LOGIN, "GET /v1/kv/data/apps/web", RENEW]);
    assert_eq!(server.asked()[2].header("x-vault-token"), Some("hvs.1"));
    assert_eq!(lease.unwrap().failures, 0);
}

#[tokio::test]
async fn a_given_token_is_renewed_as_well() {
    let shelves = Shelves::new(1);
    shelves.tokens.lock().unwrap().insert("given".to_owned(), 1);
    let server = shelves.open().await;
    let auth = VaultAuth::Token(SecretRef::Literal(Secret::new("given")));
    let lease = renewed(auth, &server, 1).await;
    assert_eq!(server.lines(), ["GET /v1/auth/token/lookup-self", "GET /v1/kv/data/apps/web", RENEW]);
    assert!(lease.unwrap().is_renewable);
}

#[tokio::test]
async fn a_token_that_may_only_read_reads() {
    let server = Server::start(|asked| match asked.line.as_str() {
        "GET /v1/auth/token/lookup-self" => crate::server::Reply::Json(403, "{\"errors\":[]}".into()),
        _ => Shelves::new(0).reply(asked),
    })
    .await;
    let resolver = resolver(vault(server.url(), crate::given::root()));
    assert_eq!(value(&resolver, READ).await, Ok("one".into()));
    assert_eq!(resolver.lease().unwrap(), Lease { ends_in: None, is_renewable: false, failures: 0 });
}

#[tokio::test]
async fn without_vault_renewing_only_waits() {
    let resolver = secrets::Resolver::new(secrets::ResolverConfig::default(), crate::given::policy).unwrap();
    resolver.renew(std::future::ready(())).await;
    assert_eq!(resolver.lease(), None);
}
