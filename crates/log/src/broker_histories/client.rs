//! What clients ask of the broker, as bytes in and out. An answer that does not come is [`NO_ANSWER`].

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use watershed_protocol::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use watershed_protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use watershed_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use watershed_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use watershed_protocol::messages::offset_fetch_request::OffsetFetchRequestTopic;
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use watershed_protocol::messages::*;
use watershed_protocol::wire::Payload;

use crate::api::harness::Harness;

/// A code that the broker gave, or [`NO_ANSWER`].
pub(super) type Code = i16;
/// No error code of Kafka's.
pub(super) const NO_ANSWER: Code = -100;
/// A producer's id and epoch.
pub(super) type Producer = (i64, i16);
/// A topic's name and a partition's number.
pub(super) type Place = (&'static str, i32);

pub(super) const TRANSACTION_TIMEOUT_MS: i32 = 60_000;

/// Whether a request of a producer was refused for what it asks: trying again does not help, and nothing was done.
pub(super) fn is_refusal(code: Code) -> bool {
    [
        ErrorCode::OutOfOrderSequenceNumber,
        ErrorCode::DuplicateSequenceNumber,
        ErrorCode::InvalidProducerEpoch,
        ErrorCode::InvalidProducerIdMapping,
        ErrorCode::InvalidTxnState,
        ErrorCode::ProducerFenced,
        ErrorCode::TransactionAbortable,
        ErrorCode::UnknownProducerId,
        ErrorCode::UnknownTopicOrPartition,
    ]
    .iter()
    .any(|refusal| refusal.code() == code)
}

/// Produces one batch to each of these partitions, in one request; the code and the first offset of each.
pub(super) async fn produce(
    harness: &Harness,
    version: i16,
    transactional_id: Option<&str>,
    acks: i16,
    batches: &[(Place, Vec<u8>)],
) -> Vec<(Code, i64)> {
    let topic_data = batches.iter().map(|((topic, index), records)| {
        let records = Some(Payload::from(&records[..]));
        let data = PartitionProduceData { index: *index, records };
        TopicProduceData { name: topic, partition_data: vec![data], ..TopicProduceData::default() }
    });
    let request =
        ProduceRequest { transactional_id, acks, timeout_ms: 1_000, topic_data: topic_data.collect() };
    let Some(answer) = harness.try_ask(&request, version).await else {
        return vec![(NO_ANSWER, -1); batches.len()];
    };
    let response = answer.read::<ProduceResponse<'_>>();
    let partitions = response.responses.iter().flat_map(|topic| &topic.partition_responses);
    partitions.map(|partition| (partition.error_code, partition.base_offset)).collect()
}

/// A producer's id and epoch: of a transactional id, or without one.
pub(super) async fn init(harness: &Harness, transactional_id: Option<&str>) -> Result<Producer, Code> {
    let request = InitProducerIdRequest {
        transactional_id,
        transaction_timeout_ms: TRANSACTION_TIMEOUT_MS,
        producer_id: -1,
        producer_epoch: -1,
    };
    let answer = harness.try_ask(&request, 5).await.ok_or(NO_ANSWER)?;
    let response = answer.read::<InitProducerIdResponse>();
    ok(response.error_code).map(|()| (response.producer_id, response.producer_epoch))
}

/// Adds partitions to the transaction.
pub(super) async fn add_partitions(
    harness: &Harness,
    id: &str,
    producer: Producer,
    places: &[Place],
) -> Result<(), Code> {
    let topics =
        places.iter().map(|(name, partition)| AddPartitionsToTxnTopic { name, partitions: vec![*partition] });
    let request = AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: id,
        v3_and_below_producer_id: producer.0,
        v3_and_below_producer_epoch: producer.1,
        v3_and_below_topics: topics.collect(),
        ..AddPartitionsToTxnRequest::default()
    };
    let answer = harness.try_ask(&request, 3).await.ok_or(NO_ANSWER)?;
    let response = answer.read::<AddPartitionsToTxnResponse<'_>>();
    let mut partitions =
        response.results_by_topic_v3_and_below.iter().flat_map(|topic| &topic.results_by_partition);
    partitions.try_for_each(|partition| ok(partition.partition_error_code))
}

/// Adds the group to the transaction.
pub(super) async fn add_offsets(
    harness: &Harness,
    id: &str,
    producer: Producer,
    group: &str,
) -> Result<(), Code> {
    let (producer_id, producer_epoch) = producer;
    let request =
        AddOffsetsToTxnRequest { transactional_id: id, producer_id, producer_epoch, group_id: group };
    let answer = harness.try_ask(&request, 3).await.ok_or(NO_ANSWER)?;
    ok(answer.read::<AddOffsetsToTxnResponse>().error_code)
}

/// Commits a group's offset in the transaction.
pub(super) async fn commit_in_transaction(
    harness: &Harness,
    version: i16,
    (id, producer): (&str, Producer),
    group: &str,
    (topic, partition): Place,
    offset: i64,
) -> Result<(), Code> {
    let partition = TxnOffsetCommitRequestPartition {
        partition_index: partition,
        committed_offset: offset,
        ..TxnOffsetCommitRequestPartition::default()
    };
    let request = TxnOffsetCommitRequest {
        transactional_id: id,
        group_id: group,
        producer_id: producer.0,
        producer_epoch: producer.1,
        topics: vec![TxnOffsetCommitRequestTopic { name: topic, partitions: vec![partition] }],
        ..TxnOffsetCommitRequest::default()
    };
    let answer = harness.try_ask(&request, version).await.ok_or(NO_ANSWER)?;
    ok(answer.read::<TxnOffsetCommitResponse<'_>>().topics[0].partitions[0].error_code)
}

/// Ends the transaction; gives the producer of the next one.
pub(super) async fn end(
    harness: &Harness,
    version: i16,
    id: &str,
    producer: Producer,
    committed: bool,
) -> Result<Producer, Code> {
    let (producer_id, producer_epoch) = producer;
    let request = EndTxnRequest { transactional_id: id, producer_id, producer_epoch, committed };
    let answer = harness.try_ask(&request, version).await.ok_or(NO_ANSWER)?;
    let response = answer.read::<EndTxnResponse>();
    ok(response.error_code)?;
    let next = (response.producer_id, response.producer_epoch);
    Ok(if next.0 < 0 { producer } else { next })
}

/// Commits a group's offset.
pub(super) async fn commit(
    harness: &Harness,
    group: &str,
    (topic, partition): Place,
    offset: i64,
) -> Result<(), Code> {
    let partition = OffsetCommitRequestPartition {
        partition_index: partition,
        committed_offset: offset,
        ..OffsetCommitRequestPartition::default()
    };
    let topic = OffsetCommitRequestTopic { name: topic, partitions: vec![partition], ..Default::default() };
    let request = OffsetCommitRequest {
        group_id: group,
        generation_id_or_member_epoch: -1,
        topics: vec![topic],
        ..OffsetCommitRequest::default()
    };
    let answer = harness.try_ask(&request, 8).await.ok_or(NO_ANSWER)?;
    ok(answer.read::<OffsetCommitResponse<'_>>().topics[0].partitions[0].error_code)
}

/// What a group has committed; -1 for nothing.
pub(super) async fn committed(
    harness: &Harness,
    group: &str,
    (topic, partition): Place,
) -> Result<i64, Code> {
    let request = OffsetFetchRequest {
        group_id: group,
        topics: Some(vec![OffsetFetchRequestTopic { name: topic, partition_indexes: vec![partition] }]),
        ..OffsetFetchRequest::default()
    };
    let answer = harness.try_ask(&request, 7).await.ok_or(NO_ANSWER)?;
    let response = answer.read::<OffsetFetchResponse<'_>>();
    ok(response.error_code)?;
    let partition = &response.topics[0].partitions[0];
    ok(partition.error_code).map(|()| partition.committed_offset)
}

/// Deletes a group.
pub(super) async fn delete_group(harness: &Harness, group: &str) -> Result<(), Code> {
    let request = DeleteGroupsRequest { groups_names: vec![group] };
    let answer = harness.try_ask(&request, 2).await.ok_or(NO_ANSWER)?;
    ok(answer.read::<DeleteGroupsResponse<'_>>().results[0].error_code)
}

/// Deletes a partition's records before this offset.
pub(super) async fn delete_records(
    harness: &Harness,
    (topic, partition): Place,
    offset: i64,
) -> Result<i64, Code> {
    let partitions = vec![DeleteRecordsPartition { partition_index: partition, offset }];
    let topics = vec![DeleteRecordsTopic { name: topic, partitions }];
    let request = DeleteRecordsRequest { topics, timeout_ms: 1_000 };
    let answer = harness.try_ask(&request, 2).await.ok_or(NO_ANSWER)?;
    let response = answer.read::<DeleteRecordsResponse<'_>>();
    let partition = &response.topics[0].partitions[0];
    ok(partition.error_code).map(|()| partition.low_watermark)
}

/// The offset of this time: -2 for the earliest, -1 for the latest.
pub(super) async fn list_offset(
    harness: &Harness,
    (topic, partition): Place,
    timestamp: i64,
    committed_only: bool,
) -> Result<i64, Code> {
    let partitions =
        vec![ListOffsetsPartition { partition_index: partition, current_leader_epoch: -1, timestamp }];
    let request = ListOffsetsRequest {
        replica_id: -1,
        isolation_level: i8::from(committed_only),
        topics: vec![ListOffsetsTopic { name: topic, partitions }],
        ..ListOffsetsRequest::default()
    };
    let answer = harness.try_ask(&request, 7).await.ok_or(NO_ANSWER)?;
    let response = answer.read::<ListOffsetsResponse<'_>>();
    let partition = &response.topics[0].partitions[0];
    ok(partition.error_code).map(|()| partition.offset)
}

/// Creates a topic.
pub(super) async fn create_topic(
    harness: &Harness,
    name: &str,
    num_partitions: i32,
    configs: &[(&str, &str)],
) -> Result<(), Code> {
    let configs = configs.iter().map(|(name, value)| CreatableTopicConfig { name, value: Some(value) });
    let topic = CreatableTopic {
        name,
        num_partitions,
        replication_factor: 1,
        configs: configs.collect(),
        ..Default::default()
    };
    let request =
        CreateTopicsRequest { topics: vec![topic], timeout_ms: 1_000, ..CreateTopicsRequest::default() };
    let answer = harness.try_ask(&request, 7).await.ok_or(NO_ANSWER)?;
    ok(answer.read::<CreateTopicsResponse<'_>>().topics[0].error_code)
}

/// Deletes a topic.
pub(super) async fn delete_topic(harness: &Harness, name: &str) -> Result<(), Code> {
    let request =
        DeleteTopicsRequest { topic_names: vec![name], timeout_ms: 1_000, ..DeleteTopicsRequest::default() };
    let answer = harness.try_ask(&request, 5).await.ok_or(NO_ANSWER)?;
    ok(answer.read::<DeleteTopicsResponse<'_>>().responses[0].error_code)
}

/// All topics with their ids.
pub(super) async fn topics(harness: &Harness) -> Vec<(String, Uuid)> {
    let request = MetadataRequest { topics: None, ..MetadataRequest::default() };
    let answer = harness.ask(&request, 12).await;
    let response = answer.read::<MetadataResponse<'_>>();
    let topics = response.topics.iter().filter_map(|topic| Some((topic.name?.to_owned(), topic.topic_id)));
    topics.collect()
}

/// Whether no transaction is on its way from its outcome to its last marker.
pub(super) async fn is_settled(harness: &Harness) -> bool {
    let state_filters = vec!["PrepareCommit", "PrepareAbort"];
    let request =
        ListTransactionsRequest { state_filters, duration_filter: -1, ..ListTransactionsRequest::default() };
    let answer = harness.ask(&request, 1).await;
    answer.read::<ListTransactionsResponse<'_>>().transaction_states.is_empty()
}

fn ok(code: Code) -> Result<(), Code> {
    if code == 0 { Ok(()) } else { Err(code) }
}
