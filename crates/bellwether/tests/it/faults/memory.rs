//! Whether the program's memory grows while it works.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::it::running::Running;

const EVERY: Duration = Duration::from_secs(1);

/// The program's memory in RAM, a figure each second, in KiB.
#[derive(Default)]
pub(super) struct Memory(Mutex<Vec<u64>>);

impl Memory {
    pub(super) fn watch(&self, running: &Running, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            self.0.lock().unwrap().extend(running.resident_kib());
            std::thread::sleep(EVERY);
        }
    }

    /// `None` where the system does not tell.
    pub(super) fn course(&self) -> Option<Course> {
        let seen = self.0.lock().unwrap();
        let later = &seen[seen.len() / 2..];
        let (first, last) = (*later.first()?, *later.last()?);
        Some(Course { first, last, seconds: later.len(), slope: slope(later) })
    }
}

/// The second half, when everything has been used once.
pub(super) struct Course {
    first: u64,
    last: u64,
    seconds: usize,
    /// KiB a second of the straight line nearest to all figures.
    slope: f64,
}

impl Course {
    /// By how much it grew along the line, in KiB.
    pub(super) fn growth(&self) -> f64 {
        self.slope * self.seconds as f64
    }
}

impl std::fmt::Display for Course {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { first, last, seconds, slope } = self;
        let growth = self.growth();
        write!(f, "memory in RAM: {first} KiB, {seconds} s later {last} KiB; ")?;
        write!(f, "slope {slope:+.2} KiB/s, which makes {growth:+.0} KiB in that time")
    }
}

/// Least squares over figures that are a step apart.
fn slope(figures: &[u64]) -> f64 {
    let count = figures.len() as f64;
    let middle = (count - 1.0) / 2.0;
    let mean = figures.iter().sum::<u64>() as f64 / count;
    let (mut up, mut across) = (0.0, 0.0);
    for (place, figure) in figures.iter().enumerate() {
        let from_middle = place as f64 - middle;
        up += from_middle * (*figure as f64 - mean);
        across += from_middle * from_middle;
    }
    if across > 0.0 { up / across } else { 0.0 }
}

#[test]
fn a_straight_line_has_its_own_slope() {
    for (figures, wanted) in
        [(vec![5; 9], 0.0), (vec![7], 0.0), ((0..100).map(|n| 1_000 + 3 * n).collect(), 3.0)]
    {
        let seen = slope(&figures);
        assert!((seen - wanted).abs() < 1e-9, "{seen} for {figures:?}");
    }
}
