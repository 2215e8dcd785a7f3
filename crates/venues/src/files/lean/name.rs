//! What path and member name say. The layout is `<class>/…/<resolution>/<symbol>/<date>_<content>.zip` with a
//! member `<date>_<symbol>_<resolution>_<content>.csv`, or `<class>/…/<resolution>/<symbol>.zip` for hour and daily.

use std::path::Path;

use jiff::civil::Date;

use super::fields::parse_date;
use super::{LeanClock, LeanContent, LeanFile, Resolution, SecurityClass};
use crate::{SourceError, SourceErrorKind};

pub(super) fn describe(path: &Path, member: &str) -> Result<LeanFile, SourceError> {
    let found = Found::new(path, member);
    found.read().map_err(|what| {
        let what = format!(
            "{what}. Expected a path like equity_us/minute/aapl/20140605_trade.zip, equity_us/daily/aapl.zip, \
             fx/oanda/tick/eurusd/20140501_quote.zip or crypto_bars/coinbase/minute/btcusd/20161007_trade.zip"
        );
        SourceError::of_file(path, SourceErrorKind::Unsupported, what)
    })
}

/// Lower-case words: the folders from the file outward, then those of the names.
struct Found<'p> {
    path: &'p Path,
    folders: Vec<String>,
    archive_words: Vec<String>,
    member_words: Vec<String>,
}

impl<'p> Found<'p> {
    fn new(path: &'p Path, member: &str) -> Self {
        let folders = path
            .parent()
            .into_iter()
            .flat_map(Path::components)
            .rev()
            .map(|part| part.as_os_str().to_string_lossy().to_lowercase())
            .collect();
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
        let member = Path::new(member);
        let member_stem = member.file_stem().map(|stem| stem.to_string_lossy().to_lowercase());
        Self {
            path,
            folders,
            archive_words: words(&stem),
            member_words: words(&member_stem.unwrap_or_default()),
        }
    }

    fn read(&self) -> Result<LeanFile, String> {
        let class = self.class().ok_or("no folder says what is traded (equity…, fx or forex, crypto…)")?;
        let resolution = self
            .resolution()
            .ok_or("neither folder nor member name says tick, second, minute, hour or daily")?;
        let date = self.date()?;
        if date.is_none() && !resolution.spans_days() {
            return Err("the date (YYYYMMDD) is missing from the names of archive and member".to_owned());
        }
        Ok(LeanFile {
            path: self.path.to_path_buf(),
            class,
            clock: self.clock(class)?,
            resolution,
            content: self.content(class),
            symbol: self.symbol().ok_or("the member's name holds no symbol")?,
            date,
        })
    }

    fn class(&self) -> Option<SecurityClass> {
        self.folders.iter().find_map(|folder| match folder.as_str() {
            "fx" | "forex" => Some(SecurityClass::Fx),
            name if name.starts_with("equity") => Some(SecurityClass::Equity),
            name if name.starts_with("crypto") => Some(SecurityClass::Crypto),
            _ => None,
        })
    }

    fn clock(&self, class: SecurityClass) -> Result<LeanClock, String> {
        let has = |name: &str| self.folders.iter().any(|folder| folder == name);
        match class {
            SecurityClass::Equity => Ok(LeanClock::NewYork),
            SecurityClass::Crypto => Ok(LeanClock::Utc),
            SecurityClass::Fx if has("fxcm") => Ok(LeanClock::EasternStandard),
            SecurityClass::Fx if has("oanda") => Ok(LeanClock::Utc),
            SecurityClass::Fx => {
                Err("no folder names the broker (fxcm or oanda), whose clock is needed".to_owned())
            }
        }
    }

    fn resolution(&self) -> Option<Resolution> {
        self.folders.iter().chain(&self.member_words).find_map(|word| match word.as_str() {
            "tick" => Some(Resolution::Tick),
            "second" => Some(Resolution::Second),
            "minute" => Some(Resolution::Minute),
            "hour" => Some(Resolution::Hour),
            "daily" => Some(Resolution::Daily),
            _ => None,
        })
    }

    fn content(&self, class: SecurityClass) -> LeanContent {
        let mut words = self.member_words.iter().chain(&self.archive_words);
        let named = words.find_map(|word| match word.as_str() {
            "trade" => Some(LeanContent::Trade),
            "quote" => Some(LeanContent::Quote),
            _ => None,
        });
        named.unwrap_or(if class == SecurityClass::Fx { LeanContent::Quote } else { LeanContent::Trade })
    }

    fn date(&self) -> Result<Option<Date>, String> {
        let date_in = |words: &[String]| words.iter().find_map(|word| parse_date(word.as_bytes()));
        match (date_in(&self.archive_words), date_in(&self.member_words)) {
            (Some(archive), Some(member)) if archive != member => {
                Err(format!("the archive is named after {archive}, but its member after {member}"))
            }
            (archive, member) => Ok(member.or(archive)),
        }
    }

    /// The first word of the member's name that is no date.
    fn symbol(&self) -> Option<String> {
        let mut words = self.member_words.iter();
        words.find(|word| parse_date(word.as_bytes()).is_none()).map(|word| word.to_uppercase())
    }
}

fn words(name: &str) -> Vec<String> {
    name.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
