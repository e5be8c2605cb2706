//! The start: reading the catalog's log again, counting the start, sorting out directories, opening partitions.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};

use tokio::sync::watch;
use uuid::Uuid;

use super::image::{Image, Topic};
use super::partitions::{self, Node, Wanted};
use super::records::{self, Known, RESOURCE_TOPIC};
use super::{CONSUMER_OFFSETS, METADATA_TOPIC, Shared, TRANSACTION_STATE, directories, ids};
use crate::OpenError;
use crate::disk::Disk;
use crate::options::Options;
use crate::partition::log::PartitionLog;
use crate::partition::{Partition, TopicPartition};
use crate::settings::{CLEANUP_POLICY, TopicSettings};
use crate::state_log::{Replayed, StateLog, StateRecord};

/// Kafka's reserved id of the metadata log.
const METADATA_TOPIC_ID: Uuid = Uuid::from_u128(1);
/// The largest batch of the catalog: ten thousand partitions fit many times.
const CATALOG_BATCH_BYTES_MAX: &str = "67108864";

/// Opens everything. Blocks.
pub(super) fn open(options: &Options, disk: &Arc<dyn Disk>, now_ms: i64) -> Result<Shared, OpenError> {
    let log = StateLog::new(open_own_log(options, disk, now_ms)?);
    let mut known = replay(&log)?;
    let start = known.starts.saturating_add(1);
    let mut news = vec![records::starts(start)];
    let cluster_id = match known.cluster_id {
        Some(id) => id,
        None => ids::fresh_at_open()?,
    };
    if known.cluster_id.is_none() {
        news.push(records::cluster_id(cluster_id));
    }
    write(&log, &news, now_ms)?;
    let node = Node { disk: Arc::clone(disk), node_id: options.node_id, blocking: options.blocking, start };
    let to_remove = sort_out(&node, &known)?;
    let mut image = Image {
        broker: Arc::new(options.settings.clone()),
        scram: std::mem::take(&mut known.scram),
        next_producer_id: known.next_producer_id,
        ..Image::default()
    };
    let own = |(resource, _): &(&(i8, String), &mut _)| resource.0 != RESOURCE_TOPIC;
    image.settings = known
        .settings
        .iter_mut()
        .filter(own)
        .map(|(resource, set)| (resource.clone(), std::mem::take(set)))
        .collect();
    image.take_up_broker_settings(node.node_id);
    open_topics(&node, &mut known, &mut image, now_ms)?;
    let shared = Shared {
        node,
        log,
        cluster_id: ids::to_text(cluster_id),
        image: RwLock::new(Arc::new(image)),
        changed: watch::Sender::new(0),
        to_remove: Mutex::new(to_remove),
        tasks: Mutex::new(Vec::new()),
    };
    create_internal(&shared, now_ms)?;
    Ok(shared)
}

fn open_own_log(options: &Options, disk: &Arc<dyn Disk>, now_ms: i64) -> Result<Arc<Partition>, OpenError> {
    let directory = directories::partition_directory(METADATA_TOPIC, 0);
    disk.create_directory(&directory).map_err(|source| OpenError::Io {
        path: directory.clone(),
        doing: "made",
        source,
    })?;
    let name = TopicPartition { topic: METADATA_TOPIC.to_owned(), partition: 0 };
    let config = own_settings().log_config(&Default::default());
    // Its records are never compared with another node's: it has one epoch.
    let log = PartitionLog::open(Arc::clone(disk), directory, name, config, 0, now_ms)?;
    Ok(Partition::new(log, METADATA_TOPIC_ID, 0, options.blocking))
}

/// The settings of the catalog's own log.
pub(super) fn own_settings() -> TopicSettings {
    settings(&[
        (CLEANUP_POLICY, "compact"),
        ("max.message.bytes", CATALOG_BATCH_BYTES_MAX),
        ("segment.bytes", CATALOG_BATCH_BYTES_MAX),
    ])
}

fn replay(log: &StateLog) -> Result<Known, OpenError> {
    let mut known = Known::default();
    let mut bad = None;
    let unreadable = |reason: String| OpenError::Unreadable {
        path: directories::partition_directory(METADATA_TOPIC, 0),
        reason,
    };
    log.replay(|replayed| {
        if let Replayed::Record { key, value, offset, .. } = replayed
            && let Err(error) = known.apply(key, value)
        {
            bad.get_or_insert(format!("offset {offset}: {error}"));
        }
    })
    .map_err(unreadable)?;
    bad.map_or(Ok(known), |reason| Err(unreadable(reason)))
}

/// Appends records and waits for the disk.
fn write(log: &StateLog, records: &[StateRecord], now_ms: i64) -> Result<(), OpenError> {
    let failed = |source: std::io::Error| OpenError::Io {
        path: directories::partition_directory(METADATA_TOPIC, 0),
        doing: "written",
        source,
    };
    log.append(records, now_ms).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    log.partition().sync_now().map_err(|error| failed(std::io::Error::other(error.to_string())))
}

fn sort_out(node: &Node, known: &Known) -> Result<Vec<PathBuf>, OpenError> {
    let by_name: BTreeMap<&str, &records::KnownTopic> =
        known.topics.values().map(|topic| (topic.name.as_str(), topic)).collect();
    let belongs = |topic: &str, partition: i32| {
        by_name.get(topic).is_some_and(|topic| topic.partitions.contains_key(&partition))
    };
    directories::sort_out(&*node.disk, &known.deleted, belongs).map_err(|source| OpenError::Io {
        path: "the data directory".into(),
        doing: "sorted out",
        source,
    })
}

/// Opens the partitions of all topics.
fn open_topics(node: &Node, known: &mut Known, image: &mut Image, now_ms: i64) -> Result<(), OpenError> {
    let mut topics = Vec::new();
    let mut wanted = Vec::new();
    for (id, topic) in std::mem::take(&mut known.topics) {
        let set = known.settings.remove(&(RESOURCE_TOPIC, topic.name.clone())).unwrap_or_default();
        let settings = TopicSettings { set };
        let config = settings.log_config(&image.broker);
        // Numbers without a gap, whatever the records say: a partition's number is its place in the topic.
        let numbers = (0..).zip(topic.partitions.iter()).take_while(|(number, (key, _))| number == *key);
        let before = wanted.len();
        wanted.extend(numbers.map(|(partition, (_, &made_in_start))| Wanted {
            topic: topic.name.clone(),
            topic_id: id,
            partition,
            made_in_start,
            config: config.clone(),
        }));
        topics.push((id, topic.name, settings, wanted.len() - before));
    }
    let mut opened = partitions::open(node, &wanted, now_ms)?.into_iter();
    for (id, name, settings, count) in topics {
        let partitions = opened.by_ref().take(count).collect();
        let internal = super::is_internal(&name);
        image.insert(Arc::new(Topic { name, id, internal, settings, partitions }));
    }
    Ok(())
}

/// Creates the coordinators' topics, if this is the first start.
fn create_internal(shared: &Shared, now_ms: i64) -> Result<(), OpenError> {
    let broker = shared.image().broker.clone();
    let mut made: Vec<Arc<Topic>> = Vec::new();
    let mut news = Vec::new();
    for (name, segment_bytes) in [
        (CONSUMER_OFFSETS, "offsets.topic.segment.bytes"),
        (TRANSACTION_STATE, "transaction.state.log.segment.bytes"),
    ] {
        if shared.image().topics.contains_key(name) {
            continue;
        }
        let id = ids::fresh_at_open()?;
        let segment_bytes = broker.value(segment_bytes).unwrap_or("104857600");
        let settings = settings(&[
            (CLEANUP_POLICY, "compact"),
            ("compression.type", "producer"),
            ("segment.bytes", segment_bytes),
        ]);
        let wanted = [shared.wanted(name, id, 0, &settings.log_config(&broker))];
        let partitions = partitions::open(&shared.node, &wanted, now_ms)?;
        news.extend(shared.topic_records(name, id, 1, &settings));
        made.push(Arc::new(Topic { name: name.to_owned(), id, internal: true, settings, partitions }));
    }
    if made.is_empty() {
        return Ok(());
    }
    shared.sync_root()?;
    write(&shared.log, &news, now_ms)?;
    shared.publish(|image| made.into_iter().for_each(|topic| image.insert(topic)));
    Ok(())
}

fn settings(set: &[(&str, &str)]) -> TopicSettings {
    TopicSettings { set: set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect() }
}
