//! What a change of the catalog would do, and why it may not be made: nothing here writes or waits.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::image::{Image, Topic};
use super::names;
use crate::settings::{SettingError, TopicSettings, VALUE_BYTES_MAX};

/// The most partitions that one request may make, as Kafka has it.
pub(crate) const PARTITIONS_PER_REQUEST_MAX: usize = 10_000;
/// The most partitions that one node keeps: each costs open files, memory and time at the start.
pub(crate) const PARTITIONS_MAX: usize = 50_000;

/// A change that is not made: the code and text for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<SettingError> for Refusal {
    fn from(error: SettingError) -> Self {
        Self::new(ErrorCode::InvalidConfig, error.to_string())
    }
}

/// A topic to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewTopic {
    pub(crate) name: String,
    pub(crate) partitions: i32,
    /// What is set on it, by Kafka's names.
    pub(crate) settings: BTreeMap<String, String>,
}

/// One change of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Edit {
    Set(String),
    /// Back to the default.
    Delete,
    /// To a list.
    Append(String),
    /// From a list.
    Subtract(String),
}

/// Topics that one request creates: each must fit with those before it.
#[derive(Debug)]
pub(crate) struct Creation<'a> {
    image: &'a Image,
    names: HashSet<String>,
    partitions: usize,
}

impl<'a> Creation<'a> {
    pub(crate) fn new(image: &'a Image) -> Self {
        Self { image, names: HashSet::new(), partitions: image.partition_count }
    }

    /// Whether this topic can be made; its settings if so.
    ///
    /// # Errors
    ///
    /// INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_CONFIG, POLICY_VIOLATION.
    pub(crate) fn check(&mut self, topic: &NewTopic) -> Result<TopicSettings, Refusal> {
        names::check_name(&topic.name)
            .map_err(|bad| Refusal::new(ErrorCode::InvalidTopicException, bad.to_string()))?;
        if topic.name == super::METADATA_TOPIC {
            let message = format!("{} is the node's own log", topic.name);
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
        if self.image.topics.contains_key(&topic.name) {
            let message = format!("the topic {} is there already", topic.name);
            return Err(Refusal::new(ErrorCode::TopicAlreadyExists, message));
        }
        let taken = self.image.collides_with(&topic.name).map(str::to_owned).or_else(|| {
            let key = names::collision_key(&topic.name);
            self.names.contains(&key).then_some(key)
        });
        if let Some(other) = taken {
            let message = format!(
                "the topic {} collides with {other}: dots and underscores are one in the names of metrics",
                topic.name
            );
            return Err(Refusal::new(ErrorCode::InvalidTopicException, message));
        }
        if topic.partitions <= 0 {
            let message = format!("a topic cannot have {} partitions: ask for at least 1", topic.partitions);
            return Err(Refusal::new(ErrorCode::InvalidPartitions, message));
        }
        let settings = TopicSettings::checked(topic.settings.clone(), &self.image.broker)?;
        let before = self.partitions - self.image.partition_count;
        self.partitions = room(self.image.partition_count, before, topic.partitions)?;
        self.names.insert(names::collision_key(&topic.name));
        Ok(settings)
    }
}

/// Whether a topic can have this many partitions in all; how many there are now.
///
/// # Errors
///
/// INVALID_PARTITIONS.
pub(crate) fn check_growth(image: &Image, topic: &Topic, partitions: i32) -> Result<i32, Refusal> {
    let now = topic.partition_count();
    if partitions == now {
        let message = format!("the topic {} has {now} partitions already", topic.name);
        return Err(Refusal::new(ErrorCode::InvalidPartitions, message));
    }
    if partitions < now {
        let message = format!(
            "the topic {} has {now} partitions, which cannot become {partitions}: partitions are never removed",
            topic.name
        );
        return Err(Refusal::new(ErrorCode::InvalidPartitions, message));
    }
    room(image.partition_count, 0, partitions - now)?;
    Ok(now)
}

/// Settings after these changes.
///
/// # Errors
///
/// INVALID_CONFIG.
pub(crate) fn edited(
    set: &BTreeMap<String, String>,
    edits: &[(String, Edit)],
    effective: impl Fn(&str) -> Option<String>,
    is_list: impl Fn(&str) -> bool,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut set = set.clone();
    for (name, edit) in edits {
        let current = || -> Vec<String> {
            let value = set.get(name).cloned().or_else(|| effective(name)).unwrap_or_default();
            crate::settings::rule::members(&value).map(str::to_owned).collect()
        };
        let value = match edit {
            Edit::Set(value) => value.clone(),
            Edit::Delete => {
                set.remove(name);
                continue;
            }
            Edit::Append(_) | Edit::Subtract(_) if !is_list(name) => {
                let message = format!(
                    "the setting {name} is no list, to which something could be added or from which it could be taken"
                );
                return Err(Refusal::new(ErrorCode::InvalidConfig, message));
            }
            Edit::Append(more) => {
                let mut members = current();
                for member in crate::settings::rule::members(more) {
                    if !members.iter().any(|there| there == member) {
                        members.push(member.to_owned());
                    }
                }
                members.join(",")
            }
            Edit::Subtract(less) => {
                let mut members = current();
                members.retain(|there| !crate::settings::rule::members(less).any(|member| member == there));
                members.join(",")
            }
        };
        // It could not be written down.
        if value.len() > VALUE_BYTES_MAX {
            let message = format!("the setting {name} would be longer than {VALUE_BYTES_MAX} bytes");
            return Err(Refusal::new(ErrorCode::InvalidConfig, message));
        }
        set.insert(name.clone(), value);
    }
    Ok(set)
}

/// The partitions that there would be: those of the node, those of the request's topics before this one, and more.
fn room(of_node: usize, of_request: usize, more: i32) -> Result<usize, Refusal> {
    let asked = of_request.saturating_add(usize::try_from(more).unwrap_or_default());
    let all = of_node.saturating_add(asked);
    if asked > PARTITIONS_PER_REQUEST_MAX {
        let message = format!("one request may make {PARTITIONS_PER_REQUEST_MAX} partitions, not {asked}");
        return Err(Refusal::new(ErrorCode::PolicyViolation, message));
    }
    if all > PARTITIONS_MAX {
        let message = format!(
            "with {asked} partitions more, the node would have {all}: it keeps at most {PARTITIONS_MAX}"
        );
        return Err(Refusal::new(ErrorCode::PolicyViolation, message));
    }
    Ok(all)
}

/// A deleted topic, as its deletion's answer names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deleted {
    pub(crate) name: String,
    pub(crate) id: Uuid,
}
