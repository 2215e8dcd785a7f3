use domain::{Span, Timestamp};

/// How lively each hour of the UTC day is, beside an average hour: quiet before Asia wakes, busiest when Europe
/// and America are both at work.
const HOURS: [f64; 24] = [
    0.95, 1.0, 0.9, 0.8, 0.7, 0.62, 0.6, 0.72, 0.9, 1.0, 1.0, 0.98, 1.05, 1.35, 1.6, 1.55, 1.45, 1.25, 1.1,
    1.05, 1.0, 0.85, 0.75, 0.82,
];

/// Between the hours it changes in a straight line.
pub(super) fn activity(time: Timestamp) -> f64 {
    let since_midnight = time.since(time.floor_to(Span::DAY)).nanos();
    let hour = usize::try_from(since_midnight / Span::HOUR.nanos()).unwrap_or(0) % 24;
    let part = (since_midnight % Span::HOUR.nanos()) as f64 / Span::HOUR.nanos() as f64;
    HOURS[hour] + (HOURS[(hour + 1) % 24] - HOURS[hour]) * part
}
