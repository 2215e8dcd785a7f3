//! Brokers, a database, the program between them, and what is sent through.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bus::kafka::{KafkaConfig, Producer, Shipment};
use bus::wire::Directory;
use bus::{Message, Topic};
use domain::{
    Contract, Currency, Instrument, InstrumentId, InstrumentKind, Instruments, Level, MarketEvent, Price,
    Quantity, Quote, Rate, Timestamp, Trade, Venue,
};
use servers::Postgres;
use servers::kafka::{Brokers, test_words};
use tempfile::TempDir;

use crate::it::program::{Ran, bellwether};

/// Between two messages of an instrument.
const STEP_MS: i64 = 5;

const FIRST_MS: i64 = 1_723_161_254_000;

const SYMBOLS: [&str; 7] = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "DOTUSDT", "LTCUSDT"];

/// A member that was killed is taken for dead after this.
const SESSION_MS: &str = "1500";

/// What the program stands between.
pub(super) struct Line {
    pub(super) brokers: Brokers,
    pub(super) kafka: KafkaConfig,
    pub(super) database: String,
    url: String,
    folder: TempDir,
    pub(super) directory: Directory,
    instruments: Instruments,
}

impl Line {
    /// With a database of this name.
    pub(super) fn start(postgres: &Postgres, database: &str) -> Self {
        let brokers = Brokers::start(&test_words("it::kafka::brokers"), 1);
        let kafka = KafkaConfig::new(brokers.address());
        let instruments = instruments();
        let directory = Directory::new(&instruments).unwrap();
        let line = Self {
            brokers,
            kafka,
            database: database.to_owned(),
            url: postgres.create(database),
            folder: tempfile::tempdir().unwrap(),
            directory,
            instruments,
        };
        let described =
            line.instruments.iter().map(|instrument| Message::Listed(Box::new(instrument.clone())));
        line.send(described);
        line
    }

    pub(super) const fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn send(&self, messages: impl IntoIterator<Item = Message>) {
        let mut shipment = Shipment::new(&self.kafka);
        for message in messages {
            shipment.push(&message, &self.directory).unwrap();
        }
        let mut producer = Producer::new(&self.kafka).unwrap();
        while let Err(error) = producer.deliver(&mut shipment) {
            eprintln!("sent again: {error}");
        }
    }

    /// The program's reader, which ends when everything is read or goes on until somebody ends it.
    pub(super) fn command(&self, ends: bool) -> Command {
        let servers = format!("kafka.bootstrap_servers={}", self.kafka.brokers);
        let session = format!("kafka.session_timeout_ms={SESSION_MS}");
        let mut words = vec!["consume", "--json", "--set", &servers, "--set", &session];
        // Small batches, so that there are many moments between two commits.
        words.extend(["--set", "kafka.heartbeat_ms=300", "--set", "pipeline.batch_size=50"]);
        words.extend(["--set", "resilience.circuit_breaker_internal_timeout_ms=1000"]);
        if ends {
            words.push("--until-read");
        }
        let mut command = bellwether(self.folder(), &words);
        command.env("DATABASE_URL", &self.url);
        command
    }

    pub(super) fn begin(&self) -> Child {
        self.command(false).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Until everything is read.
    pub(super) fn finish(&self) -> Ran {
        self.command(true).output().unwrap().into()
    }

    pub(super) fn dead_letters(&self) -> String {
        format!("{}.dlq", self.kafka.topic(Topic::Trades))
    }
}

fn instruments() -> Instruments {
    let mut listed = Instruments::default();
    for symbol in SYMBOLS {
        let instrument = Instrument {
            id: InstrumentId(0),
            symbol: symbol.to_owned(),
            venue: Venue::new("BINANCE-SPOT").unwrap(),
            kind: InstrumentKind::Spot,
            contract: Contract::UNIT,
            base: Currency::new(symbol.trim_end_matches("USDT")).unwrap(),
            quote: Currency::USDT,
            settlement: Currency::USDT,
            price_tick: Price::parse(b"0.01").unwrap(),
            quantity_step: Quantity::parse(b"0.00001").unwrap(),
            maker_fee: Rate::ZERO,
            taker_fee: Rate::ZERO,
        };
        listed.list(instrument).unwrap();
    }
    listed
}

/// The trades with these numbers, each with a number and a time of its own.
pub(super) fn trades(numbers: std::ops::Range<u64>) -> impl Iterator<Item = Message> {
    numbers.map(|number| {
        let (instrument, time) = (instrument_of(number), time_of(number));
        Message::Market(MarketEvent::Trade(Trade {
            instrument,
            id: number + 1,
            price: Price::from_units(100 + i32::try_from(number % 50).unwrap()),
            quantity: Quantity::from_units(1),
            aggressor: None,
            venue_time: time,
            receive_time: time,
        }))
    })
}

/// A quote at the moment of each of those trades.
pub(super) fn quotes(numbers: std::ops::Range<u64>) -> impl Iterator<Item = Message> {
    let level = |units| Level { price: Price::from_units(units), quantity: Quantity::from_units(3) };
    numbers.map(move |number| {
        let (instrument, time) = (instrument_of(number), time_of(number));
        let (bid, ask) = (level(99), level(101));
        Message::Market(MarketEvent::Quote(Quote {
            instrument,
            bid,
            ask,
            venue_time: time,
            receive_time: time,
        }))
    })
}

fn instrument_of(number: u64) -> InstrumentId {
    InstrumentId(u32::try_from(number % SYMBOLS.len() as u64).unwrap())
}

fn time_of(number: u64) -> Timestamp {
    Timestamp::from_millis(FIRST_MS + STEP_MS * i64::try_from(number).unwrap())
}

/// How many rows a table has, and how many different ones.
pub(super) fn rows(postgres: &Postgres, line: &Line, table: &str) -> String {
    let ask = format!("SELECT count(*), count(DISTINCT (instrument, venue_time)) FROM {table}");
    postgres.sql(&line.database, &ask)
}

/// Looks until it is so.
pub(super) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("not within two minutes: {what}");
}
