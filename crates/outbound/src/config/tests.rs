use super::*;

#[test]
fn the_defaults_are_the_documented_ones() {
    let config = HttpConfig::default();

    assert_eq!(config.connect, Duration::from_secs(5));
    assert_eq!(config.read, Duration::from_secs(30));
    assert_eq!(config.write, Duration::from_secs(10));
    assert_eq!(config.exchange, config.connect + config.read + config.write);
    assert_eq!(config.connections, 100);
    assert_eq!(config.keep_alive, 20);
    assert_eq!(config.answer_bytes, 1_048_576);
    assert_eq!(config.check(), Ok(()));
}

#[test]
fn what_would_refuse_everything_is_refused_itself() {
    let zero = Duration::ZERO;
    let default = HttpConfig::default;
    for (setting, config) in [
        ("connect", HttpConfig { connect: zero, ..default() }),
        ("read", HttpConfig { read: zero, ..default() }),
        ("write", HttpConfig { write: zero, ..default() }),
        ("exchange", HttpConfig { exchange: zero, ..default() }),
        ("connections", HttpConfig { connections: 0, ..default() }),
        ("answer_bytes", HttpConfig { answer_bytes: 0, ..default() }),
    ] {
        assert_eq!(config.check(), Err(BuildError::Zero { setting }));
    }
    let too_many = HttpConfig { connections: usize::MAX, ..default() };
    assert!(matches!(too_many.check(), Err(BuildError::TooMany { setting: "connections", .. })));
}
