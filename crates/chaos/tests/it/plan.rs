//! Plans as they are written and as chance follows them.

use chaos::{Decision, Decisions, Fault, Kind, Plan};

use super::world::row;

#[test]
fn the_same_seed_decides_the_same() {
    let plan = Plan { share: 0.5, http: true, ..Plan::default() };
    let rows = |seed| Decisions::of(&Plan { seed, ..plan.clone() }).take(500).collect::<Vec<Decision>>();
    assert_eq!(rows(1), rows(1));
    assert_ne!(rows(1), rows(2));
    let kinds = row(&plan, 500);
    let usual = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Down);
    assert!(usual.map(Some).all(|kind| kinds.contains(&kind)));
    assert!(!kinds.contains(&Some(Kind::Down)));
}

#[test]
fn a_decision_moves_none_behind_it() {
    let few = row(&Plan::of(3, 0.1, &[Kind::Reset]), 1000);
    let many = row(&Plan::of(3, 0.6, &[Kind::Reset]), 1000);
    assert!(few.iter().zip(&many).all(|(few, many)| few.is_none() || many.is_some()));
}

#[test]
fn the_share_and_the_weights_are_kept() {
    let mut plan = Plan::of(5, 0.2, &[Kind::Reset, Kind::Cut]);
    plan.kinds.insert(Kind::Cut, 3);
    plan.kinds.insert(Kind::Drip, 0);
    let row = row(&plan, 20_000);
    let count = |wanted: Kind| row.iter().filter(|kind| **kind == Some(wanted)).count();
    assert!((900..1100).contains(&count(Kind::Reset)), "{}", count(Kind::Reset));
    assert!((2850..3150).contains(&count(Kind::Cut)), "{}", count(Kind::Cut));
    assert_eq!(count(Kind::Drip), 0);
    assert!(Decisions::of(&Plan::default()).take(1000).all(|decision| decision.fault.is_none()));
    assert!(Decisions::of(&Plan::of(0, 1.0, &[])).take(1000).all(|decision| decision.fault.is_some()));
}

#[test]
fn a_plan_is_read_from_a_file() {
    let text = r#"{"seed": 9, "share": 0.2, "kinds": {"latency": 2, "server_error": 1}, "http": true,
                   "parameters": {"latency_ms": 5}, "limits": {"run_for_ms": 1000}}"#;
    let plan: Plan = serde_json::from_str(text).unwrap();
    plan.check().unwrap();
    assert_eq!((plan.seed, plan.kinds[&Kind::Latency], plan.limits.run_for_ms), (9, 2, Some(1000)));
    assert_eq!((plan.limits.connections_max, plan.limits.connection_age_max_ms), (1024, 300_000));
    let Fault::Latency { fixed, .. } = plan.fault(Kind::Latency) else { panic!("another fault") };
    assert_eq!(fixed.as_millis(), 5);
    let back: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(back, plan);
    for wrong in [r#"{"sede": 1}"#, r#"{"kinds": {"lateness": 1}}"#, r#"{"limits": {"bytes": 1}}"#] {
        assert!(serde_json::from_str::<Plan>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_plan_that_cannot_be_followed_is_refused_by_name() {
    let refused = |change: fn(&mut Plan), name: &str| {
        let mut plan = Plan::default();
        change(&mut plan);
        let error = plan.check().unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    };
    refused(|plan| plan.share = 1.1, "share");
    refused(|plan| plan.share = f64::NAN, "share");
    refused(|plan| plan.kinds.extend([(Kind::Cut, 0)]), "kinds");
    refused(|plan| plan.kinds.extend([(Kind::ServerError, 1)]), "http");
    refused(|plan| plan.parameters.bandwidth_bytes_per_second = 0, "bandwidth");
    refused(|plan| plan.limits.connections_max = 0, "connections_max");
    refused(|plan| plan.limits.connection_age_max_ms = 0, "connection_age_max_ms");
    Plan::default().check().unwrap();
}

#[test]
fn kinds_are_named_as_they_are_written() {
    for kind in Kind::ALL {
        assert_eq!(kind.code().parse::<Kind>().unwrap(), kind);
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
    }
    let unknown = "lateness".parse::<Kind>().unwrap_err().to_string();
    assert!(unknown.contains("half_open"), "{unknown}");
}
