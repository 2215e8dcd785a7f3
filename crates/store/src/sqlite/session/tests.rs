use std::time::Duration;

use super::{Absent, connect};

#[test]
fn no_file_is_made_where_one_should_be() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("gone.db");
    assert!(connect(&path, Absent::Fail, Duration::ZERO).is_err());
    assert!(!path.exists());
}
