//! Ids for records that bring none, derived from where they lie.
//!
//! A bare record is known by its cluster, topic, partition and offset. Its id is made from these alone, so that
//! every replay gives the same id, and a topic that was deleted and made again (it has a new topic id) gives
//! others.
//!
//! # Layout
//!
//! A version 8 UUID (RFC 9562, 5.8: for uses of one's own):
//!
//! ```text
//!  48 bits    4     12 bits   2     62 bits
//! | H high | 1000 | H low   | 10 | offset mod 2^62 |
//! ```
//!
//! H, 60 bits, is what a version 5 UUID (SHA-1, RFC 9562, 5.5) of topic id, partition and cluster id has at the
//! same places; the offset's highest bit, which the last field has no room for, is added into H's lowest
//! (exclusive or). H is computed once for a partition ([`RecordIds::new`]); the id of a record is then a few
//! shifts.
//!
//! # Collisions
//!
//! Within a partition: none, for any two offsets. Across partitions two ids can only be equal if their
//! partitions share an H and the records an offset. That two of n partitions share an H has a probability of
//! about n² / 2^61: for a million partitions 4 in ten million.

use uuid::{Builder, Uuid};

use crate::id::EventId;

/// The namespace of H: the version 5 UUID of `urn:watershed:record` in the namespace of URLs. Part of the
/// format: a change would give every bare record another id.
const NAMESPACE: Uuid = Uuid::from_u128(0xee42f07f_6de0_53a8_af62_ac119cc4041f);

/// Offset bits in the last field.
const LOW_BITS: u32 = 62;

/// A partition, as the world knows it: the same on every machine and after every restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartitionIdentity<'a> {
    /// The cluster's id, as its brokers state it in Metadata responses.
    pub cluster_id: &'a str,
    /// The topic's id (KIP-516). A topic's name is not enough, since it can be used again for another topic.
    pub topic_id: Uuid,
    /// The partition's number in the topic.
    pub partition: i32,
}

/// Derives the ids of one partition's records.
///
/// ```
/// use uuid::Uuid;
/// use watershed_event::record_ids::{PartitionIdentity, RecordIds};
///
/// let ids = RecordIds::new(&PartitionIdentity {
///     cluster_id: "5L6g3nShT-eMCtK--X86sw",
///     topic_id: Uuid::from_u128(0x8fa0_7d51_0f3b_4c36_9c04_5d3f_0d8f_1f2e),
///     partition: 3,
/// })?;
/// assert_eq!(ids.id(41)?, ids.id(41)?);
/// assert_ne!(ids.id(41)?, ids.id(42)?);
/// # Ok::<(), watershed_event::record_ids::RecordIdError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordIds {
    /// H and the version: the upper half of every id, but for the offset's highest bit.
    high: u64,
}

/// Why there is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordIdError {
    /// No cluster id.
    #[error(
        "the cluster id is empty: take the one from the cluster's Metadata response, \
         or name the cluster by a text that never changes"
    )]
    NoClusterId,
    /// The nil UUID, which stands for a topic without an id.
    #[error(
        "the topic has no id, so that a topic made again under its name could not be told from it: \
         brokers have topic ids from Kafka 2.8 on"
    )]
    NoTopicId,
    /// A negative partition.
    #[error("partition {partition} is negative: partitions count from 0")]
    NegativePartition {
        /// The partition given.
        partition: i32,
    },
    /// A negative offset: the record was not read from a log.
    #[error(
        "offset {offset} is negative: only a record that was read from a partition has an id of its own; \
         give this event an id"
    )]
    NegativeOffset {
        /// The offset given.
        offset: i64,
    },
}

impl RecordIds {
    /// Computes what the ids of one partition share.
    ///
    /// # Errors
    ///
    /// If a part is missing that would make ids of different records equal.
    pub fn new(of: &PartitionIdentity<'_>) -> Result<Self, RecordIdError> {
        if of.cluster_id.is_empty() {
            return Err(RecordIdError::NoClusterId);
        }
        if of.topic_id.is_nil() {
            return Err(RecordIdError::NoTopicId);
        }
        if of.partition < 0 {
            return Err(RecordIdError::NegativePartition { partition: of.partition });
        }
        // The parts of fixed length come first: no two lists of parts give the same name.
        let name =
            [of.topic_id.as_bytes(), &of.partition.to_be_bytes()[..], of.cluster_id.as_bytes()].concat();
        let (high, _) = Uuid::new_v5(&NAMESPACE, &name).as_u64_pair();
        Ok(Self { high })
    }

    /// The id of the record at an offset.
    ///
    /// # Errors
    ///
    /// If the offset is negative.
    pub fn id(&self, offset: i64) -> Result<EventId<'static>, RecordIdError> {
        let bits = u64::try_from(offset).map_err(|_| RecordIdError::NegativeOffset { offset })?;
        let high = self.high ^ (bits >> LOW_BITS);
        let bytes = (u128::from(high) << 64 | u128::from(bits)).to_be_bytes();
        // Sets version and variant, which takes the two highest bits of the lower half.
        Ok(Builder::from_custom_bytes(bytes).into_uuid().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOPIC: Uuid = Uuid::from_u128(0x8fa0_7d51_0f3b_4c36_9c04_5d3f_0d8f_1f2e);

    fn ids(cluster_id: &str, topic_id: Uuid, partition: i32) -> RecordIds {
        RecordIds::new(&PartitionIdentity { cluster_id, topic_id, partition }).unwrap()
    }

    #[test]
    fn golden_ids_never_change() {
        // Computed apart from this code, with Python's hashlib: SHA-1 of the namespace, topic id, partition and
        // cluster id.
        let ids = ids("5L6g3nShT-eMCtK--X86sw", TOPIC, 3);
        for (offset, expected) in [
            (0, "4f274941-540e-899e-8000-000000000000"),
            (41, "4f274941-540e-899e-8000-000000000029"),
            ((1 << 62) - 1, "4f274941-540e-899e-bfff-ffffffffffff"),
            (1 << 62, "4f274941-540e-899f-8000-000000000000"),
            (i64::MAX, "4f274941-540e-899f-bfff-ffffffffffff"),
        ] {
            assert_eq!(ids.id(offset).unwrap().to_string(), expected, "offset {offset}");
        }
    }

    #[test]
    fn another_cluster_topic_or_partition_gives_another_id() {
        let all = [
            ids("a", TOPIC, 0),
            ids("b", TOPIC, 0),
            ids("a", Uuid::from_u128(1), 0),
            ids("a", TOPIC, 1),
            ids("\0a", TOPIC, 0),
            ids("a", TOPIC, i32::MAX),
        ];
        for (index, one) in all.iter().enumerate() {
            for other in &all[..index] {
                assert_ne!(one.id(7), other.id(7));
            }
        }
    }

    #[test]
    fn what_cannot_name_a_record_is_refused() {
        let check = |cluster_id, topic_id, partition| {
            RecordIds::new(&PartitionIdentity { cluster_id, topic_id, partition }).unwrap_err()
        };
        assert_eq!(check("", TOPIC, 0), RecordIdError::NoClusterId);
        assert_eq!(check("a", Uuid::nil(), 0), RecordIdError::NoTopicId);
        assert_eq!(check("a", TOPIC, -1), RecordIdError::NegativePartition { partition: -1 });
        for offset in [-1, i64::MIN] {
            assert_eq!(ids("a", TOPIC, 0).id(offset), Err(RecordIdError::NegativeOffset { offset }));
        }
    }

    proptest! {
        #[test]
        fn offsets_of_one_partition_never_collide(a in 0..=i64::MAX, b in 0..=i64::MAX, bit in 0..63u32) {
            let ids = ids("a", TOPIC, 0);
            let neighbour = a ^ (1 << bit);
            prop_assert_ne!(ids.id(a), ids.id(neighbour));
            prop_assert_eq!(ids.id(a) == ids.id(b), a == b);
            let uuid = ids.id(a).unwrap().as_uuid().unwrap();
            prop_assert_eq!(uuid.get_version_num(), 8);
            prop_assert_eq!(uuid.get_variant(), uuid::Variant::RFC4122);
        }
    }
}
