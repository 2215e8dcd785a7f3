use crate::cli::*;
use anyhow::Result;
pub(super) fn run(_settings: &SettingArguments, _arguments: &ReplayArguments) -> Result<u8> {
    Ok(0)
}
