//! Down and up, set and cleared, stopped.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use chaos::{ChaosError, Fault, Kind, Limits, Plan, Proxy, RunConfig};
use tokio::net::{TcpListener, TcpStream};

use super::party::Party;
use super::world::{Client, FREE, StillTime, calm, count, start, until, with};

async fn is_refused(address: SocketAddr) -> bool {
    TcpStream::connect(address).await.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}

async fn answers(proxy: &Proxy) -> bool {
    let mut client = Client::of(proxy).await;
    client.say("hello").await;
    client.hear(5).await == "hello"
}

#[tokio::test]
async fn down_is_down_and_up_is_up_on_the_same_port() {
    let party = Party::echo().await;
    let proxy = calm(party.address);
    let mut client = Client::of(&proxy).await;
    client.say("hello").await;
    assert_eq!(client.hear(5).await, "hello");
    for _ in 0..3 {
        proxy.control().down().await.unwrap();
        assert_eq!(proxy.control().snapshot().open, 0);
        assert!(is_refused(proxy.address()).await);
        let taken = TcpListener::bind(proxy.address()).await.unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse, "nobody can take the port meanwhile");
        proxy.control().up().await.unwrap();
        assert!(answers(&proxy).await);
    }
    assert!(client.is_reset().await);
}

#[tokio::test]
async fn who_is_muted_stays_mute_and_others_are_heard() {
    let party = Party::echo().await;
    let proxy = calm(party.address);
    let mut muted = Client::of(&proxy).await;
    muted.say("hello").await;
    assert_eq!(muted.hear(5).await, "hello");
    proxy.control().mute_all();
    until(proxy.control(), |seen| count(seen, Kind::HalfOpen) == 1).await;
    let heard = party.heard();
    muted.say("is anybody there").await;
    assert!(answers(&proxy).await, "a new connection is none of them");
    assert_eq!(party.heard(), heard + 5, "the party hears nothing of what the muted one says");
    assert!(muted.hears_nothing());
    proxy.control().reset_all().await.unwrap();
    assert!(muted.is_reset().await);
}

#[tokio::test(start_paused = true)]
async fn a_fault_takes_the_party_down_for_a_while() {
    let time = StillTime::begin();
    let party = Party::echo().await;
    let span = Duration::from_secs(2);
    let proxy = with(party.address, Fault::Down { span });
    assert!(Client::of(&proxy).await.is_reset().await);
    proxy.control().clear();
    time.advance(span - Duration::from_millis(1)).await;
    assert!(is_refused(proxy.address()).await);
    time.advance(Duration::from_millis(2)).await;
    for look in 0.. {
        if !is_refused(proxy.address()).await {
            break;
        }
        assert!(look < 100_000, "it stays down");
    }
    assert!(answers(&proxy).await);
    assert_eq!(count(&proxy.control().snapshot(), Kind::Down), 1);
}

#[tokio::test]
async fn what_is_set_holds_until_it_is_cleared() {
    let party = Party::echo().await;
    let proxy = calm(party.address);
    assert!(answers(&proxy).await);
    proxy.control().set(Fault::Refuse).unwrap();
    for _ in 0..3 {
        assert_eq!(Client::of(&proxy).await.hear_out().await, b"");
    }
    proxy.control().clear();
    assert!(answers(&proxy).await);
}

#[tokio::test]
async fn the_hand_goes_before_chance() {
    let party = Party::echo().await;
    let proxy = start(party.address, Plan::of(0, 1.0, &[Kind::Refuse]));
    proxy.control().set(Fault::Cut { after_bytes: 2 }).unwrap();
    let mut client = Client::of(&proxy).await;
    client.say("hello").await;
    assert_eq!(client.hear_out().await, b"he");
    proxy.control().clear();
    assert_eq!(Client::of(&proxy).await.hear_out().await, b"");
}

#[tokio::test]
async fn what_cannot_be_done_is_refused() {
    let proxy = calm(FREE);
    let no_http = proxy.control().set(Fault::ServerError).unwrap_err();
    assert!(matches!(no_http, ChaosError::NeedsHttp(Kind::ServerError)), "{no_http}");
    let nothing = proxy.control().set(Fault::Bandwidth { bytes_per_second: 0 }).unwrap_err();
    assert!(nothing.to_string().contains("bandwidth_bytes_per_second"), "{nothing}");
    for address in ["0.0.0.0:0", "192.0.2.1:80", "[::]:0"] {
        let open = Proxy::start(address.parse().unwrap(), FREE, Plan::default()).unwrap_err();
        assert!(matches!(open, ChaosError::NotLoopback(_)), "{open}");
    }
    let taken = Proxy::start(proxy.address(), FREE, Plan::default()).unwrap_err();
    assert!(matches!(taken, ChaosError::Listen { .. }), "{taken}");
}

#[tokio::test]
async fn a_party_out_of_reach_is_a_reset_and_counted() {
    let gone = TcpListener::bind(FREE).await.unwrap().local_addr().unwrap();
    let proxy = calm(gone);
    assert!(Client::of(&proxy).await.is_reset().await);
    assert_eq!(proxy.stop().await.upstream_failures, 1);
}

#[tokio::test]
async fn stopped_is_over() {
    let party = Party::echo().await;
    let proxy = calm(party.address);
    let (address, control) = (proxy.address(), proxy.control().clone());
    let mut client = Client::of(&proxy).await;
    until(&control, |counts| counts.open == 1).await;
    assert_eq!(proxy.stop().await.open, 0);
    assert!(client.is_reset().await);
    assert!(is_refused(address).await);
    assert!(matches!(control.down().await, Err(ChaosError::Stopped)));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_by_itself_and_reports() {
    let time = StillTime::begin();
    let party = Party::echo().await;
    let limits = Limits { run_for_ms: Some(60_000), ..Limits::default() };
    let plan = Plan { seed: 7, limits, ..Plan::default() };
    let config = RunConfig { listen: FREE, upstream: party.address, plan };
    let (tell, told) = tokio::sync::oneshot::channel();
    let started = |address| tell.send(address).unwrap();
    let run = tokio::spawn(chaos::run(config, started, std::future::pending()));
    let mut client = Client(TcpStream::connect(told.await.unwrap()).await.unwrap());
    client.say("hello").await;
    assert_eq!(client.hear(5).await, "hello");
    time.advance(Duration::from_secs(59)).await;
    assert!(!run.is_finished() && client.hears_nothing());
    time.advance(Duration::from_secs(2)).await;
    assert!(client.is_reset().await);
    let report = run.await.unwrap().unwrap();
    assert_eq!((report.ran_out, report.seed, report.counts.bytes_to_client), (true, 7, 5));
    assert!(report.to_string().contains("its time was over"), "{report}");
}

#[tokio::test]
async fn a_run_ends_when_it_is_told_to() {
    let config = RunConfig { listen: FREE, upstream: FREE, plan: Plan::default() };
    let report = chaos::run(config, |_| {}, std::future::ready(())).await.unwrap();
    assert!(!report.ran_out && report.to_string().contains("it was stopped"));
}

#[tokio::test]
async fn chance_harms_the_connections_that_its_row_names() {
    let party = Party::echo().await;
    let plan = Plan::of(11, 0.4, &[Kind::Refuse, Kind::Reset]);
    let proxy = start(party.address, plan.clone());
    let mut seen = Vec::new();
    for _ in 0..40 {
        let mut client = Client::of(&proxy).await;
        // One that is closed already does not take it.
        tokio::io::AsyncWriteExt::write_all(&mut client.0, b"hi").await.ok();
        tokio::io::AsyncWriteExt::shutdown(&mut client.0).await.ok();
        let (heard, end) = client.hear_all().await;
        seen.push(match (heard.as_slice(), end) {
            (b"hi", Ok(_)) => None,
            (b"", _) => Some(()),
            other => panic!("{other:?}"),
        });
    }
    let planned = super::world::row(&plan, 40);
    assert_eq!(seen, planned.iter().map(|kind| kind.map(|_| ())).collect::<Vec<_>>());
    let counts = proxy.stop().await;
    for kind in [Kind::Refuse, Kind::Reset] {
        let times = planned.iter().filter(|planned| **planned == Some(kind)).count();
        assert_eq!(usize::try_from(count(&counts, kind)).unwrap(), times);
        assert!(times > 2);
    }
}
