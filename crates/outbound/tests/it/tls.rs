use std::path::PathBuf;
use std::sync::Arc;

use outbound::{BuildError, Cause, Client, ConnectFault, HttpConfig};
use resilience::{Failure, Kind};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::given::{client, error, get, one_try};

/// A party with a certificate that signed itself, and where that certificate stands.
struct Secured {
    url: String,
    certificate: PathBuf,
    _directory: TempDir,
}

async fn secured(name: &str) -> Secured {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let acceptor = acceptor(made.cert.der().clone(), key);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 1024];
            if stream.read(&mut request).await.is_ok() {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecure").await.ok();
            }
        }
    });
    let directory = TempDir::new().unwrap();
    let certificate = directory.path().join("roots.pem");
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    Secured { url, certificate, _directory: directory }
}

fn acceptor(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> TlsAcceptor {
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

fn trusting(path: PathBuf) -> HttpConfig {
    HttpConfig { root_certificates: Some(path), ..HttpConfig::default() }
}

#[tokio::test]
async fn a_certificate_from_the_file_is_trusted() {
    let party = secured("127.0.0.1").await;
    let answer = client(trusting(party.certificate.clone())).send(&get(party.url.clone())).await.unwrap();
    assert_eq!(answer.body(), b"secure");
}

#[tokio::test]
async fn a_certificate_of_nobody_is_not_trusted() {
    let party = secured("127.0.0.1").await;
    let error = error(&client(HttpConfig::default()), &get(party.url.clone())).await;
    let why = "the certificate's issuer is not trusted";
    assert_eq!(*error.cause(), Cause::Connect(ConnectFault::Tls(why)));
    assert_eq!(error.kind(), Kind::Transient);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_trusted() {
    let party = secured("other.test").await;
    let error = error(&client(trusting(party.certificate.clone())), &get(party.url.clone())).await;
    assert_eq!(*error.cause(), Cause::Connect(ConnectFault::Tls("the certificate is for another name")));
}

#[tokio::test]
async fn a_party_without_tls_is_told_as_such() {
    let speaking = crate::server::Server::start(|mut connection| async move {
        connection.write("220 mail.test ESMTP\r\n").await;
        connection.hold().await;
    })
    .await;
    let error = error(&client(HttpConfig::default()), &get(format!("https://{}/", speaking.address))).await;
    assert_eq!(*error.cause(), Cause::Connect(ConnectFault::Tls("the party does not speak it")));
}

#[test]
fn a_file_without_certificates_is_refused() {
    let directory = TempDir::new().unwrap();
    let empty = directory.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let broken = directory.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n").unwrap();
    let large = directory.path().join("large.pem");
    std::fs::write(&large, vec![b'\n'; (1 << 20) + 1]).unwrap();

    for path in [empty, broken, large, directory.path().join("absent.pem")] {
        let refusal = Client::new(trusting(path.clone()), one_try()).unwrap_err();
        match refusal {
            BuildError::Roots { path: told, .. } => assert_eq!(told, path),
            BuildError::Tls => assert!(path.ends_with("broken.pem")),
            other => panic!("{other}"),
        }
    }
}
