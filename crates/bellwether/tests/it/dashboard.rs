//! The dashboard that is shipped: every query answers against a real Prometheus that scrapes the running program.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::http::ask;
use super::running::{Running, free_address, within};

/// A Prometheus that scrapes the platform; killed when the test lets go of it.
struct Prometheus {
    child: Child,
    address: String,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Prometheus {
    fn scraping(folder: &Path, target: &str) -> Option<Self> {
        let file = folder.join("prometheus.yml");
        let scrape = format!("{{job_name: bellwether, static_configs: [{{targets: ['{target}']}}]}}");
        std::fs::write(&file, format!("global: {{scrape_interval: 1s}}\nscrape_configs: [{scrape}]\n"))
            .unwrap();
        let address = free_address();
        let mut server = Command::new("prometheus");
        server
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("series").display()))
            .arg(format!("--web.listen-address={address}"));
        match server.stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
            Ok(child) => Some(Self { child, address }),
            Err(_) => {
                eprintln!("SKIPPED: there is no prometheus on the PATH to ask the dashboard's queries");
                None
            }
        }
    }

    /// How many series answer.
    fn series(&self, query: &str) -> usize {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = ask(&self.address, "GET", &format!("/api/v1/query?query={encoded}"), None, None);
        let answered = answer.filter(|answer| answer.status == 200).map(|answer| answer.json());
        answered.map_or(0, |json| json["data"]["result"].as_array().map_or(0, Vec::len))
    }
}

#[test]
fn every_query_of_the_dashboard_answers() {
    let folder = tempfile::tempdir().unwrap();
    let running = Running::start(folder.path(), &[]);
    let Some(prometheus) = Prometheus::scraping(folder.path(), running.address()) else { return };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../monitoring/grafana-dashboard.json");
    let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() > 15);
    for panel in panels {
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            within(60, query, || (prometheus.series(query) > 0).then_some(()));
        }
    }
}
