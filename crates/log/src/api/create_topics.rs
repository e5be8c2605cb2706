//! CreateTopics: versions 2 to 7.
//!
//! Each topic by itself: one that is refused does not hinder the others. Those that are created are on the disk when the
//! answer goes out.
//!
//! -1 stands for the broker's defaults in all versions, as in Kafka, though its definition says so from version 4 on (KIP-464):
//! clients in Go and JavaScript rely on it.
//!
//! Gaps: `timeout_ms` is not looked at, since nobody else must agree. A replica assignment may name this node alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::create_topics_request::CreatableTopic;
use watershed_protocol::messages::create_topics_response::{CreatableTopicConfigs, CreatableTopicResult};
use watershed_protocol::messages::{CreateTopicsRequest, CreateTopicsResponse};

use super::{Call, Reply};
use crate::catalog::{Creation, Image, NewTopic, Refusal};
use crate::settings::{TOPIC_SETTINGS, TopicSettings};

/// From this version on, the answer says what was made.
const FIRST_WITH_RESULT: i16 = 5;
/// From this version on, the answer gives the topic's id.
const FIRST_WITH_ID: i16 = 7;

/// A topic that was created, or could be.
struct Made {
    id: Uuid,
    partitions: i32,
    settings: TopicSettings,
}

pub(super) async fn answer(call: &Call<'_>, request: &CreateTopicsRequest<'_>) -> Reply {
    let mut times: HashMap<&str, usize> = HashMap::new();
    request.topics.iter().for_each(|topic| *times.entry(topic.name).or_default() += 1);
    // Kafka answers once for a name that is there twice.
    let mut asked: Vec<&CreatableTopic<'_>> = Vec::new();
    let mut checked: Vec<Result<NewTopic, Refusal>> = Vec::new();
    for topic in &request.topics {
        match times.get(topic.name) {
            Some(1) => checked.push(new_topic(call, topic)),
            Some(0) | None => continue,
            Some(_) => {
                times.insert(topic.name, 0);
                let message = format!("the topic {} is in the request more than once", topic.name);
                checked.push(Err(Refusal::new(ErrorCode::InvalidRequest, message)));
            }
        }
        asked.push(topic);
    }
    let made = if request.validate_only { validate(call, checked) } else { create(call, checked).await };
    let image = call.broker.catalog.image();
    let configs: Vec<Vec<Config>> = made
        .iter()
        .map(|made| made.as_ref().map_or_else(|_| Vec::new(), |made| configs(&image, made)))
        .collect();
    let results = asked.iter().zip(&made).zip(&configs).map(|((topic, made), configs)| {
        let mut result = CreatableTopicResult { name: topic.name, ..CreatableTopicResult::default() };
        match made {
            Ok(made) => describe(call.version(), made, configs, &mut result),
            Err(refusal) => {
                result.error_code = refusal.code.code();
                result.error_message = Some(&refusal.message);
                result.configs = (call.version() >= FIRST_WITH_RESULT).then(Vec::new);
            }
        }
        result
    });
    call.reply(&CreateTopicsResponse { topics: results.collect(), ..CreateTopicsResponse::default() })
}

/// What is asked for, with the broker's defaults filled in.
fn new_topic(call: &Call<'_>, topic: &CreatableTopic<'_>) -> Result<NewTopic, Refusal> {
    // The name's faults come first, as in Kafka.
    crate::catalog::check_topic_name(topic.name)
        .map_err(|bad| Refusal::new(ErrorCode::InvalidTopicException, bad.to_string()))?;
    let partitions = if topic.assignments.is_empty() {
        partitions_without_assignment(call, topic)?
    } else {
        partitions_of_assignment(call, topic)?
    };
    let mut settings = BTreeMap::new();
    for config in &topic.configs {
        let Some(value) = config.value else {
            let message = format!("the setting {} has no value", config.name);
            return Err(Refusal::new(ErrorCode::InvalidConfig, message));
        };
        settings.insert(config.name.to_owned(), value.to_owned());
    }
    Ok(NewTopic { name: topic.name.to_owned(), partitions, settings })
}

fn partitions_without_assignment(call: &Call<'_>, topic: &CreatableTopic<'_>) -> Result<i32, Refusal> {
    match topic.replication_factor {
        1 | -1 => {}
        factor if factor < 1 => {
            let message = format!(
                "the replication factor {factor} is not 1: one node keeps one copy, ask for 1, or -1"
            );
            return Err(Refusal::new(ErrorCode::InvalidReplicationFactor, message));
        }
        factor => {
            let message = format!(
                "the replication factor {factor} needs as many brokers, and there is 1: ask for 1, or -1"
            );
            return Err(Refusal::new(ErrorCode::InvalidReplicationFactor, message));
        }
    }
    match topic.num_partitions {
        -1 => Ok(call.broker.options.default_partitions),
        partitions if partitions < 1 => {
            let message = format!(
                "a topic cannot have {partitions} partitions: ask for at least 1, or -1 for the default"
            );
            Err(Refusal::new(ErrorCode::InvalidPartitions, message))
        }
        partitions => Ok(partitions),
    }
}

fn partitions_of_assignment(call: &Call<'_>, topic: &CreatableTopic<'_>) -> Result<i32, Refusal> {
    let invalid = |message: String| Refusal::new(ErrorCode::InvalidReplicaAssignment, message);
    if topic.num_partitions != -1 || topic.replication_factor != -1 {
        let message =
            "number of partitions and replication factor must be -1 where replicas are assigned by hand";
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    let node_id = call.broker.options.node_id;
    let mut numbers: Vec<i32> = Vec::with_capacity(topic.assignments.len());
    for assignment in &topic.assignments {
        if assignment.broker_ids != [node_id] {
            return Err(invalid(format!(
                "partition {} cannot be on the brokers {:?}: there is broker {node_id} alone",
                assignment.partition_index, assignment.broker_ids
            )));
        }
        numbers.push(assignment.partition_index);
    }
    numbers.sort_unstable();
    if numbers.iter().zip(0..).any(|(&number, expected)| number != expected) {
        return Err(invalid(
            "the partitions that are assigned must be numbered from 0 without a gap".to_owned(),
        ));
    }
    i32::try_from(numbers.len()).map_err(|_| invalid("there are too many partitions".to_owned()))
}

async fn create(call: &Call<'_>, checked: Vec<Result<NewTopic, Refusal>>) -> Vec<Result<Made, Refusal>> {
    let mut refusals: Vec<Option<Refusal>> = Vec::with_capacity(checked.len());
    let mut topics = Vec::new();
    for one in checked {
        match one {
            Ok(topic) => {
                topics.push(topic);
                refusals.push(None);
            }
            Err(refusal) => refusals.push(Some(refusal)),
        }
    }
    let mut outcomes = call.broker.catalog.create_topics(topics).await.into_iter();
    let missing = || Err(Refusal::new(ErrorCode::UnknownServerError, "the topic was not looked at"));
    refusals
        .into_iter()
        .map(|refusal| match refusal {
            Some(refusal) => Err(refusal),
            None => outcomes.next().unwrap_or_else(missing).map(|topic| Made {
                id: topic.id,
                partitions: topic.partition_count(),
                settings: topic.settings.clone(),
            }),
        })
        .collect()
}

fn validate(call: &Call<'_>, checked: Vec<Result<NewTopic, Refusal>>) -> Vec<Result<Made, Refusal>> {
    let image: Arc<Image> = call.broker.catalog.image();
    let mut creation = Creation::new(&image);
    checked
        .into_iter()
        .map(|topic| {
            let topic = topic?;
            let settings = creation.check(&topic)?;
            Ok(Made { id: Uuid::nil(), partitions: topic.partitions, settings })
        })
        .collect()
}

/// A setting of the topic, as the answer has it.
struct Config {
    name: &'static str,
    value: Option<String>,
    source: i8,
}

fn configs(image: &Image, made: &Made) -> Vec<Config> {
    let shown = TOPIC_SETTINGS.iter().filter(|setting| !setting.hidden);
    shown
        .map(|setting| {
            let (value, source) = made.settings.value(setting, &image.broker);
            Config { name: setting.name, value, source: source as i8 }
        })
        .collect()
}

fn describe<'a>(version: i16, made: &Made, configs: &'a [Config], result: &mut CreatableTopicResult<'a>) {
    if version >= FIRST_WITH_ID {
        result.topic_id = made.id;
    }
    if version < FIRST_WITH_RESULT {
        return;
    }
    result.num_partitions = made.partitions;
    result.replication_factor = 1;
    let config = |config: &'a Config| CreatableTopicConfigs {
        name: config.name,
        value: config.value.as_deref(),
        read_only: false,
        config_source: config.source,
        is_sensitive: false,
    };
    result.configs = Some(configs.iter().map(config).collect());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::harness::Harness;

    #[tokio::test]
    #[allow(clippy::too_many_lines, reason = "one table of cases")]
    async fn topics_are_created_or_refused_with_kafkas_codes() {
        use watershed_protocol::ErrorCode as E;
        use watershed_protocol::messages::create_topics_request::{
            CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
        };
        let harness = Harness::start().await;
        harness.create_topic("orders", 1).await;
        harness.create_topic("a_b", 1).await;
        let ask = async |topic: CreatableTopic<'_>, validate_only| {
            let request = CreateTopicsRequest { topics: vec![topic], validate_only, ..Default::default() };
            let answer = harness.ask(&request, 7).await;
            answer.read::<CreateTopicsResponse<'_>>().topics[0].error_code
        };
        let check = async |topic: CreatableTopic<'_>, code: E| {
            let expected = format!("{topic:?}");
            assert_eq!(ask(topic, true).await, code.code(), "{expected}");
        };
        let topic = |name, num_partitions, replication_factor| CreatableTopic {
            name,
            num_partitions,
            replication_factor,
            ..Default::default()
        };
        check(topic("x", -1, -1), E::None).await;
        for version in [2, 3] {
            // Go's and JavaScript's clients ask for defaults in these, and Kafka gives them.
            let topics = vec![topic("x", -1, -1)];
            let request = CreateTopicsRequest { topics, timeout_ms: 1_000, validate_only: true };
            let answer = harness.ask(&request, version).await;
            assert_eq!(answer.read::<CreateTopicsResponse<'_>>().topics[0].error_code, 0, "v{version}");
        }
        check(topic("x", 3, 1), E::None).await;
        check(topic("orders", 3, 1), E::TopicAlreadyExists).await;
        check(topic("a.b", 3, 1), E::InvalidTopicException).await;
        check(topic("", 3, 1), E::InvalidTopicException).await;
        check(topic("a b", 3, 1), E::InvalidTopicException).await;
        check(topic("x", 0, 1), E::InvalidPartitions).await;
        check(topic("x", 20_000, 1), E::PolicyViolation).await;
        check(topic("x", i32::MAX, 1), E::PolicyViolation).await;
        check(topic("x", 1, 0), E::InvalidReplicationFactor).await;
        check(topic("x", 1, 2), E::InvalidReplicationFactor).await;
        let config = |name, value| CreatableTopic {
            configs: vec![CreatableTopicConfig { name, value }],
            ..topic("x", 1, 1)
        };
        for (name, value, code) in [
            ("cleanup.policy", Some(""), E::None),
            ("cleanup.policy", Some("delete,delete"), E::None),
            ("cleanup.policy", Some("none"), E::InvalidConfig),
            ("retention.bytes", Some("-5"), E::None),
            ("segment.bytes", Some("100"), E::InvalidConfig),
            ("internal.segment.bytes", Some("100"), E::None),
            ("remote.storage.enable", Some("true"), E::InvalidConfig),
            ("compression.gzip.level", Some("0"), E::InvalidConfig),
            ("compression.type", Some("lz5"), E::InvalidConfig),
            ("min.cleanable.dirty.ratio", Some("2"), E::InvalidConfig),
            ("leader.replication.throttled.replicas", Some("0:1"), E::None),
            ("leader.replication.throttled.replicas", Some("x"), E::InvalidConfig),
            ("local.retention.ms", Some("604800001"), E::None),
            ("max.message.bytes", Some("99999999999"), E::InvalidConfig),
            ("retention.ms", None, E::InvalidConfig),
        ] {
            check(config(name, value), code).await;
        }
        let assigned = |numbers: &[(i32, i32)]| CreatableTopic {
            assignments: numbers
                .iter()
                .map(|&(partition_index, broker)| CreatableReplicaAssignment {
                    partition_index,
                    broker_ids: vec![broker],
                })
                .collect(),
            ..topic("x", -1, -1)
        };
        check(assigned(&[(1, 1), (0, 1)]), E::None).await;
        check(assigned(&[(1, 1)]), E::InvalidReplicaAssignment).await;
        check(assigned(&[(0, 5)]), E::InvalidReplicaAssignment).await;
        assert!(harness.broker.catalog.topic("x").is_none(), "nothing was to be created");
        assert_eq!(ask(assigned(&[(1, 1), (0, 1)]), false).await, 0);
        assert_eq!(harness.broker.catalog.topic("x").unwrap().partitions.len(), 2);
    }
}
