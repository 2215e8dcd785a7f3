//! A running platform: started, asked, stopped and killed.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

use super::http::{Answer, ask};
use super::program::{bellwether, run};

pub(super) const PASSWORD: &str = "a password of the tests";

/// Rows that one request of a list asks for.
const PAGE: usize = 200;

/// Between two looks at something that is to happen.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Asks until there is something, for so many seconds at most.
pub(super) fn within<T>(seconds: u32, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..seconds * 10 {
        if let Some(seen) = look() {
            return seen;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    panic!("not within {seconds} s: {what}");
}

/// An address on this machine that nobody listens at.
pub(super) fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The command that starts a platform on `folder`/data.
pub(super) fn up(folder: &Path, address: &str, more: &[&str]) -> Command {
    let mut arguments = vec!["up", "--listen", address, "--data-dir", "data"];
    arguments.extend(["--set", "synthetic.warm_up_minutes=1"]);
    arguments.extend(more);
    bellwether(folder, &arguments)
}

/// The exit code and the words of a platform that ends by itself, as it must soon.
pub(super) fn refused(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    for _ in 0..100 {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(LOOK_EVERY);
    }
    drop(child.kill());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A platform that is killed when the test lets go of it.
pub(super) struct Running {
    child: Child,
    folder: PathBuf,
    address: String,
    token: Mutex<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Running {
    /// Starts a platform whose administrator has [`PASSWORD`], waits until it is ready and signs in.
    pub(super) fn start(folder: &Path, more: &[&str]) -> Self {
        let address = free_address();
        let mut command = up(folder, &address, more);
        command.env("ADMIN_USERNAME", "tester").env("ADMIN_PASSWORD", PASSWORD);
        let running = Self::ready(folder, &address, command);
        running.sign_in("tester", PASSWORD);
        running
    }

    /// Starts the command and waits until it says that it is ready.
    pub(super) fn ready(folder: &Path, address: &str, command: Command) -> Self {
        Self::answering(folder, address, command, "/health/ready")
    }

    /// The same of a platform that lacks something and will not be ready.
    pub(super) fn alive(folder: &Path, address: &str, command: Command) -> Self {
        Self::answering(folder, address, command, "/health/live")
    }

    fn answering(folder: &Path, address: &str, mut command: Command, probe: &str) -> Self {
        let file = |name: &str| File::create(folder.join(name)).unwrap();
        command.stdout(Stdio::from(file("out"))).stderr(Stdio::from(file("err")));
        let child = command.spawn().unwrap();
        let mut running =
            Self { child, folder: folder.to_owned(), address: address.to_owned(), token: Mutex::default() };
        within(60, "the platform is ready", || {
            let ended = running.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", running.err());
            ask(address, "GET", probe, None, None).filter(|answer| answer.status == 200)
        });
        running
    }

    /// Its token is good for a quarter of an hour.
    pub(super) fn sign_in(&self, username: &str, password: &str) {
        let body = json!({ "username": username, "password": password });
        let answer = ask(&self.address, "POST", "/api/v1/login", None, Some(&body)).unwrap().good();
        *self.token.lock().unwrap() = answer["access_token"].as_str().unwrap().to_owned();
    }

    /// What it printed since it was started.
    pub(super) fn out(&self) -> String {
        std::fs::read_to_string(self.folder.join("out")).unwrap()
    }

    pub(super) fn err(&self) -> String {
        std::fs::read_to_string(self.folder.join("err")).unwrap()
    }

    pub(super) fn token(&self) -> String {
        self.token.lock().unwrap().clone()
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.try_ask("GET", path, None).unwrap()
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_ask("POST", path, Some(body)).unwrap()
    }

    /// `None` when the platform went away meanwhile.
    pub(super) fn try_ask(&self, method: &str, path: &str, body: Option<&Value>) -> Option<Answer> {
        let token = self.token.lock().unwrap().clone();
        ask(&self.address, method, &format!("/api/v1{path}"), Some(&token), body)
    }

    /// Every row of a list, oldest first.
    pub(super) fn list(&self, path: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{separator}limit={PAGE}{cursor}")).good();
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        rows.reverse();
        rows
    }

    /// The accounts' ids by their names.
    pub(super) fn accounts(&self) -> BTreeMap<String, String> {
        let accounts = self.get("/accounts").good();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        accounts["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|account| (text(&account["name"]), text(&account["id"])))
            .collect()
    }

    /// The numbers of the orders that risk let through, oldest first.
    pub(super) fn order_ids(&self, account: &str) -> Vec<u64> {
        self.list(&format!("/accounts/{account}/orders?status=all"))
            .iter()
            .filter_map(|order| order["id"].as_str().unwrap().parse().ok())
            .collect()
    }

    /// Its memory in RAM, where the system tells it.
    pub(super) fn resident_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    }

    /// Asks it to stop as a service manager does, and waits for its end.
    pub(super) fn terminate(mut self) -> (ExitStatus, String) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        let ended = within(10, "the platform has stopped", || self.child.try_wait().unwrap());
        (ended, self.out())
    }

    /// Kills it at that moment, whatever it does then.
    pub(super) fn kill_after(&self, alive: Duration) -> JoinHandle<()> {
        let process = self.child.id().to_string();
        std::thread::spawn(move || {
            std::thread::sleep(alive);
            assert!(Command::new("kill").args(["-KILL", &process]).status().unwrap().success());
        })
    }
}

/// An account's journal as it lies on the disk.
pub(super) struct Journal {
    pub(super) folder: PathBuf,
    folds_in: PathBuf,
}

impl Journal {
    pub(super) fn of(folder: &Path, account: &str) -> Self {
        Self { folder: folder.join("data/journals").join(account), folds_in: folder.to_owned() }
    }

    /// The account that it folds to.
    pub(super) fn verified(&self) -> Value {
        let ran = run(&self.folds_in, &["journal", "verify", "--json", self.folder.to_str().unwrap()]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.json()
    }

    /// What each entry says.
    pub(super) fn records(&self) -> Vec<Value> {
        let ran = run(&self.folds_in, &["journal", "show", self.folder.to_str().unwrap()]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let entry = |line: &str| serde_json::from_str::<Value>(line).unwrap();
        let entries: Vec<Value> = ran.out.lines().map(entry).collect();
        for (place, entry) in entries.iter().enumerate() {
            assert_eq!(entry["sequence"], place as u64 + 1, "{entry}");
        }
        entries.into_iter().map(|mut entry| entry["record"].take()).collect()
    }

    pub(super) fn order_ids(&self) -> Vec<u64> {
        self.records().iter().filter_map(|record| record["Submitted"]["order"]["id"].as_u64()).collect()
    }

    /// Order, price, quantity and fee of every fill, oldest first.
    pub(super) fn fills(&self) -> Vec<[String; 4]> {
        let records = self.records();
        let fills = records.iter().map(|record| &record["Reported"]["event"]["filled"]);
        fills.filter(|fill| fill.is_object()).map(|fill| figures(fill, "order")).collect()
    }
}

/// What journal and API must agree on about a fill.
pub(super) fn figures(fill: &Value, order: &str) -> [String; 4] {
    [order, "price", "quantity", "fee"].map(|name| fill[name].to_string().trim_matches('"').to_owned())
}
