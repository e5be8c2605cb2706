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
use crate::groups::settings::{GroupSettings, OwnSettings};
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
    /// What single groups are told instead of `settings`, as of late.
    pub(in crate::groups) own_settings: OwnSettings,
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
            own_settings: OwnSettings::default(),
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
            // It becomes a classic one, which is written down at once: its offsets are never without a group.
            let mut gone = Effects::default();
            group.forget(&mut gone);
            effects.records.append(&mut gone.to_apply);
            effects.keep(records::group(&ClassicGroup::new(Arc::clone(&id), now.wall_ms)));
            self.forget_group(group_id);
        }
        let group = self
            .groups
            .entry(Arc::clone(&id))
            .or_insert_with(|| Group::Classic(ClassicGroup::new(id, now.wall_ms)));
        let mut turn = Turn {
            now,
            settings: &self.settings,
            topics: &self.topics,
            deadlines: &mut self.deadlines,
            effects,
        };
        match group {
            Group::Classic(group) => group.join(join, &mut turn),
            Group::Consumer(group) => group.join_classic(&join, turn.topics, &mut turn),
        }
    }

    /// SyncGroup.
    pub(in crate::groups) fn sync(&mut self, group: &str, sync: Sync, now: Now, effects: &mut Effects) {
        let mut turn = Turn {
            now,
            settings: &self.settings,
            topics: &self.topics,
            deadlines: &mut self.deadlines,
            effects,
        };
        match self.groups.get_mut(group) {
            _ if group.is_empty() => {
                turn.effects.sync(sync.ticket, SyncAnswer::refused(ErrorCode::InvalidGroupId));
            }
            Some(Group::Classic(group)) => group.sync(sync, &mut turn),
            Some(Group::Consumer(group)) => group.sync_classic(&sync, turn.topics, &mut turn),
            None => turn.effects.sync(sync.ticket, SyncAnswer::refused(ErrorCode::UnknownMemberId)),
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
        let mut turn =
            Turn { now, settings: &self.settings, topics: &self.topics, deadlines, effects: &mut effects };
        match self.groups.get(group) {
            _ if group.is_empty() => Err(ErrorCode::InvalidGroupId),
            Some(Group::Classic(group)) => group.heartbeat(member, instance, generation, &mut turn),
            Some(Group::Consumer(group)) => group.heartbeat_classic(member, instance, generation, &mut turn),
            None => Err(ErrorCode::UnknownMemberId),
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
        let mut turn = Turn {
            now,
            settings: &self.settings,
            topics: &self.topics,
            deadlines: &mut self.deadlines,
            effects,
        };
        match self.groups.get_mut(group) {
            _ if group.is_empty() => Err(ErrorCode::InvalidGroupId),
            Some(Group::Classic(group)) => Ok(group.leave(leaves, &mut turn)),
            Some(Group::Consumer(group)) => Ok(group.leave_classic(leaves, &mut turn)),
            None => Ok(vec![ErrorCode::UnknownMemberId; leaves.len()]),
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
        let fresh = if beat.joins() { self.made_consumer_group(&beat.group, effects)? } else { None };
        let group = match &fresh {
            Some(fresh) => fresh,
            None => consumer_group(&self.groups, &beat.group)?,
        };
        let settings = self.settings.with(self.own_settings.get(&beat.group));
        let deadlines = &mut self.deadlines;
        let mut turn = Turn { now, settings: &settings, topics: &self.topics, deadlines, effects };
        if let Some(fresh) = &fresh {
            // Should it be refused, these timers find no such members.
            fresh.loaded(&mut turn);
        }
        let answer = match beat.leaves() {
            true => group.leave(beat, &mut turn),
            false => group.heartbeat(beat, turn.topics, &mut turn),
        };
        if answer.is_err() {
            // Whatever it was to become, the group stays what it is.
            *turn.effects = Effects::default();
        } else if let (Some(_), Some(Group::Classic(before))) =
            (&fresh, self.groups.get_mut(beat.group.as_str()))
        {
            before.refuse_waiting(&mut turn);
        }
        answer
    }

    /// A consumer group for its first member: a new one, or what a classic group becomes. None: it is there.
    fn made_consumer_group(&self, id: &str, effects: &mut Effects) -> Result<Option<ConsumerGroup>, Refusal> {
        let (shared_id, count) = (self.group_id(id), self.groups.len());
        match self.groups.get(id) {
            Some(Group::Consumer(_)) => Ok(None),
            Some(Group::Classic(group)) if group.is_empty() => {
                effects.apply(records::no_group(id));
                Ok(Some(ConsumerGroup::new(shared_id)))
            }
            Some(Group::Classic(group)) => {
                let size_max = self.settings.consumer_group_size_max;
                let upgraded = ConsumerGroup::upgraded(group, &self.topics, size_max, effects);
                upgraded.map(Some).ok_or_else(|| not_a_consumer_group(id))
            }
            None if count < self.settings.groups_max => Ok(Some(ConsumerGroup::new(shared_id))),
            None => Err(Refusal {
                code: ErrorCode::PolicyViolation,
                message: format!("this node keeps at most {count} groups: delete some"),
            }),
        }
    }

    /// What a consumer group has looked at is in the log.
    pub(in crate::groups) fn looked_at(&mut self, group: &str, version: u64) {
        if let Some(Group::Consumer(group)) = self.groups.get_mut(group) {
            group.topics_seen = version;
        }
    }

    /// A consumer group has become a classic one.
    pub(in crate::groups) fn begin_again(&mut self, group: &str, now: Now, effects: &mut Effects) {
        let (settings, topics) = (&self.settings, &*self.topics);
        let mut turn = Turn { now, settings, topics, deadlines: &mut self.deadlines, effects };
        if let Some(Group::Classic(group)) = self.groups.get_mut(group) {
            group.begin_again(&mut turn);
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
                let mut turn = Turn {
                    now,
                    settings: &self.settings,
                    topics: &self.topics,
                    deadlines,
                    effects: &mut *effects,
                };
                group.committed(&commit.member_id, &mut turn);
            }
            Some(Group::Consumer(group)) => group.check_commit(commit)?,
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
        effects.divisible = true;
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
        effects.divisible = true;
        for (topic, partition) in self.offsets.partitions(group_id) {
            effects.apply(records::no_offset(group_id, &topic, partition));
        }
        group.forget(effects);
        Ok(())
    }

    /// A topic is gone, and its offsets with it.
    pub(in crate::groups) fn topic_deleted(&mut self, topic: &str, effects: &mut Effects) {
        effects.divisible = true;
        for (group, partition) in self.offsets.of_topic(topic) {
            effects.apply(records::no_offset(&group, topic, partition));
        }
    }

    /// Forgets the offsets of topics that are gone.
    pub(in crate::groups) fn forget_gone_topics(&mut self, effects: &mut Effects) {
        effects.divisible = true;
        for (group, topic, partition) in self.offsets.of_gone(&self.topics) {
            effects.apply(records::no_offset(&group, &topic, partition));
        }
    }

    /// The group's assignment could not be written down.
    pub(in crate::groups) fn assignment_lost(&mut self, group: &str, now: Now, effects: &mut Effects) {
        let mut turn = Turn {
            now,
            settings: &self.settings,
            topics: &self.topics,
            deadlines: &mut self.deadlines,
            effects,
        };
        if let Some(Group::Classic(group)) = self.groups.get_mut(group) {
            group.assignment_lost(&mut turn);
        }
    }
}

/// The consumer group of this id.
fn consumer_group<'g>(groups: &'g HashMap<Arc<str>, Group>, id: &str) -> Result<&'g ConsumerGroup, Refusal> {
    match groups.get(id) {
        Some(Group::Consumer(group)) => Ok(group),
        Some(Group::Classic(_)) => Err(not_a_consumer_group(id)),
        None => Err(Refusal { code: ErrorCode::GroupIdNotFound, message: format!("Group {id} not found.") }),
    }
}

fn not_a_consumer_group(id: &str) -> Refusal {
    Refusal { code: ErrorCode::GroupIdNotFound, message: format!("Group {id} is not a consumer group.") }
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
