//! The bytes that the documentation shows are the bytes.

use super::{bytes, samples};

const DOCUMENT: &str = include_str!("../../../../../docs/wire-format.md");

fn shown(name: &str) -> Option<String> {
    let (_, after) = DOCUMENT.split_once(&format!("\n{name}:\n"))?;
    let lines = after.lines().take_while(|line| line.starts_with("    "));
    Some(lines.map(str::trim).collect::<Vec<_>>().join(" "))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// As it belongs into the document, in lines of 32 bytes.
fn example(name: &str, bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.chunks(32).map(|line| format!("    {}", hexadecimal(line))).collect();
    format!("{name}:\n{}\n", lines.join("\n"))
}

#[test]
fn every_example_of_the_document_is_what_is_sent() {
    let all = samples::all();
    let wrong: Vec<String> = all
        .iter()
        .map(|(name, message)| (name, bytes(message)))
        .filter(|(name, bytes)| shown(name) != Some(hexadecimal(bytes)))
        .map(|(name, bytes)| example(name, &bytes))
        .collect();
    assert!(wrong.is_empty(), "docs/wire-format.md should show\n\n{}", wrong.join("\n"));
}
