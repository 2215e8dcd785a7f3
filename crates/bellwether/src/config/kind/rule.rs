//! Rules for texts: each in words and as a test.

use std::net::SocketAddr;

use domain::{BarRule, Money, Quantity, Rate};
use store::{PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN};

const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

/// What a text must be.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(in crate::config) allowed: &'static str,
    pub(super) holds: fn(&str) -> bool,
    /// Words that a misspelt text may mean.
    pub(super) words: &'static [&'static str],
}

impl Rule {
    const fn new(allowed: &'static str, holds: fn(&str) -> bool) -> Self {
        Self { allowed, holds, words: &[] }
    }

    /// Whether a secret may be that; none is always allowed.
    pub(in crate::config) fn admits(&self, text: &str) -> bool {
        text.is_empty() || (self.holds)(text)
    }

    pub(in crate::config) const ANY: Self = Self::new("any text", |_| true);

    pub(in crate::config) const NAME: Self =
        Self::new("a name", |text| !text.trim().is_empty() && text.len() <= 200);

    /// It is part of a file's name.
    pub(in crate::config) const ENVIRONMENT: Self = Self {
        words: &crate::config::ENVIRONMENTS,
        ..Self::new("a name of small letters, digits, - and _", |text| {
            (1..=40).contains(&text.len())
                && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        })
    };

    pub(in crate::config) const ADDRESS: Self =
        Self::new("an address and a port such as 127.0.0.1:8083", |text| text.parse::<SocketAddr>().is_ok());

    pub(in crate::config) const SERVERS: Self =
        Self::new("empty, or host:port, several with commas between them", |text| {
            text.is_empty() || text.split(',').all(|server| is_server(server.trim()))
        });

    pub(in crate::config) const BUS: Self =
        Self::new("empty, `local:` or `kafka:`", |text| matches!(text, "" | "local:" | "kafka:"));

    pub(in crate::config) const TOPIC: Self =
        Self::new("empty, or up to 200 letters, digits, `.`, `_` and `-`", |text| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
            text.len() <= 200 && text.bytes().all(allowed)
        });

    pub(in crate::config) const HOST: Self = Self::new("empty, or the name or address of a host", |text| {
        let is_bracketed = text.starts_with('[') && text.ends_with(']');
        !text.contains(['/', '@', ' ']) && (is_bracketed || !text.contains(':'))
    });

    pub(in crate::config) const LOG_LEVEL: Self = Self {
        words: &LEVELS,
        ..Self::new(
            "error, warn, info, debug, trace or off, alone or for a module as in info,engine=debug",
            |text| ::telemetry::logs::check_level(text).is_ok(),
        )
    };

    pub(in crate::config) const SECRET: Self = Self::new("empty, or a secret text", |_| true);

    /// What the store takes for a user.
    pub(in crate::config) const USERNAME: Self =
        Self::new("a name of 1 to 64 characters without blanks at its ends", |text| {
            (1..=64).contains(&text.chars().count())
                && text.trim() == text
                && !text.chars().any(char::is_control)
        });

    /// What bcrypt takes, and what can be called a password.
    pub(in crate::config) const PASSWORD: Self =
        Self::new("empty, or a text of at least 12 characters and at most 71 bytes", |text| {
            text.chars().count() >= PASSWORD_CHARACTERS_MIN && text.len() <= PASSWORD_BYTES_MAX
        });

    pub(in crate::config) const KEY: Self =
        Self::new("empty, or a text of 16 to 4096 bytes", |text| (16..=4_096).contains(&text.len()));

    pub(in crate::config) const EMAIL: Self = Self::new("empty, or an e-mail address", |text| {
        text.is_empty()
            || text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
    });

    pub(in crate::config) const PATTERN: Self =
        Self::new("the name of a component, with a * at its end for all that begin so", |text| {
            let name = text.strip_suffix('*').unwrap_or(text);
            !text.is_empty() && text.len() <= 200 && !name.contains('*')
        });

    pub(in crate::config) const BARS: Self = Self::new(
        "a length such as 1s or 5m, or session, ticks:1000, volume:2.5, notional:1000000 or imbalance:500",
        |text| text.parse::<BarRule>().is_ok(),
    );

    /// Two instruments, as `VENUE:SYMBOL`.
    pub(in crate::config) const PAIR: Self =
        Self::new("two instruments, such as NORTH:BTC-USD HARBOR:BTC-USD", |text| {
            let names: Vec<&str> = text.split_whitespace().collect();
            let is_name = |name: &&str| {
                name.split_once(':').is_some_and(|(venue, symbol)| !venue.is_empty() && !symbol.is_empty())
            };
            matches!(names[..], [first, second] if first != second && is_name(&first) && is_name(&second))
        });

    pub(in crate::config) const DEVIATIONS: Self =
        Self::new("standard deviations, a number above 0 and up to 100", |text| {
            Rate::parse(text.as_bytes()).is_ok_and(|z| z.is_positive() && z.raw() <= 100 * Rate::SCALE)
        });

    pub(in crate::config) const QUANTITY: Self =
        Self::new("a number above 0 with at most 9 decimals", |text| {
            Quantity::parse(text.as_bytes()).is_ok_and(Quantity::is_positive)
        });

    pub(in crate::config) const MONEY: Self =
        Self::new("an amount above 0", |text| Money::parse(text.as_bytes()).is_ok_and(Money::is_positive));

    pub(in crate::config) const CASH: Self = Self::new("an amount of 0 or more", |text| {
        Money::parse(text.as_bytes()).is_ok_and(|amount| !amount.is_negative())
    });

    pub(in crate::config) const SHARE: Self =
        Self::new("a share above 0 and up to 1, such as 0.05", |text| {
            Rate::parse(text.as_bytes()).is_ok_and(|share| share.is_positive() && share.raw() <= Rate::SCALE)
        });

    pub(in crate::config) const RATE: Self = Self::new("a share from -1 to 1, such as 0.0001", |text| {
        Rate::parse(text.as_bytes()).is_ok_and(|rate| rate.abs().raw() <= Rate::SCALE)
    });
}

fn is_server(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
}
