//! What producers are answered, over the wire.

use watershed_protocol::batch::{BatchBuilder, BatchOptions, Codec};
use watershed_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use watershed_protocol::messages::{CreateTopicsRequest, CreateTopicsResponse};

use super::*;
use crate::api::harness::Harness;

const NEWEST_BY_NAME: i16 = 12;

/// One partition's answer.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    code: i16,
    base_offset: i64,
    records: Vec<i32>,
}

fn batch(options: BatchOptions, keys: &[Option<&[u8]>]) -> Vec<u8> {
    let mut builder = BatchBuilder::new(options);
    for key in keys {
        builder.append(1_700_000_000_000, *key, Some(b"value"), &[]).unwrap();
    }
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    bytes
}

async fn produce(harness: &Harness, topic: &str, version: i16, acks: i16, records: &[u8]) -> Told {
    let partition_data = vec![PartitionProduceData { index: 0, records: Some(records.into()) }];
    let topic_data = vec![TopicProduceData { name: topic, partition_data, ..Default::default() }];
    let request = ProduceRequest { acks, timeout_ms: 10_000, topic_data, ..Default::default() };
    let answer = harness.ask(&request, version).await;
    let response: ProduceResponse<'_> = answer.read();
    let partition = &response.responses[0].partition_responses[0];
    Told {
        code: partition.error_code,
        base_offset: partition.base_offset,
        records: partition.record_errors.iter().map(|error| error.batch_index).collect(),
    }
}

async fn topic_with(harness: &Harness, name: &str, settings: &[(&str, &str)]) {
    let configs =
        settings.iter().map(|(name, value)| CreatableTopicConfig { name, value: Some(value) }).collect();
    let topic =
        CreatableTopic { name, num_partitions: 1, replication_factor: 1, configs, ..Default::default() };
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 10_000, ..Default::default() };
    let answer = harness.ask(&request, 7).await;
    assert_eq!(answer.read::<CreateTopicsResponse<'_>>().topics[0].error_code, 0, "{name}");
}

fn refused(code: ErrorCode, records: &[i32]) -> Told {
    Told { code: code.code(), base_offset: -1, records: records.to_vec() }
}

fn taken(base_offset: i64) -> Told {
    Told { code: 0, base_offset, records: vec![] }
}

#[tokio::test]
async fn zstd_needs_a_client_that_knows_it() {
    let harness = Harness::start().await;
    harness.create_topic("t", 1).await;
    let zstd = batch(BatchOptions { codec: Codec::Zstd, ..Default::default() }, &[None]);
    let gzip = batch(BatchOptions { codec: Codec::Gzip, ..Default::default() }, &[None]);
    assert_eq!(
        produce(&harness, "t", 6, 1, &zstd).await,
        refused(ErrorCode::UnsupportedCompressionType, &[])
    );
    assert_eq!(produce(&harness, "t", 6, 1, &gzip).await, taken(0));
    assert_eq!(produce(&harness, "t", 7, 1, &zstd).await, taken(1));
}

#[tokio::test]
async fn a_retry_is_answered_with_the_first_offset_and_a_gap_is_refused() {
    let harness = Harness::start().await;
    harness.create_topic("t", 1).await;
    let sent = |sequence, epoch| {
        let options = BatchOptions {
            producer_id: 7,
            producer_epoch: epoch,
            base_sequence: sequence,
            ..Default::default()
        };
        batch(options, &[None, None])
    };
    for acks in [-1, 1] {
        assert_eq!(produce(&harness, "t", NEWEST_BY_NAME, acks, &sent(0, 1)).await, taken(0));
        assert_eq!(produce(&harness, "t", NEWEST_BY_NAME, acks, &sent(2, 1)).await, taken(2));
    }
    let told = produce(&harness, "t", NEWEST_BY_NAME, -1, &sent(6, 1)).await;
    assert_eq!(told, refused(ErrorCode::OutOfOrderSequenceNumber, &[]));
    let told = produce(&harness, "t", NEWEST_BY_NAME, -1, &sent(0, 0)).await;
    assert_eq!(told, refused(ErrorCode::InvalidProducerEpoch, &[]));
    assert_eq!(produce(&harness, "t", NEWEST_BY_NAME, -1, &sent(4, 1)).await, taken(4));
}

#[tokio::test]
async fn records_at_fault_are_named() {
    let harness = Harness::start().await;
    topic_with(&harness, "compacted", &[("cleanup.policy", "compact")]).await;
    topic_with(&harness, "young", &[("message.timestamp.before.max.ms", "1000")]).await;
    let keys: &[Option<&[u8]>] = &[Some(b"a"), None, Some(b"b"), None];
    for codec in Codec::ALL {
        let bytes = batch(BatchOptions { codec, ..Default::default() }, keys);
        let told = produce(&harness, "compacted", NEWEST_BY_NAME, -1, &bytes).await;
        assert_eq!(told, refused(ErrorCode::InvalidRecord, &[1, 3]), "{codec}");
        let told = produce(&harness, "young", NEWEST_BY_NAME, -1, &bytes).await;
        assert_eq!(told, refused(ErrorCode::InvalidTimestamp, &[0, 1, 2, 3]), "{codec}");
    }
}

#[tokio::test]
async fn a_bomb_is_refused_where_it_must_be_looked_into() {
    let harness = Harness::start().await;
    topic_with(&harness, "compacted", &[("cleanup.policy", "compact")]).await;
    let mut builder = BatchBuilder::new(BatchOptions { codec: Codec::Zstd, ..Default::default() });
    builder.append(0, Some(b"k"), Some(&vec![0; 100 << 20]), &[]).unwrap();
    let mut bomb = Vec::new();
    builder.finish(&mut bomb).unwrap();
    let told = produce(&harness, "compacted", NEWEST_BY_NAME, -1, &bomb).await;
    assert_eq!(told, refused(ErrorCode::MessageTooLarge, &[]));
}

#[tokio::test]
async fn nobody_writes_to_the_transaction_coordinators_topic() {
    let mut harness = Harness::start().await;
    let record = batch(BatchOptions::default(), &[Some(b"k")]);
    let refused = refused(ErrorCode::InvalidTopicException, &[]);
    for name in ["__transaction_state", "__consumer_offsets"] {
        assert_eq!(produce(&harness, name, NEWEST_BY_NAME, -1, &record).await, refused, "{name}");
    }
    harness.client_id = ADMIN_CLIENT_ID;
    assert_eq!(produce(&harness, "__transaction_state", NEWEST_BY_NAME, -1, &record).await, refused);
    assert_eq!(produce(&harness, "__consumer_offsets", NEWEST_BY_NAME, -1, &record).await, taken(0));
    harness.restart().await;
}
