use domain::TenantId;
use serde::Serialize;
use store::UserRow;
use utoipa::ToSchema;
use uuid::Uuid;

/// What a user may do: a viewer reads, a trader also places orders and halts, an admin may do everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Viewer,
    Trader,
    Admin,
}

impl Role {
    /// Whether the role may change what an account does.
    #[must_use]
    pub const fn may_trade(self) -> bool {
        matches!(self, Self::Trader | Self::Admin)
    }
}

impl From<store::Role> for Role {
    fn from(role: store::Role) -> Self {
        match role {
            store::Role::Viewer => Self::Viewer,
            store::Role::Trader => Self::Trader,
            store::Role::Admin => Self::Admin,
        }
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    pub id: Uuid,
    pub username: String,
    pub role: Role,
    #[schema(value_type = String, format = Uuid)]
    pub tenant_id: TenantId,
}

impl From<&UserRow> for User {
    fn from(row: &UserRow) -> Self {
        Self { id: row.id, username: row.username.clone(), role: row.role.into(), tenant_id: row.tenant }
    }
}

/// A name and a password.
#[derive(Clone, ToSchema)]
pub struct LoginRequest {
    #[schema(min_length = 1, max_length = 64)]
    pub username: String,
    #[schema(min_length = 1, max_length = 71, format = Password)]
    pub password: String,
}

/// A fresh access token.
#[derive(Clone, Serialize, ToSchema)]
pub struct Login {
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(value_type = String)]
    pub token_type: &'static str,
    pub expires_in_seconds: u32,
    pub user: User,
}
