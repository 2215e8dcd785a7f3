//! What a panic leaves behind. The hook belongs to the process, so this test has one for itself.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use telemetry::logs::{Console, Surroundings};
use telemetry::{LogConfig, LogError, Logs};

/// Panics in a thread of this name.
fn panic_in(name: &str, words: &'static str) {
    let thread = std::thread::Builder::new().name(name.to_owned());
    let joined =
        thread.spawn(move || if words.is_empty() { std::panic::panic_any(7) } else { panic!("{words}") });
    assert!(joined.unwrap().join().is_err());
}

#[test]
fn a_panic_is_logged_with_its_place_and_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let console: Arc<Mutex<Vec<u8>>> = Arc::default();
    let config = LogConfig { directory: Some(folder.path().to_owned()), ..LogConfig::default() };
    let surroundings = Surroundings {
        console: Console::to(Arc::clone(&console) as Arc<Mutex<dyn Write + Send>>),
        ..Surroundings::default()
    };
    let (guard, handles) = Logs::start_in(&config, surroundings.clone(), None).unwrap();
    handles.hide("hunter22").unwrap();

    panic_in("worker", "the password\nis hunter22");
    // The hook has waited for the writers.
    let console = String::from_utf8(console.lock().unwrap().clone()).unwrap();
    assert!(console.contains("ERROR panicked: the password\\nis *** place="), "{console}");
    panic_in("hunter22", "again");
    panic_in("worker", "");
    tracing::warn!("the program goes on");
    drop(std::panic::take_hook());

    assert!(matches!(Logs::start_in(&config, surroundings, None), Err(LogError::AlreadyStarted)));
    assert!(handles.flush(Duration::from_secs(20)));
    drop(guard);
    let read = |log: &str| std::fs::read_to_string(folder.path().join(log)).unwrap();
    let errors: Vec<Json> =
        read("error.log").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(errors[0]["message"], "panicked: the password\nis ***");
    assert_eq!((&errors[0]["level"], &errors[0]["target"]), (&"ERROR".into(), &"panic".into()));
    assert_eq!((&errors[0]["thread"], &errors[1]["thread"]), (&"worker".into(), &"***".into()));
    let place = errors[0]["place"].as_str().unwrap();
    assert!(place.contains("panics.rs:"), "{place}");
    assert_eq!(errors[2]["message"], "panicked: no words were given");
    assert_eq!(errors.len(), 3);
    assert_eq!(read("bellwether.log").lines().count(), 4);
    for log in ["bellwether.log", "error.log"] {
        assert!(!read(log).contains("hunter22"));
    }
}
