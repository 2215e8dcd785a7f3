//! The node's market data to the topics of Kafka.

use std::sync::Arc;

use bus::Message;
use bus::kafka::{KafkaConfig, KafkaError, Producer, Shipment};
use bus::wire::{Directory, Unsendable};
use domain::{Instruments, MarketEvent};
use pipeline::{Sink, SinkError, SinkItem};
use resilience::{Failure, PolicyError};

use crate::node::Guard;
use crate::node::exporting::ExportHealth;

/// Makes batches durable on the brokers. What of a batch was delivered before an error is not sent again.
pub(super) struct Outlet {
    producer: Producer,
    shipment: Shipment,
    directory: Directory,
    instruments: Instruments,
    is_described: bool,
    /// The batch of which a part may be delivered.
    unfinished: Vec<SinkItem>,
    guard: Guard,
    health: Arc<ExportHealth>,
}

impl Outlet {
    pub(super) fn new(
        brokers: &KafkaConfig,
        instruments: Instruments,
        guard: Guard,
        health: Arc<ExportHealth>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            producer: Producer::new(brokers)?,
            shipment: Shipment::new(brokers),
            directory: Directory::new(&instruments)?,
            instruments,
            is_described: false,
            unfinished: Vec::new(),
            guard,
            health,
        })
    }

    /// Readers must know the instruments before they hear of them.
    fn describe(&mut self) -> Result<(), SinkError> {
        self.shipment.clear();
        for instrument in &self.instruments {
            let message = Message::Listed(Box::new(instrument.clone()));
            self.shipment.push(&message, &self.directory).map_err(unsendable)?;
        }
        self.deliver()?;
        self.is_described = true;
        Ok(())
    }

    fn pack(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        if !self.unfinished.is_empty() && self.unfinished == batch {
            return Ok(());
        }
        self.unfinished.clear();
        self.shipment.clear();
        for item in batch {
            self.shipment.push(&message(*item), &self.directory).map_err(unsendable)?;
        }
        Ok(())
    }

    fn deliver(&mut self) -> Result<(), SinkError> {
        let Self { producer, shipment, guard, .. } = self;
        let waiting = shipment.undelivered();
        match guard.run(|| producer.deliver(shipment)) {
            Ok(()) => {
                self.health.works(waiting);
                Ok(())
            }
            Err(refused) => {
                self.health.fails(&refused.to_string());
                Err(failed(&refused))
            }
        }
    }
}

impl Sink for Outlet {
    fn commit(&mut self, batch: &[SinkItem]) -> Result<(), SinkError> {
        if !self.is_described {
            self.describe()?;
        }
        self.pack(batch)?;
        let delivered = self.deliver();
        self.unfinished.clear();
        if delivered.is_err() {
            self.unfinished.extend_from_slice(batch);
        }
        delivered
    }
}

const fn message(item: SinkItem) -> Message {
    Message::Market(match item {
        SinkItem::Trade(trade) => MarketEvent::Trade(trade),
        SinkItem::Quote(quote) => MarketEvent::Quote(quote),
        SinkItem::Bar(bar) => MarketEvent::Bar(bar),
        SinkItem::Spread(spread) => MarketEvent::Spread(spread),
        SinkItem::Pair(spread) => MarketEvent::Pair(spread),
        SinkItem::Regime(change) => MarketEvent::Regime(change),
    })
}

fn unsendable(error: Unsendable) -> SinkError {
    SinkError::refused(error.to_string())
}

/// Sending twice does no harm to those who store what they read.
fn failed(refused: &PolicyError<KafkaError>) -> SinkError {
    match refused {
        PolicyError::Failed(error) if !error.kind().is_retryable(true) => {
            SinkError::refused(refused.to_string())
        }
        // What the policy keeps back was not tried.
        _ => SinkError::unavailable(refused.to_string()),
    }
}
