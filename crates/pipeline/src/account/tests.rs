use domain::InstrumentId;

use super::{Account, Fate, Tally};
use crate::queue::{DropReason, Drops};

#[test]
fn every_item_has_one_fate_of_its_stream() {
    let account = Account::new("test");
    let [one, two] = [InstrumentId(1), InstrumentId(2)];
    account.take([one, one, two, one, two].into_iter());
    account.settle([one, two].into_iter(), Fate::Delivered);
    account.settle([one].into_iter(), Fate::Buried);
    account.settle([two].into_iter(), Fate::Dropped(DropReason::Oldest));
    let dropped = Drops { oldest: 1, ..Drops::default() };
    let first = Tally { taken: 3, delivered: 1, buried: 1, ..Tally::default() };
    let second = Tally { taken: 2, delivered: 1, dropped, ..Tally::default() };
    assert_eq!(account.streams(), [(one, first), (two, second)]);
    assert_eq!((first.under_way(), second.under_way()), (1, 0));
    let total = Tally { taken: 5, delivered: 2, buried: 1, dropped };
    assert_eq!(account.total(), total);
}

#[test]
fn a_number_out_of_all_bounds_is_counted_with_the_last_stream() {
    let account = Account::new("test");
    account.take([InstrumentId(u32::MAX)].into_iter());
    assert_eq!(account.streams().len(), 1);
    assert_eq!(account.total().taken, 1);
}
