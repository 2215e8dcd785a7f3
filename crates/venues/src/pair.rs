//! What a venue's symbol says of its two currencies.

use domain::Currency;

/// What prices are quoted in, the longer before what they end with.
const QUOTES: [&str; 16] = [
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "CHF", "JPY", "TRY", "BRL", "BTC", "XBT",
    "ETH", "BNB",
];

/// Base and quote of `XBT/USD`, `BTC-USD`, `BTCUSDT`, `BTCUSD_PERP`; `None` when the text does not tell.
pub(crate) fn split(symbol: &str) -> Option<(Currency, Currency)> {
    let symbol = symbol.trim_end_matches("_PERP");
    let (base, quote) = symbol.split_once(['/', '-', '_']).or_else(|| {
        QUOTES
            .iter()
            .find_map(|quote| Some((symbol.strip_suffix(quote)?, *quote)))
            .filter(|(base, _)| !base.is_empty())
    })?;
    Some((currency(base)?, currency(quote)?))
}

/// Under the name that most venues use.
pub(crate) fn currency(name: &str) -> Option<Currency> {
    Currency::new(match name {
        "XBT" => "BTC",
        "XDG" => "DOGE",
        other => other,
    })
}
