use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use crate::secret::Secret;

/// Where a secret is, as configuration writes it. Its text form names the place and never a value.
///
/// ```
/// use secrets::SecretRef;
///
/// assert!(matches!(SecretRef::parse("env:DATABASE_PASSWORD")?, SecretRef::Env(_)));
/// assert!(matches!(SecretRef::parse("file:/run/secrets/database")?, SecretRef::File(_)));
/// assert!(matches!(SecretRef::parse("vault:kv/apps/web#password")?, SecretRef::Vault { .. }));
/// assert!(matches!(SecretRef::parse("aws:prod/web#password")?, SecretRef::Aws { .. }));
/// assert_eq!(SecretRef::parse("the value itself")?.to_string(), "***");
/// assert_eq!(SecretRef::parse("literal:env:this is the value too")?.to_string(), "***");
/// # Ok::<(), secrets::ReferenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretRef {
    /// The value itself. Written plainly, or behind `literal:` if it begins like one of the others.
    Literal(Secret),
    /// `env:<name>`
    Env(String),
    /// `file:<absolute path>`
    File(PathBuf),
    /// `vault:<mount>/<path>#<key>`: a KV version 2 secret. The mount is the part before the first slash.
    Vault { mount: String, path: String, key: String },
    /// `aws:<name or ARN>#<key>`: a JSON secret's key. Without a key it is the whole secret.
    Aws { id: String, key: Option<String> },
}

/// Why a text is no reference. It does not repeat the text, which may be a secret that only looks like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReferenceError {
    #[error("a variable is written env:NAME, with letters, digits and underscores; {LITERAL}")]
    Env,
    #[error("a file is written file:/path, with the whole path; {LITERAL}")]
    File,
    #[error("a Vault secret is written vault:<mount>/<path>#<key>; {LITERAL}")]
    Vault,
    #[error(
        "an AWS secret is written aws:<name or ARN>#<key>, or without #<key> if it is no JSON; {LITERAL}"
    )]
    Aws,
}

const LITERAL: &str = "if it is the value itself, write literal: before it";

impl SecretRef {
    /// # Errors
    /// A text that begins as a reference and is none.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        match text.split_once(':') {
            Some(("literal", value)) => Ok(Self::Literal(Secret::new(value))),
            Some(("env", name)) => env(name),
            Some(("file", path)) => file(path),
            Some(("vault", place)) => vault(place).ok_or(ReferenceError::Vault),
            Some(("aws", place)) => aws(place).ok_or(ReferenceError::Aws),
            _ => Ok(Self::Literal(Secret::new(text))),
        }
    }
}

fn env(name: &str) -> Result<SecretRef, ReferenceError> {
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && name.bytes().next().is_some_and(|byte| !byte.is_ascii_digit());
    if is_name { Ok(SecretRef::Env(name.to_owned())) } else { Err(ReferenceError::Env) }
}

fn file(path: &str) -> Result<SecretRef, ReferenceError> {
    let path = PathBuf::from(path);
    if path.is_absolute() { Ok(SecretRef::File(path)) } else { Err(ReferenceError::File) }
}

fn vault(place: &str) -> Option<SecretRef> {
    let (place, key) = place.rsplit_once('#')?;
    let (mount, path) = place.split_once('/')?;
    let is_path = !mount.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    (is_path && is_plain(place) && !key.is_empty() && is_plain(key)).then(|| SecretRef::Vault {
        mount: mount.to_owned(),
        path: path.to_owned(),
        key: key.to_owned(),
    })
}

fn aws(place: &str) -> Option<SecretRef> {
    let (id, key) = match place.split_once('#') {
        Some((id, key)) => (id, Some(key)),
        None => (place, None),
    };
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-:!".contains(&byte);
    let is_place = !id.is_empty() && id.bytes().all(is_allowed);
    let is_key = key.is_none_or(|key| !key.is_empty() && is_plain(key));
    (is_place && is_key).then(|| SecretRef::Aws { id: id.to_owned(), key: key.map(str::to_owned) })
}

/// Whether a name can stand in a line of text.
fn is_plain(name: &str) -> bool {
    !name.chars().any(char::is_control)
}

impl fmt::Display for SecretRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(value) => write!(formatter, "{value}"),
            Self::Env(name) => write!(formatter, "env:{name}"),
            Self::File(path) => write!(formatter, "file:{}", path.display()),
            Self::Vault { mount, path, key } => write!(formatter, "vault:{mount}/{path}#{key}"),
            Self::Aws { id, key: Some(key) } => write!(formatter, "aws:{id}#{key}"),
            Self::Aws { id, key: None } => write!(formatter, "aws:{id}"),
        }
    }
}

impl Serialize for SecretRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Secret::deserialize(deserializer)?;
        Self::parse(text.expose()).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
