//! What must hold when a broker has started again on what was left.

use std::collections::{BTreeMap, BTreeSet};

use super::client::{self, Place};
use super::history::{History, wait};
use super::reader::{self, Isolation, View, What};
use super::records::PartitionId;
use super::step::GROUPS;
use super::topics::PLACES;
use super::transactions::Fate;
use crate::api::harness::Harness;

const EVERYTHING: i32 = 1 << 20;
const EARLIEST: i64 = -2;
const LATEST: i64 = -1;

/// What readers of committed records see of all partitions.
#[derive(Debug, Default)]
struct Seen {
    log_starts: BTreeMap<PartitionId, i64>,
    last_stable: BTreeMap<PartitionId, i64>,
    visible: BTreeSet<usize>,
    views: Vec<(PartitionId, View)>,
}

impl History {
    /// Everything is there that clients were told of, and nothing that was not.
    pub(super) async fn check(&mut self, harness: &Harness) {
        settle(harness).await;
        self.look_at_topics(harness).await;
        let mut seen = Seen::default();
        for place in PLACES.into_iter().filter(|place| self.topics.contains_key(place.0)).collect::<Vec<_>>()
        {
            self.check_partition(harness, place, &mut seen).await;
        }
        let current = self.committed_offsets(harness).await;
        self.check_transactions(&seen, &current);
        for ((group, place), offset) in current {
            self.check_offset(group, place, offset);
        }
        let counts = |transaction: Option<usize>| {
            transaction.is_none_or(|transaction| self.transactions.fate(transaction) == Fate::Committed)
        };
        for (partition, view) in &seen.views {
            self.records.check_last_of_each_key(*partition, view, |record| counts(record.transaction));
        }
    }

    async fn check_partition(&mut self, harness: &Harness, place: Place, seen: &mut Seen) {
        let partition = self.partition(place);
        let log_start = client::list_offset(harness, place, EARLIEST, false).await.unwrap();
        let all = reader::read(harness, place, log_start, Isolation::All, EVERYTHING).await;
        let all = all.unwrap_or_else(|code| panic!("{place:?} cannot be read: {code}"));
        assert_eq!(all.log_start, log_start, "{place:?}");
        let latest = client::list_offset(harness, place, LATEST, false).await;
        assert_eq!(latest, Ok(all.high_watermark), "{place:?}");
        self.records.saw(partition, &all);
        self.records.check_all(partition, &all, harness.broker.now_ms());
        let committed = reader::read(harness, place, log_start, Isolation::Committed, EVERYTHING).await;
        let committed = committed.unwrap_or_else(|code| panic!("{place:?} cannot be read: {code}"));
        let latest = client::list_offset(harness, place, LATEST, true).await;
        assert_eq!(latest, Ok(committed.last_stable), "{place:?}");
        assert!(committed.found.iter().all(|(offset, _)| *offset < committed.last_stable), "{committed:?}");
        self.records.saw(partition, &committed);
        seen.visible.extend(committed.found.iter().filter_map(|(_, what)| match what {
            What::Record { id, .. } => Some(*id),
            What::Marker { .. } => None,
        }));
        seen.log_starts.insert(partition, log_start);
        seen.last_stable.insert(partition, committed.last_stable);
        seen.views.push((partition, committed));
    }

    async fn committed_offsets(&self, harness: &Harness) -> BTreeMap<(&'static str, Place), i64> {
        let mut current = BTreeMap::new();
        for group in GROUPS {
            for partition in 0..2 {
                let place = ("plain", partition);
                let offset = client::committed(harness, group, place).await;
                let offset = offset.unwrap_or_else(|code| panic!("{group} {place:?}: {code}"));
                current.insert((group, place), offset);
            }
        }
        current
    }

    /// Somebody asks what a group has committed while other things go on.
    pub(super) async fn look_at_offset(&self, harness: &Harness, group: &'static str, place: Place) {
        // What was decided and is not carried out yet is not to be seen yet.
        if client::is_settled(harness).await
            && let Ok(offset) = client::committed(harness, group, place).await
        {
            self.check_offset(group, place, offset);
        }
    }

    fn check_offset(&self, group: &'static str, place: Place, offset: i64) {
        let allowed = self.offsets.allowed(group, place, |at| self.transactions.fate(at));
        assert!(allowed.contains(&offset), "{group} {place:?} is at {offset}, not one of {allowed:?}");
    }

    fn check_transactions(&mut self, seen: &Seen, current: &BTreeMap<(&'static str, Place), i64>) {
        let (mut visible, mut hidden) = (BTreeSet::new(), BTreeSet::new());
        for (id, record) in self.records.sent.iter().enumerate() {
            let is_visible = seen.visible.contains(&id);
            let is_stable =
                record.told.offset_if_committed() < seen.last_stable.get(&record.partition).copied();
            let must_be = !is_visible && is_stable && self.records.is_kept(id, &seen.log_starts);
            match record.transaction {
                Some(transaction) if is_visible => drop(visible.insert(transaction)),
                Some(transaction) if must_be => drop(hidden.insert(transaction)),
                None => assert!(!must_be, "{id} is hidden, and in no transaction: {record:?}"),
                _ => {}
            }
        }
        for (&(group, place), &offset) in current {
            visible.extend(self.offsets.transaction_of(group, place, offset));
        }
        self.transactions.learn(&visible, &hidden);
        self.transactions.check(&visible, &hidden);
    }

    /// No transaction holds readers up.
    pub(super) async fn check_nothing_is_open(&self, harness: &Harness) {
        for place in PLACES.into_iter().filter(|place| self.topics.contains_key(place.0)) {
            let latest = client::list_offset(harness, place, LATEST, false).await;
            assert_eq!(client::list_offset(harness, place, LATEST, true).await, latest, "{place:?}");
        }
    }
}

/// Waits until what was decided is carried out.
async fn settle(harness: &Harness) {
    for _ in 0..100 {
        if client::is_settled(harness).await {
            return;
        }
        wait(100).await;
    }
    panic!("a transaction's markers are never written");
}
