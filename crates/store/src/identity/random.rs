//! Chance that nobody can guess, from the system.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use domain::Timestamp;
use uuid::{Builder, Uuid};

use crate::StoreError;

const SOURCE: &str = "/dev/urandom";

/// What a password of chance is made of: 64 signs, so that six bits pick one, and none that a shell minds.
const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn random_bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    File::open(SOURCE).and_then(|mut source| source.read_exact(&mut bytes)).map_err(|error: io::Error| {
        let doing = "reading random numbers, which this program takes from there on every system";
        StoreError::io(&error, doing, Path::new(SOURCE))
    })?;
    Ok(bytes)
}

/// An id that sorts by the time it was made (UUID version 7).
pub(crate) fn new_uuid(now: Timestamp) -> Result<Uuid, StoreError> {
    let millis = u64::try_from(now.millis())
        .map_err(|_| StoreError::invalid("a time before 1970 cannot be part of an id"))?;
    Ok(Builder::from_unix_timestamp_millis(millis, &random_bytes()?).into_uuid())
}

/// 24 signs of 6 bits each.
pub(super) fn random_password() -> Result<String, StoreError> {
    let bytes: [u8; 24] = random_bytes()?;
    Ok(bytes.iter().map(|byte| char::from(SIGNS[usize::from(byte & 63)])).collect())
}
