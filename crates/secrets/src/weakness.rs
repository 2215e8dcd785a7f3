/// Defaults that documents, images and tutorials are full of.
const KNOWN: &[&str] = &[
    "admin",
    "admin123",
    "administrator",
    "bellwether",
    "changeit",
    "changeme",
    "default",
    "guest",
    "letmein",
    "master",
    "minioadmin",
    "mysecretpassword",
    "password",
    "password123",
    "password1234",
    "passw0rd",
    "postgres",
    "postgrespassword",
    "qwertyuiop",
    "qwertyuiop[]",
    "redis",
    "root",
    "secret",
    "secret-key",
    "secretpassword",
    "secure-password-here",
    "super-secret",
    "supersecret",
    "test",
    "testpassword",
    "timescaledb",
    "trading",
    "user",
    "your-secret-key-change-in-production",
];

/// What stands where a value should be filled in.
const PLACEHOLDERS: &[&str] = &[
    "example",
    "your-",
    "your_",
    "placeholder",
    "replace-me",
    "replace_me",
    "replaceme",
    "insert-",
    "-here",
    "_here",
    "xxxxx",
    "${",
    "{{",
];

/// A shorter secret can be found by trying.
const LENGTH_MIN: usize = 12;

/// A secret of fewer different characters can be, too.
const DIFFERENT_MIN: usize = 5;

/// What makes a secret unfit for production, as the end of a sentence that begins with its name. `None` when nothing
/// is found, which is not a proof of strength.
///
/// ```
/// use secrets::weakness;
///
/// assert_eq!(weakness("postgres"), Some("is a default that everybody knows"));
/// assert_eq!(weakness("f3Kq-9vTz"), Some("is shorter than 12 characters"));
/// assert_eq!(weakness("f3Kq-9vTz-Lm2x-Rw8p"), None);
/// ```
#[must_use]
pub fn weakness(value: &str) -> Option<&'static str> {
    let value = value.trim();
    let lower = value.to_lowercase();
    if KNOWN.contains(&lower.as_str()) {
        return Some("is a default that everybody knows");
    }
    if is_placeholder(&lower) {
        return Some("looks like a placeholder that was never filled in");
    }
    if value.chars().count() < LENGTH_MIN {
        return Some("is shorter than 12 characters");
    }
    let mut different: Vec<char> = lower.chars().collect();
    let is_counting = is_counting(&different);
    different.sort_unstable();
    different.dedup();
    match different.len() {
        1 => Some("is one character again and again"),
        few if few < DIFFERENT_MIN => Some("has fewer than 5 different characters"),
        _ if is_counting => Some("is a row of neighbouring characters"),
        _ => None,
    }
}

fn is_placeholder(lower: &str) -> bool {
    let is_bracketed = lower.starts_with('<') && lower.ends_with('>');
    // an exchange is what this program is about
    let asks_for_change = lower.replace("exchange", "").contains("change");
    is_bracketed || asks_for_change || PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder))
}

/// Whether nearly every character follows the one before it, as in `abcdef…` or `1234567890…`.
fn is_counting(characters: &[char]) -> bool {
    let steps = characters.windows(2).filter(|pair| u32::from(pair[0]).abs_diff(u32::from(pair[1])) == 1);
    steps.count().saturating_mul(4) >= characters.len().saturating_mul(3)
}

#[cfg(test)]
mod tests;
