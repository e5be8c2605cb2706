//! One transactional id: what is known of its producer and its transaction, and what each request makes of that.
//!
//! Pure: a request gives the state that follows or an error, and changes nothing by itself. It knows neither time nor
//! disk. Semantics: Kafka 4.3's `TransactionMetadata` and `TransactionCoordinator` (KIP-98, KIP-360, KIP-890).
//!
//! Invariants: an epoch only rises, but for a new producer id, which begins at 0. A client never gets the last epoch
//! (32767), so that a producer can always be fenced. Partitions are there from Ongoing until the markers are written.

use std::collections::BTreeSet;

use watershed_protocol::ErrorCode;

use crate::partition::TopicPartition;

/// No producer id.
pub(crate) const NO_ID: i64 = -1;
/// No epoch.
pub(crate) const NO_EPOCH: i16 = -1;
/// The highest epoch that a client is given: one is left for fencing it.
const EPOCH_MAX: i16 = i16::MAX - 1;

/// Where a transactional id stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// There is a producer, and no transaction yet.
    Empty,
    Ongoing,
    PrepareCommit,
    PrepareAbort,
    CompleteCommit,
    CompleteAbort,
    /// About to be forgotten. Never kept here: Kafka's name for a filter.
    Dead,
    /// About to be aborted with a higher epoch. Never kept here: fencing goes to `PrepareAbort` at once.
    PrepareEpochFence,
}

impl State {
    /// All of them, by their numbers in Kafka's records.
    pub(crate) const ALL: [Self; 8] = [
        Self::Empty,
        Self::Ongoing,
        Self::PrepareCommit,
        Self::PrepareAbort,
        Self::CompleteCommit,
        Self::CompleteAbort,
        Self::Dead,
        Self::PrepareEpochFence,
    ];

    /// Kafka's name for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::Ongoing => "Ongoing",
            Self::PrepareCommit => "PrepareCommit",
            Self::PrepareAbort => "PrepareAbort",
            Self::CompleteCommit => "CompleteCommit",
            Self::CompleteAbort => "CompleteAbort",
            Self::Dead => "Dead",
            Self::PrepareEpochFence => "PrepareEpochFence",
        }
    }

    /// The outcome is decided, and the markers are not all written.
    pub(crate) const fn is_prepared(self) -> bool {
        matches!(self, Self::PrepareCommit | Self::PrepareAbort)
    }
}

/// How a client runs its transactions (KIP-890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// One epoch for the life of a producer; partitions are added beforehand.
    Classic,
    /// Transaction version 2: each transaction has an epoch of its own; partitions are added by writing to them.
    EpochPerTransaction,
}

/// A producer id and its epoch, as a client names itself.
pub(crate) type Producer = (i64, i16);

/// One transactional id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Transaction {
    pub(crate) producer_id: i64,
    /// The id before an epoch ran out, for requests that are sent again.
    pub(crate) previous_producer_id: i64,
    /// While an outcome is prepared: the id that the producer has afterwards, because its epochs are used up.
    pub(crate) next_producer_id: i64,
    /// -1 until the first InitProducerId is answered.
    pub(crate) epoch: i16,
    /// The epoch before, if its owner is allowed to go on (KIP-360). Not in Kafka's records: lost in a restart.
    pub(crate) last_epoch: i16,
    pub(crate) timeout_ms: i32,
    pub(crate) state: State,
    pub(crate) partitions: BTreeSet<TopicPartition>,
    /// -1 before the first transaction.
    pub(crate) start_ms: i64,
    pub(crate) last_update_ms: i64,
    pub(crate) protocol: Protocol,
}

/// What InitProducerId makes of a transactional id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Init {
    /// This; the answer is its id and epoch.
    Next(Transaction),
    /// The epochs are used up: ask again with a new producer id.
    NeedsProducerId,
    /// A transaction is ongoing: abort it first, which fences its producer.
    AbortFirst,
}

/// What EndTxn makes of a transactional id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It ended that way already: the request was sent again. The answer is this.
    Already(Producer),
    /// The outcome is decided: this.
    Prepare(Transaction),
    /// The epochs are used up: ask again with a new producer id.
    NeedsProducerId,
}

impl Transaction {
    /// A transactional id that was never seen before, as it is before its first InitProducerId is answered.
    pub(crate) fn new(producer_id: i64, timeout_ms: i32, now_ms: i64) -> Self {
        Self {
            producer_id,
            previous_producer_id: NO_ID,
            next_producer_id: NO_ID,
            epoch: NO_EPOCH,
            last_epoch: NO_EPOCH,
            timeout_ms,
            state: State::Empty,
            partitions: BTreeSet::new(),
            start_ms: -1,
            last_update_ms: now_ms,
            protocol: Protocol::Classic,
        }
    }

    /// InitProducerId: a new instance of the producer, or with `expected` one that goes on after an error (KIP-360).
    /// `new_producer_id` is used only if the epochs are used up.
    ///
    /// # Errors
    ///
    /// PRODUCER_FENCED if `expected` is not the current producer; CONCURRENT_TRANSACTIONS while a transaction ends.
    pub(crate) fn init(
        &self,
        expected: Option<Producer>,
        timeout_ms: i32,
        new_producer_id: Option<i64>,
        now_ms: i64,
    ) -> Result<Init, ErrorCode> {
        if expected.is_some_and(|expected| !self.may_go_on(expected)) {
            return Err(ErrorCode::ProducerFenced);
        }
        match self.state {
            State::PrepareCommit | State::PrepareAbort => return Err(ErrorCode::ConcurrentTransactions),
            State::Ongoing => return Ok(Init::AbortFirst),
            _ => {}
        }
        let fresh = Self { timeout_ms, ..self.emptied(now_ms) };
        let expected_epoch = expected.map(|(_, epoch)| epoch);
        if self.epoch >= EPOCH_MAX && expected_epoch.is_none_or(|epoch| epoch == self.epoch) {
            let Some(producer_id) = new_producer_id else { return Ok(Init::NeedsProducerId) };
            let last_epoch = if expected.is_some() { self.epoch } else { NO_EPOCH };
            let previous_producer_id = self.producer_id;
            return Ok(Init::Next(Self { producer_id, previous_producer_id, epoch: 0, last_epoch, ..fresh }));
        }
        let (epoch, last_epoch) = match expected_epoch {
            None => (self.epoch.saturating_add(1), NO_EPOCH),
            Some(epoch) if self.epoch == NO_EPOCH || epoch == self.epoch => {
                (self.epoch.saturating_add(1), self.epoch)
            }
            // The request was sent again: its owner has not seen the answer.
            Some(epoch) if epoch == self.last_epoch => {
                return Ok(Init::Next(Self { previous_producer_id: self.previous_producer_id, ..fresh }));
            }
            Some(_) => return Err(ErrorCode::ProducerFenced),
        };
        Ok(Init::Next(Self { epoch, last_epoch, ..fresh }))
    }

    /// The producer of an earlier answer; its epoch is looked at later, where it must rise.
    fn may_go_on(&self, (producer_id, epoch): Producer) -> bool {
        self.epoch == NO_EPOCH
            || producer_id == self.producer_id
            || (producer_id == self.previous_producer_id && epoch >= EPOCH_MAX)
    }

    /// Without a transaction.
    fn emptied(&self, now_ms: i64) -> Self {
        Self {
            state: State::Empty,
            partitions: BTreeSet::new(),
            start_ms: -1,
            last_update_ms: now_ms,
            previous_producer_id: self.producer_id,
            next_producer_id: NO_ID,
            protocol: Protocol::Classic,
            ..*self
        }
    }

    /// Whether this producer may take part in a transaction now.
    ///
    /// # Errors
    ///
    /// INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, CONCURRENT_TRANSACTIONS while a transaction ends.
    pub(crate) fn check_producer(&self, (producer_id, epoch): Producer) -> Result<(), ErrorCode> {
        // A producer whose epochs are used up learns its next id before the markers are written.
        if self.state.is_prepared() && self.next_producer_id != NO_ID && producer_id == self.next_producer_id
        {
            return Err(ErrorCode::ConcurrentTransactions);
        }
        if producer_id != self.producer_id {
            return Err(ErrorCode::InvalidProducerIdMapping);
        }
        if epoch != self.epoch {
            return Err(ErrorCode::ProducerFenced);
        }
        if self.state.is_prepared() { Err(ErrorCode::ConcurrentTransactions) } else { Ok(()) }
    }

    /// True if the partition belongs to the ongoing transaction.
    pub(crate) fn has(&self, partition: &TopicPartition) -> bool {
        self.state == State::Ongoing && self.partitions.contains(partition)
    }

    /// Partitions that the transaction writes to; begins it if there is none. `None` if they belong to it already.
    ///
    /// # Errors
    ///
    /// Those of [`check_producer`](Self::check_producer).
    pub(crate) fn add(
        &self,
        producer: Producer,
        partitions: &[TopicPartition],
        protocol: Protocol,
        now_ms: i64,
    ) -> Result<Option<Self>, ErrorCode> {
        self.check_producer(producer)?;
        if self.state == State::Ongoing && partitions.iter().all(|partition| self.has(partition)) {
            return Ok(None);
        }
        let mut next = self.clone();
        if self.state != State::Ongoing {
            next.start_ms = now_ms;
        }
        next.state = State::Ongoing;
        next.partitions.extend(partitions.iter().cloned());
        next.last_update_ms = now_ms;
        next.protocol = protocol;
        Ok(Some(next))
    }

    /// EndTxn from a client. `new_producer_id` is used only if the epochs are used up.
    ///
    /// # Errors
    ///
    /// INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED, INVALID_TXN_STATE, CONCURRENT_TRANSACTIONS while it ends that way.
    pub(crate) fn end(
        &self,
        producer: Producer,
        commit: bool,
        protocol: Protocol,
        new_producer_id: Option<i64>,
        now_ms: i64,
    ) -> Result<End, ErrorCode> {
        match protocol {
            Protocol::Classic => self.end_classic(producer, commit, now_ms),
            Protocol::EpochPerTransaction => self.end_and_bump(producer, commit, new_producer_id, now_ms),
        }
    }

    fn end_classic(
        &self,
        (producer_id, epoch): Producer,
        commit: bool,
        now_ms: i64,
    ) -> Result<End, ErrorCode> {
        if producer_id != self.producer_id {
            return Err(ErrorCode::InvalidProducerIdMapping);
        }
        if epoch != self.epoch {
            return Err(ErrorCode::ProducerFenced);
        }
        match (self.state, commit) {
            (State::Ongoing, _) => Ok(End::Prepare(Self {
                state: prepared(commit),
                protocol: Protocol::Classic,
                last_update_ms: now_ms,
                ..self.clone()
            })),
            (State::CompleteCommit, true) | (State::CompleteAbort, false) => {
                Ok(End::Already((self.producer_id, self.epoch)))
            }
            (State::PrepareCommit, true) | (State::PrepareAbort, false) => {
                Err(ErrorCode::ConcurrentTransactions)
            }
            _ => Err(ErrorCode::InvalidTxnState),
        }
    }

    fn end_and_bump(
        &self,
        (producer_id, epoch): Producer,
        commit: bool,
        new_producer_id: Option<i64>,
        now_ms: i64,
    ) -> Result<End, ErrorCode> {
        // The last transaction's markers are still being written, and its producer, which has its next epoch (or id)
        // already, ends the next one.
        let ending = matches!(self.state, State::PrepareCommit | State::PrepareAbort);
        let is_next = producer_id == self.next_producer_id && epoch == 0;
        if ending && ((producer_id, epoch) == (self.producer_id, self.epoch) || is_next) {
            return Err(ErrorCode::ConcurrentTransactions);
        }
        // A request that was sent again, after which the epoch rose, or began again with a new id.
        let bumped = producer_id == self.producer_id && epoch.checked_add(1) == Some(self.epoch);
        let rolled_over = producer_id == self.previous_producer_id && epoch == EPOCH_MAX && self.epoch == 0;
        let complete = matches!(self.state, State::CompleteCommit | State::CompleteAbort);
        if producer_id != self.producer_id && !(rolled_over && complete) {
            return Err(ErrorCode::InvalidProducerIdMapping);
        }
        let again = bumped || (rolled_over && complete);
        let valid = match self.state {
            State::PrepareCommit | State::PrepareAbort => bumped,
            State::CompleteCommit | State::CompleteAbort => again || epoch == self.epoch,
            _ => epoch == self.epoch,
        };
        if !valid {
            return Err(ErrorCode::ProducerFenced);
        }
        match (self.state, commit) {
            (State::Ongoing, _) => self.prepare_and_bump(commit, new_producer_id, now_ms),
            (State::CompleteCommit, true) | (State::CompleteAbort, false) if again => {
                Ok(End::Already((self.producer_id, self.epoch)))
            }
            // A transaction that wrote nothing is aborted: the epoch rises all the same, so that a batch that is still
            // on its way is refused.
            (State::Empty, false) => self.prepare_and_bump(false, new_producer_id, now_ms),
            (State::CompleteCommit | State::CompleteAbort, false) if !again => {
                self.prepare_and_bump(false, new_producer_id, now_ms)
            }
            (State::PrepareCommit, true) | (State::PrepareAbort, false) => {
                Err(ErrorCode::ConcurrentTransactions)
            }
            _ => Err(ErrorCode::InvalidTxnState),
        }
    }

    fn prepare_and_bump(
        &self,
        commit: bool,
        new_producer_id: Option<i64>,
        now_ms: i64,
    ) -> Result<End, ErrorCode> {
        let exhausted = self.epoch >= EPOCH_MAX;
        if exhausted && new_producer_id.is_none() {
            return Ok(End::NeedsProducerId);
        }
        Ok(End::Prepare(Self {
            state: prepared(commit),
            epoch: self.epoch.saturating_add(1),
            last_epoch: self.epoch,
            next_producer_id: new_producer_id.filter(|_| exhausted).unwrap_or(NO_ID),
            start_ms: if self.state == State::Ongoing { self.start_ms } else { now_ms },
            last_update_ms: now_ms,
            protocol: Protocol::EpochPerTransaction,
            ..self.clone()
        }))
    }

    /// The coordinator aborts an ongoing transaction, because it took too long or another instance of the producer came:
    /// the epoch rises, so that the old one is fenced.
    ///
    /// # Errors
    ///
    /// INVALID_TXN_STATE if none is ongoing.
    pub(crate) fn fence(&self, new_producer_id: Option<i64>, now_ms: i64) -> Result<End, ErrorCode> {
        if self.state != State::Ongoing {
            return Err(ErrorCode::InvalidTxnState);
        }
        self.prepare_and_bump(false, new_producer_id, now_ms)
    }

    /// The producer that the answer to EndTxn names, and that there is once the markers are written.
    pub(crate) fn producer_afterwards(&self) -> Producer {
        if self.next_producer_id == NO_ID {
            (self.producer_id, self.epoch)
        } else {
            (self.next_producer_id, 0)
        }
    }

    /// All markers are written. `None` if no outcome was prepared.
    pub(crate) fn completed(&self, now_ms: i64) -> Option<Self> {
        let state = match self.state {
            State::PrepareCommit => State::CompleteCommit,
            State::PrepareAbort => State::CompleteAbort,
            _ => return None,
        };
        let (producer_id, epoch) = self.producer_afterwards();
        Some(Self {
            state,
            producer_id,
            epoch,
            previous_producer_id: self.producer_id,
            next_producer_id: NO_ID,
            partitions: BTreeSet::new(),
            last_update_ms: now_ms,
            ..*self
        })
    }
}

const fn prepared(commit: bool) -> State {
    if commit { State::PrepareCommit } else { State::PrepareAbort }
}
