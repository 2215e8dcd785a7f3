use super::*;

#[test]
fn it_is_killed_held_and_started_again_at_one_address() {
    let Some(mut server) = Redis::start(&[]) else { return };
    let url = server.url();
    server.kill();
    assert!(!server.answers());
    server.start_again();
    assert!(server.answers() && server.url() == url);
    server.hold();
    assert!(!server.answers());
    server.release();
    wait_until("it answers again", || server.answers());
}
