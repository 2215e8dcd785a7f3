//! `up`: the whole platform in one process.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use api::{AppState, Parts, StoredHistory, Tokens};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use store::Admin;
use tokio_util::sync::CancellationToken;

use crate::cli::{SettingArguments, UpArguments};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::exit::{self, Refused};
use crate::node::Node;
use crate::telemetry;

/// How often histograms are tidied; without it they grow without limit.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

pub(super) fn run(settings: &SettingArguments, arguments: &UpArguments) -> Result<u8> {
    let loaded = super::load(settings, &[("listen", arguments.listen.clone())])?;
    let config = loaded.config;
    telemetry::start(&config)?;
    let metrics = PrometheusBuilder::new().install_recorder().context("metrics cannot be recorded")?;
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("the data folder {} cannot be made", config.data_dir.display()))?;
    let _lock = lock(&config.data_dir)?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(&config.listen)).map_err(|error| {
        Refused::usage(format!(
            "{}: {error}; choose another port with --listen, or see `bellwether doctor`",
            config.listen
        ))
    })?;
    let node = Node::start(&config)?;
    announce(&config, &node);
    let served = runtime.block_on(serve(&config, &node, metrics, listener));
    tell("Stopping: finishing what is under way …");
    let is_whole = node.shut_down();
    tell(if is_whole {
        "Stopped. Nothing was lost."
    } else {
        "Stopped. The journals are whole, but some market data could not be stored; the log says why."
    });
    served.map(|()| exit::DONE)
}

async fn serve(
    config: &Config,
    node: &Node,
    metrics: PrometheusHandle,
    listener: tokio::net::TcpListener,
) -> Result<()> {
    let shutdown = CancellationToken::new();
    let state = AppState::new(Parts {
        platform: Arc::clone(&node.platform),
        history: Arc::new(StoredHistory::new(node.store.clone())),
        tokens: Tokens::from_seed(&token_seed(&config.data_dir)?)?,
        clock: Arc::new(SystemClock),
        metrics: metrics.clone(),
        config: api::Config::specified(),
        shutdown: shutdown.clone(),
    });
    let stopper = shutdown.clone();
    tokio::spawn(async move {
        crate::stop::next_signal().await;
        stopper.cancel();
        crate::stop::next_signal().await;
        std::process::exit(i32::from(exit::INTERRUPTED));
    });
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP_EVERY).await;
            metrics.run_upkeep();
        }
    });
    api::serve(listener, api::router(state), shutdown).await.context("the API stopped")
}

/// One platform a data folder; the lock goes with the process, however that ends.
fn lock(data_dir: &Path) -> Result<File> {
    let path = data_dir.join("up.lock");
    let context = || format!("{}: the data folder cannot be locked", path.display());
    let file = File::options().create(true).truncate(false).write(true).open(&path).with_context(context)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Refused::usage(format!(
            "{}: another `bellwether up` runs on this data folder; stop it first, or choose another folder with \
             --data-dir",
            data_dir.display()
        ))
        .into()),
        Err(TryLockError::Error(error)) => Err(error).with_context(context),
    }
}

/// The secret that signs tokens: made once, kept readable for this user alone.
fn token_seed(data_dir: &Path) -> Result<[u8; 32]> {
    let path = data_dir.join("token.key");
    let context = || format!("{}: the token key cannot be used", path.display());
    if let Ok(known) = std::fs::read(&path) {
        return known
            .try_into()
            .map_err(|_| anyhow::anyhow!("it is not 32 bytes long; remove it to make a new one"))
            .with_context(context);
    }
    let mut seed = [0; 32];
    File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut seed)).with_context(context)?;
    write_secret(&path, &seed).with_context(context)?;
    Ok(seed)
}

fn write_secret(path: &Path, secret: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(secret)?;
    file.sync_all()
}

/// Whether or not anybody still reads, the platform stops in order.
fn tell(text: &str) {
    drop(writeln!(std::io::stdout(), "{text}"));
}

fn announce(config: &Config, node: &Node) {
    println!(
        "Bellwether {} is open for business on http://{}",
        env!("CARGO_PKG_VERSION"),
        shown_address(&config.listen)
    );
    println!();
    for line in &node.summary {
        println!("  {line}");
    }
    println!();
    match &node.admin {
        Admin::Created { user, invented: Some(password) } => {
            println!(
                "  sign in as {} with the password {} (shown this once)",
                user.username,
                password.reveal()
            );
        }
        Admin::Created { user, invented: None } => {
            println!("  sign in as {} with the password you set", user.username)
        }
        Admin::Existing(user) => println!("  sign in as {} with the password you know", user.username),
    }
    println!("  API explorer at http://{}/docs/   stop with Ctrl-C", shown_address(&config.listen));
}

/// People type `localhost`.
fn shown_address(listen: &str) -> String {
    listen.replacen("127.0.0.1", "localhost", 1).replacen("0.0.0.0", "localhost", 1)
}
