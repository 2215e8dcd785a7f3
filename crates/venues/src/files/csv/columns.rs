use super::Refusal;
use super::values::Row;
use crate::SourceErrorKind;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CsvContent {
    Trades,
    Quotes,
    Bars,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Column {
    Time,
    Price,
    Quantity,
    Side,
    Id,
    Bid,
    BidQuantity,
    Ask,
    AskQuantity,
    Open,
    High,
    Low,
    Close,
    Volume,
}

pub(super) const COLUMNS: usize = 14;

/// More fields than this make a row that no header describes.
const FIELDS_MAX: usize = 16;

const NAMES: [(Column, &str); COLUMNS] = [
    (Column::Time, "time"),
    (Column::Price, "price"),
    (Column::Quantity, "quantity"),
    (Column::Side, "side"),
    (Column::Id, "id"),
    (Column::Bid, "bid"),
    (Column::BidQuantity, "bid_quantity"),
    (Column::Ask, "ask"),
    (Column::AskQuantity, "ask_quantity"),
    (Column::Open, "open"),
    (Column::High, "high"),
    (Column::Low, "low"),
    (Column::Close, "close"),
    (Column::Volume, "volume"),
];

use Column::{
    Ask, AskQuantity, Bid, BidQuantity, Close, High, Id, Low, Open, Price, Quantity, Side, Time, Volume,
};

/// What each content needs, and what it may have besides.
const FORMS: [(CsvContent, &[Column], &[Column]); 3] = [
    (CsvContent::Trades, &[Time, Price, Quantity], &[Side, Id]),
    (CsvContent::Quotes, &[Time, Bid, BidQuantity, Ask, AskQuantity], &[]),
    (CsvContent::Bars, &[Time, Open, High, Low, Close, Volume], &[]),
];

pub(super) const EXPECTED: &str = "expected a header row `time,price,quantity[,side,id]` (trades), \
     `time,bid,bid_quantity,ask,ask_quantity` (quotes) or `time,open,high,low,close,volume` (bars)";

/// Where each column stands in a row.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    content: CsvContent,
    order: Vec<Column>,
}

impl Column {
    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(column, _)| *column == self).map_or("", |(_, name)| name)
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

impl Columns {
    /// Reads the header row; the error says what is wrong with it.
    pub(super) fn read(header: &[u8]) -> Result<Self, String> {
        let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
        let text = std::str::from_utf8(header).map_err(|_| format!("it is no text; {EXPECTED}"))?;
        let mut order = Vec::new();
        for name in text.split(',').take(FIELDS_MAX + 1) {
            let column = find(name.trim()).ok_or_else(|| {
                let shown: String = name.trim().chars().take(40).collect();
                format!("the header names an unknown column `{}`; {EXPECTED}", shown.escape_debug())
            })?;
            if order.contains(&column) {
                return Err(format!("the header names `{}` twice; {EXPECTED}", column.name()));
            }
            order.push(column);
        }
        let fits = |(_, needed, optional): &&(CsvContent, &[Column], &[Column])| {
            needed.iter().all(|column| order.contains(column))
                && order.iter().all(|column| needed.contains(column) || optional.contains(column))
        };
        let form = FORMS.iter().find(fits).map(|form| form.0);
        form.map(|content| Self { content, order })
            .ok_or_else(|| format!("the columns make neither trades, quotes nor bars; {EXPECTED}"))
    }

    pub(super) const fn content(&self) -> CsvContent {
        self.content
    }

    /// Splits a row by the header.
    pub(super) fn row<'l>(&self, line: &'l [u8]) -> Result<Row<'l>, Refusal> {
        let mut fields = [None; COLUMNS];
        let mut count = 0;
        for field in line.split(|&byte| byte == b',') {
            if let Some(column) = self.order.get(count) {
                fields[column.index()] = Some(field.trim_ascii());
            }
            count += 1;
        }
        if count == self.order.len() {
            return Ok(Row::new(self.content, fields));
        }
        let what = format!(
            "the row has {count} fields, the header {}; fields are not quoted here",
            self.order.len()
        );
        Err((SourceErrorKind::Malformed, what))
    }
}

fn find(name: &str) -> Option<Column> {
    NAMES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(column, _)| *column)
}
