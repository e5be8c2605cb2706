//! Real clients as programs that are asked to write and read topics. Their contract is in `clients/README.md`.
//!
//! One program serves any number of commands, one after another, so that a JVM is started once for a test file. After an
//! error other than [`Error::Unsupported`] the program has ended.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Error;
use crate::batch::BatchView;
use crate::generate::Generate;
use crate::process::{self, Process};
use crate::record::Record;

/// Longest wait for an answer: the tools give up on their own before that.
const ANSWER_WITHIN: Duration = Duration::from_secs(150);
/// Characters of a wrong answer that an error shows.
const SHOWN_CHARS: usize = 500;

/// A client in another language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Client {
    /// Apache's kafka-clients.
    Java,
    /// librdkafka, through confluent-kafka for Python.
    Librdkafka,
    /// kafka-python, which is Python throughout.
    KafkaPython,
}

impl Client {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Java, Self::Librdkafka, Self::KafkaPython];

    /// A short name that can be part of a topic's or a file's.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Java => "java",
            Self::Librdkafka => "librdkafka",
            Self::KafkaPython => "kafka-python",
        }
    }
}

/// A codec by the name that clients' configurations give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Codec {
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

impl Codec {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::None, Self::Gzip, Self::Snappy, Self::Lz4, Self::Zstd];

    /// The name that clients' configurations give it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Snappy => "snappy",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }
}

/// How records are produced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum Mode {
    /// Without a producer id.
    Plain,
    /// With a producer id and sequences.
    Idempotent,
    /// In one transaction, which is committed.
    Commit {
        /// Its producer.
        transactional_id: String,
    },
    /// In one transaction, which is aborted.
    Abort {
        /// Its producer.
        transactional_id: String,
    },
}

/// Which records are produced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// These. Offsets and timestamp types are not used.
    Records(Vec<Record>),
    /// Those of the formula.
    Generate(Generate),
}

/// A command to write records to one partition, in as few batches as the sizes allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Produce {
    /// The broker.
    pub bootstrap: String,
    /// Which topic.
    pub topic: String,
    /// Which partition of it.
    pub partition: i32,
    /// How batches are compressed. The Python clients send a batch uncompressed where that is smaller.
    pub codec: Codec,
    /// With or without producer id and transaction.
    #[serde(flatten)]
    pub mode: Mode,
    /// The records.
    #[serde(flatten)]
    pub source: Source,
    /// Most bytes of a batch.
    pub batch_bytes: u32,
}

impl Produce {
    /// Records without a producer id, not compressed, to partition 0, in batches of up to 16 MiB.
    #[must_use]
    pub fn new(bootstrap: &str, topic: &str, source: Source) -> Self {
        Self {
            bootstrap: bootstrap.to_owned(),
            topic: topic.to_owned(),
            partition: 0,
            codec: Codec::None,
            mode: Mode::Plain,
            source,
            batch_bytes: 16 << 20,
        }
    }
}

/// What was produced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Produced {
    /// How many records.
    #[serde(rename = "produced")]
    pub count: u32,
    /// Offset of the first.
    pub first_offset: i64,
    /// Offset of the last. A transaction's marker comes after it, a moment later.
    pub last_offset: i64,
}

/// Whether a reader sees records of transactions that are open or aborted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// It does.
    ReadUncommitted,
    /// It does not.
    ReadCommitted,
}

/// A command to read one partition, CRCs checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consume {
    /// The broker.
    pub bootstrap: String,
    /// Which topic.
    pub topic: String,
    /// Which partition of it.
    pub partition: i32,
    /// Which records are seen.
    pub isolation: Isolation,
    /// Where reading begins.
    pub from_offset: i64,
    /// Where reading ends, markers counted; waited for. `None`: where the partition ends when reading begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_offset: Option<i64>,
}

impl Consume {
    /// Partition 0 from its beginning to its end, transactions ignored.
    #[must_use]
    pub fn new(bootstrap: &str, topic: &str) -> Self {
        Self {
            bootstrap: bootstrap.to_owned(),
            topic: topic.to_owned(),
            partition: 0,
            isolation: Isolation::ReadUncommitted,
            from_offset: 0,
            until_offset: None,
        }
    }
}

/// A digest of records, as [`digest`](crate::record::digest) makes it, and how many they are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digested {
    /// How many records.
    pub count: u32,
    /// SHA-256 in hex.
    pub digest: String,
}

/// Which client a tool is, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// The client's name.
    pub client: String,
    /// The client's version.
    pub version: String,
}

/// A running tool.
#[derive(Debug)]
pub struct Tool {
    process: Process,
}

impl Tool {
    /// Starts the tool of that client. That its packages are missing comes out with the first command.
    ///
    /// # Errors
    ///
    /// [`Error::Unset`] where the jars or the Python are not known; [`Error::Io`] where it does not start.
    pub fn start(client: Client) -> Result<Self, Error> {
        match client {
            Client::Java => {
                let mut java = process::java(512)?;
                java.arg(process::client_source("JavaTool.java"));
                let dir = process::temporary_dir("tool-")?;
                Ok(Self { process: Process::start("the Java tool", &mut java, dir, |_| true)? })
            }
            Client::Librdkafka => Self::start_python("confluent_tool.py"),
            Client::KafkaPython => Self::start_python("kafka_python_tool.py"),
        }
    }

    /// Starts a Python program of the folder `clients` that answers lines of JSON with lines of JSON, one for one.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_python(source: &str) -> Result<Self, Error> {
        let mut python = process::python()?;
        python.arg(process::client_source(source));
        let dir = process::temporary_dir("tool-")?;
        Ok(Self { process: Process::start(source, &mut python, dir, |_| true)? })
    }

    /// Asks for the client's name and version.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn version(&mut self) -> Result<Version, Error> {
        self.call(&json!({"cmd": "version"}))
    }

    /// Creates a topic of one partition with these configurations. Only the Java tool can.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); an existing topic is one.
    pub fn create_topic(
        &mut self,
        bootstrap: &str,
        name: &str,
        configs: &[(&str, &str)],
    ) -> Result<(), Error> {
        let configs: serde_json::Map<_, _> =
            configs.iter().map(|&(name, value)| (name.to_owned(), Value::from(value))).collect();
        let topics = json!([{"name": name, "partitions": 1, "configs": configs}]);
        self.call::<Value>(&json!({"cmd": "create_topics", "bootstrap": bootstrap, "topics": topics}))
            .map(drop)
    }

    /// Writes records.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn produce(&mut self, produce: &Produce) -> Result<Produced, Error> {
        self.call(&Named { cmd: "produce", digest: false, command: produce })
    }

    /// Reads records.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn consume(&mut self, consume: &Consume) -> Result<Vec<Record>, Error> {
        #[derive(Deserialize)]
        struct Consumed {
            records: Vec<Record>,
        }
        let consumed: Consumed = self.call(&Named { cmd: "consume", digest: false, command: consume })?;
        Ok(consumed.records)
    }

    /// Reads records and answers only their digest.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn digest(&mut self, consume: &Consume) -> Result<Digested, Error> {
        self.call(&Named { cmd: "consume", digest: true, command: consume })
    }

    /// What the client's own code finds in record batches that lie one behind the other. Only the Java tool can.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); a batch with a wrong CRC is one.
    pub fn read_batches(&mut self, bytes: &[u8]) -> Result<Vec<BatchView>, Error> {
        #[derive(Deserialize)]
        struct Read {
            batches: Vec<BatchView>,
        }
        let read: Read = self.call(&json!({"cmd": "read_batches", "bytes": STANDARD.encode(bytes)}))?;
        Ok(read.batches)
    }

    /// Sends any command and reads its answer, waited for no longer than two and a half minutes.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] where the client cannot do it; [`Error::Failed`] where it tried and failed;
    /// [`Error::Ended`], [`Error::Silent`] and [`Error::Answer`] where the program is not well.
    pub fn call<A: DeserializeOwned>(&mut self, command: &impl Serialize) -> Result<A, Error> {
        let line = serde_json::to_string(command).map_err(|source| self.bad_answer("(not sent)", source))?;
        self.process.write_line(&line)?;
        let line = self.process.next_line(ANSWER_WITHIN)?;
        let answer: Value = serde_json::from_str(&line).map_err(|source| self.bad_answer(&line, source))?;
        let program = || self.process.name().to_owned();
        if let Some(reason) = answer.get("unsupported") {
            return Err(Error::Unsupported { program: program(), reason: text(reason) });
        }
        if let Some(reason) = answer.get("error") {
            return Err(Error::Failed {
                program: program(),
                reason: text(reason),
                log: self.process.log_tail(),
            });
        }
        serde_json::from_value(answer).map_err(|source| self.bad_answer(&line, source))
    }

    fn bad_answer(&self, line: &str, source: serde_json::Error) -> Error {
        let answer = line.chars().take(SHOWN_CHARS).collect();
        Error::Answer { program: self.process.name().to_owned(), answer, source }
    }
}

/// A command with its name.
#[derive(Serialize)]
struct Named<'a, C> {
    cmd: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    digest: bool,
    #[serde(flatten)]
    command: &'a C,
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_those_of_the_contract() {
        let mode = Mode::Commit { transactional_id: "tx".into() };
        let generate = Source::Generate(Generate::new(1, 2));
        let produce = Produce { codec: Codec::Lz4, mode, ..Produce::new("b:1", "t", generate) };
        assert_eq!(
            serde_json::to_value(Named { cmd: "produce", digest: false, command: &produce }).unwrap(),
            json!({
                "cmd": "produce", "bootstrap": "b:1", "topic": "t", "partition": 0, "codec": "lz4",
                "mode": "commit", "transactional_id": "tx", "batch_bytes": 16_777_216,
                "generate": {"seed": 1, "count": 2, "null_header_values": true, "null_key_and_value": true}
            })
        );
        assert_eq!(
            serde_json::to_value(Named { cmd: "consume", digest: true, command: &Consume::new("b:1", "t") })
                .unwrap(),
            json!({
                "cmd": "consume", "bootstrap": "b:1", "topic": "t", "partition": 0,
                "isolation": "read_uncommitted", "from_offset": 0, "digest": true
            })
        );
    }
}
