//! Brokers that speak Kafka's protocol over real sockets: the ones that librdkafka brings along for tests, in a process
//! of their own.
//!
//! They keep what they are sent in memory, at most 5 MB or 100,000 messages a partition, and drop the oldest silently
//! past that; they forget everything when they end. Topics are made when they are first named, with four partitions.
//!
//! A process that is to be the brokers is the test program itself, started again: one of its tests calls [`host`], which
//! does nothing unless it is asked to, and [`Brokers::start`] is told that test's name.

mod host;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub use host::host;

/// Before the address, in what a host prints.
pub(crate) const ADDRESS: &str = "brokers at ";

/// How many brokers a host makes.
pub(crate) const COUNT: &str = "MOCK_BROKERS";

/// A cluster. It ends with whoever started it.
#[derive(Debug)]
pub struct Brokers {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    address: String,
}

/// What is asked of brokers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    Produce,
    Fetch,
    OffsetCommit,
}

/// What brokers answer instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It passes when it is asked again.
    NotLeader,
    /// It never will.
    NotAuthorised,
    TooLarge,
    /// The member is not known any more.
    IllegalGeneration,
}

impl Brokers {
    /// Starts `count` brokers. `host`: the words with which this program becomes them, such as those of
    /// [`test_words`].
    #[must_use]
    pub fn start(host: &[&str], count: u32) -> Self {
        let program = std::env::current_exe().expect("this program has a path");
        let mut command = Command::new(program);
        command.args(host).env(COUNT, count.to_string());
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("this program starts again");
        let input = process.stdin.take();
        let mut output = BufReader::new(process.stdout.take().expect("its output is ours"));
        let address = answer(&mut output, ADDRESS);
        Self { process, input, output, address }
    }

    /// For `bootstrap.servers`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Makes a topic of so many partitions.
    pub fn topic(&mut self, name: &str, partitions: u32) {
        self.tell(&format!("topic {name} {partitions}"));
    }

    /// Takes a broker down, counted from one: connections to it break, and nobody takes its place.
    pub fn down(&mut self, broker: u32) {
        self.tell(&format!("down {broker}"));
    }

    pub fn up(&mut self, broker: u32) {
        self.tell(&format!("up {broker}"));
    }

    /// Lets every answer of a broker take so long.
    pub fn delay(&mut self, broker: u32, millis: u32) {
        self.tell(&format!("delay {broker} {millis}"));
    }

    /// Answers the next `count` requests of the kind this way.
    pub fn fail(&mut self, request: Request, answer: Answer, count: u32) {
        self.tell(&format!("fail {request:?} {answer:?} {count}"));
    }

    fn tell(&mut self, command: &str) {
        let input = self.input.as_mut().expect("it runs");
        writeln!(input, "{command}").expect("the brokers listen");
        let said = answer(&mut self.output, "");
        assert_eq!(said, "done", "{command}");
    }
}

impl Drop for Brokers {
    fn drop(&mut self) {
        drop(self.input.take());
        drop(self.process.wait());
    }
}

/// The words with which a test program runs that one test, by its full name.
#[must_use]
pub const fn test_words(name: &str) -> [&str; 4] {
    ["--exact", name, "--nocapture", "--quiet"]
}

/// The rest of the next line that is for us; what else a test program prints is not.
fn answer(output: &mut BufReader<ChildStdout>, word: &str) -> String {
    let is_ours = |line: &str| match word {
        "" => line == "done" || line.starts_with("refused"),
        word => line.contains(word),
    };
    loop {
        let mut line = String::new();
        let length = output.read_line(&mut line).expect("the brokers' words are text");
        assert!(length > 0, "the brokers have ended");
        let line = line.trim();
        if is_ours(line) {
            return line.split_once(word).map_or(line, |(_, rest)| rest).to_owned();
        }
    }
}
