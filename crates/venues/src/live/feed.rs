use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use domain::{InstrumentId, KeptMessage};
use engine::Clock;
use outbound::Client;
use resilience::Chance;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::LinkConfig;
use super::delivery::{Delivery, Received, receive};
use super::link::{Given, Link};
use super::session::Vendor;

/// Requests for snapshots that may wait for one link. One that finds no room is made again by whoever misses the book.
const REQUESTS_MAX: usize = 1_024;

/// What a feed needs of the world.
#[derive(Clone)]
pub struct Parts {
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub config: LinkConfig,
}

/// Any number of links, and the one queue of their messages.
pub struct Feed {
    batches: Receiver<Vec<KeptMessage>>,
    control: Control,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Asks for books. Clones ask the same links.
#[derive(Clone)]
pub struct Control {
    links: Arc<[(Vec<InstrumentId>, mpsc::Sender<InstrumentId>)]>,
}

impl Control {
    /// The book of the instrument cannot be trusted and must be had anew. Asking again before it came does nothing, so
    /// it may be asked as often as one looks.
    pub fn resync(&self, instrument: InstrumentId) {
        for (instruments, requests) in self.links.iter() {
            if instruments.contains(&instrument) {
                match requests.try_send(instrument) {
                    // Full: the link is busy with as many requests, and it is asked again soon.
                    Ok(()) | Err(TrySendError::Full(_) | TrySendError::Closed(_)) => {}
                }
            }
        }
    }
}

impl Feed {
    /// Starts a link for each vendor, with the way out over HTTP for its snapshots where it needs one.
    #[must_use]
    pub fn start(vendors: Vec<(Arc<dyn Vendor>, Option<Client>)>, parts: &Parts, runtime: &Handle) -> Self {
        let (sender, batches) = sync_channel(parts.config.queue_max);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let mut links = Vec::new();
        for (vendor, http) in vendors {
            let (asking, requests) = mpsc::channel(REQUESTS_MAX);
            links.push((vendor.books().iter().map(|(instrument, _)| *instrument).collect(), asking));
            let link = Link::new(Given {
                vendor,
                config: parts.config,
                clock: Arc::clone(&parts.clock),
                chance: Arc::clone(&parts.chance),
                http,
                delivery: Delivery::new(sender.clone()),
                requests,
                stop: stop.clone(),
            });
            tasks.spawn_on(link.run(), runtime);
        }
        tasks.close();
        Self { batches, control: Control { links: links.into() }, stop, tasks }
    }

    #[must_use]
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// The next messages, if they come in time. After [`Self::stop`] those that wait are still given.
    #[must_use]
    pub fn recv_timeout(&self, within: Duration) -> Received {
        receive(&self.batches, within)
    }

    /// Asks every link to end.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until every link has ended.
    pub async fn stopped(&self) {
        self.tasks.wait().await;
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
