//! Which crate may name which: the arrows of ARCHITECTURE.md, and the rule that holds them.

use super::Finding;
use super::manifest::{self, Dependency, Kind};
use super::tree::Source;

const ALL: &str = "*";

/// A crate and the crates of this workspace it may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    // pure
    ("domain", &[]),
    ("market", &["domain"]),
    ("risk", &["domain"]),
    ("portfolio", &["domain"]),
    ("engine", &["domain", "risk", "portfolio"]),
    // knows no trading word
    ("resilience", &[]),
    ("chaos", &[]),
    // the program's ways out, and what it tells of itself
    ("outbound", &["resilience"]),
    ("secrets", &["outbound", "resilience"]),
    ("telemetry", &["resilience"]),
    ("alerts", &["outbound", "resilience", "secrets"]),
    // finds test data: no crate but the tops may need it outside its tests
    ("recordings", &[]),
    // starts servers for tests: likewise
    ("servers", &[]),
    // plugs
    ("strategy", &["engine", "domain", "market"]),
    ("sim", &["engine", "domain", "market"]),
    // a snapshot that no stream carries is fetched over the one HTTP client
    ("venues", &["engine", "domain", "market", "outbound", "resilience"]),
    ("pipeline", &["domain", "market", "resilience"]),
    ("bus", &["engine", "domain", "resilience"]),
    ("store", &["engine", "domain", "resilience"]),
    // tops
    ("research", &["sim", "strategy", "engine", "store", "domain", "market", "portfolio", "risk"]),
    ("api", &["engine", "store", "domain", "resilience"]),
    ("bellwether", &[ALL]),
    ("bench", &[ALL]),
];

/// The crates that do no I/O, read no clock and roll no dice.
pub(super) const PURE: &[&str] = &["domain", "market", "risk", "portfolio", "engine"];

/// What the pure crates may not even use in their tests.
const IO: &[&str] = &[
    "venues",
    "resilience",
    "chaos",
    "outbound",
    "secrets",
    "servers",
    "telemetry",
    "alerts",
    "pipeline",
    "bus",
    "store",
    "research",
    "api",
    "bellwether",
    "bench",
];

const RULE: &str = "arrow";

pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let crates: Vec<(&str, &Source)> =
        sources.iter().filter_map(|source| Some((folder(&source.path)?, source))).collect();
    let names: Vec<&str> = crates.iter().map(|(name, _)| *name).collect();
    crates.iter().flat_map(|(name, source)| check_crate(name, source, &names)).collect()
}

/// The folder of a crate's manifest, which is the crate's name.
fn folder(path: &str) -> Option<&str> {
    let name = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!name.contains('/')).then_some(name)
}

fn check_crate(name: &str, source: &Source, names: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if manifest::package_name(&source.text) != Some(name) {
        findings.push(Finding::line(
            &source.path,
            1,
            RULE,
            format!("name the package `{name}`, like its folder"),
        ));
    }
    let Some((_, targets)) = ARROWS.iter().find(|(krate, _)| *krate == name) else {
        let message = format!("`{name}` has no arrows: add it to arrows.rs");
        findings.push(Finding::line(&source.path, 1, RULE, message));
        return findings;
    };
    let ours =
        manifest::dependencies(&source.text).into_iter().filter(|dep| names.contains(&dep.name.as_str()));
    findings.extend(ours.filter_map(|dep| check_arrow(name, targets, source, &dep)));
    findings
}

fn check_arrow(from: &str, targets: &[&str], source: &Source, to: &Dependency) -> Option<Finding> {
    let name = to.name.as_str();
    let (allowed, advice) = match to.kind {
        Kind::Normal => (targets.contains(&ALL) || targets.contains(&name), "let the top crate join the two"),
        Kind::Dev => (!(PURE.contains(&from) && IO.contains(&name)), "a pure crate is tested without I/O"),
    };
    let message =
        format!("`{from}` may not depend on `{name}`: {advice}, or change ARCHITECTURE.md and arrows.rs");
    (!allowed).then(|| Finding::line(&source.path, to.line, RULE, message))
}
