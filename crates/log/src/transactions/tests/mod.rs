//! Tests of the coordinator, most of them with a whole broker on a simulated disk whose time stands still until it is
//! moved.

mod apis;
mod coordinator;
mod crash;
mod histories;
mod one_id;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use watershed_protocol::ErrorCode;
use watershed_protocol::batch::{BatchBuilder, BatchOptions, ControlType};

use crate::api::harness::PausedClock;
use crate::broker::Broker;
use crate::catalog::{CONSUMER_OFFSETS, NewTopic};
use crate::disk::SimulatedDisk;
use crate::options::{Blocking, Options};
use crate::partition::{Origin, TopicPartition};
use crate::state_log::{Replayed, StateLog};
use crate::transactions::transaction::State;
use crate::transactions::{InitRequest, Producer, Protocol, end, init_producer_id};

const TIMEOUT_MS: i32 = 60_000;

/// Runs a broker on the disk, from `hours` after some moment on, until the work is done; then it is gone without having
/// been closed.
fn life<T>(disk: &SimulatedDisk, hours: i64, work: impl AsyncFnOnce(Arc<Broker>) -> T) -> T {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let start = Timestamp::from_second(1_700_000_000 + 3_600 * hours).unwrap();
        let clock = Arc::new(PausedClock::at(start));
        let options = Options { blocking: Blocking::Inline, ..Options::new("data") };
        let broker = Broker::open(options, Arc::new(disk.clone()), clock).await.unwrap();
        work(broker).await
    })
}

fn partition(topic: &str, partition: i32) -> TopicPartition {
    TopicPartition { topic: topic.to_owned(), partition }
}

async fn create_topic(broker: &Arc<Broker>, name: &str, partitions: i32) {
    let topic = NewTopic { name: name.to_owned(), partitions, settings: Default::default() };
    broker.catalog.create_topics(vec![topic]).await.pop().unwrap().unwrap();
}

async fn init(broker: &Arc<Broker>, id: &str) -> Result<Producer, ErrorCode> {
    init_expecting(broker, id, None).await
}

async fn init_expecting(
    broker: &Arc<Broker>,
    id: &str,
    expected: Option<Producer>,
) -> Result<Producer, ErrorCode> {
    let request = InitRequest { id: Some(id.to_owned()), timeout_ms: TIMEOUT_MS, expected };
    init_producer_id(broker, request).await
}

/// Writes a record as a client does that waits for the disk.
async fn produce(
    broker: &Arc<Broker>,
    id: &str,
    producer: Producer,
    sequence: i32,
    to: &TopicPartition,
    add: bool,
) -> Result<(), ErrorCode> {
    let last_offset = write(broker, id, producer, sequence, to, add).await?;
    let partition = broker.catalog.partition(&to.topic, to.partition);
    let synced = partition.ok_or(ErrorCode::UnknownTopicOrPartition)?.durable(last_offset);
    synced.await.map_err(|_| ErrorCode::KafkaStorageError)
}

/// Writes a record as a client does that does not wait for the disk; gives its offset.
async fn write(
    broker: &Arc<Broker>,
    id: &str,
    producer: Producer,
    sequence: i32,
    to: &TopicPartition,
    add: bool,
) -> Result<i64, ErrorCode> {
    let partition = broker.catalog.partition(&to.topic, to.partition);
    let partition = partition.ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let _guard = broker.transactions.may_write(broker, id, producer, to, add).await?;
    let appended = partition.append(&batch(producer, sequence), Origin::Client, broker.now_ms());
    appended.map(|appended| appended.last_offset).map_err(|error| error.code())
}

fn batch(producer: Producer, base_sequence: i32) -> Vec<u8> {
    batch_of(producer, base_sequence, b"value")
}

fn batch_of((producer_id, producer_epoch): Producer, base_sequence: i32, value: &[u8]) -> Vec<u8> {
    let options = BatchOptions {
        producer_id,
        producer_epoch,
        base_sequence,
        transactional: true,
        ..BatchOptions::default()
    };
    let (mut builder, mut batch) = (BatchBuilder::new(options), Vec::new());
    builder.append(1_700_000_000_000, Some(b"key"), Some(value), &[]).unwrap();
    builder.finish(&mut batch).unwrap();
    batch
}

/// What a reader of committed records sees of this producer id, and whether anything is still undecided.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    committed: usize,
    aborted: usize,
    open: usize,
    commit_markers: usize,
    abort_markers: usize,
}

fn seen(broker: &Broker, name: &TopicPartition, producer_id: i64) -> Seen {
    let partition = broker.catalog.partition(&name.topic, name.partition).unwrap();
    let mut seen = Seen::default();
    StateLog::new(Arc::clone(&partition))
        .replay(|replayed| {
            let batch = match &replayed {
                Replayed::Record { batch, .. } | Replayed::Marker { batch, .. } => **batch,
            };
            if batch.producer_id != producer_id {
                return;
            }
            match replayed {
                Replayed::Record { .. } => seen.open += 1,
                Replayed::Marker { kind: ControlType::Commit, .. } => {
                    seen.committed += std::mem::take(&mut seen.open);
                    seen.commit_markers += 1;
                }
                Replayed::Marker { .. } => {
                    seen.aborted += std::mem::take(&mut seen.open);
                    seen.abort_markers += 1;
                }
            }
        })
        .unwrap();
    let offsets = partition.log().offsets();
    let is_stable = offsets.last_stable == offsets.log_end;
    assert_eq!(is_stable, seen.open == 0, "{name}: {offsets:?} {seen:?}");
    seen
}

/// Lets time pass until the state of the id is one that passes.
async fn until(broker: &Broker, id: &str, passes: impl Fn(Option<State>) -> bool) -> Option<State> {
    for _ in 0..10_000 {
        let state = broker.transactions.describe(id).map(|found| found.state);
        if passes(state) {
            return state;
        }
        tokio::time::advance(Duration::from_millis(20)).await;
    }
    panic!("the transactional id {id} never came to the state that was waited for");
}

fn is_settled(state: Option<State>) -> bool {
    matches!(state, Some(State::CompleteCommit | State::CompleteAbort))
}
