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
