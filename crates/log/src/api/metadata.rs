//! Metadata: versions 0 to 13. Brokers, topics, partitions.
//!
//! A topic that is not there is created, if broker and request allow it, and is in the answer at once, where Kafka
//! answers with an error until its leader is elected.
//!
//! Gaps: one request creates [`CREATED_MAX`] topics at most; one node has no racks, no other controller and no offline replicas; nobody is told to bootstrap again
//! (version 13).

use std::collections::HashSet;
use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use watershed_protocol::messages::{MetadataRequest, MetadataResponse};

use super::{Call, Reply, operations};
use crate::catalog::{NewTopic, Refusal, Topic, check_topic_name};
use crate::partition::Partition;

/// From this version on, no topics at all is a question for none; before, for all.
const FIRST_WITH_NO_TOPICS: i16 = 1;
/// From this version on, topics may be asked for by their ids alone.
const FIRST_WITH_IDS: i16 = 12;

/// Topics that one request creates at most; a client that asks for more is told that they are not there, and asks again.
const CREATED_MAX: usize = 1_000;

/// What is said of one topic.
enum Found<'a> {
    Topic(Arc<Topic>),
    Missing { name: Option<&'a str>, id: Uuid, code: ErrorCode },
}

pub(super) async fn answer(call: &Call<'_>, request: &MetadataRequest<'_>) -> Reply {
    let catalog = &call.broker.catalog;
    let found = match &request.topics {
        None => catalog.topics().into_iter().map(Found::Topic).collect(),
        Some(topics) if topics.is_empty() && call.version() < FIRST_WITH_NO_TOPICS => {
            catalog.topics().into_iter().map(Found::Topic).collect()
        }
        Some(_) => find(call, request).await,
    };
    let topics = found.iter().map(|found| match found {
        Found::Topic(topic) => describe(call, topic, request.include_topic_authorized_operations),
        Found::Missing { name, id, code } => MetadataResponseTopic {
            error_code: code.code(),
            name: name.or((call.version() < FIRST_WITH_IDS).then_some("")),
            topic_id: if call.version() >= 10 { *id } else { Uuid::nil() },
            ..MetadataResponseTopic::default()
        },
    });
    let (host, port) = &call.caller.advertised;
    let node_id = call.broker.options.node_id;
    let broker = MetadataResponseBroker { node_id, host, port: i32::from(*port), rack: None };
    let asks_for_operations =
        request.include_cluster_authorized_operations && (8..=10).contains(&call.version());
    call.reply(&MetadataResponse {
        brokers: vec![broker],
        cluster_id: Some(catalog.cluster_id()),
        controller_id: node_id,
        topics: topics.collect(),
        cluster_authorized_operations: if asks_for_operations { operations::CLUSTER } else { i32::MIN },
        ..MetadataResponse::default()
    })
}

/// The topics that were asked for, each once; those that are not there are created, if they may be.
async fn find<'a>(call: &Call<'_>, request: &MetadataRequest<'a>) -> Vec<Found<'a>> {
    let catalog = &call.broker.catalog;
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut to_create: Vec<(usize, &str)> = Vec::new();
    let may_create = request.allow_auto_topic_creation && call.broker.options.auto_create_topics;
    for topic in request.topics.iter().flatten() {
        if !seen.insert((topic.name, topic.topic_id)) {
            continue;
        }
        found.push(match (topic.name, topic.topic_id) {
            (name, id) if !id.is_nil() => {
                let code = if call.version() < FIRST_WITH_IDS {
                    ErrorCode::InvalidRequest
                } else {
                    ErrorCode::UnknownTopicId
                };
                match catalog.topic_by_id(id).filter(|_| call.version() >= FIRST_WITH_IDS) {
                    Some(topic) => Found::Topic(topic),
                    None => {
                        Found::Missing { name: name.filter(|_| code == ErrorCode::InvalidRequest), id, code }
                    }
                }
            }
            (None, id) => Found::Missing { name: None, id, code: ErrorCode::InvalidRequest },
            (Some(name), id) => match catalog.topic(name) {
                Some(topic) => Found::Topic(topic),
                None => {
                    let code = match check_topic_name(name) {
                        Ok(()) => ErrorCode::UnknownTopicOrPartition,
                        Err(_) => ErrorCode::InvalidTopicException,
                    };
                    if may_create
                        && code == ErrorCode::UnknownTopicOrPartition
                        && to_create.len() < CREATED_MAX
                    {
                        to_create.push((found.len(), name));
                    }
                    Found::Missing { name: Some(name), id, code }
                }
            },
        });
    }
    create(call, &to_create, &mut found).await;
    found
}

/// Creates topics together, which costs one sync.
async fn create<'a>(call: &Call<'_>, to_create: &[(usize, &'a str)], found: &mut [Found<'a>]) {
    let partitions = call.broker.options.default_partitions;
    let new = |name: &str| NewTopic { name: name.to_owned(), partitions, settings: Default::default() };
    let topics = to_create.iter().map(|(_, name)| new(name)).collect();
    let outcomes = call.broker.catalog.create_topics(topics).await;
    let mut refused: Option<(&str, Refusal)> = None;
    let mut others = 0;
    for (&(at, name), outcome) in to_create.iter().zip(outcomes) {
        // Somebody else may have been quicker.
        let topic = outcome.map_or_else(|refusal| call.broker.catalog.topic(name).ok_or(refusal), Ok);
        match topic {
            Ok(topic) => found[at] = Found::Topic(topic),
            Err(refusal) => {
                if refusal.code == ErrorCode::InvalidTopicException {
                    let (name, id) = (Some(name), Uuid::nil());
                    found[at] = Found::Missing { name, id, code: refusal.code };
                }
                others += usize::from(refused.is_some());
                refused.get_or_insert((name, refusal));
            }
        }
    }
    if let Some((topic, refusal)) = refused {
        tracing::warn!(topic, others, code = %refusal.code, reason = %refusal, "a topic was not created on demand");
    }
}

fn describe<'a>(call: &Call<'_>, topic: &'a Topic, asks_for_operations: bool) -> MetadataResponseTopic<'a> {
    let version = call.version();
    let partition = |partition: &Arc<Partition>| MetadataResponsePartition {
        error_code: ErrorCode::None.code(),
        partition_index: partition.id.partition,
        leader_id: call.broker.options.node_id,
        leader_epoch: if version >= 7 { partition.leader_epoch } else { -1 },
        replica_nodes: vec![call.broker.options.node_id],
        isr_nodes: vec![call.broker.options.node_id],
        offline_replicas: Vec::new(),
    };
    MetadataResponseTopic {
        error_code: ErrorCode::None.code(),
        name: Some(&topic.name),
        topic_id: if version >= 10 { topic.id } else { Uuid::nil() },
        is_internal: version >= 1 && topic.internal,
        partitions: topic.partitions.iter().map(partition).collect(),
        topic_authorized_operations: if asks_for_operations && version >= 8 {
            operations::TOPIC
        } else {
            i32::MIN
        },
    }
}

#[cfg(test)]
mod tests {
    use watershed_event::clock::ManualClock;
    use watershed_protocol::messages::metadata_request::MetadataRequestTopic;

    use super::*;
    use crate::api::harness::Harness;
    use crate::disk::SimulatedDisk;
    use crate::options::{Blocking, Options};

    fn named<'a>(name: &'a str) -> MetadataRequest<'a> {
        let topic = MetadataRequestTopic { name: Some(name), ..Default::default() };
        MetadataRequest { topics: Some(vec![topic]), ..Default::default() }
    }

    #[tokio::test]
    async fn a_created_topic_is_described_in_every_version() {
        let harness = Harness::start().await;
        harness.create_topic("orders", 3).await;
        for version in 0..=13 {
            let answer = harness.ask(&named("orders"), version).await;
            let response: MetadataResponse<'_> = answer.read();
            assert_eq!(response.brokers[0].port, 9092);
            let topic = &response.topics[0];
            assert_eq!(
                (topic.error_code, topic.name, topic.partitions.len()),
                (0, Some("orders"), 3),
                "v{version}"
            );
            assert_eq!(topic.partitions[2].leader_id, 1);
        }
    }

    #[tokio::test]
    async fn an_unknown_topic_is_created_unless_the_request_or_the_broker_forbids_it() {
        let harness = Harness::start().await;
        let forbidden = MetadataRequest { allow_auto_topic_creation: false, ..named("a") };
        let answer = harness.ask(&forbidden, 4).await;
        assert_eq!(answer.read::<MetadataResponse<'_>>().topics[0].error_code, 3);
        let answer = harness.ask(&named("a"), 4).await;
        let response: MetadataResponse<'_> = answer.read();
        assert_eq!((response.topics[0].error_code, response.topics[0].partitions.len()), (0, 1));
        let harness = Harness::start_with(|options| options.auto_create_topics = false).await;
        let answer = harness.ask(&named("a"), 4).await;
        assert_eq!(answer.read::<MetadataResponse<'_>>().topics[0].error_code, 3);
    }

    #[tokio::test]
    async fn topics_and_cluster_are_the_same_after_a_restart_and_epochs_rise() {
        let harness = Harness::start().await;
        harness.create_topic("orders", 2).await;
        let ask = MetadataRequest { topics: None, ..Default::default() };
        let before = harness.ask(&ask, 12).await;
        let harness = harness.restart().await;
        let after = harness.ask(&ask, 12).await;
        let (before, after): (MetadataResponse<'_>, MetadataResponse<'_>) = (before.read(), after.read());
        assert_eq!(before.cluster_id, after.cluster_id);
        assert_eq!(before.cluster_id.map(str::len), Some(22));
        assert_eq!(before.topics.len(), 3);
        for (before, after) in before.topics.iter().zip(&after.topics) {
            assert_eq!((before.name, before.topic_id), (after.name, after.topic_id));
            for (before, after) in before.partitions.iter().zip(&after.partitions) {
                assert_eq!(before.leader_epoch + 1, after.leader_epoch);
            }
        }
    }

    #[tokio::test]
    async fn one_request_creates_a_bounded_number_of_topics_and_the_next_one_goes_on() {
        let options = Options { blocking: Blocking::Inline, ..Options::new("simulated") };
        let clock = Arc::new(ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap()));
        let harness = Harness::start_on(options, Arc::new(SimulatedDisk::new(1)), clock).await;
        let names: Vec<String> = (0..CREATED_MAX + 1).map(|number| format!("t{number}")).collect();
        let topics = names.iter().map(|name| MetadataRequestTopic { name: Some(name), ..Default::default() });
        let request = MetadataRequest { topics: Some(topics.collect()), ..Default::default() };
        for missing in [1, 0] {
            let answer = harness.ask(&request, 4).await;
            let response: MetadataResponse<'_> = answer.read();
            assert_eq!(response.topics.len(), names.len());
            assert_eq!(response.topics.iter().filter(|topic| topic.error_code != 0).count(), missing);
        }
    }
}
