use domain::TenantId;

/// The right to see one tenant's rows, as a value: whoever holds none cannot ask.
///
/// Authentication makes it ([`crate::Identity::login`], [`crate::Identity::access_of`]); besides that only the
/// node does, for its own work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantAccess {
    tenant: TenantId,
}

impl TenantAccess {
    /// For the node's own projections and accounts. Never with a tenant that a request named.
    #[must_use]
    pub const fn for_node(tenant: TenantId) -> Self {
        Self { tenant }
    }

    pub(crate) const fn authenticated(tenant: TenantId) -> Self {
        Self { tenant }
    }

    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }
}
