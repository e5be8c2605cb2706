//! DeleteTopics: versions 1 to 6. By name, and from version 6 on by id.
//!
//! A deleted topic is gone from the answer on, also after a power cut; its files follow.
//!
//! Gaps: the coordinators' own topics cannot be deleted, which Kafka allows. `timeout_ms` is not looked at.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::delete_topics_response::DeletableTopicResult;
use watershed_protocol::messages::{DeleteTopicsRequest, DeleteTopicsResponse};

use super::{Call, Reply};
use crate::catalog::{Refusal, Topic};

/// From this version on, topics are told with names or ids; before, with names.
const FIRST_WITH_IDS: i16 = 6;
/// From this version on, the answer has texts.
const FIRST_WITH_MESSAGE: i16 = 5;

/// What is asked for, and what became of it.
struct Wanted<'a> {
    name: Option<&'a str>,
    id: Uuid,
    outcome: Result<Arc<Topic>, Refusal>,
}

pub(super) async fn answer(call: &Call<'_>, request: &DeleteTopicsRequest<'_>) -> Reply {
    let asked: Vec<(Option<&str>, Uuid)> = if call.version() >= FIRST_WITH_IDS {
        request.topics.iter().map(|topic| (topic.name, topic.topic_id)).collect()
    } else {
        request.topic_names.iter().map(|&name| (Some(name), Uuid::nil())).collect()
    };
    let mut wanted = find(call, &asked);
    let ids = wanted.iter().filter_map(|wanted| wanted.outcome.as_ref().ok()).map(|topic| topic.id).collect();
    let mut outcomes = call.broker.catalog.delete_topics(ids).await.into_iter();
    for wanted in &mut wanted {
        if let (Ok(_), Some(Err(refusal))) =
            (&wanted.outcome, wanted.outcome.is_ok().then(|| outcomes.next()).flatten())
        {
            wanted.outcome = Err(refusal);
        }
    }
    let responses = wanted.iter().map(|wanted| {
        let (code, message) = match &wanted.outcome {
            Ok(_) => (ErrorCode::None, None),
            Err(refusal) => (refusal.code, Some(refusal.message.as_str())),
        };
        let found = wanted.outcome.as_ref().ok();
        let name = wanted.name.or(found.map(|topic| topic.name.as_str()));
        let id = found.map_or(wanted.id, |topic| topic.id);
        DeletableTopicResult {
            name,
            topic_id: if call.version() >= FIRST_WITH_IDS { id } else { Uuid::nil() },
            error_code: code.code(),
            error_message: message.filter(|_| call.version() >= FIRST_WITH_MESSAGE),
        }
    });
    call.reply(&DeleteTopicsResponse { responses: responses.collect(), ..DeleteTopicsResponse::default() })
}

/// Finds each topic once; a topic that is named twice is not deleted.
fn find<'a>(call: &Call<'_>, asked: &[(Option<&'a str>, Uuid)]) -> Vec<Wanted<'a>> {
    let deletes = call.broker.catalog.image().broker.value("delete.topic.enable") != Some("false");
    let mut wanted: Vec<Wanted<'a>> = Vec::with_capacity(asked.len());
    let mut times: HashMap<Uuid, usize> = HashMap::new();
    for &(name, id) in asked {
        let outcome = if deletes { find_one(call, name, id) } else { Err(disabled(call.version())) };
        if let Ok(topic) = &outcome {
            *times.entry(topic.id).or_default() += 1;
        }
        wanted.push(Wanted { name, id, outcome });
    }
    for wanted in &mut wanted {
        if let Ok(topic) = &wanted.outcome
            && times.get(&topic.id).is_some_and(|&times| times > 1)
        {
            let message = format!("the topic {} is in the request more than once", topic.name);
            wanted.outcome = Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
    }
    wanted
}

fn find_one(call: &Call<'_>, name: Option<&str>, id: Uuid) -> Result<Arc<Topic>, Refusal> {
    let topic = match name {
        Some(_) if !id.is_nil() => {
            let message = "a topic is deleted by its name or by its id, not by both";
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
        None if id.is_nil() => {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "neither name nor id of a topic was given"));
        }
        Some(name) => call.broker.catalog.topic(name).ok_or_else(|| {
            Refusal::new(ErrorCode::UnknownTopicOrPartition, format!("there is no topic {name}"))
        })?,
        None => call
            .broker
            .catalog
            .topic_by_id(id)
            .ok_or_else(|| Refusal::new(ErrorCode::UnknownTopicId, "there is no topic with this id"))?,
    };
    if topic.internal {
        let message = format!("the topic {} holds a coordinator's state: it cannot be deleted", topic.name);
        return Err(Refusal::new(ErrorCode::InvalidRequest, message));
    }
    Ok(topic)
}

fn disabled(version: i16) -> Refusal {
    // Clients of version 2 and older do not know the other code.
    let code = if version < 3 { ErrorCode::InvalidRequest } else { ErrorCode::TopicDeletionDisabled };
    Refusal::new(code, "topics are not deleted here: delete.topic.enable is false")
}
