//! Whether the Kafka brokers that are configured answer.

use std::io;
use std::time::Duration;

use resilience::{Failure, Kind};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// `ApiVersions`, version 0: what every broker answers, before anybody has signed in. Size, key, version, correlation
/// and client of the request.
const QUESTION: [u8; 14] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff];

/// The correlation of the question, which the answer repeats.
const CORRELATION: u32 = 7;

/// Why a broker did not answer.
#[derive(Debug, Error)]
pub(crate) enum Unreached {
    #[error("{broker} did not answer in time")]
    TimedOut { broker: String },
    #[error("{broker}: {error}")]
    Broken { broker: String, error: io::Error },
    #[error("what answers at {broker} is no Kafka broker")]
    Foreign { broker: String },
}

impl Failure for Unreached {
    fn kind(&self) -> Kind {
        Kind::Transient
    }
}

/// Asks the brokers one by one until one answers: it is enough to find the others.
///
/// # Errors
/// Why the last one did not.
pub(crate) async fn reach(brokers: &[String], within: Duration) -> Result<(), Unreached> {
    let mut last = Ok(());
    for broker in brokers {
        let name = || broker.clone();
        last = match timeout(within, answers(broker)).await {
            Ok(Ok(true)) => return Ok(()),
            Ok(Ok(false)) => Err(Unreached::Foreign { broker: name() }),
            Ok(Err(error)) => Err(Unreached::Broken { broker: name(), error }),
            Err(_) => Err(Unreached::TimedOut { broker: name() }),
        };
    }
    last
}

/// A connection that is taken says little: the system takes it for a broker that hangs. False for an answer to
/// another question.
async fn answers(broker: &str) -> io::Result<bool> {
    let mut stream = TcpStream::connect(broker).await?;
    stream.write_all(&QUESTION).await?;
    let _size = stream.read_u32().await?;
    Ok(stream.read_u32().await? == CORRELATION)
}

#[cfg(test)]
mod tests;
