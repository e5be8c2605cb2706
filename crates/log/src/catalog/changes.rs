//! Changes of the catalog, one after the other: each is checked against the image, written, synced, and then seen.
//!
//! A task of its own makes them, so that a change goes on to its end when the client that asked for it goes away.
//!
//! Order of steps, so that a crash between any two leaves nothing half done: a new partition's directory is made first,
//! then the records, synced, then the image. A deletion's records come first, then the image, then the files.

use std::sync::{Arc, Weak};

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::image::Topic;
use super::partitions::{self, Wanted};
use super::plan::{Creation, Deleted, Edit, NewTopic, Refusal, check_growth};
use super::records::{self, RESOURCE_TOPIC, ScramCredential};
use super::{Shared, ids};
use crate::broker::Broker;
use crate::options::Blocking;
use crate::partition::Partition;
use crate::settings::TopicSettings;
use crate::settings::resource::resource_type;
use crate::state_log::StateRecord;

/// Producer ids that are given out at once, as Kafka does.
const PRODUCER_IDS_PER_BLOCK: i64 = 1_000;

/// What each of several parts of a change came to.
pub(crate) type Outcomes<T> = Vec<Result<T, Refusal>>;

/// A change that somebody asked for, and where the answer goes.
#[derive(Debug)]
pub(super) enum Change {
    Create {
        topics: Vec<NewTopic>,
        answer: oneshot::Sender<Outcomes<Arc<Topic>>>,
    },
    Delete {
        ids: Vec<Uuid>,
        answer: oneshot::Sender<Outcomes<Deleted>>,
    },
    /// Topics by name, and how many partitions each is to have.
    Grow {
        topics: Vec<(String, i32)>,
        answer: oneshot::Sender<Outcomes<()>>,
    },
    Alter {
        resources: Vec<Alteration>,
        answer: oneshot::Sender<Outcomes<()>>,
    },
    /// Users and mechanisms with their credential; none: it is removed.
    Scram {
        credentials: Vec<((String, i8), Option<ScramCredential>)>,
        answer: oneshot::Sender<Outcomes<()>>,
    },
    ProducerIds {
        answer: oneshot::Sender<Result<std::ops::Range<i64>, Refusal>>,
    },
}

/// Changes of one resource's settings: all or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alteration {
    /// Kafka's number for the type.
    pub(crate) resource_type: i8,
    pub(crate) name: String,
    /// Forget what was set before.
    pub(crate) replace: bool,
    pub(crate) edits: Vec<(String, Edit)>,
}

/// Makes changes until the catalog is gone.
pub(super) async fn make(shared: Arc<Shared>, broker: Weak<Broker>, mut changes: mpsc::Receiver<Change>) {
    while let Some(change) = changes.recv().await {
        let Some(broker) = broker.upgrade() else { return };
        let making = Making { shared: &shared, broker: &broker };
        match change {
            Change::Create { topics, answer } => drop(answer.send(making.create(topics).await)),
            Change::Delete { ids, answer } => drop(answer.send(making.delete(ids).await)),
            Change::Grow { topics, answer } => drop(answer.send(making.grow(topics).await)),
            Change::Alter { resources, answer } => drop(answer.send(making.alter(resources).await)),
            Change::Scram { credentials, answer } => drop(answer.send(making.scram(credentials).await)),
            Change::ProducerIds { answer } => drop(answer.send(making.producer_ids().await)),
        }
    }
}

struct Making<'m> {
    shared: &'m Arc<Shared>,
    broker: &'m Arc<Broker>,
}

impl Making<'_> {
    async fn create(&self, topics: Vec<NewTopic>) -> Outcomes<Arc<Topic>> {
        let mut outcomes: Vec<Result<(NewTopic, Uuid, TopicSettings), Refusal>> = Vec::new();
        {
            let image = self.shared.image();
            let mut creation = Creation::new(&image);
            for topic in topics {
                let checked = creation.check(&topic);
                outcomes.push(checked.and_then(|settings| Ok((topic, fresh_id()?, settings))));
            }
        }
        let mut made: Outcomes<Arc<Topic>> = Vec::new();
        let mut records = Vec::new();
        for outcome in outcomes {
            made.push(match outcome {
                Ok((topic, id, settings)) => self.make_topic(topic, id, settings, &mut records).await,
                Err(refusal) => Err(refusal),
            });
        }
        if let Err(refusal) = self.write(&records).await {
            self.take_back(&made).await;
            return made.into_iter().map(|outcome| outcome.and(Err(refusal.clone()))).collect();
        }
        self.shared.publish(|image| made.iter().flatten().for_each(|topic| image.insert(Arc::clone(topic))));
        made
    }

    /// Makes a topic's partitions and the records that it needs.
    async fn make_topic(
        &self,
        new: NewTopic,
        id: Uuid,
        settings: TopicSettings,
        records: &mut Vec<StateRecord>,
    ) -> Result<Arc<Topic>, Refusal> {
        let opened = self.open(&new.name, id, 0..new.partitions, &settings).await?;
        records.extend(self.shared.topic_records(&new.name, id, new.partitions, &settings));
        let internal = super::is_internal(&new.name);
        Ok(Arc::new(Topic { name: new.name, id, internal, settings, partitions: opened }))
    }

    async fn open(
        &self,
        topic: &str,
        id: Uuid,
        numbers: std::ops::Range<i32>,
        settings: &TopicSettings,
    ) -> Result<Vec<Arc<Partition>>, Refusal> {
        let config = settings.log_config(&self.shared.image().broker);
        let wanted: Vec<Wanted> =
            numbers.clone().map(|partition| self.shared.wanted(topic, id, partition, &config)).collect();
        let (shared, now_ms, name) = (Arc::clone(self.shared), self.broker.now_ms(), topic.to_owned());
        let opened = run(self.shared.node.blocking, move || {
            let opened = partitions::open(&shared.node, &wanted, now_ms).and_then(|opened| {
                shared.sync_root()?;
                Ok(opened)
            });
            if opened.is_err() {
                partitions::remove(&*shared.node.disk, &name, id, numbers);
            }
            opened
        });
        opened.await?.map_err(|error| {
            tracing::error!(topic, %error, "a topic's partitions could not be made");
            Refusal::new(ErrorCode::KafkaStorageError, error.to_string())
        })
    }

    /// Removes the directories of topics whose records could not be written.
    async fn take_back(&self, made: &Outcomes<Arc<Topic>>) {
        for topic in made.iter().flatten() {
            self.remove_files(topic).await;
        }
    }

    /// Sets a topic's directories aside; they are removed by and by.
    async fn remove_files(&self, topic: &Arc<Topic>) {
        let (shared, topic) = (Arc::clone(self.shared), Arc::clone(topic));
        let set_aside = run(self.shared.node.blocking, move || {
            topic.partitions.iter().for_each(|partition| partition.delete());
            partitions::set_aside(&*shared.node.disk, &topic.name, topic.id, 0..topic.partition_count())
        });
        let Ok(directories) = set_aside.await else { return };
        let disk = Arc::clone(&self.shared.node.disk);
        let remove = move || partitions::remove_directories(&*disk, &directories);
        self.shared.node.blocking.spawn(remove);
    }

    async fn delete(&self, ids: Vec<Uuid>) -> Outcomes<Deleted> {
        let image = self.shared.image();
        let unknown = || Refusal::new(ErrorCode::UnknownTopicId, "there is no topic with this id");
        let mut found: Outcomes<Arc<Topic>> = Vec::new();
        for id in ids {
            let twice = found.iter().flatten().any(|topic| topic.id == id);
            found.push(image.by_id(id).filter(|_| !twice).cloned().ok_or_else(unknown));
        }
        drop(image);
        let records: Vec<StateRecord> = found.iter().flatten().flat_map(|topic| deletion(topic)).collect();
        if let Err(refusal) = self.write(&records).await {
            if self.shared.log.partition().log().closed().is_some() {
                // The records may be on the disk all the same, and the next start would delete what was acknowledged
                // from now on.
                let partitions = found.iter().flatten().flat_map(|topic| &topic.partitions);
                partitions.for_each(|partition| partition.close_for_writing(MAY_BE_DELETED));
            }
            return found.into_iter().map(|outcome| outcome.and(Err(refusal.clone()))).collect();
        }
        self.shared.publish(|image| {
            found.iter().flatten().for_each(|topic| drop(image.remove(&topic.name)));
        });
        let mut offsets_forgotten = Vec::new();
        for topic in found.iter().flatten() {
            self.remove_files(topic).await;
            topic.partitions.iter().for_each(|partition| partition.wake_fetches());
            offsets_forgotten.push(self.broker.groups.topic_deleted(self.broker, &topic.name));
        }
        for forgotten in offsets_forgotten {
            if let Err(error) = forgotten.await {
                // They count for no topic any more, and the next start forgets them.
                tracing::warn!(%error, "offsets of a deleted topic could not be forgotten yet");
            }
        }
        let deleted = |topic: Arc<Topic>| Deleted { name: topic.name.clone(), id: topic.id };
        found.into_iter().map(|outcome| outcome.map(deleted)).collect()
    }

    async fn grow(&self, topics: Vec<(String, i32)>) -> Outcomes<()> {
        let mut outcomes = Vec::new();
        for (name, partitions) in topics {
            outcomes.push(self.grow_one(&name, partitions).await);
        }
        outcomes
    }

    async fn grow_one(&self, name: &str, partitions: i32) -> Result<(), Refusal> {
        let (topic, now) = {
            let image = self.shared.image();
            let topic = image.topics.get(name).cloned().ok_or_else(|| unknown_topic(name))?;
            let now = check_growth(&image, &topic, partitions)?;
            (topic, now)
        };
        let opened = self.open(name, topic.id, now..partitions, &topic.settings).await?;
        let records: Vec<StateRecord> =
            (now..partitions).map(|partition| self.shared.partition_record(topic.id, partition)).collect();
        if let Err(refusal) = self.write(&records).await {
            let (shared, name, id) = (Arc::clone(self.shared), name.to_owned(), topic.id);
            let remove = move || partitions::remove(&*shared.node.disk, &name, id, now..partitions);
            drop(run(self.shared.node.blocking, remove).await);
            return Err(refusal);
        }
        let mut all = topic.partitions.clone();
        all.extend(opened);
        self.replace(&topic, topic.settings.clone(), all);
        Ok(())
    }

    async fn alter(&self, resources: Vec<Alteration>) -> Outcomes<()> {
        let mut outcomes = Vec::new();
        for alteration in resources {
            outcomes.push(self.alter_one(alteration).await);
        }
        outcomes
    }

    async fn alter_one(&self, alteration: Alteration) -> Result<(), Refusal> {
        let image = self.shared.image();
        let (before, after) = super::alter::altered(&image, self.shared.node.node_id, &alteration)?;
        drop(image);
        let (resource_type, name) = (alteration.resource_type, alteration.name.as_str());
        let removed = before.keys().filter(|setting| !after.contains_key(*setting));
        let mut records: Vec<StateRecord> =
            removed.map(|setting| records::config(resource_type, name, setting, None)).collect();
        let changed = after.iter().filter(|(setting, value)| before.get(*setting) != Some(value));
        records.extend(
            changed.map(|(setting, value)| records::config(resource_type, name, setting, Some(value))),
        );
        self.write(&records).await?;
        if resource_type == RESOURCE_TOPIC {
            let topic = self.shared.image().topics.get(name).cloned();
            let topic = topic.ok_or_else(|| unknown_topic(name))?;
            let settings = TopicSettings { set: after };
            let config = settings.log_config(&self.shared.image().broker);
            for partition in &topic.partitions {
                partition.log().set_config(config.clone());
            }
            self.replace(&topic, settings, topic.partitions.clone());
        } else {
            self.shared.set_resource(resource_type, name, after);
            if resource_type == resource_type::BROKER {
                self.take_up_broker_settings();
            }
        }
        Ok(())
    }

    /// Gives every partition what follows from the broker's settings as they are now.
    fn take_up_broker_settings(&self) {
        let node_id = self.shared.node.node_id;
        self.shared.publish(|image| image.take_up_broker_settings(node_id));
        let image = self.shared.image();
        for topic in image.topics.values() {
            let config = topic.settings.log_config(&image.broker);
            for partition in &topic.partitions {
                partition.log().set_config(config.clone());
            }
        }
    }

    async fn scram(&self, credentials: Vec<((String, i8), Option<ScramCredential>)>) -> Outcomes<()> {
        let records: Vec<StateRecord> = credentials
            .iter()
            .map(|((user, mechanism), credential)| records::scram(user, *mechanism, credential.as_ref()))
            .collect();
        if let Err(refusal) = self.write(&records).await {
            return credentials.iter().map(|_| Err(refusal.clone())).collect();
        }
        let outcomes = credentials.iter().map(|_| Ok(())).collect();
        self.shared.publish(|image| {
            for (user, credential) in credentials {
                match credential {
                    Some(credential) => drop(image.scram.insert(user, credential)),
                    None => drop(image.scram.remove(&user)),
                }
            }
        });
        outcomes
    }

    async fn producer_ids(&self) -> Result<std::ops::Range<i64>, Refusal> {
        let first = self.shared.image().next_producer_id;
        let next = first
            .checked_add(PRODUCER_IDS_PER_BLOCK)
            .ok_or_else(|| Refusal::new(ErrorCode::UnknownServerError, "all producer ids were given out"))?;
        self.write(&[records::producer_ids(self.shared.node.node_id, next)]).await?;
        self.shared.publish(|image| image.next_producer_id = next);
        Ok(first..next)
    }

    fn replace(&self, topic: &Topic, settings: TopicSettings, partitions: Vec<Arc<Partition>>) {
        let (name, id, internal) = (topic.name.clone(), topic.id, topic.internal);
        let topic = Arc::new(Topic { name, id, internal, settings, partitions });
        self.shared.publish(|image| image.insert(topic));
    }

    /// Writes records as one batch, and waits until they are on the disk.
    async fn write(&self, records: &[StateRecord]) -> Result<(), Refusal> {
        if records.is_empty() {
            return Ok(());
        }
        let failed = |error: String| {
            tracing::error!(%error, "the catalog could not be changed");
            Refusal::new(ErrorCode::KafkaStorageError, error)
        };
        let offset = self.shared.log.append(records, self.broker.now_ms());
        let offset = offset.map_err(|error| failed(error.to_string()))?;
        self.shared.log.durable(offset).await.map_err(|error| failed(error.to_string()))
    }
}

/// Why the partitions of a topic are closed whose deletion was written and could not be synced.
const MAY_BE_DELETED: &str = "its topic was being deleted when the disk failed, and whether it is deleted shows at the \
                              next start of the broker";

/// The records that end a topic.
fn deletion(topic: &Topic) -> Vec<StateRecord> {
    let settings = topic.settings.set.keys();
    records::topic_deleted(topic.id, &topic.name, topic.partition_count(), settings)
}

pub(super) fn unknown_topic(name: &str) -> Refusal {
    Refusal::new(ErrorCode::UnknownTopicOrPartition, format!("there is no topic {name}"))
}

fn fresh_id() -> Result<Uuid, Refusal> {
    ids::fresh().map_err(|error| {
        Refusal::new(ErrorCode::UnknownServerError, format!("no random id could be made: {error}"))
    })
}

/// Runs what blocks where it may.
async fn run<T: Send + 'static>(
    blocking: Blocking,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    blocking.run(work).await.map_err(|error| {
        Refusal::new(ErrorCode::UnknownServerError, format!("a background task ended early: {error}"))
    })
}
