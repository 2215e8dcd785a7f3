//! What every database must do: each check runs on SQLite in memory and in a file, and on PostgreSQL.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;

use crate::backend::Backend;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::{Store, StoreConfig};

/// Makes databases, each of them new; files go with it.
pub(super) enum Fresh {
    Memory,
    File(RefCell<Vec<TempDir>>),
    Postgres(&'static servers::Postgres),
}

/// A database without tables, and a way in beside the store.
pub(super) struct Raw {
    pub(super) store: Store,
    /// Runs statements.
    pub(super) sql: Box<dyn Fn(&str)>,
    /// Everything but the record of migrations, in one order.
    pub(super) schema: Box<dyn Fn() -> Vec<String>>,
    /// Every table's columns, as `table.column`, in one order.
    pub(super) columns: Box<dyn Fn() -> Vec<String>>,
}

/// The database that others are copied from.
const TEMPLATE: &str = "contract_template";

impl Fresh {
    pub(super) fn files() -> Self {
        Self::File(RefCell::default())
    }

    /// `None`: there is no server, as was said.
    pub(super) fn postgres() -> Option<Self> {
        static TEMPLATE_MADE: OnceLock<()> = OnceLock::new();
        let server = servers::postgres()?;
        TEMPLATE_MADE.get_or_init(|| drop(Store::open_with(&server.create(TEMPLATE), &few()).unwrap()));
        Some(Self::Postgres(server))
    }

    /// Cases of one property: each takes a database.
    pub(super) fn cases(&self) -> u32 {
        if matches!(self, Self::Postgres(_)) { 12 } else { 32 }
    }

    /// With all tables.
    pub(super) fn store(&self) -> Store {
        Store::open_with(&self.url(), &few()).unwrap()
    }

    pub(super) fn backend(&self) -> Arc<dyn Backend> {
        let backend = open(&self.url());
        backend.migrate_to(backend.newest_version()).unwrap();
        backend
    }

    /// Of a database with all tables; of one in memory, each time another.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Memory => ":memory:".to_owned(),
            Self::File(_) => self.empty(),
            Self::Postgres(server) => server.copy(TEMPLATE, &name()),
        }
    }

    /// Of a database without tables.
    pub(super) fn empty(&self) -> String {
        match self {
            Self::Memory => ":memory:".to_owned(),
            Self::File(folders) => {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("store.db").display().to_string();
                folders.borrow_mut().push(folder);
                path
            }
            Self::Postgres(server) => server.create(&name()),
        }
    }

    pub(super) fn raw(&self) -> Raw {
        match self {
            Self::Postgres(server) => raw_postgres(server),
            Self::Memory | Self::File(_) => raw_sqlite(&self.empty()),
        }
    }
}

fn open(url: &str) -> Arc<dyn Backend> {
    let clock = Arc::new(resilience::SystemClock::new());
    if url.starts_with("postgres://") {
        return Arc::new(Postgres::open(url, &few(), clock).unwrap());
    }
    Arc::new(Sqlite::open(url, &few(), clock).unwrap())
}

/// A server is shared by all that run at once.
pub(super) fn few() -> StoreConfig {
    StoreConfig { pool_min: 1, pool_max: 4, pool_overflow: 0, ..StoreConfig::default() }
}

fn name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("contract_{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

fn raw_sqlite(path: &str) -> Raw {
    let sqlite = Arc::new(Sqlite::plain(path).unwrap());
    let (writer, reader, catalogue) = (Arc::clone(&sqlite), Arc::clone(&sqlite), Arc::clone(&sqlite));
    let all = "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema
               WHERE tbl_name NOT LIKE 'migration%' AND tbl_name NOT LIKE 'sqlite_%' ORDER BY 1";
    let each = "SELECT tables.name || '.' || columns.name
                FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
                WHERE tables.type = 'table' AND tables.name NOT LIKE 'migration%'
                  AND tables.name NOT LIKE 'sqlite_%' ORDER BY 1";
    let listed = |sqlite: &Sqlite, sql: &str| {
        sqlite.on_writer(|connection| {
            let mut statement = connection.prepare(sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        })
    };
    let schema = move || listed(&reader, all);
    let columns = move || listed(&catalogue, each);
    let sql = move |sql: &str| writer.on_writer(|connection| connection.execute_batch(sql).unwrap());
    Raw { store: Store::on(sqlite), sql: Box::new(sql), schema: Box::new(schema), columns: Box::new(columns) }
}

fn raw_postgres(server: &'static servers::Postgres) -> Raw {
    let name = name();
    let store = Store::on(open(&server.create(&name)));
    let (inside, outside, catalogue) = (name.clone(), name.clone(), name);
    let each = "SELECT table_name || '.' || column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name NOT LIKE 'migration%'
                ORDER BY (table_name || '.' || column_name) COLLATE \"C\"";
    let columns = move || server.sql(&catalogue, each).lines().map(str::to_owned).collect();
    let all = "SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
               FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'migration%'
               UNION ALL SELECT 'index ' || indexdef FROM pg_indexes
               WHERE schemaname = 'public' AND tablename NOT LIKE 'migration%'
               UNION ALL SELECT 'rule ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
               WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'migration%'
               UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
               UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1";
    let schema = move || server.sql(&outside, all).lines().map(str::to_owned).collect();
    let sql = move |sql: &str| drop(server.sql(&inside, sql));
    Raw { store, sql: Box::new(sql), schema: Box::new(schema), columns: Box::new(columns) }
}

/// Names the checks, and makes a test of each for SQLite. On PostgreSQL one test runs them all, so that there is one
/// server for them.
macro_rules! suite {
    ($($room:ident: [$($check:ident),* $(,)?])*) => {
        const ALL: &[(&str, fn(&Fresh))] =
            &[$($((concat!(stringify!($room), "::", stringify!($check)), super::$room::$check)),*),*];

        mod in_memory {
            $(mod $room {
                $(#[test] fn $check() { crate::tests::$room::$check(&super::super::Fresh::Memory) })*
            })*
        }

        mod in_a_file {
            $(mod $room {
                $(#[test] fn $check() { crate::tests::$room::$check(&super::super::Fresh::files()) })*
            })*
        }
    };
}

suite! {
    archive: [
        every_table_and_column_is_in_a_backup,
        a_backup_brings_everything_back_into_any_database,
        a_database_that_is_in_use_is_left_alone,
        a_backup_that_is_not_whole_restores_nothing,
        a_database_of_the_first_release_is_brought_up_to_date,
        numbers_go_on_behind_those_that_came,
    ]
    corporate: [
        actions_come_back_oldest_first_and_the_dividend_before_the_split,
        a_range_has_its_first_moment_and_not_its_last,
        what_is_there_is_not_stored_again,
        actions_of_an_unknown_instrument_are_not_stored_at_all,
        old_ticks_go_and_actions_stay,
        a_row_whose_columns_do_not_fit_its_kind_is_damage,
        any_actions_come_back_exactly,
    ]
    dead_letters: [
        letters_come_newest_first_in_pieces_with_everything_in_them,
        the_same_item_is_one_letter,
        a_letter_is_taken_out_once_and_its_number_is_not_used_again,
        a_replay_that_is_refused_is_noted,
        the_oldest_give_way_when_there_are_too_many,
        what_failed_long_ago_goes,
        a_payload_that_is_too_long_is_refused_with_all_of_its_batch,
    ]
    identity: [
        the_right_password_opens_the_tenant,
        a_wrong_password_and_an_unknown_name_are_refused_alike,
        passwords_have_a_length,
        names_are_taken_once,
        a_user_needs_a_tenant_that_exists,
        a_changed_password_is_the_only_one,
        the_first_administrator_is_made_once,
        a_given_administrator_keeps_the_given_password,
        invented_passwords_differ_and_are_not_shown_by_accident,
        ids_sort_by_the_time_they_were_made,
        real_hashes_cost_what_they_should,
    ]
    keeping: [
        values_are_kept_and_replaced,
        readers_share_a_few_connections,
        programs_that_start_at_once_agree,
        looking_leaves_nothing_behind,
        free_text_may_hold_anything,
        what_is_on_record_cannot_be_changed,
    ]
    market: [
        instruments_keep_their_ids,
        a_batch_of_everything_is_stored_once,
        a_batch_with_an_unknown_instrument_is_not_stored_at_all,
        trades_without_numbers_are_neither_lost_nor_doubled,
        quotes_of_one_moment_are_all_kept,
        a_bar_gives_way_to_one_of_as_many_trades_only,
        a_bar_gives_way_to_its_later_revision,
        bars_of_every_rule_are_kept_apart,
        bars_come_in_pieces_newest_first_and_in_order_oldest_first,
        spreads_come_in_pieces_newest_first,
        pairs_and_regimes_come_in_pieces_newest_first,
        a_range_of_trades_is_read_in_order_to_its_end,
        old_ticks_are_deleted_and_bars_stay,
        more_ticks_are_deleted_than_one_transaction_takes,
        any_trades_come_back_exactly,
    ]
    migrations: [
        bars_of_an_older_program_are_kept,
        forward_and_back_and_forward_is_the_same,
        a_version_that_is_not_known_is_refused,
        tables_of_a_newer_program_are_left_alone,
        a_changed_version_is_noticed,
    ]
    projection: [
        orders_are_as_the_account_knows_them,
        fills_denials_and_the_record_are_the_journals,
        a_history_holds_orders_and_denied_ones_by_time,
        entries_said_again_change_nothing,
        pieces_that_overlap_make_the_whole,
        missing_entries_are_noticed,
        an_account_is_caught_up_from_its_journal,
        another_accounts_journal_is_refused,
    ]
    tenancy: [
        one_tenant_sees_nothing_of_another,
        no_statement_reads_past_its_tenant,
        names_of_accounts_are_the_tenants_own,
        an_account_of_no_tenant_cannot_be_made,
        what_is_on_record_stays,
    ]
}

#[test]
fn on_postgres() {
    if Fresh::postgres().is_none() {
        return;
    }
    let next = AtomicU32::new(0);
    let work = || {
        let mut failed = Vec::new();
        while let Some((name, check)) = ALL.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            let fresh = Fresh::postgres().unwrap();
            if catch_unwind(AssertUnwindSafe(|| check(&fresh))).is_err() {
                failed.push(*name);
            }
        }
        failed
    };
    let failed: Vec<&str> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(failed.is_empty(), "{} of {} failed, as told above: {failed:?}", failed.len(), ALL.len());
}
