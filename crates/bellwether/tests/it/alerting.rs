//! An alert from its cause to those who are told: a real mail server and a receiver of webhooks.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::running::{Running, free_address, within};

const SECRET: &str = "a webhook secret of the tests";

/// A mail server that prints what it gets; killed when the test lets go of it.
struct Mail {
    child: Child,
    printed: std::path::PathBuf,
}

impl Drop for Mail {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Mail {
    fn start(folder: &Path, address: &str) -> Option<Self> {
        let printed = folder.join("mail");
        let mut server = Command::new("aiosmtpd");
        server.args(["-n", "-l", address, "-c", "aiosmtpd.handlers.Debugging", "stdout"]);
        server.env("PYTHONUNBUFFERED", "1").stderr(Stdio::null());
        match server.stdout(std::fs::File::create(&printed).unwrap()).spawn() {
            Ok(child) => Some(Self { child, printed }),
            Err(_) => {
                eprintln!("SKIPPED: there is no aiosmtpd on the PATH, so no mail of an alert is looked at");
                None
            }
        }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.printed).unwrap()
    }
}

/// A request as the receiver of webhooks got it.
struct Got {
    head: String,
    body: String,
}

/// Takes requests one by one, and says yes to each.
fn receive() -> (String, Receiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (sender, receiver) = sync_channel(100);
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            if let Some(got) = take(stream)
                && sender.send(got).is_err()
            {
                return;
            }
        }
    });
    (address, receiver)
}

fn take(stream: TcpStream) -> Option<Got> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head += &line;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    reader.get_mut().write_all(answer.as_bytes()).ok()?;
    Some(Got { head, body: String::from_utf8(body).ok()? })
}

impl Got {
    fn header(&self, name: &str) -> String {
        let of_name = |line: &str| Some(line.strip_prefix(name)?.strip_prefix(": ")?.trim().to_owned());
        self.head.lines().find_map(of_name).unwrap_or_else(|| panic!("no {name}: {}", self.head))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn is_signed(&self) -> bool {
        let mut code = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        code.update(format!("{}.{}", self.header("x-bellwether-timestamp"), self.body).as_bytes());
        let wanted: String = code.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        self.header("x-bellwether-signature") == format!("v1={wanted}")
    }
}

/// A channel of the board, once it has sent so many.
fn channel(running: &Running, name: &str, sent: u64) -> Option<Value> {
    let board = running.get("/operations/alerts").good();
    let channels = board["channels"].as_array().unwrap();
    channels.iter().find(|channel| channel["name"] == name && channel["sent"] == sent).cloned()
}

#[test]
fn an_alert_reaches_the_mail_server_and_the_webhook_and_ends_there() {
    let folder = tempfile::tempdir().unwrap();
    let mail_address = free_address();
    let mail = Mail::start(folder.path(), &mail_address);
    if mail.is_some() {
        within(20, "the mail server listens", || TcpStream::connect(&mail_address).ok());
    }
    let (hook, received) = receive();
    let port = mail_address.rsplit(':').next().unwrap().to_owned();
    let settings = [
        format!("alerts.webhook.url=http://{hook}/alerts"),
        format!("alerts.webhook.secret={SECRET}"),
        "alerts.email.host=127.0.0.1".to_owned(),
        format!("alerts.email.port={port}"),
        "alerts.email.tls=none".to_owned(),
        "alerts.email.from=bellwether@example.org".to_owned(),
        "alerts.email.to=[\"desk@example.org\"]".to_owned(),
    ];
    let arguments: Vec<&str> = settings.iter().flat_map(|setting| ["--set", setting.as_str()]).collect();
    let running = Running::start(folder.path(), &arguments);

    let breaker = "/operations/policies/vault.secrets/breaker";
    running.post(breaker, &json!({ "action": "open", "reason": "a test" })).good();
    let fired = received.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
    let told = fired.json();
    assert_eq!(
        (&told["alert"], &told["state"]),
        (&json!("circuit_breaker_open"), &json!("firing")),
        "{told}"
    );
    assert_eq!(told["labels"]["policy"], "vault.secrets");
    assert!(fired.is_signed(), "{}", fired.head);
    let begins = "[critical] circuit_breaker_open firing (policy vault.secrets)";
    mail.as_ref().inspect(|mail| within(20, begins, || mail.text().contains(begins).then_some(())));

    running.post(breaker, &json!({ "action": "reset", "reason": "a test" })).good();
    let ended = received.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
    assert_eq!(ended.json()["state"], "resolved");
    assert!(ended.is_signed() && ended.json()["id"] != told["id"]);
    let ends = "circuit_breaker_open resolved";
    mail.as_ref().inspect(|mail| within(20, ends, || mail.text().contains(ends).then_some(())));
    for name in ["page", "webhook", "email"].into_iter().filter(|name| *name != "email" || mail.is_some()) {
        let channel = within(20, "both notices are counted", || channel(&running, name, 2));
        assert_eq!(channel["failed"], 0, "{channel}");
    }
    assert!(!running.err().contains(SECRET), "the log has the secret");
}
