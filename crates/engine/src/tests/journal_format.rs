//! What was journalled before is read, and what will be keeps its numbers.

use domain::{Currency, Money, OrderId, OrderStatus, Quantity};
use risk::{HaltKind, Reason, Rung};

use super::world::{FIRST, at};
use crate::{Control, Entry, Record, State, recover};

/// Payloads in hexadecimal, as they were written when accounts knew no ladder: an instrument listed, a deposit,
/// limits, orders filled, denied, cancelled and lost, a split, a dividend, a stranger's fill, halts and a new day.
const BEFORE_THE_LADDER: [&str; 20] = [
    "018080d0e2c6bfce972f0010000000000000000000000000000000071000000000000000000000000000000009035553 \
     440103555344808080e8ded2f0c785b4a9018090dfc04a80e8eda1ba01808080d4f7e2ad93d7b10380808092abb7b2f0 \
     99bc08040580a8d6b90780c2d72f80c8afa025808080b4afa9f8e382da548088debe010200034f4e4504504945520000 \
     80a8d6b90703425443035553440355534480dac40980897ac0843d80897a010354574f0450494552000080a8d6b90703 \
     425443035553440355534480dac40980897ac0843d80897a",
    "028080d0e2c6bfce972f0b000554485245450450494552000080a8d6b90703425443035553440355534480dac4098089 \
     7ac0843d80897a",
    "038080d0e2c6bfce972f0a03555344808080f5ddb8ebe4b56c",
    "048080d0e2c6bfce972f098090dfc04a80e8eda1ba01808080d4f7e2ad93d7b10380808092abb7b2f099bc08030580a8 \
     d6b90780c2d72f80c8afa025808080b4afa9f8e382da548088debe01",
    "058080d0e2c6bfce972f010100000080a0d9e61d0100000000000000008080d0e2c6bfce972f8080d0e2c6bfce972f80 \
     8080ddbc8bdcacbba0aa01",
    "068080d0e2c6bfce972f048080d0e2c6bfce972f0100014d00",
    "078080d0e2c6bfce972f048080d0e2c6bfce972f0102010100000180a0b787e90580f882ad168080f089a39ae8a90880 \
     80d0e2c6bfce972f00",
    "088080d0e2c6bfce972f010200010180c88dc1f00580a8d6b9070100000000000000008080d0e2c6bfce972f8080d0e2 \
     c6bfce972f808090d399f1f382b3a0aa01",
    "098080d0e2c6bfce972f0302",
    "0a8080d0e2c6bfce972f0200000080b8b5fa5101000000068090dfc04a80b8b5fa51",
    "0b8080d0e2c6bfce972f048080d0e2c6bfce972f020600",
    "0c8080d0e2c6bfce972f06008080d0e2c6bfce972f000201",
    "0d8080d0e2c6bfce972f06008080d0e2c6bfce972f0180a8d6b907",
    "0e80a8a69ccebfce972f0580a8a69ccebfce972f0902020900010180a0b787e90580a8d6b9078080d0d88bdea2e30280 \
     a8a69ccebfce972f0000",
    "0f80a8a69ccebfce972f07041f6f7264657220393a20746865206f72646572206973206e6f74206b6e6f776e",
    "1080a8a69ccebfce972f0301",
    "1180a8a69ccebfce972f0200000080a8d6b907010000000004",
    "1280a8a69ccebfce972f08047365656e",
    "138080c08ceb899d982f0cbab3028080d098d7fe97c7d9a1aa01",
    "148080c08ceb899d982f070705616761696e",
];

/// The state that they make, as a snapshot held it then.
const SNAPSHOT_BEFORE_THE_LADDER: &str = "10000000000000000000000000000000071000000000000000000000000000000009035553440300034f4e4504504945 \
    52000080a8d6b90703425443035553440355534480dac40980897ac0843d80897a010354574f0450494552000080a8d6 \
    b90703425443035553440355534480dac40980897ac0843d80897a020554485245450450494552000080a8d6b9070342 \
    5443035553440355534480dac40980897ac0843d80897a8090dfc04a80e8eda1ba01808080d4f7e2ad93d7b103808080 \
    92abb7b2f099bc08030580a8d6b90780c2d72f80c8afa025808080b4afa9f8e382da548088debe010180f085da2c8080 \
    809385a28dd68641008080f089a39ae8a9088080c0c5bd8da4c4a6010180d0dbc3f40201035553448080d085d2dc8af1 \
    d2e0a901020100000080a0d9e61d01000000030180f882ad168080809385a28dd68641014d8080d0e2c6bfce972f80a8 \
    a69ccebfce972f0200010180c88dc1f00580a8d6b9070100000001010000008080d0e2c6bfce972f8080d0e2c6bfce97 \
    2f000180a8d6b90780a8d6b9070100010580a8d6b907028080d0e2c6bfce972f8080d0e2c6bfce972f01070561676169 \
    6e8080c08ceb899d982f14028080c08ceb899d982fbab3028080d098d7fe97c7d9a1aa018080d098d7fe97c7d9a1aa01";

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.chars().filter(|digit| *digit != ' ');
    let digits: Vec<u8> = digits.map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn entries() -> Vec<Entry> {
    BEFORE_THE_LADDER.iter().map(|payload| postcard::from_bytes(&bytes(payload)).unwrap()).collect()
}

#[test]
fn a_journal_from_before_the_ladder_makes_the_same_account() {
    let state = recover(entries()).unwrap();
    assert_eq!(state.sequence(), 20);
    assert_eq!(state.portfolio().position(FIRST).quantity, Quantity::from_units(6));
    assert_eq!(state.portfolio().cash(Currency::USD), "100205.7".parse::<Money>().unwrap());
    assert_eq!(state.halt().map(|halt| halt.kind), Some(HaltKind::CellFault));
    let open: Vec<_> = state.orders().open().iter().map(|order| (order.id, order.status)).collect();
    assert_eq!(open, [(OrderId(1), OrderStatus::PartiallyFilled), (OrderId(2), OrderStatus::Unknown)]);
    let standing = state.standing();
    assert_eq!((standing.rung, standing.cause.as_str(), standing.since), (Rung::Normal, "", at(0)));
}

#[test]
fn it_is_written_now_as_it_was_then() {
    for (payload, entry) in BEFORE_THE_LADDER.iter().zip(entries()) {
        assert_eq!(postcard::to_stdvec(&entry).unwrap(), bytes(payload), "{entry:?}");
    }
}

/// It holds no standing, so it is passed over and the journal folded instead.
#[test]
fn a_snapshot_from_before_the_ladder_is_refused() {
    let before = bytes(SNAPSHOT_BEFORE_THE_LADDER);
    assert!(postcard::from_bytes::<State>(&before).is_err());
    let now = postcard::to_stdvec(&recover(entries()).unwrap()).unwrap();
    assert!(postcard::take_from_bytes::<State>(&now).is_ok_and(|(_, rest)| rest.is_empty()));
}

#[test]
fn the_account_goes_on_on_the_ladder() {
    let mut world = super::world::World::new(super::world::limits());
    (world.state, world.journal) = (recover(entries()).unwrap(), entries());
    world.now = world.state.now();
    world.control(&Control::SetRung { rung: Rung::Flatten, cause: "feed lost".to_owned() });
    assert_eq!(recover(world.journal).unwrap().standing(), world.state.standing());
}

#[test]
fn the_numbers_of_variants_stay() {
    let number = |record: &Record| postcard::to_stdvec(record).unwrap()[0];
    assert_eq!(number(&Record::RungSet { rung: Rung::Normal, cause: String::new() }), 13);
    let rungs = Rung::ALL.map(|rung| postcard::to_stdvec(&rung).unwrap()[0]);
    assert_eq!(rungs, [0, 1, 2, 3, 4]);
    assert_eq!(postcard::to_stdvec(&Reason::NumberOutOfRange).unwrap(), [18]);
    assert_eq!(postcard::to_stdvec(&Reason::Rung { rung: Rung::Flatten }).unwrap(), [19, 4]);
    assert_eq!(postcard::to_stdvec(&HaltKind::CellFault).unwrap(), [7]);
    assert_eq!(postcard::to_stdvec(&HaltKind::FlattenFault).unwrap(), [8]);
}
