use super::world::{World, told};
use crate::evaluation::{INSTANCES_MAX, TELL_AGAIN_AFTER_MS};
use crate::{Alerts, Silence, State, rule::specified};

fn world() -> World {
    let mut world = World::new(Alerts::new(specified()));
    world.set("circuit_breaker_state", &[("policy", "webhook")], 0.0);
    world.set("health_status", &[], 0.0);
    world.set("health_component_state", &[("component", "database")], 0.0);
    world.set("health_component_state", &[("component", "feed:north")], 0.0);
    world.set("accounts_at_loss_limit", &[("kind", "daily_loss")], 0.0);
    world.set("accounts_at_loss_limit", &[("kind", "drawdown")], 0.0);
    world.set("accounts_halted", &[("kind", "by_operator")], 0.0);
    world.set("http_requests_total", &[("status", "200")], 0.0);
    world.set("http_requests_total", &[("status", "503")], 0.0);
    world.set("kafka_dlq_messages_total", &[("sink", "store")], 0.0);
    world.set("log_lines_dropped_total", &[("log", "error")], 0.0);
    world
}

#[test]
fn nothing_is_told_while_all_is_well() {
    let mut world = world();
    world.set("health_component_state", &[("component", "page")], 2.0);
    world.set("accounts_halted", &[("kind", "by_operator")], 3.0);
    assert_eq!(told(&world.run(3_600)), []);
    assert!(world.alerts.status().iter().all(|status| status.state == State::Ok));
}

#[test]
fn gauges_that_matter_at_once_fire_with_the_next_look_and_resolve() {
    let cases = [
        ("circuit_breaker_open", "circuit_breaker_state", ("policy", "webhook"), 1.0),
        ("database_unhealthy", "health_component_state", ("component", "database"), 2.0),
        ("feed_stale", "health_component_state", ("component", "feed:north"), 2.0),
        ("daily_loss", "accounts_at_loss_limit", ("kind", "daily_loss"), 1.0),
        ("daily_loss", "accounts_at_loss_limit", ("kind", "drawdown"), 2.0),
    ];
    for (rule, metric, label, bad) in cases {
        let mut world = world();
        assert_eq!(told(&world.run(60)), []);
        world.set(metric, &[label], bad);
        assert_eq!(told(&world.run(5)), [(rule, true)]);
        assert_eq!(told(&world.run(600)), [], "{rule} is told once");
        world.set(metric, &[label], 0.0);
        assert_eq!(told(&world.run(5)), [(rule, false)]);
        assert_eq!(told(&world.run(60)), []);
    }
}

#[test]
fn a_service_degraded_for_less_than_five_minutes_wakes_nobody() {
    let mut world = world();
    world.set("health_status", &[], 1.0);
    assert_eq!(told(&world.run(295)), []);
    world.set("health_status", &[], 0.0);
    assert_eq!(told(&world.run(5)), []);
    world.set("health_status", &[], 1.0);
    assert_eq!(told(&world.run(300)), []);
    assert_eq!(world.alerts.status().iter().filter(|status| status.state == State::Pending).count(), 1);
    assert_eq!(told(&world.run(5)), [("service_degraded", true)]);
    world.set("health_status", &[], 0.0);
    assert_eq!(told(&world.run(5)), [("service_degraded", false)]);
}

#[test]
fn one_request_in_ten_is_not_yet_too_many_and_more_are_after_two_minutes() {
    let mut world = world();
    let (mut good, mut bad) = (0.0, 0.0);
    let mut load = |world: &mut World, seconds: i64, failing: f64| {
        let mut notices = Vec::new();
        for _ in 0..seconds / 5 {
            good += 100.0 - failing;
            bad += failing;
            world.set("http_requests_total", &[("status", "200")], good);
            world.set("http_requests_total", &[("status", "503")], bad);
            notices.extend(world.run(5));
        }
        notices
    };
    assert_eq!(told(&load(&mut world, 600, 10.0)), []);
    let during = load(&mut world, 300, 30.0);
    assert_eq!(told(&during), [("high_error_rate", true)]);
    let share = during[0].change.value.unwrap();
    assert!((0.1..=0.31).contains(&share), "{share}");
    assert_eq!(told(&load(&mut world, 300, 0.0)), [("high_error_rate", false)]);
}

#[test]
fn counters_that_grow_fire_and_end_when_the_window_has_passed() {
    for (rule, metric, label) in [
        ("dead_letters_growing", "kafka_dlq_messages_total", ("sink", "store")),
        ("log_lines_dropped", "log_lines_dropped_total", ("log", "error")),
    ] {
        let mut world = world();
        world.set(metric, &[label], 5.0);
        assert_eq!(told(&world.run(600)), [], "what happened before the first look is not growth");
        world.set(metric, &[label], 6.0);
        assert_eq!(told(&world.run(5)), [(rule, true)]);
        assert_eq!(told(&world.run(590)), []);
        assert_eq!(told(&world.run(15)), [(rule, false)]);
    }
}

#[test]
fn each_series_is_an_alert_of_its_own() {
    let mut world = world();
    world.set("circuit_breaker_state", &[("policy", "email")], 1.0);
    world.set("circuit_breaker_state", &[("policy", "webhook")], 1.0);
    let notices = world.run(5);
    assert_eq!(told(&notices), [("circuit_breaker_open", true); 2]);
    assert_ne!(notices[0].change.labels, notices[1].change.labels);
    assert_ne!(notices[0].id, notices[1].id);
    world.set("circuit_breaker_state", &[("policy", "email")], 2.0);
    let ended = world.run(5);
    assert_eq!(ended[0].change.labels, [("policy".to_owned(), "email".to_owned())]);
}

#[test]
fn a_series_that_goes_away_no_longer_fires() {
    let mut world = world();
    world.set("health_component_state", &[("component", "feed:north")], 2.0);
    assert_eq!(told(&world.run(5)), [("feed_stale", true)]);
    world.forget("health_component_state");
    assert_eq!(told(&world.run(5)), [("feed_stale", false)]);
}

#[test]
fn a_silenced_alert_is_shown_and_not_told_until_the_silence_ends() {
    let mut world = world();
    let until_ms = world.now_ms + 60_000;
    let silence = || Silence { until_ms, by: "ada".to_owned(), reason: "known".to_owned() };
    assert!(world.alerts.silence("feed_stale", silence()));
    assert!(!world.alerts.silence("nonsense", silence()));
    world.set("health_component_state", &[("component", "feed:north")], 2.0);
    assert_eq!(told(&world.run(55)), []);
    let status = world.alerts.status();
    assert!(status.iter().any(|status| status.state == State::Firing && status.silence.is_some()));
    assert_eq!(told(&world.run(5)), [("feed_stale", true)]);
    assert!(world.alerts.silence("feed_stale", Silence { until_ms: i64::MAX, ..silence() }));
    world.set("health_component_state", &[("component", "feed:north")], 0.0);
    assert_eq!(
        told(&world.run(5)),
        [("feed_stale", false)],
        "who was told of the beginning is told of the end"
    );
    world.set("health_component_state", &[("component", "feed:north")], 2.0);
    assert_eq!(told(&world.run(60)), []);
    assert!(world.alerts.unsilence("feed_stale"));
    assert_eq!(told(&world.run(5)), [("feed_stale", true)]);
}

#[test]
fn what_fires_for_hours_is_told_again() {
    let mut world = world();
    world.set("circuit_breaker_state", &[("policy", "webhook")], 1.0);
    let hours = TELL_AGAIN_AFTER_MS / 1_000;
    assert_eq!(world.run(5).len(), 1);
    assert_eq!(world.run(hours - 5).len(), 0);
    assert_eq!(world.run(5).len(), 1);
}

#[test]
fn a_rule_watches_no_more_series_than_its_limit() {
    let mut world = world();
    for policy in 0..=INSTANCES_MAX {
        world.set("circuit_breaker_state", &[("policy", &format!("p{policy}"))], 1.0);
    }
    assert_eq!(world.run(5).len(), INSTANCES_MAX);
}

#[test]
fn rules_that_stay_keep_their_state_when_others_change() {
    let mut world = world();
    world.set("circuit_breaker_state", &[("policy", "webhook")], 1.0);
    assert_eq!(world.run(5).len(), 1);
    let mut rules = specified();
    rules[1].for_seconds = 5;
    world.alerts.replace(rules.clone());
    assert_eq!(told(&world.run(5)), []);
    rules.retain(|rule| rule.name != "circuit_breaker_open");
    world.alerts.replace(rules);
    assert_eq!(told(&world.run(5)), []);
    assert!(world.alerts.status().iter().all(|status| status.rule.name != "circuit_breaker_open"));
}

#[test]
fn a_restarted_counter_grew_from_nothing() {
    let mut world = world();
    world.set("kafka_dlq_messages_total", &[("sink", "store")], 100.0);
    world.run(1_200);
    world.set("kafka_dlq_messages_total", &[("sink", "store")], 0.0);
    assert_eq!(told(&world.run(5)), []);
    world.set("kafka_dlq_messages_total", &[("sink", "store")], 2.0);
    let notices = world.run(5);
    assert_eq!(notices[0].change.value, Some(2.0));
}

/// What makes a rule fire and what ends it again, by the rule's name.
fn trouble(rule: &str) -> (&'static str, Vec<(&'static str, &'static str)>, f64, f64) {
    match rule {
        "circuit_breaker_open" => ("circuit_breaker_state", vec![("policy", "webhook")], 1.0, 2.0),
        "service_degraded" => ("health_status", vec![], 2.0, 0.0),
        "database_unhealthy" => ("health_component_state", vec![("component", "database")], 2.0, 1.0),
        "feed_stale" => ("health_component_state", vec![("component", "feed:north")], 2.0, 1.0),
        "high_error_rate" => ("http_requests_total", vec![("status", "503")], f64::INFINITY, 0.0),
        "daily_loss" => ("accounts_at_loss_limit", vec![("kind", "drawdown")], 1.0, 0.0),
        "dead_letters_growing" => ("kafka_dlq_messages_total", vec![("sink", "store")], f64::INFINITY, 0.0),
        "log_lines_dropped" => ("log_lines_dropped_total", vec![("log", "error")], f64::INFINITY, 0.0),
        other => panic!("nothing shows that {other} fires and ends: give it its trouble"),
    }
}

/// A day of each rule's own trouble, looked at every five seconds: nothing before it has lasted as long as the rule
/// says, one notice then, nothing while it lasts but the reminders, and one notice at its end.
#[test]
fn every_rule_fires_after_its_time_and_ends_and_says_so_once() {
    for rule in specified() {
        let (metric, labels, bad, good) = trouble(&rule.name);
        let mut world = world();
        assert_eq!(told(&world.run(60)), [], "{}", rule.name);
        let mut count = 0.0;
        let mut go_on = |world: &mut World, is_bad: bool, seconds: i64| {
            let mut notices = Vec::new();
            for _ in 0..seconds / 5 {
                // A counter is in trouble while it grows.
                count += if is_bad { 10.0 } else { 0.0 };
                let level = if is_bad { bad } else { good };
                world.set(metric, &labels, if bad.is_infinite() { count } else { level });
                notices.extend(world.run(5));
            }
            notices
        };
        let (hold, window) = (i64::from(rule.for_seconds), rule.condition.window().unwrap_or_default());
        assert_eq!(told(&go_on(&mut world, true, hold)), [], "{} fires too soon", rule.name);
        assert_eq!(told(&go_on(&mut world, true, 5)), [(rule.name.as_str(), true)], "{}", rule.name);
        assert_eq!(told(&go_on(&mut world, true, 3_600)), [], "{} is told twice", rule.name);
        let after = i64::try_from(window.as_secs()).unwrap() + 5;
        let ended = go_on(&mut world, false, after);
        assert_eq!(told(&ended), [(rule.name.as_str(), false)], "{}", rule.name);
        assert_eq!(told(&go_on(&mut world, false, 3_600)), [], "{} does not stay quiet", rule.name);
        assert_eq!(world.alerts.status().iter().filter(|status| status.state != State::Ok).count(), 0);
    }
}
