//! The proxy as a plain client and a plain server see it, on loopback.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod it {
    mod by_hand;
    mod bytes;
    mod http;
    mod http_faults;
    mod limits;
    mod party;
    mod plan;
    mod world;
}
