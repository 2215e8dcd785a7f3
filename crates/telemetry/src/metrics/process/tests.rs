use std::collections::BTreeMap;
use std::path::Path;

use super::Process;

fn figures(process: &Process) -> BTreeMap<&'static str, String> {
    process.figures().into_iter().map(|(name, figure)| (name, figure.to_string())).collect()
}

fn fill(proc: &Path, limit: &str) {
    let own = proc.join("self");
    std::fs::create_dir_all(own.join("fd")).unwrap();
    for number in 0..4 {
        std::fs::write(own.join("fd").join(number.to_string()), "").unwrap();
    }
    let write = |name: &str, text: &str| std::fs::write(proc.join(name), text).unwrap();
    write("uptime", "1000.50 3000.00\n");
    write("stat", "cpu 1 2 3\nbtime 1700000000\nprocesses 9\n");
    write("self/status", "Name:\tx\nVmPeak:\t9 kB\nVmSize:\t   2048 kB\nVmRSS:\t    1024 kB\nThreads:\t7\n");
    // The name may hold spaces and brackets.
    write(
        "self/stat",
        "42 (odd) 1 (name) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 7 0 90000 2097152 256 0 0\n",
    );
    let head = "Limit                     Soft Limit           Hard Limit           Units\n";
    write(
        "self/limits",
        &format!("{head}Max open files            {limit}                 4096            files\n"),
    );
}

#[test]
fn the_kernels_figures_are_read() {
    let proc = tempfile::tempdir().unwrap();
    fill(proc.path(), "1024");
    let process = Process { proc: proc.path().to_owned() };
    let expected = [
        ("process_cpu_seconds_total", "2"),
        ("process_max_fds", "1024"),
        ("process_open_fds", "3"),
        ("process_resident_memory_bytes", "1048576"),
        ("process_start_time_seconds", "1700000900"),
        ("process_threads", "7"),
        ("process_uptime_seconds", "100.5"),
        ("process_virtual_memory_bytes", "2097152"),
    ];
    assert_eq!(figures(&process), expected.map(|(name, figure)| (name, figure.to_owned())).into());
    fill(proc.path(), "unlimited");
    assert_eq!(figures(&process)["process_max_fds"], "inf");
}

#[test]
fn what_cannot_be_read_is_left_out() {
    let proc = tempfile::tempdir().unwrap();
    fill(proc.path(), "1024");
    for (name, text) in
        [("self/stat", "42 (x) S 1"), ("self/status", "VmRSS: much\nThreads:"), ("self/limits", "")]
    {
        std::fs::write(proc.path().join(name), text).unwrap();
    }
    let process = Process { proc: proc.path().to_owned() };
    assert_eq!(figures(&process).keys().copied().collect::<Vec<_>>(), ["process_open_fds"]);
    assert!(Process { proc: "/nowhere".into() }.figures().is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn this_process_has_them_all() {
    let figures = figures(&Process::own());
    assert_eq!(figures.len(), 8, "{figures:?}");
    assert!(figures["process_resident_memory_bytes"].parse::<f64>().unwrap() > 100_000.0);
}
