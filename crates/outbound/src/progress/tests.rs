use super::*;

#[test]
fn progress_only_moves_on() {
    let progress = Progress::new(true);
    progress.reach(Stage::Writing(2));
    progress.reach(Stage::Connected);
    assert_eq!(*progress.watch().borrow(), Stage::Writing(2));
    progress.reach(Stage::Written);
    assert_eq!(*progress.watch().borrow(), Stage::Written);
}

#[test]
fn a_body_that_was_not_touched_was_not_sent() {
    let progress = Progress::new(true);
    for stage in [Stage::Begun, Stage::Connecting, Stage::Connected] {
        progress.reach(stage);
        assert!(!progress.may_be_sent(), "{stage:?}");
    }
    progress.reach(Stage::Writing(1));
    assert!(progress.may_be_sent());
}

#[test]
fn without_a_body_nobody_tells() {
    assert!(Progress::new(false).may_be_sent());
}

#[tokio::test]
async fn the_connector_tells_its_request_how_it_ends() {
    for outcome in [Ok(()), Err(())] {
        let progress = Progress::new(true);
        let mut connector = TellConnecting.layer(tower::service_fn(move |(): ()| async move { outcome }));
        let seen = progress
            .follow(async {
                let connecting = connector.call(());
                let before = *progress.watch().borrow();
                (before, connecting.await, *progress.watch().borrow())
            })
            .await;
        assert_eq!(seen, (Stage::Connecting, outcome, Stage::Connected));
    }
}
