//! The latest values of things: a hash for each, whose fields only newer ones replace.

use ::redis::{Cmd, Pipeline, cmd, pipe};

use super::{Redis, RedisFault, fault, is_answer};

/// Sets the fields unless those that are there are newer. Times are whole numbers longer than a float holds, so they
/// are compared as text.
const SET_NEWER: &str = "
local is_newer = function (a, b) return #a > #b or (#a == #b and a >= b) end
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and not is_newer(ARGV[2], known) then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1";

/// Some fields of one hash, all as of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestValues {
    pub key: String,
    /// The field that holds the moment, as nanoseconds since 1970.
    pub time_field: String,
    /// Not negative.
    pub time: i64,
    pub fields: Vec<(String, String)>,
}

impl LatestValues {
    fn command(&self) -> Cmd {
        let mut command = cmd("EVAL");
        command.arg(SET_NEWER).arg(1).arg(&self.key).arg(&self.time_field).arg(self.time.max(0));
        for (field, value) in &self.fields {
            command.arg(field).arg(value);
        }
        command
    }
}

impl Redis {
    /// Sends all of them at once. Values that are older than what is there, and the same ones again, change nothing.
    ///
    /// # Errors
    /// [`RedisFault`]; some of them may be set then.
    pub async fn put_latest(&self, values: &[LatestValues]) -> Result<(), RedisFault> {
        if values.is_empty() {
            return Ok(());
        }
        let mut all: Pipeline = pipe();
        for value in values {
            all.add_command(value.command());
        }
        let mut lent = self.0.lend().await.map_err(|error| fault(&error))?;
        let answered = all.query_async::<Vec<i64>>(&mut lent.held.connection).await;
        lent.has_answered = answered.as_ref().map_or_else(is_answer, |_| true);
        answered.map(drop).map_err(|error| fault(&error))
    }

    /// Every field of a hash, in no order; none where there is no such hash.
    ///
    /// # Errors
    /// [`RedisFault`].
    pub async fn latest(&self, key: &str) -> Result<Vec<(String, String)>, RedisFault> {
        self.ask(cmd("HGETALL").arg(key)).await
    }
}
