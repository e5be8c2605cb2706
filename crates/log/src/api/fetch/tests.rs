//! What consumers are answered, and when.

use watershed_protocol::batch::{BatchBuilder, BatchOptions};
use watershed_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use watershed_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{
    FetchResponse, ListOffsetsRequest, ListOffsetsResponse, ProduceRequest, ProduceResponse,
};

use super::*;
use crate::api::harness::Harness;
use crate::options::Blocking;

const WRITTEN: i16 = 1;

async fn broker() -> Harness {
    let harness = Harness::start_with(|options| options.blocking = Blocking::Inline).await;
    harness.create_topic("t", 1).await;
    harness
}

fn batch() -> Vec<u8> {
    let mut builder = BatchBuilder::new(BatchOptions::default());
    builder.append(1_700_000_000_000, None, Some(b"value"), &[]).unwrap();
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    bytes
}

async fn produce(harness: &Harness, acks: i16) {
    let records = batch();
    let partition_data = vec![PartitionProduceData { index: 0, records: Some((&records[..]).into()) }];
    let topic_data = vec![TopicProduceData { name: "t", partition_data, ..Default::default() }];
    let request = ProduceRequest { acks, timeout_ms: 10_000, topic_data, ..Default::default() };
    let answer = harness.ask(&request, 12).await;
    assert_eq!(answer.read::<ProduceResponse<'_>>().responses[0].partition_responses[0].error_code, 0);
}

/// Bytes of records from an offset on.
async fn fetch(harness: &Harness, from: i64, bytes_min: i32, bytes_max: i32) -> usize {
    let partition = FetchPartition {
        fetch_offset: from,
        partition_max_bytes: bytes_max,
        current_leader_epoch: -1,
        ..Default::default()
    };
    let topics = vec![FetchTopic { topic: "t", partitions: vec![partition], ..Default::default() }];
    let request = FetchRequest {
        max_wait_ms: 5_000,
        min_bytes: bytes_min,
        max_bytes: 50 << 20,
        session_epoch: -1,
        topics,
        ..Default::default()
    };
    let answer = harness.ask(&request, 12).await;
    let response: FetchResponse<'_> = answer.read();
    response.responses[0].partitions[0].records.map_or(0, |records| records.body.len())
}

async fn end(harness: &Harness) -> i64 {
    let partition = ListOffsetsPartition { partition_index: 0, current_leader_epoch: -1, timestamp: -1 };
    let topics = vec![ListOffsetsTopic { name: "t", partitions: vec![partition] }];
    let request = ListOffsetsRequest { replica_id: -1, topics, ..Default::default() };
    harness.ask(&request, 9).await.read::<ListOffsetsResponse<'_>>().topics[0].partitions[0].offset
}

fn high_watermark(harness: &Harness) -> i64 {
    harness.broker.catalog.partition("t", 0).unwrap().log().offsets().high_watermark
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_waits_gets_a_record_at_once_also_with_acks_1() {
    let harness = Arc::new(broker().await);
    let waiting = tokio::spawn({
        let harness = Arc::clone(&harness);
        async move { fetch(&harness, 0, 1, 1 << 20).await }
    });
    tokio::task::yield_now().await;
    let began = Instant::now();
    produce(&harness, WRITTEN).await;
    assert_eq!(waiting.await.unwrap(), batch().len());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_reads_is_synced_within_the_interval() {
    let harness = broker().await;
    produce(&harness, WRITTEN).await;
    assert_eq!(high_watermark(&harness), 0);
    // The timer is set by a task of its own.
    tokio::task::yield_now().await;
    tokio::time::advance(harness.broker.options.sync_interval).await;
    let mut turns = 0;
    while high_watermark(&harness) == 0 {
        turns += 1;
        assert!(turns < 1_000, "it is not synced");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_comes_after_the_write_has_it_synced() {
    let harness = broker().await;
    produce(&harness, WRITTEN).await;
    let began = Instant::now();
    assert_eq!(fetch(&harness, 0, 1, 1 << 20).await, batch().len());
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn while_one_reads_syncs_are_an_interval_apart() {
    let harness = broker().await;
    let interval = harness.broker.options.sync_interval_for_readers;
    produce(&harness, WRITTEN).await;
    fetch(&harness, 0, 1, 1 << 20).await;
    produce(&harness, WRITTEN).await;
    let began = Instant::now();
    assert_eq!(fetch(&harness, 1, 1, 1 << 20).await, batch().len());
    assert!(began.elapsed() >= interval / 2 && began.elapsed() <= 2 * interval, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_log_counts_what_was_acknowledged_with_acks_1() {
    let harness = broker().await;
    produce(&harness, WRITTEN).await;
    assert_eq!(end(&harness).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_fetch_whose_limits_are_below_its_least_size_does_not_wait_for_more() {
    let harness = broker().await;
    for _ in 0..4 {
        produce(&harness, -1).await;
    }
    let one = batch().len();
    let limit = i32::try_from(2 * one + 1).unwrap();
    let began = Instant::now();
    assert_eq!(fetch(&harness, 0, limit, limit).await, 2 * one);
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(fetch(&harness, 2, limit, limit).await, 2 * one, "at the end it waits");
    assert_eq!(began.elapsed(), Duration::from_secs(5));
}
