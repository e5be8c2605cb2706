//! The group coordinator: classic groups, KIP-848's consumer groups, committed offsets.
//!
//! [`coordinator`] is what all is decided in: a state machine without I/O. Here is what is around it: the lock, the log
//! that it is kept in, who waits for an answer, and the timer.
//!
//! Invariants:
//! - an operation and the append of its records happen under one lock, so that the log has them in the order in which they
//!   changed the state;
//! - an answer leaves when all that it can rest on is on the disk. Heartbeats alone are answered at once;
//! - one task waits for the earliest deadline; there is no polling.

#[cfg(test)]
mod bench;
mod classic;
mod consumer;
mod coordinator;
mod deadlines;
mod describe;
mod effects;
mod offsets;
mod records;
mod settings;
mod shared;
#[cfg(test)]
mod tests;
mod topics;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{Notify, oneshot};
use watershed_event::clock::Clock;
use watershed_protocol::ErrorCode;

use crate::OpenError;
use crate::broker::Broker;
use crate::catalog::{CONSUMER_OFFSETS, Catalog};
use crate::options::Options;
use crate::settings::resource::resource_type;
use crate::state_log::StateLog;
pub(crate) use classic::{Join, Leave, Sync};
pub(crate) use consumer::{ConsumerHeartbeat, HeartbeatAnswer, Refusal};
pub(crate) use coordinator::Commit;
use coordinator::Coordinator;
pub(crate) use describe::{DescribedConsumerGroup, DescribedGroup, DescribedTopic, ListedGroup};
use effects::{Answer, Effects, Now};
pub(crate) use effects::{JoinAnswer, SyncAnswer, Ticket};
pub(crate) use offsets::Committed;
use shared::{Shared, replay};

/// How much of what is due is done before others have their turn.
const DUE_PER_TURN: usize = 256;

/// All groups of the node.
#[derive(Debug)]
pub(crate) struct Groups {
    shared: Mutex<Shared>,
    /// There is an earlier deadline than the one that is waited for.
    earlier: Notify,
}

/// What is known once it is on the disk.
type Later<T> = BoxFuture<'static, Result<T, ErrorCode>>;

/// A producer in whose transaction offsets are committed: id and epoch.
pub(crate) type Producer = (i64, i16);

impl Groups {
    /// Reads `__consumer_offsets`.
    pub(crate) fn open(options: &Options, catalog: &Catalog, clock: &dyn Clock) -> Result<Self, OpenError> {
        let mut coordinator = Coordinator::new(settings::GroupSettings::new(options));
        let now = now(clock);
        if let Some(log) = catalog.state_log(CONSUMER_OFFSETS) {
            let replayed = log.replay(|replayed| replay(&mut coordinator, &replayed, now));
            replayed.map_err(|reason| OpenError::Corrupt {
                path: options.data.join(format!("{CONSUMER_OFFSETS}-0")),
                position: 0,
                reason,
            })?;
        }
        let mut effects = Effects::default();
        coordinator.loaded(now, &mut effects);
        let shared = Shared { coordinator, waiting: HashMap::new(), next_ticket: 0, written: -1 };
        Ok(Self { shared: Mutex::new(shared), earlier: Notify::new() })
    }

    /// JoinGroup; waits for the other members.
    pub(crate) fn join(
        &self,
        broker: &Arc<Broker>,
        group: &str,
        join: impl FnOnce(Ticket) -> Join,
    ) -> BoxFuture<'static, JoinAnswer> {
        self.look_at_topics(broker);
        let answer = self.ask(broker, |coordinator, ticket, now, effects| {
            coordinator.join(group, join(ticket), now, effects);
        });
        Box::pin(async move {
            match answer.await {
                Ok(Answer::Join(answer)) => answer,
                Ok(Answer::Sync(_)) => JoinAnswer::refused(ErrorCode::UnknownServerError, ""),
                Err(error) => JoinAnswer::refused(error, ""),
            }
        })
    }

    /// SyncGroup; waits for the leader.
    pub(crate) fn sync(
        &self,
        broker: &Arc<Broker>,
        group: &str,
        sync: impl FnOnce(Ticket) -> Sync,
    ) -> BoxFuture<'static, SyncAnswer> {
        self.look_at_topics(broker);
        let answer = self.ask(broker, |coordinator, ticket, now, effects| {
            coordinator.sync(group, sync(ticket), now, effects);
        });
        Box::pin(async move {
            match answer.await {
                Ok(Answer::Sync(answer)) => answer,
                Ok(Answer::Join(_)) => SyncAnswer::refused(ErrorCode::UnknownServerError),
                Err(error) => SyncAnswer::refused(error),
            }
        })
    }

    /// Heartbeat.
    pub(crate) fn heartbeat(
        &self,
        broker: &Arc<Broker>,
        group: &str,
        member: &str,
        instance: Option<&str>,
        generation: i32,
    ) -> Result<(), ErrorCode> {
        let now = now(&*broker.clock);
        self.lock().coordinator.heartbeat(group, member, instance, generation, now)
    }

    /// ConsumerGroupHeartbeat.
    pub(crate) fn consumer_heartbeat(
        &self,
        broker: &Arc<Broker>,
        beat: &ConsumerHeartbeat,
    ) -> Later<Result<HeartbeatAnswer, Refusal>> {
        self.look_at_topics(broker);
        self.change(broker, None, |coordinator, now, effects| {
            Ok(coordinator.consumer_heartbeat(beat, now, effects))
        })
    }

    /// LeaveGroup: what became of each.
    pub(crate) fn leave(&self, broker: &Arc<Broker>, group: &str, leaves: &[Leave]) -> Later<Vec<ErrorCode>> {
        self.change(broker, None, |coordinator, now, effects| coordinator.leave(group, leaves, now, effects))
    }

    /// OffsetCommit, or TxnOffsetCommit in this producer's transaction: what became of each offset.
    pub(crate) fn commit(
        &self,
        broker: &Arc<Broker>,
        producer: Option<Producer>,
        commit: &Commit,
    ) -> Later<Vec<ErrorCode>> {
        self.change(broker, producer, |coordinator, now, effects| coordinator.commit(commit, now, effects))
    }

    /// OffsetFetch, for one group: what `read` makes of its offsets.
    pub(crate) fn fetch<T: Send + 'static>(
        &self,
        broker: &Arc<Broker>,
        group: &str,
        member: (Option<&str>, i32),
        read: impl FnOnce(Option<&dyn CommittedOffsets>) -> T,
    ) -> Later<T> {
        // An offset counts for the topic that it was committed for, not for another of its name.
        self.look_at_topics(broker);
        self.change(broker, None, |coordinator, _, _| {
            let found = coordinator.check_fetch(group, member.0, member.1)?;
            let offsets = GroupOffsets { coordinator, group };
            Ok(read(found.then_some(&offsets)))
        })
    }

    /// OffsetDelete: what became of each partition.
    pub(crate) fn delete_offsets(
        &self,
        broker: &Arc<Broker>,
        group: &str,
        partitions: &[(String, i32)],
    ) -> Later<Vec<ErrorCode>> {
        self.change(broker, None, |coordinator, _, effects| {
            coordinator.delete_offsets(group, partitions, effects)
        })
    }

    /// DeleteGroups: what became of each. Each goes by itself: what cannot be written of one holds up no other.
    pub(crate) fn delete(&self, broker: &Arc<Broker>, groups: &[&str]) -> BoxFuture<'static, Vec<ErrorCode>> {
        let delete = |group: &&str| {
            self.change(broker, None, |coordinator, _, effects| coordinator.delete_group(group, effects))
        };
        let deleted: Vec<Later<()>> = groups.iter().map(delete).collect();
        Box::pin(async move {
            let mut codes = Vec::with_capacity(deleted.len());
            for deleted in deleted {
                codes.push(deleted.await.err().unwrap_or(ErrorCode::None));
            }
            codes
        })
    }

    /// All groups, by id.
    pub(crate) fn list(&self) -> Vec<ListedGroup> {
        self.lock().coordinator.list()
    }

    /// A classic group.
    pub(crate) fn describe(&self, group: &str) -> Result<DescribedGroup, ErrorCode> {
        self.lock().coordinator.describe(group)
    }

    /// A consumer group.
    pub(crate) fn describe_consumers(
        &self,
        broker: &Arc<Broker>,
        group: &str,
    ) -> Result<DescribedConsumerGroup, ErrorCode> {
        self.look_at_topics(broker);
        self.lock().coordinator.describe_consumers(group)
    }

    /// Sees to it that the coordinator knows of the topics what the catalog does.
    fn look_at_topics(&self, broker: &Arc<Broker>) {
        // 0 is for "never looked". The version is read first: the topics may be newer, never older.
        let version = broker.catalog.changes().borrow().saturating_add(1);
        if self.lock().coordinator.topics.version == version {
            return;
        }
        let image = broker.catalog.image();
        let topics = image.topics.values();
        let topics = topics.map(|topic| (topic.name.clone(), topic.id, topic.partition_count()));
        let topics = Arc::new(topics::Topics::new(version, topics));
        let own = image.settings.iter().filter(|((kind, _), _)| *kind == resource_type::GROUP);
        let own = own.map(|((_, group), settings)| (group.clone(), own_setting(settings))).collect();
        let mut shared = self.lock();
        if shared.coordinator.topics.version < version {
            shared.coordinator.topics = topics;
            shared.coordinator.own_settings = own;
        }
    }

    /// Called by the transaction coordinator once the marker of this producer's transaction is in
    /// `__consumer_offsets`: pending offsets become committed ones, or go.
    pub(crate) fn transaction_ended(&self, producer_id: i64, committed: bool) {
        self.lock().coordinator.offsets.transaction_ended(producer_id, committed);
    }

    /// Called when a topic is gone: its committed offsets go too. Resolves when that is on the disk.
    pub(crate) fn topic_deleted(&self, broker: &Arc<Broker>, topic: &str) -> Later<()> {
        self.change(broker, None, |coordinator, _, effects| {
            coordinator.topic_deleted(topic, effects);
            Ok(())
        })
    }

    /// Forgets the offsets of topics that are gone: a kill may have come after a topic's end and before that of its offsets.
    fn forget_gone_topics(&self, broker: &Arc<Broker>) {
        self.look_at_topics(broker);
        drop(self.change(broker, None, |coordinator, _, effects| {
            coordinator.forget_gone_topics(effects);
            Ok(())
        }));
    }

    /// Does what is due, or as much of it as there may be in one turn; says how long it is to the next deadline.
    fn expire(&self, broker: &Arc<Broker>) -> Duration {
        for _ in 0..DUE_PER_TURN {
            if self.until_due_ms(broker) > 0 {
                break;
            }
            drop(self.change(broker, None, |coordinator, now, effects| {
                coordinator.expire(now, effects);
                Ok(())
            }));
        }
        Duration::from_millis(self.until_due_ms(broker).clamp(1, 3_600_000).unsigned_abs())
    }

    fn until_due_ms(&self, broker: &Arc<Broker>) -> i64 {
        let next_ms = self.lock().coordinator.deadlines.next_ms().unwrap_or(i64::MAX);
        next_ms.saturating_sub(now(&*broker.clock).elapsed_ms)
    }

    /// Asks for something that other members may have to come for.
    fn ask(
        &self,
        broker: &Arc<Broker>,
        operation: impl FnOnce(&mut Coordinator, Ticket, Now, &mut Effects),
    ) -> Later<Answer> {
        let (sender, receiver) = oneshot::channel();
        let log = broker.catalog.state_log(CONSUMER_OFFSETS);
        if let Some(log) = &log {
            self.change_now(broker, log, None, |shared, now, effects| {
                let ticket = Ticket(shared.next_ticket);
                shared.next_ticket += 1;
                shared.waiting.insert(ticket, sender);
                operation(&mut shared.coordinator, ticket, now, effects);
                Ok(())
            })
            .unwrap_or_default();
        }
        Box::pin(async move {
            let log = log.ok_or(ErrorCode::CoordinatorNotAvailable)?;
            let sent = receiver.await.map_err(|_| ErrorCode::CoordinatorNotAvailable)?;
            on_disk(log, sent.written).await?;
            Ok(sent.answer)
        })
    }

    /// Changes the state, or reads it; resolves when it is on the disk.
    fn change<T: Send + 'static>(
        &self,
        broker: &Arc<Broker>,
        producer: Option<Producer>,
        operation: impl FnOnce(&mut Coordinator, Now, &mut Effects) -> Result<T, ErrorCode>,
    ) -> Later<T> {
        let log = broker.catalog.state_log(CONSUMER_OFFSETS).ok_or(ErrorCode::CoordinatorNotAvailable);
        let done = log.and_then(|log| {
            let operation = |shared: &mut Shared, now: Now, effects: &mut Effects| {
                operation(&mut shared.coordinator, now, effects)
            };
            let value = self.change_now(broker, &log, producer, operation)?;
            let written = self.lock().written;
            Ok((value, on_disk(log, written)))
        });
        Box::pin(async move {
            let (value, on_disk) = done?;
            on_disk.await?;
            Ok(value)
        })
    }

    /// Changes the state and writes what is to be kept of it.
    fn change_now<T>(
        &self,
        broker: &Arc<Broker>,
        log: &StateLog,
        producer: Option<Producer>,
        operation: impl FnOnce(&mut Shared, Now, &mut Effects) -> Result<T, ErrorCode>,
    ) -> Result<T, ErrorCode> {
        let now = now(&*broker.clock);
        let mut shared = self.lock();
        let before_ms = shared.coordinator.deadlines.next_ms();
        let mut effects = Effects::default();
        let value = operation(&mut shared, now, &mut effects);
        let kept = shared.keep(log, producer, now, effects);
        let after_ms = shared.coordinator.deadlines.next_ms();
        drop(shared);
        if after_ms.is_some_and(|after_ms| before_ms.is_none_or(|before_ms| after_ms < before_ms)) {
            self.earlier.notify_one();
        }
        kept.and(value)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A group's offsets, as OffsetFetch looks at them.
pub(crate) trait CommittedOffsets {
    /// The offset of this partition, if it is one of the topic that has this name now.
    fn get(&self, topic: &str, partition: i32) -> Option<&Committed>;
    /// Whether an open transaction will change it.
    fn is_pending(&self, topic: &str, partition: i32) -> bool;
    /// All that is committed.
    fn all(&self) -> Vec<(&str, i32, &Committed)>;
}

struct GroupOffsets<'a> {
    coordinator: &'a Coordinator,
    group: &'a str,
}

impl CommittedOffsets for GroupOffsets<'_> {
    fn get(&self, topic: &str, partition: i32) -> Option<&Committed> {
        let committed = self.coordinator.offsets.committed(self.group, topic, partition);
        committed.filter(|offset| self.coordinator.topics.is_id_of(offset.topic_id, topic))
    }

    fn is_pending(&self, topic: &str, partition: i32) -> bool {
        self.coordinator.offsets.is_pending(self.group, topic, partition)
    }

    fn all(&self) -> Vec<(&str, i32, &Committed)> {
        let topics = self.coordinator.offsets.all(self.group).into_iter().flatten();
        topics
            .flat_map(|(topic, partitions)| {
                partitions.iter().map(move |(&partition, offset)| (topic.as_str(), partition, offset))
            })
            .filter(|(topic, _, offset)| self.coordinator.topics.is_id_of(offset.topic_id, topic))
            .collect()
    }
}

/// What this group is told instead of what all are.
fn own_setting(settings: &BTreeMap<String, String>) -> settings::OwnSetting {
    let number = |name: &str| settings.get(name).and_then(|value| value.parse().ok());
    settings::OwnSetting {
        session_timeout_ms: number("consumer.session.timeout.ms"),
        heartbeat_interval_ms: number("consumer.heartbeat.interval.ms"),
    }
}

/// Begins the background work: session timeouts, expiry of offsets.
pub(crate) fn start(broker: &Arc<Broker>) {
    broker.groups.forget_gone_topics(broker);
    tokio::spawn(keep_time(Arc::clone(broker)));
}

async fn keep_time(broker: Arc<Broker>) {
    let closing = broker.closing();
    tokio::pin!(closing);
    loop {
        let wait = broker.groups.expire(&broker);
        tokio::select! {
            () = &mut closing => return,
            () = broker.groups.earlier.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Resolves when this offset is on the disk.
async fn on_disk(log: StateLog, offset: i64) -> Result<(), ErrorCode> {
    if offset < 0 {
        return Ok(());
    }
    log.durable(offset).await.map_err(|_| ErrorCode::NotCoordinator)
}

fn now(clock: &dyn Clock) -> Now {
    Now {
        elapsed_ms: i64::try_from(clock.elapsed().as_millis()).unwrap_or(i64::MAX / 4),
        wall_ms: clock.now().as_millisecond(),
    }
}
