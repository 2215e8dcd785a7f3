use std::ops::Range;
use std::sync::Arc;

use rdkafka::message::OwnedHeaders;

use super::KafkaConfig;
use crate::wire::{self, Directory, Unsendable};
use crate::{Key, Message, Topic};

/// Messages on their way, with what has become of each. One that was delivered is not sent again.
#[derive(Debug)]
pub struct Shipment {
    /// The names of topics, by their numbers.
    topics: [Arc<str>; Topic::ALL.len()],
    bytes: Vec<u8>,
    parcels: Vec<Parcel>,
    undelivered: usize,
}

/// Where one message lies in the bytes.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) topic: Arc<str>,
    key: Range<usize>,
    payload: Range<usize>,
    /// Milliseconds.
    pub(super) time: Option<i64>,
    pub(super) headers: Option<OwnedHeaders>,
    pub(super) is_delivered: bool,
}

/// A record that is sent as it is.
#[derive(Debug)]
pub(super) struct Raw<'a> {
    pub(super) topic: Arc<str>,
    pub(super) key: &'a [u8],
    pub(super) payload: &'a [u8],
    pub(super) time: Option<i64>,
    pub(super) headers: OwnedHeaders,
}

impl Shipment {
    #[must_use]
    pub fn new(config: &KafkaConfig) -> Self {
        let topics = Topic::ALL.map(|topic| config.topic(topic).into());
        Self { topics, bytes: Vec::new(), parcels: Vec::new(), undelivered: 0 }
    }

    /// Forgets everything; keeps the room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.parcels.clear();
        self.undelivered = 0;
    }

    /// # Errors
    /// [`Unsendable`]; the others are not touched by it.
    pub fn push(&mut self, message: &Message, directory: &Directory) -> Result<(), Unsendable> {
        let start = self.bytes.len();
        let packed = self.pack(message, directory);
        if packed.is_err() {
            self.bytes.truncate(start);
        }
        packed
    }

    fn pack(&mut self, message: &Message, directory: &Directory) -> Result<(), Unsendable> {
        let start = self.bytes.len();
        match message.key() {
            Key::Account(account) => self.bytes.extend_from_slice(account.to_string().as_bytes()),
            Key::Instrument(_) if matches!(message, Message::Listed(_)) => self.write_described(message),
            Key::Instrument(id) => {
                let key = directory.key_of(id).ok_or(Unsendable::UnknownInstrument(id))?;
                self.bytes.extend_from_slice(key.as_bytes());
            }
        }
        let middle = self.bytes.len();
        wire::encode(message, directory, &mut self.bytes)?;
        let topic = Arc::clone(&self.topics[message.topic().index()]);
        let payload = middle..self.bytes.len();
        let (time, headers) = (time_of(message), None);
        self.add(Parcel { topic, key: start..middle, payload, time, headers, is_delivered: false });
        Ok(())
    }

    /// It need not be in the directory of the reader, nor in ours.
    fn write_described(&mut self, message: &Message) {
        if let Message::Listed(instrument) = message {
            self.bytes.extend_from_slice(instrument.venue.as_str().as_bytes());
            self.bytes.push(b':');
            self.bytes.extend_from_slice(instrument.symbol.as_bytes());
        }
    }

    /// Bytes as they are, to a topic by its full name.
    pub fn push_bytes(&mut self, topic: &str, key: &[u8], payload: &[u8], time: Option<i64>) {
        self.push_raw(Raw { topic: topic.into(), key, payload, time, headers: OwnedHeaders::new() });
    }

    pub(super) fn push_raw(&mut self, raw: Raw<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(raw.key);
        let middle = self.bytes.len();
        self.bytes.extend_from_slice(raw.payload);
        self.add(Parcel {
            topic: raw.topic,
            key: start..middle,
            payload: middle..self.bytes.len(),
            time: raw.time,
            headers: Some(raw.headers),
            is_delivered: false,
        });
    }

    fn add(&mut self, parcel: Parcel) {
        self.parcels.push(parcel);
        self.undelivered += 1;
    }

    #[must_use]
    pub const fn len(&self) -> usize {
        self.parcels.len()
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.parcels.is_empty()
    }

    /// How many are not known to be delivered.
    #[must_use]
    pub const fn undelivered(&self) -> usize {
        self.undelivered
    }

    /// Those that are still to be sent, with their places.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (usize, &Parcel)> {
        self.parcels.iter().enumerate().filter(|(_, parcel)| !parcel.is_delivered)
    }

    pub(super) fn key(&self, parcel: &Parcel) -> &[u8] {
        &self.bytes[parcel.key.clone()]
    }

    pub(super) fn payload(&self, parcel: &Parcel) -> &[u8] {
        &self.bytes[parcel.payload.clone()]
    }

    pub(super) fn deliver(&mut self, place: usize) {
        if let Some(parcel) = self.parcels.get_mut(place).filter(|parcel| !parcel.is_delivered) {
            parcel.is_delivered = true;
            self.undelivered -= 1;
        }
    }
}

/// When it happened, in milliseconds.
fn time_of(message: &Message) -> Option<i64> {
    match message {
        Message::Market(event) => Some(event.time().millis()),
        Message::Order(account) => Some(account.entry.time.millis()),
        Message::Listed(_) => None,
    }
    // Brokers refuse times before 1970.
    .filter(|millis| *millis >= 0)
}
