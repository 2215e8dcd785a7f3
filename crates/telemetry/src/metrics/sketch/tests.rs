use resilience::{Chance, SeededChance};

use super::{Counted, Sketch, middle, place};

fn counted(values: &[f64]) -> Counted {
    let sketch = Sketch::new();
    values.iter().for_each(|value| sketch.record(*value));
    let mut counted = Counted::default();
    counted.add(&sketch);
    counted
}

fn check_near(found: f64, exact: f64) {
    assert!((found - exact).abs() <= exact * 0.016, "{found} is not near {exact}");
}

#[test]
fn each_value_is_within_a_small_part_of_what_is_told() {
    let chance = SeededChance::new(7);
    for _ in 0..100_000 {
        let value = f64::powf(2.0, chance.unit() * 63.9 - 30.0);
        let (octave, part) = place(value).unwrap();
        check_near(middle(octave * super::PARTS + part), value);
    }
}

#[test]
fn quantiles_are_near_the_exact_ones() {
    let chance = SeededChance::new(11);
    let mut values: Vec<f64> = (0..10_000).map(|_| 0.000_1 * f64::powf(50_000.0, chance.unit())).collect();
    let counted = counted(&values);
    values.sort_by(f64::total_cmp);
    for (share, rank) in [(0.0, 1), (0.5, 5_000), (0.95, 9_500), (0.99, 9_900), (0.999, 9_990), (1.0, 10_000)]
    {
        check_near(counted.quantile(share), values[rank - 1]);
    }
}

#[test]
fn a_few_values_have_quantiles_too() {
    assert_eq!(counted(&[]).quantile(0.5).to_bits(), 0);
    for share in [0.0, 0.5, 1.0] {
        check_near(counted(&[3.0]).quantile(share), 3.0);
    }
    let two = counted(&[1.0, 100.0]);
    check_near(two.quantile(0.5), 1.0);
    check_near(two.quantile(0.51), 100.0);
}

#[test]
fn what_is_out_of_range_is_counted_at_its_end() {
    let counted = counted(&[0.0, -5.0, 1e-300, 1e300, f64::MAX]);
    assert_eq!(counted.total(), 5);
    assert_eq!(counted.quantile(0.5).to_bits(), 0);
    assert!(counted.quantile(0.99) > 1.6e10);
}

#[test]
fn sketches_add_up() {
    let [one, other] = [[1.0, 2.0, 0.0], [1_000.0, 3.0, 4.0]].map(|values| {
        let sketch = Sketch::new();
        values.iter().for_each(|value| sketch.record(*value));
        sketch
    });
    let mut both = Counted::default();
    both.add(&one);
    both.add(&other);
    assert_eq!(both.total(), 6);
    check_near(both.quantile(0.5), 2.0);
    check_near(both.quantile(1.0), 1_000.0);
}

#[test]
fn threads_lose_nothing() {
    let sketch = Sketch::new();
    std::thread::scope(|scope| {
        for thread in 1..=4 {
            let sketch = &sketch;
            scope.spawn(move || (0..10_000).for_each(|number| sketch.record(f64::from(thread * number))));
        }
    });
    let mut counted = Counted::default();
    counted.add(&sketch);
    assert_eq!(counted.total(), 40_000);
}
