//! Produce: versions 3 to 13 (advertised from 0, as Kafka does: see `ApiKey::advertised_versions`).
//!
//! acks=all is answered when the batches are on the disk, in at most the request's timeout; acks=1 after the write, with
//! a sync within the broker's interval; acks=0 not at all, but that an error closes the connection, as Kafka does.
//!
//! Gaps: nobody but the coordinator writes to `__transaction_state`, where Kafka lets in whoever has the client id of its
//! tools; `min.insync.replicas` has no effect, since there is one copy; `current_leader` is never set, since the
//! leader never moves; no throttling.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::batch::{NO_PRODUCER_ID, RawBatch};
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::produce_response::{
    BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse,
};
use watershed_protocol::messages::{ProduceRequest, ProduceResponse};

use super::{Call, Frame, Reply, ReplyTo};
use crate::catalog::{TRANSACTION_STATE, Topic};
use crate::partition::validate::uses_zstd;
use crate::partition::{AppendError, Appended, Origin, Partition};
use crate::transactions::WriteGuard;

/// From this version on topics are named by their ids (KIP-516).
const FIRST_WITH_TOPIC_IDS: i16 = 13;
/// From this version on a producer need not say beforehand which partitions its transaction writes to (KIP-890).
const FIRST_THAT_ADDS_PARTITIONS: i16 = 12;
/// From this version on batches may be compressed with zstd (KIP-110).
const FIRST_WITH_ZSTD: i16 = 7;
/// From this version on clients know TRANSACTION_ABORTABLE (KIP-890).
const FIRST_WITH_TRANSACTION_ABORTABLE: i16 = 11;
/// The client id of Kafka's own tools, which may write to `__consumer_offsets`. Anybody can give it.
const ADMIN_CLIENT_ID: &str = "__admin_client";

/// How long the client waits, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acks {
    None,
    Written,
    Synced,
}

/// What became of one topic's batches.
#[derive(Debug)]
struct TopicOutcome {
    name: String,
    id: Uuid,
    partitions: Vec<Outcome>,
}

/// What became of one partition's batch.
#[derive(Debug)]
struct Outcome {
    index: i32,
    result: Result<Appended, Refusal>,
    partition: Option<Arc<Partition>>,
}

#[derive(Debug)]
struct Refusal {
    code: ErrorCode,
    message: Option<String>,
    records: Vec<(i32, String)>,
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self { code, message: None, records: Vec::new() }
    }
}

impl From<AppendError> for Refusal {
    fn from(error: AppendError) -> Self {
        let (code, message) = (error.code(), Some(error.to_string()));
        match error {
            AppendError::Refused { records, message, .. } => Self { code, message: Some(message), records },
            _ => Self { code, message, records: Vec::new() },
        }
    }
}

pub(super) async fn answer(call: &Call<'_>, request: &ProduceRequest<'_>) -> Reply {
    let acks = match request.acks {
        0 => Acks::None,
        1 => Acks::Written,
        -1 => Acks::Synced,
        _ => return call.reply(&respond(&refuse_all(request, ErrorCode::InvalidRequiredAcks))),
    };
    add_to_transaction(call, request).await;
    let mut outcomes = Vec::with_capacity(request.topic_data.len());
    for topic in &request.topic_data {
        outcomes.push(append_topic(call, request, topic).await);
    }
    let written =
        outcomes.iter().flat_map(|topic| &topic.partitions).filter(|outcome| outcome.result.is_ok());
    match acks {
        Acks::Synced => {
            let timeout = Duration::from_millis(u64::try_from(request.timeout_ms).unwrap_or(0));
            return Reply::Later(Box::pin(answer_when_synced(call.to, outcomes, timeout)));
        }
        Acks::None | Acks::Written => {
            written.filter_map(|outcome| outcome.partition.as_ref()).for_each(|partition| {
                call.broker.sync_schedule.written(partition);
            });
        }
    }
    if acks == Acks::Written {
        return call.reply(&respond(&outcomes));
    }
    let refused =
        outcomes.iter().flat_map(|topic| &topic.partitions).find_map(|outcome| outcome.result.as_ref().err());
    match refused {
        None => Reply::Nothing,
        Some(refusal) => {
            tracing::info!(
                host = %call.caller.host, client = call.client_id, code = %refusal.code,
                "closing a connection whose batch with acks=0 was refused: there is no other way to say so"
            );
            Reply::Close
        }
    }
}

async fn append_topic(
    call: &Call<'_>,
    request: &ProduceRequest<'_>,
    data: &TopicProduceData<'_>,
) -> TopicOutcome {
    let topic = topic_of(call, data);
    let mut partitions = Vec::with_capacity(data.partition_data.len());
    for partition in &data.partition_data {
        let appended = match &topic {
            Ok(topic) => append(call, request, topic, partition).await,
            Err(missing) => Err((*missing).into()),
        };
        let (result, partition_of_log) = match appended {
            Ok((appended, partition)) => (Ok(appended), Some(partition)),
            Err(refusal) => {
                call.broker.metrics.refused(refusal.code);
                (Err(refusal), None)
            }
        };
        partitions.push(Outcome { index: partition.index, result, partition: partition_of_log });
    }
    TopicOutcome { name: data.name.to_owned(), id: data.topic_id, partitions }
}

fn topic_of(call: &Call<'_>, data: &TopicProduceData<'_>) -> Result<Arc<Topic>, ErrorCode> {
    let catalog = &call.broker.catalog;
    if call.version() >= FIRST_WITH_TOPIC_IDS {
        catalog.topic_by_id(data.topic_id).ok_or(ErrorCode::UnknownTopicId)
    } else {
        catalog.topic(data.name).ok_or(ErrorCode::UnknownTopicOrPartition)
    }
}

async fn append(
    call: &Call<'_>,
    request: &ProduceRequest<'_>,
    topic: &Topic,
    data: &PartitionProduceData<'_>,
) -> Result<(Appended, Arc<Partition>), Refusal> {
    let partition = usize::try_from(data.index).ok().and_then(|index| topic.partitions.get(index));
    let partition = partition.ok_or(ErrorCode::UnknownTopicOrPartition)?;
    if topic.internal && (call.client_id != Some(ADMIN_CLIENT_ID) || topic.name == TRANSACTION_STATE) {
        return Err(ErrorCode::InvalidTopicException.into());
    }
    let records = data.records.map_or(&[][..], |records| records.body);
    if call.version() < FIRST_WITH_ZSTD && uses_zstd(records) {
        return Err(ErrorCode::UnsupportedCompressionType.into());
    }
    // Held until the batch is in the log, so that it does not come behind its transaction's marker.
    let _writing = check_transaction(call, request, partition, records).await?;
    let appended = partition.append(records, Origin::Client, call.broker.now_ms())?;
    call.broker.metrics.produced_bytes.inc_by(records.len() as u64);
    Ok((appended, Arc::clone(partition)))
}

/// Adds all partitions of the request to its transaction at once, so that a transaction over many partitions costs one
/// sync and not one for each. What cannot be added is refused where its batch is looked at.
async fn add_to_transaction(call: &Call<'_>, request: &ProduceRequest<'_>) {
    let Some(id) = request.transactional_id else { return };
    let batches = request.topic_data.iter().map(|topic| topic.partition_data.len()).sum::<usize>();
    if call.version() < FIRST_THAT_ADDS_PARTITIONS || batches < 2 {
        return;
    }
    let mut producer = None;
    let mut partitions = Vec::with_capacity(batches);
    for data in &request.topic_data {
        let Ok(topic) = topic_of(call, data) else { continue };
        if topic.internal {
            continue;
        }
        for data in &data.partition_data {
            let partition = usize::try_from(data.index).ok().and_then(|index| topic.partitions.get(index));
            let records = data.records.map_or(&[][..], |records| records.body);
            if let (Some(partition), Ok((batch, _))) = (partition, RawBatch::split_first(records))
                && batch.header().attributes.is_transactional()
            {
                let header = batch.header();
                producer.get_or_insert((header.producer_id, header.producer_epoch));
                partitions.push(partition.id.clone());
            }
        }
    }
    if let Some(producer) = producer {
        let transactions = &call.broker.transactions;
        if let Err(code) = transactions.add_written(call.broker, id, producer, &partitions).await {
            tracing::debug!(id, %code, "the partitions of a request were not added to its transaction");
        }
    }
}

/// A transactional batch must belong to the ongoing transaction of the request's id.
async fn check_transaction(
    call: &Call<'_>,
    request: &ProduceRequest<'_>,
    partition: &Partition,
    records: &[u8],
) -> Result<Option<WriteGuard>, Refusal> {
    // What cannot be read is refused by the append.
    let Ok((batch, _)) = RawBatch::split_first(records) else { return Ok(None) };
    let header = batch.header();
    if !header.attributes.is_transactional() || header.producer_id == NO_PRODUCER_ID {
        return Ok(None);
    }
    let id = request.transactional_id.ok_or(ErrorCode::TransactionalIdAuthorizationFailed)?;
    let producer = (header.producer_id, header.producer_epoch);
    let add = call.version() >= FIRST_THAT_ADDS_PARTITIONS;
    let allowed = call.broker.transactions.may_write(call.broker, id, producer, &partition.id, add).await;
    match allowed {
        Ok(guard) => Ok(Some(guard)),
        Err(code) => Err(known_to_client(code, call.version()).into()),
    }
}

/// What a client of this version gets for an error of the transaction coordinator, such that it does the right thing.
const fn known_to_client(code: ErrorCode, version: i16) -> ErrorCode {
    match code {
        ErrorCode::TransactionAbortable if version < FIRST_WITH_TRANSACTION_ABORTABLE => {
            ErrorCode::InvalidTxnState
        }
        // Sent again by every client, without asking for metadata first.
        ErrorCode::ConcurrentTransactions | ErrorCode::CoordinatorNotAvailable
            if version < FIRST_THAT_ADDS_PARTITIONS =>
        {
            ErrorCode::NotEnoughReplicas
        }
        other => other,
    }
}

/// Waits for the disk. What takes longer than the client waits is REQUEST_TIMED_OUT: it may yet be on the disk later.
///
/// The syncs are asked for, and the time begins, when this is called and not when it is first polled: answers are polled
/// in the order of their requests.
fn answer_when_synced(
    to: ReplyTo,
    mut outcomes: Vec<TopicOutcome>,
    timeout: Duration,
) -> impl Future<Output = Frame> + Send + use<> {
    let deadline = tokio::time::Instant::now() + timeout;
    let sync = |outcome: &Outcome| {
        let last_offset = outcome.result.as_ref().ok()?.last_offset;
        Some(outcome.partition.as_ref()?.durable(last_offset))
    };
    let syncs: Vec<_> = outcomes.iter().flat_map(|topic| &topic.partitions).map(sync).collect();
    async move {
        let outcomes_of_partitions = outcomes.iter_mut().flat_map(|topic| &mut topic.partitions);
        for (outcome, sync) in outcomes_of_partitions.zip(syncs) {
            let Some(sync) = sync else { continue };
            match tokio::time::timeout_at(deadline, sync).await {
                Ok(Ok(())) => {}
                Ok(Err(failed)) => {
                    let message = Some(failed.to_string());
                    outcome.result = Err(Refusal { message, ..failed.code().into() });
                }
                Err(_elapsed) => outcome.result = Err(ErrorCode::RequestTimedOut.into()),
            }
        }
        to.encode(&respond(&outcomes))
    }
}

fn refuse_all(request: &ProduceRequest<'_>, code: ErrorCode) -> Vec<TopicOutcome> {
    let refuse = |data: &PartitionProduceData<'_>| Outcome {
        index: data.index,
        result: Err(code.into()),
        partition: None,
    };
    let topics = request.topic_data.iter().map(|topic| TopicOutcome {
        name: topic.name.to_owned(),
        id: topic.topic_id,
        partitions: topic.partition_data.iter().map(refuse).collect(),
    });
    topics.collect()
}

fn respond(outcomes: &[TopicOutcome]) -> ProduceResponse<'_> {
    let responses = outcomes.iter().map(|topic| TopicProduceResponse {
        name: &topic.name,
        topic_id: topic.id,
        partition_responses: topic.partitions.iter().map(respond_partition).collect(),
    });
    ProduceResponse { responses: responses.collect(), ..ProduceResponse::default() }
}

fn respond_partition(outcome: &Outcome) -> PartitionProduceResponse<'_> {
    let index = outcome.index;
    match &outcome.result {
        Ok(appended) => PartitionProduceResponse {
            index,
            base_offset: appended.base_offset,
            log_append_time_ms: appended.log_append_time_ms,
            log_start_offset: appended.log_start_offset,
            ..PartitionProduceResponse::default()
        },
        Err(refusal) => {
            let records = refusal.records.iter().map(|(at, message)| BatchIndexAndErrorMessage {
                batch_index: *at,
                batch_index_error_message: Some(message),
            });
            PartitionProduceResponse {
                index,
                error_code: refusal.code.code(),
                base_offset: -1,
                log_append_time_ms: -1,
                log_start_offset: -1,
                record_errors: records.collect(),
                error_message: refusal.message.as_deref(),
                ..PartitionProduceResponse::default()
            }
        }
    }
}

#[cfg(test)]
mod tests;
