use domain::{Span, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{TokenFault, Tokens, Verified};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const ALICE: Uuid = Uuid::from_u128(1);

fn tokens(seed: u8) -> Tokens {
    Tokens::from_seed(&[seed; 32]).unwrap()
}

fn claims(change: impl FnOnce(&mut Value)) -> Value {
    let issued = NOW.millis() / 1_000;
    let mut claims = json!({
        "iss": "bellwether", "aud": "bellwether-api", "sub": ALICE, "iat": issued,
        "exp": issued + 900,
    });
    change(&mut claims);
    claims
}

#[test]
fn a_token_speaks_for_whom_it_was_issued_to() {
    let token = tokens(1).issue(ALICE, NOW).unwrap();
    let expires = NOW.plus(Span::from_seconds(900));
    assert_eq!(tokens(1).verify(&token, NOW), Ok(Verified { user: ALICE, expires }));
}

#[test]
fn a_token_is_good_until_its_last_second() {
    let token = tokens(1).issue(ALICE, NOW).unwrap();
    let at = |seconds| tokens(1).verify(&token, NOW.plus(Span::from_seconds(seconds))).map(|_| ());
    assert_eq!((at(899), at(900)), (Ok(()), Err(TokenFault::Expired)));
}

#[test]
fn a_foreign_key_signs_nothing() {
    let token = tokens(2).issue(ALICE, NOW).unwrap();
    assert_eq!(tokens(1).verify(&token, NOW), Err(TokenFault::Invalid));
}

#[test]
fn no_other_algorithm_is_taken() {
    let ours = tokens(1);
    let secret = EncodingKey::from_secret(ours.verifying.try_get_as_bytes().unwrap());
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let token = encode(&Header::new(algorithm), &claims(|_| ()), &secret).unwrap();
        assert_eq!(ours.verify(&token, NOW), Err(TokenFault::Invalid), "{algorithm:?}");
    }
    let good = ours.issue(ALICE, NOW).unwrap();
    let (_, rest) = good.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    // {"alg":"none","typ":"JWT"}
    for token in [
        format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."),
        format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.{signature}"),
        format!("{payload}.{signature}"),
        String::new(),
    ] {
        assert_eq!(ours.verify(&token, NOW), Err(TokenFault::Invalid), "{token}");
    }
}

#[test]
fn every_claim_must_be_ours_and_there() {
    let ours = tokens(1);
    let sign = |claims: &Value| encode(&Header::new(Algorithm::EdDSA), claims, &ours.signing).unwrap();
    assert!(ours.verify(&sign(&claims(|_| ())), NOW).is_ok());
    for claim in ["iss", "aud", "sub", "exp"] {
        let without = claims(|claims| {
            claims.as_object_mut().unwrap().remove(claim);
        });
        assert_eq!(ours.verify(&sign(&without), NOW), Err(TokenFault::Invalid), "without {claim}");
        let other = claims(|claims| claims[claim] = json!("other"));
        assert_eq!(ours.verify(&sign(&other), NOW), Err(TokenFault::Invalid), "other {claim}");
    }
}

#[test]
fn a_payload_that_was_changed_is_refused() {
    let ours = tokens(1);
    let (alice, bob) = (ours.issue(ALICE, NOW).unwrap(), ours.issue(Uuid::from_u128(2), NOW).unwrap());
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let forged = format!("{}.{}.{}", parts(&alice)[0], parts(&bob)[1], parts(&alice)[2]);
    assert_eq!(ours.verify(&forged, NOW), Err(TokenFault::Invalid));
}
