//! Claims about the transactions' APIs, as bytes in and out.

use watershed_protocol::messages::add_partitions_to_txn_request::{
    AddPartitionsToTxnTopic, AddPartitionsToTxnTransaction,
};
use watershed_protocol::messages::describe_producers_request::TopicRequest;
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic};
use watershed_protocol::messages::*;
use watershed_protocol::wire::Payload;

use super::*;
use crate::api::harness::Harness;

const ID: &str = "payments-1";

/// A harness around a broker with the topic `orders` of three partitions.
fn with_harness(work: impl AsyncFnOnce(Harness)) {
    life(&SimulatedDisk::new(1), 0, async |broker| {
        create_topic(&broker, "orders", 3).await;
        work(Harness::around(broker)).await;
    });
}

async fn init_v(harness: &Harness, version: i16, expected: Producer) -> (i16, Producer) {
    let (producer_id, producer_epoch) = expected;
    let request = InitProducerIdRequest {
        transactional_id: Some(ID),
        transaction_timeout_ms: TIMEOUT_MS,
        producer_id,
        producer_epoch,
    };
    let answer = harness.ask(&request, version).await;
    let answer = answer.read::<InitProducerIdResponse>();
    (answer.error_code, (answer.producer_id, answer.producer_epoch))
}

async fn end_v(harness: &Harness, version: i16, producer: Producer, committed: bool) -> (i16, Producer) {
    let (producer_id, producer_epoch) = producer;
    let request = EndTxnRequest { transactional_id: ID, producer_id, producer_epoch, committed };
    let answer = harness.ask(&request, version).await;
    let answer = answer.read::<EndTxnResponse>();
    (answer.error_code, (answer.producer_id, answer.producer_epoch))
}

fn topics<'a>(wanted: &[(&'a str, &[i32])]) -> Vec<AddPartitionsToTxnTopic<'a>> {
    let topics = wanted
        .iter()
        .map(|(name, partitions)| AddPartitionsToTxnTopic { name, partitions: partitions.to_vec() });
    topics.collect()
}

/// The errors, in order.
async fn add_v(harness: &Harness, version: i16, producer: Producer, wanted: &[(&str, &[i32])]) -> Vec<i16> {
    let request = AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: ID,
        v3_and_below_producer_id: producer.0,
        v3_and_below_producer_epoch: producer.1,
        v3_and_below_topics: topics(wanted),
        ..AddPartitionsToTxnRequest::default()
    };
    let answer = harness.ask(&request, version).await;
    let answer = answer.read::<AddPartitionsToTxnResponse<'_>>();
    let partitions =
        answer.results_by_topic_v3_and_below.iter().flat_map(|topic| &topic.results_by_partition);
    partitions.map(|partition| partition.partition_error_code).collect()
}

async fn add_offsets_v(harness: &Harness, version: i16, (producer_id, producer_epoch): Producer) -> i16 {
    let request =
        AddOffsetsToTxnRequest { transactional_id: ID, producer_id, producer_epoch, group_id: "group" };
    harness.ask(&request, version).await.read::<AddOffsetsToTxnResponse>().error_code
}

async fn produce_v(harness: &Harness, version: i16, producer: Producer, to: i32) -> i16 {
    let records = batch(producer, 0);
    let data = PartitionProduceData { index: to, records: Some(Payload::from(&records[..])) };
    let topic_data =
        vec![TopicProduceData { name: "orders", partition_data: vec![data], ..TopicProduceData::default() }];
    let request = ProduceRequest { transactional_id: Some(ID), acks: -1, timeout_ms: 1_000, topic_data };
    let answer = harness.ask(&request, version).await;
    answer.read::<ProduceResponse<'_>>().responses[0].partition_responses[0].error_code
}

fn code(error: ErrorCode) -> i16 {
    error.code()
}

#[test]
fn every_version_of_a_client_can_commit() {
    with_harness(async |harness| {
        for version in 0..=5 {
            let (error, producer) = init_v(&harness, version, (-1, -1)).await;
            assert_eq!(error, 0, "InitProducerId v{version}");
            let add = version.min(3);
            assert_eq!(add_v(&harness, add, producer, &[("orders", &[0, 2])]).await, [0, 0], "v{add}");
            let offsets = version.min(4);
            assert_eq!(add_offsets_v(&harness, offsets, producer).await, 0, "AddOffsetsToTxn v{offsets}");
            assert_eq!(produce_v(&harness, version + 4, producer, 0).await, 0, "Produce v{}", version + 4);
            let (error, next) = end_v(&harness, version, producer, true).await;
            assert_eq!(error, 0, "EndTxn v{version}");
            let expect = if version >= 5 { (producer.0, producer.1 + 1) } else { (-1, -1) };
            assert_eq!(next, expect, "EndTxn v{version}");
        }
        assert_eq!(until(&harness.broker, ID, is_settled).await, Some(State::CompleteCommit));
    });
}

#[test]
fn a_fenced_producer_is_told_so_in_words_that_it_knows() {
    with_harness(async |harness| {
        let (_, old) = init_v(&harness, 4, (-1, -1)).await;
        init_v(&harness, 4, (-1, -1)).await;
        let (fenced, epoch) = (code(ErrorCode::ProducerFenced), code(ErrorCode::InvalidProducerEpoch));
        for version in 0..=3 {
            let expect = if version < 2 { epoch } else { fenced };
            assert_eq!(add_v(&harness, version, old, &[("orders", &[0])]).await, [expect], "v{version}");
        }
        for version in 0..=4 {
            let expect = if version < 2 { epoch } else { fenced };
            assert_eq!(add_offsets_v(&harness, version, old).await, expect, "v{version}");
        }
        for version in 0..=5 {
            let expect = if version < 2 { epoch } else { fenced };
            assert_eq!(end_v(&harness, version, old, true).await, (expect, (-1, -1)), "v{version}");
        }
        for version in 3..=5 {
            let expect = if version < 4 { epoch } else { fenced };
            assert_eq!(init_v(&harness, version, old).await, (expect, (-1, -1)), "v{version}");
        }
        for version in 3..=12 {
            assert_eq!(produce_v(&harness, version, old, 0).await, epoch, "Produce v{version}");
        }
    });
}

#[test]
fn an_id_without_an_epoch_is_no_producer() {
    with_harness(async |harness| {
        let invalid = code(ErrorCode::InvalidRequest);
        assert_eq!(init_v(&harness, 5, (7, -1)).await.0, invalid);
        assert_eq!(init_v(&harness, 5, (-1, 0)).await.0, invalid);
    });
}

#[test]
fn a_write_outside_of_the_transaction_is_refused_in_words_that_the_client_knows() {
    with_harness(async |harness| {
        let (_, producer) = init_v(&harness, 4, (-1, -1)).await;
        for version in 3..=10 {
            let expect = code(ErrorCode::InvalidTxnState);
            assert_eq!(produce_v(&harness, version, producer, 1).await, expect, "v{version}");
        }
        assert_eq!(produce_v(&harness, 11, producer, 1).await, code(ErrorCode::TransactionAbortable));
        // From here on writing is what adds the partition.
        assert_eq!(produce_v(&harness, 12, producer, 1).await, 0);
    });
}

#[test]
fn all_partitions_are_added_or_none() {
    with_harness(async |harness| {
        let (_, producer) = init_v(&harness, 4, (-1, -1)).await;
        let (unknown, skipped) =
            (code(ErrorCode::UnknownTopicOrPartition), code(ErrorCode::OperationNotAttempted));
        let errors = add_v(&harness, 3, producer, &[("orders", &[0, 3]), ("nothing", &[0])]).await;
        assert_eq!(errors, [skipped, unknown, unknown]);
        assert_eq!(harness.broker.transactions.describe(ID).unwrap().state, State::Empty);
    });
}

#[test]
fn brokers_may_ask_for_several_ids_at_once() {
    with_harness(async |harness| {
        let (_, producer) = init_v(&harness, 4, (-1, -1)).await;
        add_v(&harness, 3, producer, &[("orders", &[0])]).await;
        let ask = |id, verify_only, partitions: &[i32]| AddPartitionsToTxnTransaction {
            transactional_id: id,
            producer_id: producer.0,
            producer_epoch: producer.1,
            verify_only,
            topics: topics(&[("orders", partitions)]),
        };
        let transactions = vec![ask(ID, true, &[0, 1]), ask("nobody", false, &[0]), ask(ID, false, &[1])];
        let request = AddPartitionsToTxnRequest { transactions, ..AddPartitionsToTxnRequest::default() };
        for version in 4..=5 {
            let answer = harness.ask(&request, version).await;
            let answer = answer.read::<AddPartitionsToTxnResponse<'_>>();
            let results: Vec<(&str, Vec<i16>)> = answer
                .results_by_transaction
                .iter()
                .map(|result| {
                    let partitions =
                        result.topic_results.iter().flat_map(|topic| &topic.results_by_partition);
                    (result.transactional_id, partitions.map(|one| one.partition_error_code).collect())
                })
                .collect();
            let outside = if version == 4 { code(ErrorCode::TransactionAbortable) } else { 0 };
            let unknown = code(ErrorCode::InvalidProducerIdMapping);
            assert_eq!(results, [(ID, vec![0, outside]), ("nobody", vec![unknown]), (ID, vec![0])]);
        }
    });
}

#[test]
fn transactions_are_described_and_listed() {
    with_harness(async |harness| {
        let (_, producer) = init_v(&harness, 4, (-1, -1)).await;
        add_v(&harness, 3, producer, &[("orders", &[2, 0])]).await;
        let request = DescribeTransactionsRequest { transactional_ids: vec![ID, "nobody", ""] };
        let answer = harness.ask(&request, 0).await;
        let states = answer.read::<DescribeTransactionsResponse<'_>>().transaction_states;
        let (found, unknown, empty) = (&states[0], &states[1], &states[2]);
        assert_eq!(
            (found.error_code, found.transaction_state, found.transaction_timeout_ms),
            (0, "Ongoing", TIMEOUT_MS)
        );
        assert_eq!((found.producer_id, found.producer_epoch), producer);
        assert_eq!((found.topics[0].topic, &found.topics[0].partitions[..]), ("orders", &[0, 2][..]));
        assert_eq!(found.transaction_start_time_ms, harness.broker.now_ms());
        assert_eq!(unknown.error_code, code(ErrorCode::TransactionalIdNotFound));
        assert_eq!(empty.error_code, code(ErrorCode::InvalidRequest));

        let request = ListTransactionsRequest { state_filters: vec!["Ongoing", "Odd"], ..Default::default() };
        for version in 0..=2 {
            let answer = harness.ask(&request, version).await;
            let answer = answer.read::<ListTransactionsResponse<'_>>();
            assert_eq!((answer.error_code, &answer.unknown_state_filters[..]), (0, &["Odd"][..]));
            let one = &answer.transaction_states[0];
            assert_eq!(
                (one.transactional_id, one.producer_id, one.transaction_state),
                (ID, producer.0, "Ongoing")
            );
        }
        let request = ListTransactionsRequest { transactional_id_pattern: Some("["), ..Default::default() };
        let answer = harness.ask(&request, 2).await;
        let error = answer.read::<ListTransactionsResponse<'_>>().error_code;
        assert_eq!(error, code(ErrorCode::InvalidRegularExpression));
    });
}

#[test]
fn an_administrator_finds_a_transaction_that_hangs_and_ends_it() {
    with_harness(async |harness| {
        let (_, producer) = init_v(&harness, 4, (-1, -1)).await;
        assert_eq!(produce_v(&harness, 12, producer, 1).await, 0);
        let describe = async || {
            let topics = vec![TopicRequest { name: "orders", partition_indexes: vec![1, 9] }];
            let answer = harness.ask(&DescribeProducersRequest { topics }, 0).await;
            let answer = answer.read::<DescribeProducersResponse<'_>>();
            let partitions = &answer.topics[0].partitions;
            assert_eq!(partitions[1].error_code, code(ErrorCode::UnknownTopicOrPartition));
            partitions[0].active_producers[0].clone()
        };
        let open = describe().await;
        assert_eq!((open.producer_id, open.producer_epoch), (producer.0, producer.1.into()));
        assert_eq!((open.last_sequence, open.current_txn_start_offset), (0, 0));
        let topic = WritableTxnMarkerTopic { name: "orders", partition_indexes: vec![1, 9] };
        let marker = WritableTxnMarker {
            producer_id: open.producer_id,
            producer_epoch: producer.1,
            transaction_result: false,
            topics: vec![topic],
            coordinator_epoch: open.coordinator_epoch,
            transaction_version: 0,
        };
        let answer = harness.ask(&WriteTxnMarkersRequest { markers: vec![marker] }, 1).await;
        let answer = answer.read::<WriteTxnMarkersResponse<'_>>();
        let errors: Vec<i16> =
            answer.markers[0].topics[0].partitions.iter().map(|partition| partition.error_code).collect();
        assert_eq!(errors, [0, code(ErrorCode::UnknownTopicOrPartition)]);
        assert_eq!(describe().await.current_txn_start_offset, -1);
        assert_eq!(seen(&harness.broker, &partition("orders", 1), producer.0).aborted, 1);
    });
}
