//! `up`: the whole platform in one process.

use std::fs::File;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use api::{AppState, Parts, TenantRate, Tokens};
use sha2::{Digest, Sha256};
use store::Admin;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::cli::{SettingArguments, UpArguments};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::exit::{self, Refused};
use crate::node::{Node, Policies, Start};
use crate::{data_folder, telemetry};

pub(super) fn run(settings: &SettingArguments, arguments: &UpArguments) -> Result<u8> {
    let flags = super::flags(settings, &[("listen", arguments.listen.clone())])?;
    let loaded = crate::config::load(&flags)?;
    let data_dir = &loaded.config.data_dir;
    let _lock = data_folder::lock(data_dir)?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot be started")?;
    let listener = bind(&runtime, &loaded.config.listen)?;
    let policies = Arc::new(Policies::new(&loaded.config));
    let telling = telemetry::Telling::start(&loaded, &policies, runtime.handle())?;
    let node = Node::start(Start {
        arguments: flags,
        loaded,
        policies,
        logs: telling.logs.clone(),
        metrics: telling.metrics.clone(),
        runtime: runtime.handle().clone(),
    })?;
    announce(&node);
    let served = runtime.block_on(serve(&node, listener));
    tell("Stopping: finishing what is under way …");
    let is_whole = node.shut_down();
    tell(if is_whole {
        "Stopped. Nothing was lost."
    } else {
        "Stopped. The journals are whole, but some market data could not be stored; the log says why."
    });
    served.map(|()| exit::DONE)
}

fn bind(runtime: &tokio::runtime::Runtime, listen: &str) -> Result<tokio::net::TcpListener> {
    let bound = runtime.block_on(tokio::net::TcpListener::bind(listen));
    Ok(bound.map_err(|error| {
        Refused::usage(format!(
            "{listen}: {error}; choose another port with --listen, or see `bellwether doctor`"
        ))
    })?)
}

async fn serve(node: &Node, listener: tokio::net::TcpListener) -> Result<()> {
    let config = &node.config;
    let shutdown = CancellationToken::new();
    let state = AppState::new(Parts {
        platform: Arc::clone(&node.platform),
        history: Arc::clone(&node.history),
        operations: Arc::clone(&node.operations) as Arc<dyn api::Operations>,
        version: config.app_version.clone(),
        tokens: Tokens::from_seed(&token_seed(config)?)?,
        clock: Arc::new(SystemClock),
        config: api_config(config),
        shutdown: shutdown.clone(),
    });
    let changed = state.clone();
    node.operations.live.on_change(move |config| {
        changed.set_tenant_rate(tenant_rate(config));
        changed.set_slow_after(slow_after(config));
    });
    let stopper = shutdown.clone();
    tokio::spawn(async move {
        crate::stop::next_signal().await;
        stopper.cancel();
        crate::stop::next_signal().await;
        std::process::exit(i32::from(exit::INTERRUPTED));
    });
    let figures = figures(config, &state, &shutdown).await?;
    let served = api::serve(listener, api::router(state), shutdown).await.context("the API stopped");
    if let Some(figures) = figures {
        figures.await.context("the listener for metrics ended by a panic")??;
    }
    served
}

/// The listener for metrics alone, where one is configured.
async fn figures(
    config: &Config,
    state: &AppState,
    shutdown: &CancellationToken,
) -> Result<Option<JoinHandle<std::io::Result<()>>>> {
    if config.metrics.port == 0 {
        return Ok(None);
    }
    let address = SocketAddr::new(config.listen.parse::<SocketAddr>()?.ip(), config.metrics.port);
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .map_err(|error| Refused::usage(format!("{address}: {error}; choose another metrics.port")))?;
    let router = api::metrics_router(state.clone());
    Ok(Some(tokio::spawn(api::serve(listener, router, shutdown.clone()))))
}

fn api_config(config: &Config) -> api::Config {
    api::Config {
        serves_metrics: config.metrics.enabled,
        slow_after: slow_after(config),
        tenant_rate: tenant_rate(config),
        ..api::Config::specified()
    }
}

fn slow_after(config: &Config) -> Duration {
    Duration::from_millis(config.log.slow_operation_ms)
}

fn tenant_rate(config: &Config) -> TenantRate {
    let window = Duration::from_millis(config.rate_limit.tenant_window_ms);
    TenantRate { requests: config.rate_limit.tenant_max, window }
}

/// The secret that signs tokens: made of the configured one, so that every node of an installation takes the same
/// tokens; or made once, and kept readable for this user alone.
fn token_seed(config: &Config) -> Result<[u8; 32]> {
    if config.secret_key.is_empty() {
        return own_token_seed(&config.data_dir);
    }
    let mut hash = Sha256::new();
    hash.update(b"bellwether token key v1\0");
    hash.update(config.secret_key.reveal().as_bytes());
    Ok(hash.finalize().into())
}

fn own_token_seed(data_dir: &Path) -> Result<[u8; 32]> {
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

fn announce(node: &Node) {
    let config = &node.config;
    let address = shown_address(&config.listen);
    tell(&format!("Bellwether {} is open for business on http://{address}", config.app_version));
    tell("");
    for line in &node.summary {
        tell(&format!("  {line}"));
    }
    tell("");
    tell(&format!("  {}", sign_in(&node.admin)));
    tell(&format!("  API explorer at http://{address}/docs/   stop with Ctrl-C"));
}

fn sign_in(admin: &Admin) -> String {
    match admin {
        Admin::Created { user, invented: Some(password) } => {
            format!("sign in as {} with the password {} (shown this once)", user.username, password.reveal())
        }
        Admin::Created { user, invented: None } => {
            format!("sign in as {} with the password you set", user.username)
        }
        Admin::Existing(user) => format!("sign in as {} with the password you know", user.username),
    }
}

/// People type `localhost`.
fn shown_address(listen: &str) -> String {
    listen.replacen("127.0.0.1", "localhost", 1).replacen("0.0.0.0", "localhost", 1)
}
