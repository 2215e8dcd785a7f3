//! What an error of the layers beneath means.

use std::error::Error;
use std::io;
use std::time::Duration;

use rustls::CertificateError;

use crate::error::{Cause, ConnectFault};
use crate::phase::Phase;
use crate::progress::Progress;

/// While the request was made or its head awaited. `connect`: the connector's deadline.
pub(super) fn of_request(error: &reqwest::Error, connect: Duration, progress: &Progress) -> Cause {
    if error.is_builder() {
        return Cause::Request("it cannot be put together");
    }
    if error.is_connect() {
        return of_connecting(error, connect);
    }
    if find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return Cause::Malformed;
    }
    Cause::Broken { is_sent: progress.may_be_sent() }
}

/// While the answer's body was read.
pub(super) fn of_answer(error: &reqwest::Error) -> Cause {
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Cause::Malformed,
        _ => Cause::Broken { is_sent: true },
    }
}

fn of_connecting(error: &reqwest::Error, limit: Duration) -> Cause {
    if let Some(fault) = find::<rustls::Error>(error) {
        return Cause::Connect(ConnectFault::Tls(of_tls(fault)));
    }
    if error.is_timeout() {
        return Cause::TimedOut { phase: Phase::Connect, limit, is_sent: false };
    }
    if error.is_dns() {
        return Cause::Connect(ConnectFault::UnknownHost);
    }
    Cause::Connect(match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => ConnectFault::Refused,
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
            ConnectFault::Tls("the party hung up during the handshake")
        }
        _ => ConnectFault::Unreachable,
    })
}

fn of_tls(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(fault) => of_certificate(fault),
        rustls::Error::InvalidMessage(_) => "the party does not speak it",
        rustls::Error::AlertReceived(_) => "the party refused the handshake",
        rustls::Error::PeerIncompatible(_) => "no version or cipher that both know",
        _ => "the handshake failed",
    }
}

fn of_certificate(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another name"
        }
        CertificateError::UnknownIssuer => "the certificate's issuer is not trusted",
        CertificateError::Revoked => "the certificate was revoked",
        _ => "the certificate is not acceptable",
    }
}

/// The first error of a type in the chain of sources. An I/O error hides its own cause behind a getter.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref::<T>() {
            return Some(found);
        }
        let hidden = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = hidden.map(|hidden| hidden as &(dyn Error + 'static)).or_else(|| current.source());
    }
    None
}
