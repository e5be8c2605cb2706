//! Fetch: versions 4 to 18.
//!
//! Records are sent as ranges of the segments' files. A fetch that finds less than `min_bytes` waits, without a thread
//! and without polling, until the high watermark or the last stable offset of one of its partitions moves, or its time is up.
//!
//! Gaps: followers do not exist, so a replica id is taken as a consumer's; there are no preferred read replicas, no
//! snapshots, no throttling; no conversion to older batch formats.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::FetchRequest;

use super::fetch_sessions::{Plan, SessionAsk, Told, TopicKey, Wanted};
use super::{Call, Frame, Reply, ReplyTo};
use crate::broker::Broker;
use crate::partition::Partition;
use crate::partition::aborted::AbortedTransaction;
use crate::partition::lookup::Needs;
use crate::partition::read::{Range, ReadBound, ReadError, Slice};

mod respond;

/// From this version on topics are named by their ids (KIP-516).
const FIRST_WITH_TOPIC_IDS: i16 = 13;
/// The isolation level of read_committed.
const READ_COMMITTED: i8 = 1;
/// The epoch of a request that comes without one.
const NO_EPOCH: i32 = -1;

/// A fetch, with all that it needs to go on without its request.
struct Fetch {
    broker: Arc<Broker>,
    to: ReplyTo,
    /// 0: none.
    session_id: i32,
    incremental: bool,
    wanted: Vec<(Wanted, Option<Told>)>,
    committed_only: bool,
    bytes_min: usize,
    bytes_max: usize,
    deadline: Instant,
}

/// What a look may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Nothing that blocks.
    Memory,
    /// It is done where it may block.
    Disk,
}

/// What there is of one partition.
#[derive(Debug)]
struct Found {
    topic: TopicKey,
    partition: i32,
    code: ErrorCode,
    offsets: Told,
    leader_epoch: i32,
    /// The epoch, and where it ends, at which the client's log and this one part (KIP-595).
    diverging: Option<(i32, i64)>,
    aborted: Option<Vec<(i64, i64)>>,
    slice: Option<Slice>,
    /// Whether the client of an incremental session needs to hear of it.
    news: bool,
    /// The partition, if it holds records behind these that become visible with a sync.
    unsynced: Option<Arc<Partition>>,
}

pub(super) async fn answer(call: &Call<'_>, request: &FetchRequest<'_>) -> Reply {
    let by_id = call.version() >= FIRST_WITH_TOPIC_IDS;
    let ask = SessionAsk { id: request.session_id, epoch: request.session_epoch, by_id };
    let forgotten = forgotten(request, by_id);
    let plan = call.broker.fetch_sessions.plan(ask, wanted(request, by_id), &forgotten, call.broker.now_ms());
    let untold = |wanted: Vec<Wanted>| wanted.into_iter().map(|wanted| (wanted, None)).collect();
    let (session_id, incremental, wanted) = match plan {
        Ok(Plan::Sessionless(wanted)) => (0, false, untold(wanted)),
        Ok(Plan::Full { id, wanted }) => (id, false, untold(wanted)),
        Ok(Plan::Incremental { id, wanted }) => (id, true, wanted),
        Err(code) => return call.reply(&respond::refusal(code)),
    };
    let wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
    let fetch = Arc::new(Fetch {
        broker: Arc::clone(call.broker),
        to: call.to,
        session_id,
        incremental,
        wanted,
        committed_only: request.isolation_level == READ_COMMITTED,
        bytes_min: usize::try_from(request.min_bytes).unwrap_or(0),
        bytes_max: usize::try_from(request.max_bytes)
            .unwrap_or(0)
            .min(call.broker.options.settings.fetch_bytes_max()),
        deadline: Instant::now() + wait,
    });
    if let Some(found) = fetch.look_in_memory()
        && (wait.is_zero() || fetch.is_enough(&found))
    {
        fetch.ask_for_more(&found);
        return Reply::Now(fetch.finish(&found));
    }
    Reply::Later(Box::pin(fetch.wait()))
}

fn key(name: &str, id: Uuid, by_id: bool) -> TopicKey {
    if by_id { TopicKey::Id(id) } else { TopicKey::Name(name.into()) }
}

fn wanted(request: &FetchRequest<'_>, by_id: bool) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for topic in &request.topics {
        let key = key(topic.topic, topic.topic_id, by_id);
        wanted.extend(topic.partitions.iter().map(|partition| Wanted {
            topic: key.clone(),
            partition: partition.partition,
            offset: partition.fetch_offset,
            bytes_max: partition.partition_max_bytes,
            leader_epoch: partition.current_leader_epoch,
            last_fetched_epoch: partition.last_fetched_epoch,
        }));
    }
    wanted
}

fn forgotten(request: &FetchRequest<'_>, by_id: bool) -> Vec<(TopicKey, i32)> {
    let mut forgotten = Vec::new();
    for topic in &request.forgotten_topics_data {
        let key = key(topic.topic, topic.topic_id, by_id);
        forgotten.extend(topic.partitions.iter().map(|&partition| (key.clone(), partition)));
    }
    forgotten
}

impl Fetch {
    /// Waits until there is enough, or the time is up.
    async fn wait(self: Arc<Self>) -> Frame {
        let moved = Arc::new(Notify::new());
        let closing = self.broker.closing();
        tokio::pin!(closing);
        loop {
            // First the registration, then the look, so that nothing moves unseen between.
            for partition in self.wanted.iter().filter_map(|(wanted, _)| self.partition(wanted).ok()) {
                partition.wake_when_moved(&moved);
            }
            let found = self.look().await;
            self.ask_for_more(&found);
            if self.is_enough(&found) {
                return self.finish(&found);
            }
            let late = tokio::select! {
                () = moved.notified() => false,
                () = tokio::time::sleep_until(self.deadline) => true,
                () = &mut closing => true,
            };
            if late {
                return self.finish(&self.look().await);
            }
        }
    }

    /// Looks at every partition, where it may block if need be.
    async fn look(self: &Arc<Self>) -> Vec<Found> {
        if let Some(found) = self.look_in_memory() {
            return found;
        }
        let fetch = Arc::clone(self);
        let work = move || fetch.look_with(Reading::Disk);
        let found = self.broker.options.blocking.run(work).await;
        found.ok().flatten().unwrap_or_else(|| {
            let failed = |(wanted, _): &(Wanted, _)| Found::nothing(wanted, ErrorCode::UnknownServerError);
            self.wanted.iter().map(failed).collect()
        })
    }

    /// Looks at every partition; `None` if that would read the disk: an index, or bytes that were never checked.
    fn look_in_memory(&self) -> Option<Vec<Found>> {
        self.look_with(Reading::Memory)
    }

    /// Looks at every partition. The first that has records may give one batch that is larger than all limits, so
    /// that every fetch makes progress.
    fn look_with(&self, reading: Reading) -> Option<Vec<Found>> {
        let mut left = self.bytes_max;
        let mut any = false;
        let mut found = Vec::with_capacity(self.wanted.len());
        for (wanted, told) in &self.wanted {
            let mut one = match self.partition(wanted) {
                Ok(partition) => self.look_at(&partition, wanted, (left, !any), reading)?,
                Err(code) => Found::nothing(wanted, code),
            };
            let bytes = one.slice.as_ref().map_or(0, |slice| slice.bytes);
            any |= bytes > 0;
            left = left.saturating_sub(bytes);
            one.news = bytes > 0
                || one.code != ErrorCode::None
                || one.diverging.is_some()
                || *told != Some(one.offsets);
            found.push(one);
        }
        Some(found)
    }

    fn partition(&self, wanted: &Wanted) -> Result<Arc<Partition>, ErrorCode> {
        let catalog = &self.broker.catalog;
        let topic = match &wanted.topic {
            TopicKey::Name(name) => catalog.topic(name).ok_or(ErrorCode::UnknownTopicOrPartition)?,
            TopicKey::Id(id) => catalog.topic_by_id(*id).ok_or(ErrorCode::UnknownTopicId)?,
        };
        let partition = usize::try_from(wanted.partition).ok().and_then(|index| topic.partitions.get(index));
        partition.cloned().ok_or(ErrorCode::UnknownTopicOrPartition)
    }

    /// Looks at one partition, for `left` bytes at most, or one batch if it is larger and that is allowed.
    fn look_at(
        &self,
        partition: &Arc<Partition>,
        wanted: &Wanted,
        (left, at_least_one): (usize, bool),
        reading: Reading,
    ) -> Option<Found> {
        match wanted.leader_epoch {
            NO_EPOCH => {}
            epoch if epoch < partition.leader_epoch => {
                return Some(Found::nothing(wanted, ErrorCode::FencedLeaderEpoch));
            }
            epoch if epoch > partition.leader_epoch => {
                return Some(Found::nothing(wanted, ErrorCode::UnknownLeaderEpoch));
            }
            _ => {}
        }
        let needs = Needs::Offset(wanted.offset);
        let loaded = match reading {
            Reading::Memory => Ok(()),
            Reading::Disk => partition.load(needs),
        };
        let bound = if self.committed_only { ReadBound::LastStable } else { ReadBound::HighWatermark };
        let bytes_max = usize::try_from(wanted.bytes_max).unwrap_or(0).min(left);
        let (offsets, range, aborted, unsynced) = {
            let log = partition.log();
            if reading == Reading::Memory && !log.has(needs) {
                return None;
            }
            let range = log.read(wanted.offset, bound, bytes_max, at_least_one);
            let to = range.as_ref().map_or(wanted.offset, Range::end_offset_max);
            let aborted = self.committed_only.then(|| log.aborted(wanted.offset, to));
            (log.offsets(), range, aborted, log.needs_sync())
        };
        if reading == Reading::Memory && range.as_ref().is_ok_and(|range| !range.is_checked()) {
            return None;
        }
        let range = loaded.map_err(ReadError::from).and(range);
        let mut found = Found::nothing(wanted, ErrorCode::None);
        found.unsynced = unsynced.then(|| Arc::clone(partition));
        found.leader_epoch = partition.leader_epoch;
        found.offsets = Told {
            high_watermark: offsets.high_watermark,
            last_stable_offset: offsets.last_stable,
            log_start_offset: offsets.log_start,
        };
        let pairs = |aborted: Vec<AbortedTransaction>| {
            aborted.iter().map(|aborted| (aborted.producer_id, aborted.first_offset)).collect()
        };
        // What was never checked is read here, with nobody waiting for the partition.
        match range.and_then(Range::checked) {
            Ok(slice) => {
                found.aborted = aborted.map(pairs);
                found.slice = Some(slice).filter(|slice| slice.bytes > 0);
            }
            Err(error) => {
                let code = match &error {
                    ReadError::OutOfRange { .. } => ErrorCode::OffsetOutOfRange,
                    ReadError::Corrupt { .. } => ErrorCode::CorruptMessage,
                    ReadError::Disk(_) => ErrorCode::KafkaStorageError,
                };
                if code == ErrorCode::KafkaStorageError {
                    tracing::error!(partition = %partition.id, offset = wanted.offset, %error, "a fetch failed");
                }
                found.code = code;
            }
        }
        Some(found)
    }

    /// Whether the client need not wait any longer. Where limits have cut what there is, waiting would not add to it.
    fn is_enough(&self, found: &[Found]) -> bool {
        let slices = || found.iter().filter_map(|found| found.slice.as_ref());
        let bytes: usize = slices().map(|slice| slice.bytes).sum();
        let urgent = |found: &Found| found.code != ErrorCode::None || found.diverging.is_some();
        found.is_empty()
            || bytes >= self.bytes_min
            || slices().any(|slice| slice.more)
            || found.iter().any(urgent)
    }

    /// Has that synced which was written and is not visible yet: the client waits for it.
    fn ask_for_more(&self, found: &[Found]) {
        let unsynced = found.iter().filter_map(|found| found.unsynced.as_ref());
        unsynced.for_each(|partition| self.broker.sync_schedule.reader_waits(partition));
    }

    /// Writes the answer, and remembers in the session what it says.
    fn finish(&self, found: &[Found]) -> Frame {
        if self.session_id != 0 {
            let told = found
                .iter()
                .map(|found| ((found.topic.clone(), found.partition), found.offsets, found.slice.is_some()));
            self.broker.fetch_sessions.told(self.session_id, told);
        }
        let answered = found.iter().filter(|found| !self.incremental || found.news);
        respond::respond(self.to, self.session_id, &answered.collect::<Vec<_>>())
    }
}

impl Found {
    fn nothing(wanted: &Wanted, code: ErrorCode) -> Self {
        Self {
            topic: wanted.topic.clone(),
            partition: wanted.partition,
            code,
            offsets: Told { high_watermark: -1, last_stable_offset: -1, log_start_offset: -1 },
            leader_epoch: NO_EPOCH,
            diverging: None,
            aborted: None,
            slice: None,
            news: true,
            unsynced: None,
        }
    }
}

#[cfg(test)]
mod tests;
