// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! OffsetCommitValue: versions 0 to 4, flexible since v4.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::wire::{Counter, Message, Sink, Source, WireError, check_version};

/// OffsetCommitValue, versions 0 to 4.
#[derive(Debug, Clone, PartialEq)]
pub struct OffsetCommitValue<'a> {
    /// `offset`, all versions.
    pub offset: i64,
    /// `leaderEpoch`, v3 and later, default `-1`.
    pub leader_epoch: i32,
    /// `metadata`, all versions.
    pub metadata: &'a str,
    /// `commitTimestamp`, all versions.
    pub commit_timestamp: i64,
    /// `expireTimestamp`, v1 only, default `-1`.
    pub expire_timestamp: i64,
    /// `topicId`, v4 and later, tag 0.
    pub topic_id: Uuid,
}

impl Default for OffsetCommitValue<'_> {
    fn default() -> Self {
        Self {
            offset: 0,
            leader_epoch: -1,
            metadata: "",
            commit_timestamp: 0,
            expire_timestamp: -1,
            topic_id: Uuid::nil(),
        }
    }
}

impl<'a> Message<'a> for OffsetCommitValue<'a> {
    const NAME: &'static str = "OffsetCommitValue";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        let offset = source.i64()?;
        let leader_epoch = if version >= 3 { source.i32()? } else { -1 };
        let metadata = source.string(flexible)?;
        let commit_timestamp = source.i64()?;
        let expire_timestamp = if (1..=1).contains(&version) { source.i64()? } else { -1 };
        let mut topic_id = Uuid::nil();
        if flexible {
            const TAGS: &[u32] = &[0];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 4 => {
                        topic_id = source.tagged(|source| source.uuid())?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self { offset, leader_epoch, metadata, commit_timestamp, expire_timestamp, topic_id })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 4;
        sink.i64(self.offset);
        if version >= 3 {
            sink.i32(self.leader_epoch);
        }
        sink.string(flexible, self.metadata)?;
        sink.i64(self.commit_timestamp);
        if (1..=1).contains(&version) {
            sink.i64(self.expire_timestamp);
        }
        if flexible {
            let has_tag_0 = version >= 4 && !self.topic_id.is_nil();
            sink.varint(u32::from(has_tag_0));
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.uuid(self.topic_id);
                }
                sink.tag(0, counter.bytes())?;
                sink.uuid(self.topic_id);
            }
        }
        Ok(())
    }
}
