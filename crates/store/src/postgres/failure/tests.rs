use std::io;

use tokio_postgres::error::SqlState;

use super::*;

#[test]
fn every_code_has_its_kind() {
    use StoreErrorKind as Is;
    let rows = [
        (Is::Conflict, &["23505", "23P01"][..]),
        (Is::Invalid, &["23502", "23503", "23514", "22003", "22021", "42601", "XX000"]),
        (Is::Full, &["53100"]),
        (Is::TimedOut, &["25P03", "25P04"]),
        (Is::Damaged, &["XX001", "XX002"]),
        (Is::Transient, &["08006", "08P01", "53200", "53300", "57P01", "57P02", "57P03", "58030", "55P03"]),
        (Is::Transient, &["40001", "40P01", "25006", "28P01", "28000", "3D000", "42501", "42P01", "0A000"]),
    ];
    for (kind, codes) in rows {
        for code in codes {
            assert_eq!(kind_of(&SqlState::from_code(code)), kind, "{code}");
        }
    }
}

#[test]
fn what_the_system_says_passes_and_ends_the_connection() {
    for kind in [io::ErrorKind::ConnectionRefused, io::ErrorKind::NotFound, io::ErrorKind::BrokenPipe] {
        let failure = Failure::unreachable(&kind.into());
        assert!(failure.is_of_the_connection());
        let error = failure.while_doing("reading", None);
        assert_eq!(error.kind, StoreErrorKind::Transient);
        assert!(error.what.contains("while reading"), "{error}");
    }
    let slow = Failure::unreachable(&io::ErrorKind::TimedOut.into());
    let error = slow.while_doing("reading", Some(Duration::from_secs(3)));
    assert_eq!(error.kind, StoreErrorKind::TimedOut);
    assert!(error.what.contains("reading took longer than 3 s"), "{error}");
}

#[test]
fn a_commit_without_an_answer_is_no_failure_that_can_be_repeated_blindly() {
    let error = Failure::Unsure.while_doing("storing", None);
    assert_eq!(error.kind, StoreErrorKind::UnknownOutcome);
    assert_eq!(resilience::Failure::kind(&error), resilience::Kind::UnknownOutcome);
}
