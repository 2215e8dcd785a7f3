//! What a fresh installation begins with: an administrator, and two paper accounts that show life.

use anyhow::Result;
use domain::{Currency, Span, TenantId, Timestamp};
use serde_json::{Value, json};
use store::{AccountMode, AccountRow, Admin, NewAccount, Secret, Store, TenantAccess};

use crate::config::Config;

/// The administrator, made now or before.
pub(crate) fn ensure_admin(store: &Store, config: &Config, now: Timestamp) -> Result<Admin> {
    let password =
        (!config.admin_password.is_empty()).then(|| Secret::new(config.admin_password.reveal().to_owned()));
    Ok(store.identity().ensure_admin(Some(&config.admin_username), password, now)?)
}

/// The tenant's accounts; the demonstration accounts are made where there is none.
pub(crate) fn ensure_accounts(store: &Store, tenant: TenantId, now: Timestamp) -> Result<Vec<AccountRow>> {
    let rows = store.tenant(&TenantAccess::for_node(tenant));
    if rows.accounts()?.is_empty() {
        // A millisecond apart, so that they are listed in this order.
        let moments = (0..).map(|millis| now.plus(Span::from_millis(millis)));
        for ((name, strategy, parameters), created) in demonstrations().into_iter().zip(moments) {
            let new = NewAccount {
                name: name.to_owned(),
                mode: AccountMode::Paper,
                strategy: strategy.to_owned(),
                parameters,
                base_currency: Currency::USD,
            };
            rows.create_account(new, created)?;
        }
    }
    Ok(rows.accounts()?)
}

fn demonstrations() -> [(&'static str, &'static str, Value); 2] {
    [
        (
            "Trend",
            "sma_cross",
            json!({ "instrument": "NORTH:BTC-USD", "period_seconds": 1, "fast": 2, "slow": 5, "notional": "5000" }),
        ),
        ("Spreads", "spread_capture", json!({ "min_net_basis_points": "1" })),
    ]
}

#[cfg(test)]
mod tests;
