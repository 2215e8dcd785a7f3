//! Who depends on whom: no cycles, an order, and root causes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::component::Component;
use super::roster::{Cause, Entry};
use super::status::Status;

/// Root causes that are named for one component.
const CAUSES_MAX: usize = 8;

pub(super) type Entries = BTreeMap<Arc<str>, Entry>;

/// The way from the component back to itself, if taking it in would make one.
pub(super) fn cycle(entries: &Entries, component: &Component) -> Option<Vec<String>> {
    let mut came_from = BTreeMap::<&str, &str>::new();
    let mut next = VecDeque::from([component.name.as_str()]);
    while let Some(name) = next.pop_front() {
        let depends_on = match entries.get(name) {
            _ if name == component.name => &component.depends_on,
            Some(entry) => &entry.component.depends_on,
            None => continue,
        };
        if depends_on.contains(&component.name) {
            return Some(way(&came_from, &component.name, name));
        }
        for dependency in depends_on {
            came_from.entry(dependency.as_str()).or_insert_with(|| {
                next.push_back(dependency);
                name
            });
        }
    }
    None
}

fn way(came_from: &BTreeMap<&str, &str>, start: &str, last: &str) -> Vec<String> {
    let mut way = vec![start.to_owned(), last.to_owned()];
    let mut at = last;
    while at != start
        && let Some(before) = came_from.get(at)
    {
        way.push((*before).to_owned());
        at = before;
    }
    way.reverse();
    way
}

/// Every name after those it depends on.
pub(super) fn order(entries: &Entries) -> Vec<Arc<str>> {
    let (mut seen, mut order) = (BTreeSet::new(), Vec::with_capacity(entries.len()));
    for root in entries.keys() {
        let mut open = vec![(root, false)];
        while let Some((name, is_done)) = open.pop() {
            if is_done {
                order.push(Arc::clone(name));
            } else if seen.insert(name) {
                open.push((name, true));
                open.extend(dependencies(entries, name).map(|name| (name, false)));
            }
        }
    }
    order
}

fn dependencies<'a>(entries: &'a Entries, name: &str) -> impl Iterator<Item = &'a Arc<str>> {
    let names = entries.get(name).map(|entry| entry.component.depends_on.iter()).into_iter().flatten();
    names.filter_map(|name| entries.get_key_value(name.as_str()).map(|(name, _)| name))
}

/// The components below this one that are unhealthy, or not registered, while nothing below them is: at most eight.
/// Those below must have theirs already.
pub(super) fn causes(entries: &Entries, component: &Component) -> Vec<Cause> {
    let mut causes = Vec::new();
    for name in &component.depends_on {
        match entries.get(name.as_str()) {
            None => causes.push(Cause { name: name.clone(), is_registered: false }),
            Some(entry) if !entry.causes.is_empty() => causes.extend_from_slice(&entry.causes),
            Some(entry) if entry.standing.status == Status::Unhealthy => {
                causes.push(Cause { name: name.clone(), is_registered: true });
            }
            Some(_) => {}
        }
    }
    causes.sort_unstable();
    causes.dedup();
    causes.truncate(CAUSES_MAX);
    causes
}

/// What is unwell, most important first: a root cause weighs as much as its heaviest consequence and comes before it.
pub(super) fn unwell(entries: &Entries) -> Vec<&Entry> {
    let mut weights = BTreeMap::new();
    for entry in entries.values() {
        let names = entry.causes.iter().map(|cause| cause.name.as_str());
        for name in names.chain([entry.component.name.as_str()]) {
            let weight = weights.entry(name).or_insert(Status::Healthy);
            *weight = entry.weight().max(*weight);
        }
    }
    let rank = |entry: &Entry| {
        let weight = weights.get(entry.component.name.as_str()).copied();
        Reverse((weight, entry.causes.is_empty(), entry.standing.status))
    };
    let mut unwell: Vec<_> = entries.values().filter(|entry| entry.weight() != Status::Healthy).collect();
    unwell.sort_by_key(|entry| rank(entry));
    unwell
}
