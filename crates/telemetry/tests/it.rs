//! What shows only with many threads, a real disk or another program.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
#![expect(clippy::print_stderr, reason = "what is skipped is said loudly")]

mod it {
    mod full_disk;
    mod installed;
    mod pressure;
    mod promtool;
}
