use std::sync::Arc;

use tracing::Level;

use super::Format;
use super::lane::{Lane, News};
use super::line::{Fields, Line, Value};
use super::show;
use super::stamp::{Calendar, Stamp};
use super::tail::Tail;
use crate::redact::Redactor;
use crate::{security, slow};

/// A text longer than this is shortened in the files as well.
const TEXT_MAX: usize = 16 * 1024;

/// Everywhere a line goes.
pub(super) struct Outlets {
    pub(super) redactor: Redactor,
    pub(super) voice: Arc<Voice>,
    pub(super) files: Option<FileLanes>,
    /// A line in a file is at most this long, in bytes.
    pub(super) line_max: usize,
}

/// What is heard at once: the console and the page.
pub(super) struct Voice {
    pub(super) calendar: Arc<dyn Calendar>,
    pub(super) console: Lane,
    pub(super) format: Format,
    pub(super) is_coloured: bool,
    pub(super) tail: Tail,
}

pub(super) struct FileLanes {
    pub(super) all: Lane,
    pub(super) error: Lane,
    pub(super) security: Lane,
    pub(super) slow: Lane,
}

impl Outlets {
    pub(super) fn now(&self) -> Stamp {
        self.voice.calendar.now()
    }

    /// Takes the secrets out of the line and sends it wherever it belongs.
    pub(super) fn write(&self, mut line: Line) {
        line.clean(&self.redactor);
        line.shorten(TEXT_MAX);
        if let Some(files) = &self.files {
            let text: Arc<str> = fitting_json(&mut line, self.line_max).into();
            files.lanes_for(&line).for_each(|lane| lane.push(&text));
        }
        self.voice.say(line);
    }

    pub(super) fn lanes(&self) -> impl Iterator<Item = &Lane> {
        let files =
            self.files.iter().flat_map(|files| [&files.all, &files.error, &files.security, &files.slow]);
        files.chain([&self.voice.console])
    }
}

impl FileLanes {
    fn lanes_for(&self, line: &Line) -> impl Iterator<Item = &Lane> {
        let error = (line.level == Level::ERROR).then_some(&self.error);
        let security = (line.target == security::TARGET).then_some(&self.security);
        let slow = (line.target == slow::TARGET).then_some(&self.slow);
        [Some(&self.all), error, security, slow].into_iter().flatten()
    }
}

impl Voice {
    fn say(&self, line: Line) {
        self.console.push(&self.shown(&line));
        self.tail.push(line);
    }

    fn shown(&self, line: &Line) -> Arc<str> {
        match self.format {
            Format::Json => show::json(line).into(),
            Format::Pretty => show::pretty(line, self.is_coloured).into(),
        }
    }

    /// Tells that a log cannot be written, or can again.
    pub(super) fn tell(&self, log: &'static str, file: &str, news: &News<'_>) {
        let (level, message) = match news {
            News::Fails(error) => (
                Level::ERROR,
                format!(
                    "{file} cannot be written: {error}; the program goes on, lines wait and then are dropped"
                ),
            ),
            News::Recovered { dropped } => {
                (Level::WARN, format!("{file} is written again; {dropped} lines were dropped"))
            }
        };
        let mut fields = Fields::default();
        fields.set("log", Value::Text(log.to_owned()));
        let line = Line { time: self.calendar.now(), level, target: "telemetry", message, fields };
        self.console.insist(&self.shown(&line));
        self.tail.push(line);
    }
}

/// The line as JSON that is not longer than `line_max`: first the texts are shortened, then the fields left out.
fn fitting_json(line: &mut Line, line_max: usize) -> String {
    let text = show::json(line);
    if text.len() <= line_max {
        return text;
    }
    // One byte becomes six at worst, and half the line is for names.
    let share = line_max / 12 / (line.fields.len() + 1);
    line.shorten(share);
    let text = show::json(line);
    if text.len() <= line_max {
        return text;
    }
    line.fields = Fields::default();
    line.fields.set("fields_left_out", Value::Flag(true));
    show::json(line)
}
