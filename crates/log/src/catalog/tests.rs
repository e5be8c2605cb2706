//! Random histories of changes, crashes and restarts on the simulated disk, against a small model.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;
use watershed_event::clock::ManualClock;

use super::*;
use crate::disk::{Chance, SimulatedDisk};
use crate::options::Blocking;

/// How many histories a test run has.
const HISTORIES: u64 = 80;
/// How many changes a history has.
const CHANGES: u64 = 25;

/// A topic as it should be. Its id is known once it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    id: Option<Uuid>,
    partitions: i32,
    settings: BTreeMap<String, String>,
}

/// What the catalog should hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Model {
    topics: BTreeMap<String, Expected>,
    scram: BTreeMap<String, i32>,
    cluster_id: Option<String>,
    /// No producer id below was ever free again.
    producer_ids: i64,
    /// Ids of topics that were deleted.
    gone: Vec<Uuid>,
}

/// One life of the process: from an opening to a crash or a clean end.
struct Life {
    runtime: tokio::runtime::Runtime,
    broker: Arc<Broker>,
}

impl Life {
    fn begin(disk: &SimulatedDisk) -> Result<Self, OpenError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut options = Options::new("simulated");
        options.blocking = Blocking::Inline;
        let clock = Arc::new(ManualClock::at("2026-01-01T00:00:00Z".parse().unwrap()));
        let disk: Arc<dyn Disk> = Arc::new(disk.clone());
        let broker = runtime.block_on(Broker::open(options, disk, clock))?;
        Ok(Self { runtime, broker })
    }

    fn catalog(&self) -> &Catalog {
        &self.broker.catalog
    }
}

/// A change, and the model after it.
fn change(life: &Life, chance: &mut Chance, model: &Model) -> (Result<(), Refusal>, Model) {
    let mut after = model.clone();
    let name = format!("topic-{}", chance.below(4));
    let catalog = life.catalog();
    let outcome = match chance.below(6) {
        0 | 1 => {
            let partitions = i32::try_from(chance.below(3)).unwrap() + 1;
            let settings = BTreeMap::from([("retention.ms".to_owned(), chance.below(100).to_string())]);
            let topic = NewTopic { name: name.clone(), partitions, settings: settings.clone() };
            after.topics.insert(name, Expected { id: None, partitions, settings });
            life.runtime.block_on(catalog.create_topics(vec![topic])).remove(0).map(drop)
        }
        2 => match catalog.topic(&name) {
            None => Ok(()),
            Some(topic) => {
                after.topics.remove(&name);
                after.gone.push(topic.id);
                life.runtime.block_on(catalog.delete_topics(vec![topic.id])).remove(0).map(drop)
            }
        },
        3 => {
            let partitions = i32::try_from(chance.below(3)).unwrap() + 2;
            if let Some(topic) = after.topics.get_mut(&name) {
                topic.partitions = partitions;
            }
            life.runtime.block_on(catalog.grow_topics(vec![(name, partitions)])).remove(0)
        }
        4 => {
            let value = chance.below(100).to_string();
            if let Some(topic) = after.topics.get_mut(&name) {
                topic
                    .settings
                    .insert("segment.ms".to_owned(), (value.parse::<i64>().unwrap() + 1).to_string());
            }
            let edit = Edit::Set((value.parse::<i64>().unwrap() + 1).to_string());
            let edits = vec![("segment.ms".to_owned(), edit)];
            let alteration = Alteration { resource_type: RESOURCE_TOPIC, name, replace: false, edits };
            life.runtime.block_on(catalog.alter(vec![alteration])).remove(0)
        }
        _ => {
            let iterations = i32::try_from(chance.below(1_000)).unwrap();
            after.scram.insert(name.clone(), iterations);
            let credential =
                ScramCredential { salt: vec![1], stored_key: vec![2], server_key: vec![3], iterations };
            life.runtime.block_on(catalog.alter_scram(vec![((name, 1), Some(credential))])).remove(0)
        }
    };
    (outcome, after)
}

/// Whether the catalog is as the model says; takes up the ids that the model did not know.
fn agrees(catalog: &Catalog, model: &Model) -> Option<Model> {
    let mut seen = model.clone();
    let image = catalog.image();
    let topics = image.topics.values().filter(|topic| !topic.internal);
    if topics.clone().count() != model.topics.len() {
        return None;
    }
    for topic in topics {
        let expected = seen.topics.get_mut(&topic.name)?;
        let same_id = expected.id.is_none_or(|id| id == topic.id) && !model.gone.contains(&topic.id);
        let same = topic.partition_count() == expected.partitions && topic.settings.set == expected.settings;
        if !same_id || !same {
            return None;
        }
        expected.id = Some(topic.id);
    }
    let scram =
        image.scram.iter().map(|((user, _), credential)| (user.clone(), credential.iterations)).collect();
    if model.scram != scram {
        return None;
    }
    let same_cluster = model.cluster_id.as_deref().is_none_or(|id| id == catalog.cluster_id());
    seen.cluster_id = Some(catalog.cluster_id().to_owned());
    same_cluster.then_some(seen)
}

/// What must hold of the files: every partition has its directory, and no other directory has a partition's name.
fn check_directories(disk: &SimulatedDisk, catalog: &Catalog) {
    let mut expected: Vec<String> = vec!["__cluster_metadata-0".to_owned()];
    for topic in catalog.topics() {
        expected.extend((0..topic.partition_count()).map(|number| format!("{}-{number}", topic.name)));
    }
    let mut found = disk.list(Path::new("")).unwrap();
    found.retain(|name| !name.ends_with("-delete") && !name.starts_with('.'));
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

fn history(seed: u64) {
    let disk = SimulatedDisk::new(seed);
    let mut chance = Chance::new(seed.wrapping_mul(31).wrapping_add(7));
    let mut model = Model::default();
    let mut life = Life::begin(&disk).unwrap();
    for step in 0..CHANGES {
        let crashes = chance.one_in(4);
        if crashes {
            disk.stop_after(chance.below(40));
        }
        let (outcome, after) = change(&life, &mut chance, &model);
        let on_disk = |refusal: &Refusal| refusal.code == ErrorCode::KafkaStorageError;
        let candidates = match &outcome {
            Ok(()) => vec![after],
            Err(refusal) if on_disk(refusal) => vec![model.clone(), after],
            Err(_) => vec![model.clone()],
        };
        if outcome.is_ok() {
            model = agrees(life.catalog(), &candidates[0])
                .unwrap_or_else(|| panic!("seed {seed} step {step}: not seen: {candidates:?}"));
        }
        if disk.has_stopped() || (!crashes && chance.one_in(6)) {
            let stops_again = chance.one_in(3);
            drop(life);
            life = loop {
                if chance.one_in(2) {
                    disk.power_cut();
                } else {
                    disk.kill();
                }
                if stops_again && chance.one_in(2) {
                    disk.stop_after(chance.below(30));
                }
                match Life::begin(&disk) {
                    Ok(life) if !disk.has_stopped() => break life,
                    Ok(_) => {}
                    Err(error) => assert!(disk.has_stopped(), "seed {seed} step {step}: {error}"),
                }
            };
            let candidates = if outcome.is_ok() { vec![model.clone()] } else { candidates };
            let found = candidates.iter().find_map(|candidate| agrees(life.catalog(), candidate));
            model = found.unwrap_or_else(|| {
                panic!(
                    "seed {seed} step {step}: {outcome:?}: {:?} is none of {candidates:?}",
                    life.catalog().image()
                )
            });
            check_directories(&disk, life.catalog());
        }
        let broker = Arc::clone(&life.broker);
        if let Ok(ids) = life.runtime.block_on(life.catalog().producer_ids(&broker)) {
            assert!(ids.start >= model.producer_ids, "seed {seed} step {step}: producer ids come again");
            model.producer_ids = ids.end;
        }
    }
}

#[test]
fn what_was_answered_is_kept_and_what_was_not_is_done_wholly_or_not_at_all() {
    for seed in 0..HISTORIES {
        history(seed);
    }
}
