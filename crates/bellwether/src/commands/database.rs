//! `database`: the version of its tables, its soundness, and what its rows add up to.

use anyhow::Result;
use serde_json::json;
use store::archive::Sums;
use store::{Direction, MigrationRow, Store};

use crate::cli::{DatabaseAction, SettingArguments};
use crate::exit::{self, Refused};
use crate::{data_folder, node, output};

pub(super) fn run(settings: &SettingArguments, action: &DatabaseAction) -> Result<u8> {
    let loaded = node::with_secrets(super::load(settings, &[])?)?;
    let store = node::open_store_as_it_is(&loaded.config)?;
    match action {
        DatabaseAction::Status => status(settings, &store.migrations()?)?,
        DatabaseAction::History => history(settings, &store)?,
        DatabaseAction::Migrate { to, lose_rows } => {
            let _lock = data_folder::lock(&loaded.config.data_dir)?;
            migrate(&store, to.unwrap_or(store.newest_version()), *lose_rows)?;
            status(settings, &store.migrations()?)?;
        }
        DatabaseAction::Check => {
            store.check()?;
            println!("everything can be read, and fits together");
        }
        DatabaseAction::Sums => sums(settings, &store.sums()?)?,
    }
    Ok(exit::DONE)
}

fn status(settings: &SettingArguments, rows: &[MigrationRow]) -> Result<()> {
    if settings.json {
        let row = |row: &MigrationRow| json!({ "version": row.version, "name": row.name, "applied_ms": row.applied_ms });
        return output::json(&rows.iter().map(row).collect::<Vec<_>>());
    }
    let applied = |row: &MigrationRow| row.applied_ms.map_or_else(|| "not yet".to_owned(), written);
    let rows: Vec<_> =
        rows.iter().map(|row| vec![row.name.clone(), row.version.to_string(), applied(row)]).collect();
    output::table(&["tables", "version", "applied"], &rows);
    Ok(())
}

fn history(settings: &SettingArguments, store: &Store) -> Result<()> {
    let changes = store.migration_history()?;
    let direction = |direction| match direction {
        Direction::Up => "forward",
        Direction::Down => "back",
    };
    if settings.json {
        let change = changes.iter().map(|change| {
            json!({ "version": change.version, "direction": direction(change.direction), "at_ms": change.at_ms })
        });
        return output::json(&change.collect::<Vec<_>>());
    }
    let rows = changes.iter().map(|change| {
        vec![direction(change.direction).to_owned(), change.version.to_string(), written(change.at_ms)]
    });
    output::table(&["direction", "version", "at"], &rows.collect::<Vec<_>>());
    Ok(())
}

fn migrate(store: &Store, target: u32, may_lose_rows: bool) -> Result<()> {
    let at = store.migrations()?.iter().filter(|row| row.applied_ms.is_some()).map(|row| row.version).max();
    let at = at.unwrap_or(0);
    if target < at && !may_lose_rows {
        let what = format!(
            "going back from version {at} to {target} deletes the rows of what goes; write a backup first, then say \
             --lose-rows"
        );
        return Err(Refused::usage(what).into());
    }
    Ok(store.migrate_to(target)?)
}

fn sums(settings: &SettingArguments, sums: &Sums) -> Result<()> {
    if settings.json {
        return output::json(sums);
    }
    print_sums(sums);
    Ok(())
}

pub(super) fn print_sums(sums: &Sums) {
    let row =
        |sum: &store::archive::TableSum| vec![sum.table.clone(), sum.rows.to_string(), sum.hash.clone()];
    output::table(&["table", "rows", "hash"], &sums.iter().map(row).collect::<Vec<_>>());
}

/// In universal time, to the second.
fn written(milliseconds: i64) -> String {
    jiff::Timestamp::from_second(milliseconds.div_euclid(1_000))
        .map_or_else(|_| milliseconds.to_string(), |time| time.to_string())
}
