//! What is known of records: what was sent, what its producer was told, and what readers saw where.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::client::Code;
use super::reader::{View, What};
use super::topics::{Keeping, Topic};
use super::transactions::Fate;

/// A partition of a topic that was created once: its name may come back, its id does not.
pub(super) type PartitionId = (Uuid, i32);

/// What a producer was told of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It was refused for what it is: nobody ever sees it.
    Refused,
    /// Nothing, or that something went wrong: it may be there or not.
    Nothing,
    /// It is written, at this offset (acks=1).
    Written(i64),
    /// It is on the disk, at this offset (acks=all).
    Synced(i64),
    /// It was written at this offset when the commit of its transaction was asked for, and then the power was cut.
    IfCommitted(i64),
}

impl Told {
    /// Where it must be.
    pub(super) fn offset(self) -> Option<i64> {
        match self {
            Self::Refused | Self::Nothing | Self::IfCommitted(_) => None,
            Self::Written(offset) | Self::Synced(offset) => Some(offset),
        }
    }

    /// Where it must be if its transaction is committed.
    pub(super) fn offset_if_committed(self) -> Option<i64> {
        if let Self::IfCommitted(offset) = self { Some(offset) } else { self.offset() }
    }
}

/// A record that was sent.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) partition: PartitionId,
    pub(super) key: Vec<u8>,
    pub(super) value: Option<Vec<u8>>,
    /// Which instance of a producer sent it: each sends in order.
    pub(super) writer: usize,
    pub(super) transaction: Option<usize>,
    pub(super) sent_ms: i64,
    pub(super) told: Told,
}

/// What readers saw of a partition.
#[derive(Debug)]
struct Log {
    topic: &'static Topic,
    /// For good: whoever reads this offset later reads the same, or nothing.
    seen: BTreeMap<i64, What>,
    places: BTreeMap<usize, i64>,
    /// Readers were told of offsets up to here.
    high_watermark: i64,
    /// Records were deleted by request: surely up to here, and perhaps up to there.
    deleted: (i64, i64),
}

/// All records of a history.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) sent: Vec<Record>,
    logs: BTreeMap<PartitionId, Log>,
    /// The disk has lied about a sync since the broker was started: what nobody waited for may go with the process.
    pub(super) sync_failed: bool,
}

impl Records {
    pub(super) fn know(&mut self, partition: PartitionId, topic: &'static Topic) {
        self.logs.entry(partition).or_insert_with(|| Log {
            topic,
            seen: BTreeMap::new(),
            places: BTreeMap::new(),
            high_watermark: 0,
            deleted: (0, 0),
        });
    }

    fn log(&self, partition: PartitionId) -> &Log {
        self.logs.get(&partition).expect("partitions are made known before they are used")
    }

    fn log_mut(&mut self, partition: PartitionId) -> &mut Log {
        self.logs.get_mut(&partition).expect("partitions are made known before they are used")
    }

    pub(super) fn high_watermark(&self, partition: PartitionId) -> i64 {
        self.log(partition).high_watermark
    }

    /// The answer to a request that sent these records, in one batch.
    pub(super) fn answered(&mut self, ids: &[usize], acks: i16, base_offset: i64) {
        for (&id, offset) in ids.iter().zip(base_offset..) {
            let record = &mut self.sent[id];
            if let Some(before) = record.told.offset() {
                assert_eq!(before, offset, "{id} was sent twice and is at two offsets: {record:?}");
            }
            let partition = record.partition;
            if acks == -1 {
                record.told = Told::Synced(offset);
                let log = self.log_mut(partition);
                log.high_watermark = log.high_watermark.max(offset + 1);
            } else if !matches!(record.told, Told::Synced(_)) {
                record.told = Told::Written(offset);
            }
        }
    }

    /// The records were refused for what they are. That they are out of order may be only if some before them are lost.
    pub(super) fn refused(&mut self, ids: &[usize], code: Code) {
        for &id in ids {
            let record = &self.sent[id];
            let unsure = |other: &Record| {
                (other.writer, other.partition) == (record.writer, record.partition)
                    && other.told.offset().is_none()
            };
            let out_of_order = watershed_protocol::ErrorCode::OutOfOrderSequenceNumber.code();
            assert!(
                code != out_of_order || self.sent[..id].iter().any(unsure),
                "{id} is out of order though all before it were acknowledged: {record:?}"
            );
            self.sent[id].told = Told::Refused;
        }
    }

    /// The power was cut: what nobody waited for, and nobody could read, may be lost, unless its transaction is committed.
    pub(super) fn power_was_cut(&mut self, fate: impl Fn(usize) -> Fate) {
        for record in &mut self.sent {
            if let Told::Written(offset) = record.told
                && self.logs[&record.partition].high_watermark <= offset
            {
                let fate = record.transaction.map(&fate);
                let may_be_committed = matches!(fate, Some(Fate::Committed | Fate::Unknown));
                record.told = if may_be_committed { Told::IfCommitted(offset) } else { Told::Nothing };
            }
        }
    }

    /// A commit that was asked for more than once worked: perhaps after the power was cut.
    pub(super) fn committed_late(&mut self, transaction: usize) {
        for record in self.sent.iter_mut().filter(|record| record.transaction == Some(transaction)) {
            if matches!(record.told, Told::IfCommitted(_)) {
                record.told = Told::Nothing;
            }
        }
    }

    /// DeleteRecords was asked for, and perhaps answered.
    pub(super) fn deleted(&mut self, partition: PartitionId, offset: i64, is_sure: bool) {
        let deleted = &mut self.log_mut(partition).deleted;
        deleted.1 = deleted.1.max(offset);
        if is_sure {
            deleted.0 = deleted.0.max(offset);
        }
    }

    /// Readers saw this: never anything else from now on.
    pub(super) fn saw(&mut self, partition: PartitionId, view: &View) {
        let log = self.logs.get_mut(&partition).expect("partitions are made known before they are used");
        let shown = log.high_watermark;
        assert!(view.high_watermark >= shown, "the high watermark was {shown}: {view:?}");
        log.high_watermark = view.high_watermark;
        let mut last_of: BTreeMap<usize, usize> = BTreeMap::new();
        let mut last_offset = -1;
        for (offset, what) in &view.found {
            assert!(*offset > last_offset && *offset < view.high_watermark, "{offset} in {view:?}");
            last_offset = *offset;
            let before = log.seen.entry(*offset).or_insert_with(|| what.clone());
            assert_eq!(before, what, "another record was at offset {offset} of {partition:?}");
            let What::Record { id, key, value, timestamp_ms } = what else { continue };
            let record = &self.sent[*id];
            assert_eq!((&record.partition, &record.key, &record.value), (&partition, key, value), "{id}");
            let is_time = if log.topic.stamps() {
                record.sent_ms <= *timestamp_ms
            } else {
                record.sent_ms == *timestamp_ms
            };
            assert!(is_time, "{id} has the time {timestamp_ms}: {record:?}");
            assert_ne!(record.told, Told::Refused, "{id} at offset {offset}: {record:?}");
            let place = *log.places.entry(*id).or_insert(*offset);
            assert_eq!(
                (place, record.told.offset().unwrap_or(place)),
                (*offset, *offset),
                "{id}: {record:?}"
            );
            if let Some(last) = last_of.insert(record.writer, *id) {
                assert!(last < *id, "{id} comes behind {last}, which its producer sent later: {record:?}");
            }
        }
    }

    /// All that was acknowledged is there, in what was read from the log's start on, but for what may be gone.
    pub(super) fn check_all(&self, partition: PartitionId, view: &View, now_ms: i64) {
        let log = self.log(partition);
        if log.topic.keeping == Keeping::LastOfEachKey {
            return;
        }
        let (sure, most) = log.deleted;
        assert!(view.log_start >= sure, "{partition:?} begins before what was deleted, {sure}: {view:?}");
        if log.topic.keeping == Keeping::All {
            assert!(view.log_start <= most, "{partition:?} begins behind what was deleted, {most}: {view:?}");
        }
        let offsets = view.found.iter().map(|(offset, _)| *offset);
        assert!(offsets.eq(view.log_start..view.high_watermark), "{partition:?} has a gap: {view:?}");
        let of_partition = self.sent.iter().enumerate().filter(|(_, record)| record.partition == partition);
        for (id, record) in of_partition {
            let Some(offset) = record.told.offset() else { continue };
            if offset >= view.log_start {
                assert!(log.places.contains_key(&id), "{id} is lost: {record:?} {view:?}");
                assert!(offset < view.high_watermark, "{id} is lost: {record:?} {view:?}");
            } else if let Keeping::Milliseconds(keeping_ms) = log.topic.keeping {
                let is_old = record.sent_ms + keeping_ms < now_ms;
                assert!(is_old || offset < most, "{id} was deleted too early, at {now_ms}: {record:?}");
            }
        }
    }

    /// Whether a record must be readable at the moment, if nothing but its transaction could hide it.
    pub(super) fn is_kept(&self, id: usize, log_starts: &BTreeMap<PartitionId, i64>) -> bool {
        let record = &self.sent[id];
        let Some(&log_start) = log_starts.get(&record.partition) else { return false };
        let is_compacted = self.log(record.partition).topic.keeping == Keeping::LastOfEachKey;
        !is_compacted && record.told.offset_if_committed().is_some_and(|offset| offset >= log_start)
    }

    /// Who reads to the end of a compacted partition has for each key the last value that counts, or a later one.
    pub(super) fn check_last_of_each_key(
        &self,
        partition: PartitionId,
        view: &View,
        counts: impl Fn(&Record) -> bool,
    ) {
        if self.log(partition).topic.keeping != Keeping::LastOfEachKey {
            return;
        }
        let mut last: BTreeMap<&[u8], i64> = BTreeMap::new();
        for (offset, what) in &view.found {
            if let What::Record { key, .. } = what {
                last.insert(key, *offset);
            }
        }
        let of_partition = self.sent.iter().filter(|record| record.partition == partition && counts(record));
        for record in of_partition {
            let Some(offset) = record.told.offset() else { continue };
            assert!(offset < view.high_watermark, "{record:?} is lost: {view:?}");
            if offset >= view.last_stable {
                continue;
            }
            match last.get(&record.key[..]) {
                Some(&last) => assert!(last >= offset, "an older value than {record:?} came back: {view:?}"),
                None => {
                    let is_gone = self.has_tombstone_from(partition, &record.key, offset);
                    assert!(is_gone, "{record:?} is lost, with its key: {view:?}");
                }
            }
        }
    }

    /// Whether a tombstone of the key may be at this offset or behind it.
    fn has_tombstone_from(&self, partition: PartitionId, key: &[u8], offset: i64) -> bool {
        self.sent.iter().enumerate().any(|(id, record)| {
            let place = record.told.offset().or_else(|| self.log(partition).places.get(&id).copied());
            record.partition == partition
                && record.key == key
                && record.value.is_none()
                && record.told != Told::Refused
                && place.is_none_or(|place| place >= offset)
        })
    }
}
