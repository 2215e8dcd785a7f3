//! Notices on their way out: to a mail server and to a receiver of webhooks that do what real ones do, well or ill.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alerts::notify::{
    Email, EmailConfig, EmailFault, Encryption, Message, SIGNATURE, Signature, TIMESTAMP, Tell, Webhook,
};
use alerts::rule::specified;
use alerts::{Change, Notice};
use outbound::{Client, HttpConfig};
use resilience::breaker::{BreakerConfig, State};
use resilience::retry::RetryConfig;
use resilience::{Kind, Policy, PolicyConfig, Surroundings};
use secrets::Secret;

const SECRET: &str = "correct horse battery staple";

/// Two tries a moment apart, and a breaker that three failures open.
fn policy(name: &'static str) -> Policy {
    let wait = Duration::from_millis(1);
    let retry = RetryConfig { tries_max: 2, initial: wait, cap: wait, ..RetryConfig::default() };
    let breaker = BreakerConfig { consecutive_failures: 3, ..BreakerConfig::default() };
    let config = PolicyConfig { retry: Some(retry), breaker: Some(breaker), ..PolicyConfig::default() };
    Policy::new(name, &config, Surroundings::system()).unwrap()
}

fn message() -> Message {
    let rule = specified().remove(0);
    let labels = vec![("policy".to_owned(), "line\nend".to_owned())];
    let change = Change {
        rule: rule.name.clone(),
        labels,
        is_firing: true,
        at_ms: 1_700_000_000_000,
        value: Some(1.0),
    };
    Message::new(&Notice { id: "notice-1".to_owned(), rule, change }, "bellwether <of> the tests")
}

/// What was said on each connection, oldest first. It is written down before it is answered.
#[derive(Clone, Default)]
struct Taken(Arc<Mutex<Vec<String>>>);

impl Taken {
    fn begin(&self) {
        self.0.lock().unwrap().push(String::new());
    }

    fn note(&self, said: &str) {
        *self.0.lock().unwrap().last_mut().unwrap() += said;
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// Serves one connection after the other with `serve`, which is given the next word of the script; an empty script
/// says yes.
fn server(
    script: &[&'static str],
    serve: fn(&TcpStream, &str, &Taken) -> std::io::Result<()>,
) -> (u16, Taken) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Taken::default();
    let (kept, mut script) = (taken.clone(), VecDeque::from(script.to_vec()));
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            kept.begin();
            // Who hangs up early has said what is looked at.
            serve(&stream, script.pop_front().unwrap_or("yes"), &kept).unwrap_or_default();
        }
    });
    (port, taken)
}

/// As much of a mail server as it takes; `word` is the answer to the sender's address, or `yes`.
fn serve_mail(stream: &TcpStream, word: &str, taken: &Taken) -> std::io::Result<()> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    writer.write_all(b"220 here\r\n")?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let answer = match line.split([' ', ':', '\r']).next().unwrap_or_default() {
            "MAIL" if word != "yes" => word,
            "DATA" => {
                writer.write_all(b"354 go on\r\n")?;
                while reader.read_line(&mut line)? > 0 && !line.ends_with("\r\n.\r\n") {}
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 well",
        };
        taken.note(&line);
        line.clear();
        writer.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

/// Takes a request and answers with the status that `word` is, or 200.
fn serve_hook(stream: &TcpStream, word: &str, taken: &Taken) -> std::io::Result<()> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    let (mut head, mut length) = (String::new(), 0);
    while reader.read_line(&mut head)? > 0 && !head.ends_with("\r\n\r\n") {
        let line = head.lines().last().unwrap_or_default().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    taken.note(&format!("{head}{}", String::from_utf8_lossy(&body)));
    let status = if word == "yes" { "200" } else { word };
    let answer = format!("HTTP/1.1 {status} so\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    writer.write_all(answer.as_bytes())
}

fn email(port: u16) -> EmailConfig {
    EmailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::None,
        credentials: None,
        from: "Bellwether <bellwether@example.org>".to_owned(),
        to: vec!["desk@example.org".to_owned(), "night@example.org".to_owned()],
        timeout: Duration::from_secs(10),
    }
}

fn webhook(port: u16, policy: Policy) -> Webhook {
    let client = Client::new(HttpConfig::default(), policy).unwrap();
    let url = Secret::new(format!("http://127.0.0.1:{port}/hooks/{SECRET}").replace(' ', "-"));
    Webhook::new(client, url, Signature::new(Secret::new(SECRET)))
}

#[tokio::test]
async fn a_mail_names_alert_and_notice_in_two_forms_to_everybody() {
    let (port, taken) = server(&[], serve_mail);
    let mails = Email::new(&email(port), policy("alerts.email")).unwrap();
    mails.tell(&message()).await.unwrap();
    let said = taken.all().concat();
    for part in [
        "MAIL FROM:<bellwether@example.org>",
        "RCPT TO:<desk@example.org>",
        "RCPT TO:<night@example.org>",
        "Subject: [critical] circuit_breaker_open firing (policy line end)",
        "Message-ID: <notice-1@bellwether>",
        "Content-Type: text/plain",
        "Content-Type: text/html",
        "&lt;of&gt; the tests",
    ] {
        assert!(said.contains(part), "{part:?} in {said}");
    }
}

#[tokio::test]
async fn a_mail_server_that_wants_to_be_asked_later_is_and_one_that_says_no_is_not() {
    for (script, tries, kind) in [
        (["451 later", "yes"], 2, None),
        (["451 later", "452 full"], 2, Some(Kind::Transient)),
        (["550 no", "yes"], 1, Some(Kind::Rejected)),
    ] {
        let (port, taken) = server(&script, serve_mail);
        let mails = Email::new(&email(port), policy("alerts.email")).unwrap();
        let told = mails.tell(&message()).await;
        assert_eq!(told.as_ref().err().map(|error| error.kind), kind, "{script:?} {told:?}");
        assert_eq!(taken.all().len(), tries, "{script:?}");
        assert!(!told.is_err_and(|error| error.what.contains("example.org")), "an address is told");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_away_opens_the_breaker_and_is_left_alone() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let policy = policy("alerts.email");
    let mails = Email::new(&email(port), policy.clone()).unwrap();
    for _ in 0..2 {
        assert!(mails.tell(&message()).await.is_err());
    }
    assert_eq!(policy.state(), State::Open);
    let refused = mails.tell(&message()).await.unwrap_err();
    assert!(matches!(refused.kind, Kind::RateLimited { .. }), "{refused:?}");
}

#[test]
fn what_no_mail_could_ever_be_sent_with_is_said_at_once_and_whole() {
    let credentials = || Some(("user".to_owned(), Secret::new("password")));
    assert_eq!(email(25).faults(), []);
    assert_eq!(
        EmailConfig { credentials: credentials(), ..email(25) }.faults(),
        [],
        "nobody listens on the way"
    );
    let bad = EmailConfig {
        host: "mail.example.org".to_owned(),
        credentials: credentials(),
        from: "nobody".to_owned(),
        to: vec!["a@b".to_owned(), "no address".to_owned()],
        ..email(25)
    };
    let address = |text: &str| EmailFault::Address(text.to_owned());
    let faults = [address("nobody"), address("no address"), EmailFault::PasswordInTheClear];
    assert_eq!(bad.faults(), faults);
    assert_eq!(EmailConfig { to: Vec::new(), ..email(25) }.faults(), [EmailFault::Nobody]);
    assert_eq!(Email::new(&bad, policy("alerts.email")).unwrap_err(), faults[0]);
}

#[tokio::test]
async fn a_webhook_is_posted_signed_and_named_and_again_when_the_receiver_stumbles() {
    let (port, taken) = server(&["503", "yes"], serve_hook);
    webhook(port, policy("alerts.webhook")).tell(&message()).await.unwrap();
    let got = taken.all();
    assert_eq!(got.len(), 2);
    for request in &got {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
            line.unwrap_or_else(|| panic!("no {name}: {head}")).split_once(": ").unwrap().1.trim().to_owned()
        };
        let at_ms: i64 = header(TIMESTAMP).parse().unwrap();
        let signature = Signature::new(Secret::new(SECRET)).sign(at_ms, body.as_bytes());
        assert_eq!((at_ms, header(SIGNATURE)), (1_700_000_000_000, format!("v1={signature}")));
        let json: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&json["id"], &json["state"]), (&"notice-1".into(), &"firing".into()));
    }
}

#[tokio::test]
async fn a_receiver_that_says_no_is_not_asked_again_and_its_address_stays_ours() {
    let (port, taken) = server(&["400", "yes"], serve_hook);
    let refused = webhook(port, policy("alerts.webhook")).tell(&message()).await.unwrap_err();
    assert_eq!((refused.kind, taken.all().len()), (Kind::Rejected, 1), "{refused:?}");
    assert!(!refused.what.contains("hooks") && !refused.what.contains("staple"), "{refused:?}");
}
