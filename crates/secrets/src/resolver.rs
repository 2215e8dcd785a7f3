use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use resilience::policy::Policy;
use tokio::task::JoinSet;

use crate::config::{ConfigError, Environment, ResolverConfig};
use crate::error::{Fault, SecretError, SecretErrors};
use crate::field::{self, Fields};
use crate::local::{self, Warning};
use crate::reference::SecretRef;
use crate::secret::Secret;
use crate::vault::{Lease, Vault};

/// How many places are asked at once.
const AT_ONCE: usize = 8;

/// Finds the secrets that references name. Clones are cheap and share the session with Vault.
#[derive(Clone)]
pub struct Resolver(Arc<Places>);

/// A secret, and what is wrong with where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    pub secret: Secret,
    pub warning: Option<Warning>,
}

struct Places {
    environment: Environment,
    vault: Option<Vault>,
    #[cfg(feature = "aws")]
    aws: Option<crate::aws::Aws>,
}

/// A place that is asked over the network; several references may share it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Remote {
    Vault { mount: String, path: String },
    Aws { id: String },
}

/// What a remote place has.
enum Found {
    Fields(Fields),
    #[cfg(feature = "aws")]
    Whole(Secret),
}

type Answers = BTreeMap<Remote, Result<Found, Fault>>;

impl Resolver {
    /// `policy` gives the policy for calls to a party by its name: `vault` or `aws`.
    ///
    /// # Errors
    /// When Vault's configuration cannot be.
    pub fn new(
        config: ResolverConfig,
        mut policy: impl FnMut(&'static str) -> Policy,
    ) -> Result<Self, ConfigError> {
        let environment = config.environment;
        let vault =
            config.vault.map(|vault| Vault::new(vault, environment.clone(), policy("vault"))).transpose()?;
        Ok(Self(Arc::new(Places {
            environment,
            vault,
            #[cfg(feature = "aws")]
            aws: config.aws.map(|aws| crate::aws::Aws::new(aws, policy("aws"))),
        })))
    }

    /// The secret for the setting `slot`, read from its place now.
    ///
    /// # Errors
    /// When it cannot be had; the text names the slot and the place.
    pub async fn resolve(&self, slot: &str, reference: &SecretRef) -> Result<Resolved, SecretError> {
        let answers = self.ask(Remote::of(reference).into_iter().collect()).await;
        self.0.resolve(slot, reference, &answers).await
    }

    /// The secrets for many settings, by slot. A place that several references share is asked once.
    ///
    /// # Errors
    /// Everything that cannot be had, together.
    pub async fn resolve_all(
        &self,
        wanted: &BTreeMap<String, SecretRef>,
    ) -> Result<BTreeMap<String, Resolved>, SecretErrors> {
        let answers = self.ask(wanted.values().filter_map(Remote::of).collect()).await;
        let mut found = BTreeMap::new();
        let mut failed = Vec::new();
        for (slot, reference) in wanted {
            match self.0.resolve(slot, reference, &answers).await {
                Ok(resolved) => {
                    found.insert(slot.clone(), resolved);
                }
                Err(error) => failed.push(error),
            }
        }
        if failed.is_empty() { Ok(found) } else { Err(SecretErrors(failed)) }
    }

    /// Keeps the token for Vault good until `stop`. Without Vault it only waits.
    pub async fn renew(&self, stop: impl Future<Output = ()>) {
        match &self.0.vault {
            Some(vault) => vault.renew(stop).await,
            None => stop.await,
        }
    }

    /// How it stands with the token for Vault. `None` without Vault, or before it was asked for anything.
    #[must_use]
    pub fn lease(&self) -> Option<Lease> {
        self.0.vault.as_ref()?.lease()
    }

    async fn ask(&self, remotes: BTreeSet<Remote>) -> Answers {
        let mut waiting = remotes.into_iter();
        let mut asked = JoinSet::new();
        for remote in waiting.by_ref().take(AT_ONCE) {
            asked.spawn(Arc::clone(&self.0).ask(remote));
        }
        let mut answers = Answers::new();
        while let Some(answer) = asked.join_next().await {
            // one that panicked is missing, and told so where it is wanted
            answers.extend(answer.ok());
            if let Some(remote) = waiting.next() {
                asked.spawn(Arc::clone(&self.0).ask(remote));
            }
        }
        answers
    }
}

impl Remote {
    fn of(reference: &SecretRef) -> Option<Self> {
        match reference {
            SecretRef::Vault { mount, path, .. } => {
                Some(Self::Vault { mount: mount.clone(), path: path.clone() })
            }
            SecretRef::Aws { id, .. } => Some(Self::Aws { id: id.clone() }),
            SecretRef::Literal(_) | SecretRef::Env(_) | SecretRef::File(_) => None,
        }
    }
}

impl Places {
    async fn ask(self: Arc<Self>, remote: Remote) -> (Remote, Result<Found, Fault>) {
        let found = match &remote {
            Remote::Vault { mount, path } => self.vault(mount, path).await,
            Remote::Aws { id } => self.aws(id).await,
        };
        (remote, found)
    }

    async fn vault(&self, mount: &str, path: &str) -> Result<Found, Fault> {
        match &self.vault {
            Some(vault) => vault.read(mount, path).await.map(Found::Fields),
            None => Err(Fault::invalid("no Vault is configured: its address is not set")),
        }
    }

    #[cfg(feature = "aws")]
    async fn aws(&self, id: &str) -> Result<Found, Fault> {
        match &self.aws {
            Some(aws) => aws.read(id).await.map(Found::Whole),
            None => Err(Fault::invalid("AWS Secrets Manager is not configured")),
        }
    }

    #[cfg(not(feature = "aws"))]
    #[expect(clippy::unused_async, reason = "as with the feature")]
    async fn aws(&self, _: &str) -> Result<Found, Fault> {
        Err(Fault::invalid("this build has no AWS support; build with --features aws"))
    }

    async fn resolve(
        &self,
        slot: &str,
        reference: &SecretRef,
        answers: &Answers,
    ) -> Result<Resolved, SecretError> {
        self.find(reference, answers).await.map_err(|fault| SecretError {
            slot: slot.to_owned(),
            reference: reference.to_string(),
            fault,
        })
    }

    async fn find(&self, reference: &SecretRef, answers: &Answers) -> Result<Resolved, Fault> {
        let plain = |secret| Resolved { secret, warning: None };
        match reference {
            SecretRef::Literal(secret) => field::present(secret.clone()).map(plain),
            SecretRef::Env(name) => local::variable(&self.environment, name).map(plain),
            SecretRef::File(path) => {
                local::file(path).await.map(|(secret, warning)| Resolved { secret, warning })
            }
            SecretRef::Vault { key, .. } => part(reference, Some(key), answers).map(plain),
            SecretRef::Aws { key, .. } => part(reference, key.as_deref(), answers).map(plain),
        }
    }
}

/// What a reference wants of what its remote place answered.
fn part(reference: &SecretRef, key: Option<&str>, answers: &Answers) -> Result<Secret, Fault> {
    let answer = Remote::of(reference).and_then(|remote| answers.get(&remote));
    match answer {
        Some(Ok(found)) => found.part(key),
        Some(Err(fault)) => Err(fault.clone()),
        None => Err(Fault::transient("asking for it was broken off")),
    }
}

impl Found {
    fn part(&self, key: Option<&str>) -> Result<Secret, Fault> {
        match (self, key) {
            (Self::Fields(fields), Some(key)) => field::take(fields, key),
            (Self::Fields(_), None) => Err(Fault::invalid("the reference names no key")),
            #[cfg(feature = "aws")]
            (Self::Whole(secret), None) => field::present(secret.clone()),
            #[cfg(feature = "aws")]
            (Self::Whole(secret), Some(key)) => field::take(&fields(secret)?, key),
        }
    }
}

#[cfg(feature = "aws")]
fn fields(secret: &Secret) -> Result<Fields, Fault> {
    serde_json::from_str(secret.expose())
        .map_err(|_| Fault::rejected("the secret is no JSON table, so it has no keys: leave #<key> away"))
}

impl fmt::Debug for Resolver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Resolver").field("vault", &self.0.vault).finish_non_exhaustive()
    }
}
