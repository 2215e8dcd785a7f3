use super::*;
use crate::processes;

fn count(server: &Postgres) -> String {
    server.sql("one", "SELECT count(*) FROM rows")
}

#[test]
fn what_was_committed_is_there_after_a_kill() {
    let Some(mut server) = Postgres::start(&Setup { is_durable: true, ..Setup::default() }) else { return };
    server.create("one");
    server.sql("one", "CREATE TABLE rows (n int)");
    server.sql("one", "INSERT INTO rows VALUES (1), (2)");
    server.kill();
    server.start_again();
    assert_eq!(count(&server), "2");
    assert!(server.log().contains("not properly shut down"), "{}", server.log());
}

#[test]
fn one_that_is_held_answers_when_it_is_let_go() {
    let Some(server) = Postgres::start(&Setup::default()) else { return };
    server.create("one");
    server.sql("one", "CREATE TABLE rows (n int)");
    server.hold();
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| count(&server));
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!asked.is_finished());
        server.release();
        assert_eq!(asked.join().unwrap(), "0");
    });
}

#[test]
fn copies_are_apart_and_a_port_is_served() {
    let Some(server) = Postgres::start(&Setup { tcp: true, ..Setup::default() }) else { return };
    server.create("one");
    server.sql("one", "CREATE TABLE rows (n int)");
    server.copy("one", "two");
    server.sql("two", "INSERT INTO rows VALUES (1)");
    assert_eq!(count(&server), "0");
    std::net::TcpStream::connect(("127.0.0.1", server.port())).unwrap();
}

#[test]
fn nothing_stays_behind() {
    let Some(server) = Postgres::start(&Setup::default()) else { return };
    let folder = server.folder.path().to_owned();
    let state = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let process = state.lines().next().unwrap().parse().unwrap();
    assert!(processes::runs(process) && !processes::children_of(process).is_empty());
    server.hold();
    drop(server);
    assert!(!processes::runs(process) && !folder.exists());
}
