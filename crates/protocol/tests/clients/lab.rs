//! One broker, one process per client, and what every test does with them.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs};

use libtest_mimic::Failed;
use watershed_testkit::Error;
use watershed_testkit::batch::BatchView;
use watershed_testkit::kafka::{Broker, BrokerOptions};
use watershed_testkit::record::Record;
use watershed_testkit::tool::{Client, Consume, Isolation, Tool};

use crate::view;

pub(crate) struct Lab {
    broker: Broker,
    java: Mutex<Tool>,
    librdkafka: Mutex<Tool>,
    kafka_python: Mutex<Tool>,
}

impl Lab {
    pub(crate) fn start() -> Result<Self, Error> {
        // The tools start while the broker does.
        Ok(Self {
            java: Mutex::new(Tool::start(Client::Java)?),
            librdkafka: Mutex::new(Tool::start(Client::Librdkafka)?),
            kafka_python: Mutex::new(Tool::start(Client::KafkaPython)?),
            broker: Broker::start(&BrokerOptions::default().set("log.cleaner.backoff.ms", 50))?,
        })
    }

    pub(crate) fn bootstrap(&self) -> String {
        self.broker.bootstrap()
    }

    /// The process of that client, for one command at a time.
    pub(crate) fn tool(&self, client: Client) -> MutexGuard<'_, Tool> {
        let tool = match client {
            Client::Java => &self.java,
            Client::Librdkafka => &self.librdkafka,
            Client::KafkaPython => &self.kafka_python,
        };
        tool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn create_topic(&self, topic: &str, configs: &[(&str, &str)]) -> Result<(), Error> {
        let configs = [&[("max.message.bytes", "33554432")], configs].concat();
        self.tool(Client::Java).create_topic(&self.bootstrap(), topic, &configs)
    }

    /// Every record that `client` sees, once the partition reaches `until_offset`.
    pub(crate) fn consume(
        &self,
        client: Client,
        topic: &str,
        isolation: Isolation,
        until_offset: i64,
    ) -> Result<Vec<Record>, Error> {
        let consume = Consume::new(&self.bootstrap(), topic);
        self.tool(client).consume(&Consume { isolation, until_offset: Some(until_offset), ..consume })
    }

    /// The partition's bytes as they lie on the broker's disk.
    pub(crate) fn partition_bytes(&self, topic: &str) -> Result<Vec<u8>, Failed> {
        Ok(self.broker.partition_bytes(topic, 0)?)
    }

    /// What this crate finds in `bytes`; Java's own code must find the same, field by field.
    pub(crate) fn views_agreed_with_java(&self, bytes: &[u8]) -> Result<Vec<BatchView>, Failed> {
        let ours = view::views(bytes)?;
        let theirs = self.tool(Client::Java).read_batches(bytes)?;
        same_batches(&ours, &theirs)?;
        Ok(ours)
    }

    /// Writes a golden file if this run is to write them.
    pub(crate) fn save_golden(
        &self,
        name: &str,
        bytes: &[u8],
        view: &BatchView,
        writer: &str,
    ) -> Result<(), Failed> {
        if env::var_os("WATERSHED_WRITE_GOLDEN").is_none() {
            return Ok(());
        }
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("golden");
        let description = serde_json::json!({"writer": writer, "batch": view});
        let mut json = serde_json::to_string_pretty(&description)?;
        json.push('\n');
        fs::create_dir_all(&dir)?;
        fs::write(dir.join(format!("{name}.batch")), bytes)?;
        fs::write(dir.join(format!("{name}.json")), json)?;
        Ok(())
    }
}

/// Fails with the first batch that differs, not with megabytes.
pub(crate) fn same_batches(left: &[BatchView], right: &[BatchView]) -> Result<(), Failed> {
    for (left, right) in left.iter().zip(right) {
        same_records(&left.records, &right.records)?;
        if left != right {
            return Err(format!("batches differ:\n{left:?}\n{right:?}").into());
        }
    }
    same("how many batches", &left.len(), &right.len())
}

/// Fails with the first record that differs, not with megabytes.
pub(crate) fn same_records(left: &[Record], right: &[Record]) -> Result<(), Failed> {
    match left.iter().zip(right).find(|(left, right)| left != right) {
        Some((left, right)) => Err(format!("records differ:\n{left:?}\n{right:?}").into()),
        None => same("how many records", &left.len(), &right.len()),
    }
}

/// Fails where two things that should be the same are not.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(what: &str, left: &T, right: &T) -> Result<(), Failed> {
    if left == right { Ok(()) } else { Err(format!("{what}: {left:?} is not {right:?}").into()) }
}
