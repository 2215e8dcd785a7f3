use proptest::prelude::*;

use crate::{AccountId, Currency, OrderId, Venue};

#[test]
fn names_by_example() {
    for text in ["USD", "usd", "1000PEPE", "A-B_C.D"] {
        assert_eq!(Currency::new(text).unwrap().to_string(), text.to_uppercase());
    }
    for text in ["", "TOOLONG12", "A B", "É", "A/B", "A\0"] {
        assert_eq!(Currency::new(text), None, "{text:?}");
    }
    assert_eq!(Currency::new("usdt"), Some(Currency::USDT));
    assert_eq!(Venue::new("SIXTEEN-LETTERS.").unwrap().as_str().len(), 16);
    assert_eq!(format!("[{:>5}] {:?}", Currency::BTC, Currency::EUR), "[  BTC] EUR");
}

#[test]
fn a_client_order_id_names_account_and_order() {
    let account: AccountId = "0189f7ea-ae2c-7809-8aeb-b819cf5e9e7f".parse().unwrap();
    assert_eq!(OrderId(42).client_order_id(account), "bw-0189f7eaae2c78098aebb819cf5e9e7f-42");
}

proptest! {
    #[test]
    fn a_name_is_kept_in_upper_case_or_refused(text in "[A-Za-z0-9._/ -]{0,10}|\\PC{0,4}") {
        let allowed = !text.is_empty()
            && text.len() <= 8
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let expected = allowed.then(|| text.to_ascii_uppercase());
        prop_assert_eq!(Currency::new(&text).map(|code| code.to_string()), expected);
    }

    #[test]
    fn codes_sort_as_their_texts(left in "[A-Z0-9]{1,8}", right in "[A-Z0-9]{1,8}") {
        let codes = [&left, &right].map(|text| Currency::new(text).unwrap());
        prop_assert_eq!(codes[0].cmp(&codes[1]), left.cmp(&right));
    }
}
