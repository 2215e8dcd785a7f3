use std::collections::VecDeque;

/// A series whose deviation is below this share of its mean stands still, but for rounding.
const STANDING: f64 = 1e-12;

/// Residuals whose squares are below this share of the squares of y are rounding: the samples lie on one line.
const ON_A_LINE: f64 = 1e-12;

/// Least squares over the last `window` samples, kept up to date in constant time a sample.
///
/// Means and sums of squares are moved by each sample that enters and leaves (Welford's way), from the sample's
/// distance to the mean, so that large prices do not cancel. What rounding leaves behind does not add up either: once
/// a window's worth of samples has passed, the sums are made anew from the samples.
#[derive(Debug, Clone)]
pub struct RollingRegression {
    window: usize,
    samples: VecDeque<(f64, f64)>,
    moments: Moments,
    since_renewal: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean_x: f64,
    mean_y: f64,
    /// Sums of squares and products of the distances to the means.
    xx: f64,
    yy: f64,
    xy: f64,
}

/// y = `mean_y` + slope · (x − `mean_x`) over a window. Written from the means, because the intercept of large prices
/// loses the digits that matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    pub slope: f64,
    pub mean_x: f64,
    pub mean_y: f64,
    /// Of the residuals: √(SSE / (n − 2)).
    pub standard_error: f64,
    pub correlation: f64,
    pub samples: usize,
}

impl Fit {
    /// How far `y` lies above the line, in standard errors.
    #[must_use]
    pub fn z_score(&self, x: f64, y: f64) -> f64 {
        (y - self.mean_y - self.slope * (x - self.mean_x)) / self.standard_error
    }
}

impl RollingRegression {
    /// `None` unless the window holds at least three samples.
    #[must_use]
    pub fn new(window: usize) -> Option<Self> {
        let samples = VecDeque::with_capacity(window.saturating_add(1));
        (window >= 3).then(|| Self { window, samples, moments: Moments::default(), since_renewal: 0 })
    }

    /// Takes the next sample; the oldest leaves once the window is full. What is not a finite number is left out,
    /// and `false`.
    pub fn push(&mut self, x: f64, y: f64) -> bool {
        if !x.is_finite() || !y.is_finite() {
            return false;
        }
        self.samples.push_back((x, y));
        self.moments.add(x, y);
        if self.samples.len() > self.window
            && let Some((x, y)) = self.samples.pop_front()
        {
            self.moments.remove(x, y);
        }
        self.since_renewal += 1;
        if self.since_renewal >= self.window {
            self.renew();
        }
        true
    }

    #[must_use]
    pub fn is_full(&self) -> bool {
        self.samples.len() == self.window
    }

    pub fn clear(&mut self) {
        self.samples.clear();
        (self.moments, self.since_renewal) = (Moments::default(), 0);
    }

    /// `None` with fewer than three samples, while x stands still, or when all samples lie on one line.
    #[must_use]
    pub fn fit(&self) -> Option<Fit> {
        let Moments { count, mean_x, mean_y, xx, yy, xy } = self.moments;
        let least = mean_x * STANDING;
        if count < 3.0 || xx <= least * least * count {
            return None;
        }
        let slope = xy / xx;
        let squares = (yy - slope * xy).max(0.0);
        let standard_error = (squares / (count - 2.0)).sqrt();
        if squares <= ON_A_LINE * yy {
            return None;
        }
        let correlation = (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0);
        Some(Fit { slope, mean_x, mean_y, standard_error, correlation, samples: self.samples.len() })
    }

    fn renew(&mut self) {
        self.since_renewal = 0;
        self.moments = Moments::default();
        self.samples.iter().for_each(|&(x, y)| self.moments.add(x, y));
    }
}

impl Moments {
    fn add(&mut self, x: f64, y: f64) {
        self.count += 1.0;
        let (from_x, from_y) = (x - self.mean_x, y - self.mean_y);
        self.mean_x += from_x / self.count;
        self.mean_y += from_y / self.count;
        self.xx += from_x * (x - self.mean_x);
        self.yy += from_y * (y - self.mean_y);
        self.xy += from_x * (y - self.mean_y);
    }

    /// Of a sample that was added; others are left.
    fn remove(&mut self, x: f64, y: f64) {
        self.count -= 1.0;
        let (from_x, from_y) = (x - self.mean_x, y - self.mean_y);
        self.mean_x -= from_x / self.count;
        self.mean_y -= from_y / self.count;
        self.xx -= from_x * (x - self.mean_x);
        self.yy -= from_y * (y - self.mean_y);
        self.xy -= from_x * (y - self.mean_y);
    }
}
