//! Whoever may leave: killed in the middle of what it does, or held so that nothing answers and nothing is refused.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use servers::{Postgres, Redis, Setup};

/// One more party is one more of these in the list of the test.
pub(super) trait Party {
    fn name(&self) -> &'static str;
    fn kill(&mut self);
    fn start_again(&mut self);
    fn hold(&mut self);
    fn release(&mut self);
}

pub(super) struct PostgresParty(Postgres);

impl PostgresParty {
    /// What it committed survives its end.
    pub(super) fn start() -> Option<Self> {
        let server = Postgres::start(&Setup { is_durable: true, tcp: true, ..Setup::default() })?;
        server.create("conserve");
        Some(Self(server))
    }

    pub(super) fn url(&self) -> String {
        self.0.url("conserve")
    }

    pub(super) fn sql(&self, statement: &str) -> String {
        self.0.sql("conserve", statement)
    }
}

impl Party for PostgresParty {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn kill(&mut self) {
        self.0.kill();
    }

    fn start_again(&mut self) {
        self.0.start_again();
    }

    fn hold(&mut self) {
        self.0.hold();
    }

    fn release(&mut self) {
        self.0.release();
    }
}

pub(super) struct RedisParty(Redis);

impl RedisParty {
    /// Every write is on its disk before it answers.
    pub(super) fn start() -> Option<Self> {
        Redis::start(&["--appendonly", "yes", "--appendfsync", "always"]).map(Self)
    }

    pub(super) fn url(&self) -> String {
        self.0.url()
    }

    /// A field of a hash, if it is there.
    pub(super) fn field(&self, key: &str, field: &str) -> Option<String> {
        let url = self.0.url();
        let mut stream = TcpStream::connect(url.trim_start_matches("redis://")).unwrap();
        let words = ["HGET", key, field];
        let mut request = format!("*{}\r\n", words.len());
        words.iter().for_each(|word| request.push_str(&format!("${}\r\n{word}\r\n", word.len())));
        stream.write_all(request.as_bytes()).unwrap();
        let mut lines = BufReader::new(stream).lines();
        let length = lines.next().unwrap().unwrap();
        (length != "$-1").then(|| lines.next().unwrap().unwrap())
    }
}

impl Party for RedisParty {
    fn name(&self) -> &'static str {
        "Redis"
    }

    fn kill(&mut self) {
        self.0.kill();
    }

    fn start_again(&mut self) {
        self.0.start_again();
    }

    fn hold(&mut self) {
        self.0.hold();
    }

    fn release(&mut self) {
        self.0.release();
    }
}

/// Chance by a seed, so that a run can be told and had again.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(super) fn below(&mut self, limit: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let most = u64::try_from(limit.as_millis()).unwrap().max(1);
        Duration::from_millis(self.0 % most)
    }
}
