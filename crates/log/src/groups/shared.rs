//! What is under the coordinator's lock: its state, who waits for an answer, and how both go along with the log.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;
use watershed_protocol::ErrorCode;
use watershed_protocol::batch::ControlType;

use super::coordinator::Coordinator;
use super::effects::{Answer, Effects, JoinAnswer, Now, SyncAnswer, Ticket};
use super::{Producer, records};
use crate::catalog::CONSUMER_OFFSETS;
use crate::partition::AppendError;
use crate::state_log::{Replayed, StateLog, StateRecord};

/// Most bytes of a batch of divisible records: half of what a log takes.
const BATCH_BYTES: usize = 512 << 10;
/// More than what a record takes in a batch besides its key and value.
const RECORD_BYTES: usize = 32;
/// When something is tried again that could not be written, as in Kafka.
const TRY_AGAIN_MS: i64 = 500;

/// The coordinator, and who waits for it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) coordinator: Coordinator,
    pub(super) waiting: HashMap<Ticket, oneshot::Sender<Sent>>,
    pub(super) next_ticket: u64,
    /// The last record that was written; -1: none since the start.
    pub(super) written: i64,
}

/// An answer, to be given when what was written up to this offset is on the disk.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) answer: Answer,
    pub(super) written: i64,
}

impl Shared {
    /// Writes the records, applies those that are to be, and sends the answers on.
    pub(super) fn keep(
        &mut self,
        log: &StateLog,
        producer: Option<Producer>,
        now: Now,
        effects: Effects,
    ) -> Result<(), ErrorCode> {
        let Effects { records, to_apply, answers, assigned, looked_at, downgraded, due, divisible } = effects;
        let first_to_apply = records.len();
        debug_assert!(first_to_apply == 0 || !divisible, "of divisible records all are applied");
        let records: Vec<StateRecord> = records.into_iter().chain(to_apply).collect();
        let batch_bytes = if divisible { BATCH_BYTES } else { usize::MAX };
        let written = batches(&records, batch_bytes)
            .try_for_each(|batch| self.write(log, producer, batch, first_to_apply, now));
        match written {
            Ok(()) => {
                self.looked_at(looked_at);
                if let Some(group) = downgraded {
                    // Its members are all to come: nothing is written or answered yet.
                    self.coordinator.begin_again(&group, now, &mut Effects::default());
                }
                self.send(answers, None);
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, "the group coordinator could not write to its log");
                let code = code_of(&error);
                self.send(answers, Some(code));
                if let Some(group) = assigned {
                    let mut effects = Effects::default();
                    self.coordinator.assignment_lost(&group, now, &mut effects);
                    self.send(effects.answers, None);
                }
                if let Some(timer) = due {
                    self.coordinator.deadlines.set(timer, now.elapsed_ms + TRY_AGAIN_MS);
                }
                Err(code)
            }
        }
    }

    /// Writes one batch, and applies its records from the first on that is to be.
    fn write(
        &mut self,
        log: &StateLog,
        producer: Option<Producer>,
        batch: &[StateRecord],
        first_to_apply: usize,
        now: Now,
    ) -> Result<(), AppendError> {
        let last_offset = append(log, producer, batch, now)?;
        self.written = last_offset;
        let first_offset = last_offset + 1 - i64::try_from(batch.len()).unwrap_or(i64::MAX);
        for (offset, (key, value)) in (first_offset..).zip(batch).skip(first_to_apply) {
            self.apply(producer, (key, value.as_deref()), offset, now);
        }
        // Begins the sync, whoever waits for it.
        drop(log.durable(last_offset));
        Ok(())
    }

    fn apply(&mut self, producer: Option<Producer>, record: (&[u8], Option<&[u8]>), offset: i64, now: Now) {
        let (key, value) = record;
        match records::read(key, value, offset) {
            Ok(kept) => self.coordinator.apply(producer.map(|(id, _)| id), kept, now),
            Err(error) => tracing::error!(%error, "a record of a group that was just made cannot be read"),
        }
    }

    fn looked_at(&mut self, looked_at: Option<(Arc<str>, u64)>) {
        if let Some((group, version)) = looked_at {
            self.coordinator.looked_at(&group, version);
        }
    }

    fn send(&mut self, answers: Vec<(Ticket, Answer)>, error: Option<ErrorCode>) {
        for (ticket, answer) in answers {
            let answer = match (error, answer) {
                (None, answer) => answer,
                (Some(error), Answer::Join(answer)) => {
                    Answer::Join(JoinAnswer::refused(error, &answer.member_id))
                }
                (Some(error), Answer::Sync(_)) => Answer::Sync(SyncAnswer::refused(error)),
            };
            if let Some(sender) = self.waiting.remove(&ticket) {
                // An error is a client that has gone.
                drop(sender.send(Sent { answer, written: self.written }));
            }
        }
    }
}

/// One record or marker of the log, when it is read again.
pub(super) fn replay(coordinator: &mut Coordinator, replayed: &Replayed<'_>, now: Now) {
    match *replayed {
        Replayed::Record { batch, offset, key, value } => {
            let producer = batch.attributes.is_transactional().then_some(batch.producer_id);
            match records::read(key, value, offset) {
                Ok(kept) => coordinator.apply(producer, kept, now),
                Err(error) => {
                    tracing::warn!(%error, offset, "a record of {CONSUMER_OFFSETS} cannot be read: passed over");
                }
            }
        }
        Replayed::Marker { batch, kind } => {
            coordinator.offsets.transaction_ended(batch.producer_id, kind == ControlType::Commit);
        }
    }
}

/// The records in batches of at most so many bytes, but for a record that is longer by itself.
fn batches(records: &[StateRecord], bytes_max: usize) -> impl Iterator<Item = &[StateRecord]> {
    let mut rest = records;
    std::iter::from_fn(move || {
        let mut bytes: usize = 0;
        let fits = |(key, value): &&StateRecord| {
            bytes += RECORD_BYTES + key.len() + value.as_ref().map_or(0, Vec::len);
            bytes <= bytes_max
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (batch, behind) = rest.split_at_checked(count)?;
        rest = behind;
        Some(batch)
    })
}

fn append(
    log: &StateLog,
    producer: Option<Producer>,
    records: &[StateRecord],
    now: Now,
) -> Result<i64, AppendError> {
    match producer {
        None => log.append(records, now.wall_ms),
        Some((id, epoch)) => log.append_in_transaction(id, epoch, records, now.wall_ms),
    }
}

/// What a client is told when the log refuses a write: what makes it try again, as Kafka's does.
fn code_of(error: &AppendError) -> ErrorCode {
    match error.code() {
        ErrorCode::KafkaStorageError | ErrorCode::NotLeaderOrFollower => ErrorCode::NotCoordinator,
        ErrorCode::MessageTooLarge | ErrorCode::RecordListTooLarge => ErrorCode::UnknownServerError,
        ErrorCode::UnknownTopicOrPartition | ErrorCode::NotEnoughReplicas | ErrorCode::RequestTimedOut => {
            ErrorCode::CoordinatorNotAvailable
        }
        code => code,
    }
}
