//! A transactional id as a record of `__transaction_state`, in Kafka's own format.
//!
//! A record holds all that is known of the id, but for the epoch before the current one; a later record replaces it, and
//! one without a value forgets the id.

use std::collections::BTreeSet;

use watershed_protocol::messages::transaction_log_value::PartitionsSchema;
use watershed_protocol::messages::{TransactionLogKey, TransactionLogValue};
use watershed_protocol::wire::{Message, WireError, decode, encode};

use super::transaction::{NO_EPOCH, Protocol, State, Transaction};
use crate::partition::TopicPartition;
use crate::state_log::StateRecord;

const KEY_VERSION: i16 = 0;
const VALUE_VERSION: i16 = 1;
/// What a record says of a client of transaction version 2.
const VERSION_2: i16 = 2;

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("a record is shorter than its version number")]
    Short,
    #[error("a value has version {0}, and 0 and 1 are known: it was written by a later release")]
    Version(i16),
    #[error("a value says state {0}, which is none")]
    State(i8),
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// The record that says this of a transactional id.
///
/// # Errors
///
/// What cannot be written, as an id that is too long.
pub(crate) fn to_record(id: &str, transaction: &Transaction) -> Result<StateRecord, WireError> {
    Ok((to_key(id)?, Some(to_value(transaction)?)))
}

/// The record that forgets a transactional id.
///
/// # Errors
///
/// What cannot be written, as an id that is too long.
pub(crate) fn to_tombstone(id: &str) -> Result<StateRecord, WireError> {
    Ok((to_key(id)?, None))
}

/// The transactional id of a key; `None` if the key is of another kind.
///
/// # Errors
///
/// A key that is damaged.
pub(crate) fn id_of(key: &[u8]) -> Result<Option<&str>, RecordError> {
    let (version, body) = split(key)?;
    if version != KEY_VERSION {
        return Ok(None);
    }
    Ok(Some(decode::<TransactionLogKey<'_>>(body, version)?.transactional_id))
}

/// What a value says.
///
/// # Errors
///
/// A value that is damaged, or of a later version.
pub(crate) fn from_value(value: &[u8]) -> Result<Transaction, RecordError> {
    let (version, body) = split(value)?;
    if !TransactionLogValue::VERSIONS.contains(&version) {
        return Err(RecordError::Version(version));
    }
    let value: TransactionLogValue<'_> = decode(body, version)?;
    let number = value.transaction_status;
    let state = usize::try_from(number).ok().and_then(|number| State::ALL.get(number));
    let state = *state.ok_or(RecordError::State(number))?;
    let partitions = value.transaction_partitions.iter().flatten().flat_map(|topic| {
        topic
            .partition_ids
            .iter()
            .map(|&partition| TopicPartition { topic: topic.topic.to_owned(), partition })
    });
    Ok(Transaction {
        producer_id: value.producer_id,
        previous_producer_id: value.previous_producer_id,
        next_producer_id: value.next_producer_id,
        epoch: value.producer_epoch,
        last_epoch: NO_EPOCH,
        timeout_ms: value.transaction_timeout_ms,
        state,
        partitions: partitions.collect::<BTreeSet<_>>(),
        start_ms: value.transaction_start_timestamp_ms,
        last_update_ms: value.transaction_last_update_timestamp_ms,
        protocol: if value.client_transaction_version >= VERSION_2 {
            Protocol::EpochPerTransaction
        } else {
            Protocol::Classic
        },
    })
}

fn to_key(id: &str) -> Result<Vec<u8>, WireError> {
    prefixed(KEY_VERSION, &TransactionLogKey { transactional_id: id })
}

fn to_value(transaction: &Transaction) -> Result<Vec<u8>, WireError> {
    // Partitions are sorted, so those of one topic are together.
    let mut topics: Vec<PartitionsSchema<'_>> = Vec::new();
    for partition in &transaction.partitions {
        match topics.last_mut() {
            Some(topic) if topic.topic == partition.topic => topic.partition_ids.push(partition.partition),
            _ => topics
                .push(PartitionsSchema { topic: &partition.topic, partition_ids: vec![partition.partition] }),
        }
    }
    let value = TransactionLogValue {
        producer_id: transaction.producer_id,
        previous_producer_id: transaction.previous_producer_id,
        next_producer_id: transaction.next_producer_id,
        producer_epoch: transaction.epoch,
        next_producer_epoch: NO_EPOCH,
        transaction_timeout_ms: transaction.timeout_ms,
        transaction_status: number_of(transaction.state),
        transaction_partitions: (transaction.state != State::Empty).then_some(topics),
        transaction_last_update_timestamp_ms: transaction.last_update_ms,
        transaction_start_timestamp_ms: transaction.start_ms,
        client_transaction_version: match transaction.protocol {
            Protocol::Classic => 0,
            Protocol::EpochPerTransaction => VERSION_2,
        },
    };
    prefixed(VALUE_VERSION, &value)
}

const fn number_of(state: State) -> i8 {
    match state {
        State::Empty => 0,
        State::Ongoing => 1,
        State::PrepareCommit => 2,
        State::PrepareAbort => 3,
        State::CompleteCommit => 4,
        State::CompleteAbort => 5,
        State::Dead => 6,
        State::PrepareEpochFence => 7,
    }
}

fn prefixed<'a, M: Message<'a>>(version: i16, message: &M) -> Result<Vec<u8>, WireError> {
    let mut bytes = version.to_be_bytes().to_vec();
    bytes.extend(encode(message, version)?);
    Ok(bytes)
}

fn split(bytes: &[u8]) -> Result<(i16, &[u8]), RecordError> {
    let (version, body) = bytes.split_first_chunk::<2>().ok_or(RecordError::Short)?;
    Ok((i16::from_be_bytes(*version), body))
}
