//! Latency of small requests at a steady rate, from a client that does nothing else: one connection, one request at a
//! time, sent by the clock.

use std::time::{Duration, Instant};

use anyhow::ensure;
use watershed_protocol::batch::{BatchBuilder, BatchOptions};
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{ProduceRequest, ProduceResponse};
use watershed_protocol::wire::Payload;
use watershed_testkit::wire::Connection;

use super::server::Server;

const TOPIC: &str = "latency";
/// One every five milliseconds.
const PERIOD: Duration = Duration::from_millis(5);
const WARM: u32 = 2_000;
const MEASURED: u32 = 4_000;

/// Prints the 50th and the 99th percentile, and the CPU time by million requests.
#[expect(clippy::disallowed_methods, reason = "the time is what is measured; the rate is kept by sleeping")]
pub(super) fn run(server: &Server) -> anyhow::Result<()> {
    server.create_topic(TOPIC, 1)?;
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, None, Some(&[7; 1024]), &[])?;
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
    let mut latencies = Vec::new();
    let mut cpu = Duration::ZERO;
    let start = Instant::now();
    for number in 0..WARM + MEASURED {
        if number == WARM {
            cpu = server.cpu()?;
        }
        std::thread::sleep((PERIOD * number).saturating_sub(start.elapsed()));
        let sent = Instant::now();
        let reply = connection.ask(&request, 9)?;
        let latency = sent.elapsed();
        let response: ProduceResponse<'_> = reply.read()?;
        ensure!(response.responses[0].partition_responses[0].error_code == 0, "{response:?}");
        if number >= WARM {
            latencies.push(latency);
        }
    }
    let cpu = super::per_million(server.cpu()? - cpu, u64::from(MEASURED));
    latencies.sort();
    let at = |percent: usize| latencies[latencies.len() * percent / 100].as_secs_f64() * 1e3;
    let name = server.name();
    println!(
        "{:<52} {:>9} {name:>12} {:>9.3} ms",
        "200 requests/s of 1 KB, acks=1: latency p50",
        "0.2 ms",
        at(50)
    );
    println!(
        "{:<52} {:>9} {name:>12} {:>9.3} ms",
        "200 requests/s of 1 KB, acks=1: latency p99",
        "0.6 ms",
        at(99)
    );
    println!("{:<52} {:>9} {name:>12} {cpu:>9.1} CPU-s/M", "200 requests/s of 1 KB, acks=1", 100);
    server.delete_topic(TOPIC)
}
