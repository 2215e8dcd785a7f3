use super::*;

fn parse(url: &str) -> Result<Address, StoreError> {
    Address::parse(url, &StoreConfig::default())
}

fn tcp(host: &str, port: u16) -> Place {
    Place::Tcp { host: host.to_owned(), port }
}

#[test]
fn every_part_is_found() {
    let both = vec![tcp("one", 6543), tcp("two", 5432)];
    let socket = vec![Place::Unix { folder: PathBuf::from("/run/pg"), port: 5432 }];
    let rows = [
        ("postgres://u:p@h/d", vec![tcp("h", 5432)]),
        ("postgresql://u:p@h:6543/d", vec![tcp("h", 6543)]),
        ("postgresql+asyncpg://u:p@[::1]:7/d", vec![tcp("::1", 7)]),
        ("postgres://u:p@[::1]/d", vec![tcp("::1", 5432)]),
        ("postgres://u:p@one:6543,two/d", both.clone()),
        ("postgres://u:p@/d?host=one,two&port=6543,5432", both),
        ("postgres://u:p@%2Frun%2Fpg/d", socket.clone()),
        ("postgres://u:p@localhost/d?host=/run/pg", socket),
    ];
    for (url, places) in rows {
        let address = parse(url).unwrap();
        assert_eq!(address.places, places, "{url}");
        assert_eq!(address.login.get_user(), Some("u"), "{url}");
        assert_eq!(address.login.get_password(), Some(&b"p"[..]), "{url}");
        assert_eq!(address.login.get_dbname(), Some("d"), "{url}");
    }
    let bare = parse("postgres://h").unwrap();
    assert_eq!((bare.login.get_user(), bare.login.get_dbname()), (None, None));
}

#[test]
fn a_password_may_hold_anything() {
    for (written, meant) in [("p%40%2F%3A", "p@/:"), ("p@/:?", "p@/:?"), ("100%", "100%"), ("%zz%4", "%zz%4")]
    {
        let address = parse(&format!("postgres://u:{written}@h/d")).unwrap();
        assert_eq!(address.login.get_password(), Some(meant.as_bytes()));
        assert_eq!(address.places, [tcp("h", 5432)]);
    }
}

#[test]
fn what_is_verified_is_said_by_the_url_or_else_by_the_settings() {
    let config = StoreConfig { tls: TlsMode::Require, ..StoreConfig::default() };
    let of = |query: &str| {
        let address = Address::parse(&format!("postgres://h/d{query}"), &config).unwrap();
        (address.tls, address.root_certificate, address.connect_timeout, address.must_write)
    };
    assert_eq!(of(""), (TlsMode::Require, None, None, false));
    let root = Some(PathBuf::from("/ca.pem"));
    let wanted = (TlsMode::VerifyFull, root, Some(Duration::from_secs(3)), true);
    let query = "?sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=3&target_session_attrs=read-write";
    assert_eq!(of(query), wanted);
    assert_eq!(of("?ssl=disable").0, TlsMode::Disable);
}

#[test]
fn what_cannot_be_used_is_refused_without_its_values() {
    for url in [
        "mysql://u:secret@h/d",
        "postgres://",
        "postgres://u:secret@/d",
        "postgres://u:secret@h:secret/d",
        "postgres://u:secret@h:70000/d",
        "postgres://u:secret@h/d?sslmode=secret",
        "postgres://u:secret@h/d?connect_timeout=secret",
        "postgres://u:secret@h/d?target_session_attrs=secret",
        "postgres://u:secret@h/d?made_up=secret",
        "postgres://u:secret%ff@h/d",
    ] {
        let error = parse(url).unwrap_err();
        assert_eq!(error.kind, crate::StoreErrorKind::Invalid, "{url}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let address = parse("postgres://u:secret@h/d").unwrap();
    assert!(!format!("{address:?}").contains("secret"));
}
