use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use crate::config::TlsMode;
use crate::{StoreConfig, StoreError};

const SCHEMES: [&str; 3] = ["postgres://", "postgresql://", "postgresql+asyncpg://"];

const USUAL_PORT: u16 = 5432;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Tcp { host: String, port: u16 },
    Unix { folder: PathBuf, port: u16 },
}

/// Which server, which of its databases, and who we are to it.
#[derive(Clone)]
pub(crate) struct Address {
    /// Tried in this order.
    pub(super) places: Vec<Place>,
    /// User, password and database.
    pub(super) login: Config,
    pub(super) tls: TlsMode,
    pub(super) root_certificate: Option<PathBuf>,
    pub(super) connect_timeout: Option<Duration>,
    /// A server that only reads is passed over.
    pub(super) must_write: bool,
}

impl Address {
    pub(crate) fn is_one(url: &str) -> bool {
        SCHEMES.iter().any(|scheme| url.starts_with(scheme))
    }

    /// `postgres://user:password@host:port/database?parameters`, several hosts with commas between them; a host
    /// with encoded slashes is the folder of a Unix socket. What the parameters do not say, `config` says.
    ///
    /// # Errors
    /// `Invalid`; nothing of the URL's values is in the words.
    pub(crate) fn parse(url: &str, config: &StoreConfig) -> Result<Self, StoreError> {
        let rest = SCHEMES.iter().find_map(|scheme| url.strip_prefix(scheme));
        let rest = rest.ok_or_else(|| unusable("it must begin with postgres://"))?;
        // A password may hold any sign, even where it should have been encoded.
        let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (place, query) = place.split_once('?').unwrap_or((place, ""));
        let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
        let mut parts = Parts { hosts: hosts.to_owned(), ..Parts::default() };
        let mut address = Self {
            places: Vec::new(),
            login: Config::new(),
            tls: config.tls,
            root_certificate: config.root_certificate.clone(),
            connect_timeout: None,
            must_write: false,
        };
        address.login.application_name("bellwether");
        address.name_user(user)?;
        if !database.is_empty() {
            address.login.dbname(decoded(database)?);
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            address.set(name, &decoded(value)?, &mut parts)?;
        }
        address.places = parts.places()?;
        let is_tcp = address.places.iter().any(|place| matches!(place, Place::Tcp { .. }));
        address.login.ssl_mode(if is_tcp { ssl_mode(address.tls) } else { SslMode::Disable });
        Ok(address)
    }

    fn name_user(&mut self, user: &str) -> Result<(), StoreError> {
        let (name, password) = user.split_once(':').unwrap_or((user, ""));
        if !name.is_empty() {
            self.login.user(decoded(name)?);
        }
        if !password.is_empty() {
            self.login.password(decoded(password)?);
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str, parts: &mut Parts) -> Result<(), StoreError> {
        match name {
            "host" => value.clone_into(&mut parts.hosts_of_query),
            "port" => value.clone_into(&mut parts.ports),
            "user" => drop(self.login.user(value)),
            "password" => drop(self.login.password(value)),
            "dbname" => drop(self.login.dbname(value)),
            "application_name" => drop(self.login.application_name(value)),
            "options" => drop(self.login.options(value)),
            "sslmode" | "ssl" => self.tls = TlsMode::read(value).ok_or_else(|| not_allowed(name))?,
            "sslrootcert" => self.root_certificate = (!value.is_empty()).then(|| PathBuf::from(value)),
            "connect_timeout" => {
                let seconds = value.parse().map_err(|_| not_allowed(name))?;
                self.connect_timeout = (seconds > 0).then(|| Duration::from_secs(seconds));
            }
            "target_session_attrs" => match value {
                "any" => self.must_write = false,
                "read-write" | "primary" => self.must_write = true,
                _ => return Err(not_allowed(name)),
            },
            _ => return Err(unusable(&format!("the parameter `{name}` is not known here"))),
        }
        Ok(())
    }
}

/// Hosts and ports as they stand in the URL.
#[derive(Default)]
struct Parts {
    hosts: String,
    /// These take the others' place.
    hosts_of_query: String,
    ports: String,
}

impl Parts {
    fn places(&self) -> Result<Vec<Place>, StoreError> {
        let is_in_query = !self.hosts_of_query.is_empty();
        let hosts = if is_in_query { &self.hosts_of_query } else { &self.hosts };
        let ports: Vec<&str> = self.ports.split(',').collect();
        let places = hosts.split(',').enumerate().map(|(at, host)| {
            let (host, port) = if is_in_query { (host, None) } else { split_port(host) };
            let usual = ports.get(at).or(ports.last()).copied().filter(|port| !port.is_empty());
            let port = port.or(usual).map_or(Ok(USUAL_PORT), str::parse);
            place(&decoded(host)?, port.map_err(|_| not_allowed("port"))?)
        });
        places.collect()
    }
}

fn place(host: &str, port: u16) -> Result<Place, StoreError> {
    if host.is_empty() {
        return Err(unusable("it names no host"));
    }
    if host.starts_with('/') {
        return Ok(Place::Unix { folder: PathBuf::from(host), port });
    }
    Ok(Place::Tcp { host: host.trim_matches(['[', ']']).to_owned(), port })
}

/// An address of version 6 stands in brackets, for it has colons of its own.
fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port).filter(|port| !port.is_empty())),
        _ => (host, None),
    }
}

const fn ssl_mode(tls: TlsMode) -> SslMode {
    match tls {
        TlsMode::Disable => SslMode::Disable,
        TlsMode::Prefer => SslMode::Prefer,
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
    }
}

/// `%2F` to `/`. A percent sign with no number behind it stands for itself.
fn decoded(text: &str) -> Result<String, StoreError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits =
            behind.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let number = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(number.unwrap_or(*first));
        rest = if number.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).map_err(|_| unusable("a part of it is not text"))
}

fn not_allowed(parameter: &str) -> StoreError {
    unusable(&format!("its `{parameter}` cannot be used"))
}

fn unusable(why: &str) -> StoreError {
    let form = "postgres://user:password@host:5432/database?sslmode=verify-full";
    StoreError::invalid(format!("the address of the database cannot be used: {why}; write {form}"))
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Address(…)")
    }
}

#[cfg(test)]
mod tests;
