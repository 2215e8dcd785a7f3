//! One layer after the other: what each sets, where, and what is wrong with it.

mod document;

use serde_json::{Map, Value};

use super::fault::Fault;
use super::path;
use super::place::Place;

pub(super) use document::{Document, lacks};

/// One setting as one layer has it.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    /// The setting's own path.
    pub(super) path: String,
    /// What was written there: the path, another name of it, or a variable.
    pub(super) given_as: String,
    pub(super) place: Place,
    pub(super) value: Assigned,
    /// The places of what is inside a value that is a mapping or a list.
    pub(super) inside: Vec<(String, Place)>,
}

impl Assignment {
    pub(super) fn new(path: &str, place: &Place, value: Assigned) -> Self {
        Self {
            path: path.to_owned(),
            given_as: path.to_owned(),
            place: place.clone(),
            value,
            inside: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Assigned {
    Value(Value),
    /// A named entry is there, whatever is in it.
    Entry,
}

/// Two names of one setting must not disagree within a layer: nobody could say which one is meant.
pub(super) fn contradictions(layer: &[Assignment]) -> Vec<Fault> {
    let clash = |(index, later): (usize, &Assignment)| {
        let earlier = layer[..index].iter().find(|earlier| {
            earlier.path == later.path && earlier.given_as != later.given_as && earlier.value != later.value
        })?;
        let what = format!("says something else than `{}` ({})", earlier.given_as, earlier.place);
        Some(
            Fault::new(&later.place, &later.given_as, what)
                .allowing(format!("one value, because both set `{}`", later.path))
                .mended_by("remove one of the two"),
        )
    };
    layer.iter().enumerate().filter_map(clash).collect()
}

/// Lays the assignment over what is there.
pub(super) fn lay(target: &mut Value, assignment: &Assignment) {
    let mut slot = target;
    for key in assignment.path.split('.') {
        if !slot.is_object() {
            *slot = Value::Object(Map::new());
        }
        let Some(map) = slot.as_object_mut() else { return };
        slot = map.entry(path::written(key)).or_insert(Value::Null);
    }
    match &assignment.value {
        Assigned::Value(value) => *slot = value.clone(),
        Assigned::Entry if slot.is_object() => {}
        Assigned::Entry => *slot = Value::Object(Map::new()),
    }
}

/// The value at `a.b.c`.
pub(super) fn value_at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(path::written(key)),
    })
}
