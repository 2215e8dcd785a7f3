use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::rolling::{LineWriter, Stopped};

/// Where people read along: standard error, or whatever stands for it. Clones share it.
#[derive(Clone)]
pub struct Console {
    to: Arc<Mutex<dyn Write + Send>>,
    is_coloured: bool,
}

impl Console {
    /// Standard error, coloured if it is a terminal and `NO_COLOR` is not set.
    #[must_use]
    pub fn stderr() -> Self {
        let is_coloured =
            io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|no| no.is_empty());
        Self { to: Arc::new(Mutex::new(io::stderr())), is_coloured }
    }

    /// Anything else, not coloured.
    #[must_use]
    pub fn to(writer: Arc<Mutex<dyn Write + Send>>) -> Self {
        Self { to: writer, is_coloured: false }
    }

    pub(super) const fn is_coloured(&self) -> bool {
        self.is_coloured
    }
}

impl LineWriter for Console {
    fn write(&mut self, lines: &[Arc<str>]) -> Result<(), Stopped> {
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        for (written, line) in lines.iter().enumerate() {
            let done = to.write_all(format!("{line}\n").as_bytes());
            done.map_err(|error| Stopped { written, error })?;
        }
        to.flush().map_err(|error| Stopped { written: lines.len(), error })
    }
}
