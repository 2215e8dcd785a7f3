use serde_json::{Value, json};

use super::schema;
use crate::config::defaults;
use crate::config::settings::settings;
use crate::config::tests::load_yaml;

/// The part of JSON Schema that the schema uses; panics at a keyword that it does not know.
fn faults(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    for (keyword, rule) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "default" => true,
            "type" => types(rule).iter().any(|name| is_of(name, value)),
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            "required" => {
                rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    faults(rule, item, &format!("{path}.{index}"), found);
                }
                true
            }
            "properties" | "additionalProperties" => true,
            other => panic!("{path}: {other}"),
        };
        if !holds {
            found.push(format!("{path}: {keyword} {rule}"));
        }
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        let at = format!("{path}.{key}");
        match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(known), _) => faults(known, inner, &at, found),
            (None, Value::Bool(false)) => found.push(format!("{at}: unknown")),
            (None, Value::Object(_)) => faults(&schema["additionalProperties"], inner, &at, found),
            (None, _) => {}
        }
    }
}

fn types(rule: &Value) -> Vec<&str> {
    match rule {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("{other}"),
    }
}

fn faults_of(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    faults(&schema(), value, "", &mut found);
    found
}

fn of_yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

const EXAMPLE: &str = "
environment: staging
pipeline: {batch_size: 1000, flush_ms: 50}
queues: {drop_policy: newest}
limits: {max_order_size: 10.5, max_daily_loss: '5000'}
resilience: {circuit_breaker_timeout: 60.5, retry_max_attempts: 3}
flags:
  beta: {enabled: true, percent: 10, environments: [staging], tenants: {x: false}, about: new pages}
ladder:
  rules:
    - {component: database, status: unhealthy, rung: no_new_risk}
    - {component: 'feed:*', status: degraded, for_ms: 30000, rung: cancel_all}
policies: {alerts.webhook: {retry: {tries_max: 2}}}
alerts: {email: {to: [a@b]}, webhook: {url: 'https://h/x', secret: s}}
secret_key: vault:kv/app#key
vault: {address: 'https://vault', role: app}
";

#[test]
fn the_defaults_and_an_example_fit_the_schema() {
    assert_eq!(faults_of(&defaults()), Vec::<String>::new());
    assert_eq!(faults_of(&of_yaml(EXAMPLE)), Vec::<String>::new());
    // And the program thinks the same of the example, but for the mail server's name.
    assert!(load_yaml(EXAMPLE).is_ok(), "{:?}", load_yaml(EXAMPLE).err());
}

#[test]
fn what_is_wrong_does_not_fit_the_schema() {
    for (text, at) in [
        ("nonsense: 1", ".nonsense: unknown"),
        ("pipeline: {batchsize: 1}", ".pipeline.batchsize: unknown"),
        ("pipeline: {batch_size: 0}", ".pipeline.batch_size: minimum"),
        ("pipeline: {batch_size: x}", ".pipeline.batch_size: type"),
        ("queues: {drop_policy: oldset}", ".queues.drop_policy: enum"),
        ("resilience: {circuit_breaker_timeout: 99999}", ".resilience.circuit_breaker_timeout: maximum"),
        ("features: {risk_limits_enforced: false}", ".features.risk_limits_enforced: const"),
        ("flags: {beta: {percent: 10}}", ".flags.beta: required"),
        ("flags: {beta: {enabled: true, share: 1}}", ".flags.beta.share: unknown"),
        ("ladder: {rules: [{component: x, status: y, rung: normal}]}", ".ladder.rules.0.status: enum"),
        ("ladder: {rules: [{component: x}]}", ".ladder.rules.0: required"),
        ("ladder: {rules: 7}", ".ladder.rules: type"),
    ] {
        let found = faults_of(&of_yaml(text));
        assert!(!found.is_empty() && found[0].starts_with(at), "{text} {found:?}");
        assert!(load_yaml(text).is_err(), "{text}");
    }
}

#[test]
fn every_path_is_described_with_its_default() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    for setting in settings() {
        for (path, _) in setting.paths() {
            let mut slot = &schema;
            for segment in path.split('.') {
                slot = match segment {
                    "[]" => &slot["items"],
                    "<name>" => &slot["additionalProperties"],
                    name => &slot["properties"][name],
                };
            }
            let about = slot["description"].as_str().unwrap_or_else(|| panic!("{path}"));
            assert!(about.contains(setting.about), "{path} {about}");
        }
    }
    assert_eq!(schema["properties"]["pipeline"]["properties"]["batch_size"]["default"], json!(500));
    assert_eq!(schema["properties"]["database_url"].get("default"), None);
    assert_eq!(schema["properties"]["ladder"]["properties"]["rules"]["default"].as_array().unwrap().len(), 7);
}
