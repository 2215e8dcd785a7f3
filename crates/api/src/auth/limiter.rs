use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use domain::{Span, Timestamp};

/// Failures within the window after which a caller must wait.
const FAILURES_MAX: u32 = 5;
const WINDOW: Span = Span::from_seconds(15 * 60);
/// Callers remembered; beyond it the one whose window ends first is forgotten. Filling it takes longer than a
/// window lasts, because every entry costs a password check.
const CALLERS_MAX: usize = 10_000;

type Caller = (IpAddr, String);

#[derive(Debug, Clone, Copy)]
struct Attempts {
    count: u32,
    ends: Timestamp,
}

/// Counts failed logins by address and name.
#[derive(Debug, Default)]
pub(crate) struct LoginLimiter {
    attempts: Mutex<HashMap<Caller, Attempts>>,
}

impl LoginLimiter {
    /// Counts an attempt before its password is checked, so that many at once cannot slip through together.
    ///
    /// # Errors
    /// How long the caller must wait.
    pub(crate) fn begin(&self, address: IpAddr, username: &str, now: Timestamp) -> Result<(), Span> {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let caller = caller(address, username);
        if !attempts.contains_key(&caller) && attempts.len() >= CALLERS_MAX {
            make_room(&mut attempts, now);
        }
        let fresh = Attempts { count: 0, ends: now.plus(WINDOW) };
        let entry = attempts.entry(caller).or_insert(fresh);
        if entry.ends <= now {
            *entry = fresh;
        }
        if entry.count >= FAILURES_MAX {
            return Err(entry.ends.since(now));
        }
        entry.count += 1;
        Ok(())
    }

    /// The password could not be checked, so the attempt says nothing.
    pub(crate) fn refund(&self, address: IpAddr, username: &str) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = attempts.get_mut(&caller(address, username)) {
            entry.count = entry.count.saturating_sub(1);
        }
    }

    /// The password was right.
    pub(crate) fn forget(&self, address: IpAddr, username: &str) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.remove(&caller(address, username));
    }
}

fn make_room(attempts: &mut HashMap<Caller, Attempts>, now: Timestamp) {
    attempts.retain(|_, attempts| attempts.ends > now);
    if attempts.len() < CALLERS_MAX {
        return;
    }
    let first = attempts.iter().min_by_key(|(_, attempts)| attempts.ends).map(|(caller, _)| caller.clone());
    if let Some(first) = first {
        attempts.remove(&first);
    }
}

/// One IPv6 customer has a whole /64, so the rest of the address says nothing.
fn caller(address: IpAddr, username: &str) -> Caller {
    let address = match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        address => address,
    };
    (address, username.to_lowercase())
}

#[cfg(test)]
mod tests;
