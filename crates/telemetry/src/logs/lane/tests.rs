use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::queue::{DropReason, QueueLimits};
use super::super::rolling::{LineWriter, RollingWriter, Stopped};
use super::super::shelf::Shelf;
use super::{Lane, News, Rest};

/// No test waits for it to pass: a flush makes a resting writer try at once.
const LONG: Duration = Duration::from_secs(3_600);
const REST: Rest = Rest { first: LONG, longest: LONG };
/// How long a broken program is waited for.
const SOON: Duration = Duration::from_secs(20);

type Told = Arc<Mutex<Vec<String>>>;

fn lane(shelf: &Shelf, lines: usize) -> (Lane, Told) {
    let told = Told::default();
    let tell = Arc::clone(&told);
    let writer = RollingWriter::new(Arc::new(shelf.clone()), "x.log".into(), 1_000, 2);
    let lane = Lane::start(
        "x",
        QueueLimits { lines, bytes: 1_000 },
        REST,
        Box::new(writer),
        Box::new(move |news| {
            tell.lock().unwrap().push(match news {
                News::Fails(error) => format!("fails: {error}"),
                News::Recovered { dropped } => format!("recovered, {dropped} dropped"),
            });
        }),
    );
    (lane.unwrap(), told)
}

fn push(lane: &Lane, texts: &[&str]) {
    texts.iter().for_each(|text| lane.push(&Arc::from(*text)));
}

/// Waits until the writer has met its trouble, which the first telling of it shows.
fn wait_for(told: &Told, count: usize) {
    while told.lock().unwrap().len() < count {
        std::thread::yield_now();
    }
}

#[test]
fn lines_are_written_in_their_order() {
    let shelf = Shelf::default();
    let (lane, told) = lane(&shelf, 100);
    push(&lane, &["a", "b"]);
    assert!(lane.flush(SOON));
    assert_eq!(shelf.text("x.log"), "a\nb\n");
    push(&lane, &["c"]);
    assert!(lane.close(SOON));
    assert_eq!(shelf.text("x.log"), "a\nb\nc\n");
    push(&lane, &["d"]);
    assert_eq!(lane.dropped(DropReason::Closed), 1);
    assert!(told.lock().unwrap().is_empty());
}

#[test]
fn a_full_disk_is_told_once_lines_wait_and_the_rest_is_dropped_and_counted() {
    let shelf = Shelf::default();
    shelf.inside().space = Some(3);
    let (lane, told) = lane(&shelf, 4);
    push(&lane, &["a", "b"]);
    wait_for(&told, 1);
    push(&lane, &["c", "d", "e", "f", "g"]);
    assert_eq!(lane.dropped(DropReason::Unwritable), 2);
    assert!(!lane.flush(Duration::ZERO));
    assert_eq!(shelf.text("x.log"), "a\n");

    shelf.inside().space = None;
    assert!(lane.flush(SOON));
    assert_eq!(shelf.text("x.log"), "a\nb\nc\nd\ne\n");
    assert_eq!(lane.dropped(DropReason::Unwritable), 2);
    assert_eq!(*told.lock().unwrap(), ["fails: no storage space", "recovered, 2 dropped"]);
    assert!(lane.close(SOON));
}

#[test]
fn a_second_trouble_is_told_again_and_counted_for_itself() {
    let shelf = Shelf::default();
    let (lane, told) = lane(&shelf, 1);
    for count in [1, 3] {
        shelf.inside().no_open = count == 1;
        shelf.inside().space = Some(0);
        push(&lane, &["a"]);
        wait_for(&told, count);
        push(&lane, &["b"]);
        (shelf.inside().space, shelf.inside().no_open) = (None, false);
        assert!(lane.flush(SOON));
    }
    assert_eq!(
        *told.lock().unwrap(),
        [
            "fails: permission denied",
            "recovered, 1 dropped",
            "fails: no storage space",
            "recovered, 1 dropped"
        ]
    );
    assert!(lane.close(SOON));
}

#[test]
fn a_log_that_closes_in_trouble_tries_once_more_and_counts_what_it_gives_up() {
    for (space, expected, dropped) in [(Some(2), "a\nb\n", 1), (Some(0), "a\n", 2), (None, "a\nb\nc\n", 0)] {
        let shelf = Shelf::default();
        shelf.inside().space = Some(2);
        let (lane, told) = lane(&shelf, 10);
        push(&lane, &["a", "b"]);
        wait_for(&told, 1);
        push(&lane, &["c"]);
        shelf.inside().space = space;
        assert!(lane.close(SOON));
        assert_eq!(shelf.text("x.log"), expected);
        assert_eq!(lane.dropped(DropReason::Unwritable), dropped);
    }
}

/// Eight threads log through a disk that is full again and again while the files roll: what is in the files is whole
/// lines, the files stay within their bounds, and every line is written or counted.
#[test]
fn many_threads_and_a_disk_that_fills_again_and_again_tear_nothing() {
    const THREADS: usize = 8;
    const LINES: usize = 400;
    const EARLY: usize = 40;
    let (shelf, told) = (Shelf::default(), Told::default());
    shelf.inside().space = Some(500);
    let writer = RollingWriter::new(Arc::new(shelf.clone()), "x.log".into(), 200, 100_000);
    let tell = Arc::clone(&told);
    let lane = Lane::start(
        "x",
        QueueLimits { lines: 50, bytes: 2_000 },
        REST,
        Box::new(writer),
        Box::new(move |news| tell.lock().unwrap().push(matches!(news, News::Fails(_)).to_string())),
    )
    .unwrap();
    // It is full before the first of them has begun.
    (0..EARLY).for_each(|_| lane.push(&Arc::from(format!("8:29:{}", "x".repeat(29)))));
    wait_for(&told, 1);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (lane, shelf) = (&lane, &shelf);
            scope.spawn(move || {
                for number in 0..LINES {
                    lane.push(&Arc::from(format!("{thread}:{number}:{}", "x".repeat(number % 30))));
                    if number % 40 == 39 {
                        shelf.inside().space = Some(700);
                        lane.flush(Duration::ZERO);
                    }
                }
            });
        }
    });
    shelf.inside().space = None;
    assert!(lane.close(SOON));
    let files: Vec<Vec<u8>> = shelf.inside().files.values().cloned().collect();
    let mut written = 0;
    for file in files {
        assert!(file.len() <= 200 && file.last().is_none_or(|byte| *byte == b'\n'));
        for line in std::str::from_utf8(&file).unwrap().lines() {
            let parts: Vec<&str> = line.split(':').collect();
            let [_, number, filling] = parts[..] else { panic!("torn: {line:?}") };
            assert_eq!(filling.len(), number.parse::<usize>().unwrap() % 30, "torn: {line:?}");
            written += 1;
        }
    }
    let dropped: u64 = DropReason::ALL.iter().map(|reason| lane.dropped(*reason)).sum();
    assert_eq!(written + dropped, u64::try_from(EARLY + THREADS * LINES).unwrap());
    assert!(dropped > 0 && told.lock().unwrap().iter().any(|news| news == "true"), "it was never full");
}

/// Hangs until the test lets it go.
struct Stuck(Arc<Mutex<()>>);

impl LineWriter for Stuck {
    fn write(&mut self, _: &[Arc<str>]) -> Result<(), Stopped> {
        drop(self.0.lock().unwrap());
        Err(Stopped { written: 0, error: io::ErrorKind::BrokenPipe.into() })
    }
}

#[test]
fn a_writer_that_hangs_holds_nobody_up() {
    let hold = Arc::new(Mutex::new(()));
    let held = hold.lock().unwrap();
    let limits = QueueLimits { lines: 3, bytes: 1_000 };
    let lane = Lane::start("x", limits, REST, Box::new(Stuck(Arc::clone(&hold))), Box::new(|_| ())).unwrap();
    push(&lane, &["a", "b", "c", "d", "e"]);
    assert_eq!(lane.dropped(DropReason::QueueFull), 2);
    assert!(!lane.flush(Duration::ZERO));
    assert!(!lane.close(Duration::ZERO));
    drop(held);
    assert!(lane.close(SOON));
    assert_eq!(lane.dropped(DropReason::Unwritable), 3);
}

/// A fault of ours in a writer.
struct Broken;

impl LineWriter for Broken {
    fn write(&mut self, _: &[Arc<str>]) -> Result<(), Stopped> {
        panic!("a writer's panic, on purpose");
    }
}

#[test]
fn a_writer_that_panics_ends_its_log_and_nothing_else() {
    let limits = QueueLimits { lines: 3, bytes: 1_000 };
    let lane = Lane::start("x", limits, REST, Box::new(Broken), Box::new(|_| ())).unwrap();
    push(&lane, &["a"]);
    assert!(!lane.flush(SOON));
    push(&lane, &["b"]);
    assert_eq!(lane.dropped(DropReason::Closed), 1);
    assert!(!lane.close(SOON));
}
