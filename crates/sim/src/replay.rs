//! Several recorded streams as one, in the order in which their messages were received.

use domain::{FeedMessage, StreamPosition, Timestamp};
use engine::{Source, SourceFault};

use crate::owned::OwnedMessage;

/// Merges sources by receive time; at equal times the source that was given first goes first. Holds one message
/// a source. A source that is itself out of order is not sorted: its late message comes next.
pub struct Merge {
    heads: Vec<Head>,
    /// The source whose head was lent last and must be refilled; all of them at first.
    spent: Vec<usize>,
}

struct Head {
    source: Box<dyn Source>,
    message: OwnedMessage,
    /// When the held message was received; `None` once the source has ended.
    time: Option<Timestamp>,
}

impl Merge {
    #[must_use]
    pub fn new(sources: Vec<Box<dyn Source>>) -> Self {
        let spent = (0..sources.len()).rev().collect();
        let head = |source| Head { source, message: OwnedMessage::default(), time: None };
        Self { heads: sources.into_iter().map(head).collect(), spent }
    }

    fn earliest(&self) -> Option<usize> {
        let times =
            self.heads.iter().enumerate().filter_map(|(index, head)| head.time.map(|time| (time, index)));
        times.min().map(|(_, index)| index)
    }
}

impl Source for Merge {
    fn next(&mut self) -> Result<Option<FeedMessage<'_>>, SourceFault> {
        while let Some(&index) = self.spent.last() {
            let head = &mut self.heads[index];
            head.time = None;
            if let Err(fault) = head.refill() {
                // A source that can go on is asked again next time; one that cannot has ended, and the merge,
                // which would silently lack it, with it.
                if fault.is_final {
                    self.heads.clear();
                    self.spent.clear();
                }
                return Err(fault);
            }
            self.spent.pop();
        }
        let Some(index) = self.earliest() else { return Ok(None) };
        self.spent.push(index);
        Ok(Some(self.heads[index].message.lend()))
    }

    /// A stream for each source.
    fn position(&self) -> Option<StreamPosition> {
        let index = *self.spent.last()?;
        let position = self.heads.get(index)?.source.position()?;
        Some(StreamPosition { stream: u32::try_from(index).ok()?, ..position })
    }

    fn acknowledge(&mut self, position: StreamPosition) -> Result<(), SourceFault> {
        match self.heads.get_mut(position.stream as usize) {
            Some(head) => head.source.acknowledge(StreamPosition { stream: 0, ..position }),
            None => Ok(()),
        }
    }
}

impl Head {
    fn refill(&mut self) -> Result<(), SourceFault> {
        if let Some(message) = self.source.next()? {
            self.time = Some(message.receive_time());
            self.message.store(&message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
