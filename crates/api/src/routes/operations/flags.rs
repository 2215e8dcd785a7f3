use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};

use super::problem;
use crate::auth::Operator;
use crate::body::{Body, Fields, FromFields};
use crate::model::operations::{FlagChange, FlagView};
use crate::problem::Problem;
use crate::state::AppState;

/// Tenants that one flag may name.
const TENANTS_MAX: usize = 1_000;

/// Every feature flag, as it stands for the caller's tenant.
#[utoipa::path(
    get, path = "/api/v1/operations/flags", tag = "operations",
    responses((status = 200, body = Vec<FlagView>))
)]
pub(in crate::routes) async fn flags(State(state): State<AppState>, who: Operator) -> Json<Vec<FlagView>> {
    Json(state.operations.flags(who.tenant()))
}

/// Switches a flag at run time; the change outlives a restart.
#[utoipa::path(
    put, path = "/api/v1/operations/flags/{name}", tag = "operations",
    params(("name" = String, Path)),
    request_body = FlagChange,
    responses((status = 200, body = FlagView))
)]
pub(in crate::routes) async fn set_flag(
    State(state): State<AppState>,
    who: Operator,
    Path(name): Path<String>,
    Body(change): Body<FlagChange>,
) -> Result<Json<FlagView>, Problem> {
    who.changes("flag", &name);
    let (tenant, by) = (who.tenant(), who.name().to_owned());
    let operations = state.operations.clone();
    let changed = state.blocking(move || operations.set_flag(&name, change, tenant, &by)).await?;
    changed.map(Json).map_err(|error| problem(error, "flag"))
}

/// Drops what was switched at run time: the configuration holds again.
#[utoipa::path(
    delete, path = "/api/v1/operations/flags/{name}", tag = "operations",
    params(("name" = String, Path)),
    responses((status = 200, body = FlagView))
)]
pub(in crate::routes) async fn drop_flag(
    State(state): State<AppState>,
    who: Operator,
    Path(name): Path<String>,
) -> Result<Json<FlagView>, Problem> {
    who.changes("flag", &name);
    let (tenant, by) = (who.tenant(), who.name().to_owned());
    let operations = state.operations.clone();
    let changed = state.blocking(move || operations.drop_flag(&name, tenant, &by)).await?;
    changed.map(Json).map_err(|error| problem(error, "flag"))
}

impl FromFields for FlagChange {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let change = Self {
            enabled: fields.optional("enabled"),
            percent: fields.optional("percent"),
            tenants: fields.optional::<BTreeMap<String, bool>>("tenants"),
        };
        if change.percent.is_some_and(|percent| percent > 100) {
            fields.fault("percent", "must be 0 to 100");
        }
        if let Some(tenants) = &change.tenants {
            if tenants.len() > TENANTS_MAX {
                fields.fault("tenants", format!("may name {TENANTS_MAX} tenants at most"));
            }
            if tenants.keys().any(|tenant| tenant.parse::<uuid::Uuid>().is_err()) {
                fields.fault("tenants", "its keys must be ids of tenants");
            }
        }
        Some(change)
    }
}
