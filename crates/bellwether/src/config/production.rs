//! What production refuses: weak secrets, open doors, tools for finding faults.

use secrets::weakness;

use super::fault::Fault;
use super::loaded::Loaded;

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
    weak(loaded, "secret_key", key.reveal(), MEND).into_iter().collect()
}

fn passwords(loaded: &Loaded) -> Vec<Fault> {
    const MEND: &str = "choose a long random one";
    let config = &loaded.config;
    let mut faults = Vec::new();
    let admin = &config.admin_password;
    if !admin.is_empty() {
        faults.extend(weak(loaded, "admin_password", admin.reveal(), MEND));
    }
    let is_whole = !config.database_url.is_empty();
    if let Some(server) = config.database_server() {
        let path = if is_whole { "database_url" } else { "database.password" };
        let password =
            if is_whole { password_of(server.reveal()) } else { Some(config.database.password.reveal()) };
        match password.filter(|password| !password.is_empty()) {
            Some(password) => faults.extend(weak(loaded, path, password, MEND)),
            None if loaded.is_reference(path) => {}
            None => faults.push(refuse(loaded, path, "must not be without a password").mended_by(MEND)),
        }
    }
    faults
}

fn weak(loaded: &Loaded, path: &str, secret: &str, mend: &str) -> Option<Fault> {
    if loaded.is_reference(path) {
        return None;
    }
    let reason = weakness(secret)?;
    Some(refuse(loaded, path, format!("{reason}, which is refused")).mended_by(mend))
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
