//! A crash at every step of a transaction leaves it wholly committed or wholly aborted.

use watershed_protocol::messages::offset_fetch_request::OffsetFetchRequestTopic;
use watershed_protocol::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use watershed_protocol::messages::{
    OffsetFetchRequest, OffsetFetchResponse, TxnOffsetCommitRequest, TxnOffsetCommitResponse,
};

use super::*;
use crate::api::harness::Harness;

const ID: &str = "payments-1";
const GROUP: &str = "copier";
const OFFSET: i64 = 42;

/// How the machine goes down.
#[derive(Debug, Clone, Copy)]
enum Crash {
    /// The process ends; what was written is there.
    Kill,
    /// What was not synced may be gone.
    PowerCut,
}

/// What the client knows when the machine goes down.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Known {
    producer: Option<Producer>,
    end_asked: bool,
    end_answered: bool,
}

fn data() -> [TopicPartition; 2] {
    [partition("orders", 0), partition("orders", 1)]
}

/// One transaction over two partitions and the committed offsets, as a client runs it; it stops at the first error.
async fn transact(
    broker: &Arc<Broker>,
    protocol: Protocol,
    commit: bool,
    known: &mut Known,
) -> Result<(), ErrorCode> {
    let producer = init(broker, ID).await?;
    known.producer = Some(producer);
    let is_classic = protocol == Protocol::Classic;
    let transactions = &broker.transactions;
    if is_classic {
        transactions.add_partitions(broker, ID, producer, &data()).await?;
        let offsets = [partition(CONSUMER_OFFSETS, 0)];
        transactions.add_partitions(broker, ID, producer, &offsets).await?;
    }
    for to in &data() {
        // Nobody waits for the disk here: the coordinator must see to it.
        write(broker, ID, producer, 0, to, !is_classic).await?;
    }
    commit_offset(broker, producer, if is_classic { 3 } else { 5 }).await?;
    known.end_asked = true;
    end(broker, ID, producer, commit, protocol).await?;
    known.end_answered = true;
    // The markers are written behind the client's back.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Commits a group's offset in the transaction.
async fn commit_offset(broker: &Arc<Broker>, producer: Producer, version: i16) -> Result<(), ErrorCode> {
    let partition = TxnOffsetCommitRequestPartition {
        committed_offset: OFFSET,
        ..TxnOffsetCommitRequestPartition::default()
    };
    let request = TxnOffsetCommitRequest {
        transactional_id: ID,
        group_id: GROUP,
        producer_id: producer.0,
        producer_epoch: producer.1,
        topics: vec![TxnOffsetCommitRequestTopic { name: "orders", partitions: vec![partition] }],
        ..TxnOffsetCommitRequest::default()
    };
    let answer = Harness::around(Arc::clone(broker)).ask(&request, version).await;
    let error = answer.read::<TxnOffsetCommitResponse<'_>>().topics[0].partitions[0].error_code;
    if error == 0 { Ok(()) } else { Err(ErrorCode::CoordinatorNotAvailable) }
}

/// The group's offset, -1 for none; an error while it is not decided.
async fn committed_offset(broker: &Arc<Broker>) -> Result<i64, i16> {
    let request = OffsetFetchRequest {
        group_id: GROUP,
        topics: Some(vec![OffsetFetchRequestTopic { name: "orders", partition_indexes: vec![0] }]),
        require_stable: true,
        ..OffsetFetchRequest::default()
    };
    let answer = Harness::around(Arc::clone(broker)).ask(&request, 7).await;
    let answer = answer.read::<OffsetFetchResponse<'_>>();
    let partition = &answer.topics[0].partitions[0];
    if partition.error_code == 0 { Ok(partition.committed_offset) } else { Err(partition.error_code) }
}

fn prepare(seed: u64) -> SimulatedDisk {
    let disk = SimulatedDisk::new(seed);
    life(&disk, 0, async |broker| {
        create_topic(&broker, "orders", 2).await;
        // Producer ids are there, so that the steps counted are those of the transaction.
        init(&broker, "another").await.unwrap();
    });
    disk.kill();
    disk
}

/// Stops the machine after so many changes of the disk; false if all was done before.
fn check(crash: Crash, protocol: Protocol, commit: bool, changes: u64) -> bool {
    let what = format!("{crash:?} {protocol:?} commit={commit} after {changes} changes");
    let disk = prepare(changes);
    let mut known = Known::default();
    let cut_short = life(&disk, 1, async |broker| {
        disk.stop_after(changes);
        let _ = transact(&broker, protocol, commit, &mut known).await;
        disk.has_stopped()
    });
    match crash {
        Crash::Kill => disk.kill(),
        Crash::PowerCut => disk.power_cut(),
    }
    life(&disk, 2, async |broker| {
        settle(&broker, &what).await;
        let is_committed = check_outcome(&broker, &known, commit, &what);
        let expect = Ok(if is_committed { OFFSET } else { -1 });
        assert_eq!(committed_offset(&broker).await, expect, "{what}: the group's offset");
        if let Some(producer) = known.producer {
            check_replay(&broker, producer);
        }
        // The next instance of the producer can work.
        let producer = init(&broker, ID).await.unwrap();
        assert!(known.producer.is_none_or(|before| before < producer), "{what}: {known:?} {producer:?}");
        let again = [partition("orders", 0)];
        broker.transactions.add_partitions(&broker, ID, producer, &again).await.unwrap();
        produce(&broker, ID, producer, 0, &again[0], false).await.unwrap();
        end(&broker, ID, producer, true, Protocol::Classic).await.unwrap();
        assert_eq!(until(&broker, ID, is_settled).await, Some(State::CompleteCommit));
    });
    cut_short
}

/// What was prepared is completed; what was ongoing runs into its timeout.
async fn settle(broker: &Broker, what: &str) {
    let at_start = broker.transactions.describe(ID).map(|found| found.state);
    let state = until(broker, ID, |state| {
        matches!(state, None | Some(State::Empty | State::CompleteCommit | State::CompleteAbort))
    })
    .await;
    let expect = match at_start {
        Some(State::Ongoing | State::PrepareAbort) => Some(State::CompleteAbort),
        Some(State::PrepareCommit) => Some(State::CompleteCommit),
        other => other,
    };
    assert_eq!(state, expect, "{what}: {at_start:?}");
}

/// What readers see is what the client was told; true if it is committed.
fn check_outcome(broker: &Broker, known: &Known, commit: bool, what: &str) -> bool {
    let Some((producer_id, _)) = known.producer else { return false };
    let state = broker.transactions.describe(ID).map(|found| found.state);
    let outcomes: Vec<Seen> = data().iter().map(|name| seen(broker, name, producer_id)).collect();
    let committed: Vec<usize> = outcomes.iter().map(|seen| seen.committed).collect();
    assert!(committed == [0, 0] || committed == [1, 1], "half of it is visible: {what} {outcomes:?}");
    let is_committed = committed == [1, 1];
    if known.end_answered {
        assert_eq!(is_committed, commit, "{what}: {outcomes:?}");
    }
    if !known.end_asked || !commit {
        assert!(!is_committed, "{what}: {outcomes:?}");
    }
    assert_eq!(is_committed, state == Some(State::CompleteCommit), "{what}: {state:?} {outcomes:?}");
    assert!(outcomes.iter().all(|seen| seen.open == 0), "{what}: {outcomes:?}");
    // Both kinds of marker would be a decision that was changed.
    let both = |seen: &Seen| seen.commit_markers > 0 && seen.abort_markers > 0;
    assert!(!outcomes.iter().any(both), "{what}: {outcomes:?}");
    seen(broker, &partition(CONSUMER_OFFSETS, 0), producer_id);
    is_committed
}

/// The log says what the memory does.
fn check_replay(broker: &Broker, producer: Producer) {
    let log = crate::transactions::state_log(broker).unwrap();
    let mut table = crate::transactions::table::Table::new(i64::MAX);
    crate::transactions::replay(&log, &mut table).unwrap();
    let mut in_memory = broker.transactions.describe(ID).unwrap();
    in_memory.last_epoch = -1;
    assert_eq!(table.get(ID).unwrap().transaction, in_memory);
    assert!(in_memory.producer_id >= producer.0);
}

fn check_every_step(crash: Crash, protocol: Protocol, commit: bool) {
    let mut changes = 0;
    while check(crash, protocol, commit, changes) {
        changes += 1;
        assert!(changes < 1_000, "a transaction takes more than 1,000 changes of the disk");
    }
    assert!(changes > 10, "only {changes} steps were tried");
}

#[test]
fn a_commit_survives_a_kill_at_every_step() {
    check_every_step(Crash::Kill, Protocol::Classic, true);
    check_every_step(Crash::Kill, Protocol::EpochPerTransaction, true);
}

#[test]
fn a_commit_survives_a_power_cut_at_every_step() {
    check_every_step(Crash::PowerCut, Protocol::Classic, true);
    check_every_step(Crash::PowerCut, Protocol::EpochPerTransaction, true);
}

#[test]
fn an_abort_survives_a_crash_at_every_step() {
    check_every_step(Crash::Kill, Protocol::Classic, false);
    check_every_step(Crash::PowerCut, Protocol::Classic, false);
    check_every_step(Crash::Kill, Protocol::EpochPerTransaction, false);
    check_every_step(Crash::PowerCut, Protocol::EpochPerTransaction, false);
}
