//! One history: a disk, brokers that live on it one after the other, and what their clients know.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::client::{self, Place};
use super::offsets::Offsets;
use super::producing::{Idempotent, Sending};
use super::reader::{self, Isolation, What};
use super::records::{PartitionId, Records};
use super::step::{End, GROUPS, IDEMPOTENT_CLIENTS, Step, Who};
use super::topics::{FLEETING, PLACES, TOPICS};
use super::transactions::{Client, Fate, Protocol, Transactions};
use crate::api::harness::{Harness, PausedClock};
use crate::broker::Broker;
use crate::disk::{Fault, SimulatedDisk};
use crate::options::{Blocking, Options};

/// Between the end of a broker and the start of the next one.
const PAUSE_MS: i64 = 1_000;

/// What is known of the topic that comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Existence {
    Sure(Uuid),
    Gone,
    Unknown,
}

/// How a life ended, and how the next one begins.
#[derive(Debug, Clone, Copy)]
struct Ending {
    end: End,
    stop_after: Option<u64>,
}

#[derive(Debug)]
pub(super) struct History {
    disk: SimulatedDisk,
    now_ms: i64,
    pub(super) records: Records,
    pub(super) transactions: Transactions,
    pub(super) offsets: Offsets,
    pub(super) idempotent: [Idempotent; IDEMPOTENT_CLIENTS],
    pub(super) clients: [Client; 3],
    writers: usize,
    next_offset: i64,
    pub(super) topics: BTreeMap<&'static str, Uuid>,
    fleeting: Existence,
    deleted: BTreeSet<Uuid>,
    /// How the machine goes down if it stops by itself.
    stop: End,
    followed: bool,
}

impl History {
    fn new(seed: u64, followed: bool) -> Self {
        Self {
            disk: SimulatedDisk::new(seed),
            now_ms: 1_700_000_000_000,
            records: Records::default(),
            transactions: Transactions::default(),
            offsets: Offsets::default(),
            idempotent: Default::default(),
            clients: [
                Client::new("first", Protocol::Classic),
                Client::new("second", Protocol::EpochPerTransaction),
                Client::new("third", Protocol::EpochPerTransaction),
            ],
            writers: 0,
            next_offset: 0,
            topics: BTreeMap::new(),
            fleeting: Existence::Unknown,
            deleted: BTreeSet::new(),
            stop: End::Kill,
            followed,
        }
    }

    /// Runs it to its end.
    pub(super) fn run(seed: u64, steps: &[Step], followed: bool) {
        let mut history = Self::new(seed, followed);
        let mut steps = steps.iter();
        history.live(None, async |_, harness| {
            for topic in &TOPICS {
                let created =
                    client::create_topic(harness, topic.name, topic.partitions, topic.settings).await;
                assert_eq!(created, Ok(()), "{topic:?}");
            }
            Ending { end: End::PowerCut, stop_after: None }
        });
        let mut stop_after = None;
        while !steps.as_slice().is_empty() {
            let ending = history.live(stop_after, async |history, harness| {
                history.check(harness).await;
                history.follow(harness, &mut steps).await
            });
            stop_after = ending.stop_after;
        }
        history.live(None, async |history, harness| {
            // All transactions that nobody ends are aborted by then.
            wait(u64::from(client::TRANSACTION_TIMEOUT_MS.unsigned_abs()) + 1_000).await;
            history.check(harness).await;
            history.check_nothing_is_open(harness).await;
            Ending { end: End::Kill, stop_after: None }
        });
    }

    /// A broker from its start to its end.
    fn live(
        &mut self,
        stop_after: Option<u64>,
        work: impl AsyncFnOnce(&mut Self, &Harness) -> Ending,
    ) -> Ending {
        self.now_ms += PAUSE_MS;
        self.records.sync_failed = false;
        self.disk.set_capacity(None);
        if let Some(changes) = stop_after {
            self.disk.stop_after(changes);
        }
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let ending = runtime.block_on(async {
            let clock = Arc::new(PausedClock::at(Timestamp::from_millisecond(self.now_ms).unwrap()));
            let broker = match Broker::open(options(), Arc::new(self.disk.clone()), clock).await {
                Ok(broker) if !self.disk.has_stopped() => broker,
                Err(error) if !self.disk.has_stopped() => panic!("the broker does not start: {error}"),
                _ => return Ending { end: self.stop, stop_after: None },
            };
            self.disk.stop_after(u64::MAX);
            let harness = Harness::around(Arc::clone(&broker));
            let mut ending = work(self, &harness).await;
            if ending.end == End::Close {
                broker.close().await;
            }
            if self.disk.has_stopped() {
                ending.end = self.stop;
            }
            self.now_ms = broker.now_ms();
            ending
        });
        drop(runtime);
        self.note(&ending);
        if ending.end == End::PowerCut || self.records.sync_failed {
            self.records.power_was_cut(|transaction| self.transactions.fate(transaction));
        }
        self.stop = ending.end;
        match ending.end {
            End::Kill => self.disk.kill(),
            End::PowerCut | End::Close => self.disk.power_cut(),
        }
        ending
    }

    /// Takes steps until the broker ends, or there are no more.
    async fn follow(&mut self, harness: &Harness, steps: &mut std::slice::Iter<'_, Step>) -> Ending {
        for step in steps {
            self.note(step);
            if let Step::Restart { end, stop_after } = *step {
                return Ending { end, stop_after };
            }
            self.take(harness, step).await;
            if self.disk.has_stopped() {
                break;
            }
        }
        Ending { end: End::Kill, stop_after: None }
    }

    async fn take(&mut self, harness: &Harness, step: &Step) {
        match *step {
            Step::Produce { who, to, also, ref records, acks, codec } => {
                let places = [Some(to), also].into_iter().flatten().map(|at| PLACES[at]);
                let places: Vec<Place> = places.filter(|place| self.topics.contains_key(place.0)).collect();
                if !places.is_empty() {
                    self.produce(harness, who, Sending { places: &places, records, acks, codec }).await;
                }
            }
            Step::Resend { client, to, back, acks } if self.topics.contains_key(PLACES[to].0) => {
                self.resend(harness, client, PLACES[to], back, acks).await;
            }
            Step::Init(client) => self.init(harness, client).await,
            Step::ProduceFenced { client, to } if self.topics.contains_key(PLACES[to].0) => {
                self.produce_fenced(harness, client, PLACES[to]).await;
            }
            Step::Resend { .. } | Step::ProduceFenced { .. } | Step::Restart { .. } => {}
            Step::CommitInTransaction { client, group, partition } => {
                self.commit_in_transaction(harness, client, GROUPS[group], ("plain", partition)).await;
            }
            Step::EndTransaction { client, commit } => self.end_transaction(harness, client, commit).await,
            Step::Commit { group, partition } => {
                let (group, place, offset) = (GROUPS[group], ("plain", partition), self.new_offset());
                let committed = client::commit(harness, group, place, offset).await;
                self.offsets.tried(group, place, offset, committed.is_ok(), None);
            }
            Step::FetchOffset { group, partition } => {
                self.look_at_offset(harness, GROUPS[group], ("plain", partition)).await;
            }
            Step::DeleteGroup(group) => {
                let deleted = client::delete_group(harness, GROUPS[group]).await;
                if deleted != Err(ErrorCode::GroupIdNotFound.code()) {
                    self.offsets.tried_to_delete(GROUPS[group], deleted.is_ok());
                }
            }
            Step::DeleteRecords { at, back } => self.delete_records(harness, PLACES[at], back).await,
            Step::CreateTopic | Step::DeleteTopic => self.change_topic(harness, step).await,
            Step::Read { at, back, committed_only, bytes_max } => {
                let isolation = if committed_only { Isolation::Committed } else { Isolation::All };
                self.look(harness, PLACES[at], back, isolation, bytes_max).await;
            }
            Step::WaitMilliseconds(milliseconds) => wait(milliseconds).await,
            Step::WriteFails(after) => self.disk.fail(Fault::Write(after)),
            Step::SyncFails(after) => {
                self.records.sync_failed = true;
                self.disk.fail(Fault::Sync(after));
            }
            Step::ReadFails(after) => self.disk.fail(Fault::Read(after)),
            Step::DiskFull => self.disk.set_capacity(Some(self.disk.used_bytes())),
            Step::DiskHasRoom => self.disk.set_capacity(None),
            Step::StopAfter { changes, power_cut } => {
                self.stop = if power_cut { End::PowerCut } else { End::Kill };
                self.disk.stop_after(changes);
            }
        }
    }

    async fn produce(&mut self, harness: &Harness, who: Who, sending: Sending<'_>) {
        // Only who does not care for duplicates may go without an answer.
        let cares = Sending { acks: if sending.acks == 0 { -1 } else { sending.acks }, ..sending };
        match who {
            Who::Anybody => self.produce_plain(harness, sending).await,
            Who::Idempotent(client) => self.produce_idempotent(harness, client, cares).await,
            Who::Transactional(client) => self.produce_in_transaction(harness, client, cares).await,
        }
    }

    async fn delete_records(&mut self, harness: &Harness, place: Place, back: i64) {
        if !self.topics.contains_key(place.0) {
            return;
        }
        let partition = self.partition(place);
        // -1 is for all that there is.
        let offset = (self.records.high_watermark(partition) - back).max(-1);
        let deleted = client::delete_records(harness, place, offset).await;
        let beyond = [ErrorCode::OffsetOutOfRange.code(), ErrorCode::PolicyViolation.code()];
        match deleted {
            Ok(low_watermark) => {
                assert!(low_watermark >= offset, "{low_watermark} is before {offset}");
                self.records.deleted(partition, low_watermark, true);
            }
            Err(code) if beyond.contains(&code) => {}
            Err(_) => {
                self.records.deleted(partition, if offset < 0 { i64::MAX } else { offset }, false);
            }
        }
    }

    async fn change_topic(&mut self, harness: &Harness, step: &Step) {
        let is_creation = matches!(step, Step::CreateTopic);
        let (changed, refused) = if is_creation {
            (client::create_topic(harness, FLEETING, 1, &[]).await, ErrorCode::TopicAlreadyExists)
        } else {
            (client::delete_topic(harness, FLEETING).await, ErrorCode::UnknownTopicOrPartition)
        };
        if changed == Err(refused.code()) {
            return;
        }
        self.fleeting = Existence::Unknown;
        if changed.is_ok() && !is_creation {
            self.deleted.extend(self.topics.remove(FLEETING));
            self.fleeting = Existence::Gone;
        }
        if self.disk.has_stopped() {
            return;
        }
        self.look_at_topics(harness).await;
        if changed.is_ok() && is_creation {
            self.fleeting = Existence::Sure(self.topics[FLEETING]);
        }
    }

    /// A reader looks at what there is while other things go on.
    async fn look(
        &mut self,
        harness: &Harness,
        place: Place,
        back: i64,
        isolation: Isolation,
        bytes_max: i32,
    ) {
        if !self.topics.contains_key(place.0) {
            return;
        }
        let partition = self.partition(place);
        let from = (self.records.high_watermark(partition) - back).max(0);
        let view = match reader::read(harness, place, from, isolation, bytes_max).await {
            Ok(view) => view,
            Err(code) => {
                assert_ne!(code, ErrorCode::CorruptMessage.code(), "{place:?} from {from} on");
                return;
            }
        };
        self.records.saw(partition, &view);
        if isolation == Isolation::Committed {
            assert!(view.found.iter().all(|(offset, _)| *offset < view.last_stable), "{view:?}");
            for transaction in self.transactions_in(&view.found) {
                let fate = self.transactions.fate(transaction);
                assert!(
                    matches!(fate, Fate::Committed | Fate::Unknown),
                    "{transaction} is {fate:?}: {view:?}"
                );
            }
        }
    }

    pub(super) fn transactions_in(&self, found: &[(i64, What)]) -> BTreeSet<usize> {
        let ids = found.iter().filter_map(|(_, what)| match what {
            What::Record { id, .. } => Some(*id),
            What::Marker { .. } => None,
        });
        ids.filter_map(|id| self.records.sent[id].transaction).collect()
    }

    /// Learns which topics there are.
    pub(super) async fn look_at_topics(&mut self, harness: &Harness) {
        let found: BTreeMap<String, Uuid> = client::topics(harness).await.into_iter().collect();
        for topic in &TOPICS {
            let Some(&id) = found.get(topic.name) else {
                let may_be_gone = topic.name == FLEETING && !matches!(self.fleeting, Existence::Sure(_));
                assert!(may_be_gone, "the topic {} is lost", topic.name);
                self.topics.remove(topic.name);
                continue;
            };
            assert!(!self.deleted.contains(&id), "the topic {} came back", topic.name);
            let known = self.topics.insert(topic.name, id);
            if topic.name != FLEETING {
                assert!(known.is_none_or(|known| known == id), "the topic {} is another", topic.name);
            } else if let Existence::Sure(known) = self.fleeting {
                assert_eq!(known, id, "the topic {} is another", topic.name);
            } else {
                assert_ne!(self.fleeting, Existence::Gone, "the topic {} came back", topic.name);
            }
            for partition in 0..topic.partitions {
                self.records.know((id, partition), topic);
            }
        }
    }

    pub(super) fn partition(&self, place: Place) -> PartitionId {
        (self.topics[place.0], place.1)
    }

    pub(super) fn new_writer(&mut self) -> usize {
        self.writers += 1;
        self.writers
    }

    pub(super) fn new_offset(&mut self) -> i64 {
        self.next_offset += 1;
        self.next_offset
    }

    /// With a seed of one's own, what happens can be followed.
    fn note(&self, what: &dyn std::fmt::Debug) {
        if self.followed {
            eprintln!("{what:?}");
        }
    }
}

/// Lets time pass, and all that is due in it happen.
pub(super) async fn wait(milliseconds: u64) {
    tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
}

fn options() -> Options {
    let mut options =
        Options { blocking: Blocking::Inline, auto_create_topics: false, ..Options::new("data") };
    for (name, value) in [
        ("log.retention.check.interval.ms", "7000"),
        ("log.cleaner.backoff.ms", "5000"),
        ("log.cleaner.min.cleanable.ratio", "0.2"),
        ("log.flush.offset.checkpoint.interval.ms", "9000"),
        ("offsets.topic.segment.bytes", "1500"),
        ("transaction.state.log.segment.bytes", "1500"),
    ] {
        options.settings.set(name, value).unwrap();
    }
    options
}
