//! Background work: retention, compaction, checkpoints, and the removal of what was deleted.
//!
//! Two tasks, each doing one thing at a time on the runtime's threads for blocking work: one keeps the logs (retention,
//! checkpoints, forgetting idle producers), the other compacts, which may take long. Both end when the broker closes,
//! a compaction at the next batch.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use uuid::Uuid;

use super::{Image, Shared, partitions};
use crate::broker::Broker;
use crate::partition::Partition;
use crate::partition::compact::CompactError;
use crate::settings::TopicSettings;

/// How often it is looked which partitions a restart would have to read too much of.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How often idle producers are forgotten.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(600);

/// Begins it.
pub(super) fn start(broker: &Arc<Broker>, shared: &Arc<Shared>) {
    let to_remove = std::mem::take(&mut *shared.to_remove.lock().unwrap_or_else(PoisonError::into_inner));
    if !to_remove.is_empty() {
        let disk = Arc::clone(&broker.disk);
        let remove = move || partitions::remove_directories(&*disk, &to_remove);
        broker.options.blocking.spawn(remove);
    }
    let tasks = [
        tokio::spawn(keep(Arc::downgrade(broker), broker.closing())),
        tokio::spawn(compact(Arc::downgrade(broker), broker.closing())),
    ];
    shared.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
}

/// What is due of keeping the logs.
#[derive(Debug, Clone, Copy)]
enum Due {
    /// Checkpoints of partitions of which a restart would have to read too much.
    Look,
    /// Checkpoints of all that were written to.
    Checkpoint,
    Retention,
    Expiry,
}

/// Retention, checkpoints, forgetting idle producers.
async fn keep(broker: Weak<Broker>, closing: impl Future<Output = ()>) {
    let Some((checkpoints, retention)) = broker.upgrade().map(|broker| {
        let settings = &broker.options.settings;
        let checkpoints = settings.milliseconds("log.flush.offset.checkpoint.interval.ms");
        (checkpoints, settings.milliseconds("log.retention.check.interval.ms"))
    }) else {
        return;
    };
    let mut looks = ticks(LOOK_INTERVAL);
    let mut checkpoints = ticks(checkpoints);
    let mut retention = ticks(retention);
    let mut expiry = ticks(EXPIRY_INTERVAL);
    tokio::pin!(closing);
    loop {
        let due = tokio::select! {
            () = &mut closing => return,
            _ = looks.tick() => Due::Look,
            _ = checkpoints.tick() => Due::Checkpoint,
            _ = retention.tick() => Due::Retention,
            _ = expiry.tick() => Due::Expiry,
        };
        let Some(broker) = broker.upgrade() else { return };
        let blocking = broker.options.blocking;
        // What panicked was said by the runtime; the next turn comes all the same.
        blocking.run(move || keep_once(&broker, due)).await.ok();
    }
}

fn keep_once(broker: &Broker, due: Due) {
    let image = broker.catalog.image();
    let own = broker.catalog.own_partition();
    let of_topics = image.topics.values().flat_map(|topic| &topic.partitions);
    let expiration_ms = image.broker.long("producer.id.expiration.ms");
    for partition in of_topics.chain([&own]) {
        if broker.is_closing() {
            return;
        }
        let result = match due {
            Due::Look if !partition.log().checkpoint_due() => Ok(()),
            Due::Look | Due::Checkpoint => partition.checkpoint().map_err(|error| error.to_string()),
            Due::Retention => retain(partition, broker.now_ms()),
            Due::Expiry => {
                partition.log().expire_producers(broker.now_ms(), expiration_ms);
                Ok(())
            }
        };
        if let Err(error) = result
            && partition.log().closed().is_none()
        {
            tracing::warn!(partition = %partition.id, ?due, %error, "background work failed: it is tried again");
        }
    }
}

fn retain(partition: &Partition, now_ms: i64) -> Result<(), String> {
    let deleted = partition.log().retain(now_ms).map_err(|error| error.to_string())?;
    if deleted > 0 {
        tracing::info!(partition = %partition.id, segments = deleted, "retention deleted segments");
        // Their files go with the next checkpoint.
        partition.checkpoint().map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Compaction.
async fn compact(broker: Weak<Broker>, closing: impl Future<Output = ()>) {
    let Some((enabled, backoff)) = broker.upgrade().map(|broker| {
        let settings = &broker.options.settings;
        (
            settings.value("log.cleaner.enable") != Some("false"),
            settings.milliseconds("log.cleaner.backoff.ms"),
        )
    }) else {
        return;
    };
    if !enabled {
        return;
    }
    let mut turns = ticks(backoff);
    let stop = Arc::new(AtomicBool::new(false));
    // Damage does not go away: a restart may look again.
    let mut damaged: HashSet<(Uuid, i32)> = HashSet::new();
    tokio::pin!(closing);
    loop {
        tokio::select! {
            () = &mut closing => return,
            _ = turns.tick() => {}
        }
        let Some(broker) = broker.upgrade() else { return };
        let (blocking, stopping) = (broker.options.blocking, Arc::clone(&stop));
        let mut known = std::mem::take(&mut damaged);
        let turn = blocking.run(move || {
            compact_once(&broker, &mut known, &stopping);
            known
        });
        tokio::pin!(turn);
        tokio::select! {
            known = &mut turn => damaged = known.unwrap_or_default(),
            () = &mut closing => {
                stop.store(true, Ordering::Relaxed);
                drop(turn.await);
                return;
            }
        }
    }
}

fn compact_once(broker: &Broker, damaged: &mut HashSet<(Uuid, i32)>, stop: &AtomicBool) {
    let image: Arc<Image> = broker.catalog.image();
    let own = broker.catalog.own_partition();
    let own_settings = super::open::own_settings();
    let compacted = |settings: &TopicSettings| settings.log_config(&image.broker).compact;
    let of_topics = image.topics.values().filter(|topic| compacted(&topic.settings));
    let of_topics =
        of_topics.flat_map(|topic| topic.partitions.iter().map(|partition| (partition, &topic.settings)));
    for (partition, settings) in of_topics.chain([(&own, &own_settings)]) {
        let key = (partition.topic_id, partition.id.partition);
        if stop.load(Ordering::Relaxed) || damaged.contains(&key) {
            continue;
        }
        let rules = settings.compact_rules(&image.broker);
        match partition.compact(&rules, broker.now_ms(), &|| stop.load(Ordering::Relaxed)) {
            Ok(None) | Err(CompactError::Stopped | CompactError::Changed) => {}
            Ok(Some(outcome)) => tracing::info!(
                partition = %partition.id, read_bytes = outcome.read_bytes, written_bytes = outcome.written_bytes,
                "compacted"
            ),
            Err(error) if partition.log().closed().is_none() => {
                if matches!(error, CompactError::Damaged { .. }) {
                    damaged.insert(key);
                }
                tracing::warn!(partition = %partition.id, %error, "not compacted");
            }
            Err(_) => {}
        }
    }
}

/// Ticks, the first after one interval; late ones are not made up for.
fn ticks(interval: Duration) -> tokio::time::Interval {
    let interval = interval.max(Duration::from_millis(1));
    let mut ticks = interval_at(Instant::now() + interval, interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
