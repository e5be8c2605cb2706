//! librdkafka for the same work. It offers its codec only behind a client, so it runs as one, in a process of its own,
//! against a broker that does nothing: its figure has its sockets, queues and threads in it, ours has not.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Message as _, Offset, TopicPartitionList};
use watershed_protocol::batch::Codec;
use watershed_testkit::wire::serve;

use crate::measure::process_cpu;
use crate::null_broker::{NullBroker, TOPIC};
use crate::payload;

/// Records before the clock is read, and with it read.
const WARM: u64 = 500_000;
const MEASURED: u64 = 1_000_000;
/// Runs of which the median is printed.
const RUNS: usize = 3;

/// What a peer's process does.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    ConsumeLz4,
    ConsumeNone,
    ProduceLz4,
    ProduceNone,
}

impl Role {
    const fn codec(self) -> Codec {
        match self {
            Self::ConsumeLz4 | Self::ProduceLz4 => Codec::Lz4,
            Self::ConsumeNone | Self::ProduceNone => Codec::None,
        }
    }
}

/// Prints librdkafka's cost for consuming and producing.
pub(super) fn run() -> anyhow::Result<()> {
    let (_, version) = rdkafka::util::get_rdkafka_version();
    println!(
        "\nlibrdkafka {version}, a whole client against a broker that does nothing: CPU-s/M records of its process"
    );
    for role in Role::value_variants() {
        let records = payload::records(payload::RECORDS);
        let broker = Arc::new(NullBroker::new(payload::batch(role.codec(), &records)));
        let address = serve(Arc::clone(&broker))?;
        broker.listens_on(&address);
        let mut figures = (0..RUNS).map(|_| measure(*role, &address)).collect::<anyhow::Result<Vec<_>>>()?;
        figures.sort_by(f64::total_cmp);
        let name = role.to_possible_value().context("every role has a name")?.get_name().to_owned();
        println!("  {name:<44} {:>9} {:>14.4}", "", figures[RUNS / 2]);
    }
    Ok(())
}

/// Starts this program again as `role` and reads its figure.
fn measure(role: Role, address: &str) -> anyhow::Result<f64> {
    let name = role.to_possible_value().context("every role has a name")?.get_name().to_owned();
    let output = Command::new(std::env::current_exe()?)
        .args(["peer", &name, address])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the peer {name} failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The peer's process: prints its CPU seconds per million records.
pub(crate) fn peer(role: Role, address: &str) -> anyhow::Result<()> {
    match role {
        Role::ConsumeLz4 | Role::ConsumeNone => consume(address),
        Role::ProduceLz4 | Role::ProduceNone => produce(address, role.codec()),
    }
}

fn consume(address: &str) -> anyhow::Result<()> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", address)
        .set("group.id", "bench")
        .set("enable.auto.commit", "false")
        .set("check.crcs", "true")
        .create()?;
    let mut assignment = TopicPartitionList::new();
    assignment.add_partition_offset(TOPIC, 0, Offset::Offset(0))?;
    consumer.assign(&assignment)?;
    let mut bytes = 0;
    let mut start = Duration::ZERO;
    for index in 0..WARM + MEASURED {
        if index == WARM {
            start = process_cpu();
        }
        let message = consumer.poll(Duration::from_secs(30)).context("no record for 30 s")??;
        bytes += message.payload().map_or(0, <[u8]>::len);
    }
    ensure!(bytes > 0, "the records have no values");
    print(start);
    Ok(())
}

fn produce(address: &str, codec: Codec) -> anyhow::Result<()> {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", address)
        .set("compression.type", codec.name())
        .set("linger.ms", "20")
        .set("batch.size", "1000000")
        .set("queue.buffering.max.messages", "1000000")
        .create()?;
    let records = payload::records(payload::RECORDS);
    let mut start = Duration::ZERO;
    for (index, (key, value)) in (0..WARM + MEASURED).zip(records.iter().cycle()) {
        if index == WARM {
            producer.flush(Duration::from_secs(60))?;
            start = process_cpu();
        }
        let mut record = BaseRecord::to(TOPIC).partition(0).key(key).payload(value);
        while let Err((error, back)) = producer.send(record) {
            ensure!(error == KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), "{error}");
            producer.poll(Duration::from_millis(10));
            record = back;
        }
        if index % 1000 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(Duration::from_secs(60))?;
    print(start);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn print(start: Duration) {
    println!("{:.4}", (process_cpu() - start).as_secs_f64() * 1e6 / MEASURED as f64);
}
