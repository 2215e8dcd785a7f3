//! Acknowledgements: how far each stream of a source is settled, so that the source may forget what lies before.
//!
//! A piece of a source's messages gets a [`Ticket`] when it is taken. Whatever is made of it and is not yet safe is
//! held under the ticket: batches under way to a sink, state that is still to be told. A stream's position moves
//! over a ticket only when the ticket is closed, nothing is held under it, and the same is true of every ticket
//! before it; so a source that starts again from its position gets everything that is not settled, and of the rest
//! at most what came behind the first gap.

mod periods;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::StreamPosition;
use thiserror::Error;

pub use periods::OpenPeriods;

/// A piece of a source's messages, in the order in which they were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

/// So much is not settled that nothing more may be taken for now. The source waits; nothing is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too much is under way that is not settled")]
pub struct LedgerFull;

/// What was taken from sources and is not settled. Clones share it.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    books: Mutex<Books>,
    /// Signalled when tickets are settled.
    room: Condvar,
    tickets_max: usize,
}

#[derive(Debug, Default)]
struct Books {
    /// Tickets that are not settled, without a gap; the first has the number `first`.
    tickets: VecDeque<Entry>,
    first: u64,
    /// How many hold each ticket.
    holds: BTreeMap<u64, u32>,
    /// The position of each stream that was ever settled.
    settled: BTreeMap<u32, u64>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    position: StreamPosition,
    is_closed: bool,
}

/// Keeps the position before a ticket until it is released. One that is dropped without that, as by a thread that
/// panics, keeps it for ever: what it stood for is then told again after a restart.
#[derive(Debug)]
#[must_use = "a hold that is not released is never acknowledged"]
pub struct Hold(Ticket);

impl Hold {
    #[must_use]
    pub const fn ticket(&self) -> Ticket {
        self.0
    }
}

impl Ledger {
    /// Room for so many tickets that are not settled (at least one).
    #[must_use]
    pub fn new(tickets_max: usize) -> Self {
        let tickets_max = tickets_max.max(1);
        Self(Arc::new(Shared { books: Mutex::default(), room: Condvar::new(), tickets_max }))
    }

    /// Notes that the source's messages up to `position` were taken. Waits no longer than `limit` for room.
    ///
    /// # Errors
    /// [`LedgerFull`]: the messages must not be taken yet.
    pub fn open(&self, position: StreamPosition, limit: Duration) -> Result<Ticket, LedgerFull> {
        let shared = &*self.0;
        let mut books = shared.lock();
        if books.tickets.len() >= shared.tickets_max {
            let full = |books: &mut Books| books.tickets.len() >= shared.tickets_max;
            let waited = shared.room.wait_timeout_while(books, limit, full);
            (books, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if books.tickets.len() >= shared.tickets_max {
                return Err(LedgerFull);
            }
        }
        books.tickets.push_back(Entry { position, is_closed: false });
        Ok(Ticket(books.newest()))
    }

    /// Everything that the ticket's messages lead to is settled or held by now.
    pub fn close(&self, ticket: Ticket) {
        let mut books = self.0.lock();
        if let Some(entry) = books.entry(ticket) {
            entry.is_closed = true;
        }
        self.0.advance(books);
    }

    /// Keeps the position before the ticket. A ticket that is settled already is held no more.
    pub fn hold(&self, ticket: Ticket) -> Hold {
        let mut books = self.0.lock();
        let number = ticket.0.max(books.first);
        *books.holds.entry(number).or_default() += 1;
        Hold(Ticket(number))
    }

    /// What the hold was for is safe.
    pub fn release(&self, hold: Hold) {
        let mut books = self.0.lock();
        if let Some(count) = books.holds.get_mut(&hold.0.0) {
            *count -= 1;
            if *count == 0 {
                books.holds.remove(&hold.0.0);
            }
        }
        self.0.advance(books);
    }

    /// How far each stream is settled, by stream.
    #[must_use]
    pub fn settled(&self) -> Vec<StreamPosition> {
        let position = |(&stream, &offset): (&u32, &u64)| StreamPosition { stream, offset };
        self.0.lock().settled.iter().map(position).collect()
    }

    /// Tickets that are not settled.
    #[must_use]
    pub fn open_tickets(&self) -> usize {
        self.0.lock().tickets.len()
    }
}

impl Shared {
    /// No code that can panic runs under the lock.
    fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn advance(&self, mut books: MutexGuard<'_, Books>) {
        if books.advance() {
            drop(books);
            self.room.notify_all();
        }
    }
}

impl Books {
    /// The number of the last ticket; there is one.
    fn newest(&self) -> u64 {
        self.first + (self.tickets.len() as u64).saturating_sub(1)
    }

    fn entry(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        let place = ticket.0.checked_sub(self.first)?;
        self.tickets.get_mut(usize::try_from(place).ok()?)
    }

    /// Settles every ticket of the front that may be; whether there was one.
    fn advance(&mut self) -> bool {
        let before = self.first;
        let until = self.holds.keys().next().copied().unwrap_or(u64::MAX);
        while self.first < until
            && let Some(entry) = self.tickets.pop_front_if(|entry| entry.is_closed)
        {
            self.first += 1;
            self.settled.insert(entry.position.stream, entry.position.offset);
        }
        self.first > before
    }
}

#[cfg(test)]
mod tests;
