use domain::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// How long an access token is good for.
pub const TOKEN_SECONDS: u32 = 15 * 60;

const ISSUER: &str = "bellwether";
const AUDIENCE: &str = "bellwether-api";

/// What precedes the 32 bytes of an Ed25519 seed in a PKCS #8 private key (RFC 8410).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The signing key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the token key cannot be used: {0}")]
pub struct KeyFault(String);

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenFault {
    #[error("the token has expired")]
    Expired,
    #[error("the token is not one of ours")]
    Invalid,
}

/// What a good token says: who, and until when. What they may do is looked up, so that it can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    pub user: Uuid,
    pub expires: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    iat: i64,
    exp: i64,
}

/// Issues and verifies access tokens: JWT, signed with Ed25519 and no other algorithm.
pub struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl Tokens {
    /// From 32 secret random bytes. The same bytes make tokens survive a restart.
    ///
    /// # Errors
    /// [`KeyFault`] when the cryptography refuses the key.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyFault> {
        if jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default().is_err() {
            tracing::trace!("the cryptography for tokens was already in place");
        }
        let signing = EncodingKey::from_ed_der(&[PKCS8_PREFIX.as_slice(), seed.as_slice()].concat());
        let public = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(fault)?;
        let verifying = DecodingKey::from_jwk(&public).map_err(fault)?;
        Ok(Self { signing, verifying, validation: validation() })
    }

    /// A token for `user`, good for [`TOKEN_SECONDS`] from `now`.
    ///
    /// # Errors
    /// [`KeyFault`] when signing fails.
    pub fn issue(&self, user: Uuid, now: Timestamp) -> Result<String, KeyFault> {
        let issued = now.millis().div_euclid(1_000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            iat: issued,
            exp: issued.saturating_add(i64::from(TOKEN_SECONDS)),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.signing).map_err(fault)
    }

    /// Who the token speaks for.
    ///
    /// # Errors
    /// [`TokenFault`].
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, TokenFault> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verifying, &self.validation)
            .map_err(|_| TokenFault::Invalid)?
            .claims;
        let expires = Timestamp::from_seconds(claims.exp);
        if expires <= now { Err(TokenFault::Expired) } else { Ok(Verified { user: claims.sub, expires }) }
    }
}

/// Signature, issuer and audience are checked by the library; expiry by [`Tokens::verify`], with the time it is
/// told, so that one clock rules.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.validate_exp = false;
    validation
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn fault(error: jsonwebtoken::errors::Error) -> KeyFault {
    KeyFault(error.to_string())
}

#[cfg(test)]
mod tests;
