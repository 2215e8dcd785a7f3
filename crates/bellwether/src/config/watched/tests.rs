use crate::config::Environment;
use crate::config::tests::Files;

#[test]
fn a_change_of_any_file_is_seen_once() {
    let files = Files::new(&[("config.yaml", "app_version: a\n"), ("key", "abcdefghijklmnop")]);
    let key = files.path().join("key").display().to_string();
    let loaded = files.load(&Environment::of([("SECRET_KEY_FILE", key.as_str())]), &[]).unwrap();
    let mut watched = loaded.watched();
    assert_eq!(watched.files.len(), 3, "{watched:?}");
    assert!(!watched.has_changed());
    // A file that was not there, one that grows, one that goes.
    std::fs::write(files.path().join("config.development.yaml"), "").unwrap();
    assert!(watched.has_changed() && !watched.has_changed());
    std::fs::write(&key, "abcdefghijklmnopq").unwrap();
    assert!(watched.has_changed() && !watched.has_changed());
    std::fs::remove_file(files.path().join("config.yaml")).unwrap();
    assert!(watched.has_changed() && !watched.has_changed());
}

#[test]
fn files_of_secrets_are_looked_at_and_new_ones_joined() {
    let files = Files::new(&[("config.yaml", ""), ("secret", "one-secret")]);
    let secret = files.path().join("secret");
    let mut watched = files.load(&Environment::default(), &[]).unwrap().watched();
    let yaml = format!("alerts: {{webhook: {{secret: 'file:{}'}}}}\n", secret.display());
    std::fs::write(files.path().join("config.yaml"), yaml).unwrap();
    assert!(watched.has_changed());
    watched.follow(&files.load(&Environment::default(), &[]).unwrap().watched());
    assert!(!watched.has_changed());
    std::fs::write(&secret, "another-secret").unwrap();
    assert!(watched.has_changed() && !watched.has_changed());
}

#[test]
fn a_link_that_leads_to_another_file_is_a_change() {
    let files = Files::new(&[("one", "app_version: a\n"), ("two", "app_version: b\n")]);
    let link = files.path().join("config.yaml");
    std::os::unix::fs::symlink(files.path().join("one"), &link).unwrap();
    let mut watched = files.load(&Environment::default(), &[]).unwrap().watched();
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(files.path().join("two"), &link).unwrap();
    assert!(watched.has_changed());
}
