//! What production refuses: weak secrets, open doors, tools for finding faults.

use secrets::{known_default, weakness};

use super::fault::Fault;
use super::kind::Kind;
use super::loaded::Loaded;
use super::settings::settings;

/// Characters of the key that signs tokens.
const KEY_MIN: usize = 32;

/// Secrets that another party makes, in a form that is theirs to choose.
const GIVEN_BY_OTHERS: [&str; 3] = ["api_key", "vault.token", "alerts.email.password"];

/// Every fault that only production has. Secrets that are still references are looked at once they are fetched.
pub(super) fn check(loaded: &Loaded, faulty: &[String]) -> Vec<Fault> {
    if !loaded.config.is_production() {
        return Vec::new();
    }
    let faults = [secret_key(loaded), passwords(loaded), doors(loaded)];
    let is_faulty = |fault: &Fault| faulty.contains(&fault.setting);
    faults.into_iter().flatten().filter(|fault| !is_faulty(fault)).collect()
}

fn refuse(loaded: &Loaded, path: &str, what: impl Into<String>) -> Fault {
    Fault::new(loaded.origin(path), path, format!("{} in production", what.into()))
}

fn secret_key(loaded: &Loaded) -> Vec<Fault> {
    const MEND: &str =
        "give at least 32 random characters (`openssl rand -hex 32`) by SECRET_KEY or SECRET_KEY_FILE";
    let key = &loaded.config.secret_key;
    if key.is_empty() {
        return vec![refuse(loaded, "secret_key", "must not be empty").mended_by(MEND)];
    }
    if loaded.is_reference("secret_key") {
        return Vec::new();
    }
    let reason = weakness(key.reveal())
        .or_else(|| (key.reveal().chars().count() < KEY_MIN).then_some("is shorter than 32 characters"));
    reason.map(|reason| weak(loaded, "secret_key", reason, MEND)).into_iter().collect()
}

/// Every other secret of the table, and the passwords in addresses.
fn passwords(loaded: &Loaded) -> Vec<Fault> {
    let others = settings().filter(|setting| setting.path != "secret_key");
    let found = others.filter_map(|setting| {
        let text = loaded.text(setting.path).filter(|_| !loaded.is_reference(setting.path))?;
        let reason = match setting.kind {
            Kind::Secret(_) if text.is_empty() => None,
            Kind::Secret(_) if GIVEN_BY_OTHERS.contains(&setting.path) => known_default(text),
            Kind::Secret(_) => weakness(text),
            Kind::Url { .. } => password_of(text).filter(|password| !password.is_empty()).and_then(weakness),
            _ => None,
        };
        Some(weak(loaded, setting.path, reason?, "choose a long random one"))
    });
    found.chain(no_password(loaded)).collect()
}

/// A database server that lets anybody in.
fn no_password(loaded: &Loaded) -> Option<Fault> {
    let config = &loaded.config;
    let path = if config.database_url.is_empty() { "database.password" } else { "database_url" };
    let server = config.database_server().filter(|_| !loaded.is_reference(path))?;
    let password = if config.database_url.is_empty() {
        Some(config.database.password.reveal())
    } else {
        password_of(server.reveal())
    };
    password
        .is_none_or(str::is_empty)
        .then(|| refuse(loaded, path, "must not be without a password").mended_by("choose a long random one"))
}

fn weak(loaded: &Loaded, path: &str, reason: &str, mend: &str) -> Fault {
    refuse(loaded, path, format!("{reason}, which is refused")).mended_by(mend)
}

/// `scheme://user:password@host`.
fn password_of(url: &str) -> Option<&str> {
    let (user, _) = url.split_once("://")?.1.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

fn doors(loaded: &Loaded) -> Vec<Fault> {
    let config = &loaded.config;
    let mut faults = Vec::new();
    if config.features.debug {
        let fault = refuse(loaded, "features.debug", "cannot be switched on");
        faults.push(
            fault.allowing("false").mended_by("remove it; the flag `debug` can be switched on for a while"),
        );
    }
    let is_open =
        config.listen.parse::<std::net::SocketAddr>().is_ok_and(|address| !address.ip().is_loopback());
    if is_open && config.admin_password.is_empty() {
        let fault =
            refuse(loaded, "admin_password", "must not be empty where `listen` is open to other machines");
        faults.push(fault.mended_by(
            "set it: a password made at random is printed, and what is printed there is collected",
        ));
    }
    faults
}

#[cfg(test)]
mod tests;
