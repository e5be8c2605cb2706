//! All transactional ids in memory: which are busy ending a transaction, which write, and when the next of them is due.
//!
//! Invariant: an id has exactly one deadline, by its state: when its ongoing transaction is aborted, or when it is
//! forgotten for having been idle; none while an outcome is prepared.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Notify, watch};
use watershed_protocol::ErrorCode;

use super::transaction::{State, Transaction};

/// One transactional id.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) transaction: Transaction,
    /// There while a transaction ends, from the first check to the last marker. Who waits for the end gets a
    /// receiver, and is woken when this is dropped.
    ending: Option<watch::Sender<()>>,
    pub(super) writers: Arc<Writers>,
    /// Where its last record is in the log: what follows from it counts once that is on the disk. -1: there since the
    /// start.
    pub(super) written: i64,
    deadline_ms: Option<i64>,
}

/// All transactional ids.
#[derive(Debug)]
pub(super) struct Table {
    entries: HashMap<Arc<str>, Entry>,
    deadlines: BTreeSet<(i64, Arc<str>)>,
    expiration_ms: i64,
}

impl Entry {
    /// True from the decision to end a transaction until its last marker is written.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    /// Resolves with an error when the transaction has ended.
    pub(super) fn ended(&self) -> Option<watch::Receiver<()>> {
        self.ending.as_ref().map(watch::Sender::subscribe)
    }

    /// Nothing else may change this id until [`Table::release`].
    pub(super) fn begin_ending(&mut self) {
        self.ending = Some(watch::Sender::new(()));
    }

    /// CONCURRENT_TRANSACTIONS while a transaction ends.
    pub(super) fn check_free(&self) -> Result<(), ErrorCode> {
        if self.is_ending() { Err(ErrorCode::ConcurrentTransactions) } else { Ok(()) }
    }

    fn due_ms(&self, expiration_ms: i64) -> Option<i64> {
        let transaction = &self.transaction;
        match transaction.state {
            State::Ongoing => Some(transaction.start_ms.saturating_add(transaction.timeout_ms.into())),
            State::PrepareCommit | State::PrepareAbort => None,
            _ => Some(transaction.last_update_ms.saturating_add(expiration_ms)),
        }
    }
}

impl Table {
    /// None yet; ids that nobody used for this long are due to be forgotten.
    pub(super) fn new(expiration_ms: i64) -> Self {
        Self { entries: HashMap::new(), deadlines: BTreeSet::new(), expiration_ms }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Entry> {
        self.entries.get_mut(id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Entry)> {
        self.entries.iter()
    }

    /// The id stands there now. True if a deadline came up that is earlier than all others.
    pub(super) fn put(&mut self, id: &str, transaction: Transaction) -> bool {
        let id: Arc<str> = match self.entries.get_key_value(id) {
            Some((key, _)) => Arc::clone(key),
            None => Arc::from(id),
        };
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.transaction = transaction;
        } else {
            let writers = Arc::default();
            let entry = Entry { transaction, ending: None, writers, written: -1, deadline_ms: None };
            self.entries.insert(Arc::clone(&id), entry);
        }
        self.arm(&id, None)
    }

    pub(super) fn remove(&mut self, id: &str) {
        if let Some((key, entry)) = self.entries.remove_entry(id)
            && let Some(deadline_ms) = entry.deadline_ms
        {
            self.deadlines.remove(&(deadline_ms, key));
        }
    }

    /// The transaction has ended, or could not: the id is free again.
    pub(super) fn release(&mut self, id: &str) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.ending = None;
        }
    }

    /// When the next id is due.
    pub(super) fn next_deadline_ms(&self) -> Option<i64> {
        self.deadlines.first().map(|(deadline_ms, _)| *deadline_ms)
    }

    /// Takes at most `count` ids that are due; each has no deadline until it is [put](Self::put) or
    /// [postponed](Self::postpone).
    pub(super) fn take_due(&mut self, now_ms: i64, count: usize) -> Vec<Arc<str>> {
        let mut due = Vec::new();
        while due.len() < count {
            match self.deadlines.first() {
                Some((deadline_ms, _)) if *deadline_ms <= now_ms => {}
                _ => break,
            }
            let Some((_, id)) = self.deadlines.pop_first() else { break };
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.deadline_ms = None;
            }
            due.push(id);
        }
        due
    }

    /// What was due could not be done: it is due again then.
    pub(super) fn postpone(&mut self, id: &Arc<str>, until_ms: i64) -> bool {
        self.arm(id, Some(until_ms))
    }

    fn arm(&mut self, id: &Arc<str>, not_before_ms: Option<i64>) -> bool {
        let Some(entry) = self.entries.get_mut(id) else { return false };
        if let Some(old_ms) = entry.deadline_ms.take() {
            self.deadlines.remove(&(old_ms, Arc::clone(id)));
        }
        let due_ms = entry.due_ms(self.expiration_ms);
        entry.deadline_ms =
            due_ms.map(|due_ms| not_before_ms.map_or(due_ms, |not_before| due_ms.max(not_before)));
        let Some(deadline_ms) = entry.deadline_ms else { return false };
        let is_first = self.next_deadline_ms().is_none_or(|first_ms| deadline_ms < first_ms);
        self.deadlines.insert((deadline_ms, Arc::clone(id)));
        is_first
    }
}

/// Writes of a transaction that were allowed and are not yet in their partition's log.
#[derive(Debug, Default)]
pub(crate) struct Writers {
    count: AtomicUsize,
    none: Notify,
}

/// One such write. Keep it until the batch is appended: the transaction does not end before it is dropped, so that no
/// batch comes behind its marker.
#[derive(Debug)]
#[must_use = "drop it after the append: the transaction may end as soon as it is dropped"]
pub(crate) struct WriteGuard(Arc<Writers>);

impl Writers {
    /// One more. Only under the table's lock, and not while the transaction ends.
    pub(super) fn begin(self: &Arc<Self>) -> WriteGuard {
        self.count.fetch_add(1, Ordering::AcqRel);
        WriteGuard(Arc::clone(self))
    }

    /// Resolves when all are done.
    pub(super) async fn none(&self) {
        loop {
            let changed = self.none.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.count.load(Ordering::Acquire) == 0 {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for WriteGuard {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.none.notify_waiters();
        }
    }
}
