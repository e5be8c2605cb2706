//! Latency of small requests at a steady rate, from a client that does nothing else: one connection, one request at a
//! time, sent by the clock.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use watershed_protocol::batch::{BatchBuilder, BatchOptions};
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{ProduceRequest, ProduceResponse};
use watershed_protocol::wire::Payload;
use watershed_testkit::wire::Connection;

use super::bare::BareLoop;
use super::server::Server;

const TOPIC: &str = "latency";
const VALUE_BYTES: usize = 1024;
/// One every five milliseconds.
const PERIOD: Duration = Duration::from_millis(5);
const WARM: u32 = 2_000;
const MEASURED: u32 = 4_000;

/// Prints the 50th and the 99th percentile of a server, and its CPU time by million requests.
pub(super) fn run(server: &Server) -> anyhow::Result<()> {
    server.create_topic(TOPIC, 1)?;
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, None, Some(&[7; VALUE_BYTES]), &[])?;
    let mut batch = Vec::new();
    builder.finish(&mut batch)?;
    let request = ProduceRequest {
        acks: 1,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: TOPIC,
            partition_data: vec![PartitionProduceData { index: 0, records: Some(Payload::from(&batch[..])) }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    };
    let mut connection = Connection::open(&server.address)?;
    measure(
        server.name(),
        || server.cpu(),
        || {
            let reply = connection.ask(&request, 9)?;
            let response: ProduceResponse<'_> = reply.read()?;
            ensure!(response.responses[0].partition_responses[0].error_code == 0, "{response:?}");
            Ok(())
        },
    )?;
    server.delete_topic(TOPIC)
}

/// The same of the bare loop.
pub(super) fn run_bare() -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    let directory = directory.path().to_str().context("a path that is no text")?;
    let block = [7; VALUE_BYTES];
    let (bare, mut stream) = BareLoop::start(&["answer", directory, &block.len().to_string(), "100"])?;
    measure(
        "bare loop",
        || bare.cpu(),
        || {
            stream.write_all(&block)?;
            Ok(stream.read_exact(&mut [0])?)
        },
    )?;
    bare.end(stream)
}

#[expect(clippy::disallowed_methods, reason = "the time is what is measured; the rate is kept by sleeping")]
fn measure(
    name: &str,
    cpu: impl Fn() -> anyhow::Result<Duration>,
    mut ask: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut latencies = Vec::new();
    let mut before = Duration::ZERO;
    let start = Instant::now();
    for number in 0..WARM + MEASURED {
        if number == WARM {
            before = cpu()?;
        }
        std::thread::sleep((PERIOD * number).saturating_sub(start.elapsed()));
        let sent = Instant::now();
        ask()?;
        if number >= WARM {
            latencies.push(sent.elapsed());
        }
    }
    let spent = super::per_million(cpu()? - before, u64::from(MEASURED));
    latencies.sort();
    let at = |percent: usize| latencies[latencies.len() * percent / 100].as_secs_f64() * 1e3;
    let row = "200 requests/s of 1 KB, acks=1";
    for (percent, goal) in [(50, "0.2 ms"), (99, "0.6 ms")] {
        let row = format!("{row}: latency p{percent}");
        println!("{row:<52} {goal:>9} {name:>12} {:>9.3} ms", at(percent));
    }
    println!("{row:<52} {:>9} {name:>12} {spent:>9.1} CPU-s/M", 100);
    Ok(())
}
