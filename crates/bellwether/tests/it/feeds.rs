//! The platform on live feeds, with venues that run on this machine.

use std::path::Path;
use std::process::{Child, Stdio};

use super::http::ask;
use super::program::{bellwether, recording, run};
use super::running::{Running, free_address, up, within};

/// A venue that ends when the test lets go of it.
struct Venue(Child);

impl Drop for Venue {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Venue {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = bellwether(folder, &[&["simulate"], arguments].concat());
        let venue = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let address = arguments.iter().skip_while(|argument| **argument != "--listen").nth(1).unwrap();
        within(60, "the venue listens", || std::net::TcpStream::connect(address).ok());
        venue
    }
}

fn write_config(folder: &Path, text: &str) {
    std::fs::create_dir_all(folder.join("config")).unwrap();
    std::fs::write(folder.join("config/config.yaml"), text).unwrap();
}

/// The value of a metric's series that has all these labels, whole as all of these are.
fn metric(address: &str, name: &str, labels: &[&str]) -> Option<u64> {
    let text = ask(address, "GET", "/metrics", None, None)?.text();
    let line = text.lines().find(|line| {
        line.starts_with(name) && labels.iter().all(|label| line.contains(label)) && !line.starts_with('#')
    })?;
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn books_come_from_a_venue_and_come_back_after_it_was_gone() {
    let Some(capture) = recording("spot_btcusdt") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (venue, address) = (free_address(), free_address());
    let arguments = ["binance", "--from", capture.to_str().unwrap(), "--listen", &venue];
    let first = Venue::start(folder.path(), &arguments);
    write_config(
        folder.path(),
        &format!(
            "feeds:\n  market: live\n  binance_spot:\n    symbols: [BTCUSDT]\n    stream_url: ws://{venue}\n    \
             rest_url: http://{venue}\n"
        ),
    );
    let mut command = up(folder.path(), &address, &[]);
    command.env("ADMIN_PASSWORD", super::running::PASSWORD);
    let _platform = Running::alive(folder.path(), &address, command);
    let live = ["provider=\"binance-spot\"", "state=\"live\""];
    within(60, "the book is whole", || metric(&address, "mdp_source_books", &live).filter(|live| *live >= 1));
    let updates = || metric(&address, "mdp_source_items_total", &["kind=\"depth_update\""]);
    within(60, "updates come", || updates().filter(|updates| *updates > 20));
    let gaps = metric(&address, "mdp_source_sequence_gaps_total", &[]).unwrap_or(0);
    assert_eq!(gaps, 0);
    drop(first);
    let disconnects = ["provider=\"binance-spot\""];
    within(60, "the loss is counted", || {
        metric(&address, "mdp_source_disconnects_total", &disconnects).filter(|count| *count >= 1)
    });
    let before = updates().unwrap();
    let _second = Venue::start(folder.path(), &arguments);
    within(90, "updates come again", || updates().filter(|updates| *updates > before + 20));
    within(60, "the book is whole again", || {
        metric(&address, "mdp_source_books", &live).filter(|live| *live >= 1)
    });
}

#[test]
fn a_live_market_without_symbols_is_refused_with_what_to_write() {
    let folder = tempfile::tempdir().unwrap();
    write_config(folder.path(), "feeds:\n  market: live\n");
    let ran = run(folder.path(), &["config", "check"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("feeds.market") && said.contains("symbols: [BTCUSDT]"), "{said}");
}

#[test]
fn a_venue_that_cannot_be_simulated_so_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), &["simulate", "binance", "--kind", "swap"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains("spot, usdm or coinm"), "{ran:?}");
}

/// One platform on two more venues, each made of a recording of its own.
#[test]
fn kraken_and_coinbase_bring_whole_books_and_agreeing_checksums() {
    let capture = |name: &str| recordings::find(&format!("crypto_ws/captures/{name}.jsonl.zst"));
    let (Some(of_kraken), Some(of_coinbase)) = (capture("KRAKEN"), capture("COINBASE")) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (kraken, coinbase, address) = (free_address(), free_address(), free_address());
    let _kraken =
        Venue::start(folder.path(), &["kraken", "--from", of_kraken.to_str().unwrap(), "--listen", &kraken]);
    let _coinbase = Venue::start(
        folder.path(),
        &["coinbase", "--from", of_coinbase.to_str().unwrap(), "--listen", &coinbase],
    );
    write_config(
        folder.path(),
        &format!(
            "feeds:\n  market: live\n  kraken:\n    symbols: [XMR/USD, OMG/USD]\n    stream_url: ws://{kraken}/v2\n  \
             coinbase:\n    symbols: [BTC-USD, ETH-USD]\n    stream_url: ws://{coinbase}/\n"
        ),
    );
    let mut command = up(folder.path(), &address, &[]);
    command.env("ADMIN_PASSWORD", super::running::PASSWORD);
    let _platform = Running::alive(folder.path(), &address, command);
    for provider in ["provider=\"kraken\"", "provider=\"coinbase\""] {
        within(60, "two books are whole", || {
            metric(&address, "mdp_source_books", &[provider, "state=\"live\""]).filter(|live| *live >= 2)
        });
    }
    let checksums = |result: &str| metric(&address, "mdp_book_checksums_total", &[result]);
    within(60, "checksums agree", || checksums("result=\"agree\"").filter(|agree| *agree > 20));
    assert_eq!(checksums("result=\"disagree\""), Some(0));
}
