//! The model: what was appended, and what it means to each reader.

use std::collections::BTreeMap;

use watershed_protocol::batch::ControlType;

use super::super::log::tests::{plain, sequenced};

/// What was appended, or tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) base_offset: i64,
    /// Values of the records; one, the kind, for a marker.
    pub(super) values: Vec<Vec<u8>>,
    pub(super) producer_id: i64,
    pub(super) epoch: i16,
    pub(super) sequence: i32,
    pub(super) transactional: bool,
    pub(super) marker: Option<ControlType>,
}

impl Entry {
    pub(super) fn end(&self) -> i64 {
        self.base_offset + i64::try_from(self.values.len()).unwrap()
    }
}

/// What the log should know of a producer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Producer {
    pub(super) epoch: i16,
    pub(super) last_sequence: i32,
    pub(super) open_since: Option<i64>,
}

/// What the entries say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) producers: BTreeMap<i64, Producer>,
    /// First offset and that of the marker; all that ended.
    pub(super) ended: Vec<(i64, i64)>,
    /// Producer id, first offset and that of the marker.
    pub(super) aborted: Vec<(i64, i64, i64)>,
}

pub(super) fn meaning(entries: &[Entry]) -> Meaning {
    let mut meaning = Meaning::default();
    for entry in entries.iter().filter(|entry| entry.producer_id >= 0) {
        let producer = meaning.producers.entry(entry.producer_id).or_insert(Producer {
            epoch: entry.epoch,
            last_sequence: -1,
            open_since: None,
        });
        if entry.epoch > producer.epoch {
            (producer.epoch, producer.last_sequence) = (entry.epoch, -1);
        }
        match entry.marker {
            Some(kind) => {
                if let Some(first) = producer.open_since.take() {
                    meaning.ended.push((first, entry.base_offset));
                    if kind == ControlType::Abort {
                        meaning.aborted.push((entry.producer_id, first, entry.base_offset));
                    }
                }
            }
            None => {
                producer.last_sequence = entry.sequence + i32::try_from(entry.values.len()).unwrap() - 1;
                if entry.transactional {
                    producer.open_since.get_or_insert(entry.base_offset);
                }
            }
        }
    }
    meaning
}

/// As a producer sends it.
pub(super) fn wire(entry: &Entry) -> Vec<u8> {
    let values: Vec<&[u8]> = entry.values.iter().map(Vec::as_slice).collect();
    if entry.producer_id < 0 {
        plain(&values)
    } else {
        sequenced(entry.producer_id, entry.epoch, entry.sequence, entry.transactional, &values)
    }
}
