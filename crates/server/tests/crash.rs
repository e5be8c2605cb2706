//! Twenty times `kill -9` under the load of real producers, idempotent and transactional, with a gigabyte in the log: no
//! acknowledged record is lost, none doubled, no transaction half visible, committed offsets are right.

#![allow(clippy::disallowed_methods, reason = "how long a start takes is what is shown")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use watershed_protocol::batch::{BatchBuilder, BatchOptions};
use watershed_protocol::messages::create_topics_request::CreatableTopic;
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{
    CreateTopicsRequest, CreateTopicsResponse, ProduceRequest, ProduceResponse,
};
use watershed_protocol::wire::Payload;
use watershed_testkit::crash::CrashLoad;
use watershed_testkit::target::{Kind, Target};
use watershed_testkit::wire::Connection;

const KILLS: usize = 20;
/// What lies in the log before the first kill.
const BALLAST_BATCHES: usize = 1_000;
const BALLAST_BATCH_BYTES: usize = 1 << 20;
/// The bar is half a second; a test's deadline has tenfold slack.
const READY_WITHIN: Duration = Duration::from_secs(5);

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_twenty_kills() {
    let kind = Kind::Watershed { binary: PathBuf::from(env!("CARGO_BIN_EXE_watershed")) };
    let mut target = Target::start(&kind, &[("message.max.bytes", "2000000")]).expect("Watershed starts");
    fill(&target.bootstrap());
    let mut load = CrashLoad::start(&target.bootstrap()).expect("the load starts");
    let mut starts = Vec::new();
    for kill in 0..KILLS {
        let before = load.progress().expect("the load lives");
        // Both go on after the last kill, and then for a while that is another each time.
        let mut more = kill * 7 % 5;
        loop {
            let now = load.progress().expect("the load goes on");
            let goes_on = now.acknowledged > before.acknowledged && now.transactions > before.transactions;
            if goes_on && more == 0 {
                break;
            }
            more -= usize::from(goes_on);
        }
        let down = Instant::now();
        target.kill_and_restart().unwrap_or_else(|error| panic!("restart {kill}: {error}"));
        starts.push(down.elapsed());
    }
    let verdict = load.finish().expect("the load ends");
    starts.sort();
    println!(
        "{} records and {} transactions acknowledged, {} aborted, {} unknown; killed and ready again in {:?} (median), {:?} (most)",
        verdict.acknowledged,
        verdict.transactions,
        verdict.aborted,
        verdict.unknown,
        starts[KILLS / 2],
        starts[KILLS - 1]
    );
    assert_eq!(verdict.problems, [""; 0], "{}", target.log_tail());
    assert!(starts[KILLS - 1] < READY_WITHIN, "a start took {:?}", starts[KILLS - 1]);
}

/// Puts a gigabyte into the log.
fn fill(bootstrap: &str) {
    let mut connection = Connection::open(bootstrap).expect("it accepts connections");
    let topic = CreatableTopic {
        name: "ballast",
        num_partitions: 1,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, validate_only: false };
    let reply = connection.ask(&request, 5).expect("CreateTopics is answered");
    let response: CreateTopicsResponse<'_> = reply.read().expect("CreateTopics is answered");
    assert_eq!(response.topics[0].error_code, 0, "{response:?}");
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, None, Some(&vec![7; BALLAST_BATCH_BYTES]), &[]).expect("it fits");
    let mut batch = Vec::new();
    builder.finish(&mut batch).expect("it fits");
    for _ in 0..BALLAST_BATCHES {
        let partition = PartitionProduceData { index: 0, records: Some(Payload::from(&batch[..])) };
        let data = TopicProduceData {
            name: "ballast",
            partition_data: vec![partition],
            ..TopicProduceData::default()
        };
        let request = ProduceRequest {
            acks: 1,
            timeout_ms: 10_000,
            topic_data: vec![data],
            ..ProduceRequest::default()
        };
        let reply = connection.ask(&request, 9).expect("Produce is answered");
        let response: ProduceResponse<'_> = reply.read().expect("Produce is answered");
        assert_eq!(response.responses[0].partition_responses[0].error_code, 0, "{response:?}");
    }
}
