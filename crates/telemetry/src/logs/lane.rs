#[cfg(test)]
mod tests;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::queue::{DropReason, Next, Queue, QueueLimits};
use super::rolling::{LineWriter, Stopped};

/// How long a writer rests after it failed: at first, and at most.
#[derive(Debug, Clone, Copy)]
pub struct Rest {
    pub first: Duration,
    pub longest: Duration,
}

impl Default for Rest {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_secs(30) }
    }
}

/// What a lane tells when it starts or stops to fail.
pub(super) enum News<'a> {
    Fails(&'a io::Error),
    Recovered { dropped: u64 },
}

pub(super) type Tell = Box<dyn Fn(News<'_>) + Send>;

/// One log: a queue, and a thread that writes what comes through it.
pub(super) struct Lane {
    pub(super) log: &'static str,
    queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Lane {
    /// # Errors
    /// When there is no thread to be had.
    pub(super) fn start(
        log: &'static str,
        limits: QueueLimits,
        rest: Rest,
        writer: Box<dyn LineWriter>,
        tell: Tell,
    ) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(limits));
        let worker = Worker {
            queue: Arc::clone(&queue),
            rest,
            next_rest: rest.first,
            dropped_before: 0,
            writer,
            tell,
        };
        let thread = std::thread::Builder::new().name(format!("log-{log}")).spawn(move || worker.run())?;
        Ok(Self { log, queue, thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn push(&self, line: &Arc<str>) {
        self.queue.push(Arc::clone(line));
    }

    /// For words about the logs themselves: there is always room for them.
    pub(super) fn insist(&self, line: &Arc<str>) {
        self.queue.insist(Arc::clone(line));
    }

    /// Waits until what was pushed is written; a resting writer tries at once.
    pub(super) fn flush(&self, within: Duration) -> bool {
        self.queue.flush(within)
    }

    /// Writes what waits and ends the thread. A writer that hangs is left behind after `within`.
    pub(super) fn close(&self, within: Duration) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let is_ended = self.queue.close(within);
        if let Some(thread) = thread.filter(|_| is_ended) {
            return thread.join().is_ok();
        }
        is_ended
    }

    pub(super) fn dropped(&self, reason: DropReason) -> u64 {
        self.queue.dropped(reason)
    }
}

struct Worker {
    queue: Arc<Queue>,
    rest: Rest,
    next_rest: Duration,
    /// Lines dropped when the present trouble began.
    dropped_before: u64,
    writer: Box<dyn LineWriter>,
    tell: Tell,
}

/// Tells the queue that the writer is gone, however it went.
struct Ending(Arc<Queue>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Worker {
    fn run(mut self) {
        let _ending = Ending(Arc::clone(&self.queue));
        while let Next::Write(lines) = self.queue.next() {
            self.write(&lines);
        }
    }

    /// Writes the lines, however many tries that takes; gives up when the log is closed meanwhile.
    fn write(&mut self, lines: &[Arc<str>]) {
        let mut at = 0;
        while let Some(rest) = lines.get(at..).filter(|rest| !rest.is_empty()) {
            let is_last_try = self.queue.is_closing();
            match self.writer.write(rest) {
                Ok(()) => {
                    self.recovered();
                    self.queue.settle(rest);
                    return;
                }
                Err(Stopped { written, error }) => {
                    self.queue.settle(&rest[..written]);
                    at += written;
                    self.failed(&error);
                }
            }
            if is_last_try {
                self.queue.give_up(lines.get(at..).unwrap_or_default());
                return;
            }
            self.queue.rest(self.next_rest);
            self.next_rest = self.next_rest.saturating_mul(2).min(self.rest.longest);
        }
    }

    fn failed(&mut self, error: &io::Error) {
        if self.queue.set_failing(true) {
            self.dropped_before = self.queue.dropped(DropReason::Unwritable);
            (self.tell)(News::Fails(error));
        }
    }

    fn recovered(&mut self) {
        if self.queue.set_failing(false) {
            self.next_rest = self.rest.first;
            let dropped = self.queue.dropped(DropReason::Unwritable).saturating_sub(self.dropped_before);
            (self.tell)(News::Recovered { dropped });
        }
    }
}
