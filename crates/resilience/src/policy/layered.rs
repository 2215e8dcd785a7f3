//! What a layer answers with: its own refusal, or what is inside it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::failure::{Failure, Kind};

/// The error of a [`tower`] layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Layered<R, E> {
    /// The layer itself said no; the service inside was not asked, or not waited for.
    #[error("{0}")]
    Own(R),
    /// The service inside failed.
    #[error("{0}")]
    Inner(E),
}

impl<R: Failure, E: Failure> Failure for Layered<R, E> {
    fn kind(&self) -> Kind {
        match self {
            Self::Own(refusal) => refusal.kind(),
            Self::Inner(error) => error.kind(),
        }
    }
}

pin_project! {
    /// A future that runs under a guard (a permit, a count), or a refusal that is ready at once.
    #[derive(Debug)]
    pub struct Guarded<F, G, R> {
        #[pin]
        future: Option<F>,
        guard: Option<G>,
        refusal: Option<R>,
    }
}

impl<F, G, R> Guarded<F, G, R> {
    pub(crate) fn inside(future: F, guard: G) -> Self {
        Self { future: Some(future), guard: Some(guard), refusal: None }
    }

    pub(crate) fn refused(refusal: R) -> Self {
        Self { future: None, guard: None, refusal: Some(refusal) }
    }
}

impl<F, G, R, T, E> Future for Guarded<F, G, R>
where
    F: Future<Output = Result<T, E>>,
{
    type Output = Result<T, Layered<R, E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let Some(refusal) = this.refusal.take() {
            return Poll::Ready(Err(Layered::Own(refusal)));
        }
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            // Asked again after its end, which the contract of a future forbids.
            return Poll::Pending;
        };
        let output = ready!(future.poll(cx));
        this.future.set(None);
        // What the guard holds is free as soon as the answer is there, not when the future is dropped.
        drop(this.guard.take());
        Poll::Ready(output.map_err(Layered::Inner))
    }
}
