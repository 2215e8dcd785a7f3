mod words;

use words::{DEFAULTS, PIECES, PLACEHOLDERS};

/// A shorter secret can be found by trying.
const LENGTH_MIN: usize = 12;

/// A secret of fewer different characters can be, too.
const DIFFERENT_MIN: usize = 5;

/// Characters that must be left when the words that everybody tries are taken away.
const OWN_MIN: usize = 8;

/// Rows of a keyboard, each a little to the right of the one above.
const KEYS: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// What makes a secret unfit for production, as the end of a sentence that begins with its name. `None` when nothing
/// is found, which is not a proof of strength.
///
/// ```
/// use secrets::weakness;
///
/// assert_eq!(weakness("postgres"), Some("is a default that everybody knows"));
/// assert_eq!(weakness("f3Kq-9vTz"), Some("is shorter than 12 characters"));
/// assert_eq!(weakness("Admin-Password-2024!"), Some("is made of words that everybody tries"));
/// assert_eq!(weakness("f3Kq-9vTz-Lm2x-Rw8p"), None);
/// ```
#[must_use]
pub fn weakness(value: &str) -> Option<&'static str> {
    if let Some(reason) = known_default(value) {
        return Some(reason);
    }
    let lower = value.trim().to_lowercase();
    let characters: Vec<char> = lower.chars().collect();
    if characters.len() < LENGTH_MIN {
        return Some("is shorter than 12 characters");
    }
    match different(&characters) {
        1 => Some("is one character again and again"),
        few if few < DIFFERENT_MIN => Some("has fewer than 5 different characters"),
        _ if is_counting(&characters) => Some("is a row of neighbouring characters"),
        _ if is_walk(&characters) => Some("is a row of neighbouring keys"),
        _ if period(&characters) < LENGTH_MIN => Some("is a short text again and again"),
        _ if is_of_words(&lower) || is_of_words(&spelt_out(&lower)) => {
            Some("is made of words that everybody tries")
        }
        _ => None,
    }
}

/// The same for a secret that another party made, whose form is not ours to judge: only what is known to be no
/// secret at all.
#[must_use]
pub fn known_default(value: &str) -> Option<&'static str> {
    let lower = value.trim().to_lowercase();
    if DEFAULTS.contains(&lower.as_str()) {
        return Some("is a default that everybody knows");
    }
    is_placeholder(&lower).then_some("looks like a placeholder that was never filled in")
}

fn is_placeholder(lower: &str) -> bool {
    let is_bracketed = lower.starts_with('<') && lower.ends_with('>');
    // an exchange is what this program is about
    let asks_for_change = lower.replace("exchange", "").contains("change");
    is_bracketed || asks_for_change || PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder))
}

fn different(characters: &[char]) -> usize {
    let mut different = characters.to_vec();
    different.sort_unstable();
    different.dedup();
    different.len()
}

/// Whether nearly every character follows the one before it, as in `abcdef…` or `1234567890…`.
fn is_counting(characters: &[char]) -> bool {
    let steps = characters.windows(2).filter(|pair| u32::from(pair[0]).abs_diff(u32::from(pair[1])) == 1);
    steps.count().saturating_mul(4) >= characters.len().saturating_mul(3)
}

/// Whether a finger walks over the keyboard, as in `qwertyasdfgh` or `qazwsxedcrfv`.
fn is_walk(characters: &[char]) -> bool {
    let steps = characters.windows(2).filter(|pair| are_neighbours(pair[0], pair[1]));
    steps.count().saturating_mul(20) >= characters.len().saturating_sub(1).saturating_mul(13)
}

fn are_neighbours(one: char, other: char) -> bool {
    let key = |wanted: char| {
        KEYS.iter().enumerate().find_map(|(row, keys)| keys.find(wanted).map(|column| (row, column)))
    };
    let (Some((row, column)), Some((other_row, other_column))) = (key(one), key(other)) else { return false };
    (row, column) != (other_row, other_column)
        && row.abs_diff(other_row) <= 1
        && column.abs_diff(other_column) <= 1
}

/// After how many characters the text begins again; its length when it never does.
fn period(characters: &[char]) -> usize {
    (1..characters.len())
        .find(|period| characters.iter().skip(*period).eq(characters.iter().take(characters.len() - period)))
        .unwrap_or(characters.len())
}

/// Letters that people write as digits and signs.
fn spelt_out(lower: &str) -> String {
    let letter = |character: char| match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    lower.chars().map(letter).collect()
}

/// Whether too little is left when known words and what only separates them are taken away.
fn is_of_words(lower: &str) -> bool {
    let mut left: String = lower.chars().filter(|character| character.is_alphanumeric()).collect();
    let before = left.len();
    for word in PIECES {
        left = left.replace(word, "");
    }
    let own: Vec<char> = left.chars().collect();
    left.len() < before
        && (own.len() < OWN_MIN || different(&own) < DIFFERENT_MIN || is_counting(&own) || is_walk(&own))
}

#[cfg(test)]
mod tests;
