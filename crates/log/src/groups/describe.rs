//! What administrators are told of groups: lists, descriptions.

use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::classic::State;
use super::consumer::Assignment;
use super::coordinator::{Coordinator, Group};

/// A group in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedGroup {
    pub(crate) id: Arc<str>,
    pub(crate) protocol_type: String,
    pub(crate) state: &'static str,
    /// "classic" or "consumer".
    pub(crate) kind: &'static str,
}

/// A classic group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedGroup {
    pub(crate) state: &'static str,
    pub(crate) protocol_type: String,
    /// Empty unless the group is stable.
    pub(crate) protocol: String,
    pub(crate) members: Vec<DescribedMember>,
}

/// A member of a classic group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedMember {
    pub(crate) id: String,
    pub(crate) instance_id: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    /// Empty unless the group is stable.
    pub(crate) metadata: Arc<[u8]>,
    pub(crate) assignment: Arc<[u8]>,
}

/// A consumer group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedConsumerGroup {
    pub(crate) state: &'static str,
    pub(crate) epoch: i32,
    pub(crate) target_epoch: i32,
    pub(crate) assignor: &'static str,
    pub(crate) members: Vec<DescribedConsumer>,
}

/// A member of a consumer group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedConsumer {
    pub(crate) id: String,
    pub(crate) epoch: i32,
    pub(crate) instance_id: Option<String>,
    pub(crate) rack_id: Option<String>,
    pub(crate) client_id: String,
    pub(crate) client_host: String,
    pub(crate) topics: Vec<String>,
    pub(crate) regex: Option<String>,
    /// It still speaks the classic protocol.
    pub(crate) is_classic: bool,
    pub(crate) assigned: Vec<DescribedTopic>,
    pub(crate) target: Vec<DescribedTopic>,
}

/// Partitions of a topic that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DescribedTopic {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) partitions: Vec<i32>,
}

impl Coordinator {
    /// A consumer group.
    pub(super) fn describe_consumers(&self, group: &str) -> Result<DescribedConsumerGroup, ErrorCode> {
        let Some(Group::Consumer(group)) = self.groups.get(group) else {
            return Err(ErrorCode::GroupIdNotFound);
        };
        let topics = |assignment: &Assignment| {
            let topics = assignment.iter().filter_map(|(&id, partitions)| {
                let name = self.topics.name(id)?.to_owned();
                Some(DescribedTopic { id, name, partitions: partitions.iter().copied().collect() })
            });
            topics.collect()
        };
        let members = group.members.iter().map(|(id, member)| DescribedConsumer {
            id: id.clone(),
            epoch: member.position.epoch,
            instance_id: member.profile.instance_id.clone(),
            rack_id: member.profile.rack_id.clone(),
            client_id: member.profile.client_id.clone(),
            client_host: member.profile.client_host.clone(),
            topics: member.profile.topics.iter().cloned().collect(),
            regex: member.profile.regex.clone(),
            is_classic: member.profile.classic.is_some(),
            assigned: topics(&member.position.assigned),
            target: group.targets.get(id).map(topics).unwrap_or_default(),
        });
        Ok(DescribedConsumerGroup {
            state: group.state(),
            epoch: group.epoch,
            target_epoch: group.target_epoch,
            assignor: group.assignor().name(),
            members: members.collect(),
        })
    }

    /// All groups, by id.
    pub(super) fn list(&self) -> Vec<ListedGroup> {
        let mut listed: Vec<ListedGroup> =
            self.groups.iter().map(|(id, group)| group.listed(Arc::clone(id))).collect();
        listed.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        listed
    }

    /// A classic group.
    pub(super) fn describe(&self, group: &str) -> Result<DescribedGroup, ErrorCode> {
        let Some(Group::Classic(group)) = self.groups.get(group) else {
            return Err(ErrorCode::GroupIdNotFound);
        };
        let protocol = group.protocol.as_deref().filter(|_| group.state == State::Stable);
        let members = group.members.values().map(|member| DescribedMember {
            id: member.id.clone(),
            instance_id: member.instance_id.clone(),
            client_id: member.client_id.clone(),
            client_host: member.client_host.clone(),
            metadata: protocol
                .and_then(|protocol| member.metadata(protocol).cloned())
                .unwrap_or_else(|| Arc::from([])),
            assignment: protocol.map_or_else(|| Arc::from([]), |_| Arc::clone(&member.assignment)),
        });
        Ok(DescribedGroup {
            state: group.state.name(),
            protocol_type: group.protocol_type.clone().unwrap_or_default(),
            protocol: protocol.unwrap_or_default().to_owned(),
            members: members.collect(),
        })
    }
}

impl Group {
    fn listed(&self, id: Arc<str>) -> ListedGroup {
        match self {
            Self::Classic(group) => ListedGroup {
                id,
                protocol_type: group.protocol_type.clone().unwrap_or_default(),
                state: group.state.name(),
                kind: "classic",
            },
            Self::Consumer(group) => ListedGroup {
                id,
                protocol_type: "consumer".to_owned(),
                state: group.state(),
                kind: "consumer",
            },
        }
    }
}
