use std::io::Write;

use crate::binance::BinanceMarket;
use crate::files::lean::LeanContent;
use crate::files::{CsvContent, LineReader};
use crate::{InputKind, SourceErrorKind, detect};

#[test]
fn recordings_are_recognised_with_their_market_and_symbols() {
    let table = [
        ("spot_btcusdt.gz", BinanceMarket::Spot, "BTCUSDT"),
        ("usdm_btcusdt.gz", BinanceMarket::UsdMargined, "BTCUSDT"),
        ("cm_btcusd_perp.gz", BinanceMarket::CoinMargined, "BTCUSD_PERP"),
    ];
    for (name, market, symbol) in table {
        let Some(path) = recordings::find(&format!("crypto_ws/binance_btc_2024-08-08/{name}")) else {
            return;
        };
        let expected = InputKind::BinanceCapture { market, symbols: vec![symbol.to_owned()] };
        assert_eq!(detect(&path), Ok(expected), "{name}");
    }
}

#[test]
fn archives_and_csv_files_are_recognised() {
    let Some(path) = recordings::find("equity_us/minute/aapl/20140605_quote.zip") else { return };
    let Ok(InputKind::Lean(file)) = detect(&path) else { panic!() };
    assert_eq!((file.symbol.as_str(), file.content), ("AAPL", LeanContent::Quote));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ticks.txt");
    std::fs::write(&path, "time,price,quantity\n1,1,1\n").unwrap();
    assert_eq!(detect(&path), Ok(InputKind::Csv(CsvContent::Trades)));
}

#[test]
fn a_recording_that_begins_within_a_line_is_still_one() {
    let Some(path) = recordings::find("crypto_ws/binance_btc_2024-08-08/spot_btcusdt.gz") else { return };
    let mut lines = LineReader::open(&path).unwrap();
    let mut text = b"1.54698000\"}}\n".to_vec();
    while let Some(Ok(line)) = lines.next().filter(|_| text.len() < 10_000) {
        text.extend_from_slice(line.bytes);
        text.push(b'\n');
    }
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join("cut.txt");
    std::fs::write(&cut, text).unwrap();
    assert_eq!(detect(&cut), detect(&path));
    let archive = recordings::find("equity_us/daily/aapl.zip").unwrap();
    let renamed = folder.path().join("equity_us/daily/aapl.download");
    std::fs::create_dir_all(renamed.parent().unwrap()).unwrap();
    std::fs::copy(archive, &renamed).unwrap();
    assert!(matches!(detect(&renamed), Ok(InputKind::Lean(_))), "told by content");
}

#[test]
fn other_files_are_refused_with_what_they_look_like_and_what_is_read() {
    let table: [(&str, &[u8], &str); 6] = [
        ("a.csv", b"Date,Open,High\n", "unknown column `Date`"),
        ("a.json", b"{\"stream\":\"x\"}\n", "begins with JSON"),
        ("a.bin", b"\x00\x01\x02\n", "binary"),
        ("a.gz", b"1723161254087896568 {\"channel\":\"l2Book\"}\n", "no message of a Binance market stream"),
        ("factor_files/x.csv", b"20200101,1,1,1\n", "factor or map file"),
        ("blank", b"\n", "unknown column ``"),
    ];
    for (name, bytes, part) in table {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
        let error = detect(&path).unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::Unsupported, "{name}");
        assert!(error.what.contains(part) && error.what.contains("what is read"), "{name}: {error}");
    }
}

#[test]
fn a_zip_that_is_none_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("equity.zip");
    std::fs::write(&path, b"PK\x03\x04 and no more").unwrap();
    assert_eq!(detect(&path).unwrap_err().kind, SourceErrorKind::Damaged);
}
