//! How a transaction ends, step by step, so that a crash between any two of them leaves it wholly committed or wholly
//! aborted:
//!
//! 1. Nothing else may change the id any more, and writes that were allowed before are awaited.
//! 2. For a commit, the transaction's partitions are synced.
//! 3. The outcome is appended and synced. The client may be answered.
//! 4. A marker is appended to every partition and synced. A partition that takes none (its disk is full, or it is closed)
//!    is tried again until it does; it holds up its own transactional id and nothing else. One that was deleted is done.
//! 5. The end is appended; the id is free. It need not be synced: what builds on it comes later in the same log,
//!    and without it the markers are written once more after a restart, which changes nothing.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use watershed_protocol::ErrorCode;
use watershed_protocol::batch::ControlType;

use super::table::{Entry, Writers};
use super::transaction::{End, Producer, Protocol, State, Transaction};
use super::{Transactions, durable, state_log};
use crate::broker::Broker;
use crate::catalog::CONSUMER_OFFSETS;
use crate::partition::{AppendError, Partition, SyncFailed, TopicPartition};

/// How soon a marker that was not taken is tried again, and at most how late.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_LAST: Duration = Duration::from_secs(5);

/// How long the answer to EndTxn waits for the markers. It need not, and Kafka's does not; but it is a matter of
/// milliseconds, the next transaction of this id would wait as long, and a client finds its records and offsets committed
/// when it was told so.
const MARKERS_WAIT: Duration = Duration::from_millis(200);

/// What was decided under the lock.
enum Begun {
    Already(Producer),
    NeedsProducerId,
    Prepare(Transaction, Arc<Writers>),
}

/// EndTxn. When this returns, the outcome is on the disk, and the markers are written, or on their way if that takes long.
///
/// # Errors
///
/// INVALID_REQUEST, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS,
/// COORDINATOR_NOT_AVAILABLE if the disk refuses: the outcome is then not decided, or not known.
pub(crate) async fn end(
    broker: &Arc<Broker>,
    id: &str,
    producer: Producer,
    commit: bool,
    protocol: Protocol,
) -> Result<Producer, ErrorCode> {
    if id.is_empty() {
        return Err(ErrorCode::InvalidRequest);
    }
    let producer = decide(broker, id, |transaction, new_producer_id, now_ms| {
        transaction.end(producer, commit, protocol, new_producer_id, now_ms)
    })
    .await?;
    let ended = broker.transactions.table().get(id).and_then(Entry::ended);
    if let Some(mut ended) = ended {
        // Whether the end has come, or it takes longer: the outcome is the same.
        drop(tokio::time::timeout(MARKERS_WAIT, ended.changed()).await);
    }
    Ok(producer)
}

/// Aborts the ongoing transaction and fences its producer.
///
/// # Errors
///
/// As [`end`]; INVALID_TXN_STATE if none is ongoing.
pub(super) async fn abort_ongoing(broker: &Arc<Broker>, id: &str) -> Result<(), ErrorCode> {
    decide(broker, id, |transaction, new_producer_id, now_ms| transaction.fence(new_producer_id, now_ms))
        .await
        .map(drop)
}

/// Aborts the transaction if it takes longer than its timeout, and fences its producer.
///
/// # Errors
///
/// As [`end`]; INVALID_TXN_STATE if none is ongoing that long.
pub(super) async fn abort_timed_out(broker: &Arc<Broker>, id: &str, now_ms: i64) -> Result<(), ErrorCode> {
    let timed_out = |transaction: &Transaction| {
        transaction.start_ms.saturating_add(transaction.timeout_ms.into()) <= now_ms
    };
    decide(broker, id, |transaction, new_producer_id, now_ms| match timed_out(transaction) {
        true => transaction.fence(new_producer_id, now_ms),
        false => Err(ErrorCode::InvalidTxnState),
    })
    .await
    .map(drop)
}

async fn decide(
    broker: &Arc<Broker>,
    id: &str,
    outcome: impl Fn(&Transaction, Option<i64>, i64) -> Result<End, ErrorCode>,
) -> Result<Producer, ErrorCode> {
    let transactions = &broker.transactions;
    let mut new_producer_id = None;
    loop {
        let begun = transactions.when_free(id, |table| {
            let entry = table.get_mut(id).ok_or(ErrorCode::InvalidProducerIdMapping)?;
            let end = outcome(&entry.transaction, new_producer_id, broker.now_ms())?;
            entry.check_free()?;
            Ok(match end {
                End::Already(producer) => Begun::Already(producer),
                End::NeedsProducerId => Begun::NeedsProducerId,
                End::Prepare(next) => {
                    entry.begin_ending();
                    Begun::Prepare(next, Arc::clone(&entry.writers))
                }
            })
        });
        match begun.await? {
            Begun::Already(producer) => return Ok(producer),
            Begun::NeedsProducerId => new_producer_id = Some(transactions.producer_ids.next(broker).await?),
            Begun::Prepare(next, writers) => {
                let producer = next.producer_afterwards();
                if let Err(error) = prepare(broker, id, next, &writers).await {
                    transactions.release(id);
                    return Err(error);
                }
                tokio::spawn(complete(Arc::clone(broker), Arc::from(id)));
                return Ok(producer);
            }
        }
    }
}

/// Steps 1 to 3: when this returns, the outcome cannot be lost any more.
async fn prepare(
    broker: &Arc<Broker>,
    id: &str,
    next: Transaction,
    writers: &Writers,
) -> Result<(), ErrorCode> {
    writers.none().await;
    if next.state == State::PrepareCommit {
        sync(broker, &next).await?;
    }
    let (log, offset) = {
        let transactions = &broker.transactions;
        let mut table = transactions.table();
        transactions.write(broker, &mut table, id, next)?
    };
    durable(&log, offset).await
}

/// Everything that the transaction wrote is on the disk when this returns.
async fn sync(broker: &Broker, transaction: &Transaction) -> Result<(), ErrorCode> {
    let partitions = transaction.partitions.iter().filter_map(|name| find(broker, name));
    // All syncs are begun before the first is awaited.
    let syncs: Vec<_> = partitions
        .filter_map(|partition| {
            let last_offset = partition.log().offsets().log_end - 1;
            (last_offset >= 0).then(|| (partition.id.clone(), partition.durable(last_offset)))
        })
        .collect();
    for (name, synced) in syncs {
        synced.await.map_err(|error| {
            tracing::warn!(partition = %name, %error, "a transaction that wrote to this partition cannot be committed");
            ErrorCode::CoordinatorNotAvailable
        })?;
    }
    Ok(())
}

/// Steps 4 and 5. Ends early only with the broker: the next start goes on.
pub(super) async fn complete(broker: Arc<Broker>, id: Arc<str>) {
    let transactions = &broker.transactions;
    let Some(transaction) = transactions.describe(&id).filter(|found| found.state.is_prepared()) else {
        return;
    };
    let markers =
        join_all(transaction.partitions.iter().map(|name| write_marker(&broker, name, &transaction)));
    tokio::select! {
        () = broker.closing() => return,
        _ = markers => {}
    }
    let mut retry = RETRY_FIRST;
    while let Err(error) = transactions.completed(&broker, &id) {
        tracing::debug!(%id, %error, "the end of a transaction could not be written down; it is tried again");
        tokio::select! {
            () = broker.closing() => return,
            () = tokio::time::sleep(retry) => {}
        }
        retry = (retry * 2).min(RETRY_LAST);
    }
}

impl Transactions {
    fn completed(&self, broker: &Broker, id: &str) -> Result<(), ErrorCode> {
        let mut table = self.table();
        let next = table.get(id).and_then(|entry| entry.transaction.completed(broker.now_ms()));
        if let Some(next) = next {
            self.write(broker, &mut table, id, next)?;
        }
        table.release(id);
        Ok(())
    }

    /// The end could not be decided: the id is as it was.
    fn release(&self, id: &str) {
        self.table().release(id);
    }
}

/// Tries until the partition has the marker on its disk, or is gone.
async fn write_marker(broker: &Broker, name: &TopicPartition, transaction: &Transaction) {
    let kind = match transaction.state {
        State::PrepareCommit => ControlType::Commit,
        _ => ControlType::Abort,
    };
    let mut retry = RETRY_FIRST;
    loop {
        let Ok(log) = state_log(broker) else { return };
        let marker = Marker {
            producer: (transaction.producer_id, transaction.epoch),
            kind,
            coordinator_epoch: log.partition().leader_epoch,
            epoch_bumped: transaction.protocol == Protocol::EpochPerTransaction,
        };
        match write_marker_once(broker, name, marker).await {
            Ok(()) | Err(ErrorCode::UnknownTopicOrPartition) => return,
            Err(ErrorCode::KafkaStorageError) => {}
            Err(error) => {
                // A higher epoch is there already: somebody has ended this transaction, as an administrator may.
                tracing::warn!(partition = %name, producer_id = transaction.producer_id, %error, "a partition refused a marker");
                return;
            }
        }
        tokio::time::sleep(retry).await;
        retry = (retry * 2).min(RETRY_LAST);
    }
}

/// The end of a producer's transaction in one partition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marker {
    pub(crate) producer: Producer,
    pub(crate) kind: ControlType,
    pub(crate) coordinator_epoch: i32,
    /// Each transaction of this producer has an epoch of its own (KIP-890).
    pub(crate) epoch_bumped: bool,
}

/// Writes a marker; on the disk when this returns.
///
/// # Errors
///
/// UNKNOWN_TOPIC_OR_PARTITION; KAFKA_STORAGE_ERROR, which may pass; what the partition says of epochs.
pub(crate) async fn write_marker_once(
    broker: &Broker,
    name: &TopicPartition,
    marker: Marker,
) -> Result<(), ErrorCode> {
    let partition = find(broker, name).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let Marker { producer, kind, coordinator_epoch, epoch_bumped } = marker;
    let now_ms = broker.now_ms();
    let appended = partition.log().append_marker(producer, kind, coordinator_epoch, epoch_bumped, now_ms);
    let appended = appended.map_err(|error| {
        if !matches!(error, AppendError::Refused { .. }) {
            tracing::warn!(partition = %name, %error, "a marker could not be written");
        }
        error.code()
    })?;
    partition.durable(appended.last_offset).await.map_err(SyncFailed::code)?;
    if name.topic == CONSUMER_OFFSETS {
        broker.groups.transaction_ended(producer.0, kind == ControlType::Commit);
    }
    Ok(())
}

fn find(broker: &Broker, name: &TopicPartition) -> Option<Arc<Partition>> {
    broker.catalog.partition(&name.topic, name.partition)
}
