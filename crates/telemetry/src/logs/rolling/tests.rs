use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use super::super::files::Disk;
use super::super::shelf::Shelf;
use super::{LineWriter, RollingWriter};

fn lines(texts: &[&str]) -> Vec<Arc<str>> {
    texts.iter().map(|text| Arc::from(*text)).collect()
}

fn writer(shelf: &Shelf, limit: u64, keep: u32) -> RollingWriter {
    RollingWriter::new(Arc::new(shelf.clone()), "x.log".into(), limit, keep)
}

#[test]
fn files_roll_at_their_limit_and_the_oldest_goes() {
    let shelf = Shelf::default();
    let mut writer = writer(&shelf, 8, 2);
    let expected: [&[&str]; 6] = [
        &["x.log: aaa|"],
        &["x.log: aaa|bbb|"],
        &["x.log: ccc|", "x.log.1: aaa|bbb|"],
        &["x.log: dddd|", "x.log.1: ccc|", "x.log.2: aaa|bbb|"],
        &["x.log: eee|", "x.log.1: dddd|", "x.log.2: ccc|"],
        &["x.log: eee|fff|", "x.log.1: dddd|", "x.log.2: ccc|"],
    ];
    for (text, expected) in ["aaa", "bbb", "ccc", "dddd", "eee", "fff"].iter().zip(expected) {
        writer.write(&lines(&[text])).unwrap();
        assert_eq!(shelf.listing(), expected);
    }
}

#[test]
fn many_lines_at_once_roll_as_single_ones_do() {
    let shelf = Shelf::default();
    writer(&shelf, 8, 2).write(&lines(&["aaa", "bbb", "ccc", "dddd", "eee", "fff"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: eee|fff|", "x.log.1: dddd|", "x.log.2: ccc|"]);
}

#[test]
fn without_old_files_the_current_one_begins_anew() {
    let shelf = Shelf::default();
    writer(&shelf, 8, 0).write(&lines(&["aaa", "bbb", "ccc"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: ccc|"]);
}

#[test]
fn an_existing_file_is_continued_at_its_length() {
    let shelf = Shelf::default();
    writer(&shelf, 8, 2).write(&lines(&["aaa"])).unwrap();
    let mut later = writer(&shelf, 8, 2);
    later.write(&lines(&["bbb"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: aaa|bbb|"]);
    later.write(&lines(&["c"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: c|", "x.log.1: aaa|bbb|"]);
}

#[test]
fn a_line_without_an_end_gets_one_before_the_next() {
    let shelf = Shelf::default();
    shelf.inside().files.insert("x.log".into(), b"to".to_vec());
    writer(&shelf, 8, 2).write(&lines(&["aaa"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: to|aaa|"]);

    let full = Shelf::default();
    full.inside().files.insert("x.log".into(), b"12345678".to_vec());
    writer(&full, 8, 2).write(&lines(&["aaa"])).unwrap();
    assert_eq!(full.listing(), ["x.log: aaa|", "x.log.1: 12345678"]);
}

#[test]
fn files_of_an_earlier_larger_setting_are_removed() {
    let shelf = Shelf::default();
    writer(&shelf, 4, 5).write(&lines(&["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"])).unwrap();
    assert_eq!(shelf.listing().len(), 6);
    writer(&shelf, 4, 2).write(&lines(&["12"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: 12|", "x.log.1: 11|", "x.log.2: 10|"]);
}

#[test]
fn a_line_longer_than_a_file_is_cut_with_a_mark() {
    let shelf = Shelf::default();
    writer(&shelf, 16, 2)
        .write(&lines(&["short", "123456789é123456789", "0123456789abcde", "0123456789abcdef"]))
        .unwrap();
    assert_eq!(
        shelf.listing(),
        ["x.log: 012345678 [cut]|", "x.log.1: 0123456789abcde|", "x.log.2: 123456789 [cut]|"]
    );
    assert!(shelf.inside().files.values().all(|bytes| bytes.len() <= 16));
}

#[test]
fn short_writes_are_completed() {
    let shelf = Shelf::default();
    shelf.inside().bite = Some(1);
    writer(&shelf, 100, 2).write(&lines(&["aaa", "bbb"])).unwrap();
    assert_eq!(shelf.text("x.log"), "aaa\nbbb\n");
}

#[test]
fn many_small_lines_are_few_writes() {
    let shelf = Shelf::default();
    let texts = vec![Arc::from("a line of usual length"); 1_000];
    writer(&shelf, 10_000_000, 2).write(&texts).unwrap();
    assert_eq!(shelf.inside().writes, 1);
}

#[test]
fn a_full_disk_leaves_whole_lines_and_says_how_many() {
    let shelf = Shelf::default();
    shelf.inside().space = Some(10);
    let mut writer = writer(&shelf, 100, 2);
    let texts = lines(&["aaa", "bbb", "ccc", "ddd"]);
    let stopped = writer.write(&texts).unwrap_err();
    assert_eq!((stopped.written, stopped.error.kind()), (2, ErrorKind::StorageFull));
    assert_eq!(shelf.text("x.log"), "aaa\nbbb\n");

    shelf.inside().space = None;
    writer.write(&texts[stopped.written..]).unwrap();
    assert_eq!(shelf.text("x.log"), "aaa\nbbb\nccc\nddd\n");
}

#[test]
fn a_torn_line_that_cannot_be_cut_stands_alone() {
    let shelf = Shelf::default();
    (shelf.inside().space, shelf.inside().no_cut) = (Some(6), true);
    let mut writer = writer(&shelf, 100, 2);
    assert_eq!(writer.write(&lines(&["aaa", "bbb"])).unwrap_err().written, 1);
    assert_eq!(shelf.text("x.log"), "aaa\nbb");
    shelf.inside().space = None;
    writer.write(&lines(&["bbb"])).unwrap();
    assert_eq!(shelf.text("x.log"), "aaa\nbb\nbbb\n");
}

#[test]
fn the_count_goes_on_over_several_files() {
    let shelf = Shelf::default();
    shelf.inside().space = Some(13);
    let texts = lines(&["aaa", "bbb", "ccc", "ddd"]);
    let stopped = writer(&shelf, 8, 2).write(&texts).unwrap_err();
    assert_eq!(stopped.written, 3);
    assert_eq!(shelf.listing(), ["x.log: ccc|", "x.log.1: aaa|bbb|"]);
}

#[test]
fn what_cannot_be_rolled_neither_grows_nor_pushes_old_files_out() {
    let shelf = Shelf::default();
    let mut writer = writer(&shelf, 4, 3);
    writer.write(&lines(&["1", "2", "3", "4", "5", "6", "7", "8"])).unwrap();
    let before = shelf.listing();
    assert_eq!(before, ["x.log: 7|8|", "x.log.1: 5|6|", "x.log.2: 3|4|", "x.log.3: 1|2|"]);
    shelf.inside().no_rename = true;
    for _ in 0..5 {
        assert_eq!(writer.write(&lines(&["9"])).unwrap_err().written, 0);
    }
    assert_eq!(shelf.listing(), before);
    shelf.inside().no_rename = false;
    writer.write(&lines(&["9"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: 9|", "x.log.1: 7|8|", "x.log.2: 5|6|", "x.log.3: 3|4|"]);
}

#[test]
fn a_gap_in_the_numbers_is_filled_first() {
    let shelf = Shelf::default();
    for (name, text) in [("x.log", "d\n"), ("x.log.2", "b\n"), ("x.log.3", "a\n")] {
        shelf.inside().files.insert(name.into(), text.into());
    }
    writer(&shelf, 2, 3).write(&lines(&["e"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: e|", "x.log.1: d|", "x.log.2: b|", "x.log.3: a|"]);
}

#[test]
fn a_file_that_somebody_took_away_is_made_anew() {
    let shelf = Shelf::default();
    let mut writer = writer(&shelf, 4, 3);
    writer.write(&lines(&["aaa"])).unwrap();
    shelf.inside().files.clear();
    writer.write(&lines(&["bbb"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: bbb|"]);
}

#[test]
fn a_folder_that_cannot_be_opened_is_tried_again() {
    let shelf = Shelf::default();
    shelf.inside().no_open = true;
    let mut writer = writer(&shelf, 4, 3);
    assert_eq!(writer.write(&lines(&["a"])).unwrap_err().error.kind(), ErrorKind::PermissionDenied);
    shelf.inside().no_open = false;
    writer.write(&lines(&["a"])).unwrap();
    assert_eq!(shelf.listing(), ["x.log: a|"]);
}

#[test]
fn on_the_disk_only_the_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/by/us/x.log");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let write = |text: &str| {
        let mut writer = RollingWriter::new(Arc::new(Disk), path.clone(), 8, 2);
        writer.write(&lines(&[text])).unwrap();
        std::fs::read_to_string(writer.path()).unwrap()
    };
    assert_eq!(write("aaa"), "aaa\n");
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::write(&path, "to").unwrap();
    assert_eq!(write("bbb"), "to\nbbb\n");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(write("ccc"), "ccc\n");
    assert_eq!(std::fs::read_to_string(path.with_extension("log.1")).unwrap(), "to\nbbb\n");
}
