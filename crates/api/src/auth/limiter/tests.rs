use std::net::{IpAddr, Ipv4Addr};

use domain::{Span, Timestamp};

use super::{CALLERS_MAX, LoginLimiter};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn fail(limiter: &LoginLimiter, from: &str, name: &str, times: usize) -> Vec<bool> {
    (0..times).map(|_| limiter.begin(address(from), name, NOW).is_ok()).collect()
}

#[test]
fn the_sixth_attempt_waits_for_the_window_to_end() {
    let limiter = LoginLimiter::default();
    assert_eq!(fail(&limiter, "192.0.2.1", "alice", 5), [true; 5]);
    let later = NOW.plus(Span::from_seconds(600));
    assert_eq!(limiter.begin(address("192.0.2.1"), "alice", later), Err(Span::from_seconds(300)));
    assert_eq!(limiter.begin(address("192.0.2.1"), "alice", NOW.plus(Span::from_seconds(900))), Ok(()));
}

#[test]
fn names_and_addresses_are_counted_apart() {
    let limiter = LoginLimiter::default();
    assert_eq!(fail(&limiter, "192.0.2.1", "alice", 6), [true, true, true, true, true, false]);
    assert_eq!(fail(&limiter, "192.0.2.1", "bob", 1), [true]);
    assert_eq!(fail(&limiter, "192.0.2.2", "alice", 1), [true]);
    assert_eq!(fail(&limiter, "192.0.2.1", "Alice", 1), [false]);
}

#[test]
fn an_ipv6_network_is_one_caller_and_a_mapped_address_is_its_ipv4() {
    let limiter = LoginLimiter::default();
    fail(&limiter, "2001:db8:0:1::1", "alice", 5);
    assert_eq!(fail(&limiter, "2001:db8:0:1:ffff::2", "alice", 1), [false]);
    assert_eq!(fail(&limiter, "2001:db8:0:2::1", "alice", 1), [true]);
    fail(&limiter, "192.0.2.9", "alice", 5);
    assert_eq!(fail(&limiter, "::ffff:192.0.2.9", "alice", 1), [false]);
}

#[test]
fn an_attempt_that_says_nothing_is_not_counted() {
    let limiter = LoginLimiter::default();
    for _ in 0..20 {
        assert_eq!(fail(&limiter, "192.0.2.1", "alice", 1), [true]);
        limiter.refund(address("192.0.2.1"), "alice");
    }
    fail(&limiter, "192.0.2.1", "alice", 5);
    limiter.forget(address("192.0.2.1"), "alice");
    assert_eq!(fail(&limiter, "192.0.2.1", "alice", 5), [true; 5]);
}

#[test]
fn it_remembers_a_bounded_number_of_callers_and_forgets_the_oldest() {
    let limiter = LoginLimiter::default();
    fail(&limiter, "198.51.100.1", "first", 5);
    let later = NOW.plus(Span::SECOND);
    for number in 1..=u32::try_from(CALLERS_MAX).unwrap() {
        let from = IpAddr::V4(Ipv4Addr::from_bits(number));
        limiter.begin(from, "x", later).unwrap();
    }
    assert_eq!(limiter.attempts.lock().unwrap().len(), CALLERS_MAX);
    assert_eq!(fail(&limiter, "198.51.100.1", "first", 1), [true]);
}
