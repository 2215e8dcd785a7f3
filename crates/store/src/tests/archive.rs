//! A backup holds everything, restores into any database, all of it or nothing.

use std::io::{Read, Write};
use std::path::Path;

use domain::{CorporateAction, CorporateTerms, Money, Price, Quantity, Side, Split, Trade};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use tar::{Builder, Header};
use tempfile::TempDir;

use super::contract::Fresh;
use super::market::{pair, quote, regime, spread};
use super::world::{FIRST, at, bar, cell, instruments, new_account, new_tenant, opening, trade, written};
use crate::archive::{self, Contents, Restored, Sums};
use crate::journal::FileJournal;
use crate::{
    AuditRow, Batch, EquityRow, NewUser, Projector, Role, Secret, Store, StoreError, StoreErrorKind,
};

pub(super) fn every_table_and_column_is_in_a_backup(fresh: &Fresh) {
    let raw = fresh.raw();
    raw.store.migrate_to(raw.store.newest_version()).unwrap();
    let column = |table: &archive::Table| -> Vec<String> {
        table.columns.iter().map(|column| format!("{}.{}", table.name, column.name)).collect()
    };
    let mut told: Vec<String> = archive::tables().iter().flat_map(column).collect();
    told.sort_unstable();
    assert_eq!(told, (raw.columns)(), "list it in archive/table.rs");
}

fn password() -> Secret {
    Secret::new("a long password, for once".to_owned())
}

/// A store with rows in every table, and an account's journal.
fn full(fresh: &Fresh, journals: &Path) -> Store {
    let store = fresh.store();
    let rows = new_tenant(&store, "ours");
    let user = NewUser {
        tenant: rows.tenant(),
        username: "ann".to_owned(),
        password: password(),
        role: Role::Trader,
    };
    store.identity().with_weak_hashes_for_tests().create_user(&user, at(0)).unwrap();
    let account = rows.create_account(new_account("main"), at(0)).unwrap();
    let mut cell = cell(
        opening(rows.tenant(), account.id),
        super::world::Kept::default(),
        Projector::new(account.id, 0),
    );
    (0..3).for_each(|round| trade(&mut cell, round));
    cell.observer_mut().commit(&rows).unwrap();
    let (_, journal, _) = cell.into_parts();
    written(&journals.join(account.id.to_string()), super::world::options(), &journal.0);
    rows.record_equity(account.id, &EquityRow { time: at(5), equity: Money::from_raw(-15) }).unwrap();
    let audit = AuditRow {
        time: at(5),
        account: None,
        sequence: None,
        actor: "ann".to_owned(),
        action: "signed_in".to_owned(),
        detail: "\\N \u{8} ü".to_owned(),
    };
    rows.append_audit(&audit).unwrap();
    let letters: Vec<_> = (1..4).map(super::dead_letters::letter).collect();
    store.dead_letters().put(&letters, 100).unwrap();
    store.set_meta("key", "tab\tand\\line\nend").unwrap();
    market(&store);
    store
}

fn market(store: &Store) {
    store.market().put_instruments(&instruments(&["ONE", "TWO"])).unwrap();
    let large = Quantity::from_raw(i128::from(i64::MAX) * 1_000);
    let trades: Vec<Trade> = (0..3_000)
        .map(|id| Trade {
            instrument: FIRST,
            id,
            price: Price::from_raw(1_500_000_000),
            quantity: if id == 7 { large } else { Quantity::from_raw(i128::from(id) + 1) },
            aggressor: [None, Some(Side::Buy), Some(Side::Sell)][usize::try_from(id % 3).unwrap()],
            venue_time: at(i64::try_from(id).unwrap() * 100),
            receive_time: at(0),
        })
        .collect();
    let mut quote = quote(1);
    quote.ask.quantity = large;
    let spread = spread(1, domain::SpreadPhase::Opened, 4);
    let batch = Batch {
        trades: &trades,
        quotes: &[quote],
        bars: &[bar(at(0), Price::from_units(7))],
        spreads: &[spread],
        pairs: &[pair(3, domain::SpreadPhase::Closed)],
        regimes: &[regime(FIRST, 4)],
    };
    store.market().insert_batch(&batch).unwrap();
    let terms = CorporateTerms::Split(Split { numerator: 7, denominator: 1 });
    store
        .market()
        .put_corporate_actions(&[CorporateAction { instrument: FIRST, time: at(9), terms }])
        .unwrap();
}

fn backup(store: &Store, journals: &Path) -> (Vec<u8>, Sums) {
    archive::write(store, journals, Vec::new(), at(77), &mut |_| ()).unwrap()
}

fn restore(store: &Store, bytes: &[u8], journals: &Path) -> Result<Restored, StoreError> {
    archive::read(store, bytes, journals, &mut |_| ())
}

/// A database without tables.
fn empty(fresh: &Fresh) -> Store {
    fresh.raw().store
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(super) fn a_backup_brings_everything_back_into_any_database(fresh: &Fresh) {
    let (from, to) = (folder(), folder());
    let store = full(fresh, &from.path().join("journals"));
    let (bytes, sums) = backup(&store, &from.path().join("journals"));
    for sum in &sums {
        assert!(sum.rows > 0, "{} is not tried", sum.table);
    }
    assert_eq!(store.sums().unwrap(), sums);
    let others = [Some(Fresh::files()), Fresh::postgres()];
    for (number, other) in others.iter().flatten().enumerate() {
        let restored = empty(other);
        let journals = to.path().join(number.to_string());
        let report = restore(&restored, &bytes, &journals).unwrap();
        assert_eq!((report.sums, report.journal_files), (sums.clone(), 1));
        assert_eq!(restored.sums().unwrap(), sums, "every row is as it was");
        let tenant = &restored.identity().tenants().unwrap()[0];
        let rows = restored.tenant(&crate::TenantAccess::for_node(tenant.id));
        let account = &rows.accounts().unwrap()[0];
        let place = |folder: &Path| folder.join(account.id.to_string());
        let entries = super::world::read(&place(&from.path().join("journals")));
        assert_eq!(super::world::read(&place(&journals)), entries);
        FileJournal::open(&place(&journals), super::world::options()).unwrap();
        assert_eq!(
            crate::catch_up(&place(&journals), account.id, &rows).unwrap(),
            entries.last().unwrap().sequence
        );
        restored.check().unwrap();
    }
}

pub(super) fn a_database_that_is_in_use_is_left_alone(fresh: &Fresh) {
    let (from, to) = (folder(), folder());
    let (bytes, _) = backup(&full(fresh, from.path()), from.path());
    let used = fresh.store();
    used.set_meta("key", "mine").unwrap();
    let before = used.sums().unwrap();
    let error = restore(&used, &bytes, &to.path().join("journals")).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict, "{error}");
    assert!(error.what.contains("meta"), "{error}");
    assert_eq!(used.sums().unwrap(), before);
    let error = restore(&empty(fresh), &bytes, from.path()).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Conflict, "there are journals: {error}");
    let unused = fresh.store();
    restore(&unused, &bytes, &to.path().join("journals")).unwrap();
}

pub(super) fn a_backup_that_is_not_whole_restores_nothing(fresh: &Fresh) {
    let (from, to) = (folder(), folder());
    let journals = to.path().join("journals");
    let (bytes, _) = backup(&full(fresh, from.path()), from.path());
    let mut plain = Vec::new();
    GzDecoder::new(&*bytes).read_to_end(&mut plain).unwrap();
    let store = empty(fresh);
    let refused = |bytes: &[u8], why: &str| {
        let error = restore(&store, bytes, &journals).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Damaged, "{why}: {error}");
        assert!(store.sums().map_or(true, |sums| sums.iter().all(|sum| sum.rows == 0)), "{why}");
        let left: Vec<_> = std::fs::read_dir(to.path()).unwrap().collect();
        assert!(left.is_empty(), "{why}: {left:?}");
    };
    for part in 0..8 {
        refused(&bytes[..bytes.len() * part / 8], "cut off");
    }
    refused(b"dear friend", "something else");
    for changed in [b"2\t7\n".as_slice(), b"ours", b"ONE"] {
        let place = plain.windows(changed.len()).rposition(|window| window == changed);
        let Some(place) = place else { continue };
        let mut other = plain.clone();
        other[place] ^= 1;
        refused(&packed(&other), "a changed byte");
    }
    for name in ["../journals/x/000001.journal", "journals/../../x", "rows/nothing/1.tsv", "notes.txt"] {
        refused(&with_file(&plain, name), name);
    }
    restore(&store, &bytes, &journals).unwrap();
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(plain).unwrap();
    packed.finish().unwrap()
}

/// The same backup with a file more, before its end.
fn with_file(plain: &[u8], name: &str) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    let mut entries = tar::Archive::new(plain);
    for entry in entries.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.path().unwrap().to_str() == Some("sums.json") {
            let mut header = Header::new_gnu();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(tar::EntryType::Regular);
            header.set_size(2);
            header.set_cksum();
            tar.append(&header, b"x\n".as_slice()).unwrap();
        }
        let header = entry.header().clone();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        tar.append(&header, &*bytes).unwrap();
    }
    packed(&tar.into_inner().unwrap())
}

/// A backup that the first release wrote, from its parts.
fn of_the_first_release() -> Vec<u8> {
    let part = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/first_release");
        std::fs::read(folder.join(name)).unwrap()
    };
    let contents: Contents = serde_json::from_slice(&part("contents.json")).unwrap();
    let mut summing = archive::Summing::of(&contents.tables);
    let mut files = vec![("contents.json".to_owned(), part("contents.json"))];
    for (place, table) in contents.tables.iter().enumerate() {
        let lines = part(&format!("{}.tsv", table.name));
        lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .for_each(|line| summing.add(place, line));
        files.push((format!("rows/{}/000001.tsv", table.name), lines));
    }
    let sums = serde_json::json!({ "tables": summing.finish(&contents.tables), "journals": {} });
    files.push(("sums.json".to_owned(), sums.to_string().into_bytes()));
    let mut tar = Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, name, &*bytes).unwrap();
    }
    packed(&tar.into_inner().unwrap())
}

pub(super) fn a_database_of_the_first_release_is_brought_up_to_date(fresh: &Fresh) {
    let to = folder();
    let store = fresh.store();
    let restored = restore(&store, &of_the_first_release(), &to.path().join("journals")).unwrap();
    assert_eq!(restored.contents.tables_version, 4);
    assert!(store.migrations().unwrap().iter().all(|row| row.applied_ms.is_some()));
    let now = store.sums().unwrap();
    for was in restored.sums {
        let is = now.iter().find(|is| is.table == was.table).unwrap();
        assert_eq!(is.rows, was.rows, "{}", was.table);
    }
    let market = store.market();
    let mut ids = Vec::new();
    let take = |trade: Trade| {
        ids.push(trade.id);
        true
    };
    market.read_trades(FIRST, at(-1), at(1 << 30), take).unwrap();
    assert_eq!(ids, [0, 1, 2, 7]);
    let kept = bar(at(0), Price::from_units(7));
    assert_eq!(market.bars(FIRST, kept.rule, &super::world::first(10)).unwrap().items, [kept]);
    assert_eq!(market.latest_quote(FIRST).unwrap().unwrap().ask.quantity.raw(), i128::from(i64::MAX) * 1_000);
    let login = store.identity().with_weak_hashes_for_tests().login("ann", &password()).unwrap();
    let rows = store.tenant(&login.access);
    let account = rows.accounts().unwrap().remove(0);
    assert_eq!(rows.fills(account.id, &super::world::first(100)).unwrap().items.len(), 6);
}

pub(super) fn numbers_go_on_behind_those_that_came(fresh: &Fresh) {
    let (from, to) = (folder(), folder());
    let (bytes, sums) = backup(&full(fresh, from.path()), from.path());
    let store = empty(fresh);
    restore(&store, &bytes, &to.path().join("journals")).unwrap();
    let tenant = store.identity().tenants().unwrap()[0].id;
    let rows = store.tenant(&crate::TenantAccess::for_node(tenant));
    let audit = AuditRow {
        time: at(6),
        account: None,
        sequence: None,
        actor: "ann".to_owned(),
        action: "signed_out".to_owned(),
        detail: String::new(),
    };
    rows.append_audit(&audit).unwrap();
    let newest = &rows.audit(&super::world::first(1)).unwrap().items[0];
    assert_eq!(newest.action, "signed_out");
    let count = |sums: &Sums| sums.iter().find(|sum| sum.table == "audit").unwrap().rows;
    assert_eq!(count(&store.sums().unwrap()), count(&sums) + 1);
}
