//! The coordinator's state and what may be asked of it: a pure state machine over all groups and offsets.
//!
//! It never touches a disk, a socket or a clock: time is an argument, and what is to be kept or answered is left in
//! [`Effects`]. [`mod@super`] does it.
//!
//! Invariant: what [`apply`](Coordinator::apply) makes of the records in the log is what the state was when they were
//! written, but for members that had not been assigned anything yet.

mod apply;
mod expiry;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use watershed_protocol::ErrorCode;

use crate::groups::classic::{ClassicGroup, Join, Leave, Sync};
use crate::groups::consumer::{ConsumerGroup, ConsumerHeartbeat, HeartbeatAnswer, Refusal};
use crate::groups::deadlines::Deadlines;
use crate::groups::effects::{Effects, JoinAnswer, Now, SyncAnswer, Turn};
use crate::groups::offsets::{Committed, Offsets};
use crate::groups::records;
use crate::groups::settings::GroupSettings;
use crate::groups::topics::Topics;

/// A group of either protocol.
#[derive(Debug)]
pub(in crate::groups) enum Group {
    Classic(ClassicGroup),
    Consumer(ConsumerGroup),
}

/// All groups and their offsets.
#[derive(Debug)]
pub(in crate::groups) struct Coordinator {
    pub(in crate::groups) settings: GroupSettings,
    pub(in crate::groups) groups: HashMap<Arc<str>, Group>,
    pub(in crate::groups) offsets: Offsets,
    pub(in crate::groups) deadlines: Deadlines,
    /// The topics that there are, as of late.
    pub(in crate::groups) topics: Arc<Topics>,
}

/// A request to commit offsets.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) group: String,
    pub(crate) member_id: String,
    pub(crate) instance_id: Option<String>,
    /// Or the member's epoch; below zero: nobody's.
    pub(crate) generation: i32,
    pub(crate) transactional: bool,
    /// Since version 9 a client of OffsetCommit knows GROUP_ID_NOT_FOUND and STALE_MEMBER_EPOCH.
    pub(crate) knows_epochs: bool,
    pub(crate) offsets: Vec<(String, i32, Committed)>,
}

impl Coordinator {
    /// Without groups.
    pub(in crate::groups) fn new(settings: GroupSettings) -> Self {
        Self {
            settings,
            groups: HashMap::new(),
            offsets: Offsets::default(),
            deadlines: Deadlines::default(),
            topics: Arc::default(),
        }
    }

    /// JoinGroup.
    pub(in crate::groups) fn join(&mut self, group_id: &str, join: Join, now: Now, effects: &mut Effects) {
        let timeout_ms = join.session_timeout_ms;
        let bytes: usize = join.protocols.iter().map(|(name, metadata)| name.len() + metadata.len()).sum();
        let refusal = if group_id.is_empty() {
            Some(ErrorCode::InvalidGroupId)
        } else if timeout_ms < self.settings.session_timeout_ms_min
            || timeout_ms > self.settings.session_timeout_ms_max
        {
            Some(ErrorCode::InvalidSessionTimeout)
        } else if bytes > self.settings.member_metadata_bytes_max
            || join.client_id.len() + join.instance_id.as_ref().map_or(0, String::len) > 30_000
        {
            // The id made from them would be longer than Kafka's records can hold.
            Some(ErrorCode::InvalidRequest)
        } else if self.groups.contains_key(group_id) {
            None
        } else if !join.member_id.is_empty() {
            Some(ErrorCode::UnknownMemberId)
        } else if self.groups.len() >= self.settings.groups_max {
            Some(ErrorCode::PolicyViolation)
        } else {
            None
        };
        if let Some(error) = refusal {
            return effects.join(join.ticket, JoinAnswer::refused(error, &join.member_id));
        }
        let id = self.group_id(group_id);
        if let Some(Group::Consumer(group)) = self.groups.get(group_id)
            && group.is_empty()
        {
            // It becomes a classic one: written down with the group's first generation.
            let mut gone = Effects::default();
            group.forget(&mut gone);
            effects.records.append(&mut gone.to_apply);
            self.forget_group(group_id);
        }
        let group = self
            .groups
            .entry(Arc::clone(&id))
            .or_insert_with(|| Group::Classic(ClassicGroup::new(id, now.wall_ms)));
        let mut turn = Turn { now, settings: &self.settings, deadlines: &mut self.deadlines, effects };
        match group {
            Group::Classic(group) => group.join(join, &mut turn),
            Group::Consumer(_) => {
                let refused = JoinAnswer::refused(ErrorCode::InconsistentGroupProtocol, &join.member_id);
                turn.effects.join(join.ticket, refused);
            }
        }
    }

    /// SyncGroup.
    pub(in crate::groups) fn sync(&mut self, group: &str, sync: Sync, now: Now, effects: &mut Effects) {
        let mut turn = Turn { now, settings: &self.settings, deadlines: &mut self.deadlines, effects };
        match self.groups.get_mut(group) {
            _ if group.is_empty() => {
                turn.effects.sync(sync.ticket, SyncAnswer::refused(ErrorCode::InvalidGroupId));
            }
            Some(Group::Classic(group)) => group.sync(sync, &mut turn),
            Some(Group::Consumer(_)) | None => {
                turn.effects.sync(sync.ticket, SyncAnswer::refused(ErrorCode::UnknownMemberId));
            }
        }
    }

    /// Heartbeat.
    pub(in crate::groups) fn heartbeat(
        &mut self,
        group: &str,
        member: &str,
        instance: Option<&str>,
        generation: i32,
        now: Now,
    ) -> Result<(), ErrorCode> {
        let mut effects = Effects::default();
        let deadlines = &mut self.deadlines;
        let mut turn = Turn { now, settings: &self.settings, deadlines, effects: &mut effects };
        match self.groups.get(group) {
            _ if group.is_empty() => Err(ErrorCode::InvalidGroupId),
            Some(Group::Classic(group)) => group.heartbeat(member, instance, generation, &mut turn),
            Some(Group::Consumer(_)) | None => Err(ErrorCode::UnknownMemberId),
        }
    }

    /// LeaveGroup: what became of each.
    pub(in crate::groups) fn leave(
        &mut self,
        group: &str,
        leaves: &[Leave],
        now: Now,
        effects: &mut Effects,
    ) -> Result<Vec<ErrorCode>, ErrorCode> {
        let mut turn = Turn { now, settings: &self.settings, deadlines: &mut self.deadlines, effects };
        match self.groups.get_mut(group) {
            _ if group.is_empty() => Err(ErrorCode::InvalidGroupId),
            Some(Group::Classic(group)) => Ok(group.leave(leaves, &mut turn)),
            Some(Group::Consumer(_)) | None => Ok(vec![ErrorCode::UnknownMemberId; leaves.len()]),
        }
    }

    /// ConsumerGroupHeartbeat.
    pub(in crate::groups) fn consumer_heartbeat(
        &mut self,
        beat: &ConsumerHeartbeat,
        now: Now,
        effects: &mut Effects,
    ) -> Result<HeartbeatAnswer, Refusal> {
        beat.check()?;
        let refuse = |code, message| Err(Refusal { code, message });
        let fresh;
        let group = match self.groups.get(beat.group.as_str()) {
            Some(Group::Consumer(group)) => group,
            Some(Group::Classic(group)) if beat.joins() && group.is_empty() => {
                effects.apply(records::no_group(&beat.group));
                fresh = ConsumerGroup::new(self.group_id(&beat.group));
                &fresh
            }
            None if beat.joins() && self.groups.len() < self.settings.groups_max => {
                fresh = ConsumerGroup::new(self.group_id(&beat.group));
                &fresh
            }
            None if beat.joins() => {
                let message = format!("this node keeps at most {} groups: delete some", self.groups.len());
                return refuse(ErrorCode::PolicyViolation, message);
            }
            Some(Group::Classic(_)) => {
                return refuse(
                    ErrorCode::GroupIdNotFound,
                    format!("Group {} is not a consumer group.", beat.group),
                );
            }
            None => {
                return refuse(ErrorCode::GroupIdNotFound, format!("Group {} not found.", beat.group));
            }
        };
        let mut turn = Turn { now, settings: &self.settings, deadlines: &mut self.deadlines, effects };
        if beat.leaves() {
            group.leave(beat, &mut turn)
        } else {
            group.heartbeat(beat, &self.topics, &mut turn)
        }
    }

    /// What a consumer group has looked at is in the log.
    pub(in crate::groups) fn looked_at(&mut self, group: &str, version: u64) {
        if let Some(Group::Consumer(group)) = self.groups.get_mut(group) {
            group.topics_seen = version;
        }
    }

    /// OffsetCommit and TxnOffsetCommit: what becomes of each offset, unless nobody may commit any.
    pub(in crate::groups) fn commit(
        &mut self,
        commit: &Commit,
        now: Now,
        effects: &mut Effects,
    ) -> Result<Vec<ErrorCode>, ErrorCode> {
        match self.groups.get(commit.group.as_str()) {
            Some(Group::Classic(group)) => {
                group.check_commit(
                    &commit.member_id,
                    commit.instance_id.as_deref(),
                    commit.generation,
                    commit.transactional,
                )?;
                let deadlines = &mut self.deadlines;
                let mut turn = Turn { now, settings: &self.settings, deadlines, effects: &mut *effects };
                group.committed(&commit.member_id, &mut turn);
            }
            Some(Group::Consumer(group)) => group.check_commit(
                &commit.member_id,
                commit.generation,
                commit.transactional,
                commit.knows_epochs,
            )?,
            None if commit.generation < 0 => {
                if self.groups.len() >= self.settings.groups_max {
                    return Err(ErrorCode::PolicyViolation);
                }
            }
            None if commit.knows_epochs => return Err(ErrorCode::GroupIdNotFound),
            None => return Err(ErrorCode::IllegalGeneration),
        }
        let codes = commit.offsets.iter().map(|(topic, partition, offset)| {
            if offset.metadata.encode_utf16().count() > self.settings.offset_metadata_bytes_max {
                return ErrorCode::OffsetMetadataTooLarge;
            }
            effects.apply(records::offset(&commit.group, topic, *partition, offset));
            ErrorCode::None
        });
        Ok(codes.collect())
    }

    /// Whether this member may fetch the group's offsets: anybody may, but for members of consumer groups that are not
    /// up to date. False: there is no such group.
    pub(in crate::groups) fn check_fetch(
        &self,
        group: &str,
        member: Option<&str>,
        epoch: i32,
    ) -> Result<bool, ErrorCode> {
        match self.groups.get(group) {
            Some(Group::Classic(_)) => Ok(true),
            Some(Group::Consumer(group)) => group.check_fetch(member, epoch).map(|()| true),
            None => Ok(false),
        }
    }

    /// OffsetDelete: what becomes of each partition, unless nobody may delete any.
    pub(in crate::groups) fn delete_offsets(
        &mut self,
        group_id: &str,
        partitions: &[(String, i32)],
        effects: &mut Effects,
    ) -> Result<Vec<ErrorCode>, ErrorCode> {
        if group_id.is_empty() {
            return Err(ErrorCode::InvalidGroupId);
        }
        let group = self.groups.get(group_id).ok_or(ErrorCode::GroupIdNotFound)?;
        match group {
            Group::Classic(group) if !group.is_empty() && !group.is_consumers() => {
                return Err(ErrorCode::NonEmptyGroup);
            }
            Group::Classic(_) | Group::Consumer(_) => {}
        }
        let codes = partitions.iter().map(|(topic, partition)| {
            if group.is_subscribed_to(topic) {
                return ErrorCode::GroupSubscribedToTopic;
            }
            if self.offsets.committed(group_id, topic, *partition).is_some()
                || self.offsets.is_pending(group_id, topic, *partition)
            {
                effects.apply(records::no_offset(group_id, topic, *partition));
            }
            ErrorCode::None
        });
        Ok(codes.collect())
    }

    /// DeleteGroups, for one.
    pub(in crate::groups) fn delete_group(
        &mut self,
        group_id: &str,
        effects: &mut Effects,
    ) -> Result<(), ErrorCode> {
        let group = self.groups.get(group_id).ok_or(ErrorCode::GroupIdNotFound)?;
        if !group.is_empty() {
            return Err(ErrorCode::NonEmptyGroup);
        }
        for (topic, partition) in self.offsets.partitions(group_id) {
            effects.apply(records::no_offset(group_id, &topic, partition));
        }
        group.forget(effects);
        Ok(())
    }

    /// A topic is gone, and its offsets with it.
    pub(in crate::groups) fn topic_deleted(&mut self, topic: &str, effects: &mut Effects) {
        for (group, partition) in self.offsets.of_topic(topic) {
            effects.apply(records::no_offset(&group, topic, partition));
        }
    }

    /// The group's assignment could not be written down.
    pub(in crate::groups) fn assignment_lost(&mut self, group: &str, now: Now, effects: &mut Effects) {
        let mut turn = Turn { now, settings: &self.settings, deadlines: &mut self.deadlines, effects };
        if let Some(Group::Classic(group)) = self.groups.get_mut(group) {
            group.assignment_lost(&mut turn);
        }
    }
}

impl Group {
    /// Without members.
    pub(in crate::groups) fn is_empty(&self) -> bool {
        match self {
            Self::Classic(group) => group.is_empty(),
            Self::Consumer(group) => group.is_empty(),
        }
    }

    /// Somebody was given an id and is about to join.
    fn is_awaited(&self) -> bool {
        match self {
            Self::Classic(group) => group.is_awaited(),
            Self::Consumer(_) => false,
        }
    }

    /// Whether a member needs this topic's offsets.
    fn is_subscribed_to(&self, topic: &str) -> bool {
        match self {
            Self::Classic(group) => group.is_subscribed_to(topic),
            Self::Consumer(group) => group.is_subscribed_to(topic),
        }
    }

    /// The records without which the group is gone.
    fn forget(&self, effects: &mut Effects) {
        match self {
            Self::Classic(group) => effects.apply(records::no_group(&group.id)),
            Self::Consumer(group) => group.forget(effects),
        }
    }
}
