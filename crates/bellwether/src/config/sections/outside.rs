use serde::{Deserialize, Serialize};

use crate::config::masked::Masked;

/// HashiCorp Vault: a token, or a role that a service account signs in as.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vault {
    /// Empty: none.
    pub(crate) address: Masked,
    pub(crate) namespace: String,
    pub(crate) token: Masked,
    pub(crate) role: String,
    pub(crate) mount: String,
    pub(crate) jwt_file: String,
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            address: Masked::default(),
            namespace: String::new(),
            token: Masked::default(),
            role: String::new(),
            mount: "kubernetes".to_owned(),
            jwt_file: "/var/run/secrets/kubernetes.io/serviceaccount/token".to_owned(),
        }
    }
}

/// AWS Secrets Manager: empty fields are as AWS's own settings say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aws {
    pub(crate) region: String,
    pub(crate) endpoint: Masked,
}
