//! What a broker says of the cluster: brokers, topics, leaders.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;
use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::MetadataResponse;

use crate::net::Address;

/// The cluster at a moment, as far as somebody has asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    pub(crate) cluster_id: Option<Arc<str>>,
    pub(crate) controller: Option<i32>,
    pub(crate) brokers: HashMap<i32, Broker>,
    pub(crate) topics: HashMap<Arc<str>, Known>,
}

/// A broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broker {
    pub(crate) address: Address,
    pub(crate) rack: Option<Arc<str>>,
}

/// What is known of a topic, and since when.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) topic: Result<Arc<Topic>, ErrorCode>,
    pub(crate) asked_at: Instant,
    /// A broker said that it is wrong.
    pub(crate) is_doubtful: bool,
}

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) name: Arc<str>,
    /// Nil where the cluster has no ids.
    pub(crate) id: Uuid,
    pub(crate) internal: bool,
    /// By their numbers.
    pub(crate) partitions: Vec<Partition>,
}

/// A partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partition {
    /// `None`: there is none at the moment.
    pub(crate) leader: Option<i32>,
    /// -1 if not known.
    pub(crate) leader_epoch: i32,
    pub(crate) replicas: Vec<i32>,
    pub(crate) in_sync: Vec<i32>,
}

impl Metadata {
    /// Takes in what a broker said, about all topics that were asked for. What is older than what is known of a
    /// partition, by its leader's epoch, is not taken: a broker may be behind.
    pub(crate) fn update(&mut self, response: &MetadataResponse<'_>, now: Instant) {
        self.cluster_id = response.cluster_id.map(Arc::from).or_else(|| self.cluster_id.take());
        self.controller = Some(response.controller_id).filter(|&id| id >= 0);
        self.brokers = response
            .brokers
            .iter()
            .filter_map(|broker| {
                let port = u16::try_from(broker.port).ok()?;
                let address = Address::new(broker.host, port);
                Some((broker.node_id, Broker { address, rack: broker.rack.map(Arc::from) }))
            })
            .collect();
        for topic in &response.topics {
            let Some(name) = topic.name else { continue };
            let code = ErrorCode::from_code(topic.error_code).unwrap_or(ErrorCode::UnknownServerError);
            let name: Arc<str> = Arc::from(name);
            let found = match code {
                ErrorCode::None => Ok(self.merged(&name, topic)),
                code => Err(code),
            };
            self.topics.insert(name, Known { topic: found, asked_at: now, is_doubtful: false });
        }
    }

    fn merged(
        &self,
        name: &Arc<str>,
        said: &watershed_protocol::messages::metadata_response::MetadataResponseTopic<'_>,
    ) -> Arc<Topic> {
        let known = self.topics.get(name).and_then(|known| known.topic.as_ref().ok());
        let known = known.filter(|known| known.id == said.topic_id);
        let none = Partition { leader: None, leader_epoch: -1, replicas: Vec::new(), in_sync: Vec::new() };
        // A broker names all partitions of a topic, in any order.
        let mut partitions = vec![none; said.partitions.len()];
        for said in &said.partitions {
            let at = usize::try_from(said.partition_index).ok();
            let Some(at) = at.filter(|&at| at < partitions.len()) else { continue };
            let newer = known
                .and_then(|known| known.partitions.get(at))
                .filter(|known| known.leader_epoch > said.leader_epoch);
            partitions[at] = newer.cloned().unwrap_or_else(|| Partition {
                leader: Some(said.leader_id).filter(|&id| id >= 0),
                leader_epoch: said.leader_epoch,
                replicas: said.replica_nodes.clone(),
                in_sync: said.isr_nodes.clone(),
            });
        }
        Arc::new(Topic { name: Arc::clone(name), id: said.topic_id, internal: said.is_internal, partitions })
    }

    /// Takes in what a broker said of one partition in an answer to something else (KIP-951): its leader has changed.
    pub(crate) fn leader_moved(
        &mut self,
        name: &str,
        partition: i32,
        leader: i32,
        leader_epoch: i32,
    ) -> bool {
        let Some(Known { topic: Ok(topic), .. }) = self.topics.get_mut(name) else { return false };
        let at = usize::try_from(partition).ok();
        let Some(at) = at.filter(|&at| at < topic.partitions.len()) else { return false };
        if topic.partitions[at].leader_epoch >= leader_epoch || !self.brokers.contains_key(&leader) {
            return false;
        }
        let partition = &mut Arc::make_mut(topic).partitions[at];
        (partition.leader, partition.leader_epoch) = (Some(leader), leader_epoch);
        true
    }
}

#[cfg(test)]
mod tests {
    use watershed_protocol::messages::metadata_response::{
        MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
    };

    use super::*;

    fn said(leaders: &[(i32, i32)]) -> MetadataResponse<'static> {
        let partitions = leaders.iter().zip(0..).map(|(&(leader_id, leader_epoch), partition_index)| {
            MetadataResponsePartition { partition_index, leader_id, leader_epoch, ..Default::default() }
        });
        let broker =
            |node_id| MetadataResponseBroker { node_id, host: "b", port: 9000 + node_id, rack: None };
        let topic = MetadataResponseTopic {
            name: Some("t"),
            topic_id: Uuid::from_u128(7),
            partitions: partitions.collect(),
            ..Default::default()
        };
        MetadataResponse { brokers: vec![broker(1), broker(2)], topics: vec![topic], ..Default::default() }
    }

    fn leaders(metadata: &Metadata) -> Vec<(Option<i32>, i32)> {
        let topic = metadata.topics["t"].topic.as_ref().unwrap();
        topic.partitions.iter().map(|partition| (partition.leader, partition.leader_epoch)).collect()
    }

    #[tokio::test]
    async fn a_broker_that_is_behind_does_not_take_a_leader_back() {
        let mut metadata = Metadata::default();
        metadata.update(&said(&[(1, 4), (-1, 0)]), Instant::now());
        assert_eq!(leaders(&metadata), [(Some(1), 4), (None, 0)]);
        assert!(metadata.leader_moved("t", 0, 2, 5));
        assert!(!metadata.leader_moved("t", 0, 1, 5) && !metadata.leader_moved("t", 0, 9, 6));
        metadata.update(&said(&[(1, 4), (2, 1), (2, 0)]), Instant::now());
        assert_eq!(leaders(&metadata), [(Some(2), 5), (Some(2), 1), (Some(2), 0)]);
        metadata.update(&said(&[(1, 6)]), Instant::now());
        assert_eq!(leaders(&metadata), [(Some(1), 6)]);
    }
}
