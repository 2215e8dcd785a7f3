use std::collections::VecDeque;
use std::sync::{Arc, Mutex as StdMutex};

use tokio::sync::{Notify, oneshot};
use tokio::time::advance;

use super::*;

/// Gives what the test put in, and writes down what it was asked.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<StdMutex<VecDeque<Result<Grant, Fault>>>>,
    asked: Arc<StdMutex<Vec<(String, Duration)>>>,
    /// Told at every question.
    told: Arc<Notify>,
    began: Option<Instant>,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = Result<Grant, Fault>>) -> Self {
        let answers = Arc::new(StdMutex::new(answers.into_iter().collect()));
        Self { answers, began: Some(Instant::now()), ..Self::default() }
    }

    fn answer(&self, question: String) -> Result<Grant, Fault> {
        let after = self.began.unwrap().elapsed();
        self.asked.lock().unwrap().push((question, after));
        self.told.notify_one();
        self.answers.lock().unwrap().pop_front().unwrap_or_else(|| Err(away()))
    }

    /// What was asked, with the seconds after which it was.
    fn asked(&self) -> Vec<(String, u64)> {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .map(|(question, after)| (question.clone(), after.as_secs()))
            .collect()
    }

    async fn until_asked(&self, times: usize) {
        while self.asked.lock().unwrap().len() < times {
            self.told.notified().await;
        }
    }
}

impl Door for Script {
    async fn login(&self) -> Result<Grant, Fault> {
        tokio::task::yield_now().await;
        self.answer("login".to_owned())
    }

    async fn renew(&self, token: &Secret) -> Result<Grant, Fault> {
        tokio::task::yield_now().await;
        self.answer(format!("renew {}", token.expose()))
    }
}

fn grant(token: &str, seconds: u64, is_renewable: bool) -> Result<Grant, Fault> {
    let lease = (seconds > 0).then(|| Duration::from_secs(seconds));
    Ok(Grant { token: Secret::new(token), lease, is_renewable })
}

fn away() -> Fault {
    Fault::transient("away")
}

fn asked(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(question, seconds)| ((*question).to_owned(), *seconds)).collect()
}

/// Logs in, then lets the keeper work until it has asked `times` questions in all.
async fn kept(
    answers: impl IntoIterator<Item = Result<Grant, Fault>>,
    times: usize,
) -> (Script, Option<Lease>) {
    let script = Script::new(answers);
    let session = Session::new(script.clone());
    session.token().await.unwrap();
    session.keep(script.until_asked(times)).await;
    (script, session.lease())
}

#[tokio::test(start_paused = true)]
async fn a_token_is_got_once_and_used_by_all() {
    let script = Script::new([grant("one", 60, true)]);
    let session = Arc::new(Session::new(script.clone()));
    let tasks: Vec<_> = (0..5)
        .map(|_| {
            let session = Arc::clone(&session);
            tokio::spawn(async move { session.token().await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().expose(), "one");
    }
    assert_eq!(script.asked(), asked(&[("login", 0)]));
}

#[tokio::test(start_paused = true)]
async fn an_ended_token_is_replaced_when_it_is_needed() {
    let session = Session::new(Script::new([grant("one", 60, true), grant("two", 60, true)]));
    assert_eq!(session.token().await.unwrap().expose(), "one");
    advance(Duration::from_secs(59)).await;
    assert_eq!(session.token().await.unwrap().expose(), "one");
    assert_eq!(session.lease().unwrap().ends_in, Some(Duration::from_secs(1)));
    advance(Duration::from_secs(1)).await;
    assert_eq!(session.lease().unwrap().ends_in, Some(Duration::ZERO));
    assert_eq!(session.token().await.unwrap().expose(), "two");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_after_two_thirds_of_its_life() {
    let renewed = || grant("", 60, true);
    let (script, lease) = kept([grant("one", 60, true), renewed(), renewed(), renewed()], 4).await;
    let expected = [("login", 0), ("renew one", 40), ("renew one", 80), ("renew one", 120)];
    assert_eq!(script.asked(), asked(&expected));
    assert!(lease.unwrap().is_renewable);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_cannot_be_renewed_is_replaced() {
    let refused = Err(Fault::unauthorised("no more"));
    let answers = [grant("one", 60, false), grant("two", 60, true), refused, grant("three", 60, true)];
    let (script, _) = kept(answers, 4).await;
    let expected = [("login", 0), ("login", 40), ("renew two", 80), ("login", 80)];
    assert_eq!(script.asked(), asked(&expected));
}

#[tokio::test(start_paused = true)]
async fn a_token_at_the_end_of_its_longest_life_is_replaced() {
    let answers = [grant("one", 60, true), grant("one", 20, true), grant("two", 60, true)];
    let (script, _) = kept(answers, 3).await;
    assert_eq!(script.asked(), asked(&[("login", 0), ("renew one", 40), ("login", 40)]));
}

#[tokio::test(start_paused = true)]
async fn a_token_without_an_end_is_left_alone() {
    let script = Script::new([grant("root", 0, false)]);
    let session = Session::new(script.clone());
    session.token().await.unwrap();
    session.keep(tokio::time::sleep(Duration::from_secs(1_000_000))).await;
    assert_eq!(script.asked(), asked(&[("login", 0)]));
    assert_eq!(session.lease().unwrap().ends_in, None);
}

#[tokio::test(start_paused = true)]
async fn failed_renewals_are_tried_again_ever_less_often() {
    let (script, lease) = kept([grant("one", 3000, true)], 10).await;
    let after: Vec<u64> = script.asked().iter().map(|(_, seconds)| *seconds).collect();
    assert_eq!(after, [0, 2000, 2001, 2003, 2007, 2015, 2031, 2063, 2123, 2183]);
    assert_eq!(lease.unwrap().failures, 9);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_succeeds_ends_the_failures() {
    let answers = [grant("one", 60, true), Err(away()), grant("one", 60, true), grant("one", 60, true)];
    let (script, lease) = kept(answers, 4).await;
    let expected = [("login", 0), ("renew one", 40), ("renew one", 41), ("renew one", 81)];
    assert_eq!(script.asked(), asked(&expected));
    assert_eq!(lease.unwrap().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn the_keeper_stops_in_the_middle_of_a_renewal() {
    struct Stuck;
    impl Door for Stuck {
        async fn login(&self) -> Result<Grant, Fault> {
            grant("one", 60, true)
        }
        async fn renew(&self, _: &Secret) -> Result<Grant, Fault> {
            std::future::pending().await
        }
    }
    let session = Session::new(Stuck);
    session.token().await.unwrap();
    session.keep(tokio::time::sleep(Duration::from_secs(100))).await;
    assert_eq!(session.lease().unwrap().failures, 0);
}

#[tokio::test(start_paused = true)]
async fn the_keeper_waits_for_the_first_token() {
    let script = Script::new([grant("one", 60, true), grant("one", 60, true)]);
    let session = Arc::new(Session::new(script.clone()));
    let (stop, stopped) = oneshot::channel::<()>();
    let keeper = {
        let session = Arc::clone(&session);
        tokio::spawn(async move { session.keep(async { stopped.await.unwrap() }).await })
    };
    advance(Duration::from_secs(500)).await;
    assert_eq!(script.asked(), asked(&[]));
    session.token().await.unwrap();
    script.until_asked(2).await;
    assert_eq!(script.asked(), asked(&[("login", 500), ("renew one", 540)]));
    stop.send(()).unwrap();
    keeper.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn only_an_old_token_is_worth_another_login() {
    let session = Session::new(Script::new([grant("one", 600, true), grant("two", 600, true)]));
    let one = session.token().await.unwrap();
    assert!(!session.forget(&one), "it is fresh");
    advance(FRESH).await;
    assert!(session.forget(&one));
    assert_eq!(session.token().await.unwrap().expose(), "two");
    assert!(session.forget(&one), "somebody got a better one meanwhile");
    assert_eq!(session.token().await.unwrap().expose(), "two", "which stays");
}

#[test]
fn pauses_double_up_to_a_minute() {
    let pauses: Vec<u64> = (0..9).map(|failures| pause(failures).as_secs()).collect();
    assert_eq!(pauses, [1, 1, 2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(pause(u32::MAX), PAUSE_MAX);
}
