//! Other parties: where secrets are kept, and who sells market data.

use super::{Rule, Setting, secret, text, url};

const SIGNED_IN: &str = "the session with it is open";

pub(super) const SETTINGS: &[Setting] = &[
    secret(
        "api_key",
        &Rule::SECRET,
        "kept for a provider of market data that asks for a key; the feeds that are built in ask for none",
    )
    .named(&["API_KEY"])
    .restart("the feeds are connected with it"),
    url("vault.address", &["http", "https"], "HashiCorp Vault; empty: none")
        .named(&["VAULT_ADDR"])
        .restart(SIGNED_IN),
    text("vault.namespace", &Rule::ANY, "the namespace in it; empty: the root")
        .named(&["VAULT_NAMESPACE"])
        .restart(SIGNED_IN),
    secret("vault.token", &Rule::SECRET, "a token for it; empty: `vault.role` signs in")
        .named(&["VAULT_TOKEN"])
        .restart(SIGNED_IN),
    text("vault.role", &Rule::ANY, "the role that a Kubernetes service account signs in as")
        .restart(SIGNED_IN),
    text("vault.mount", &Rule::NAME, "where that way of signing in is mounted").restart(SIGNED_IN),
    text("vault.jwt_file", &Rule::NAME, "the service account's token").restart(SIGNED_IN),
    text("aws.region", &Rule::ANY, "the region of AWS Secrets Manager; empty: as AWS's own settings say")
        .named(&["AWS_REGION"])
        .restart(SIGNED_IN),
    url("aws.endpoint", &["http", "https"], "another address of it; empty: AWS's").restart(SIGNED_IN),
];
