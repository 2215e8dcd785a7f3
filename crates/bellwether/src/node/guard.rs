//! Calls to the database from threads that block, through the database's policy.

use resilience::{Failure, Idempotency, Policy, PolicyError};
use tokio::runtime::Handle;

/// The database's policy for threads of their own. Not to be used on the runtime's threads.
#[derive(Clone)]
pub(crate) struct Guard {
    policy: Policy,
    runtime: Handle,
}

impl Guard {
    pub(crate) const fn new(policy: Policy, runtime: Handle) -> Self {
        Self { policy, runtime }
    }

    /// Makes the call, unless the policy keeps it back. What is called blocks, so no timeout ends it: the store
    /// bounds its own statements. Every call of the node may be made twice without harm.
    pub(crate) fn run<T, E: Failure>(
        &self,
        mut call: impl FnMut() -> Result<T, E>,
    ) -> Result<T, PolicyError<E>> {
        self.runtime.block_on(self.policy.call(Idempotency::Idempotent, |_| std::future::ready(call())))
    }
}
