use std::ops::Deref;

/// Something that has passed the gate. The field is private and only [`crate::check`] fills it: there is no
/// `From`, no `Default`, no `Deserialize`, and no `Clone`, so one approval is good for one submission.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an approval that is dropped is an order that is never sent"]
pub struct Approved<T>(T);

impl<T> Approved<T> {
    #[inline]
    pub(crate) const fn stamp(inner: T) -> Self {
        Self(inner)
    }

    #[must_use]
    #[inline]
    pub const fn get(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Approved<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}
