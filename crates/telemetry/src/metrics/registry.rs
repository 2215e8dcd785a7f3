#[cfg(test)]
mod tests;

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::catalogue::{self, Kind, Row};
use super::cells::{Cell, HistogramCell};
use super::labels::{Labels, OTHER, metric_name};
use crate::redact::Redactor;

/// Counter, label `metric`: series that were refused, because there were too many of their name or because the name
/// is of another kind.
pub const SERIES_REFUSED: &str = "metrics_series_refused_total";
/// Counter: values that are no numbers.
pub const VALUES_REFUSED: &str = "metrics_values_refused_total";

/// How many names there may be.
const FAMILIES_MAX: usize = 1_000;
/// How many series a name has that is not in the catalogue.
const SERIES_MAX: usize = 200;
const SHARDS: usize = 16;

type Shard = RwLock<HashMap<Key, Cell, BuildHasherDefault<DefaultHasher>>>;

/// All series, found fast by key and listed by name.
pub(super) struct Registry {
    shards: [Shard; SHARDS],
    families: Mutex<Families>,
    redactor: Redactor,
    values_refused: Arc<AtomicU64>,
}

pub(super) type Families = BTreeMap<String, Family>;

/// All series of a name.
pub(super) struct Family {
    pub(super) kind: Kind,
    pub(super) about: String,
    /// What the catalogue says of it.
    pub(super) row: Option<&'static Row>,
    pub(super) series: BTreeMap<Labels, Cell>,
}

impl Family {
    fn new(kind: Kind, row: Option<&'static Row>) -> Self {
        let about = row.map_or_else(String::new, |row| row.about.to_owned());
        Self { kind, about, row, series: BTreeMap::new() }
    }

    fn series_max(&self) -> usize {
        self.row.map_or(SERIES_MAX, |row| row.series_max)
    }
}

impl Registry {
    /// Every name of the catalogue, and of those that count from the start each series at zero.
    pub(super) fn new(redactor: Redactor) -> Self {
        let registry = Self {
            shards: std::array::from_fn(|_| Shard::default()),
            families: Mutex::default(),
            redactor,
            values_refused: Arc::default(),
        };
        let mut families = registry.families();
        for row in catalogue::catalogue() {
            families.insert(row.name.to_owned(), Family::new(row.kind, Some(row)));
        }
        let refused = Cell::Count(Arc::clone(&registry.values_refused));
        registry.put(&mut families, VALUES_REFUSED, Labels::default(), refused);
        for row in catalogue::catalogue() {
            for labels in row.first_labels() {
                registry.cell(&mut families, row.name, row.kind, Labels::of(&labels));
            }
        }
        drop(families);
        registry
    }

    pub(super) fn families(&self) -> MutexGuard<'_, Families> {
        self.families.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets a figure of our own, of a gauge or of a counter that has fractions.
    pub(super) fn set(&self, name: &'static str, labels: &[(&str, &str)], figure: f64) {
        let mut families = self.families();
        let bits = figure.to_bits();
        let labels = Labels::of(labels);
        match families.get(name).and_then(|family| family.series.get(&labels)) {
            Some(Cell::Figure(cell)) => cell.store(bits, Ordering::Relaxed),
            _ => self.put(&mut families, name, labels, Cell::Figure(Arc::new(AtomicU64::new(bits)))),
        }
    }

    fn put(&self, families: &mut Families, name: &str, labels: Labels, cell: Cell) {
        if let Some(family) = families.get_mut(name) {
            family.series.insert(labels, cell);
        }
    }

    /// The cell of the key, if it may have one.
    fn find(&self, key: &Key, kind: Kind) -> Option<Cell> {
        let shard = &self.shards[usize::try_from(key.get_hash() % SHARDS as u64).unwrap_or_default()];
        let known = shard.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(cell) = known.filter(|cell| cell.is_of(kind)) {
            return Some(cell);
        }
        let labels = Labels::of_key(key, &self.redactor);
        let is_exact = labels.is_exactly(key);
        let mut families = self.families();
        let (cell, is_other) = self.cell(&mut families, &metric_name(key.name()), kind, labels)?;
        drop(families);
        // What shares a series is looked up each time, or the keys would be as many as the series may not be.
        if is_exact && !is_other {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.insert(key.to_retained(), cell.clone());
        }
        Some(cell)
    }

    /// The cell of these labels, made if need be, and whether it is shared by those that are too many.
    fn cell(&self, families: &mut Families, name: &str, kind: Kind, labels: Labels) -> Option<(Cell, bool)> {
        if !families.contains_key(name) && families.len() >= FAMILIES_MAX {
            self.refuse(families, OTHER);
            return None;
        }
        let family = families.entry(name.to_owned()).or_insert_with(|| Family::new(kind, None));
        if family.kind != kind {
            self.refuse(families, name);
            return None;
        }
        if let Some(cell) = family.series.get(&labels).filter(|cell| cell.is_of(kind)) {
            return Some((cell.clone(), false));
        }
        // One of them is for all others.
        let is_other = family.series.len() + 1 >= family.series_max() && !labels.is_empty();
        let labels = if is_other { labels.others() } else { labels };
        let bounds = family.row.map_or(catalogue::SECONDS, |row| row.buckets);
        let new = || self.new_cell(kind, bounds);
        let cell = family.series.entry(labels).or_insert_with(new).clone();
        if is_other || !cell.is_of(kind) {
            self.refuse(families, name);
        }
        cell.is_of(kind).then_some((cell, is_other))
    }

    fn new_cell(&self, kind: Kind, bounds: &'static [f64]) -> Cell {
        match kind {
            Kind::Counter => Cell::Count(Arc::default()),
            Kind::Gauge => Cell::Figure(Arc::default()),
            Kind::Histogram => {
                Cell::Histogram(Arc::new(HistogramCell::new(bounds, Arc::clone(&self.values_refused))))
            }
        }
    }

    fn refuse(&self, families: &mut Families, name: &str) {
        let labels = Labels::of(&[("metric", name)]);
        let family = families
            .entry(SERIES_REFUSED.to_owned())
            .or_insert_with(|| Family::new(Kind::Counter, catalogue::find(SERIES_REFUSED)));
        let is_new = !family.series.contains_key(&labels);
        let is_full = family.series.len() + 1 >= family.series_max();
        let labels = if is_new && is_full { labels.others() } else { labels };
        let cell = family.series.entry(labels).or_insert_with(|| Cell::Count(Arc::default()));
        if let Cell::Count(count) = cell {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn describe(&self, name: &KeyName, kind: Kind, about: &SharedString) {
        let mut families = self.families();
        let name = metric_name(name.as_str());
        if families.contains_key(&name) || families.len() < FAMILIES_MAX {
            let family = families.entry(name).or_insert_with(|| Family::new(kind, None));
            // What the catalogue says of a name counts.
            if family.row.is_none() {
                family.about = about.to_string();
            }
        }
    }
}

impl Cell {
    const fn is_of(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Count(_), Kind::Counter)
                | (Self::Figure(_), Kind::Gauge)
                | (Self::Histogram(_), Kind::Histogram)
        )
    }
}

/// A name that may not be counted under gets a handle that does nothing; that it was refused is counted.
impl Recorder for Registry {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, about: SharedString) {
        self.describe(&name, Kind::Counter, &about);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, about: SharedString) {
        self.describe(&name, Kind::Gauge, &about);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, about: SharedString) {
        self.describe(&name, Kind::Histogram, &about);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match self.find(key, Kind::Counter) {
            Some(Cell::Count(cell)) => Counter::from_arc(cell),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match self.find(key, Kind::Gauge) {
            Some(Cell::Figure(cell)) => Gauge::from_arc(cell),
            _ => Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match self.find(key, Kind::Histogram) {
            Some(Cell::Histogram(cell)) => Histogram::from_arc(cell),
            _ => Histogram::noop(),
        }
    }
}
