//! Whole numbers of 256 bits as limbs, to referee the wide arithmetic of money.

/// The product of two magnitudes, lowest limb first.
pub(super) fn product(left: u128, right: u128) -> [u32; 8] {
    let limbs = |value: u128| [0, 32, 64, 96].map(|shift| (value >> shift) & u128::from(u32::MAX));
    let (left, right) = (limbs(left), limbs(right));
    let mut columns = [0u128; 8];
    for (place, &a) in left.iter().enumerate() {
        for (offset, &b) in right.iter().enumerate() {
            columns[place + offset] += a * b;
        }
    }
    let mut carry = 0;
    columns.map(|column| {
        let sum = column + carry;
        carry = sum >> 32;
        u32::try_from(sum & u128::from(u32::MAX)).unwrap()
    })
}

/// Whether `left` is at most `right`.
pub(super) fn at_most(left: [u32; 8], right: [u32; 8]) -> bool {
    left.iter().rev().le(right.iter().rev())
}

#[test]
fn the_referee_multiplies() {
    assert_eq!(product(u128::MAX, 1), [u32::MAX, u32::MAX, u32::MAX, u32::MAX, 0, 0, 0, 0]);
    assert_eq!(product(u128::MAX, u128::MAX), [1, 0, 0, 0, u32::MAX - 1, u32::MAX, u32::MAX, u32::MAX]);
    assert!(at_most(product(3, 5), product(4, 4)) && !at_most(product(1 << 100, 2), product(1 << 100, 1)));
}
