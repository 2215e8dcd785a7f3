//! `alerts`: the rules for others who evaluate them.

use anyhow::Result;

use crate::cli::{AlertsAction, SettingArguments};
use crate::{exit, node};

pub(super) fn run(settings: &SettingArguments, action: &AlertsAction) -> Result<u8> {
    let loaded = super::load(settings, &[])?;
    match action {
        AlertsAction::Rules => print!("{}", alerts::prometheus::rules_file(&node::rules(&loaded.config)?)),
    }
    Ok(exit::DONE)
}
