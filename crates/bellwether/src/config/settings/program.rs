//! The program itself: where it runs, what it is called, who may sign in first.

use super::{Rule, Setting, same, secret, switch, text};

pub(super) const SETTINGS: &[Setting] = &[
    text(
        "environment",
        &Rule::ENVIRONMENT,
        "development, staging, production or another; which config.<environment>.yaml is read",
    )
    .named(&["ENVIRONMENT", "AI_TRADER_ENV", "NODE_ENV"])
    .restart("another environment is another installation"),
    text("app_version", &Rule::NAME, "the version that the program says it is").named(&["APP_VERSION"]),
    text("data_dir", &Rule::NAME, "folder of database, journals, snapshots, logs and keys")
        .restart("journals and database are open in it"),
    text("listen", &Rule::ADDRESS, "address and port of API and page").restart("the port is open"),
    secret(
        "secret_key",
        &Rule::KEY,
        "signs the tokens of signed-in users; empty: one is made and kept in the data folder",
    )
    .named(&["SECRET_KEY"])
    .restart("every token is signed with it"),
    text("admin_username", &Rule::USERNAME, "the first administrator's name")
        .named(&["ADMIN_USERNAME"])
        .restart("it is used when the first administrator is made"),
    secret(
        "admin_password",
        &Rule::PASSWORD,
        "the first administrator's password; empty: a random one, shown once",
    )
    .named(&["ADMIN_PASSWORD"])
    .restart("it is used when the first administrator is made"),
    switch("features.paper_trading_enabled", "whether accounts may trade on paper").live(),
    switch(
        "features.live_trading_enabled",
        "whether accounts may trade for money; off unless somebody says so",
    )
    .live(),
    switch("features.debug", "whether the log tells what helps to find faults; refused in production").live(),
    Setting::new(
        "features.risk_limits_enforced",
        super::Kind::AlwaysOn("no order passes the risk gate unchecked; widen `limits` instead"),
        "always true: orders are checked against the limits",
    )
    .also(&[same("trading.risk_check_enabled")]),
    switch("flags.<name>.enabled", "whether the flag is on for anybody at all").live().needed(),
    super::whole("flags.<name>.percent", 0, 100, "share of tenants it is on for; 100 when not given").live(),
    Setting::new(
        "flags.<name>.environments",
        super::Kind::Texts(&super::Rule::ANY),
        "environments it is on in; every one when not given",
    )
    .live(),
    switch("flags.<name>.tenants.<name>", "on or off for one tenant, whatever the percentage").live(),
    text("flags.<name>.about", &Rule::ANY, "what the flag is for").live(),
];
