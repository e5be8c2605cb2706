//! The catalog's records: values in the form of Kafka's metadata log, under keys of our own, so that the log can be
//! compacted and a deletion is a tombstone.
//!
//! A key is one byte for its kind and what names the thing; a value is Kafka's frame (frame version, record type, version,
//! each one byte here) and the record. Two values are our own: the cluster's id and the number of starts.
//! A partition's `partition_epoch` holds the start in which the partition was made: its leader epoch is the number of
//! starts since.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;
use watershed_protocol::messages::{
    ConfigRecord, PartitionRecord, ProducerIdsRecord, TopicRecord, UserScramCredentialRecord,
};
use watershed_protocol::wire::{Message, Reader, decode, encode};

use crate::state_log::StateRecord;

/// The kinds of keys.
mod kind {
    pub(super) const CLUSTER_ID: u8 = 0;
    pub(super) const STARTS: u8 = 1;
    pub(super) const TOPIC: u8 = 2;
    pub(super) const PARTITION: u8 = 3;
    pub(super) const CONFIG: u8 = 4;
    pub(super) const SCRAM: u8 = 11;
    pub(super) const PRODUCER_IDS: u8 = 15;
}

/// Frame version of Kafka's metadata records.
const FRAME_VERSION: u8 = 1;

/// Kafka's number for topics, among resources with settings.
pub(crate) const RESOURCE_TOPIC: i8 = 2;

/// A password's verifier, as SCRAM keeps it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ScramCredential {
    pub(crate) salt: Vec<u8>,
    pub(crate) stored_key: Vec<u8>,
    pub(crate) server_key: Vec<u8>,
    pub(crate) iterations: i32,
}

impl std::fmt::Debug for ScramCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScramCredential").field("iterations", &self.iterations).finish_non_exhaustive()
    }
}

/// A topic, as its records say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownTopic {
    pub(crate) name: String,
    /// The start in which each partition was made, by its number.
    pub(crate) partitions: BTreeMap<i32, i32>,
}

/// What the records say together.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) cluster_id: Option<Uuid>,
    /// How often the log was opened.
    pub(crate) starts: i32,
    pub(crate) topics: BTreeMap<Uuid, KnownTopic>,
    /// Ids of topics of which only the deletion is left.
    pub(crate) deleted: BTreeSet<Uuid>,
    /// Settings by resource type and name.
    pub(crate) settings: BTreeMap<(i8, String), BTreeMap<String, String>>,
    pub(crate) scram: BTreeMap<(String, i8), ScramCredential>,
    pub(crate) next_producer_id: i64,
}

/// A record that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("a record of the catalog cannot be read: {0}")]
pub(crate) struct BadRecord(String);

impl Known {
    /// Takes up a record.
    ///
    /// # Errors
    ///
    /// [`BadRecord`]: it is not one of ours.
    pub(crate) fn apply(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), BadRecord> {
        let (&kind, rest) = key.split_first().ok_or_else(|| bad("its key is empty"))?;
        match kind {
            kind::CLUSTER_ID => self.cluster_id = value.map(own_uuid).transpose()?,
            kind::STARTS => {
                let number = value.and_then(|value| <[u8; 4]>::try_from(value).ok());
                self.starts =
                    i32::from_be_bytes(number.ok_or_else(|| bad("the number of starts is not one"))?);
            }
            kind::TOPIC => self.apply_topic(own_uuid(rest)?, value)?,
            kind::PARTITION => self.apply_partition(value)?,
            kind::CONFIG => self.apply_config(rest, value)?,
            kind::SCRAM => self.apply_scram(rest, value)?,
            kind::PRODUCER_IDS => {
                let record: ProducerIdsRecord = unframe(value.unwrap_or_default())?;
                self.next_producer_id = record.next_producer_id;
            }
            _ => return Err(bad(format!("its key has the unknown kind {kind}"))),
        }
        Ok(())
    }

    fn apply_topic(&mut self, id: Uuid, value: Option<&[u8]>) -> Result<(), BadRecord> {
        match value {
            Some(value) => {
                let record: TopicRecord<'_> = unframe(value)?;
                let topic = KnownTopic { name: record.name.to_owned(), partitions: BTreeMap::new() };
                self.topics.insert(id, topic);
            }
            None => {
                self.topics.remove(&id);
                self.deleted.insert(id);
            }
        }
        Ok(())
    }

    fn apply_partition(&mut self, value: Option<&[u8]>) -> Result<(), BadRecord> {
        // A partition goes with its topic: its tombstone only makes room.
        let Some(value) = value else { return Ok(()) };
        let record: PartitionRecord = unframe(value)?;
        if let Some(topic) = self.topics.get_mut(&record.topic_id) {
            topic.partitions.insert(record.partition_id, record.partition_epoch);
        }
        Ok(())
    }

    fn apply_config(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), BadRecord> {
        let mut reader = Reader::new(key);
        let named: ConfigRecord<'_> =
            ConfigRecord::read(&mut reader, 0).map_err(|error| bad(error.to_string()))?;
        let resource = (named.resource_type, named.resource_name.to_owned());
        match value {
            Some(value) => {
                let record: ConfigRecord<'_> = unframe(value)?;
                let settings = self.settings.entry(resource).or_default();
                settings.insert(record.name.to_owned(), record.value.unwrap_or_default().to_owned());
            }
            None => {
                if let Some(settings) = self.settings.get_mut(&resource) {
                    settings.remove(named.name);
                    if settings.is_empty() {
                        self.settings.remove(&resource);
                    }
                }
            }
        }
        Ok(())
    }

    fn apply_scram(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), BadRecord> {
        let (&mechanism, name) = key.split_first().ok_or_else(|| bad("a credential without a mechanism"))?;
        let name = std::str::from_utf8(name).map_err(|_| bad("a user's name is not text"))?;
        let user = (name.to_owned(), i8::from_be_bytes([mechanism]));
        match value {
            Some(value) => {
                let record: UserScramCredentialRecord<'_> = unframe(value)?;
                let credential = ScramCredential {
                    salt: record.salt.to_vec(),
                    stored_key: record.stored_key.to_vec(),
                    server_key: record.server_key.to_vec(),
                    iterations: record.iterations,
                };
                self.scram.insert(user, credential);
            }
            None => drop(self.scram.remove(&user)),
        }
        Ok(())
    }
}

/// The cluster's id.
pub(crate) fn cluster_id(id: Uuid) -> StateRecord {
    (vec![kind::CLUSTER_ID], Some(id.as_bytes().to_vec()))
}

/// How often the log was opened.
pub(crate) fn starts(number: i32) -> StateRecord {
    (vec![kind::STARTS], Some(number.to_be_bytes().to_vec()))
}

/// A topic; its partitions and settings follow in the same batch.
pub(crate) fn topic(id: Uuid, name: &str) -> StateRecord {
    (topic_key(id), framed(2, &TopicRecord { name, topic_id: id }))
}

/// The end of a topic. `partitions` and `settings` are those that it had.
pub(crate) fn topic_deleted<'s>(
    id: Uuid,
    name: &str,
    partitions: i32,
    settings: impl Iterator<Item = &'s String>,
) -> Vec<StateRecord> {
    let mut records = vec![(topic_key(id), None)];
    records.extend((0..partitions).map(|partition| (partition_key(id, partition), None)));
    records.extend(settings.map(|setting| config(RESOURCE_TOPIC, name, setting, None)));
    records
}

/// A partition that is made in this start, on this node.
pub(crate) fn partition(topic_id: Uuid, partition_id: i32, node_id: i32, start: i32) -> StateRecord {
    let record = PartitionRecord {
        partition_id,
        topic_id,
        replicas: vec![node_id],
        isr: vec![node_id],
        leader: node_id,
        leader_epoch: 0,
        partition_epoch: start,
        ..PartitionRecord::default()
    };
    (partition_key(topic_id, partition_id), framed(3, &record))
}

/// A setting of a resource; no value: it is no longer set.
pub(crate) fn config(resource_type: i8, resource_name: &str, name: &str, value: Option<&str>) -> StateRecord {
    let mut key = vec![kind::CONFIG];
    let named = ConfigRecord { resource_type, resource_name, name, value: None };
    key.extend(encode(&named, 0).unwrap_or_default());
    (key, value.and_then(|value| framed(4, &ConfigRecord { value: Some(value), ..named })))
}

/// A user's credential; none: it is removed.
pub(crate) fn scram(user: &str, mechanism: i8, credential: Option<&ScramCredential>) -> StateRecord {
    let mut key = vec![kind::SCRAM, mechanism.to_be_bytes()[0]];
    key.extend_from_slice(user.as_bytes());
    let value = credential.and_then(|credential| {
        let record = UserScramCredentialRecord {
            name: user,
            mechanism,
            salt: &credential.salt,
            stored_key: &credential.stored_key,
            server_key: &credential.server_key,
            iterations: credential.iterations,
        };
        framed(11, &record)
    });
    (key, value)
}

/// Producer ids before this one were given out.
pub(crate) fn producer_ids(broker_id: i32, next_producer_id: i64) -> StateRecord {
    let record = ProducerIdsRecord { broker_id, broker_epoch: 0, next_producer_id };
    (vec![kind::PRODUCER_IDS], framed(15, &record))
}

fn topic_key(id: Uuid) -> Vec<u8> {
    [&[kind::TOPIC], id.as_bytes().as_slice()].concat()
}

fn partition_key(id: Uuid, partition: i32) -> Vec<u8> {
    [&[kind::PARTITION], id.as_bytes().as_slice(), &partition.to_be_bytes()].concat()
}

/// A record in Kafka's frame, version 0. Strings in it were checked to be short, so that it can always be written.
fn framed<'a, M: Message<'a>>(record_type: u8, record: &M) -> Option<Vec<u8>> {
    let mut bytes = vec![FRAME_VERSION, record_type, 0];
    bytes.extend(encode(record, 0).ok()?);
    Some(bytes)
}

fn unframe<'a, M: Message<'a>>(value: &'a [u8]) -> Result<M, BadRecord> {
    match value {
        [FRAME_VERSION, _, 0, record @ ..] => {
            decode(record, 0).map_err(|error| bad(format!("{}: {error}", M::NAME)))
        }
        _ => Err(bad(format!("{} in an unknown frame", M::NAME))),
    }
}

fn own_uuid(bytes: &[u8]) -> Result<Uuid, BadRecord> {
    Uuid::from_slice(bytes).map_err(|_| bad("an id is not one"))
}

fn bad(reason: impl Into<String>) -> BadRecord {
    BadRecord(reason.into())
}
