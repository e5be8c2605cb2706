//! `watershed log`: the embedded log alone, on a port, until it is told to end.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};
use watershed_event::clock::SystemClock;
use watershed_log::disk::{DirectoryLock, RealDisk};
use watershed_log::{
    Broker, Limits, OpenError, Options, Server, ServerConfig, StartError, Tls, TlsError, Users, UsersError,
};

use crate::Output;
use crate::logging::{self, LogFormat};
use crate::metrics::{self, MetricsError};

/// How long connections may take to end. The rest of the second is for syncing.
const CONNECTIONS_END: Duration = Duration::from_millis(400);

/// How long blocking work may go on after everything was closed.
const THREADS_END: Duration = Duration::from_millis(200);

/// What `watershed log` is asked.
#[derive(Debug, Args)]
#[command(
    after_help = "Any Kafka client can use it: point bootstrap.servers at the address that is printed when it is ready.\n\
    WATERSHED_LOG chooses what is logged, as WATERSHED_LOG=info,watershed_log=debug."
)]
pub(crate) struct LogOptions {
    /// Where the log keeps its data; made if it is not there.
    #[arg(long, value_name = "DIR", default_value = "./watershed-data")]
    data: PathBuf,
    /// Where to listen, as HOST:PORT; :0 takes a free port. May be given several times.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9092")]
    listen: Vec<String>,
    /// The address that clients are told, where it is not the one that is listened on: in a container, behind a proxy.
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
    advertise: Option<(String, u16)>,
    /// Listen on addresses that other machines can reach, without TLS and users.
    #[arg(long)]
    insecure: bool,
    /// The certificate for TLS, with its chain, as a PEM file.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, as a PEM file.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Take only clients whose certificate one of these has signed, as a PEM file.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// Who may connect, by SASL (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512): a file with a line NAME:PASSWORD for each user, or
    /// NAME:SCRAM-SHA-256=[iterations=N,salt=S,stored_key=K,server_key=K] with Base64.
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Set one of Kafka's broker settings, as num.partitions=4. May be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
    /// Serve metrics for Prometheus over HTTP, as http://HOST:PORT/metrics.
    #[arg(long, value_name = "HOST:PORT")]
    metrics: Option<String>,
    /// How log lines, which go to standard error, are written. JSON also for the line that says that the log is ready.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// Why the log did not start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Filter(#[from] logging::FilterError),
    #[error("cannot use the directory {}: {reason}; give one that can be made or written to with --data", path.display())]
    Directory { path: PathBuf, reason: String },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("cannot read {}: {source}; --users takes a file with a line NAME:PASSWORD for each user", path.display())]
    UsersFile { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Users { path: PathBuf, source: UsersError },
    #[error(
        "{} names no users, so that nobody could connect: write a line NAME:PASSWORD for each user", path.display()
    )]
    NoUsers { path: PathBuf },
    #[error("--set {name}={value}: {reason}")]
    Set { name: String, value: String, reason: String },
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    #[error("cannot start threads or watch for signals: {0}")]
    System(io::Error),
    #[error("cannot write to standard output that the log is ready: {0}")]
    Output(io::Error),
}

/// Runs the log until SIGTERM or SIGINT.
pub(crate) fn run(options: LogOptions, output: Output, out: &mut dyn Write) -> Result<(), Error> {
    logging::start(options.log_format)?;
    raise_open_files();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Error::System)?;
    let result = runtime.block_on(serve(options, output, out));
    runtime.shutdown_timeout(THREADS_END);
    result
}

/// Takes as many file descriptors as the system allows: segments and connections need them.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

async fn serve(options: LogOptions, output: Output, out: &mut dyn Write) -> Result<(), Error> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::System)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::System)?;
    let json = output == Output::Json || options.log_format == LogFormat::Json;
    let metrics = match &options.metrics {
        Some(address) => Some(metrics::listen(address, options.insecure).await?),
        None => None,
    };
    let users_file = options.users.clone();
    let (options, config) = split(options)?;
    let _lock = DirectoryLock::acquire(&options.data).map_err(|error| match error {
        OpenError::Io { .. } => directory_refused(&options.data, &error),
        error => error.into(),
    })?;
    let disk = RealDisk::new(&options.data).map_err(|error| directory_refused(&options.data, &error))?;
    let clock = Arc::new(SystemClock::start());
    // It reads what may be many gigabytes, without a pause: in a task, so that signals are heard meanwhile.
    let opening = tokio::spawn(Broker::open(options, Arc::new(disk), clock));
    let mut ended = pin!(async {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    });
    let opened = tokio::select! {
        opened = opening => opened.map_err(|error| Error::System(io::Error::other(error)))?,
        signal = &mut ended => {
            // Whatever recovery has done so far, the next start can do again.
            tracing::info!(signal, "ending before the log is open");
            return Ok(());
        }
    };
    let broker = opened?;
    let server = match start(&broker, config, users_file).await {
        Ok(server) => server,
        Err(error) => {
            broker.close().await;
            return Err(error);
        }
    };
    let metrics_at = metrics.as_ref().and_then(|listener| listener.local_addr().ok());
    if let Some(listener) = metrics {
        let broker = Arc::clone(&broker);
        tokio::spawn(metrics::serve(listener, move || broker.metrics_text()));
    }
    say_ready(&server, metrics_at, json, out).map_err(Error::Output)?;
    let signal = ended.await;
    tracing::info!(signal, "ending");
    server.shutdown(CONNECTIONS_END).await;
    broker.close().await;
    tracing::info!("ended");
    Ok(())
}

/// Begins to serve, unless nobody could connect: the file has no users, and none were made over the wire before.
async fn start(
    broker: &Arc<Broker>,
    config: ServerConfig,
    users_file: Option<PathBuf>,
) -> Result<Server, Error> {
    let nobody = config.users.as_ref().is_some_and(|users| users.is_empty()) && !broker.keeps_credentials();
    match users_file {
        Some(path) if nobody => Err(Error::NoUsers { path }),
        _ => Ok(Server::start(Arc::clone(broker), config).await?),
    }
}

/// A file where a directory should be is said in words; the operating system's are for a file of any kind.
fn directory_refused(path: &Path, error: &dyn std::error::Error) -> Error {
    let in_the_way = path.ancestors().find(|part| part.exists() && !part.is_dir());
    let reason = match in_the_way {
        Some(file) if file == path => "it is a file, not a directory".to_owned(),
        Some(file) => format!("{} is a file, not a directory", file.display()),
        None => error.to_string(),
    };
    Error::Directory { path: path.to_owned(), reason }
}

/// What is for the broker, and what for the server in front of it.
fn split(options: LogOptions) -> Result<(Options, ServerConfig), Error> {
    let (mut broker, mut limits) = (Options::new(options.data), Limits::default());
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in &options.set {
        let shown = if is_secret(name) { "[hidden]" } else { value };
        let refuse = |reason| Error::Set { name: name.clone(), value: shown.to_owned(), reason };
        if let Some(before) = given.insert(name, shown) {
            return Err(refuse(format!("{name}={before} is given too: choose one of them")));
        }
        limits.set_either(&mut broker, name, value).map_err(refuse)?;
    }
    let tls = match (options.tls_cert, options.tls_key) {
        (Some(certificate), Some(key)) => {
            Some(Tls::from_pem_files(&certificate, &key, options.tls_client_ca.as_deref())?)
        }
        _ => None,
    };
    let config = ServerConfig {
        listen: options.listen,
        advertise: options.advertise,
        insecure: options.insecure,
        tls,
        users: options.users.map(read_users).transpose()?.map(Arc::new),
        limits,
    };
    Ok((broker, config))
}

/// Whether a setting of Kafka's may hold a password or a key: none of these is taken, nor is its value said again.
fn is_secret(name: &str) -> bool {
    name.starts_with("ssl.") || name.starts_with("sasl.")
}

fn read_users(path: PathBuf) -> Result<Users, Error> {
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(source) => return Err(Error::UsersFile { path, source }),
    };
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| Error::System(io::Error::other(error.to_string())))?;
    Users::parse(&text, secret).map_err(|source| Error::Users { path, source })
}

/// The one line that says where the log is to be found.
fn say_ready(
    server: &Server,
    metrics: Option<SocketAddr>,
    json: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let addresses: Vec<String> = server.addresses().iter().map(SocketAddr::to_string).collect();
    let (host, port) = server.advertised();
    if json {
        let line = serde_json::json!({
            "event": "ready",
            "address": addresses.first(),
            "addresses": addresses,
            "advertised": format!("{host}:{port}"),
            "metrics": metrics.map(|address| format!("http://{address}/metrics")),
        });
        writeln!(out, "{line}")?;
    } else {
        let metrics = metrics.map(|address| format!(" - metrics are at http://{address}/metrics"));
        writeln!(
            out,
            "ready: Kafka clients connect to {}{}",
            addresses.join(", "),
            metrics.unwrap_or_default()
        )?;
    }
    out.flush()
}

fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text.rsplit_once(':').ok_or("it has no port: give HOST:PORT")?;
    if host.is_empty() {
        return Err("it has no host: give HOST:PORT".to_owned());
    }
    let port = port.parse().ok().filter(|&port| port != 0);
    let port = port.ok_or_else(|| "its port is not one: give a number from 1 to 65535".to_owned())?;
    Ok((host.trim_start_matches('[').trim_end_matches(']').to_owned(), port))
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it has no equals sign: give NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
