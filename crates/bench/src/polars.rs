//! Polars as a baseline: a Python process that groups the same ticks whenever it is asked. It is not ours and not
//! linked; where no Python has it, what needs it is skipped, loudly.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use domain::Trade;

const SCRIPT: &str = include_str!("polars.py");

/// Where Python with Polars is, when it is not the one on the path.
const PYTHON: &str = "BELLWETHER_PYTHON";

pub(crate) struct Polars {
    process: Child,
    asking: ChildStdin,
    answers: BufReader<ChildStdout>,
    ticks: PathBuf,
    /// Its version, threads and way of grouping.
    pub(crate) what: String,
}

/// What identifies a run of bars: how many, and the sums of closes, volumes and trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct BarSum {
    pub(crate) bars: i64,
    pub(crate) closes: i64,
    pub(crate) volume: i64,
    pub(crate) trades: i64,
}

impl Polars {
    /// `None` when no Python has Polars.
    pub(crate) fn start(ticks: &[Trade]) -> Result<Option<Self>> {
        let python = std::env::var(PYTHON).unwrap_or_else(|_| "python3".to_owned());
        let has_it = Command::new(&python).args(["-c", "import polars"]).stderr(Stdio::null()).status();
        if !has_it.is_ok_and(|status| status.success()) {
            eprintln!(
                "SKIPPED: bars against Polars: `{python}` has no polars; `pip install polars`, or name a Python that \
                 has it in {PYTHON}"
            );
            return Ok(None);
        }
        let path = std::env::temp_dir().join(format!("bellwether-bench-ticks-{}.csv", std::process::id()));
        write(ticks, &path).with_context(|| format!("writing {}", path.display()))?;
        let mut process = Command::new(&python)
            .args(["-c", SCRIPT])
            .arg(&path)
            .env("POLARS_MAX_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting Python")?;
        let (Some(asking), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
            bail!("Python has no pipes");
        };
        let answers = BufReader::new(answers);
        let mut polars = Self { process, asking, answers, ticks: path, what: String::new() };
        let ready = polars.line()?;
        let what = ready.strip_prefix("ready ").with_context(|| format!("Python said `{ready}`"))?;
        let words: Vec<&str> = what.split(' ').collect();
        let [version, threads, way] = words[..] else { bail!("Python said `{ready}`") };
        ensure!(threads == "1", "Polars runs on {threads} threads");
        polars.what = format!("Polars {version}, one thread, {way}");
        Ok(Some(polars))
    }

    /// Groups all ticks once more.
    pub(crate) fn group(&mut self) -> Result<BarSum> {
        self.asking.write_all(b"go\n")?;
        let line = self.line()?;
        let numbers: Vec<i64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [bars, closes, volume, trades] = numbers[..] else { bail!("Python said `{line}`") };
        Ok(BarSum { bars, closes, volume, trades })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.answers.read_line(&mut line)? > 0, "Python ended: see what it said above");
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Polars {
    fn drop(&mut self) {
        // It ends by itself when its input does; a file that is left over does no harm.
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_file(&self.ticks));
    }
}

fn write(ticks: &[Trade], path: &std::path::Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "time,price,quantity")?;
    for tick in ticks {
        writeln!(file, "{},{},{}", tick.venue_time.nanos(), tick.price.raw(), tick.quantity.raw())?;
    }
    Ok(file.flush()?)
}
