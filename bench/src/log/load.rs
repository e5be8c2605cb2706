//! The load: librdkafka, in a process of its own.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

use super::PARTITIONS;
use crate::payload;

/// What is asked of the server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Work {
    Produce { value_bytes: usize, codec: &'static str, acks: &'static str },
    Consume,
}

/// One load.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) address: String,
    pub(crate) topic: String,
    pub(crate) records: u64,
    pub(crate) work: Work,
}

/// The same, as the arguments of the process.
#[derive(Debug, Args)]
pub(crate) struct LoadArguments {
    address: String,
    topic: String,
    records: u64,
    #[command(subcommand)]
    work: WorkArguments,
}

#[derive(Debug, Subcommand)]
enum WorkArguments {
    Produce { value_bytes: usize, codec: String, acks: String },
    Consume,
}

impl Load {
    /// Runs it to its end.
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["load", &self.address, &self.topic, &self.records.to_string()]).stdin(Stdio::null());
        match self.work {
            Work::Produce { value_bytes, codec, acks } => {
                command.args(["produce", &value_bytes.to_string(), codec, acks]);
            }
            Work::Consume => drop(command.arg("consume")),
        }
        let status = command.status()?;
        ensure!(status.success(), "the load failed: {self:?}");
        Ok(())
    }
}

/// The process.
pub(crate) fn run(arguments: &LoadArguments) -> anyhow::Result<()> {
    match &arguments.work {
        WorkArguments::Produce { value_bytes, codec, acks } => produce(arguments, *value_bytes, codec, acks),
        WorkArguments::Consume => consume(arguments),
    }
}

fn produce(load: &LoadArguments, value_bytes: usize, codec: &str, acks: &str) -> anyhow::Result<()> {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", &load.address)
        .set("compression.type", codec)
        .set("acks", acks)
        .set("linger.ms", "100")
        .set("batch.size", "1000000")
        .set("batch.num.messages", "100000")
        .set("queue.buffering.max.messages", "500000")
        .set("queue.buffering.max.kbytes", "262144")
        .create()?;
    let records = payload::records(payload::RECORDS);
    for (index, (_, value)) in (0..load.records).zip(records.iter().cycle()) {
        let partition = i32::try_from(index % 4)? % PARTITIONS;
        let value = &value[value.len().saturating_sub(value_bytes)..];
        let mut record = BaseRecord::<(), _>::to(&load.topic).partition(partition).payload(value);
        while let Err((error, back)) = producer.send(record) {
            ensure!(error == KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), "{error}");
            producer.poll(Duration::from_millis(10));
            record = back;
        }
        if index % 1000 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(Duration::from_secs(120))?;
    Ok(())
}

fn consume(load: &LoadArguments) -> anyhow::Result<()> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", &load.address)
        .set("group.id", "bench")
        .set("enable.auto.commit", "false")
        .create()?;
    let mut assignment = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        assignment.add_partition_offset(&load.topic, partition, Offset::Offset(0))?;
    }
    consumer.assign(&assignment)?;
    for _ in 0..load.records {
        consumer.poll(Duration::from_secs(60)).context("no record for 60 s")??;
    }
    Ok(())
}
