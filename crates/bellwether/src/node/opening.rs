//! How an account's cell comes to life: from nothing, or from its journal.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use domain::{Instruments, Money, Timestamp};
use engine::{Cell, Control, Entry, Journal, Observer, Opening, Record, State, Strategy};
use risk::Limits;
use sim::{Matching, MatchingConfig};
use store::{AccountRow, FileJournal, JournalOptions, Projector, StoreErrorKind, TenantStore};

use super::tap::Tap;

/// A cell whose venue is the paper exchange.
pub(crate) type PaperCell = Cell<Box<dyn Strategy>, Matching, FileJournal, Tap>;

/// Everything an account's cell is made of.
pub(crate) struct Open {
    pub(crate) row: AccountRow,
    pub(crate) rows: TenantStore,
    pub(crate) directory: PathBuf,
    pub(crate) instruments: Instruments,
    pub(crate) cash: Money,
    pub(crate) matching: MatchingConfig,
}

impl Open {
    /// Opens the account, or rebuilds it and asks the venue about every order whose end is not known.
    pub(crate) fn cell(&self, now: Timestamp, limits: &Limits) -> Result<PaperCell> {
        let (mut journal, report) =
            FileJournal::open(&self.directory, JournalOptions::new(store::Sync::System))?;
        if report.torn_bytes_cut > 0 {
            tracing::warn!(account = %self.row.id, bytes = report.torn_bytes_cut, "cut an unfinished entry off the journal");
        }
        let (state, tap) = match store::recover(&self.directory)? {
            Some(recovered) => self.resume(recovered.state)?,
            None => self.begin(&mut journal, now, limits)?,
        };
        let mut venue = Matching::new(self.matching, &self.instruments);
        venue.restore(state.orders().open());
        let strategy = strategy::build(&self.row.strategy, &self.row.parameters, &self.instruments)
            .with_context(|| format!("account {}", self.row.name))?;
        let now = now.max(state.now());
        let known = state.instruments().len();
        let mut cell = Cell::new(state, strategy, venue, journal, tap);
        for instrument in self.instruments.iter().skip(known) {
            cell.on_control(now, &Control::List(Box::new(instrument.clone())))?;
        }
        cell.on_control(now, &Control::Reconcile)?;
        Ok(cell)
    }

    /// Shortens the next start. The journal stays whole, so a snapshot that cannot be written costs nothing.
    pub(crate) fn snapshot(&self, state: &State) {
        if let Err(error) = store::journal::save(&self.directory, state) {
            tracing::warn!(%error, account = %self.row.id, "a snapshot cannot be written");
        }
    }

    fn begin(&self, journal: &mut FileJournal, now: Timestamp, limits: &Limits) -> Result<(State, Tap)> {
        let opening = Opening {
            tenant: self.row.tenant,
            account: self.row.id,
            base_currency: self.row.base_currency,
            cash: vec![(self.row.base_currency, self.cash)],
            limits: limits.clone(),
            instruments: self.instruments.clone(),
        };
        let state = State::open(&opening, now);
        let entry = Entry { sequence: 1, time: now, record: Record::Opened(Box::new(opening)) };
        journal.append(&entry)?;
        journal.commit()?;
        let mut tap = Tap::new(Projector::new(self.row.id, 0));
        tap.on_entry(&state, &entry);
        Ok((state, tap))
    }

    fn resume(&self, state: State) -> Result<(State, Tap)> {
        let same = state
            .instruments()
            .iter()
            .zip(&self.instruments)
            .all(|(was, is)| was.venue == is.venue && was.symbol == is.symbol);
        ensure!(
            same && state.instruments().len() <= self.instruments.len(),
            "the journal in {} was written with another table of instruments; keep it with the database it belongs to",
            self.directory.display()
        );
        match store::catch_up(&self.directory, self.row.id, &self.rows) {
            Ok(_) => {}
            Err(error) if error.kind == StoreErrorKind::Damaged => return Err(error.into()),
            // The account can trade without its tables: they are caught up when they can be written again.
            Err(error) => tracing::warn!(%error, account = %self.row.id, "the tables are behind the journal"),
        }
        let tap = Tap::new(Projector::new(self.row.id, state.sequence()));
        Ok((state, tap))
    }
}
