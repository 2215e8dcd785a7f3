//! The walk over a document: every key is looked up in the table of settings.

use serde_json::Value;

use super::{Assigned, Assignment, lay, value_at};
use crate::config::fault::Fault;
use crate::config::kind::{Kind, Unit, Wrong};
use crate::config::path;
use crate::config::place::Place;
use crate::config::settings::{Found, Setting, find, holds_names, needed_below, rest_of, settings};
use crate::config::suggest::nearest;
use crate::config::yaml::{Content, Entry, Node};

/// Keys of a section that a message lists at most.
const LISTED_MAX: usize = 12;

/// What a document sets, and what is wrong with it.
#[derive(Debug)]
pub(in crate::config) struct Document<'a> {
    /// For mends that name the default.
    defaults: &'a Value,
    pub(in crate::config) assignments: Vec<Assignment>,
    pub(in crate::config) faults: Vec<Fault>,
    /// The settings that the faults are about, by their own paths.
    pub(in crate::config) faulty: Vec<String>,
}

impl<'a> Document<'a> {
    pub(in crate::config) const fn new(defaults: &'a Value) -> Self {
        Self { defaults, assignments: Vec::new(), faults: Vec::new(), faulty: Vec::new() }
    }

    /// Takes what stands at `path`; the empty path is the whole document.
    pub(in crate::config) fn take(&mut self, path: &str, node: &Node) {
        match find(path) {
            Found::Setting(setting, unit) => self.take_setting(path, path, setting, unit, node),
            Found::Section => self.take_section(path, node),
            Found::Unknown => self.refuse_unknown(path, &node.place),
        }
    }

    /// Takes a setting's value; `given_as` is what the place calls it.
    pub(in crate::config) fn take_setting(
        &mut self,
        path: &str,
        given_as: &str,
        setting: &'static Setting,
        unit: Unit,
        node: &Node,
    ) {
        let own = setting.own_path(path);
        let read = match (setting.kind, &node.content) {
            (Kind::Records, Content::List(items)) => match self.take_list(path, items) {
                Some(list) => Ok(list),
                None => return self.faulty.push(own),
            },
            (kind, content) => kind.read(content, unit),
        };
        match read {
            Ok(value) => {
                let mut inside = Vec::new();
                if matches!(setting.kind, Kind::Foreign) {
                    self.look_inside(&own, node, &mut inside);
                }
                let assignment = Assignment::new(&own, &node.place, Assigned::Value(value));
                self.assignments.push(Assignment { given_as: given_as.to_owned(), inside, ..assignment });
            }
            Err(wrong) => {
                let fault = self.describe(&own, path, setting, unit, &node.place, wrong);
                self.faults.push(fault);
                self.faulty.push(own);
            }
        }
    }

    fn describe(
        &self,
        own: &str,
        written: &str,
        setting: &Setting,
        unit: Unit,
        place: &Place,
        wrong: Wrong,
    ) -> Fault {
        let usual = value_at(self.defaults, own).filter(|_| unit == Unit::Own && !setting.kind.is_secret());
        let mend = wrong.mend.unwrap_or_else(|| match usual.map(|value| setting.kind.shown(value)) {
            Some(text) if !text.is_empty() && !setting.is_repeated() => {
                format!("set it to {text}, the default, or remove it")
            }
            _ => "set it to what is allowed, or remove it".to_owned(),
        });
        Fault::new(place, written, wrong.what).allowing(wrong.allowed).mended_by(mend)
    }

    fn take_section(&mut self, path: &str, node: &Node) {
        let is_entry = path.rsplit_once('.').is_some_and(|(parent, _)| holds_names(parent));
        if is_entry {
            self.assignments.push(Assignment::new(path, &node.place, Assigned::Entry));
        }
        match &node.content {
            // A section of which every line is a comment.
            Content::Null => {}
            Content::Mapping(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.take_entry(path, &entries[..index], entry);
                }
            }
            _ => {
                let what = if path.is_empty() {
                    "the document cannot be a single value or a list"
                } else {
                    "cannot be a single value or a list"
                };
                let fault = Fault::new(&node.place, path, what)
                    .allowing("a mapping of settings to values")
                    .mended_by(format!("write one of its settings below it: {}", some_of(&keys_below(path))));
                self.faults.push(fault);
            }
        }
    }

    fn take_entry(&mut self, section: &str, before: &[Entry], entry: &Entry) {
        let is_named_freely = holds_names(section);
        let path =
            if is_named_freely { path::below(section, &entry.key) } else { joined(section, &entry.key) };
        if self.is_double(&path, before, entry) {
            return;
        }
        if is_named_freely && !is_name(&entry.key) {
            let fault = Fault::new(&entry.place, &path, "has a name that cannot be used")
                .allowing("1 to 80 letters, digits, - _ : . and *")
                .mended_by("choose another name");
            self.faults.push(fault);
        } else if matches!(find(&path), Found::Unknown) {
            self.refuse_unknown(&path, &entry.place);
        } else if entry.key.contains('.') && !is_named_freely {
            let mend = format!(
                "write `{}` on lines of their own, each further in",
                entry.key.replace('.', ":` and `")
            );
            self.faults.push(Fault::new(&entry.place, &path, "is written with dots").mended_by(mend));
        } else {
            self.take(&path, &entry.node);
        }
    }

    fn is_double(&mut self, path: &str, before: &[Entry], entry: &Entry) -> bool {
        let first = before.iter().find(|earlier| earlier.key == entry.key);
        if let Some(first) = first {
            let what = format!("is given twice: first at {}", first.place);
            self.faults.push(Fault::new(&entry.place, path, what).mended_by("remove one of the two"));
        }
        first.is_some()
    }

    /// Notes the places of what another part of the program will read.
    fn look_inside(&mut self, path: &str, node: &Node, inside: &mut Vec<(String, Place)>) {
        let Content::Mapping(entries) = &node.content else { return };
        for (index, entry) in entries.iter().enumerate() {
            let path = joined(path, &entry.key);
            self.is_double(&path, &entries[..index], entry);
            inside.push((path.clone(), entry.node.place.clone()));
            self.look_inside(&path, &entry.node, inside);
        }
    }

    /// The list as one value; `None` if an element is at fault.
    fn take_list(&mut self, path: &str, items: &[Node]) -> Option<Value> {
        let known = self.faults.len();
        let elements = items.iter().enumerate();
        let list =
            elements.map(|(index, node)| self.take_element(&format!("{path}.{index}"), node)).collect();
        (self.faults.len() == known).then_some(list)
    }

    fn take_element(&mut self, at: &str, node: &Node) -> Value {
        let mut inner = Document::new(self.defaults);
        inner.take(at, node);
        let prefix = format!("{at}.");
        let has = |field: &&str| {
            let path = format!("{prefix}{field}");
            inner.assignments.iter().any(|known| known.path == path) || inner.faulty.contains(&path)
        };
        if matches!(node.content, Content::Mapping(_)) {
            let missing = needed_below(at).filter(|field| !has(field));
            self.faults.extend(missing.map(|field| lacks(&node.place, at, field)));
        }
        self.faults.extend(inner.faults);
        let mut value = Value::Object(serde_json::Map::new());
        for mut assignment in inner.assignments {
            assignment.path = assignment.path.strip_prefix(&prefix).unwrap_or_default().to_owned();
            lay(&mut value, &assignment);
        }
        value
    }

    pub(in crate::config) fn refuse_unknown(&mut self, path: &str, place: &Place) {
        let fault = Fault::new(place, path, "is no setting");
        let mend = match similar(path) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "remove it; `bellwether config env` lists every setting".to_owned(),
        };
        self.faults.push(fault.mended_by(mend));
    }
}

/// An entry or element that is not whole.
pub(in crate::config) fn lacks(place: &Place, at: &str, field: &str) -> Fault {
    Fault::new(place, at, format!("has no `{field}`")).mended_by(format!("add `{field}` to it"))
}

/// A known path like this one: beside it, by its last word elsewhere, or anywhere.
fn similar(path: &str) -> Option<String> {
    let (section, last) = path.rsplit_once('.').unwrap_or(("", path));
    let beside = keys_below(section);
    if let Some(key) = nearest(last, beside.iter().copied()) {
        return Some(if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") });
    }
    let known = || settings().flat_map(Setting::paths).map(|(path, _)| path);
    known()
        .find(|path| path.rsplit('.').next() == Some(last))
        .or_else(|| nearest(path, known()))
        .map(str::to_owned)
}

/// The keys that a section may have.
fn keys_below(section: &str) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for (path, _) in settings().flat_map(Setting::paths) {
        let key = rest_of(path, section).flatten().and_then(|rest| rest.split('.').next());
        keys.extend(key.filter(|key| *key != "<name>" && !keys.contains(key)));
    }
    keys
}

fn joined(section: &str, key: &str) -> String {
    if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") }
}

fn some_of(keys: &[&str]) -> String {
    let listed = keys.iter().take(LISTED_MAX).copied().collect::<Vec<_>>().join(", ");
    if keys.len() > LISTED_MAX { format!("{listed} …") } else { listed }
}

fn is_name(key: &str) -> bool {
    (1..=80).contains(&key.len())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.' | b'*'))
}
