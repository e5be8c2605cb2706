//! Members of a consumer group that still speak the classic protocol: a group goes from one protocol to the other member
//! by member, while it runs.
//!
//! A classic group becomes a consumer group when the first member of the new protocol joins it, and a classic one again
//! when the last of them goes. In between, a classic member joins, asks for its assignment and sends heartbeats as ever;
//! the coordinator assigns, and no member leads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::consumer_protocol_assignment::TopicPartition;
use watershed_protocol::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use watershed_protocol::wire::{Message, Reader, encode};

use super::heartbeat::{ConsumerHeartbeat, Found};
use super::{Assignment, ClassicProfile, ConsumerGroup, Member, MemberState, Position, Profile, partitions};
use crate::groups::classic::{self, ClassicGroup, Join, Leave, Sync};
use crate::groups::deadlines::Timer;
use crate::groups::effects::{Effects, JoinAnswer, SyncAnswer, Turn};
use crate::groups::records::{self, ConsumerRecord, KeptGroup};
use crate::groups::topics::Topics;

const CONSUMER: &str = "consumer";
/// The newest version of what consumers say in the classic protocol.
const SUBSCRIPTION_MAX: i16 = 3;

/// What a consumer says of itself in the classic protocol.
struct Subscription {
    topics: BTreeSet<String>,
    rack_id: Option<String>,
    owned: Assignment,
}

impl ConsumerGroup {
    /// The consumer group that a classic one with members becomes, and its records; none, if it is not one of consumers
    /// that can be understood.
    pub(in crate::groups) fn upgraded(
        from: &ClassicGroup,
        topics: &Topics,
        size_max: usize,
        effects: &mut Effects,
    ) -> Option<Self> {
        let protocol = from.protocol.as_deref()?;
        if !from.is_consumers() || from.members.len() > size_max {
            return None;
        }
        let mut members = Vec::with_capacity(from.members.len());
        for (id, member) in &from.members {
            let subscription = read_subscription(member.metadata(protocol)?, topics)?;
            members.push((id, upgraded_member(member, subscription, from.generation, topics)?));
        }
        effects.apply(records::no_group(&from.id));
        let mut group = Self::new(Arc::clone(&from.id));
        for (id, Member { profile, position }) in members {
            effects.apply(records::member(&from.id, id, Some(&profile)));
            effects.apply(records::target(&from.id, id, Some(&position.assigned)));
            effects.apply(records::position(&from.id, id, Some(&position)));
            group.apply(ConsumerRecord::Target(id, Some(position.assigned.clone())));
            group.apply(ConsumerRecord::Member(id, Some(profile)));
            group.apply(ConsumerRecord::Position(id, Some(position)));
        }
        effects.apply(records::consumer_group(&from.id, Some((from.generation, 0))));
        effects.apply(records::target_epoch(&from.id, Some((from.generation, 0))));
        group.apply(ConsumerRecord::Group(Some((from.generation, 0))));
        group.apply(ConsumerRecord::TargetEpoch(Some(from.generation)));
        Some(group)
    }

    /// Whether only members of the classic protocol are left when these go, and not more than a classic group may have.
    pub(super) fn downgrades_without(&self, gone: &BTreeSet<&str>, size_max: usize) -> bool {
        let stay = || self.members.iter().filter(|(id, _)| !gone.contains(id.as_str()));
        (1..=size_max).contains(&stay().count()) && stay().all(|(_, of)| of.profile.classic.is_some())
    }

    /// The records by which the group becomes a classic one, without the members that go.
    pub(super) fn downgrade(&self, gone: &BTreeSet<&str>, turn: &mut Turn<'_>) {
        let stay = || self.members.iter().filter(|(id, _)| !gone.contains(id.as_str()));
        let protocol = stay().filter_map(|(_, member)| member.profile.classic.as_ref()).find_map(|classic| {
            let mut names = classic.protocols.iter().map(|(name, _)| name);
            names.find(|name| stay().all(|(_, member)| metadata(&member.profile, name).is_some()))
        });
        let members = stay().filter_map(|(id, member)| {
            let target = self.targets.get(id).unwrap_or(&member.position.assigned);
            downgraded_member(id, &member.profile, protocol?, named(target, turn.topics))
        });
        let kept = KeptGroup {
            generation: self.epoch,
            protocol_type: Some(CONSUMER.to_owned()),
            protocol: protocol.cloned(),
            leader: stay().next().map(|(id, _)| id.clone()),
            state_since_ms: Some(turn.now.wall_ms),
            members: members.collect(),
        };
        self.forget(turn.effects);
        turn.effects.apply(records::group(&ClassicGroup::restored(Arc::clone(&self.id), kept)));
        turn.effects.downgraded = Some(Arc::clone(&self.id));
    }

    /// A classic member joins, or joins again to take a step towards its target.
    pub(in crate::groups) fn join_classic(&self, join: &Join, topics: &Topics, turn: &mut Turn<'_>) {
        let answer = self.joined_classic(join, topics, turn);
        let answer = answer.unwrap_or_else(|error| {
            // A refusal changes nothing.
            *turn.effects = Effects::default();
            JoinAnswer::refused(error, &join.member_id)
        });
        turn.effects.join(join.ticket, answer);
    }

    fn joined_classic(
        &self,
        join: &Join,
        topics: &Topics,
        turn: &mut Turn<'_>,
    ) -> Result<JoinAnswer, ErrorCode> {
        let is_unknown = join.member_id.is_empty();
        let id = if is_unknown { join.new_member_id() } else { join.member_id.clone() };
        if self.members.len() >= turn.settings.consumer_group_size_max && !self.members.contains_key(&id) {
            return Err(ErrorCode::GroupMaxSizeReached);
        }
        let (name, bytes) = join.protocols.first().ok_or(ErrorCode::InconsistentGroupProtocol)?;
        let subscription = read_subscription(bytes, topics).ok_or(ErrorCode::InconsistentGroupProtocol)?;
        if join.protocol_type != CONSUMER || !self.shares_protocol(join) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        if is_unknown && join.instance_id.is_none() && join.first_told_its_id {
            return Ok(JoinAnswer::refused(ErrorCode::MemberIdRequired, &id));
        }
        let found = self.find_classic(join, &id)?;
        if let Some(old) = &found.replaces {
            self.forget_member(old, turn.effects);
        }
        let before = &found.member.profile;
        let profile = Profile {
            instance_id: join.instance_id.clone().or_else(|| before.instance_id.clone()),
            rack_id: subscription.rack_id.or_else(|| before.rack_id.clone()),
            client_id: join.client_id.clone(),
            client_host: join.client_host.clone(),
            topics: subscription.topics,
            regex: None,
            assignor: None,
            rebalance_timeout_ms: join.rebalance_timeout_ms,
            classic: Some(ClassicProfile {
                session_timeout_ms: join.session_timeout_ms,
                protocols: join.protocols.clone(),
            }),
        };
        if found.is_new || profile != *before {
            turn.effects.apply(records::member(&self.id, &id, Some(&profile)));
        }
        let target = self.target_for(&id, &profile, &found, topics, turn);
        let (epoch, target) = target.map_err(|refusal| refusal.code)?;
        let beat = ConsumerHeartbeat { owned: Some(subscription.owned), ..ConsumerHeartbeat::default() };
        let before = &found.member.position;
        let position = self.reconcile(&beat, (&id, &profile), before, (epoch, &target), turn);
        self.heard_of_classic(&id, join.session_timeout_ms, turn);
        let over_ms = turn.now.elapsed_ms + i64::from(join.rebalance_timeout_ms.max(0));
        turn.deadlines.set(self.classic_timer(&id), over_ms);
        Ok(JoinAnswer {
            error: ErrorCode::None,
            member_id: id,
            generation: position.epoch,
            protocol_type: Some(CONSUMER.to_owned()),
            protocol: Some(name.clone()),
            leader: String::new(),
            skip_assignment: false,
            members: Vec::new(),
        })
    }

    /// A classic member asks for what it now has.
    pub(in crate::groups) fn sync_classic(&self, sync: &Sync, topics: &Topics, turn: &mut Turn<'_>) {
        let answer = self.synced_classic(sync, topics, turn).unwrap_or_else(SyncAnswer::refused);
        turn.effects.sync(sync.ticket, answer);
    }

    fn synced_classic(
        &self,
        sync: &Sync,
        topics: &Topics,
        turn: &mut Turn<'_>,
    ) -> Result<SyncAnswer, ErrorCode> {
        let id = &sync.member_id;
        let (member, classic) = self.check_classic(id, sync.instance_id.as_deref(), sync.generation)?;
        let (name, bytes) = classic.protocols.first().ok_or(ErrorCode::InconsistentGroupProtocol)?;
        let is_other = |said: &Option<String>, known: &str| said.as_ref().is_some_and(|said| said != known);
        if is_other(&sync.protocol_type, CONSUMER) || is_other(&sync.protocol, name) {
            return Err(ErrorCode::InconsistentGroupProtocol);
        }
        if self.epoch > member.position.epoch && member.position.state != MemberState::UnrevokedPartitions {
            self.must_join(id, member, turn);
            return Err(ErrorCode::RebalanceInProgress);
        }
        turn.deadlines.cancel(&self.classic_timer(id));
        self.heard_of_classic(id, classic.session_timeout_ms, turn);
        Ok(SyncAnswer {
            error: ErrorCode::None,
            protocol_type: sync.protocol_type.clone(),
            protocol: sync.protocol.clone(),
            assignment: write_assignment(bytes, &named(&member.position.assigned, topics)),
        })
    }

    /// A classic member is alive, and learns whether it must join again for its next step.
    pub(in crate::groups) fn heartbeat_classic(
        &self,
        id: &str,
        instance: Option<&str>,
        generation: i32,
        turn: &mut Turn<'_>,
    ) -> Result<(), ErrorCode> {
        let (member, classic) = self.check_classic(id, instance, generation)?;
        self.heard_of_classic(id, classic.session_timeout_ms, turn);
        let has_a_step = match member.position.state {
            MemberState::Stable => false,
            MemberState::UnrevokedPartitions => true,
            MemberState::UnreleasedPartitions => {
                let target = self.targets.get(id);
                let mut missing = target.into_iter().flat_map(partitions).filter(|(topic, partition)| {
                    let has = member.position.assigned.get(topic);
                    !has.is_some_and(|partitions| partitions.contains(partition))
                });
                !missing.any(|(topic, partition)| self.is_held(topic, partition))
            }
        };
        if has_a_step || member.position.epoch < self.epoch {
            self.must_join(id, member, turn);
            return Err(ErrorCode::RebalanceInProgress);
        }
        Ok(())
    }

    /// Members go by LeaveGroup: classic ones themselves, those of either protocol if an administrator says so. Says of each
    /// what became of it.
    pub(in crate::groups) fn leave_classic(&self, leaves: &[Leave], turn: &mut Turn<'_>) -> Vec<ErrorCode> {
        let mut gone: BTreeSet<&str> = BTreeSet::new();
        let mut codes = Vec::with_capacity(leaves.len());
        for leave in leaves {
            let found = match (&leave.instance_id, leave.member_id.as_str()) {
                (None, id) => Ok(id),
                (Some(instance), id) => match self.statics.get(instance) {
                    None => Err(ErrorCode::UnknownMemberId),
                    Some(current) if !id.is_empty() && current != id => Err(ErrorCode::FencedInstanceId),
                    Some(current) => Ok(current.as_str()),
                },
            };
            let found = found.and_then(|id| match self.members.get_key_value(id) {
                Some((id, _)) if !gone.contains(id.as_str()) => Ok(id),
                _ => Err(ErrorCode::UnknownMemberId),
            });
            codes.push(found.err().unwrap_or(ErrorCode::None));
            if let Ok(id) = found {
                gone.insert(id);
            }
        }
        if !gone.is_empty() {
            self.remove(&gone, turn);
        }
        codes
    }

    /// Begins the session of a classic member again, which has one of its own.
    pub(super) fn heard_of_classic(&self, id: &str, session_timeout_ms: i32, turn: &mut Turn<'_>) {
        turn.deadlines.set(self.session_timer(id), turn.now.elapsed_ms + i64::from(session_timeout_ms));
    }

    /// What a classic member that has not joined or synced in time waits for.
    pub(super) fn classic_timer(&self, member: &str) -> Timer {
        Timer::ConsumerClassic { group: Arc::clone(&self.id), member: member.to_owned() }
    }

    /// The member is to join within its rebalance timeout.
    fn must_join(&self, id: &str, member: &Member, turn: &mut Turn<'_>) {
        let timer = self.classic_timer(id);
        if !turn.deadlines.is_set(&timer) {
            let timeout_ms = i64::from(member.profile.rebalance_timeout_ms.max(0));
            turn.deadlines.set(timer, turn.now.elapsed_ms + timeout_ms);
        }
    }

    /// The classic member of this id, instance and generation.
    fn check_classic(
        &self,
        id: &str,
        instance: Option<&str>,
        generation: i32,
    ) -> Result<(&Member, &ClassicProfile), ErrorCode> {
        if let Some(instance) = instance {
            match self.statics.get(instance) {
                None => return Err(ErrorCode::UnknownMemberId),
                Some(current) if current != id => return Err(ErrorCode::FencedInstanceId),
                Some(_) => {}
            }
        }
        let member = self.members.get(id).ok_or(ErrorCode::UnknownMemberId)?;
        let classic = member.profile.classic.as_ref().ok_or(ErrorCode::UnknownMemberId)?;
        if member.position.epoch == generation {
            Ok((member, classic))
        } else {
            Err(ErrorCode::IllegalGeneration)
        }
    }

    fn find_classic(&self, join: &Join, id: &str) -> Result<Found, ErrorCode> {
        let current = join.instance_id.as_ref().and_then(|instance| self.statics.get(instance));
        match (&join.instance_id, current) {
            (Some(_), Some(current)) if join.member_id.is_empty() => {
                let member = super::heartbeat::as_new(self.members.get(current).cloned().unwrap_or_default());
                return Ok(Found { member, is_new: true, replaces: Some(current.clone()) });
            }
            (Some(_), Some(current)) if current != id => return Err(ErrorCode::FencedInstanceId),
            (Some(_), None) if !join.member_id.is_empty() => return Err(ErrorCode::UnknownMemberId),
            _ => {}
        }
        let member = self.members.get(id).cloned();
        Ok(Found { is_new: member.is_none(), member: member.unwrap_or_default(), replaces: None })
    }

    /// Whether one of the protocols is one that all classic members have.
    fn shares_protocol(&self, join: &Join) -> bool {
        let all_have = |name: &str| {
            let classic = self.members.values().filter(|member| member.profile.classic.is_some());
            classic.into_iter().all(|member| metadata(&member.profile, name).is_some())
        };
        join.protocols.iter().any(|(name, _)| all_have(name))
    }
}

/// The assignment by names; without topics that are gone.
fn named(assignment: &Assignment, topics: &Topics) -> BTreeMap<String, Vec<i32>> {
    let named = assignment.iter().filter_map(|(topic, partitions)| {
        Some((topics.name(*topic)?.to_owned(), partitions.iter().copied().collect()))
    });
    named.collect()
}

fn metadata<'p>(profile: &'p Profile, protocol: &str) -> Option<&'p Arc<[u8]>> {
    let protocols = &profile.classic.as_ref()?.protocols;
    protocols.iter().find(|(name, _)| name == protocol).map(|(_, metadata)| metadata)
}

fn upgraded_member(
    member: &classic::Member,
    subscription: Subscription,
    generation: i32,
    topics: &Topics,
) -> Option<Member> {
    let profile = Profile {
        instance_id: member.instance_id.clone(),
        rack_id: subscription.rack_id,
        client_id: member.client_id.clone(),
        client_host: member.client_host.clone(),
        topics: subscription.topics,
        regex: None,
        assignor: None,
        rebalance_timeout_ms: member.rebalance_timeout_ms,
        classic: Some(ClassicProfile {
            session_timeout_ms: member.session_timeout_ms,
            protocols: member.protocols.clone(),
        }),
    };
    let assigned = read_assignment(&member.assignment, topics)?;
    let position = Position {
        epoch: generation,
        previous_epoch: generation,
        since: partitions(&assigned).map(|partition| (partition, generation)).collect(),
        assigned,
        ..Position::default()
    };
    Some(Member { profile, position })
}

fn downgraded_member(
    id: &str,
    profile: &Profile,
    protocol: &str,
    assignment: BTreeMap<String, Vec<i32>>,
) -> Option<classic::Member> {
    let classic = profile.classic.as_ref()?;
    let metadata = metadata(profile, protocol)?;
    Some(classic::Member {
        id: id.to_owned(),
        instance_id: profile.instance_id.clone(),
        client_id: profile.client_id.clone(),
        client_host: profile.client_host.clone(),
        session_timeout_ms: classic.session_timeout_ms,
        rebalance_timeout_ms: profile.rebalance_timeout_ms,
        protocols: classic.protocols.clone(),
        assignment: write_assignment(metadata, &assignment),
        joining: None,
        syncing: None,
        is_new: false,
    })
}

/// The version in front of what consumers say to each other, as far as it is known here.
fn version_of(bytes: &[u8]) -> Option<(i16, &[u8])> {
    let (version, body) = bytes.split_first_chunk::<2>()?;
    let version = i16::from_be_bytes(*version);
    (version >= 0).then_some((version.min(SUBSCRIPTION_MAX), body))
}

fn read_subscription(bytes: &[u8], topics: &Topics) -> Option<Subscription> {
    let (version, body) = version_of(bytes)?;
    let subscription = ConsumerProtocolSubscription::read(&mut Reader::new(body), version).ok()?;
    let owned = subscription.owned_partitions.iter();
    Some(Subscription {
        topics: subscription.topics.iter().map(|&topic| topic.to_owned()).collect(),
        rack_id: subscription.rack_id.map(str::to_owned),
        owned: with_ids(owned.map(|topic| (topic.topic, topic.partitions.as_slice())), topics),
    })
}

/// What a member was assigned; nothing, if it was nothing yet.
fn read_assignment(bytes: &[u8], topics: &Topics) -> Option<Assignment> {
    if bytes.is_empty() {
        return Some(Assignment::new());
    }
    let (version, body) = version_of(bytes)?;
    let assignment = ConsumerProtocolAssignment::read(&mut Reader::new(body), version).ok()?;
    let assigned = assignment.assigned_partitions.iter();
    Some(with_ids(assigned.map(|topic| (topic.topic, topic.partitions.as_slice())), topics))
}

/// In the version in which the member says what it is subscribed to.
fn write_assignment(subscription: &[u8], assignment: &BTreeMap<String, Vec<i32>>) -> Arc<[u8]> {
    let version = version_of(subscription).map_or(0, |(version, _)| version);
    let assigned =
        assignment.iter().map(|(topic, partitions)| TopicPartition { topic, partitions: partitions.clone() });
    let message = ConsumerProtocolAssignment { assigned_partitions: assigned.collect(), user_data: None };
    // Topics' names are short, so this cannot fail; an empty assignment would be the worst of it.
    let body = encode(&message, version).unwrap_or_default();
    [&version.to_be_bytes()[..], &body].concat().into()
}

fn with_ids<'t>(named: impl Iterator<Item = (&'t str, &'t [i32])>, topics: &Topics) -> Assignment {
    let mut assignment = Assignment::new();
    for (name, partitions) in named {
        if let Some((id, _)) = topics.get(name).filter(|_| !partitions.is_empty()) {
            let of: &mut BTreeSet<i32> = assignment.entry(id).or_default();
            of.extend(partitions);
        }
    }
    assignment
}
