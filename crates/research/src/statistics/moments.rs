//! Moments of a sample.

/// `None` for an empty sample.
pub(super) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Sample standard deviation (n−1); `None` below two values or where nothing varies.
pub(super) fn deviation(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt()).filter(|&deviation| deviation > 1e-15)
}

/// Sample skewness, adjusted for bias (Fisher and Pearson's G₁); `None` below three values.
pub(super) fn skewness(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    let adjustment = (count * (count - 1.0)).sqrt() / (count - 2.0);
    standardised(values, 3).filter(|_| values.len() > 2).map(|skewness| skewness * adjustment)
}

/// Sample kurtosis, adjusted for bias and not in excess: 3 for a normal distribution; `None` below four values.
pub(super) fn kurtosis(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    let excess = standardised(values, 4).filter(|_| values.len() > 3)? - 3.0;
    let adjusted = (count - 1.0) / ((count - 2.0) * (count - 3.0)) * ((count + 1.0) * excess + 6.0);
    Some(adjusted + 3.0)
}

/// The population's standardised central moment of the given order.
fn standardised(values: &[f64], order: i32) -> Option<f64> {
    let mean = mean(values)?;
    let count = values.len() as f64;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    let moment = values.iter().map(|value| (value - mean).powi(order)).sum::<f64>() / count;
    (variance > 1e-30).then(|| moment / variance.powf(f64::from(order) / 2.0))
}

/// The standard normal distribution function, to 7.5·10⁻⁸ (Abramowitz and Stegun 26.2.17).
pub(super) fn normal_distribution(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let series = t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt() * series;
    if x >= 0.0 { 1.0 - tail } else { tail }
}
