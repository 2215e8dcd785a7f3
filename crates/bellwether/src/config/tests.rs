use std::path::Path;

use super::{Environment, Faults, Flags, Loaded, load_with};

/// A folder of configuration files.
pub(super) struct Files(tempfile::TempDir);

impl Files {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn load(&self, environment: &Environment, flags: &[(&str, &str)]) -> Result<Loaded, Faults> {
        let settings = flags.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        load_with(&Flags { folder: self.path().to_owned(), settings }, environment)
    }
}

pub(super) fn load_yaml(yaml: &str) -> Result<Loaded, Faults> {
    Files::new(&[("config.yaml", yaml)]).load(&Environment::default(), &[])
}

/// Nothing but these settings.
pub(crate) fn load_settings(settings: &[(&str, &str)]) -> Result<Loaded, Faults> {
    Files::new(&[]).load(&Environment::default(), settings)
}

/// The faults without the folder of the test.
pub(super) fn faults_of(files: &Files, environment: &Environment, flags: &[(&str, &str)]) -> Vec<String> {
    let folder = format!("{}/", files.path().display());
    let faults = files.load(environment, flags).err().map(|faults| faults.0).unwrap_or_default();
    faults.iter().map(|fault| fault.to_string().replace(&folder, "")).collect()
}

pub(super) fn faults_of_yaml(yaml: &str) -> Vec<String> {
    faults_of(&Files::new(&[("config.yaml", yaml)]), &Environment::default(), &[])
}

fn value(loaded: &Loaded, path: &str) -> (String, String) {
    let row = loaded.rows().into_iter().find(|row| row.path == path).unwrap();
    (row.value, row.origin)
}

#[test]
fn every_layer_lies_over_those_before_it() {
    let files = Files::new(&[
        ("config.yaml", "pipeline: {batch_size: 1, flush_ms: 1, max_bytes: 1025, op_queue_max: 1}\n"),
        ("config.staging.yaml", "pipeline: {flush_ms: 2, max_bytes: 1026, op_queue_max: 2}\n"),
    ]);
    let environment = Environment::of([
        ("ENVIRONMENT", "staging"),
        ("PIPELINE_MAX_BYTES", "1027"),
        ("PIPELINE_OP_QUEUE_MAX", "3"),
    ]);
    let loaded =
        files.load(&environment, &[("pipeline.op_queue_max", "9"), ("pipeline.op_queue_max", "4")]).unwrap();
    let pipeline = &loaded.config.pipeline;
    assert_eq!(
        (pipeline.batch_size, pipeline.flush_ms, pipeline.max_bytes, pipeline.op_queue_max),
        (1, 2, 1_027, 4)
    );
    assert!(value(&loaded, "pipeline.batch_size").1.ends_with("/config.yaml:1:24"));
    assert!(value(&loaded, "pipeline.flush_ms").1.ends_with("/config.staging.yaml:1:22"));
    assert_eq!(value(&loaded, "pipeline.max_bytes").1, "environment variable PIPELINE_MAX_BYTES");
    assert_eq!(value(&loaded, "pipeline.op_queue_max").1, "flag --set pipeline.op_queue_max");
    assert_eq!(value(&loaded, "pipeline.sink_workers").1, "the defaults");
}

#[test]
fn the_environment_is_named_by_the_last_layer_that_does() {
    let files = Files::new(&[
        ("config.yaml", "environment: staging\n"),
        ("config.staging.yaml", "app_version: staging\n"),
        ("config.test.yaml", "app_version: test\n"),
    ]);
    let version = |environment: &Environment, flags: &[(&str, &str)]| {
        let loaded = files.load(environment, flags).unwrap();
        (loaded.config.environment.clone(), loaded.config.app_version)
    };
    let (staging, test) =
        (("staging".to_owned(), "staging".to_owned()), ("test".to_owned(), "test".to_owned()));
    assert_eq!(version(&Environment::default(), &[]), staging);
    assert_eq!(version(&Environment::of([("NODE_ENV", "test")]), &[]), test);
    assert_eq!(version(&Environment::of([("ENVIRONMENT", "staging")]), &[("environment", "test")]), test);
}

#[test]
fn an_environment_that_nobody_knows_is_a_fault() {
    let none = Files::new(&[]);
    let faults = |name| faults_of(&none, &Environment::of([("ENVIRONMENT", name)]), &[]);
    let misspelt = faults("prodution");
    assert_eq!(misspelt.len(), 1, "{misspelt:?}");
    assert!(misspelt[0].contains("did you mean `production`?"), "{misspelt:?}");
    assert!(misspelt[0].starts_with("environment variable ENVIRONMENT: `environment` "), "{misspelt:?}");
    assert!(faults("staging").is_empty());
    let own = Files::new(&[("config.canary.yaml", "")]);
    assert!(faults_of(&own, &Environment::of([("ENVIRONMENT", "canary")]), &[]).is_empty());
    // It is part of a file's name, and must not lead elsewhere.
    assert!(faults("../secrets")[0].contains("a name of small letters"));
}

#[test]
fn the_file_of_an_environment_cannot_say_that_it_is_anothers() {
    let files = Files::new(&[("config.staging.yaml", "environment: production\n")]);
    let faults = faults_of(&files, &Environment::of([("ENVIRONMENT", "staging")]), &[]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("config.staging.yaml:1:14: `environment` "), "{faults:?}");
}

#[test]
fn the_faults_of_all_layers_come_together() {
    let files = Files::new(&[
        ("config.yaml", "pipeline:\n  batch_size: lots\n  nonsense: 1\n"),
        ("config.staging.yaml", "log: [\n"),
    ]);
    let environment =
        Environment::of([("ENVIRONMENT", "staging"), ("DB_POOL_MAX", "0"), ("DB_POOL_MIN", "x")]);
    let faults = faults_of(&files, &environment, &[("listen", "here"), ("http.max_connections", "1")]);
    let starts = [
        "config.yaml:2:15: `pipeline.batch_size` cannot be `lots`; allowed: a whole number from 1 to 100000; mend: ",
        "config.yaml:3:3: `pipeline.nonsense` is no setting; mend: ",
        "environment variable DB_POOL_MIN: `database.min_pool_size` cannot be `x`; allowed: ",
        "environment variable DB_POOL_MAX: `database.max_pool_size` cannot be `0`; allowed: ",
        "flag --set listen: `listen` cannot be `here`; allowed: ",
        "config.staging.yaml:",
        "flag --set http.max_connections: `http.keep_alive_connections` is more than `http.max_connections`; ",
    ];
    assert_eq!(faults.len(), starts.len(), "{faults:#?}");
    for (fault, start) in faults.iter().zip(starts) {
        assert!(fault.starts_with(start) && fault.contains("; mend: "), "{start}\n{fault}");
    }
}

#[test]
fn a_setting_given_by_two_names_must_be_given_alike() {
    let two = "queues: {drop_policy: newest}\npipeline: {drop_policy: oldest}\n";
    let faults = faults_of_yaml(two);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("config.yaml:2:25: `pipeline.drop_policy` says something else than `queues.drop_policy` (config.yaml:1:23)"), "{faults:?}");
    assert!(load_yaml(&two.replace("oldest", "newest")).is_ok());
    let variables = Environment::of([("NODE_ENV", "test"), ("ENVIRONMENT", "staging")]);
    let faults = faults_of(&Files::new(&[]), &variables, &[]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].contains("variable NODE_ENV") && faults[0].contains("variable ENVIRONMENT"),
        "{faults:?}"
    );
    // Layers may disagree: that is what they are for.
    let over = Files::new(&[("config.yaml", "queues: {drop_policy: newest}\n")]);
    let loaded = over.load(&Environment::of([("PIPELINE_DROP_POLICY", "block")]), &[]).unwrap();
    assert_eq!(value(&loaded, "pipeline.drop_policy").0, "block");
}

#[test]
fn named_entries_of_layers_are_laid_over_each_other_and_lists_replaced() {
    let files = Files::new(&[
        (
            "config.yaml",
            "flags:\n  beta: {enabled: true, percent: 10}\n  gamma: {enabled: true}\npolicies:\n  aws.secrets: {fallback: false}\n",
        ),
        (
            "config.staging.yaml",
            "flags:\n  beta: {percent: 20}\nladder:\n  rules:\n    - {component: 'venue:*', status: degraded, rung: flatten}\n",
        ),
    ]);
    let environment =
        Environment::of([("ENVIRONMENT", "staging"), ("BELLWETHER__FLAGS__GAMMA__ENABLED", "false")]);
    let loaded = files.load(&environment, &[("flags", "{delta: {enabled: true}}")]).unwrap();
    let flags = &loaded.config.flags;
    assert_eq!(flags.keys().collect::<Vec<_>>(), ["beta", "delta", "gamma"]);
    assert_eq!((flags["beta"].percent, flags["gamma"].enabled, flags["delta"].percent), (20, false, 100));
    assert_eq!(loaded.config.ladder.rules.len(), 1);
    assert_eq!(loaded.config.ladder.rules[0].for_ms, 0);
    assert!(
        value(&loaded, "ladder.rules").1.ends_with("config.staging.yaml:5:5"),
        "{:?}",
        value(&loaded, "ladder.rules")
    );
    assert_eq!(loaded.config.policies["aws.secrets"], serde_json::json!({ "fallback": false }));
}

#[test]
fn an_entry_or_element_that_is_not_whole_is_a_fault_with_its_place() {
    let faults = faults_of_yaml(
        "flags:\n  beta:\n  gamma: {percent: 1}\nladder:\n  rules:\n    - {component: a, status: degraded, rung: normal}\n    - {status: bad}\n    - 7\n",
    );
    let starts = [
        "config.yaml:7:7: `ladder.rules.1` has no `component`; mend: add `component` to it",
        "config.yaml:7:7: `ladder.rules.1` has no `rung`; ",
        "config.yaml:7:16: `ladder.rules.1.status` cannot be `bad`; allowed: degraded or unhealthy; ",
        "config.yaml:8:7: `ladder.rules.2` cannot be a single value or a list; ",
        "config.yaml:2:7: `flags.beta` has no `enabled`; ",
        "config.yaml:3:10: `flags.gamma` has no `enabled`; ",
    ];
    assert_eq!(faults.len(), starts.len(), "{faults:#?}");
    for (fault, start) in faults.iter().zip(starts) {
        assert!(fault.starts_with(start), "{start}\n{fault}");
    }
}

#[test]
fn the_examples_of_the_documents_are_understood() {
    let loaded = Files::new(&[
        (
            "config.yaml",
            "pipeline:\n  batch_size: 500\n  flush_ms: 100\n  max_bytes: 512000\n\nqueues:\n  op_queue_max: 8\n  sink_queue_max: 16\n  drop_policy: \"oldest\"\n",
        ),
        (
            "config.staging.yaml",
            "resilience:
  circuit_breaker_enabled: true
  circuit_breaker_failure_threshold: 7
  circuit_breaker_timeout: 61.5
  retry_enabled: true
  retry_max_attempts: 4
  retry_initial_delay: 0.5
  health_check_enabled: false
  health_check_interval: 15.0
  enable_query_logging: true
database:
  min_pool_size: 6
  max_pool_size: 21
  max_idle_time: 300.0
  command_timeout: 60
  pool_pre_ping: false
  slow_query_threshold: 0.5
  ssl_mode: \"require\"
trading:
  max_order_size: 9000.0
  max_position_size: 90000
  risk_check_enabled: true
  default_order_timeout: 15.0
features:
  paper_trading_enabled: false
  live_trading_enabled: true
  risk_limits_enforced: true
  debug: true
log_level: DEBUG
",
        ),
    ])
    .load(&Environment::of([("ENVIRONMENT", "staging")]), &[])
    .unwrap();
    let shown = |path| value(&loaded, path).0;
    for (path, expected) in [
        ("resilience.circuit_breaker_failure_threshold", "7"),
        ("resilience.circuit_breaker_timeout_ms", "61500"),
        ("resilience.retry_max_attempts", "4"),
        ("resilience.retry_initial_delay_ms", "500"),
        ("health.enabled", "false"),
        ("health.interval_ms", "15000"),
        ("database.enable_query_logging", "true"),
        ("database.min_pool_size", "6"),
        ("database.max_pool_size", "21"),
        ("database.idle_timeout_ms", "300000"),
        ("database.statement_timeout_ms", "60000"),
        ("database.pool_pre_ping", "false"),
        ("database.slow_query_ms", "500"),
        ("database.ssl_mode", "require"),
        ("limits.max_order_size", "9000"),
        ("limits.max_position_size", "90000"),
        ("trading.default_order_timeout_ms", "15000"),
        ("features.paper_trading_enabled", "false"),
        ("features.live_trading_enabled", "true"),
        ("features.debug", "true"),
        ("log.level", "DEBUG"),
    ] {
        assert_eq!(shown(path), expected, "{path}");
    }
}

#[test]
fn the_name_of_an_entry_may_have_dots() {
    let yaml = "policies:\n  database.rows: {retry: {tries_max: 2}}\nflags:\n  new.pages: {enabled: true}\n";
    let loaded = load_yaml(yaml).unwrap();
    assert_eq!(loaded.config.policies["database.rows"]["retry"]["tries_max"], 2);
    assert!(loaded.config.flags["new.pages"].enabled);
    let rows = loaded.rows();
    let row = |path: &str| rows.iter().find(|row| row.path == path).unwrap();
    assert!(row("policies.database.rows").origin.ends_with("config.yaml:2:18"));
    assert!(row("flags.new.pages.enabled").origin.ends_with("config.yaml:4:24"));
    let faults = faults_of_yaml("flags:\n  new.pages: {enabled: 7}\n  new.pages: {}\n");
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].starts_with("config.yaml:2:24: `flags.new.pages.enabled` cannot be `7`"), "{faults:?}");
    assert!(faults[1].starts_with("config.yaml:3:3: `flags.new.pages` is given twice"), "{faults:?}");
    let faults = faults_of_yaml("pipeline.batch_size: 7\n");
    assert!(
        faults[0].contains("is written with dots; mend: write `pipeline:` and `batch_size` on lines"),
        "{faults:?}"
    );
}

#[test]
fn the_risk_gate_cannot_be_switched_off() {
    for yaml in ["trading: {risk_check_enabled: false}\n", "features: {risk_limits_enforced: false}\n"] {
        let faults = faults_of_yaml(yaml);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0].contains("cannot be switched off: no order passes the risk gate unchecked"),
            "{faults:?}"
        );
    }
}
