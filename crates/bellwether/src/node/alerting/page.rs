//! The page as a way to tell somebody: a change goes to everyone who has it open; who opens it later finds it in the
//! board's history.

use alerts::notify::{Message, Tell, TellError, Told};
use api::model::operations::AlertChange;
use resilience::Kind;

use super::Frames;

pub(super) struct Page(pub(super) Frames);

impl Tell for Page {
    fn name(&self) -> &'static str {
        "page"
    }

    fn tell<'a>(&'a self, message: &'a Message) -> Told<'a> {
        let shown = self.0.alert(&change(message));
        let fail =
            |error: api::stream::FrameError| TellError { kind: Kind::Invalid, what: error.to_string() };
        Box::pin(std::future::ready(shown.map_err(fail)))
    }
}

fn change(message: &Message) -> AlertChange {
    AlertChange {
        name: message.alert.clone(),
        at_ms: message.at_ms,
        firing: message.is_firing(),
        labels: message.labels.clone(),
        value: message.value,
    }
}
