//! A producer of the least kind over this crate's messages: one batch a request, for a broker of one node.

use std::time::Duration;

use libtest_mimic::Failed;
use watershed_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{
    EndTxnRequest, EndTxnResponse, FetchRequest, FetchResponse, FindCoordinatorRequest,
    FindCoordinatorResponse, InitProducerIdRequest, InitProducerIdResponse, ProduceRequest, ProduceResponse,
};
use watershed_protocol::wire::Payload;
use watershed_testkit::wait::wait_for;
use watershed_testkit::wire::Connection;

use crate::lab::same;

/// The last version that names topics.
const PRODUCE_VERSION: i16 = 12;
/// The last version that names topics.
const FETCH_VERSION: i16 = 12;
const INIT_PRODUCER_ID_VERSION: i16 = 5;
const FIND_COORDINATOR_VERSION: i16 = 6;
const END_TXN_VERSION: i16 = 5;
const TRANSACTION: i8 = 1;
/// What a broker answers while a topic that was made is not yet known to it everywhere, and every client asks again:
/// `UNKNOWN_TOPIC_OR_PARTITION`, `LEADER_NOT_AVAILABLE` and `NOT_LEADER_OR_FOLLOWER`; the last one also while it does not
/// reach the transaction coordinator.
const NOT_YET: [i16; 3] = [3, 5, 6];
const LEADER_WITHIN: Duration = Duration::from_secs(60);
const COORDINATOR_WITHIN: Duration = Duration::from_secs(60);

pub(crate) struct Producer {
    connection: Connection,
}

/// What the broker said to a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Produced {
    pub(crate) error_code: i16,
    pub(crate) base_offset: i64,
}

impl Producer {
    pub(crate) fn connect(bootstrap: &str) -> Result<Self, Failed> {
        Ok(Self { connection: Connection::open(bootstrap)? })
    }

    /// Sends one batch to partition 0, acks=all, once the broker leads it.
    pub(crate) fn send(
        &mut self,
        topic: &str,
        transactional_id: Option<&str>,
        batch: Payload<'_>,
    ) -> Result<Produced, Failed> {
        wait_for("the partition's leader", LEADER_WITHIN, || {
            let produced = self.send_once(topic, transactional_id, batch);
            let again = produced.as_ref().is_ok_and(|produced| NOT_YET.contains(&produced.error_code));
            (!again).then_some(produced)
        })?
    }

    fn send_once(
        &mut self,
        topic: &str,
        transactional_id: Option<&str>,
        batch: Payload<'_>,
    ) -> Result<Produced, Failed> {
        let partition_data = vec![PartitionProduceData { index: 0, records: Some(batch) }];
        let request = ProduceRequest {
            transactional_id,
            acks: -1,
            timeout_ms: 30_000,
            topic_data: vec![TopicProduceData { name: topic, partition_data, ..TopicProduceData::default() }],
        };
        let reply = self.connection.ask(&request, PRODUCE_VERSION)?;
        let response: ProduceResponse<'_> = reply.read()?;
        let partition = &response.responses[0].partition_responses[0];
        Ok(Produced { error_code: partition.error_code, base_offset: partition.base_offset })
    }

    /// Sends one batch, which must be accepted. Returns its first offset.
    pub(crate) fn send_accepted(&mut self, topic: &str, batch: Payload<'_>) -> Result<i64, Failed> {
        let produced = self.send(topic, None, batch)?;
        same("error code", &produced.error_code, &0)?;
        Ok(produced.base_offset)
    }

    /// Sends one batch of a transaction, which must be accepted once the broker has asked the coordinator about it.
    pub(crate) fn send_in_transaction(
        &mut self,
        topic: &str,
        id: &str,
        batch: Payload<'_>,
    ) -> Result<(), Failed> {
        same("error code", &self.send(topic, Some(id), batch)?.error_code, &0)
    }

    /// A producer id and epoch, of a transactional producer or one that is only idempotent.
    pub(crate) fn init(&mut self, transactional_id: Option<&str>) -> Result<(i64, i16), Failed> {
        if let Some(id) = transactional_id {
            // Whoever asks first makes the broker create the coordinator's topic.
            let request = FindCoordinatorRequest {
                key_type: TRANSACTION,
                coordinator_keys: vec![id],
                ..FindCoordinatorRequest::default()
            };
            let asked = wait_for("the transaction coordinator", COORDINATOR_WITHIN, || {
                let reply = self.connection.ask(&request, FIND_COORDINATOR_VERSION).ok()?;
                let response: FindCoordinatorResponse<'_> = reply.read().ok()?;
                (response.coordinators.first()?.error_code == 0).then_some(())
            });
            asked?;
        }
        let request = InitProducerIdRequest {
            transactional_id,
            transaction_timeout_ms: 60_000,
            ..InitProducerIdRequest::default()
        };
        // A coordinator that is still loading is asked again.
        Ok(wait_for("a producer id", COORDINATOR_WITHIN, || {
            let reply = self.connection.ask(&request, INIT_PRODUCER_ID_VERSION).ok()?;
            let response: InitProducerIdResponse = reply.read().ok()?;
            (response.error_code == 0).then_some((response.producer_id, response.producer_epoch))
        })?)
    }

    /// Ends the transaction.
    pub(crate) fn end(
        &mut self,
        transactional_id: &str,
        producer: (i64, i16),
        committed: bool,
    ) -> Result<(), Failed> {
        let (producer_id, producer_epoch) = producer;
        let request = EndTxnRequest { transactional_id, producer_id, producer_epoch, committed };
        let reply = self.connection.ask(&request, END_TXN_VERSION)?;
        same("error code", &reply.read::<EndTxnResponse>()?.error_code, &0)
    }

    /// The batches of partition 0 from `offset` on, as the broker sends them.
    pub(crate) fn fetch(&mut self, topic: &str, offset: i64) -> Result<Vec<u8>, Failed> {
        let partition = FetchPartition {
            fetch_offset: offset,
            partition_max_bytes: i32::MAX,
            ..FetchPartition::default()
        };
        let request = FetchRequest {
            max_wait_ms: 1000,
            min_bytes: 1,
            max_bytes: i32::MAX,
            session_epoch: -1,
            topics: vec![FetchTopic { topic, partitions: vec![partition], ..FetchTopic::default() }],
            ..FetchRequest::default()
        };
        let reply = self.connection.ask(&request, FETCH_VERSION)?;
        let response: FetchResponse<'_> = reply.read()?;
        let partition = &response.responses[0].partitions[0];
        same("error code", &partition.error_code, &0)?;
        Ok(partition.records.map(|records| [records.head, records.body].concat()).unwrap_or_default())
    }
}
