use std::collections::VecDeque;

use domain::{Span, Timestamp};

use super::{Hold, Ledger, Ticket};

/// Periods whose bars are not told yet. A bar is made of all messages of its period: until it is on its way to the
/// sinks, the source must not forget the first of them, or a restart would make a bar of what was left.
#[derive(Debug)]
pub struct OpenPeriods {
    ledger: Ledger,
    length: Span,
    /// By the end of the period, the oldest first.
    open: VecDeque<(Timestamp, Hold)>,
}

impl OpenPeriods {
    /// `length`: of the longest bars.
    #[must_use]
    pub const fn new(ledger: Ledger, length: Span) -> Self {
        Self { ledger, length, open: VecDeque::new() }
    }

    /// A message of that time belongs to the ticket.
    pub fn on_message(&mut self, time: Timestamp, ticket: Ticket) {
        let end = time.floor_to(self.length).plus(self.length);
        if self.open.back().is_none_or(|(last, _)| *last < end) {
            self.open.push_back((end, self.ledger.hold(ticket)));
        }
    }

    /// The ticket that bars are to be held under which are told now.
    #[must_use]
    pub fn oldest(&self) -> Option<Ticket> {
        self.open.front().map(|(_, hold)| hold.ticket())
    }

    /// The bars of all periods that ended before that are on their way.
    pub fn end_before(&mut self, time: Timestamp) {
        while let Some((_, hold)) = self.open.pop_front_if(|(end, _)| *end <= time) {
            self.ledger.release(hold);
        }
    }
}
