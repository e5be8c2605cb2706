//! The transaction coordinator: transactional ids, their producers, and how their transactions end.
//!
//! [`transaction`] is the state machine of one id, without time or disk; [`table`] all ids in memory; [`record`] their
//! form on the disk; [`end`] takes a transaction from the decision to its last marker; [`timer`] aborts what took too
//! long and forgets idle ids. The log is `__transaction_state`, in Kafka's own record format.
//!
//! # Invariants
//!
//! - A record is appended and the memory changed in one go, under the table's lock, so that the log and the memory
//!   have the same order. Nobody is answered before the record is on the disk.
//! - The order on the disk, by which a crash at any moment leaves a transaction wholly committed or wholly aborted: the
//!   transaction's partitions, then the outcome (PrepareCommit), then the markers, then CompleteCommit.
//! - A batch that was allowed by [`may_write`](Transactions::may_write) is in its partition before the outcome is
//!   decided: none comes behind a marker, where nothing would ever end it.

mod end;
mod filter;
mod init;
mod producer_ids;
mod record;
mod table;
#[cfg(test)]
mod tests;
mod timer;
mod transaction;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use watershed_event::clock::Clock;
use watershed_protocol::ErrorCode;

use crate::OpenError;
use crate::broker::Broker;
use crate::catalog::{Catalog, TRANSACTION_STATE};
use crate::options::Options;
use crate::partition::TopicPartition;
use crate::state_log::{Replayed, StateLog};
pub(crate) use end::{Marker, end, write_marker_once};
pub(crate) use filter::{Filter, Listed};
pub(crate) use init::{InitRequest, init_producer_id};
use producer_ids::ProducerIds;
use record::RecordError;
pub(crate) use table::WriteGuard;
use table::{Entry, Table};
pub(crate) use timer::start;
pub(crate) use transaction::{Producer, Protocol, Transaction};

/// How long a transactional id that nobody uses is remembered: the setting's name.
const EXPIRATION_MS: &str = "transactional.id.expiration.ms";

/// How long a request waits for the end of the transaction before it, rather than being told to come again.
const WAIT_FOR_END: Duration = Duration::from_millis(500);

/// All transactional ids of the node.
#[derive(Debug)]
pub(crate) struct Transactions {
    table: Mutex<Table>,
    /// A deadline came up that is earlier than all others.
    sooner: Notify,
    producer_ids: ProducerIds,
}

impl Transactions {
    /// Reads `__transaction_state`.
    pub(crate) fn open(options: &Options, catalog: &Catalog, _: &dyn Clock) -> Result<Self, OpenError> {
        let mut table = Table::new(options.settings.long(EXPIRATION_MS));
        if let Some(log) = catalog.state_log(TRANSACTION_STATE) {
            replay(&log, &mut table).map_err(|reason| OpenError::Corrupt {
                path: options.data.join(log.partition().id.to_string()),
                position: 0,
                reason,
            })?;
        }
        Ok(Self { table: Mutex::new(table), sooner: Notify::new(), producer_ids: ProducerIds::default() })
    }

    /// Called before a transactional batch is appended (Produce) or an offset is committed in a transaction: the
    /// partition must belong to the ongoing transaction of this id, producer and epoch. With `add` (KIP-890, clients of
    /// transaction version 2) it is added, durably, if it does not. Keep the guard until the batch is appended.
    ///
    /// # Errors
    ///
    /// INVALID_PRODUCER_ID_MAPPING; INVALID_PRODUCER_EPOCH for a fenced producer; CONCURRENT_TRANSACTIONS while the
    /// transaction before ends; TRANSACTION_ABORTABLE if the partition was not added, which clients that do not know it
    /// must get as INVALID_TXN_STATE; COORDINATOR_NOT_AVAILABLE if the disk refuses.
    pub(crate) async fn may_write(
        &self,
        broker: &Arc<Broker>,
        transactional_id: &str,
        producer: Producer,
        partition: &TopicPartition,
        add: bool,
    ) -> Result<WriteGuard, ErrorCode> {
        let allowed = self.when_free(transactional_id, |table| {
            let entry = table.get(transactional_id).ok_or(ErrorCode::InvalidProducerIdMapping)?;
            entry.transaction.check_producer(producer)?;
            entry.check_free()?;
            if entry.transaction.has(partition) {
                return Ok((entry.writers.begin(), last_record(broker, entry)?));
            }
            if !add {
                return Err(ErrorCode::TransactionAbortable);
            }
            let protocol = Protocol::EpochPerTransaction;
            let added = self.add(
                broker,
                table,
                transactional_id,
                producer,
                std::slice::from_ref(partition),
                protocol,
            )?;
            let entry = table.get(transactional_id).ok_or(ErrorCode::InvalidProducerIdMapping)?;
            Ok((entry.writers.begin(), added))
        });
        let (guard, added) = allowed.await.map_err(|error| match error {
            // Producers know this one from Produce and TxnOffsetCommit, and not that one.
            ErrorCode::ProducerFenced => ErrorCode::InvalidProducerEpoch,
            other => other,
        })?;
        if let Some((log, offset)) = added {
            durable(&log, offset).await?;
        }
        Ok(guard)
    }

    /// AddPartitionsToTxn and AddOffsetsToTxn: on the disk when this returns.
    ///
    /// # Errors
    ///
    /// Those of Kafka for both requests; PRODUCER_FENCED needs translating for old versions.
    pub(crate) async fn add_partitions(
        &self,
        broker: &Arc<Broker>,
        id: &str,
        producer: Producer,
        partitions: &[TopicPartition],
    ) -> Result<(), ErrorCode> {
        self.add_all(broker, id, producer, partitions, Protocol::Classic).await
    }

    /// The partitions that a request of a client of transaction version 2 writes to, all at once; as
    /// [`may_write`](Self::may_write) would add one after the other.
    ///
    /// # Errors
    ///
    /// As for [`add_partitions`](Self::add_partitions).
    pub(crate) async fn add_written(
        &self,
        broker: &Arc<Broker>,
        id: &str,
        producer: Producer,
        partitions: &[TopicPartition],
    ) -> Result<(), ErrorCode> {
        self.add_all(broker, id, producer, partitions, Protocol::EpochPerTransaction).await
    }

    async fn add_all(
        &self,
        broker: &Arc<Broker>,
        id: &str,
        producer: Producer,
        partitions: &[TopicPartition],
        protocol: Protocol,
    ) -> Result<(), ErrorCode> {
        if id.is_empty() {
            return Err(ErrorCode::InvalidRequest);
        }
        let added = self.when_free(id, |table| {
            let entry = table.get(id).ok_or(ErrorCode::InvalidProducerIdMapping)?;
            entry.transaction.check_producer(producer)?;
            entry.check_free()?;
            self.add(broker, table, id, producer, partitions, protocol)
        });
        match added.await? {
            Some((log, offset)) => durable(&log, offset).await,
            None => Ok(()),
        }
    }

    /// For each partition, whether it belongs to the ongoing transaction (what one of Kafka's brokers asks another).
    ///
    /// # Errors
    ///
    /// As for [`add_partitions`](Self::add_partitions).
    pub(crate) fn verify(
        &self,
        id: &str,
        producer: Producer,
        partitions: &[TopicPartition],
    ) -> Result<Vec<Result<(), ErrorCode>>, ErrorCode> {
        if id.is_empty() {
            return Err(ErrorCode::InvalidRequest);
        }
        let table = self.table();
        let entry = table.get(id).ok_or(ErrorCode::InvalidProducerIdMapping)?;
        entry.transaction.check_producer(producer)?;
        let belongs = |partition| match entry.transaction.has(partition) {
            true => Ok(()),
            false => Err(ErrorCode::TransactionAbortable),
        };
        Ok(partitions.iter().map(belongs).collect())
    }

    /// What is known of a transactional id.
    pub(crate) fn describe(&self, id: &str) -> Option<Transaction> {
        self.table().get(id).map(|entry| entry.transaction.clone())
    }

    /// The transactional ids that pass, by name.
    pub(crate) fn list(&self, filter: &Filter, now_ms: i64) -> Vec<Listed> {
        let mut listed: Vec<Listed> = {
            let table = self.table();
            let passing = table.iter().filter(|(id, entry)| filter.passes(id, &entry.transaction, now_ms));
            passing.map(|(id, entry)| Listed::new(id, &entry.transaction)).collect()
        };
        listed.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        listed
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tries under the lock; what is refused because a transaction of this id ends is tried again when that has ended,
    /// for a while.
    async fn when_free<T>(
        &self,
        id: &str,
        mut attempt: impl FnMut(&mut Table) -> Result<T, ErrorCode>,
    ) -> Result<T, ErrorCode> {
        let deadline = tokio::time::Instant::now() + WAIT_FOR_END;
        loop {
            let ended = {
                let mut table = self.table();
                match attempt(&mut table) {
                    Err(ErrorCode::ConcurrentTransactions) => table.get(id).and_then(Entry::ended),
                    result => return result,
                }
            };
            let Some(mut ended) = ended else { return Err(ErrorCode::ConcurrentTransactions) };
            // An error is what says that the end has come.
            if tokio::time::timeout_at(deadline, ended.changed()).await.is_err() {
                return Err(ErrorCode::ConcurrentTransactions);
            }
        }
    }

    fn add(
        &self,
        broker: &Broker,
        table: &mut Table,
        id: &str,
        producer: Producer,
        partitions: &[TopicPartition],
        protocol: Protocol,
    ) -> Result<Option<(StateLog, i64)>, ErrorCode> {
        let entry = table.get(id).ok_or(ErrorCode::InvalidProducerIdMapping)?;
        match entry.transaction.add(producer, partitions, protocol, broker.now_ms())? {
            Some(next) => self.write(broker, table, id, next).map(Some),
            None => last_record(broker, entry),
        }
    }

    /// Appends what stands now of this id, and takes it into the table.
    fn write(
        &self,
        broker: &Broker,
        table: &mut Table,
        id: &str,
        next: Transaction,
    ) -> Result<(StateLog, i64), ErrorCode> {
        let log = state_log(broker)?;
        let record = record::to_record(id, &next).map_err(|error| {
            tracing::warn!(%id, %error, "a transactional id's state cannot be written");
            ErrorCode::InvalidRequest
        })?;
        let offset = log.append(&[record], broker.now_ms()).map_err(|error| unwritten(id, &error))?;
        if table.put(id, next) {
            self.sooner.notify_one();
        }
        if let Some(entry) = table.get_mut(id) {
            entry.written = offset;
        }
        Ok((log, offset))
    }
}

/// Runs to its end even if the connection that asked is closed: a transaction must not stop half-way.
pub(crate) fn run<T: Send + 'static>(
    operation: impl Future<Output = Result<T, ErrorCode>> + Send + 'static,
) -> impl Future<Output = Result<T, ErrorCode>> + Send + 'static {
    let running = tokio::spawn(operation);
    async move { running.await.unwrap_or(Err(ErrorCode::UnknownServerError)) }
}

fn state_log(broker: &Broker) -> Result<StateLog, ErrorCode> {
    broker.catalog.state_log(TRANSACTION_STATE).ok_or(ErrorCode::CoordinatorNotAvailable)
}

/// What must be on the disk before anything is built on what stands of this id: its append may have worked, and its sync
/// not yet, or not at all. A partition that was written to and is not in the transaction after a crash would be held up
/// for good.
fn last_record(broker: &Broker, entry: &Entry) -> Result<Option<(StateLog, i64)>, ErrorCode> {
    if entry.written < 0 {
        return Ok(None);
    }
    Ok(Some((state_log(broker)?, entry.written)))
}

async fn durable(log: &StateLog, offset: i64) -> Result<(), ErrorCode> {
    log.durable(offset).await.map_err(|_| ErrorCode::CoordinatorNotAvailable)
}

/// What the client is told of a state that could not be appended: to come again, unless that cannot help.
fn unwritten(id: &str, error: &crate::partition::AppendError) -> ErrorCode {
    tracing::warn!(%id, %error, "a transactional id's state could not be written; its clients are told to come again");
    match error {
        crate::partition::AppendError::Refused { .. } => ErrorCode::UnknownServerError,
        _ => ErrorCode::CoordinatorNotAvailable,
    }
}

/// Takes every record into the table, the later over the earlier. One that cannot be read costs at most its own
/// transactional id: no record is worth all the others, and the start.
fn replay(log: &StateLog, table: &mut Table) -> Result<(), String> {
    log.replay(|replayed| {
        let Replayed::Record { offset, key, value, .. } = replayed else { return };
        let applied: Result<(), RecordError> = record::id_of(key).and_then(|id| {
            match (id, value) {
                (None, _) => tracing::warn!(
                    offset,
                    "a record of an unknown kind in __transaction_state is passed over"
                ),
                (Some(id), None) => table.remove(id),
                (Some(id), Some(value)) => drop(table.put(id, record::from_value(value)?)),
            }
            Ok(())
        });
        if let Err(error) = applied {
            tracing::error!(%error, offset, "a record of {TRANSACTION_STATE} cannot be read: passed over");
        }
    })
}
