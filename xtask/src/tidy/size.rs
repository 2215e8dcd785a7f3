//! Files and functions stay short.

use super::Finding;
use super::scan::{self, line_of};
use super::tree::Source;

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;

pub(super) fn check(source: &Source, findings: &mut Vec<Finding>) {
    let of_the_web = source.path.starts_with("web/src/") && source.is_web() && !is_generated(&source.text);
    if source.is_production() || of_the_web {
        findings.extend(long_file(source));
    }
    if source.is_production() {
        findings.extend(functions(&source.code).into_iter().filter_map(|found| found.long(source)));
    }
}

/// The mark of the generator of the web client.
fn is_generated(text: &str) -> bool {
    text.lines().take(3).any(|line| line.contains("auto-generated"))
}

fn long_file(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    let message = format!("{lines} lines, at most {FILE_LINES_MAX}: split it by the nouns it holds");
    (lines > FILE_LINES_MAX).then(|| Finding::line(&source.path, lines, "long file", message))
}

pub(super) struct Function<'a> {
    pub(super) name: &'a str,
    at: usize,
    /// From the line of `fn` to the line of the closing brace.
    pub(super) lines: usize,
}

impl Function<'_> {
    fn long(&self, source: &Source) -> Option<Finding> {
        let Self { name, at, lines } = self;
        let message = format!(
            "`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}: move a part into its own function"
        );
        (*lines > FUNCTION_LINES_MAX).then(|| Finding::at(source, *at, "long function", message))
    }
}

/// Every `fn` item that has a body; `code` is masked.
pub(super) fn functions(code: &str) -> Vec<Function<'_>> {
    let mut words = scan::words(code).peekable();
    let mut found = Vec::new();
    while let Some((at, word)) = words.next() {
        let Some((name_at, name)) = words.peek().copied().filter(|_| word == "fn") else {
            continue;
        };
        let is_item = code[at + 2..name_at].trim().is_empty();
        if let Some(end) = is_item.then(|| body_end(code, name_at)).flatten() {
            found.push(Function { name, at, lines: line_of(code, end) - line_of(code, at) + 1 });
        }
    }
    found
}

/// The closing brace of the body that follows a function's name; `None` if a `;` ends it.
fn body_end(code: &str, from: usize) -> Option<usize> {
    let (mut brackets, mut braces) = (0_i32, 0_i32);
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets -= 1,
            b';' if brackets == 0 && braces == 0 => return None,
            b'{' => braces += 1,
            b'}' => {
                braces -= 1;
                if braces == 0 && brackets == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}
