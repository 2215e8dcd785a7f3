//! `journal`: reads an account's journal without the platform.

use std::path::Path;

use anyhow::{Context, Result};
use engine::view::AccountView;

use crate::cli::{JournalAction, SettingArguments};
use crate::exit::Refused;
use crate::{exit, output};

pub(super) fn run(settings: &SettingArguments, action: &JournalAction) -> Result<u8> {
    match action {
        JournalAction::Verify { folder } => verify(settings, folder),
        JournalAction::Show { folder } => show(folder),
    }
}

fn verify(settings: &SettingArguments, folder: &Path) -> Result<u8> {
    let entries = crate::node::read_journal(folder)?;
    let state =
        engine::recover(entries).map_err(|error| Refused::input(format!("{}: {error}", folder.display())))?;
    let view = AccountView::of(&state);
    if settings.json {
        output::json(&view)?;
        return Ok(exit::DONE);
    }
    println!("{} entries fold into account {}", view.sequence, view.account);
    println!("equity {} {}", view.equity.unwrap_or_default(), view.base_currency);
    println!("{} open order(s)", view.open_orders.len());
    let rows: Vec<Vec<String>> = state
        .portfolio()
        .positions()
        .map(|(id, position)| {
            let name = state
                .instruments()
                .get(id)
                .map_or_else(String::new, |known| format!("{} {}", known.venue, known.symbol));
            vec![
                name,
                position.quantity.to_string(),
                position.realised.to_string(),
                position.fees.to_string(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        output::table(&["position", "quantity", "realised", "fees"], &rows);
    }
    Ok(exit::DONE)
}

fn show(folder: &Path) -> Result<u8> {
    for entry in crate::node::read_journal(folder)? {
        println!("{}", serde_json::to_string(&entry).context("an entry cannot be written as JSON")?);
    }
    Ok(exit::DONE)
}
