//! A consumer group of KIP-848: the coordinator assigns, members work towards it by their heartbeats, each at its own pace.
//!
//! The group's epoch rises when members or subscribed topics change; then a target assignment of that epoch is worked
//! out, and every member is brought to it: first it gives up what others are to have, then it gets what is free.
//!
//! It changes only by records that are in the log ([`apply`](ConsumerGroup::apply)): operations work out records, and
//! what is remembered is what a restart would find. Here are the state and what is asked of it; `heartbeat.rs` has what
//! changes it.
//!
//! Invariant: a partition is held by one member at a time: it is given to nobody before its last holder has said that
//! it has given it up, or is out of the group.

pub(super) mod assignor;
mod classic_member;
mod heartbeat;
#[cfg(test)]
mod migration_tests;
mod reconcile;
mod subscription;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::coordinator::Commit;
use super::deadlines::{Deadlines, Timer};
use super::effects::{Effects, Turn};
use super::offsets::Committed;
use super::records::{self, ConsumerRecord};
pub(super) use assignor::Assignment;
pub(crate) use heartbeat::{ConsumerHeartbeat, HeartbeatAnswer, Refusal};

/// A static member that has left for a while, and comes back under its instance id.
pub(super) const AWAY: i32 = -2;

/// How far a member is on its way to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberState {
    /// It has what it is to have in its epoch.
    Stable,
    /// It is to give something up, and has not yet.
    UnrevokedPartitions,
    /// It is to have something that another one still has.
    UnreleasedPartitions,
}

impl MemberState {
    /// Kafka's number.
    pub(super) const fn number(self) -> i8 {
        match self {
            Self::Stable => 0,
            Self::UnrevokedPartitions => 1,
            Self::UnreleasedPartitions => 2,
        }
    }

    /// The state of this number. One that is not known is worked out again from the member's next heartbeat.
    pub(super) const fn from_number(number: i8) -> Self {
        match number {
            1 => Self::UnrevokedPartitions,
            2 => Self::UnreleasedPartitions,
            _ => Self::Stable,
        }
    }
}

/// What a member says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) instance_id: Option<String>,
    pub(super) rack_id: Option<String>,
    pub(super) client_id: String,
    pub(super) client_host: String,
    pub(super) topics: BTreeSet<String>,
    /// None, or not empty.
    pub(super) regex: Option<String>,
    pub(super) assignor: Option<String>,
    pub(super) rebalance_timeout_ms: i32,
    /// Of a member that still speaks the classic protocol.
    pub(super) classic: Option<ClassicProfile>,
}

/// What a member says of itself that speaks the classic protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClassicProfile {
    pub(super) session_timeout_ms: i32,
    pub(super) protocols: Vec<(String, Arc<[u8]>)>,
}

/// Where a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) epoch: i32,
    pub(super) previous_epoch: i32,
    pub(super) state: MemberState,
    pub(super) assigned: Assignment,
    pub(super) revoking: Assignment,
    /// The epochs in which it was given what it has, and what it is to give up: that far back it may commit for it.
    pub(super) since: BTreeMap<(Uuid, i32), i32>,
}

impl Default for Position {
    fn default() -> Self {
        Self {
            epoch: 0,
            previous_epoch: 0,
            state: MemberState::Stable,
            assigned: Assignment::new(),
            revoking: Assignment::new(),
            since: BTreeMap::new(),
        }
    }
}

/// A member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) profile: Profile,
    pub(super) position: Position,
}

/// A consumer group.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ConsumerGroup {
    pub(super) id: Arc<str>,
    pub(super) epoch: i32,
    /// Of the topics that the target was worked out for.
    pub(super) metadata_hash: i64,
    /// The epoch of the target.
    pub(super) target_epoch: i32,
    pub(super) members: BTreeMap<String, Member>,
    pub(super) targets: BTreeMap<String, Assignment>,
    /// What each regular expression of a member matches.
    pub(super) matches: BTreeMap<String, BTreeSet<String>>,
    /// Instance ids to member ids.
    pub(super) statics: BTreeMap<String, String>,
    /// Who has a partition, or has not given it up yet.
    holders: HashMap<(Uuid, i32), String>,
    /// The version of the topics that were last looked at.
    pub(super) topics_seen: u64,
}

impl ConsumerGroup {
    /// Without members.
    pub(super) fn new(id: Arc<str>) -> Self {
        Self {
            id,
            epoch: 0,
            metadata_hash: 0,
            target_epoch: 0,
            members: BTreeMap::new(),
            targets: BTreeMap::new(),
            matches: BTreeMap::new(),
            statics: BTreeMap::new(),
            holders: HashMap::new(),
            topics_seen: 0,
        }
    }

    /// A record is in the log. False: it was the one by which the group goes.
    pub(super) fn apply(&mut self, record: ConsumerRecord<'_>) -> bool {
        match record {
            ConsumerRecord::Group(Some((epoch, metadata_hash))) => {
                (self.epoch, self.metadata_hash) = (epoch, metadata_hash);
            }
            ConsumerRecord::Group(None) => return false,
            ConsumerRecord::Member(id, Some(profile)) => {
                if let Some(instance) = &profile.instance_id {
                    self.statics.insert(instance.clone(), id.to_owned());
                }
                self.members.entry(id.to_owned()).or_default().profile = profile;
            }
            ConsumerRecord::Member(id, None) => {
                self.hold(id, None);
                if let Some(instance) = self.members.remove(id).and_then(|member| member.profile.instance_id)
                    && self.statics.get(&instance).is_some_and(|current| current == id)
                {
                    self.statics.remove(&instance);
                }
            }
            ConsumerRecord::Position(id, Some(position)) => {
                self.hold(id, Some(&position));
                self.members.entry(id.to_owned()).or_default().position = position;
            }
            ConsumerRecord::Position(id, None) => {
                self.hold(id, None);
                if let Some(member) = self.members.get_mut(id) {
                    member.position = Position::default();
                }
            }
            ConsumerRecord::TargetEpoch(epoch) => self.target_epoch = epoch.unwrap_or(0),
            ConsumerRecord::Target(id, Some(target)) => drop(self.targets.insert(id.to_owned(), target)),
            ConsumerRecord::Target(id, None) => drop(self.targets.remove(id)),
            ConsumerRecord::Regex(regex, Some(topics)) => drop(self.matches.insert(regex.to_owned(), topics)),
            ConsumerRecord::Regex(regex, None) => drop(self.matches.remove(regex)),
        }
        true
    }

    /// Ends what there is nothing to wait for any more when this record is in the log. It is not ended before: if the
    /// record cannot be written, the member is still what it was.
    pub(super) fn end_timers(&self, record: &ConsumerRecord<'_>, deadlines: &mut Deadlines) {
        match record {
            ConsumerRecord::Member(id, None) => self.forget_timers_of(id, deadlines),
            ConsumerRecord::Member(id, Some(Profile { classic: None, .. })) => {
                deadlines.cancel(&self.classic_timer(id));
            }
            ConsumerRecord::Member(id, Some(_)) => deadlines.cancel(&self.revocation_timer(id)),
            ConsumerRecord::Position(id, Some(position)) if position.revoking.is_empty() => {
                deadlines.cancel(&self.revocation_timer(id));
            }
            _ => {}
        }
    }

    /// Begins the sessions of members that were read from the log.
    pub(super) fn loaded(&self, turn: &mut Turn<'_>) {
        for (id, member) in &self.members {
            match &member.profile.classic {
                Some(classic) => self.heard_of_classic(id, classic.session_timeout_ms, turn),
                None => self.heard_of(id, turn),
            }
            let is_classic = member.profile.classic.is_some();
            if member.position.state == MemberState::UnrevokedPartitions && !is_classic {
                self.wait_for_revocation(id, member.profile.rebalance_timeout_ms, turn);
            }
        }
    }

    /// Without members.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Kafka's name of its state.
    pub(super) fn state(&self) -> &'static str {
        let is_there = |member: &Member| {
            member.position.state == MemberState::Stable && member.position.epoch == self.target_epoch
        };
        if self.members.is_empty() {
            "Empty"
        } else if self.epoch > self.target_epoch {
            "Assigning"
        } else if self.members.values().all(is_there) {
            "Stable"
        } else {
            "Reconciling"
        }
    }

    /// Whether a member consumes this topic.
    pub(super) fn is_subscribed_to(&self, topic: &str) -> bool {
        self.members.values().any(|member| self.subscribes(&member.profile, topic))
    }

    /// Whether this member may commit these offsets: in its epoch, or in an older one in which it already had the
    /// partitions (KIP-1251).
    pub(super) fn check_commit(&self, commit: &Commit) -> Result<(), ErrorCode> {
        let epoch = commit.generation;
        if epoch < 0 && self.members.is_empty() {
            return Ok(());
        }
        let member = self.members.get(&commit.member_id).ok_or(ErrorCode::UnknownMemberId)?;
        let is_classic = member.profile.classic.is_some();
        if !commit.transactional && !commit.knows_epochs && !is_classic {
            return Err(ErrorCode::UnsupportedVersion);
        }
        let had = |(_, partition, offset): &(String, i32, Committed)| {
            member.position.since.get(&(offset.topic_id, *partition)).is_some_and(|since| *since <= epoch)
        };
        match epoch.cmp(&member.position.epoch) {
            Ordering::Equal => Ok(()),
            Ordering::Less if commit.offsets.iter().all(had) => Ok(()),
            _ if commit.transactional || is_classic => Err(ErrorCode::IllegalGeneration),
            _ => Err(ErrorCode::StaleMemberEpoch),
        }
    }

    /// Whether this member may fetch offsets; anybody may who does not say to be one.
    pub(super) fn check_fetch(&self, member: Option<&str>, epoch: i32) -> Result<(), ErrorCode> {
        let Some(id) = member.filter(|id| epoch >= 0 || !id.is_empty()) else { return Ok(()) };
        let member = self.members.get(id).ok_or(ErrorCode::UnknownMemberId)?;
        if epoch == member.position.epoch { Ok(()) } else { Err(ErrorCode::StaleMemberEpoch) }
    }

    /// A member's session is over: it is out.
    pub(super) fn session_over(&self, id: &str, turn: &mut Turn<'_>) {
        if self.members.contains_key(id) {
            tracing::info!(group = %self.id, member = id, "a member is not heard of any more");
            self.remove(&BTreeSet::from([id]), turn);
        }
    }

    /// A member has not given up what it was to: it is out.
    pub(super) fn revocation_over(&self, id: &str, turn: &mut Turn<'_>) {
        let is_late = |member: &Member| member.position.state == MemberState::UnrevokedPartitions;
        if self.members.get(id).is_some_and(is_late) {
            tracing::info!(group = %self.id, member = id, "a member has not given up its partitions in time");
            self.remove(&BTreeSet::from([id]), turn);
        }
    }

    /// A classic member has not joined again, or not asked for its assignment, in time: it is out.
    pub(super) fn classic_over(&self, id: &str, turn: &mut Turn<'_>) {
        if self.members.get(id).is_some_and(|member| member.profile.classic.is_some()) {
            tracing::info!(group = %self.id, member = id, "a classic member has not joined or synced in time");
            self.remove(&BTreeSet::from([id]), turn);
        }
    }

    /// The records without which the group is gone.
    pub(super) fn forget(&self, effects: &mut Effects) {
        for id in self.members.keys() {
            self.forget_member(id, effects);
        }
        for regex in self.matches.keys() {
            effects.apply(records::regex(&self.id, regex, None));
        }
        effects.apply(records::target_epoch(&self.id, None));
        effects.apply(records::consumer_group(&self.id, None));
    }

    /// Ends everything that waits for this group, which goes.
    pub(super) fn forget_timers(&self, deadlines: &mut Deadlines) {
        self.members.keys().for_each(|id| self.forget_timers_of(id, deadlines));
    }

    fn forget_timers_of(&self, id: &str, deadlines: &mut Deadlines) {
        deadlines.cancel(&self.session_timer(id));
        deadlines.cancel(&self.revocation_timer(id));
        deadlines.cancel(&self.classic_timer(id));
    }

    /// Whether somebody has this partition, or has not given it up yet.
    fn is_held(&self, topic: Uuid, partition: i32) -> bool {
        self.holders.contains_key(&(topic, partition))
    }

    /// The member holds what its position says, and nothing else.
    fn hold(&mut self, id: &str, position: Option<&Position>) {
        if let Some(member) = self.members.get(id) {
            for partition in
                partitions(&member.position.assigned).chain(partitions(&member.position.revoking))
            {
                if self.holders.get(&partition).is_some_and(|holder| holder == id) {
                    self.holders.remove(&partition);
                }
            }
        }
        if let Some(position) = position {
            for partition in partitions(&position.assigned).chain(partitions(&position.revoking)) {
                self.holders.insert(partition, id.to_owned());
            }
        }
    }

    /// Takes members out; the others are assigned what they had with their next heartbeats.
    fn remove(&self, gone: &BTreeSet<&str>, turn: &mut Turn<'_>) {
        if self.downgrades_without(gone, turn.settings.group_size_max) {
            return self.downgrade(gone, turn);
        }
        gone.iter().for_each(|id| self.forget_member(id, turn.effects));
        let others = self.members.iter().filter(|(id, _)| !gone.contains(id.as_str()));
        self.forget_regexes(others.map(|(_, member)| &member.profile), turn.effects);
        let epoch = self.epoch.saturating_add(1);
        turn.effects.apply(records::consumer_group(&self.id, Some((epoch, self.metadata_hash))));
    }

    fn forget_member(&self, id: &str, effects: &mut Effects) {
        effects.apply(records::position(&self.id, id, None));
        effects.apply(records::target(&self.id, id, None));
        effects.apply(records::member(&self.id, id, None));
    }

    /// Begins the member's session again.
    fn heard_of(&self, id: &str, turn: &mut Turn<'_>) {
        let over_ms = turn.now.elapsed_ms + i64::from(turn.settings.consumer_session_timeout_ms);
        turn.deadlines.set(self.session_timer(id), over_ms);
    }

    /// The member is to give up partitions within this time.
    fn wait_for_revocation(&self, id: &str, timeout_ms: i32, turn: &mut Turn<'_>) {
        turn.deadlines.set(self.revocation_timer(id), turn.now.elapsed_ms + i64::from(timeout_ms.max(0)));
    }

    fn session_timer(&self, member: &str) -> Timer {
        Timer::ConsumerSession { group: Arc::clone(&self.id), member: member.to_owned() }
    }

    fn revocation_timer(&self, member: &str) -> Timer {
        Timer::ConsumerRebalance { group: Arc::clone(&self.id), member: member.to_owned() }
    }
}

/// The partitions of an assignment.
pub(super) fn partitions(assignment: &Assignment) -> impl Iterator<Item = (Uuid, i32)> + '_ {
    assignment
        .iter()
        .flat_map(|(&topic, partitions)| partitions.iter().map(move |&partition| (topic, partition)))
}
