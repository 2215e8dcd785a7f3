use proptest::prelude::*;

use crate::pairs::{Fit, RollingRegression};

/// Least squares the slow way: two passes over all samples, from the means.
fn naive(samples: &[(f64, f64)]) -> Fit {
    let count = f64::from(u32::try_from(samples.len()).unwrap());
    let mean = |of: fn(&(f64, f64)) -> f64| samples.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|sample| sample.0), mean(|sample| sample.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
        samples.iter().map(|(x, y)| of(x - mean_x, y - mean_y)).sum()
    };
    let (xx, yy, xy) = (sum(&|x, _| x * x), sum(&|_, y| y * y), sum(&|x, y| x * y));
    let slope = xy / xx;
    let squares: f64 = samples.iter().map(|(x, y)| (y - mean_y - slope * (x - mean_x)).powi(2)).sum();
    let standard_error = (squares / (count - 2.0)).sqrt();
    Fit { slope, mean_x, mean_y, standard_error, correlation: xy / (xx * yy).sqrt(), samples: samples.len() }
}

fn assert_near(left: f64, right: f64, scale: f64, what: &str) {
    assert!((left - right).abs() <= 1e-5 * scale, "{what}: {left} and {right}");
}

#[test]
fn a_fit_by_hand() {
    let mut regression = RollingRegression::new(4).unwrap();
    for (x, y) in [(9.0, 100.0), (1.0, 2.0), (2.0, 3.0), (3.0, 5.0), (4.0, 6.0)] {
        assert!(regression.push(x, y));
    }
    // Means 2.5 and 4; squares 5 and 10, products 7: slope 1.4, intercept 0.5, residuals 0.1, -0.3, 0.3, -0.1.
    let fit = regression.fit().unwrap();
    assert_near(fit.slope, 1.4, 1.0, "slope");
    assert_near(fit.mean_y - fit.slope * fit.mean_x, 0.5, 1.0, "intercept");
    assert_near(fit.standard_error, 0.1f64.sqrt(), 1.0, "the root of 0.2 / 2");
    assert_near(fit.z_score(5.0, 8.0), 0.5 / 0.1f64.sqrt(), 1.0, "z");
}

#[test]
fn what_has_no_line_has_no_fit() {
    assert!(RollingRegression::new(2).is_none());
    let fit = |samples: &[(f64, f64)]| {
        let mut regression = RollingRegression::new(9).unwrap();
        samples.iter().for_each(|(x, y)| assert!(regression.push(*x, *y)));
        regression.fit()
    };
    assert_eq!(fit(&[(1.0, 1.0), (2.0, 3.0)]), None, "too few");
    assert_eq!(fit(&[(5.0, 1.0), (5.0, 3.0), (5.0, 2.0)]), None, "x stands still");
    assert_eq!(fit(&[(1.0, 1.1), (2.0, 2.2), (3.0, 3.3), (4.0, 4.4)]), None, "all on one line");
    let mut regression = RollingRegression::new(9).unwrap();
    assert!(!regression.push(f64::NAN, 1.0) && !regression.push(1.0, f64::INFINITY));
    assert_eq!(regression.fit(), None);
}

proptest! {
    /// Large prices that hardly move are where sums of squares cancel: the rolling figures stay those of two passes
    /// over the window, however long the run.
    #[test]
    fn the_rolling_fit_is_the_fit_of_its_window(
        steps in prop::collection::vec((-50i32..=50, -50i32..=50), 30..400),
        window in 3usize..40,
        base in prop_oneof![Just(0.0), Just(1.0), Just(60_000.0), Just(1e6)],
    ) {
        let mut regression = RollingRegression::new(window).unwrap();
        let (mut x, mut y, mut all) = (base, 2.0 * base, Vec::new());
        for (first, second) in steps {
            x += f64::from(first) / 100.0;
            y += f64::from(first + second) / 100.0;
            regression.push(x, y);
            all.push((x, y));
            let kept = &all[all.len().saturating_sub(window)..];
            prop_assert_eq!(regression.is_full(), kept.len() == window);
            let Some(fit) = regression.fit() else { continue };
            let expected = naive(kept);
            // Residuals below a hundred-millionth of the price are about what its rounding leaves.
            let least = 1e-3 + 2e-8 * base;
            let spread = kept.iter().map(|(x, _)| (x - kept[0].0).abs()).fold(0.0, f64::max);
            if spread < 0.05 || expected.standard_error < least { continue; }
            assert_near(fit.slope, expected.slope, 1.0 + expected.slope.abs(), "slope");
            assert_near(fit.standard_error, expected.standard_error, 1.0 + expected.standard_error, "error");
            assert_near(fit.correlation, expected.correlation, 1.0, "correlation");
            assert_near(fit.z_score(x, y), expected.z_score(x, y), 1.0 + expected.z_score(x, y).abs(), "z");
        }
    }
}
