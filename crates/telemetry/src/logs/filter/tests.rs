use super::read;

#[test]
fn levels_and_levels_of_parts_are_read() {
    for text in [
        "info",
        "INFO",
        "off",
        "trace",
        "info,api=debug",
        " warn , store::sqlite=trace ",
        "api[request]=debug",
    ] {
        assert!(read(text).is_ok(), "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_in_words() {
    for (text, expected) in [
        (
            "inof",
            "log level \"inof\": \"inof\" is no level; write off, error, warn, info, debug, trace, or parts",
        ),
        ("info,api", "log level \"info,api\": \"api\" is no level; write"),
        ("", "log level \"\": there is a part without a word; write"),
        ("info,", "log level \"info,\": there is a part without a word; write"),
        ("api=loud", "log level \"api=loud\": "),
    ] {
        let words = read(text).unwrap_err();
        assert!(words.starts_with(expected), "{words}");
    }
}
