//! `dead-letters`: what sinks refused for good is looked at, replayed after a fix, or discarded.

use anyhow::{Context, Result};
use engine::Clock;
use serde_json::{Value, json};
use store::{Cut, DeadLetterRow};

use crate::cli::{DeadLettersAction, LetterArguments, SettingArguments};
use crate::clock::SystemClock;
use crate::exit::Refused;
use crate::node::{Desk, ReplayError};
use crate::{exit, node, output};

/// Letters that are read at once.
const PIECE: usize = 500;

pub(super) fn run(settings: &SettingArguments, action: &DeadLettersAction) -> Result<u8> {
    let loaded = node::with_secrets(super::load(settings, &[])?)?;
    let desk = Desk::new(node::open_store(&loaded.config)?, None, None);
    match action {
        DeadLettersAction::List { limit, cursor } => list(settings, &desk, *limit, cursor.clone()),
        DeadLettersAction::Show { number } => show(&desk, *number),
        DeadLettersAction::Replay(letters) => {
            each(settings, &desk, letters, ("replayed", "would not go"), Desk::replay)
        }
        DeadLettersAction::Discard(letters) => {
            each(settings, &desk, letters, ("discarded", "could not be discarded"), Desk::discard)
        }
    }
}

fn list(settings: &SettingArguments, desk: &Desk, limit: usize, cursor: Option<String>) -> Result<u8> {
    let page = desk.list(&Cut::new(limit, cursor).map_err(|error| Refused::usage(error.what))?)?;
    let total = desk.count()?;
    if settings.json {
        let items: Vec<Value> = page.items.iter().map(described).collect();
        output::json(&json!({ "items": items, "next_cursor": page.next_cursor, "total": total }))?;
        return Ok(exit::DONE);
    }
    if page.items.is_empty() {
        println!("no dead letters");
        return Ok(exit::DONE);
    }
    let now = SystemClock.now();
    let row = |row: &DeadLetterRow| {
        let letter = &row.letter;
        vec![
            row.number.to_string(),
            letter.origin.clone(),
            letter.kind.clone(),
            letter.instrument.to_string(),
            letter.attempts.to_string(),
            format!("{} s", now.since(letter.last_failed).millis() / 1_000),
            letter.error.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = page.items.iter().map(row).collect();
    output::table(&["number", "sink", "kind", "instrument", "tries", "failed ago", "error"], &rows);
    println!("{} of {total}", page.items.len());
    if let Some(cursor) = page.next_cursor {
        println!("more with --cursor {cursor}");
    }
    Ok(exit::DONE)
}

fn show(desk: &Desk, number: u64) -> Result<u8> {
    output::json(&described(&desk.get(number)?))?;
    Ok(exit::DONE)
}

fn described(row: &DeadLetterRow) -> Value {
    let letter = &row.letter;
    let item = serde_json::from_str(&letter.payload).unwrap_or(Value::String(letter.payload.clone()));
    json!({
        "number": row.number,
        "origin": letter.origin,
        "kind": letter.kind,
        "instrument_id": letter.instrument,
        "item": item,
        "error": letter.error,
        "attempts": letter.attempts,
        "replays": row.replays,
        "first_failed_ms": letter.first_failed.millis(),
        "last_failed_ms": letter.last_failed.millis(),
    })
}

/// Does it with each of the letters; those that fail stay, and are told.
fn each(
    settings: &SettingArguments,
    desk: &Desk,
    letters: &LetterArguments,
    (done_word, failed_word): (&str, &str),
    deed: impl Fn(&Desk, u64) -> Result<(), ReplayError>,
) -> Result<u8> {
    let numbers = if letters.all { every_number(desk)? } else { letters.numbers.clone() };
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for number in numbers {
        match deed(desk, number) {
            Ok(()) => done.push(number),
            Err(error) => failed.push((number, error.to_string())),
        }
    }
    if settings.json {
        let failed: Vec<Value> =
            failed.iter().map(|(number, error)| json!({ "number": number, "error": error })).collect();
        output::json(&json!({ done_word: done, "failed": failed }))?;
    } else {
        println!("{} {done_word}", done.len());
        for (number, error) in &failed {
            println!("{number} {failed_word}: {error}");
        }
    }
    Ok(if failed.is_empty() { exit::DONE } else { exit::INPUT })
}

/// The oldest first, as they were meant.
fn every_number(desk: &Desk) -> Result<Vec<u64>> {
    let (mut numbers, mut cursor) = (Vec::new(), None);
    loop {
        let page = desk.list(&Cut::new(PIECE, cursor)?).context("dead letters cannot be listed")?;
        numbers.extend(page.items.iter().map(|row| row.number));
        cursor = page.next_cursor;
        if cursor.is_none() {
            numbers.reverse();
            return Ok(numbers);
        }
    }
}
