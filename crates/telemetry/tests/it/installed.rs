//! The recorder of the whole process, which there is one of.

use telemetry::Metrics;

#[test]
fn the_process_counts_to_what_is_installed_first() {
    let metrics = Metrics::install().unwrap();
    std::thread::spawn(|| metrics::counter!("operator_bars_out_total").increment(3)).join().unwrap();
    assert!(metrics.render().contains("\noperator_bars_out_total 3\n"));
    assert!(metrics.snapshot().sum("process_uptime_seconds", &[]) >= 0.0);
    assert!(metrics.snapshot().sum("process_threads", &[]) >= 1.0, "the figures are there from the start");
    assert!(Metrics::install().is_err());
}
