//! The text that Prometheus reads, sorted by name and labels.

use std::fmt::{self, Display, Write};
use std::sync::atomic::Ordering;

use super::cells::{Cell, HistogramCell};
use super::labels::Labels;
use super::registry::{Families, Family};

pub(super) struct Rendered<'a>(pub(super) &'a Families);

impl Display for Rendered<'_> {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, family)| write_family(text, name, family))
    }
}

fn write_family(text: &mut impl Write, name: &str, family: &Family) -> fmt::Result {
    if !family.about.is_empty() {
        writeln!(text, "# HELP {name} {}", family.about.replace('\\', "\\\\").replace('\n', "\\n"))?;
    }
    writeln!(text, "# TYPE {name} {}", family.kind.code())?;
    for (labels, cell) in &family.series {
        match cell {
            Cell::Count(count) => write_line(text, name, labels, None, count.load(Ordering::Relaxed))?,
            Cell::Figure(bits) => {
                let figure = f64::from_bits(bits.load(Ordering::Relaxed));
                write_line(text, name, labels, None, Figure(figure))?;
            }
            Cell::Histogram(histogram) => write_histogram(text, name, labels, histogram)?,
        }
    }
    Ok(())
}

fn write_histogram(
    text: &mut impl Write,
    name: &str,
    labels: &Labels,
    histogram: &HistogramCell,
) -> fmt::Result {
    let recorded = histogram.recorded();
    let bucket = format!("{name}_bucket");
    for (bound, count) in &recorded.up_to {
        write_line(text, &bucket, labels, Some(("le", &bound.to_string())), count)?;
    }
    write_line(text, &bucket, labels, Some(("le", "+Inf")), recorded.count)?;
    write_line(text, &format!("{name}_sum"), labels, None, Figure(recorded.sum))?;
    write_line(text, &format!("{name}_count"), labels, None, recorded.count)
}

fn write_line(
    text: &mut impl Write,
    name: &str,
    labels: &Labels,
    also: Option<(&str, &str)>,
    value: impl Display,
) -> fmt::Result {
    text.write_str(name)?;
    let mut before = '{';
    for (label, value) in labels.iter().chain(also) {
        write!(text, "{before}{label}=\"{}\"", Escaped(value))?;
        before = ',';
    }
    if before == ',' {
        text.write_char('}')?;
    }
    writeln!(text, " {value}")
}

struct Escaped<'text>(&'text str);

impl Display for Escaped<'_> {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '\\' => text.write_str("\\\\"),
            '"' => text.write_str("\\\""),
            '\n' => text.write_str("\\n"),
            plain => text.write_char(plain),
        })
    }
}

/// A float as Prometheus writes it.
struct Figure(f64);

impl Display for Figure {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_infinite() {
            return text.write_str(if self.0 > 0.0 { "+Inf" } else { "-Inf" });
        }
        write!(text, "{}", self.0)
    }
}
