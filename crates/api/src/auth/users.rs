use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::{Span, Timestamp};
use uuid::Uuid;

use super::{Authenticated, TokenFault};
use crate::history::Known;
use crate::problem::Problem;
use crate::state::AppState;

/// How old what is remembered of a user may be: a user who was removed, or has another role, is noticed within it.
const FRESH: Span = Span::from_seconds(10);
/// Users remembered; beyond it all are looked up anew.
const USERS_MAX: usize = 10_000;

/// Users as they were when last looked up, so that not every request asks the store.
#[derive(Debug, Default)]
pub(crate) struct Users {
    remembered: Mutex<HashMap<Uuid, (Known, Timestamp)>>,
}

impl Users {
    fn remember(&self, known: &Known, now: Timestamp) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= USERS_MAX {
            remembered.clear();
        }
        remembered.insert(known.user.id, (known.clone(), now));
    }

    fn forget(&self, user: Uuid) {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).remove(&user);
    }

    fn recall(&self, user: Uuid) -> Option<(Known, Timestamp)> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(&user).cloned()
    }
}

/// Who a token speaks for, as they are now. While the store cannot be read, what was remembered holds: whoever
/// wants to halt an account must not wait for a database.
pub(crate) async fn authenticate(state: &AppState, token: &str) -> Result<Authenticated, Problem> {
    let now = state.clock.now();
    let refused = |fault: TokenFault| {
        tracing::info!(target: "security", kind = "token_refused", %fault, "a token was refused");
        Problem::unauthorised(&fault.to_string())
    };
    let verified = state.tokens.verify(token, now).map_err(refused)?;
    let remembered = state.users.recall(verified.user);
    let known = match remembered {
        Some((known, at)) if now.since(at) < FRESH => known,
        stale => look_up(state, verified.user, stale.map(|(known, _)| known), now).await?,
    };
    Ok(Authenticated { known, expires: verified.expires })
}

async fn look_up(
    state: &AppState,
    user: Uuid,
    stale: Option<Known>,
    now: Timestamp,
) -> Result<Known, Problem> {
    match state.read(move |history| history.user(user)).await {
        Ok(Some(known)) => {
            state.users.remember(&known, now);
            Ok(known)
        }
        Ok(None) => {
            state.users.forget(user);
            Err(Problem::unauthorised("the user does not exist any more"))
        }
        Err(problem) => stale.ok_or(problem),
    }
}
