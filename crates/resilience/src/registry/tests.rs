#![cfg(not(feature = "loom"))]

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use super::{Idle, PolicyKey, Registry, RegistryFull};
use crate::ManualClock;
use crate::breaker::{Breaker, BreakerConfig};

/// Idle until told otherwise.
#[derive(Debug, Default)]
struct Guard {
    is_busy: AtomicBool,
}

impl Idle for Guard {
    fn is_idle(&self) -> bool {
        !self.is_busy.load(Ordering::SeqCst)
    }
}

fn key(operation: &str) -> PolicyKey {
    PolicyKey::shared("acme", operation)
}

fn insert(registry: &Registry<Guard>, operation: &str) -> Result<Arc<Guard>, RegistryFull> {
    registry.get_or_insert_with(&key(operation), Guard::default)
}

fn operations(registry: &Registry<Guard>) -> Vec<String> {
    registry.list().into_iter().map(|(key, _)| key.operation).collect()
}

#[test]
fn a_key_is_written_with_its_tenant_if_it_has_one() {
    assert_eq!(PolicyKey::shared("acme", "orders").to_string(), "acme.orders");
    assert_eq!(PolicyKey::of_tenant("north", "acme", "orders").to_string(), "north/acme.orders");
}

#[test]
fn the_same_key_is_the_same_entry_and_is_made_once() {
    let registry = Registry::new("policies", 4);
    let first = insert(&registry, "quotes").unwrap();
    let made = Cell::new(false);
    let make = || {
        made.set(true);
        Guard::default()
    };
    let second = registry.get_or_insert_with(&key("quotes"), make).unwrap();
    assert!(Arc::ptr_eq(&first, &second) && !made.get());
    assert!(Arc::ptr_eq(&first, &registry.get(&key("quotes")).unwrap()));
    assert!(registry.get(&key("orders")).is_none());
    assert!(registry.get(&PolicyKey::of_tenant("north", "acme", "quotes")).is_none(), "a tenant has its own");
}

#[test]
fn the_idle_entry_used_longest_ago_makes_room() {
    let registry = Registry::new("policies", 3);
    for operation in ["first", "second", "third"] {
        insert(&registry, operation).unwrap();
    }
    assert!(registry.get(&key("first")).is_some());
    insert(&registry, "fourth").unwrap();
    assert_eq!(operations(&registry), ["first", "fourth", "third"]);
    insert(&registry, "first").unwrap();
    insert(&registry, "fifth").unwrap();
    assert_eq!(operations(&registry), ["fifth", "first", "fourth"]);
    assert_eq!((registry.evictions(), registry.refusals()), (2, 0));
}

#[test]
fn looking_at_all_of_them_is_no_use() {
    let registry = Registry::new("policies", 2);
    insert(&registry, "first").unwrap();
    insert(&registry, "second").unwrap();
    assert!(registry.get(&key("first")).is_some());
    assert_eq!(registry.list().len(), 2);
    insert(&registry, "third").unwrap();
    assert_eq!(operations(&registry), ["first", "third"]);
}

#[test]
fn a_busy_entry_stays_even_if_it_is_the_oldest() {
    let registry = Registry::new("policies", 2);
    insert(&registry, "old").unwrap().is_busy.store(true, Ordering::SeqCst);
    insert(&registry, "young").unwrap();
    insert(&registry, "new").unwrap();
    assert_eq!(operations(&registry), ["new", "old"]);
}

#[test]
fn a_full_registry_says_so_and_makes_nothing() {
    let registry = Registry::new("policies", 2);
    for operation in ["one", "two"] {
        insert(&registry, operation).unwrap().is_busy.store(true, Ordering::SeqCst);
    }
    let refused = registry.get_or_insert_with(&key("three"), || panic!("made for nothing")).unwrap_err();
    assert_eq!(refused, RegistryFull { registry: Arc::from("policies"), max: 2 });
    assert_eq!(refused.to_string(), "the registry policies is full: all of its 2 entries are in use");
    assert_eq!((registry.len(), registry.refusals(), registry.evictions()), (2, 1, 0));
    assert!(insert(&registry, "one").is_ok(), "who is in stays in");
}

#[test]
fn what_cannot_be_made_throws_nobody_out() {
    #[derive(Debug, PartialEq)]
    enum Fault {
        Full,
        Wrong,
    }
    impl From<RegistryFull> for Fault {
        fn from(_: RegistryFull) -> Self {
            Self::Full
        }
    }
    let registry = Registry::new("policies", 1);
    insert(&registry, "one").unwrap();
    let made = registry.get_or_try_insert_with(&key("two"), || Err(Fault::Wrong));
    assert_eq!(made.err(), Some(Fault::Wrong));
    assert_eq!(operations(&registry), ["one"]);
    insert(&registry, "one").unwrap().is_busy.store(true, Ordering::SeqCst);
    assert_eq!(
        registry.get_or_try_insert_with(&key("two"), || Ok(Guard::default())).err(),
        Some(Fault::Full)
    );
}

#[test]
fn an_entry_taken_out_leaves_room_and_can_still_be_used() {
    let registry = Registry::new("policies", 1);
    let held = insert(&registry, "one").unwrap();
    held.is_busy.store(true, Ordering::SeqCst);
    assert!(Arc::ptr_eq(&held, &registry.remove(&key("one")).unwrap()));
    assert!(registry.remove(&key("one")).is_none() && registry.is_empty());
    insert(&registry, "two").unwrap();
    assert!(!held.is_idle());
}

#[test]
fn none_at_all_is_one() {
    let registry = Registry::new("policies", 0);
    assert_eq!(registry.max(), 1);
    insert(&registry, "one").unwrap();
    assert_eq!(registry.len(), 1);
}

#[test]
fn threads_make_an_entry_once_and_never_too_many() {
    let registry = Registry::new("policies", 8);
    let made = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for round in 0..1_000_usize {
                    let make = || {
                        made.fetch_add(1, Ordering::SeqCst);
                        Guard::default()
                    };
                    registry.get_or_insert_with(&key(&(round % 8).to_string()), make).unwrap();
                    assert!(registry.len() <= 8);
                }
            });
        }
    });
    assert_eq!((made.load(Ordering::SeqCst), registry.evictions()), (8, 0));
}

#[test]
fn a_breaker_is_idle_while_it_is_closed_by_itself() {
    let clock = ManualClock::default();
    let breaker = Breaker::new("quotes", BreakerConfig::default(), clock.clone()).unwrap();
    for _ in 0..4 {
        breaker.try_acquire().unwrap().failure();
        assert!(breaker.is_idle(), "a few failures hold nothing back");
    }
    breaker.try_acquire().unwrap().failure();
    assert!(!breaker.is_idle(), "open");
    clock.advance(Duration::from_secs(60));
    let probe = breaker.try_acquire().unwrap();
    assert!(!breaker.is_idle(), "half-open");
    drop(probe);

    breaker.force_close();
    assert!(!breaker.is_idle(), "held");
    breaker.force_open();
    assert!(!breaker.is_idle());
    breaker.reset();
    assert!(breaker.is_idle());
}

#[test]
fn breakers_can_be_kept_in_it() {
    let registry = Registry::new("breakers", 1);
    let make = || Breaker::new("one", BreakerConfig::default(), ManualClock::default()).unwrap();
    let breaker = registry.get_or_insert_with(&key("one"), make).unwrap();
    breaker.force_open();
    assert!(registry.get_or_insert_with(&key("two"), make).is_err());
    breaker.reset();
    assert!(registry.get_or_insert_with(&key("two"), make).is_ok());
}
