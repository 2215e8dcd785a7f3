//! Which line a thread counts in. A line belongs to one living thread of the program, for all tallies.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use super::LINES;

/// No line yet.
const NONE: usize = usize::MAX;
/// No line of its own: all were taken, or the thread is ending.
const SHARED: usize = LINES;

/// One bit a line.
static TAKEN: AtomicU32 = AtomicU32::new(0);

const _: () = assert!(LINES == u32::BITS as usize);

thread_local! {
    // Beside the lease, as a value without a destructor is read without asking whether it is still alive.
    static LINE: Cell<usize> = const { Cell::new(NONE) };
    static LEASE: Lease = Lease::take();
}

/// This thread's line, or a number past the last one.
#[inline]
pub(in super::super) fn line() -> usize {
    let line = LINE.get();
    if line == NONE { take() } else { line }
}

#[cold]
fn take() -> usize {
    // While the thread ends, its lease can no longer be read.
    let line = LEASE.try_with(|lease| lease.0).unwrap_or(SHARED);
    LINE.set(line);
    line
}

/// A line until the thread ends.
struct Lease(usize);

impl Lease {
    fn take() -> Self {
        let mut taken = TAKEN.load(Ordering::Relaxed);
        loop {
            let free = (!taken).trailing_zeros();
            let Some(bit) = 1_u32.checked_shl(free) else { return Self(SHARED) };
            // Acquire: this thread goes on from what the line's last owner counted.
            match TAKEN.compare_exchange_weak(taken, taken | bit, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => return Self(usize::try_from(free).unwrap_or(SHARED)),
                Err(now) => taken = now,
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        LINE.set(SHARED);
        if let Some(bit) = u32::try_from(self.0).ok().and_then(|line| 1_u32.checked_shl(line)) {
            TAKEN.fetch_and(!bit, Ordering::Release);
        }
    }
}
