//! What the kernel tells of the process.

#[cfg(test)]
mod tests;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The kernel counts processor time and starting times in these, for programs, on every machine.
const TICKS_PER_SECOND: f64 = 100.0;

/// Reads `/proc`. Elsewhere than on Linux there is none, and nothing is read.
pub(super) struct Process {
    proc: PathBuf,
}

type Figures = Vec<(&'static str, f64)>;

impl Process {
    pub(super) fn own() -> Self {
        Self { proc: PathBuf::from("/proc") }
    }

    /// Metrics and their values. What cannot be read is left out.
    pub(super) fn figures(&self) -> Figures {
        let own = self.proc.join("self");
        let from_status = read(&own.join("status")).map(|text| of_status(&text));
        let from_stat = read(&own.join("stat")).and_then(|text| self.of_stat(&text));
        let open = fs::read_dir(own.join("fd")).map(|entries| entries.count());
        let most = read(&own.join("limits")).and_then(|text| of_limits(&text));
        let mut figures = from_status.unwrap_or_default();
        figures.extend(from_stat.unwrap_or_default());
        // Looking takes one itself.
        figures.extend(open.ok().map(|count| ("process_open_fds", as_figure(count.saturating_sub(1)))));
        figures.extend(most.map(|most| ("process_max_fds", most)));
        figures
    }

    fn of_stat(&self, text: &str) -> Option<Figures> {
        // The second field is the name, which may hold anything; the third is the first behind it.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |field: usize| Some(number(fields.get(field - 3)?)? / TICKS_PER_SECOND);
        let (user, system, started) = (ticks(14)?, ticks(15)?, ticks(22)?);
        let up = number(read(&self.proc.join("uptime"))?.split_whitespace().next()?)?;
        let stat = read(&self.proc.join("stat"))?;
        let booted = number(stat.lines().find_map(|line| line.strip_prefix("btime "))?)?;
        Some(vec![
            ("process_cpu_seconds_total", user + system),
            ("process_start_time_seconds", booted + started),
            ("process_uptime_seconds", (up - started).max(0.0)),
        ])
    }
}

fn read(path: &Path) -> Option<String> {
    let text: io::Result<String> = fs::read_to_string(path);
    text.ok()
}

fn of_status(text: &str) -> Figures {
    const WANTED: [(&str, &str, f64); 3] = [
        ("VmSize:", "process_virtual_memory_bytes", 1_024.0),
        ("VmRSS:", "process_resident_memory_bytes", 1_024.0),
        ("Threads:", "process_threads", 1.0),
    ];
    let figure = |line: &str| {
        let (_, name, unit) = WANTED.iter().find(|(title, _, _)| line.starts_with(title))?;
        Some((*name, number(line.split_whitespace().nth(1)?)? * unit))
    };
    text.lines().filter_map(figure).collect()
}

/// The soft limit, which is what counts.
fn of_limits(text: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    if soft == "unlimited" { Some(f64::INFINITY) } else { number(soft) }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

fn as_figure(count: usize) -> f64 {
    super::figure(u64::try_from(count).unwrap_or(u64::MAX))
}
