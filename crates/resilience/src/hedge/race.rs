//! Calls beside one another, of which the first answer counts.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop;
use tokio::time::Sleep;

use super::Hedge;
use crate::failure::Failure;

/// The first call and those beside it. Dropped, it drops them all.
pub(super) struct Race<'a, F, Fut> {
    hedge: &'a Hedge,
    /// Until it failed.
    first: Option<Pin<&'a mut Fut>>,
    /// Further calls. Only a call that is late pays for the boxes.
    extra: Vec<Pin<Box<Fut>>>,
    operation: F,
    /// Until the next further call; set when the first call is not ready at once.
    timer: Pin<&'a mut Option<Sleep>>,
    started: u32,
    extra_max: u32,
}

impl<'a, T, E, F, Fut> Race<'a, F, Fut>
where
    E: Failure,
    F: FnMut(u32) -> Fut,
    Fut: Future<Output = Result<T, E>>,
{
    pub(super) fn new(
        hedge: &'a Hedge,
        first: Pin<&'a mut Fut>,
        timer: Pin<&'a mut Option<Sleep>>,
        operation: F,
    ) -> Self {
        let extra_max = hedge.config.load().extra_max;
        Self { hedge, first: Some(first), extra: Vec::new(), operation, timer, started: 0, extra_max }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, E>> {
        if let Some(first) = &mut self.first
            && let Poll::Ready(result) = first.as_mut().poll(cx)
        {
            self.first = None;
            if let Some(answer) = self.answer(result) {
                return Poll::Ready(answer);
            }
        }
        let mut place = 0;
        while place < self.extra.len() {
            match self.poll_extra(place, cx) {
                Poll::Ready(Some(answer)) => return Poll::Ready(answer),
                // It failed and is gone: another stands in its place.
                Poll::Ready(None) => {}
                Poll::Pending => place += 1,
            }
        }
        while self.is_late(cx) {
            let operation = (self.operation)(self.started);
            self.extra.push(Box::pin(operation));
            if let Poll::Ready(Some(answer)) = self.poll_extra(self.extra.len() - 1, cx) {
                return Poll::Ready(answer);
            }
        }
        Poll::Pending
    }

    fn poll_extra(&mut self, place: usize, cx: &mut Context<'_>) -> Poll<Option<Result<T, E>>> {
        let result = ready!(self.extra[place].as_mut().poll(cx));
        drop(self.extra.swap_remove(place));
        if result.is_ok() {
            self.hedge.count_won();
        }
        Poll::Ready(self.answer(result))
    }

    /// What may be tried again is no answer while another call is under way.
    fn answer(&self, result: Result<T, E>) -> Option<Result<T, E>> {
        let is_last = self.first.is_none() && self.extra.is_empty();
        let is_answer = result.as_ref().err().is_none_or(|error| !error.kind().is_retryable(true));
        (is_answer || is_last).then_some(result)
    }

    /// Whether the time for a further call has come, and there may be one.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        if self.started >= self.extra_max {
            return false;
        }
        if self.timer.is_none() {
            self.timer.set(Some(tokio::time::sleep(self.hedge.after())));
        }
        let Some(timer) = self.timer.as_mut().as_pin_mut() else { return false };
        // A call that used up its task's turn must not keep the timer from being looked at.
        if Pin::new(&mut coop::unconstrained(timer)).poll(cx).is_pending() {
            return false;
        }
        self.timer.set(None);
        if !self.hedge.grant() {
            self.started = self.extra_max;
            return false;
        }
        self.started += 1;
        true
    }
}
