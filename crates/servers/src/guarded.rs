use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::processes;

/// Starts the server and waits for its own input: a line dismisses it, the end of it means that nobody is left, so
/// that the server ends and its folder goes.
const GUARD: &str = r#"
"$@" >>"$FOLDER/log" 2>&1 </dev/null &
server=$!
echo "$server"
exec >&-
if read -r _; then wait "$server"; exit 0; fi
kill -CONT "$server" 2>/dev/null
kill "-$END" "$server" 2>/dev/null
wait "$server"
rm -rf "$FOLDER"
"#;

/// Whom a server runs as, where that is not us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    pub(crate) user: u32,
    pub(crate) group: u32,
}

impl User {
    pub(crate) fn apply(user: Option<Self>, command: &mut Command) -> &mut Command {
        match user {
            Some(Self { user, group }) => command.uid(user).gid(group),
            None => command,
        }
    }
}

/// A running server. Its guard is a process too, so that not even a kill of ours leaves the server behind.
#[derive(Debug)]
pub(crate) struct Guarded {
    guard: Child,
    input: Option<ChildStdin>,
    server: u32,
    folder: PathBuf,
}

impl Guarded {
    /// The program with these arguments; what it prints goes to `log` in the folder. `end` is the signal that it
    /// ends at.
    pub(crate) fn start(folder: &Path, user: Option<User>, end: &str, words: &[String]) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", GUARD, "guard"]).args(words).current_dir(folder);
        command.env("FOLDER", folder).env("END", end);
        // A group of its own: an interrupt from the keyboard is for us alone.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        let mut guard = User::apply(user, &mut command).spawn().expect("a shell can be started");
        let input = guard.stdin.take();
        let mut line = String::new();
        let output = guard.stdout.take().expect("its output is ours");
        BufReader::new(output).read_line(&mut line).expect("the guard says whom it guards");
        let server = line.trim().parse().expect("a process number");
        Self { guard, input, server, folder: folder.to_owned() }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        processes::signal(self.server, signal);
    }

    /// At once, with all it was doing.
    pub(crate) fn kill(mut self) {
        let children = processes::children_of(self.server);
        self.signal(Signal::KILL);
        let dismissed = self.input.take().is_some_and(|mut input| input.write_all(b"\n").is_ok());
        assert!(dismissed, "the guard has gone: {}", self.log());
        self.guard.wait().expect("the guard ends");
        wait_until("what the server had started is gone", || {
            !children.iter().any(|child| processes::runs(*child))
        });
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Some(input) = self.input.take() {
            self.signal(Signal::CONT);
            drop(input);
            drop(self.guard.wait());
        }
    }
}

/// Looks until it is so; gives up after half a minute.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("not within 30 s: {what}");
}
