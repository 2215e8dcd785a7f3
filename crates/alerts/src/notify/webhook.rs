use hmac::{Hmac, KeyInit, Mac};
use outbound::{Client, Method, Request};
use resilience::Failure;
use resilience::Idempotency;
use secrets::Secret;
use sha2::Sha256;

use super::channel::{Tell, TellError, Told};
use super::message::Message;

/// The header with the milliseconds since 1970 that the signature covers: a receiver refuses old ones.
pub const TIMESTAMP: &str = "x-bellwether-timestamp";

/// The header with `v1=` and the signature in hexadecimal.
pub const SIGNATURE: &str = "x-bellwether-signature";

/// Signs what is sent, so that a receiver can tell that it came from here and was not changed.
#[derive(Debug, Clone)]
pub struct Signature(Secret);

impl Signature {
    #[must_use]
    pub const fn new(secret: Secret) -> Self {
        Self(secret)
    }

    /// HMAC-SHA256 over the timestamp, a full stop and the body, in lower-case hexadecimal.
    #[must_use]
    pub fn sign(&self, timestamp_ms: i64, body: &[u8]) -> String {
        let mut code = self.code(timestamp_ms);
        code.update(body);
        let bytes = code.finalize().into_bytes();
        bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
            for digit in [byte >> 4, byte & 0x0f] {
                text.extend(char::from_digit(u32::from(digit), 16));
            }
            text
        })
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn code(&self, timestamp_ms: i64) -> Hmac<Sha256> {
        let mut code = Hmac::<Sha256>::new_from_slice(self.0.expose().as_bytes()).expect("any length");
        code.update(timestamp_ms.to_string().as_bytes());
        code.update(b".");
        code
    }
}

/// Posts each notice as signed JSON.
#[derive(Debug)]
pub struct Webhook {
    client: Client,
    url: Secret,
    signature: Signature,
}

impl Webhook {
    /// The address is a secret too: many services put their key into it.
    #[must_use]
    pub const fn new(client: Client, url: Secret, signature: Signature) -> Self {
        Self { client, url, signature }
    }

    async fn post(&self, message: &Message) -> Result<(), TellError> {
        let fail = |error: &dyn Failure, what: String| TellError { kind: error.kind(), what };
        let body = serde_json::to_vec(message).map_err(|error| TellError {
            kind: resilience::Kind::Invalid,
            what: format!("the notice has no form in JSON: {error}"),
        })?;
        // The notice carries an id, so a receiver that gets it twice can tell.
        let request = Request::new(Method::POST, self.url.expose(), Idempotency::Idempotent)
            .header(TIMESTAMP, message.at_ms.to_string())
            .header(SIGNATURE, format!("v1={}", self.signature.sign(message.at_ms, &body)))
            .correlation(message.id.clone())
            .body("application/json", body);
        self.client.send(&request).await.map(drop).map_err(|error| fail(&error, error.to_string()))
    }
}

impl Tell for Webhook {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn tell<'a>(&'a self, message: &'a Message) -> Told<'a> {
        Box::pin(self.post(message))
    }
}
