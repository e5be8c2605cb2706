//! The servers that are measured, as processes of which CPU time and memory are read from `/proc`.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use watershed_protocol::messages::create_topics_request::CreatableTopic;
use watershed_protocol::messages::delete_topics_request::DeleteTopicState;
use watershed_protocol::messages::{
    ApiVersionsRequest, ApiVersionsResponse, CreateTopicsRequest, CreateTopicsResponse, DeleteTopicsRequest,
    DeleteTopicsResponse,
};
use watershed_testkit::kafka::{Broker, BrokerOptions};
use watershed_testkit::wire::Connection;

/// How long a server may take for an administrative request.
const ADMIN_TIMEOUT_MS: i32 = 30_000;

/// Which server.
pub(crate) enum Kind {
    /// Watershed, by its program.
    Watershed(PathBuf),
    Kafka,
}

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    /// From the start of the process to the first answer.
    pub(crate) started_in: Duration,
    process_id: u32,
    running: Running,
}

enum Running {
    Watershed(Child, #[expect(dead_code, reason = "removes the data when it is dropped")] tempfile::TempDir),
    Kafka(#[expect(dead_code, reason = "ends Kafka when it is dropped")] Box<Broker>),
}

impl Server {
    pub(crate) fn start(kind: &Kind) -> anyhow::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "the time of a start is what is measured")]
        let start = Instant::now();
        let (address, process_id, running) = match kind {
            Kind::Kafka => {
                let broker = Broker::start(&BrokerOptions::default().measured())?;
                (broker.bootstrap(), broker.process_id(), Running::Kafka(Box::new(broker)))
            }
            Kind::Watershed(program) => {
                let data = tempfile::tempdir()?;
                let mut child = Command::new(program)
                    .args(["log", "--listen", "127.0.0.1:0", "--data"])
                    .arg(data.path())
                    .stdout(Stdio::piped())
                    .spawn()
                    .with_context(|| format!("starting {}", program.display()))?;
                let output = child.stdout.take().context("no output")?;
                let mut line = String::new();
                BufReader::new(output).read_line(&mut line)?;
                let address = line.split_whitespace().find(|word| word.starts_with("127.0.0.1:"));
                let address = address.with_context(|| format!("no address in {line:?}"))?.to_owned();
                (address, child.id(), Running::Watershed(child, data))
            }
        };
        let mut connection = Connection::open(&address)?;
        let reply = connection.ask(&ApiVersionsRequest::default(), 0)?;
        let versions: ApiVersionsResponse<'_> = reply.read()?;
        ensure!(versions.error_code == 0, "ApiVersions is answered with error {}", versions.error_code);
        Ok(Self { address, started_in: start.elapsed(), process_id, running })
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.running {
            Running::Watershed(..) => "Watershed",
            Running::Kafka(_) => "Kafka",
        }
    }

    /// CPU time so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(self.process_id)
    }

    /// Resident memory that is the process's own (anonymous), in megabytes.
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    pub(crate) fn memory_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process_id))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: u64 = line.split_whitespace().next().context("no number")?.parse()?;
        Ok(kilobytes as f64 / 1e3)
    }

    pub(crate) fn create_topic(&self, name: &str, partitions: i32) -> anyhow::Result<()> {
        let topic = CreatableTopic {
            name,
            num_partitions: partitions,
            replication_factor: 1,
            ..CreatableTopic::default()
        };
        let request =
            CreateTopicsRequest { topics: vec![topic], timeout_ms: ADMIN_TIMEOUT_MS, validate_only: false };
        let reply = Connection::open(&self.address)?.ask(&request, 7)?;
        let response: CreateTopicsResponse<'_> = reply.read()?;
        ensure!(response.topics.iter().all(|topic| topic.error_code == 0), "CreateTopics: {response:?}");
        Ok(())
    }

    pub(crate) fn delete_topic(&self, name: &str) -> anyhow::Result<()> {
        let topic = DeleteTopicState { name: Some(name), ..DeleteTopicState::default() };
        let request = DeleteTopicsRequest {
            topics: vec![topic],
            timeout_ms: ADMIN_TIMEOUT_MS,
            ..DeleteTopicsRequest::default()
        };
        let reply = Connection::open(&self.address)?.ask(&request, 6)?;
        let response: DeleteTopicsResponse<'_> = reply.read()?;
        ensure!(response.responses.iter().all(|topic| topic.error_code == 0), "DeleteTopics: {response:?}");
        Ok(())
    }
}

/// CPU time of a process so far, user and system, of all threads.
pub(super) fn cpu_of(process_id: u32) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process_id}/stat"))?;
    // The name in brackets may hold anything; the fields are counted behind it.
    let fields = stat.rsplit_once(')').context("no name in stat")?.1;
    let ticks = |at: usize| fields.split_whitespace().nth(at).and_then(|text| text.parse::<u64>().ok());
    let (user, system) = (ticks(11).context("no utime")?, ticks(12).context("no stime")?);
    // USER_HZ is 100 on every Linux.
    Ok(Duration::from_millis((user + system) * 10))
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Watershed(child, _) = &mut self.running {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
