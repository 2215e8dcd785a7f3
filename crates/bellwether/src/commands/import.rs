use crate::cli::*;
use anyhow::Result;
pub(super) fn run(_settings: &SettingArguments, _arguments: &ImportArguments) -> Result<u8> {
    Ok(0)
}
