//! What people read.

use super::*;
use crate::shed::Shed;

#[derive(Debug, thiserror::Error)]
#[error("the exchange said: no such order")]
struct Said;

#[test]
fn errors_are_in_words_that_people_understand() {
    let cases = [
        (
            PolicyError::Open { retry_after: ms(42_300) },
            "the service failed again and again, so it is left alone for now; try again in 42.3 s",
        ),
        (
            PolicyError::Open { retry_after: ms(0) },
            "the service failed again and again, so it is left alone for now; try again in a moment",
        ),
        (PolicyError::Full, "too many calls to the service are under way or waiting; try again in a moment"),
        (
            PolicyError::WaitedTooLong { waited: seconds(1) },
            "the service is busy: there was no free place within 1 s",
        ),
        (
            PolicyError::RateLimited { after: ms(250) },
            "the service allows no more calls at this pace; try again in 250 ms",
        ),
        (
            PolicyError::Shed(Shed::Waits),
            "there is too much to do at the moment (calls have to wait too long); try again in a moment",
        ),
        (
            PolicyError::TimedOut { limit: seconds(180), whole: true },
            "the service gave no answer within 3 min",
        ),
        (
            PolicyError::TimedOut { limit: seconds(30), whole: false },
            "the service gave no answer within 30 s, and was not asked again",
        ),
        (PolicyError::Exhausted { tries: 3, last: Said }, "the exchange said: no such order (after 3 tries)"),
        (PolicyError::Failed(Said), "the exchange said: no such order"),
    ];
    for (error, words) in cases {
        assert_eq!(error.to_string(), words);
    }
    let error: Box<dyn std::error::Error> = Box::new(PolicyError::Failed(Said));
    assert!(error.to_string().contains("no such order"));
}

#[test]
fn the_kind_says_what_may_be_done_about_it() {
    let refusals = [
        PolicyError::Open { retry_after: seconds(1) },
        PolicyError::Full,
        PolicyError::WaitedTooLong { waited: seconds(1) },
        PolicyError::RateLimited { after: seconds(1) },
        PolicyError::Shed(Shed::InFlight),
    ];
    for refusal in refusals {
        let refusal: PolicyError<Kind> = refusal;
        assert!(refusal.is_refusal() && refusal.kind().is_retryable(false), "nothing was sent: {refusal:?}");
        assert!(!refusal.kind().is_outage(), "{refusal:?}");
        assert_eq!(refusal.into_inner(), None);
    }
    let late: PolicyError<Kind> = PolicyError::TimedOut { limit: seconds(1), whole: true };
    assert!(!late.is_refusal() && late.kind() == Kind::TimedOut);
    for error in
        [PolicyError::Failed(Kind::Rejected), PolicyError::Exhausted { tries: 2, last: Kind::Rejected }]
    {
        assert_eq!(
            (error.is_refusal(), error.kind(), error.into_inner()),
            (false, Kind::Rejected, Some(Kind::Rejected))
        );
    }
}
