//! What Vault's answers mean, in words that say what to do.

use outbound::{Answer, Cause, HttpError};
use resilience::policy::PolicyError;
use resilience::{Failure, Kind};
use serde::Deserialize;

use crate::error::Fault;

/// What was asked of Vault.
pub(super) enum Asked<'a> {
    Secret { mount: &'a str, path: &'a str },
    Lookup,
    Login { role: &'a str, mount: &'a str },
    Renewal,
}

pub(super) fn fault(error: &PolicyError<HttpError>, asked: &Asked<'_>) -> Fault {
    let Some(http) = http(error) else {
        return Fault::new(error.kind(), format!("Vault was not asked: {error}"));
    };
    match http.cause() {
        Cause::Status(answer) => of_answer(answer, http.kind(), asked),
        Cause::Redirected { .. } => Fault::rejected(
            "this node of Vault is a standby that sends its callers elsewhere: use the address of the active node \
             or of the load balancer",
        ),
        Cause::NotJson { .. } => Fault::new(
            http.kind(),
            "what answered is not Vault, or not in a form that is known: its answer is not the expected JSON",
        ),
        cause => Fault::new(http.kind(), format!("Vault is out of reach: {cause}")),
    }
}

/// The error of the request itself, unless the policy did not let it through.
fn http(error: &PolicyError<HttpError>) -> Option<&HttpError> {
    match error {
        PolicyError::Failed(error) | PolicyError::Exhausted { last: error, .. } => Some(error),
        _ => None,
    }
}

pub(super) fn deleted() -> Fault {
    Fault::rejected("the newest version of this secret was deleted in Vault")
}

fn of_answer(answer: &Answer, kind: Kind, asked: &Asked<'_>) -> Fault {
    match answer.status() {
        412 => Fault::transient("this node of Vault has not caught up yet"),
        429 => Fault::new(kind, "Vault wants fewer requests, or this node is a standby that serves none"),
        472 => Fault::transient(
            "this node of Vault is a disaster recovery secondary, which serves nothing until it is promoted: use \
             the primary's address",
        ),
        473 => Fault::transient(
            "this node of Vault is a performance standby that does not serve this: use the active node's address",
        ),
        501 => Fault::new(kind, "this Vault was never initialised"),
        502 => Fault::new(kind, "a service that Vault itself needs has failed"),
        503 => Fault::new(kind, "Vault is sealed or under maintenance: it must be unsealed first"),
        500..=599 => Fault::new(kind, "Vault has an internal error"),
        status => refused(status, answer, kind, asked),
    }
}

fn refused(status: u16, answer: &Answer, kind: Kind, asked: &Asked<'_>) -> Fault {
    match (status, asked) {
        (403, Asked::Secret { mount, path }) => Fault::unauthorised(format!(
            "Vault denies it: the token may not read {mount}/data/{path} (its policy needs the capability `read` \
             there), or it is not valid any more"
        )),
        (404, Asked::Secret { .. }) if was_deleted(answer) => deleted(),
        (404, Asked::Secret { mount, path }) => Fault::rejected(absent(mount, path)),
        (405, Asked::Secret { mount, .. }) => {
            Fault::rejected(format!("the mount {mount} of Vault is not KV version 2"))
        }
        (403, Asked::Lookup) => Fault::unauthorised(
            "Vault does not know it, or it may not look itself up (the policy `default` allows that)",
        ),
        (400 | 401 | 403, Asked::Login { role, mount }) => Fault::unauthorised(format!(
            "Vault refuses the login at auth/{mount}: the role {role} does not exist there, or is not for this \
             service account and namespace"
        )),
        (404, Asked::Login { mount, .. }) => {
            Fault::rejected(format!("Vault has no auth method at auth/{mount}"))
        }
        (400 | 403, Asked::Renewal) => Fault::unauthorised("Vault does not renew this token any more"),
        _ => Fault::new(kind, format!("Vault answers with status {status}")),
    }
}

fn absent(mount: &str, path: &str) -> String {
    let hint = if path.starts_with("data/") { "; the path is written without `data/`" } else { "" };
    format!("Vault has nothing at {path} in the mount {mount}, or the mount is not KV version 2{hint}")
}

/// A deleted version is answered with 404 as well, but with its history.
fn was_deleted(answer: &Answer) -> bool {
    #[derive(Deserialize)]
    struct Body {
        data: History,
    }
    #[derive(Deserialize)]
    struct History {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        version: u64,
    }
    answer.json::<Body>().is_ok_and(|body| body.data.metadata.version > 0)
}
