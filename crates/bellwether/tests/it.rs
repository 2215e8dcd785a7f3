//! The program from outside: what a person types, what the machine does to it, what comes back.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod it {
    mod backtest;
    mod configuration;
    mod corporate;
    mod crash;
    mod hostile;
    mod http;
    mod platform;
    mod program;
    mod replay;
    mod restarts;
    mod running;
}
