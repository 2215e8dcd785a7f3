//! The environment: documented names, their `_FILE` forms, and `BELLWETHER__A__B` for any setting.

use std::collections::BTreeMap;
use std::path::Path;

use super::fault::Fault;
use super::file::text_of;
use super::kind::{Kind, Unit};
use super::layers::Document;
use super::place::Place;
use super::settings::{Found, NESTED_PREFIX, Setting, find, nested_variable, settings};
use super::suggest::nearest;
use super::watched::Stamped;
use super::yaml::{Content, Node, read_text};

/// Bytes of a file that a variable names.
const FILE_BYTES_MAX: u64 = 65_536;

/// Names that begin like these are taken for ours.
const OUR_PREFIXES: [&str; 5] = ["PIPELINE_", "DB_", "REDIS_", "RATE_LIMIT_", "AI_TRADER_"];

/// The variables of the process, or those of a test.
#[derive(Clone, Default)]
pub(crate) struct Environment {
    /// `None` for what is no text.
    variables: BTreeMap<String, Option<String>>,
}

impl Environment {
    pub(crate) fn of_process() -> Self {
        let variables = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.into_string().ok()));
        Self { variables: variables.collect() }
    }

    #[cfg(test)]
    pub(crate) fn of<const N: usize>(variables: [(&str, &str); N]) -> Self {
        let variables = variables.map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
        Self { variables: variables.into() }
    }

    /// An empty variable counts as not given: that is how compose files pass on what is not set.
    fn get(&self, name: &str) -> Option<Option<&str>> {
        self.variables.get(name).map(Option::as_deref).filter(|value| *value != Some(""))
    }
}

/// What the environment said beside the settings it set.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) warnings: Vec<String>,
    /// Settings whose value was read from a file and is taken as it is.
    pub(super) literal: Vec<String>,
    pub(super) files: Vec<Stamped>,
}

pub(super) fn read(environment: &Environment, document: &mut Document<'_>) -> Heard {
    let mut heard = Heard::default();
    for setting in settings() {
        for name in setting.variables {
            read_documented(environment, setting, name, document, &mut heard);
        }
    }
    for (name, value) in &environment.variables {
        if name.starts_with(NESTED_PREFIX) {
            read_nested(name, value.as_deref(), document);
        }
    }
    let ours = environment.variables.iter().filter(|(name, value)| !is_service_link(name, value.as_deref()));
    heard.warnings = ours.filter_map(|(name, _)| warn_of(name)).collect();
    heard
}

fn read_documented(
    environment: &Environment,
    setting: &'static Setting,
    name: &str,
    document: &mut Document<'_>,
    heard: &mut Heard,
) {
    let file_name = format!("{name}_FILE");
    let place = Place::Variable(name.to_owned());
    match (environment.get(name), environment.get(&file_name)) {
        (None, None) => {}
        (Some(_), Some(_)) => {
            let what = format!("is given as well as {file_name}");
            document.faults.push(Fault::new(&place, setting.path, what).mended_by("remove one of the two"));
            document.faulty.push(setting.path.to_owned());
        }
        (Some(Some(text)), None) => take_text(setting.path, name, setting, Unit::Own, text, &place, document),
        (None, Some(Some(path))) => {
            let place = Place::VariableFile { name: file_name.clone(), file: path.to_owned() };
            heard.files.push(Stamped::of(Path::new(path)));
            match read_file(Path::new(path)) {
                Ok(text) => {
                    heard.literal.push(setting.path.to_owned());
                    take_text(setting.path, &file_name, setting, Unit::Own, &text, &place, document);
                }
                Err(reason) => {
                    let fault = Fault::new(&place, setting.path, format!("cannot be read: {reason}"));
                    document.faults.push(fault.mended_by("mount the file, or name another"));
                    document.faulty.push(setting.path.to_owned());
                }
            }
        }
        (Some(None), None) | (None, Some(None)) => refuse_garbled(&place, setting.path, document),
    }
}

/// Without the line break that editors and `echo` leave at the end.
fn read_file(path: &Path) -> Result<String, String> {
    let text = text_of(path, FILE_BYTES_MAX)?.ok_or("there is no such file")?;
    Ok(text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(&text).to_owned())
}

fn read_nested(name: &str, value: Option<&str>, document: &mut Document<'_>) {
    let place = Place::Variable(name.to_owned());
    let path = name[NESTED_PREFIX.len()..].to_lowercase().replace("__", ".");
    match (find(&path), value) {
        (Found::Unknown, _) => document.faults.push(unknown(name, &place)),
        (_, None) => refuse_garbled(&place, &path, document),
        (_, Some(text)) => take_any(&path, name, text, &place, document),
    }
}

fn refuse_garbled(place: &Place, path: &str, document: &mut Document<'_>) {
    let fault = Fault::new(place, path, "is no UTF-8 text");
    document.faults.push(fault.mended_by("write it in UTF-8"));
    document.faulty.push(path.to_owned());
}

fn unknown(name: &str, place: &Place) -> Fault {
    let known: Vec<String> = settings().map(|setting| nested_variable(setting.path)).collect();
    let mend = match nearest(name, known.iter().map(String::as_str)) {
        Some(known) => format!("did you mean {known}?"),
        None => "unset it; `bellwether config env` lists every variable".to_owned(),
    };
    Fault::new(place, "", "sets nothing: there is no such setting").mended_by(mend)
}

/// Takes text for any path: a setting's value, or YAML for a whole section.
pub(super) fn take_any(path: &str, given_as: &str, text: &str, place: &Place, document: &mut Document<'_>) {
    match find(path) {
        Found::Setting(setting, _) if setting.is_in_list() => {
            let fault = Fault::new(place, path, "is a field of a list, which can only be given whole");
            document.faults.push(fault.mended_by("give the whole list as JSON"));
        }
        Found::Setting(setting, unit) => take_text(path, given_as, setting, unit, text, place, document),
        Found::Section => match read_text(text, place) {
            Ok(node) => document.take(path, &node),
            Err(what) => document.faults.push(
                Fault::new(place, path, what)
                    .allowing("a mapping as JSON or YAML")
                    .mended_by("set its settings one by one"),
            ),
        },
        Found::Unknown => document.refuse_unknown(path, place),
    }
}

fn take_text(
    path: &str,
    given_as: &str,
    setting: &'static Setting,
    unit: Unit,
    text: &str,
    place: &Place,
    document: &mut Document<'_>,
) {
    let is_list = matches!(setting.kind, Kind::Texts(_)) && !text.trim_start().starts_with('[');
    let node = match setting.kind {
        Kind::Texts(_) if is_list => Ok(comma_list(text, place)),
        Kind::Texts(_) | Kind::Records | Kind::Foreign => read_text(text, place),
        kind => Ok(Node::new(kind.content_of(text), place.clone())),
    };
    // What cannot be read as a document is refused as the text it is.
    let node = node.unwrap_or_else(|_| Node::new(Content::Text(text.to_owned()), place.clone()));
    document.take_setting(path, given_as, setting, unit, &node);
}

fn comma_list(text: &str, place: &Place) -> Node {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let node = |item: &str| Node::new(Content::Text(item.to_owned()), place.clone());
    Node::new(Content::List(items.map(node).collect()), place.clone())
}

/// A name that looks like one of ours and is none.
fn warn_of(name: &str) -> Option<String> {
    let is_ours = OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let base = name.strip_suffix("_FILE").unwrap_or(name);
    let documented = || settings().flat_map(|setting| setting.variables.iter().copied());
    if !is_ours || documented().any(|known| known == base) {
        return None;
    }
    Some(match nearest(base, documented()) {
        Some(known) => format!("environment variable {name} sets nothing: did you mean {known}?"),
        None => format!("environment variable {name} sets nothing; `bellwether config env` lists what does"),
    })
}

/// Kubernetes tells every pod of services such as `redis` and `db` by variables of these names.
fn is_service_link(name: &str, value: Option<&str>) -> bool {
    let leads_somewhere =
        value.is_some_and(|value| value.starts_with("tcp://") || value.starts_with("udp://"));
    leads_somewhere
        || name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || ["_TCP_", "_UDP_"].iter().any(|protocol| name.contains(protocol))
}

#[cfg(test)]
mod tests;
