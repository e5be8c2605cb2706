//! The server under attack: the program itself, in a process of its own, so that its memory can be read.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use watershed_protocol::ErrorCode;
use watershed_protocol::batch::{BatchBuilder, BatchOptions};
use watershed_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use watershed_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{
    CreateTopicsRequest, CreateTopicsResponse, FetchRequest, FetchResponse, ProduceRequest, ProduceResponse,
};
use watershed_protocol::wire::{FRAME_PREFIX_BYTES, Payload, Request, encode_request};
use watershed_testkit::wire::Connection;

/// The topic on which everybody else's work goes on.
pub(crate) const ALIVE: &str = "alive";
/// A topic whose batches must be decompressed, for keys.
pub(crate) const COMPACTED: &str = "compacted";
/// A topic whose batches are compressed anew.
pub(crate) const RECOMPRESSED: &str = "recompressed";
/// How long a hostile client waits for an answer or for being cut off.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    log: std::path::PathBuf,
    _dir: TempDir,
}

impl Server {
    pub(crate) fn start() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let log = dir.path().join("log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_watershed"))
            .args(["log", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path().join("data"))
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).expect("a log file"))
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output is a pipe");
        BufReader::new(output).read_line(&mut line).expect("it says where it listens");
        let address = line.split_whitespace().find(|word| word.starts_with("127.0.0.1:"));
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Self { child, address, log, _dir: dir }
    }

    /// Makes the topics, and uses everything once, so that what is measured later is growth.
    pub(crate) fn prepare(&self) {
        let topics = [
            (ALIVE, "cleanup.policy", "delete"),
            (COMPACTED, "cleanup.policy", "compact"),
            (RECOMPRESSED, "compression.type", "zstd"),
        ];
        let topics = topics.map(|(name, config, value)| CreatableTopic {
            name,
            num_partitions: 1,
            replication_factor: 1,
            configs: vec![CreatableTopicConfig { name: config, value: Some(value) }],
            ..CreatableTopic::default()
        });
        let request =
            CreateTopicsRequest { topics: topics.to_vec(), timeout_ms: 10_000, validate_only: false };
        let reply = self.connect().ask(&request, 5).expect("CreateTopics is answered");
        let response: CreateTopicsResponse<'_> = reply.read().expect("CreateTopics is answered");
        assert!(response.topics.iter().all(|topic| topic.error_code == 0), "{response:?}");
        self.serves().expect("it serves before the first hostility");
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::open(&self.address).expect("the server accepts connections")
    }

    /// A bare socket.
    pub(crate) fn socket(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// Writes a record and reads one back.
    pub(crate) fn serves(&self) -> io::Result<()> {
        let mut connection = Connection::open(&self.address)?;
        let reply = connection.ask(&produce(ALIVE, &batch(BatchOptions::default(), 1), -1), 9)?;
        let response: ProduceResponse<'_> = reply.read()?;
        let answer = &response.responses[0].partition_responses[0];
        if answer.error_code != 0 {
            return Err(io::Error::other(format!(
                "produce is refused: {:?}",
                ErrorCode::from_code(answer.error_code)
            )));
        }
        let partition = FetchPartition {
            fetch_offset: answer.base_offset,
            partition_max_bytes: 1 << 20,
            ..FetchPartition::default()
        };
        let topic = FetchTopic { topic: ALIVE, partitions: vec![partition], ..FetchTopic::default() };
        let fetch = FetchRequest {
            max_wait_ms: 5_000,
            min_bytes: 1,
            max_bytes: 1 << 20,
            topics: vec![topic],
            ..FetchRequest::default()
        };
        let reply = connection.ask(&fetch, 11)?;
        let response: FetchResponse<'_> = reply.read()?;
        let bytes = response.responses[0].partitions[0].records.map_or(0, |records| records.len());
        if bytes == 0 { Err(io::Error::other("nothing is fetched")) } else { Ok(()) }
    }

    /// Sends bytes and reads until the server closes the connection, or has answered with a frame.
    ///
    /// # Errors
    ///
    /// If neither happens in time.
    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = self.socket()?;
        // A server that has cut the connection off may refuse the rest.
        drop(stream.write_all(bytes));
        let mut answer = vec![0; FRAME_PREFIX_BYTES];
        match stream.read(&mut answer) {
            Ok(read) => answer.truncate(read),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => answer.clear(),
            Err(error) => return Err(error),
        }
        Ok(answer)
    }

    /// Resident memory of the process.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says it");
        let kilobytes: u64 =
            line.split_whitespace().next().and_then(|text| text.parse().ok()).expect("a number");
        kilobytes << 10
    }

    pub(crate) fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let tail: Vec<&str> = log.lines().rev().take(20).collect();
        tail.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A request as a frame.
pub(crate) fn frame<'a, R: Request<'a>>(request: &R, version: i16) -> Vec<u8> {
    encode_request(request, version, 7, Some("hostile")).expect("a request of ours").to_vec()
}

/// A frame around these bytes.
pub(crate) fn framed(bytes: &[u8]) -> Vec<u8> {
    let mut frame = i32::try_from(bytes.len()).expect("small").to_be_bytes().to_vec();
    frame.extend_from_slice(bytes);
    frame
}

/// A produce request with one batch.
pub(crate) fn produce<'a>(topic: &'a str, records: &'a [u8], acks: i16) -> ProduceRequest<'a> {
    let partition = PartitionProduceData { index: 0, records: Some(Payload::from(records)) };
    let data =
        TopicProduceData { name: topic, partition_data: vec![partition], ..TopicProduceData::default() };
    ProduceRequest { acks, timeout_ms: 10_000, topic_data: vec![data], ..ProduceRequest::default() }
}

/// A batch of small records with keys.
pub(crate) fn batch(options: BatchOptions, records: usize) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for _ in 0..records {
        builder.append(1_700_000_000_000, Some(b"key"), Some(b"value"), &[]).expect("it fits");
    }
    let mut batch = Vec::new();
    builder.finish(&mut batch).expect("it fits");
    batch
}
