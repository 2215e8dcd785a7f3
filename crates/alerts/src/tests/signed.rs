use secrets::Secret;

use crate::notify::Signature;

#[test]
fn the_signature_is_what_others_compute() {
    // From: printf '1700000000000.{"a":1}' | openssl dgst -sha256 -hmac 'correct horse battery staple'
    let expected = "e2a614fee40579789205d4d141875589eb575dc3a357b06320aa73d35042bbce";
    let signature = Signature::new(Secret::new("correct horse battery staple"));
    assert_eq!(signature.sign(1_700_000_000_000, br#"{"a":1}"#), expected);
}

#[test]
fn another_time_body_or_secret_is_another_signature() {
    let signature = Signature::new(Secret::new("one"));
    let base = signature.sign(1, b"body");
    assert_ne!(base, signature.sign(2, b"body"));
    assert_ne!(base, signature.sign(1, b"bodY"));
    assert_ne!(base, Signature::new(Secret::new("two")).sign(1, b"body"));
}
