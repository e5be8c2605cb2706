// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! PartitionRecord: versions 0 to 2, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::wire::{Counter, Message, Sink, Source, WireError, check_version, not_in_version};

/// PartitionRecord, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionRecord {
    /// `PartitionId`, all versions, default `-1`.
    pub partition_id: i32,
    /// `TopicId`, all versions.
    pub topic_id: Uuid,
    /// `Replicas`, all versions.
    pub replicas: Vec<i32>,
    /// `Isr`, all versions.
    pub isr: Vec<i32>,
    /// `RemovingReplicas`, all versions.
    pub removing_replicas: Vec<i32>,
    /// `AddingReplicas`, all versions.
    pub adding_replicas: Vec<i32>,
    /// `Leader`, all versions, default `-1`.
    pub leader: i32,
    /// `LeaderRecoveryState`, all versions, tag 0, default `0`.
    pub leader_recovery_state: i8,
    /// `LeaderEpoch`, all versions, default `-1`.
    pub leader_epoch: i32,
    /// `PartitionEpoch`, all versions, default `-1`.
    pub partition_epoch: i32,
    /// `Directories`, v1 and later.
    pub directories: Vec<Uuid>,
    /// `EligibleLeaderReplicas`, v2 and later, can be null, tag 1.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// `LastKnownElr`, v2 and later, can be null, tag 2.
    pub last_known_elr: Option<Vec<i32>>,
}

impl Default for PartitionRecord {
    fn default() -> Self {
        Self {
            partition_id: -1,
            topic_id: Uuid::nil(),
            replicas: Vec::new(),
            isr: Vec::new(),
            removing_replicas: Vec::new(),
            adding_replicas: Vec::new(),
            leader: -1,
            leader_recovery_state: 0,
            leader_epoch: -1,
            partition_epoch: -1,
            directories: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
        }
    }
}

impl<'a> Message<'a> for PartitionRecord {
    const NAME: &'static str = "PartitionRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let partition_id = source.i32()?;
        let topic_id = source.uuid()?;
        let replicas = source.array(true, 4, |source| source.i32())?;
        let isr = source.array(true, 4, |source| source.i32())?;
        let removing_replicas = source.array(true, 4, |source| source.i32())?;
        let adding_replicas = source.array(true, 4, |source| source.i32())?;
        let leader = source.i32()?;
        let mut leader_recovery_state = 0;
        let leader_epoch = source.i32()?;
        let partition_epoch = source.i32()?;
        let directories =
            if version >= 1 { source.array(true, 16, |source| source.uuid())? } else { Vec::new() };
        let mut eligible_leader_replicas = None;
        let mut last_known_elr = None;
        const TAGS: &[u32] = &[0, 1, 2];
        for index in 0..source.tag_count(TAGS)? {
            match source.tag(index, TAGS)? {
                0 => {
                    leader_recovery_state = source.tagged(|source| source.i8())?;
                }
                1 if version >= 2 => {
                    eligible_leader_replicas =
                        source.tagged(|source| source.nullable_array(true, 4, |source| source.i32()))?;
                }
                2 if version >= 2 => {
                    last_known_elr =
                        source.tagged(|source| source.nullable_array(true, 4, |source| source.i32()))?;
                }
                _ => source.skip_tagged()?,
            }
        }
        Ok(Self {
            partition_id,
            topic_id,
            replicas,
            isr,
            removing_replicas,
            adding_replicas,
            leader,
            leader_recovery_state,
            leader_epoch,
            partition_epoch,
            directories,
            eligible_leader_replicas,
            last_known_elr,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.partition_id);
        sink.uuid(self.topic_id);
        sink.array(true, &self.replicas, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(true, &self.isr, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(true, &self.removing_replicas, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.array(true, &self.adding_replicas, |sink, element| {
            sink.i32(*element);
            Ok(())
        })?;
        sink.i32(self.leader);
        sink.i32(self.leader_epoch);
        sink.i32(self.partition_epoch);
        if version >= 1 {
            sink.array(true, &self.directories, |sink, element| {
                sink.uuid(*element);
                Ok(())
            })?;
        } else if !self.directories.is_empty() {
            return Err(not_in_version("PartitionRecord", "directories", version));
        }
        if version < 2 && self.eligible_leader_replicas.is_some() {
            return Err(not_in_version("PartitionRecord", "eligible_leader_replicas", version));
        }
        if version < 2 && self.last_known_elr.is_some() {
            return Err(not_in_version("PartitionRecord", "last_known_elr", version));
        }
        let has_tag_0 = self.leader_recovery_state != 0;
        let has_tag_1 = version >= 2 && self.eligible_leader_replicas.is_some();
        let has_tag_2 = version >= 2 && self.last_known_elr.is_some();
        sink.varint(u32::from(has_tag_0) + u32::from(has_tag_1) + u32::from(has_tag_2));
        if has_tag_0 {
            let mut counter = Counter::default();
            {
                let counter = &mut counter;
                counter.i8(self.leader_recovery_state);
            }
            sink.tag(0, counter.bytes())?;
            sink.i8(self.leader_recovery_state);
        }
        if has_tag_1 {
            let mut counter = Counter::default();
            {
                let counter = &mut counter;
                counter.nullable_array(true, self.eligible_leader_replicas.as_deref(), |sink, element| {
                    sink.i32(*element);
                    Ok(())
                })?;
            }
            sink.tag(1, counter.bytes())?;
            sink.nullable_array(true, self.eligible_leader_replicas.as_deref(), |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        }
        if has_tag_2 {
            let mut counter = Counter::default();
            {
                let counter = &mut counter;
                counter.nullable_array(true, self.last_known_elr.as_deref(), |sink, element| {
                    sink.i32(*element);
                    Ok(())
                })?;
            }
            sink.tag(2, counter.bytes())?;
            sink.nullable_array(true, self.last_known_elr.as_deref(), |sink, element| {
                sink.i32(*element);
                Ok(())
            })?;
        }
        Ok(())
    }
}
