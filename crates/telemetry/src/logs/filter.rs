//! What is logged: the chosen filter, and what no filter may hide.

#[cfg(test)]
mod tests;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Level, Metadata};
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::{EnvFilter, Registry};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Reads a filter: a level, or levels of parts such as `info,api=debug`.
///
/// # Errors
/// Words that say what is wrong and what would be right.
pub(super) fn read(text: &str) -> Result<EnvFilter, String> {
    let wrong =
        |why: &str| format!("log level {text:?}: {why}; write {}, or parts as in info,api=debug", words());
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    // The filter's own reader takes a mistyped level for the name of a module.
    let unknown = parts.iter().find(|part| !part.contains('[') && !is_level(level_of(part)));
    match unknown {
        Some(&"") => Err(wrong("there is a part without a word")),
        Some(part) => Err(wrong(&format!("{part:?} is no level"))),
        None => EnvFilter::try_new(parts.join(",")).map_err(|error| wrong(&error.to_string())),
    }
}

/// Behind the name of a part of the program, or alone.
fn level_of(part: &str) -> &str {
    part.rsplit_once('=').map_or(part, |(_, level)| level)
}

fn is_level(text: &str) -> bool {
    LEVELS.iter().any(|level| text.eq_ignore_ascii_case(level))
}

fn words() -> String {
    LEVELS.join(", ")
}

/// The chosen filter, but events of security and slow operations always pass, and so do spans down to INFO: a warning
/// names its request whatever the level is.
pub(super) struct Gate(EnvFilter);

impl Gate {
    pub(super) const fn new(chosen: EnvFilter) -> Self {
        Self(chosen)
    }

    fn inner(&self) -> &dyn Filter<Registry> {
        &self.0
    }
}

/// More verbose levels are greater.
fn passes_always(metadata: &Metadata<'_>) -> bool {
    let is_watched = matches!(metadata.target(), crate::security::TARGET | crate::slow::TARGET);
    *metadata.level() <= Level::INFO && (metadata.is_span() || is_watched)
}

impl Filter<Registry> for Gate {
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, Registry>) -> bool {
        passes_always(metadata) || self.inner().enabled(metadata, context)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        // The chosen filter must see every place once, for its rules about spans.
        let chosen = self.inner().callsite_enabled(metadata);
        if passes_always(metadata) { Interest::always() } else { chosen }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner().max_level_hint().map(|level| level.max(LevelFilter::INFO))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, Registry>) {
        self.inner().on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, Registry>) {
        self.inner().on_record(id, values, context);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, Registry>) {
        self.inner().on_enter(id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, Registry>) {
        self.inner().on_exit(id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, Registry>) {
        self.inner().on_close(id, context);
    }
}
