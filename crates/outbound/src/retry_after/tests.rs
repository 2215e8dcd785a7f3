use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::*;

fn answer(headers: &[(&'static str, &str)]) -> Answer {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect();
    Answer::new(StatusCode::TOO_MANY_REQUESTS, headers, Bytes::new())
}

const NOW: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");

#[test]
fn seconds_and_dates_are_understood() {
    let seconds = |text| retry_after(&answer(&[("retry-after", text)]));
    let date = |text| retry_after(&answer(&[("retry-after", text), NOW]));

    assert_eq!(seconds("120"), Some(Duration::from_secs(120)));
    assert_eq!(seconds(" 0 "), Some(Duration::ZERO));
    assert_eq!(date("Sun, 06 Nov 1994 08:50:07 GMT"), Some(Duration::from_secs(30)));
    assert_eq!(date("Sunday, 06-Nov-94 08:50:07 GMT"), Some(Duration::from_secs(30)), "the old form");
    assert_eq!(date("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO), "a date that has passed");
}

#[test]
fn what_says_nothing_says_nothing() {
    assert_eq!(retry_after(&answer(&[])), None);
    for text in ["", "-1", "1.5", "soon", "99999999999999999999999", "Sun, 99 Nov 1994 08:49:37 GMT"] {
        assert_eq!(retry_after(&answer(&[("retry-after", text), NOW])), None, "{text:?}");
    }
    let undated = answer(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]);
    assert_eq!(retry_after(&undated), None, "a date needs the party's own");
}
