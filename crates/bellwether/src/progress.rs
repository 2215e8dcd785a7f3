//! Progress of long work: a bar on a terminal, a plain line now and then elsewhere, nothing under `--json`.

use std::io::IsTerminal;
use std::time::Duration;

use domain::{Span, Timestamp};
use engine::Clock;
use indicatif::{ProgressBar, ProgressStyle};

use crate::clock::SystemClock;

/// How far apart plain lines are.
const LINE_EVERY: Span = Span::from_seconds(5);

pub(crate) enum Progress {
    Bar(ProgressBar),
    Lines { what: String, total: u64, last: Timestamp },
    Silent,
}

/// Progress of work whose end is not known: a figure that grows.
pub(crate) enum Count {
    Spinner(ProgressBar),
    Lines { what: &'static str, count: u64, last: Timestamp },
    Silent,
}

impl Count {
    pub(crate) fn start(what: &'static str, silent: bool) -> Self {
        if silent {
            return Self::Silent;
        }
        if !std::io::stderr().is_terminal() {
            return Self::Lines { what, count: 0, last: SystemClock.now() };
        }
        let spinner = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{spinner} {human_pos} {msg}");
        spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        spinner.set_message(what);
        spinner.enable_steady_tick(Duration::from_millis(200));
        Self::Spinner(spinner)
    }

    pub(crate) fn add(&mut self, more: u64) {
        match self {
            Self::Spinner(spinner) => spinner.inc(more),
            Self::Lines { what, count, last } => {
                *count = count.saturating_add(more);
                let now = SystemClock.now();
                if now.since(*last) >= LINE_EVERY {
                    *last = now;
                    eprintln!("{count} {what}");
                }
            }
            Self::Silent => {}
        }
    }

    pub(crate) fn finish(&self) {
        if let Self::Spinner(spinner) = self {
            spinner.finish_and_clear();
        }
    }
}

impl Progress {
    /// `total` is in bytes of input.
    pub(crate) fn start(what: &str, total: u64, silent: bool) -> Self {
        if silent {
            return Self::Silent;
        }
        if !std::io::stderr().is_terminal() {
            return Self::Lines { what: what.to_owned(), total, last: SystemClock.now() };
        }
        let bar = ProgressBar::new(total);
        let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Self::Bar(bar)
    }

    pub(crate) fn at(&mut self, done: u64) {
        match self {
            Self::Bar(bar) => bar.set_position(done),
            Self::Lines { what, total, last } => {
                let now = SystemClock.now();
                if now.since(*last) >= LINE_EVERY {
                    *last = now;
                    eprintln!("{what}: {} %", done.saturating_mul(100) / (*total).max(1));
                }
            }
            Self::Silent => {}
        }
    }

    pub(crate) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
