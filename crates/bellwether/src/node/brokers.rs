//! Whether the Kafka brokers that are configured can be reached.

use std::time::Duration;

use resilience::{Failure, Kind};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Why a broker was not reached.
#[derive(Debug, Error)]
pub(crate) enum Unreached {
    #[error("{broker} did not answer in time")]
    TimedOut { broker: String },
    #[error("{broker}: {error}")]
    Refused { broker: String, error: std::io::Error },
}

impl Failure for Unreached {
    fn kind(&self) -> Kind {
        Kind::Transient
    }
}

/// Connects to the first broker that takes a connection: one is enough to find the others.
pub(crate) async fn reach(brokers: &[String], within: Duration) -> Result<(), Unreached> {
    let mut last = Ok(());
    for broker in brokers {
        last = match timeout(within, TcpStream::connect(broker.as_str())).await {
            Ok(Ok(_connected)) => return Ok(()),
            Ok(Err(error)) => Err(Unreached::Refused { broker: broker.clone(), error }),
            Err(_) => Err(Unreached::TimedOut { broker: broker.clone() }),
        };
    }
    last
}
