//! CreatePartitions: versions 0 to 3.
//!
//! Gaps: an assignment may name this node alone. `timeout_ms` is not looked at.

use std::collections::HashMap;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::create_partitions_request::CreatePartitionsTopic;
use watershed_protocol::messages::create_partitions_response::CreatePartitionsTopicResult;
use watershed_protocol::messages::{CreatePartitionsRequest, CreatePartitionsResponse};

use super::{Call, Reply};
use crate::catalog::{Refusal, check_growth};

pub(super) async fn answer(call: &Call<'_>, request: &CreatePartitionsRequest<'_>) -> Reply {
    let mut times: HashMap<&str, usize> = HashMap::new();
    request.topics.iter().for_each(|topic| *times.entry(topic.name).or_default() += 1);
    let mut outcomes: Vec<(&str, Result<i32, Refusal>)> = Vec::new();
    for topic in &request.topics {
        let outcome = match times.insert(topic.name, 0) {
            Some(1) => check(call, topic),
            Some(0) | None => continue,
            Some(_) => {
                let message = format!("the topic {} is in the request more than once", topic.name);
                Err(Refusal::new(ErrorCode::InvalidRequest, message))
            }
        };
        outcomes.push((topic.name, outcome));
    }
    if !request.validate_only {
        let wanted =
            outcomes.iter().filter_map(|(name, outcome)| Some(((*name).to_owned(), *outcome.as_ref().ok()?)));
        let mut grown = call.broker.catalog.grow_topics(wanted.collect()).await.into_iter();
        for (_, outcome) in &mut outcomes {
            if outcome.is_ok()
                && let Some(Err(refusal)) = grown.next()
            {
                *outcome = Err(refusal);
            }
        }
    }
    let results = outcomes.iter().map(|(name, outcome)| CreatePartitionsTopicResult {
        name,
        error_code: outcome.as_ref().map_or_else(|refusal| refusal.code, |_| ErrorCode::None).code(),
        error_message: outcome.as_ref().err().map(|refusal| refusal.message.as_str()),
    });
    call.reply(&CreatePartitionsResponse {
        results: results.collect(),
        ..CreatePartitionsResponse::default()
    })
}

/// How many partitions the topic is to have.
fn check(call: &Call<'_>, wanted: &CreatePartitionsTopic<'_>) -> Result<i32, Refusal> {
    let image = call.broker.catalog.image();
    let topic = image.topics.get(wanted.name).ok_or_else(|| {
        Refusal::new(ErrorCode::UnknownTopicOrPartition, format!("there is no topic {}", wanted.name))
    })?;
    if topic.internal {
        let message = format!("the topic {} has one partition, for the one coordinator", topic.name);
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    let now = check_growth(&image, topic, wanted.count)?;
    let Some(assignments) = &wanted.assignments else { return Ok(wanted.count) };
    let invalid = |message: String| Refusal::new(ErrorCode::InvalidReplicaAssignment, message);
    let more = wanted.count - now;
    if usize::try_from(more) != Ok(assignments.len()) {
        return Err(invalid(format!(
            "{more} partitions more need as many assignments, not {}",
            assignments.len()
        )));
    }
    let node_id = call.broker.options.node_id;
    match assignments.iter().find(|assignment| assignment.broker_ids != [node_id]) {
        Some(assignment) => Err(invalid(format!(
            "a partition cannot be on the brokers {:?}: there is broker {node_id} alone",
            assignment.broker_ids
        ))),
        None => Ok(wanted.count),
    }
}
