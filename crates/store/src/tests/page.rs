use crate::StoreErrorKind;
use crate::page::{Cut, LIMIT_MAX, List, Page};

fn piece(cursor: Option<String>, list: List) -> Page<i64> {
    let cut = Cut::new(3, cursor).unwrap();
    let before = cut.place::<1>(list).unwrap().map_or(11, |[place]| place);
    let rows: Vec<i64> = (1..before).rev().take(usize::try_from(cut.rows_wanted()).unwrap()).collect();
    cut.page(list, rows, |row| [*row])
}

#[test]
fn pieces_make_the_whole() {
    let (mut all, mut cursor, mut pieces) = (Vec::new(), None, 0);
    loop {
        let page = piece(cursor, List::Fills);
        all.extend(page.items);
        pieces += 1;
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(all, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(pieces, 4);
}

#[test]
fn a_limit_has_limits() {
    for limit in [0, LIMIT_MAX + 1, usize::MAX] {
        assert_eq!(Cut::new(limit, None).unwrap_err().kind, StoreErrorKind::Invalid);
    }
    assert_eq!(Cut::new(LIMIT_MAX, None).unwrap().limit(), LIMIT_MAX);
}

#[test]
fn a_cursor_is_good_for_its_own_list_only() {
    let given = piece(None, List::Fills).next_cursor.unwrap();
    let mut bad =
        vec![String::new(), "f".to_owned(), "ф".repeat(9), given.to_uppercase(), format!("{given}0")];
    bad.push(given.replace('0', "x"));
    for cursor in bad {
        let error = Cut::new(3, Some(cursor.clone())).unwrap().place::<1>(List::Fills).unwrap_err();
        assert_eq!(error.kind, StoreErrorKind::Invalid, "{cursor}");
    }
    let cut = Cut::new(3, Some(given)).unwrap();
    assert_eq!(cut.place::<1>(List::Fills).unwrap(), Some([8]));
    assert!(cut.place::<1>(List::Orders).is_err());
    assert!(cut.place::<3>(List::Fills).is_err());
}

#[test]
fn places_keep_their_sign() {
    let cut = Cut::new(1, None).unwrap();
    let page = cut.page(List::Spreads, vec![0, 0], |_| [i64::MIN, -1, i64::MAX]);
    let next = Cut::new(1, page.next_cursor).unwrap();
    assert_eq!(next.place(List::Spreads).unwrap(), Some([i64::MIN, -1, i64::MAX]));
}
