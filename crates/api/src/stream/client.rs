use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Topic;

/// What a client may say.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Said {
    Authenticate { token: String },
    Subscribe { topics: Vec<Value> },
}

/// What the session itself answers.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Answer<'a> {
    Authenticated,
    Subscribed { topics: &'a [Topic] },
    Lagged { dropped: u64 },
}

/// The topics among `asked` that exist, in the order asked, once each.
pub(super) fn known_topics(asked: Vec<Value>) -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    for topic in asked.into_iter().filter_map(|value| serde_json::from_value(value).ok()) {
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    topics
}
