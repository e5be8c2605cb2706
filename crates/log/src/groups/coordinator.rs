//! The coordinator's state and what may be asked of it: a pure state machine over all groups and offsets.
//!
//! It never touches a disk, a socket or a clock: time is an argument, and what is to be kept or answered is left in
//! [`Effects`]. [`mod@super`] does it.
//!
//! Invariant: what [`apply`](Coordinator::apply) makes of the records in the log is what the state was when they were
//! written, but for members that had not been assigned anything yet.

use std::collections::HashMap;
use std::sync::Arc;

use watershed_protocol::ErrorCode;

use super::classic::{ClassicGroup, Join, Leave, State, Sync};
use super::consumer::{ConsumerGroup, ConsumerHeartbeat, HeartbeatAnswer, Refusal};
use super::deadlines::{Deadlines, Timer};
use super::effects::{Effects, JoinAnswer, Now, SyncAnswer, Turn};
use super::offsets::{Committed, Offsets};
use super::records::{self, ConsumerRecord, Kept};
use super::settings::GroupSettings;
use super::topics::Topics;

/// A group of either protocol.
#[derive(Debug)]
pub(super) enum Group {
    Classic(ClassicGroup),
    Consumer(ConsumerGroup),
}

/// All groups and their offsets.
#[derive(Debug)]
pub(super) struct Coordinator {
    pub(super) settings: GroupSettings,
    pub(super) groups: HashMap<Arc<str>, Group>,
    pub(super) offsets: Offsets,
    pub(super) deadlines: Deadlines,
    /// The topics that there are, as of late.
    pub(super) topics: Arc<Topics>,
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
    pub(super) fn new(settings: GroupSettings) -> Self {
        Self {
            settings,
            groups: HashMap::new(),
            offsets: Offsets::default(),
            deadlines: Deadlines::default(),
            topics: Arc::default(),
        }
    }

    /// A record is in the log: it is what the state says from now on.
    pub(super) fn apply(&mut self, producer_id: Option<i64>, record: Kept<'_>, now: Now) {
        match record {
            Kept::Offset { group, topic, partition, value: Some(value) } => {
                let group = self.group_id(group);
                self.groups
                    .entry(Arc::clone(&group))
                    .or_insert_with(|| Group::Classic(ClassicGroup::new(Arc::clone(&group), now.wall_ms)));
                self.offsets.apply(producer_id, (&group, topic, partition), value);
            }
            Kept::Offset { group, topic, partition, value: None } => {
                self.offsets.forget(group, topic, partition);
            }
            Kept::Group { group, value: Some(value) } => {
                let group = self.group_id(group);
                let restored = ClassicGroup::restored(Arc::clone(&group), value);
                self.groups.insert(group, Group::Classic(restored));
            }
            Kept::Group { group, value: None } => {
                if matches!(self.groups.get(group), Some(Group::Classic(_))) {
                    self.forget_group(group);
                }
            }
            Kept::Consumer { group, record } => self.apply_to_consumer_group(group, record),
            Kept::Other => {}
        }
    }

    /// The first record of a consumer group makes it, in the place of a classic group without members.
    fn apply_to_consumer_group(&mut self, group: &str, record: ConsumerRecord<'_>) {
        let is_there = matches!(self.groups.get(group), Some(Group::Consumer(_)));
        if !is_there {
            if record.is_tombstone() {
                return;
            }
            let id = self.group_id(group);
            self.forget_group(group);
            self.groups.insert(Arc::clone(&id), Group::Consumer(ConsumerGroup::new(id)));
        }
        if let Some(Group::Consumer(of)) = self.groups.get_mut(group)
            && !of.apply(record)
        {
            self.forget_group(group);
        }
    }

    /// All records were read: sessions begin.
    pub(super) fn loaded(&mut self, now: Now, effects: &mut Effects) {
        let Self { settings, groups, deadlines, .. } = self;
        let mut turn = Turn { now, settings, deadlines, effects };
        for group in groups.values_mut() {
            match group {
                Group::Classic(group) => group.loaded(&mut turn),
                Group::Consumer(group) => group.loaded(&mut turn),
            }
        }
        self.deadlines.set(Timer::Expiry, now.elapsed_ms + self.settings.offsets_retention_check_ms);
    }

    /// JoinGroup.
    pub(super) fn join(&mut self, group_id: &str, join: Join, now: Now, effects: &mut Effects) {
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
    pub(super) fn sync(&mut self, group: &str, sync: Sync, now: Now, effects: &mut Effects) {
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
    pub(super) fn heartbeat(
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
    pub(super) fn leave(
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
    pub(super) fn consumer_heartbeat(
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
    pub(super) fn looked_at(&mut self, group: &str, version: u64) {
        if let Some(Group::Consumer(group)) = self.groups.get_mut(group) {
            group.topics_seen = version;
        }
    }

    /// OffsetCommit and TxnOffsetCommit: what becomes of each offset, unless nobody may commit any.
    pub(super) fn commit(
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
    pub(super) fn check_fetch(
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
    pub(super) fn delete_offsets(
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
    pub(super) fn delete_group(&mut self, group_id: &str, effects: &mut Effects) -> Result<(), ErrorCode> {
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
    pub(super) fn topic_deleted(&mut self, topic: &str, effects: &mut Effects) {
        for (group, partition) in self.offsets.of_topic(topic) {
            effects.apply(records::no_offset(&group, topic, partition));
        }
    }

    /// Does what is due.
    pub(super) fn expire(&mut self, now: Now, effects: &mut Effects) {
        while let Some(timer) = self.deadlines.pop_due(now.elapsed_ms) {
            let mut turn = Turn {
                now,
                settings: &self.settings,
                deadlines: &mut self.deadlines,
                effects: &mut *effects,
            };
            match timer {
                Timer::ClassicSession { group, member } => {
                    if let Some(Group::Classic(group)) = self.groups.get_mut(&group) {
                        group.session_over(&member, &mut turn);
                    }
                }
                Timer::ClassicJoin { group } => {
                    if let Some(Group::Classic(group)) = self.groups.get_mut(&group) {
                        group.join_over(&mut turn);
                    }
                }
                Timer::ClassicSync { group } => {
                    if let Some(Group::Classic(group)) = self.groups.get_mut(&group) {
                        group.sync_over(&mut turn);
                    }
                }
                Timer::ConsumerSession { group, member } => {
                    if let Some(Group::Consumer(group)) = self.groups.get(&group) {
                        group.session_over(&member, &mut turn);
                    }
                }
                Timer::ConsumerRebalance { group, member } => {
                    if let Some(Group::Consumer(group)) = self.groups.get(&group) {
                        group.revocation_over(&member, &mut turn);
                    }
                }
                Timer::Expiry => {
                    self.expire_offsets(now, effects);
                    let next_ms = now.elapsed_ms + self.settings.offsets_retention_check_ms.max(1);
                    self.deadlines.set(Timer::Expiry, next_ms);
                }
            }
        }
    }

    /// The group's assignment could not be written down.
    pub(super) fn assignment_lost(&mut self, group: &str, now: Now, effects: &mut Effects) {
        let mut turn = Turn { now, settings: &self.settings, deadlines: &mut self.deadlines, effects };
        if let Some(Group::Classic(group)) = self.groups.get_mut(group) {
            group.assignment_lost(&mut turn);
        }
    }

    /// Forgets offsets that nobody needs (KIP-211), and groups that have neither members nor offsets.
    fn expire_offsets(&self, now: Now, effects: &mut Effects) {
        for (id, group) in &self.groups {
            let all = self.offsets.all(id);
            let (mut kept, mut expired) = (0_usize, Vec::new());
            for (topic, partitions) in all.into_iter().flatten() {
                for (&partition, offset) in partitions {
                    if self.is_expired(group, topic, offset, now)
                        && !self.offsets.is_pending(id, topic, partition)
                    {
                        expired.push(records::no_offset(id, topic, partition));
                    } else {
                        kept += 1;
                    }
                }
            }
            expired.into_iter().for_each(|record| effects.apply(record));
            if kept == 0 && group.is_empty() && !group.is_awaited() && !self.offsets.has_pending(id) {
                group.forget(effects);
            }
        }
    }

    fn is_expired(&self, group: &Group, topic: &str, offset: &Committed, now: Now) -> bool {
        if group.is_subscribed_to(topic) {
            return false;
        }
        let since_ms = match group {
            Group::Classic(group) if group.protocol_type.is_none() => offset.committed_ms,
            Group::Classic(group) if group.is_empty() => group.state_since_ms.unwrap_or(offset.committed_ms),
            Group::Classic(group) if group.state == State::Stable && group.knows_subscriptions() => {
                offset.committed_ms
            }
            Group::Classic(_) => return false,
            Group::Consumer(_) => offset.committed_ms,
        };
        match offset.expires_ms {
            Some(at_ms) => now.wall_ms >= at_ms,
            None => now.wall_ms.saturating_sub(since_ms) >= self.settings.offsets_retention_ms,
        }
    }

    /// The one copy of a group's id.
    fn group_id(&self, id: &str) -> Arc<str> {
        self.groups.get_key_value(id).map_or_else(|| Arc::from(id), |(id, _)| Arc::clone(id))
    }

    fn forget_group(&mut self, group: &str) {
        let mut effects = Effects::default();
        let Some(group) = self.groups.remove(group) else { return };
        let mut turn = Turn {
            now: Now { elapsed_ms: 0, wall_ms: 0 },
            settings: &self.settings,
            deadlines: &mut self.deadlines,
            effects: &mut effects,
        };
        match group {
            Group::Classic(group) => group.forget_timers(&mut turn),
            Group::Consumer(group) => group.forget_timers(&mut turn),
        }
    }
}

impl Group {
    /// Without members.
    pub(super) fn is_empty(&self) -> bool {
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
