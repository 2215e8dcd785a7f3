use anyhow::anyhow;

use super::{Done, Steps};

fn three(steps: &mut Steps) {
    steps.run("one", || Ok(Done::Passed));
    steps.run("two", || Err(anyhow!("broken")));
    steps.run("three", || Ok(Done::Skipped("no tool".into())));
}

#[test]
fn the_last_line_counts_each_kind() {
    let mut steps = Steps::all();
    three(&mut steps);
    assert_eq!(steps.counts(), "1 passed, 1 failed, 1 skipped");
    assert!(steps.table().contains("FAILED"));
    assert!(steps.table().contains("(broken)"));
    assert!(steps.table().contains("(no tool)"));
}

#[test]
fn fail_fast_does_not_start_what_follows_a_failure() {
    let mut steps = Steps::fail_fast();
    three(&mut steps);
    steps.run("four", || unreachable!("a step ran after a failure"));
    assert_eq!(steps.counts(), "1 passed, 1 failed, 2 skipped");
    assert!(steps.table().contains("not run: `two` failed"));
}
