//! ConsumerGroupHeartbeat: by it members join, leave, change their subscription, give partitions up and get them.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::assignor::Assignor;
use super::reconcile::{Step, step};
use super::subscription::{Matches, compile, metadata_hash, subscribers};
use super::{AWAY, Assignment, ConsumerGroup, Member, MemberState, Position, Profile, partitions};
use crate::groups::effects::Turn;
use crate::groups::records;
use crate::groups::topics::Topics;

/// A member that goes for good.
const LEAVES: i32 = -1;
/// Since then members make their ids themselves (KIP-1082).
const OWN_MEMBER_ID: i16 = 1;

/// A heartbeat; what it does not say has not changed.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConsumerHeartbeat {
    pub(crate) version: i16,
    pub(crate) group: String,
    pub(crate) member_id: String,
    /// 0: joins. -1: leaves. -2: leaves for a while.
    pub(crate) epoch: i32,
    pub(crate) instance_id: Option<String>,
    pub(crate) rack_id: Option<String>,
    pub(crate) rebalance_timeout_ms: i32,
    pub(crate) topics: Option<BTreeSet<String>>,
    pub(crate) regex: Option<String>,
    pub(crate) assignor: Option<String>,
    pub(crate) owned: Option<BTreeMap<Uuid, BTreeSet<i32>>>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    /// The id of a new member that has none.
    pub(crate) unique: Uuid,
}

/// What a heartbeat is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeartbeatAnswer {
    pub(crate) member_id: String,
    pub(crate) epoch: i32,
    pub(crate) interval_ms: i32,
    /// None: as it was.
    pub(crate) assignment: Option<BTreeMap<Uuid, BTreeSet<i32>>>,
}

/// Why a heartbeat is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

fn refuse<T>(code: ErrorCode, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, message: message.into() })
}

/// A member, found for its heartbeat.
pub(super) struct Found {
    pub(super) member: Member,
    /// It was not in the group before.
    pub(super) is_new: bool,
    /// The static member whose place it takes.
    pub(super) replaces: Option<String>,
}

impl ConsumerHeartbeat {
    /// Whether it joins.
    pub(in crate::groups) const fn joins(&self) -> bool {
        self.epoch == 0
    }

    /// Whether it goes, for good or for a while.
    pub(in crate::groups) const fn leaves(&self) -> bool {
        self.epoch == LEAVES || self.epoch == AWAY
    }

    /// Checks what can be checked without the group.
    pub(in crate::groups) fn check(&self) -> Result<(), Refusal> {
        let invalid = |message: &str| refuse(ErrorCode::InvalidRequest, message);
        let is_empty = |text: &Option<String>| text.as_ref().is_some_and(|text| text.trim().is_empty());
        if self.group.trim().is_empty() {
            return invalid("GroupId can't be empty.");
        }
        if is_empty(&self.instance_id) {
            return invalid("InstanceId can't be empty.");
        }
        if is_empty(&self.rack_id) {
            return invalid("RackId can't be empty.");
        }
        let needs_id = self.version >= OWN_MEMBER_ID || self.epoch != 0;
        if needs_id && self.member_id.trim().is_empty() {
            return invalid("MemberId can't be empty.");
        }
        if self.epoch < AWAY {
            return invalid("MemberEpoch is invalid.");
        }
        if self.epoch == AWAY && self.instance_id.is_none() {
            return invalid("InstanceId can't be null.");
        }
        if self.joins() {
            if self.rebalance_timeout_ms == -1 {
                return invalid("RebalanceTimeoutMs must be provided in first request.");
            }
            if self.owned.as_ref().is_none_or(|owned| !owned.is_empty()) {
                return invalid("TopicPartitions must be empty when (re-)joining.");
            }
            let has_names = self.topics.as_ref().is_some_and(|topics| !topics.is_empty());
            let has_regex = self.regex.as_ref().is_some_and(|regex| !regex.is_empty());
            if !has_names && !has_regex {
                return invalid(
                    "Either SubscribedTopicNames or SubscribedTopicRegex must be non-empty when (re-)joining.",
                );
            }
        }
        if let Some(regex) = self.regex.as_deref().filter(|regex| self.joins() && !regex.is_empty()) {
            compile(regex)?;
        }
        if let Some(assignor) = self.assignor.as_ref().filter(|name| Assignor::named(name).is_none()) {
            let message =
                format!("ServerAssignor {assignor} is not supported. Supported assignors: uniform, range.");
            return refuse(ErrorCode::UnsupportedAssignor, message);
        }
        Ok(())
    }

    /// The member as it now says it is.
    fn changes(&self, member: &Member) -> Profile {
        let mut profile = member.profile.clone();
        if self.instance_id.is_some() {
            profile.instance_id.clone_from(&self.instance_id);
        }
        if self.rack_id.is_some() {
            profile.rack_id.clone_from(&self.rack_id);
        }
        if self.rebalance_timeout_ms != -1 {
            profile.rebalance_timeout_ms = self.rebalance_timeout_ms;
        }
        if let Some(topics) = &self.topics {
            profile.topics.clone_from(topics);
        }
        if let Some(regex) = &self.regex {
            profile.regex = Some(regex.clone()).filter(|regex| !regex.is_empty());
        }
        if self.assignor.is_some() {
            profile.assignor.clone_from(&self.assignor);
        }
        profile.client_id.clone_from(&self.client_id);
        profile.client_host.clone_from(&self.client_host);
        profile.classic = None;
        profile
    }
}

impl ConsumerGroup {
    /// A heartbeat of a member that joins or stays: works out what is to be kept, and the answer.
    pub(in crate::groups) fn heartbeat(
        &self,
        beat: &ConsumerHeartbeat,
        topics: &Topics,
        turn: &mut Turn<'_>,
    ) -> Result<HeartbeatAnswer, Refusal> {
        let id = match beat.member_id.as_str() {
            "" => beat.unique.to_string(),
            id => id.to_owned(),
        };
        let size_max = turn.settings.consumer_group_size_max;
        if self.members.len() >= size_max && !self.members.contains_key(&id) {
            let message =
                format!("The consumer group has reached its maximum capacity of {size_max} members.");
            return refuse(ErrorCode::GroupMaxSizeReached, message);
        }
        let found = self.find(beat, &id)?;
        let profile = beat.changes(&found.member);
        // The last reason to refuse: from here on there are effects.
        if let Some(regex) = profile.regex.as_deref().filter(|regex| !self.matches.contains_key(*regex)) {
            compile(regex)?;
        }
        if let Some(old) = &found.replaces {
            self.forget_member(old, turn.effects);
        }
        if found.is_new || profile != found.member.profile {
            turn.effects.apply(records::member(&self.id, &id, Some(&profile)));
        }
        let (target_epoch, target) = self.target_for(&id, &profile, &found, topics, turn)?;
        let position =
            self.reconcile(beat, (&id, &profile), &found.member.position, (target_epoch, &target), turn);
        self.heard_of(&id, turn);
        let says_topics = beat.topics.is_some() || beat.regex.is_some();
        let is_full =
            beat.joins() || (beat.rebalance_timeout_ms != -1 && says_topics && beat.owned.is_some());
        let has_moved = position.assigned != found.member.position.assigned;
        Ok(HeartbeatAnswer {
            member_id: id,
            epoch: position.epoch,
            interval_ms: turn.settings.consumer_heartbeat_interval_ms,
            assignment: (is_full || has_moved).then_some(position.assigned),
        })
    }

    /// A member goes, for good or for a while.
    pub(in crate::groups) fn leave(
        &self,
        beat: &ConsumerHeartbeat,
        turn: &mut Turn<'_>,
    ) -> Result<HeartbeatAnswer, Refusal> {
        let id = &beat.member_id;
        let member = match &beat.instance_id {
            None => self.members.get(id),
            Some(instance) => self.members.get(self.current_static(instance, id)?),
        };
        let Some(member) = member else { return refuse(ErrorCode::UnknownMemberId, self.no_member(id)) };
        if beat.epoch == AWAY {
            let assigned = partitions(&member.position.assigned);
            let away = Position {
                epoch: AWAY,
                revoking: Assignment::new(),
                // Who comes in its place begins at epoch 0.
                since: assigned.map(|partition| (partition, 0)).collect(),
                ..member.position.clone()
            };
            turn.effects.apply(records::position(&self.id, id, Some(&away)));
        } else {
            self.remove(&BTreeSet::from([id.as_str()]), turn);
        }
        Ok(HeartbeatAnswer { member_id: id.clone(), epoch: beat.epoch, interval_ms: 0, assignment: None })
    }

    /// The member that the heartbeat is of, as it is before it.
    fn find(&self, beat: &ConsumerHeartbeat, id: &str) -> Result<Found, Refusal> {
        let current = beat.instance_id.as_ref().and_then(|instance| self.statics.get(instance));
        match (&beat.instance_id, current) {
            (Some(instance), Some(current)) if beat.joins() && current != id => {
                let old = self.members.get(current).cloned().unwrap_or_default();
                if old.position.epoch != AWAY && old.profile.classic.is_none() {
                    let message = format!(
                        "Static member {id} with instance id {instance} cannot join the group because the instance \
                         id is owned by {current} member."
                    );
                    return refuse(ErrorCode::UnreleasedInstanceId, message);
                }
                return Ok(Found { member: as_new(old), is_new: true, replaces: Some(current.clone()) });
            }
            (Some(instance), _) if !beat.joins() => drop(self.current_static(instance, id)?),
            _ => {}
        }
        match self.members.get(id) {
            Some(member) if beat.joins() && member.position.epoch == AWAY => {
                Ok(Found { member: as_new(member.clone()), is_new: false, replaces: None })
            }
            Some(member) => {
                check_epoch(member, beat)?;
                Ok(Found { member: member.clone(), is_new: false, replaces: None })
            }
            None if beat.joins() => Ok(Found { member: Member::default(), is_new: true, replaces: None }),
            None => refuse(ErrorCode::UnknownMemberId, self.no_member(id)),
        }
    }

    /// The target of this member, worked out anew if anything that it depends on has changed.
    pub(super) fn target_for(
        &self,
        id: &str,
        profile: &Profile,
        found: &Found,
        topics: &Topics,
        turn: &mut Turn<'_>,
    ) -> Result<(i32, Assignment), Refusal> {
        let before = &found.member.profile;
        let is_other = profile.topics != before.topics || profile.regex != before.regex;
        let looks = is_other || self.topics_seen != topics.version;
        let had_by = found.replaces.as_deref().unwrap_or(id);
        let had = self.targets.get(had_by).cloned().unwrap_or_default();
        if !looks && self.epoch <= self.target_epoch {
            if found.replaces.is_some() {
                turn.effects.apply(records::target(&self.id, id, Some(&had)));
            }
            return Ok((self.target_epoch, had));
        }
        let matches = self.look_again(profile.regex.as_deref(), topics, turn.now, turn.effects)?;
        let mut all: BTreeMap<&str, &Profile> =
            self.members.iter().map(|(id, member)| (id.as_str(), &member.profile)).collect();
        if let Some(old) = &found.replaces {
            all.remove(old.as_str());
        }
        all.insert(id, profile);
        if is_other {
            self.forget_regexes(all.values().copied(), turn.effects);
        }
        let hash = metadata_hash(all.values().copied(), &matches, topics);
        let mut epoch = self.epoch;
        if is_other || hash != self.metadata_hash {
            epoch = epoch.saturating_add(1);
            turn.effects.apply(records::consumer_group(&self.id, Some((epoch, hash))));
        }
        turn.effects.looked_at = Some((std::sync::Arc::clone(&self.id), topics.version));
        if epoch <= self.target_epoch {
            return Ok((self.target_epoch, had));
        }
        let target = self.assign((id, had_by), &all, &matches, topics, turn);
        turn.effects.apply(records::target_epoch(&self.id, Some((epoch, turn.now.wall_ms))));
        Ok((epoch, target))
    }

    /// Works out who is to have what, and writes down what is new; gives what this member is to have.
    fn assign(
        &self,
        (id, had_by): (&str, &str),
        all: &BTreeMap<&str, &Profile>,
        matches: &Matches,
        topics: &Topics,
        turn: &mut Turn<'_>,
    ) -> Assignment {
        let had = |member: &str| {
            let member = if member == id { had_by } else { member };
            self.targets.get(member).cloned().unwrap_or_default()
        };
        let (members, partitions) = subscribers(all, &had, matches, topics);
        let mut assigned = preferred(all.values().copied()).assign(&members, &partitions);
        for (member, target) in &assigned {
            if self.targets.get(member) != Some(target) {
                turn.effects.apply(records::target(&self.id, member, Some(target)));
            }
        }
        assigned.remove(id).unwrap_or_default()
    }

    /// One step towards the target, which is written down if it leads anywhere.
    pub(super) fn reconcile(
        &self,
        beat: &ConsumerHeartbeat,
        (id, profile): (&str, &Profile),
        before: &Position,
        (epoch, target): (i32, &Assignment),
        turn: &mut Turn<'_>,
    ) -> Position {
        let is_held = |topic: Uuid, partition: i32| self.is_held(topic, partition);
        let made = Step { epoch, target, owned: beat.owned.as_ref(), is_held: &is_held };
        let after = step(before, &made);
        if after != *before {
            turn.effects.apply(records::position(&self.id, id, Some(&after)));
            if after.state == MemberState::UnrevokedPartitions && profile.classic.is_none() {
                self.wait_for_revocation(id, profile.rebalance_timeout_ms, turn);
            }
        }
        after
    }

    /// The assignor that the group's target is worked out by.
    pub(in crate::groups) fn assignor(&self) -> Assignor {
        preferred(self.members.values().map(|member| &member.profile))
    }

    /// The id of the static member of this instance, which must be this one.
    fn current_static(&self, instance: &str, id: &str) -> Result<&str, Refusal> {
        match self.statics.get(instance) {
            None => refuse(ErrorCode::UnknownMemberId, format!("Instance id {instance} is unknown.")),
            Some(current) if current != id => {
                let message =
                    format!("Static member {id} with instance id {instance} was fenced by member {current}.");
                refuse(ErrorCode::FencedInstanceId, message)
            }
            Some(current) => Ok(current),
        }
    }

    fn no_member(&self, id: &str) -> String {
        format!("Member {id} is not a member of group {}.", self.id)
    }
}

/// A member that was away: it has what it had, and comes into the group's epoch with its next step.
pub(super) fn as_new(mut member: Member) -> Member {
    (member.position.epoch, member.position.previous_epoch) = (0, 0);
    member
}

/// The member must be where the coordinator believes it to be, or one answer behind. Who joins again may be anywhere.
fn check_epoch(member: &Member, beat: &ConsumerHeartbeat) -> Result<(), Refusal> {
    let Position { epoch, previous_epoch, assigned, .. } = &member.position;
    let has_no_more = || {
        let owned = beat.owned.as_ref();
        owned.is_some_and(|owned| {
            partitions(owned).all(|(topic, partition)| {
                assigned.get(&topic).is_some_and(|partitions| partitions.contains(&partition))
            })
        })
    };
    let which = match beat.epoch.cmp(epoch) {
        _ if beat.joins() => return Ok(()),
        std::cmp::Ordering::Equal => return Ok(()),
        std::cmp::Ordering::Less if beat.epoch == *previous_epoch && has_no_more() => return Ok(()),
        std::cmp::Ordering::Less => "smaller",
        std::cmp::Ordering::Greater => "greater",
    };
    let message = format!(
        "The consumer group member has a {which} member epoch ({}) than the one known by the group coordinator ({epoch}). \
         The member must abandon all its partitions and rejoin.",
        beat.epoch
    );
    refuse(ErrorCode::FencedMemberEpoch, message)
}

/// The assignor that most members want, of those that say.
fn preferred<'p>(profiles: impl Iterator<Item = &'p Profile>) -> Assignor {
    let mut votes: BTreeMap<Assignor, usize> = BTreeMap::new();
    for assignor in profiles.filter_map(|profile| Assignor::named(profile.assignor.as_deref()?)) {
        *votes.entry(assignor).or_default() += 1;
    }
    votes
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(Assignor::Uniform, |(assignor, _)| assignor)
}
