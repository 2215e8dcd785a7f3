//! The few things the rules want from a Cargo.toml: the package's name and its dependencies.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of the crate itself or of its build script.
    Normal,
    Dev,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) line: usize,
}

pub(super) fn package_name(manifest: &str) -> Option<&str> {
    let lines = manifest.lines().map(str::trim).skip_while(|line| *line != "[package]").skip(1);
    let mut fields = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
    let (_, value) = fields.find(|(key, _)| key.trim() == "name")?;
    Some(unquoted(value))
}

pub(super) fn dependencies(manifest: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    let mut section = None;
    for (line, text) in (1..).zip(manifest.lines().map(str::trim)) {
        if let Some(title) = text.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = kind_of(title);
            found.extend(in_title(title).map(|(kind, name)| Dependency { name, kind, line }));
        } else if let (Some(kind), Some(name)) = (section, name_in(text)) {
            found.push(Dependency { name, kind, line });
        }
    }
    found
}

/// `[dependencies]`, `[dev-dependencies]`, `[build-dependencies]`, `[target.….dependencies]`.
fn kind_of(title: &str) -> Option<Kind> {
    match title.rsplit('.').next()?.trim() {
        "dependencies" | "build-dependencies" => Some(Kind::Normal),
        "dev-dependencies" => Some(Kind::Dev),
        _ => None,
    }
}

/// `[dependencies.name]`.
fn in_title(title: &str) -> Option<(Kind, String)> {
    let (section, name) = title.rsplit_once('.')?;
    Some((kind_of(section)?, unquoted(name).into()))
}

/// `name.workspace = true`, `name = "1"`, `alias = { package = "name", … }`.
fn name_in(line: &str) -> Option<String> {
    let (key, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
    let renamed = value.split_once("package").and_then(|(_, rest)| rest.split('"').nth(1));
    let key = unquoted(key.split('.').next().unwrap_or(key));
    Some(renamed.unwrap_or(key).into())
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}
