use super::Environment;
use crate::config::settings::{nested_variable, settings};
use crate::config::tests::{Files, faults_of};

fn none() -> Files {
    Files::new(&[])
}

#[test]
fn a_documented_name_may_name_a_file() {
    let files = Files::new(&[("password", "correct horse battery\n"), ("windows", "abcdefghijklmnop\r\n")]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let environment = Environment::of([
        ("ADMIN_PASSWORD_FILE", path("password").as_str()),
        ("SECRET_KEY_FILE", path("windows").as_str()),
    ]);
    let loaded = files.load(&environment, &[]).unwrap();
    assert_eq!(loaded.config.admin_password.reveal(), "correct horse battery");
    assert_eq!(loaded.config.secret_key.reveal(), "abcdefghijklmnop");
    let origin = loaded.origin("admin_password").to_string();
    assert!(origin.starts_with("environment variable ADMIN_PASSWORD_FILE (/"), "{origin}");
}

#[test]
fn both_forms_of_a_name_and_a_file_that_cannot_be_read_are_faults() {
    let files = Files::new(&[("key", "abcdefghijklmnop"), ("large", &"x".repeat(70_000))]);
    let path = |name: &str| files.path().join(name).display().to_string();
    let environment = Environment::of([
        ("SECRET_KEY", "planted-in-the-variable"),
        ("SECRET_KEY_FILE", path("key").as_str()),
        ("ADMIN_PASSWORD_FILE", "/nowhere/at/all"),
        ("REDIS_URL_FILE", path("large").as_str()),
    ]);
    let faults = faults_of(&files, &environment, &[]);
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert!(
        faults[0].starts_with(
            "environment variable SECRET_KEY: `secret_key` is given as well as SECRET_KEY_FILE; mend: "
        ),
        "{faults:#?}"
    );
    assert!(
        faults[1].contains("ADMIN_PASSWORD_FILE (/nowhere/at/all): `admin_password` cannot be read: "),
        "{faults:#?}"
    );
    assert!(faults[2].contains("it has more than 65536 bytes"), "{faults:#?}");
    assert!(!faults.concat().contains("planted"), "{faults:#?}");
}

#[test]
fn what_a_file_holds_is_the_secret_itself() {
    let files = Files::new(&[("password", "vault:kv/not-a-reference#x")]);
    let path = files.path().join("password").display().to_string();
    let loaded = files.load(&Environment::of([("ADMIN_PASSWORD_FILE", path.as_str())]), &[]).unwrap();
    assert!(loaded.secret_slots().is_empty());
    // A flag that is laid over it is read like any other.
    let flags = [("admin_password", "file:/run/x")];
    let loaded = files.load(&Environment::of([("ADMIN_PASSWORD_FILE", path.as_str())]), &flags).unwrap();
    assert_eq!(loaded.secret_slots(), [("admin_password", "file:/run/x".to_owned())]);
}

#[test]
fn an_empty_documented_variable_is_not_given() {
    let environment =
        Environment::of([("PIPELINE_BATCH_SIZE", ""), ("ADMIN_USERNAME", ""), ("SECRET_KEY_FILE", "")]);
    let loaded = none().load(&environment, &[]).unwrap();
    assert_eq!((loaded.config.pipeline.batch_size, loaded.config.admin_username.as_str()), (500, "admin"));
}

#[test]
fn every_setting_has_a_variable() {
    for setting in settings().filter(|setting| !setting.is_in_list()) {
        let name = nested_variable(setting.path).replace("<NAME>", "X");
        // Whatever it is read as: it is known.
        let faults = faults_of(&none(), &Environment::of([(name.as_str(), "\u{0}")]), &[]);
        assert!(!faults.iter().any(|fault| fault.contains("sets nothing")), "{faults:?}");
    }
}

#[test]
fn an_unknown_variable_of_ours_is_a_fault_and_one_that_looks_like_ours_a_warning() {
    let environment =
        Environment::of([("BELLWETHER__PIPELINE__BATCH_SZE", "planted"), ("BELLWETHER__", "planted")]);
    let faults = faults_of(&none(), &environment, &[]);
    assert_eq!(faults.len(), 2, "{faults:#?}");
    assert!(faults[1].contains("did you mean BELLWETHER__PIPELINE__BATCH_SIZE?"), "{faults:#?}");
    assert!(!faults.concat().contains("planted"), "{faults:#?}");
    let environment = Environment::of([
        ("PIPELINE_BATCHSIZE", "1"),
        ("DB_NONSENSE_AT_ALL", "1"),
        ("PIPELINE_METRIC_PORT", "1"),
        // What Kubernetes tells of services.
        ("REDIS_PORT", "tcp://10.0.0.1:6379"),
        ("REDIS_PORT_6379_TCP_ADDR", "10.0.0.1"),
        ("REDIS_SERVICE_HOST", "10.0.0.1"),
        ("DB_SERVICE_PORT_HTTP", "1"),
        ("PATH", "/bin"),
        ("PIPELINE_FLUSH_MS_FILE", ""),
    ]);
    let warnings = none().load(&environment, &[]).unwrap().warnings;
    assert_eq!(
        warnings,
        [
            "environment variable DB_NONSENSE_AT_ALL sets nothing; `bellwether config env` lists what does",
            "environment variable PIPELINE_BATCHSIZE sets nothing: did you mean PIPELINE_BATCH_SIZE?",
            "environment variable PIPELINE_METRIC_PORT sets nothing: did you mean PIPELINE_METRICS_PORT?",
        ]
    );
}

#[test]
fn lists_and_sections_are_given_as_json_or_with_commas() {
    let environment = Environment::of([
        ("BELLWETHER__ALERTS__EMAIL__TO", "a@x, b@x"),
        (
            "BELLWETHER__LADDER__RULES",
            r#"[{"component":"x","status":"degraded","rung":"flatten","for_ms":5}]"#,
        ),
        ("BELLWETHER__HTTP", r#"{"max_connections": 7, "keep_alive_connections": 3}"#),
        ("BELLWETHER__FLAGS__BETA__ENVIRONMENTS", r#"["staging"]"#),
        ("BELLWETHER__FLAGS__BETA__ENABLED", "true"),
    ]);
    let config = none().load(&environment, &[]).unwrap().config;
    assert_eq!(config.alerts.email.to, ["a@x", "b@x"]);
    assert_eq!((config.ladder.rules.len(), config.ladder.rules[0].for_ms), (1, 5));
    assert_eq!((config.http.max_connections, config.http.keep_alive_connections), (7, 3));
    assert_eq!(config.flags["beta"].environments, ["staging"]);
    for (name, words) in [
        ("BELLWETHER__LADDER__RULES__0__RUNG", "a field of a list, which can only be given whole"),
        ("BELLWETHER__LADDER__RULES", "a list of mappings"),
        ("BELLWETHER__HTTP", "a mapping"),
    ] {
        let faults = faults_of(&none(), &Environment::of([(name, "flatten")]), &[]);
        assert!(faults.len() == 1 && faults[0].contains(words), "{faults:?}");
    }
}
