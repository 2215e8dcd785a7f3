use proptest::prelude::*;

use super::*;

fn day(number: i128) -> Range {
    Range::day(number)
}

fn made(wanted: &[i128], known: &[Range]) -> Vec<Range> {
    let mut made = lacking(&wanted.iter().copied().collect(), &Layout::Days(known.to_vec()));
    made.sort_unstable();
    made
}

#[test]
fn each_new_day_gets_a_partition_and_the_newest_one_ahead() {
    assert_eq!(made(&[], &[]), []);
    assert_eq!(made(&[5], &[]), [day(5), day(6)]);
    assert_eq!(made(&[5], &[day(5)]), [day(6)]);
    assert_eq!(made(&[5], &[day(5), day(6)]), []);
    assert_eq!(made(&[3, 6], &[day(5), day(6), day(7)]), [day(3)]);
    assert_eq!(made(&[2, 9], &[day(5)]), [day(2), day(9), day(10)]);
    assert_eq!(lacking(&BTreeSet::from([5]), &Layout::Whole), []);
}

#[test]
fn many_days_at_once_share_what_lies_between_the_known_ones() {
    let many: Vec<i128> = (0..30).chain([100]).collect();
    let wanted = [day(0).joined(&day(9)), day(11).joined(&day(100)), day(101)];
    assert_eq!(made(&many, &[day(10)]), wanted);
}

#[test]
fn a_table_with_very_many_fills_its_gaps() {
    let max = i128::try_from(PARTITIONS_MAX).unwrap();
    let known: Vec<Range> = (0..max).map(|number| day(2 * number)).collect();
    assert_eq!(made(&[3], &known), [day(3)], "the gap is a day wide");
    let end = Range { from: day(2 * max - 2).until, until: END };
    assert_eq!(made(&[5000], &known), [end], "and so is the end, for ever");
    let beginning = Range { from: BEGINNING, until: 0 };
    assert_eq!(made(&[-7], &known), [beginning]);
}

#[test]
fn bounds_are_read_as_they_are_written() {
    let ends = [Range { from: BEGINNING, until: -5 }, Range { from: 7, until: END }, day(-3), day(19_000)];
    for range in ends {
        assert_eq!(Range::read(&format!("FOR VALUES {}", range.bounds())), Some(range));
    }
    let quoted = "FOR VALUES FROM ('-5') TO ('1700000000000000000')";
    assert_eq!(Range::read(quoted), Some(Range { from: -5, until: 1_700_000_000_000_000_000 }));
    for other in ["DEFAULT", "FOR VALUES IN (1)", "FOR VALUES FROM (a) TO (b)", ""] {
        assert_eq!(Range::read(other), None, "{other}");
    }
}

#[test]
fn names_tell_days_before_1970_apart() {
    let names =
        [day(0), day(-1), day(1), Range { from: BEGINNING, until: 0 }].map(|range| range.name("trades"));
    assert_eq!(names, ["trades_day_0", "trades_before_1", "trades_day_1", "trades_before_106752"]);
}

proptest! {
    /// However times come, each has a place, no two places overlap, and there are not too many.
    #[test]
    fn every_time_has_one_place(
        batches in prop::collection::vec(prop::collection::vec(any::<i64>(), 1..40), 1..20),
        near in prop::collection::vec(prop::collection::vec(0_i64..2_000_000_000_000_000, 1..40), 0..20),
    ) {
        let mut known: Vec<Range> = Vec::new();
        for times in batches.iter().chain(&near) {
            let made = lacking(&days(times.iter().copied()), &Layout::Days(known.clone()));
            prop_assert!(made.len() <= 2 * DAYS_AT_ONCE + 1, "{}", made.len());
            known.extend(made);
            known.sort_unstable();
            prop_assert!(known.windows(2).all(|pair| pair[0].until <= pair[1].from), "{known:?}");
            for time in times {
                let time = i128::from(*time);
                prop_assert!(known.iter().any(|range| range.from <= time && time < range.until), "{time}");
            }
        }
        let names: BTreeSet<_> = known.iter().map(|range| range.name("trades")).collect();
        prop_assert_eq!(names.len(), known.len());
    }
}
