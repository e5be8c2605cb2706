//! What clients were told of their transactions, and what readers must therefore see of them.

use std::collections::{BTreeMap, BTreeSet};

use super::client::{Code, Place, Producer, is_refusal};
use super::records::PartitionId;

/// What readers must see of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not ended: nothing is seen of it, and in the end it is aborted, by its timeout or a new instance.
    Open,
    Committed,
    Aborted,
    /// The answer to the commit was lost.
    Unknown,
}

/// How a client runs its transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Classic,
    /// KIP-890.
    EpochPerTransaction,
}

impl Protocol {
    pub(super) fn produce_version(self) -> i16 {
        if self == Self::Classic { 11 } else { 12 }
    }

    pub(super) fn offsets_version(self) -> i16 {
        if self == Self::Classic { 3 } else { 5 }
    }

    pub(super) fn end_version(self) -> i16 {
        if self == Self::Classic { 4 } else { 5 }
    }
}

/// A client with a transactional id.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: &'static str,
    pub(super) protocol: Protocol,
    pub(super) producer: Option<Producer>,
    pub(super) writer: usize,
    pub(super) sequences: BTreeMap<PartitionId, i32>,
    pub(super) added: BTreeSet<Place>,
    pub(super) groups: BTreeSet<&'static str>,
    pub(super) transaction: Option<usize>,
    /// It asked for this end of its transaction, and has not got an answer: it asks again before anything else.
    pub(super) ending: Option<bool>,
    /// What it was before: good until it is known to be replaced.
    pub(super) before: Vec<Producer>,
    /// What was replaced.
    pub(super) fenced: Vec<Producer>,
}

impl Client {
    pub(super) fn new(id: &'static str, protocol: Protocol) -> Self {
        Self {
            id,
            protocol,
            producer: None,
            writer: 0,
            sequences: BTreeMap::new(),
            added: BTreeSet::new(),
            groups: BTreeSet::new(),
            transaction: None,
            ending: None,
            before: Vec::new(),
            fenced: Vec::new(),
        }
    }

    /// It is a new producer from now on.
    pub(super) fn begins(&mut self, producer: Producer, writer: usize) {
        self.before.extend(self.producer.take());
        self.fenced.append(&mut self.before);
        self.producer = Some(producer);
        self.writer = writer;
        self.sequences.clear();
        self.forget_transaction();
    }

    /// Only a new instance can go on.
    pub(super) fn gives_up(&mut self) {
        self.before.extend(self.producer.take());
        self.forget_transaction();
    }

    pub(super) fn forget_transaction(&mut self) {
        self.added.clear();
        self.groups.clear();
        self.transaction = None;
        self.ending = None;
    }
}

/// All transactions, by number.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    fates: Vec<Fate>,
}

impl Transactions {
    pub(super) fn begin(&mut self) -> usize {
        self.fates.push(Fate::Open);
        self.fates.len() - 1
    }

    pub(super) fn fate(&self, transaction: usize) -> Fate {
        self.fates[transaction]
    }

    pub(super) fn decide(&mut self, transaction: usize, fate: Fate) {
        let was = &mut self.fates[transaction];
        match (*was, fate) {
            (Fate::Open, _) | (Fate::Unknown, Fate::Committed) => *was = fate,
            (Fate::Aborted, Fate::Committed) => {
                panic!("transaction {transaction} was aborted, and is committed")
            }
            _ => {}
        }
    }

    /// What follows from the answer to a request to end it.
    pub(super) fn ended(&mut self, transaction: usize, commit: bool, answer: Result<(), Code>) {
        let fate = match answer {
            _ if !commit => Fate::Aborted,
            Ok(()) => Fate::Committed,
            Err(code) if is_refusal(code) => Fate::Aborted,
            Err(_) => Fate::Unknown,
        };
        self.decide(transaction, fate);
    }

    /// What was not known is known once somebody saw it; once all are settled, what nobody saw was aborted.
    pub(super) fn learn(&mut self, visible: &BTreeSet<usize>, hidden: &BTreeSet<usize>) {
        for (transaction, fate) in self.fates.iter_mut().enumerate() {
            if *fate == Fate::Unknown && visible.contains(&transaction) {
                *fate = Fate::Committed;
            } else if *fate == Fate::Unknown && hidden.contains(&transaction) {
                *fate = Fate::Aborted;
            }
        }
    }

    /// Each transaction is seen wholly or not at all. `visible`: something of it is seen; `hidden`: something is not,
    /// which would have to be.
    pub(super) fn check(&self, visible: &BTreeSet<usize>, hidden: &BTreeSet<usize>) {
        for (transaction, fate) in self.fates.iter().enumerate() {
            let (visible, hidden) = (visible.contains(&transaction), hidden.contains(&transaction));
            assert!(!(visible && hidden), "half of transaction {transaction} is visible, which is {fate:?}");
            match fate {
                Fate::Committed => {
                    assert!(!hidden, "transaction {transaction} is committed, and not visible");
                }
                Fate::Open | Fate::Aborted => assert!(!visible, "transaction {transaction} is {fate:?}"),
                Fate::Unknown => {}
            }
        }
    }
}
