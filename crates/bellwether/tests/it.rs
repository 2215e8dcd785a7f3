//! The program from outside: what a person types, what the machine does to it, what comes back.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
#![expect(clippy::print_stderr, reason = "what is skipped is said loudly")]

mod it {
    mod alerting;
    mod backtest;
    mod backup;
    mod configuration;
    mod conserve;
    mod corporate;
    mod crash;
    mod dashboard;
    mod faults;
    mod feeds;
    mod hostile;
    mod http;
    #[cfg(feature = "kafka")]
    mod kafka;
    mod measured;
    mod operating;
    mod outage;
    mod parties;
    mod platform;
    mod poison;
    mod program;
    mod quality;
    mod reloading;
    mod replay;
    mod restarts;
    mod running;
    mod secrets;
}
