//! Signals to a server and to what it has started.

use std::fs;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// To the process first, so that it starts no more, then to its children. Whether the process was there.
pub(crate) fn signal(server: u32, signal: Signal) -> bool {
    let send = |process: u32| pid(process).is_some_and(|pid| kill_process(pid, signal).is_ok());
    let is_there = send(server);
    children_of(server).into_iter().for_each(|child| {
        send(child);
    });
    is_there
}

/// Not one that has ended and whose parent did not hear of it yet.
pub(crate) fn runs(process: u32) -> bool {
    fields(process).is_some_and(|(state, _)| state != "Z")
}

pub(crate) fn children_of(server: u32) -> Vec<u32> {
    let Ok(processes) = Path::new("/proc").read_dir() else { return Vec::new() };
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers.filter(|process| parent_of(*process) == Some(server)).collect()
}

fn parent_of(process: u32) -> Option<u32> {
    fields(process).map(|(_, parent)| parent)
}

/// State and parent: the words behind the name, which is in parentheses and may itself hold anything.
fn fields(process: u32) -> Option<(String, u32)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut words = text.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
}

fn pid(process: u32) -> Option<Pid> {
    Pid::from_raw(process.cast_signed())
}
