//! Claims about one transactional id.

use watershed_protocol::ErrorCode;

use crate::partition::TopicPartition;
use crate::transactions::transaction::{End, Init, NO_ID, Protocol, State, Transaction};
use crate::transactions::{Producer, record};

const TIMEOUT_MS: i32 = 60_000;

fn partition(name: &str, partition: i32) -> TopicPartition {
    TopicPartition { topic: name.to_owned(), partition }
}

/// What follows from an InitProducerId that needs nothing else.
fn next(init: Result<Init, ErrorCode>) -> Transaction {
    match init.unwrap() {
        Init::Next(next) => next,
        other => panic!("{other:?}"),
    }
}

fn prepared(end: Result<End, ErrorCode>) -> Transaction {
    match end.unwrap() {
        End::Prepare(next) => next,
        other => panic!("{other:?}"),
    }
}

fn producer(transaction: &Transaction) -> Producer {
    (transaction.producer_id, transaction.epoch)
}

/// Producer 7, epoch 0, nothing begun.
fn initialised() -> Transaction {
    next(Transaction::new(7, TIMEOUT_MS, 100).init(None, TIMEOUT_MS, None, 100))
}

fn ongoing_at(epoch: i16) -> Transaction {
    let start = Transaction { epoch, ..initialised() };
    start.add(producer(&start), &[partition("t", 0)], Protocol::Classic, 200).unwrap().unwrap()
}

fn ongoing() -> Transaction {
    ongoing_at(0)
}

fn completed(protocol: Protocol, commit: bool) -> Transaction {
    let before = ongoing();
    prepared(before.end(producer(&before), commit, protocol, None, 300)).completed(400).unwrap()
}

const CLASSIC: Protocol = Protocol::Classic;
const EPOCHS: Protocol = Protocol::EpochPerTransaction;

#[test]
fn a_new_producer_begins_with_epoch_zero_and_each_new_instance_gets_the_next() {
    let first = initialised();
    assert_eq!((producer(&first), first.state, first.start_ms), ((7, 0), State::Empty, -1));
    let second = next(first.init(None, 1_000, None, 150));
    assert_eq!((producer(&second), second.timeout_ms, second.last_epoch), ((7, 1), 1_000, -1));
}

#[test]
fn an_instance_that_goes_on_gets_the_same_epoch_when_it_asks_again() {
    let first = initialised();
    let bumped = next(first.init(Some((7, 0)), TIMEOUT_MS, None, 150));
    assert_eq!(producer(&bumped), (7, 1));
    let again = next(bumped.init(Some((7, 0)), TIMEOUT_MS, None, 160));
    assert_eq!(producer(&again), (7, 1));
}

#[test]
fn an_instance_that_was_replaced_cannot_go_on() {
    let check = |expected: Producer| {
        let replaced = next(initialised().init(None, TIMEOUT_MS, None, 150));
        assert_eq!(replaced.init(Some(expected), TIMEOUT_MS, None, 160), Err(ErrorCode::ProducerFenced));
    };
    check((7, 0));
    check((7, 2));
    check((6, 1));
}

#[test]
fn used_up_epochs_give_a_new_producer_id() {
    let last = Transaction { epoch: i16::MAX - 1, ..initialised() };
    assert_eq!(last.init(None, TIMEOUT_MS, None, 150), Ok(Init::NeedsProducerId));
    let fresh = next(last.init(None, TIMEOUT_MS, Some(8), 150));
    assert_eq!((producer(&fresh), fresh.previous_producer_id, fresh.last_epoch), ((8, 0), 7, -1));
    // Its owner sends the request again, twice.
    let fresh = next(last.init(Some((7, i16::MAX - 1)), TIMEOUT_MS, Some(8), 150));
    let again = next(fresh.init(Some((7, i16::MAX - 1)), TIMEOUT_MS, None, 160));
    assert_eq!(producer(&again), (8, 0));
    assert_eq!(producer(&next(again.init(Some((7, i16::MAX - 1)), TIMEOUT_MS, None, 170))), (8, 0));
}

#[test]
fn a_new_instance_has_an_ongoing_transaction_aborted_first() {
    assert_eq!(ongoing().init(None, TIMEOUT_MS, None, 300), Ok(Init::AbortFirst));
    let fenced = prepared(ongoing().fence(None, 300));
    assert_eq!((fenced.state, producer(&fenced), fenced.last_epoch), (State::PrepareAbort, (7, 1), 0));
    assert_eq!(fenced.init(None, TIMEOUT_MS, None, 310), Err(ErrorCode::ConcurrentTransactions));
    let done = fenced.completed(320).unwrap();
    assert_eq!(producer(&next(done.init(None, TIMEOUT_MS, None, 330))), (7, 2));
}

#[test]
fn fencing_the_last_epoch_gives_the_next_producer_a_new_id() {
    let last = ongoing_at(i16::MAX - 1);
    assert_eq!(last.fence(None, 300), Ok(End::NeedsProducerId));
    let fenced = prepared(last.fence(Some(9), 300));
    assert_eq!((producer(&fenced), fenced.next_producer_id), ((7, i16::MAX), 9));
    assert_eq!(producer(&fenced.completed(310).unwrap()), (9, 0));
}

#[test]
fn the_first_partition_begins_a_transaction_and_the_same_ones_change_nothing() {
    let start = initialised();
    let begun = start.add((7, 0), &[partition("t", 0)], CLASSIC, 200).unwrap().unwrap();
    assert_eq!((begun.state, begun.start_ms), (State::Ongoing, 200));
    assert_eq!(begun.add((7, 0), &[partition("t", 0)], CLASSIC, 250), Ok(None));
    let more = begun.add((7, 0), &[partition("t", 0), partition("t", 1)], CLASSIC, 250).unwrap().unwrap();
    assert_eq!((more.partitions.len(), more.start_ms, more.last_update_ms), (2, 200, 250));
}

#[test]
fn a_producer_that_is_not_the_current_one_adds_nothing() {
    let check = |transaction: &Transaction, producer: Producer, expect: ErrorCode| {
        assert_eq!(transaction.add(producer, &[partition("t", 3)], CLASSIC, 300), Err(expect));
    };
    check(&ongoing(), (8, 0), ErrorCode::InvalidProducerIdMapping);
    check(&ongoing(), (7, 1), ErrorCode::ProducerFenced);
    check(&ongoing_at(3), (7, 2), ErrorCode::ProducerFenced);
    let ending = prepared(ongoing().end((7, 0), true, CLASSIC, None, 300));
    check(&ending, (7, 0), ErrorCode::ConcurrentTransactions);
    let ending = prepared(ongoing().end((7, 0), true, EPOCHS, None, 300));
    check(&ending, (7, 1), ErrorCode::ConcurrentTransactions);
    check(&ending, (7, 0), ErrorCode::ProducerFenced);
    let last = ongoing_at(i16::MAX - 1);
    let ending = prepared(last.end((7, i16::MAX - 1), true, EPOCHS, Some(9), 300));
    check(&ending, (9, 0), ErrorCode::ConcurrentTransactions);
}

#[test]
fn a_classic_transaction_ends_with_the_epoch_it_began_with() {
    for (commit, prepare, complete) in [
        (true, State::PrepareCommit, State::CompleteCommit),
        (false, State::PrepareAbort, State::CompleteAbort),
    ] {
        let ending = prepared(ongoing().end((7, 0), commit, CLASSIC, None, 300));
        assert_eq!((ending.state, producer(&ending)), (prepare, (7, 0)));
        let done = ending.completed(310).unwrap();
        assert_eq!((done.state, producer(&done)), (complete, (7, 0)));
        assert!(done.partitions.is_empty());
    }
}

#[test]
fn a_transaction_of_version_two_ends_with_the_next_epoch() {
    let ending = prepared(ongoing().end((7, 0), true, EPOCHS, None, 300));
    assert_eq!((ending.state, producer(&ending), ending.last_epoch), (State::PrepareCommit, (7, 1), 0));
    assert_eq!(producer(&ending.completed(310).unwrap()), (7, 1));
}

#[test]
fn a_transaction_of_version_two_at_the_last_epoch_ends_with_a_new_producer_id() {
    let last = ongoing_at(i16::MAX - 1);
    assert_eq!(last.end((7, i16::MAX - 1), true, EPOCHS, None, 300), Ok(End::NeedsProducerId));
    let ending = prepared(last.end((7, i16::MAX - 1), true, EPOCHS, Some(9), 300));
    assert_eq!((producer(&ending), ending.producer_afterwards()), ((7, i16::MAX), (9, 0)));
    let done = ending.completed(310).unwrap();
    // The request is sent again.
    assert_eq!(done.end((7, i16::MAX - 1), true, EPOCHS, None, 320), Ok(End::Already((9, 0))));
    assert_eq!(done.end((7, i16::MAX - 1), false, EPOCHS, None, 320), Err(ErrorCode::InvalidTxnState));
}

#[test]
fn ending_again_is_answered_by_what_happened() {
    let check = |done: &Transaction, epoch: i16, commit: bool, protocol, expect: Result<End, ErrorCode>| {
        assert_eq!(done.end((7, epoch), commit, protocol, None, 500), expect, "{done:?} {epoch} {commit}");
    };
    let invalid = || Err(ErrorCode::InvalidTxnState);
    check(&completed(CLASSIC, true), 0, true, CLASSIC, Ok(End::Already((7, 0))));
    check(&completed(CLASSIC, false), 0, false, CLASSIC, Ok(End::Already((7, 0))));
    check(&completed(CLASSIC, true), 0, false, CLASSIC, invalid());
    check(&completed(CLASSIC, false), 0, true, CLASSIC, invalid());
    check(&completed(EPOCHS, true), 0, true, EPOCHS, Ok(End::Already((7, 1))));
    check(&completed(EPOCHS, false), 0, false, EPOCHS, Ok(End::Already((7, 1))));
    check(&completed(EPOCHS, true), 0, false, EPOCHS, invalid());
    check(&completed(EPOCHS, false), 0, true, EPOCHS, invalid());
    // The epoch says that it is the next transaction's end, and none has begun.
    check(&completed(EPOCHS, true), 1, true, EPOCHS, invalid());
    check(&completed(EPOCHS, false), 1, true, EPOCHS, invalid());
    check(&completed(EPOCHS, true), 2, true, EPOCHS, Err(ErrorCode::ProducerFenced));
    check(&initialised(), 0, true, EPOCHS, invalid());
    check(&initialised(), 0, true, CLASSIC, invalid());
    check(&initialised(), 0, false, CLASSIC, invalid());
}

#[test]
fn aborting_nothing_raises_the_epoch_of_a_producer_of_version_two() {
    let check = |before: &Transaction| {
        let ending = prepared(before.end(producer(before), false, EPOCHS, None, 500));
        assert_eq!(
            (ending.state, ending.epoch, ending.start_ms),
            (State::PrepareAbort, before.epoch + 1, 500)
        );
        assert!(ending.partitions.is_empty());
    };
    check(&initialised());
    check(&completed(EPOCHS, true));
    check(&completed(EPOCHS, false));
}

#[test]
fn ending_while_it_ends_is_concurrent_if_alike_and_invalid_if_not() {
    for protocol in [CLASSIC, EPOCHS] {
        for commit in [true, false] {
            let ending = prepared(ongoing().end((7, 0), commit, protocol, None, 300));
            let again = |commit| ending.end((7, 0), commit, protocol, None, 310);
            assert_eq!(again(commit), Err(ErrorCode::ConcurrentTransactions));
            assert_eq!(again(!commit), Err(ErrorCode::InvalidTxnState));
        }
    }
}

#[test]
fn a_fenced_producer_cannot_commit() {
    let fenced = prepared(ongoing().fence(None, 300)).completed(310).unwrap();
    assert_eq!(fenced.end((7, 0), true, CLASSIC, None, 320), Err(ErrorCode::ProducerFenced));
    assert_eq!(fenced.end((7, 0), true, EPOCHS, None, 320), Err(ErrorCode::InvalidTxnState));
    let replaced = next(fenced.init(None, TIMEOUT_MS, None, 330));
    assert_eq!(replaced.end((7, 0), true, EPOCHS, None, 340), Err(ErrorCode::ProducerFenced));
    assert_eq!(replaced.end((8, 0), true, EPOCHS, None, 340), Err(ErrorCode::InvalidProducerIdMapping));
}

#[test]
fn a_record_says_all_but_the_epoch_before() {
    let check = |transaction: Transaction| {
        let (key, value) = record::to_record("payments-1", &transaction).unwrap();
        assert_eq!(record::id_of(&key), Ok(Some("payments-1")));
        let read = record::from_value(&value.unwrap()).unwrap();
        assert_eq!(read, Transaction { last_epoch: -1, ..transaction });
    };
    check(initialised());
    let many = [partition("a", 0), partition("a", 5), partition("b", 1)];
    let begun = initialised().add((7, 0), &many, EPOCHS, 200).unwrap().unwrap();
    check(begun.clone());
    check(prepared(begun.end((7, 0), true, EPOCHS, None, 300)));
    check(prepared(begun.fence(None, 300)));
    let last = ongoing_at(i16::MAX - 1);
    check(prepared(last.end((7, i16::MAX - 1), true, EPOCHS, Some(9), 300)));
    check(completed(EPOCHS, false));
    check(completed(CLASSIC, true));
    assert_eq!(completed(CLASSIC, true).next_producer_id, NO_ID);
}

#[test]
fn a_damaged_record_is_an_error_and_one_of_another_kind_is_passed_over() {
    assert_eq!(record::id_of(&[0]), Err(record::RecordError::Short));
    assert_eq!(record::id_of(&[0, 9, 1, 2, 3]), Ok(None));
    assert!(record::id_of(&[0, 0, 0, 9, 1]).is_err());
    assert_eq!(record::from_value(&[0, 7]), Err(record::RecordError::Version(7)));
    let (_, value) = record::to_record("x", &ongoing()).unwrap();
    let mut value = value.unwrap();
    for cut in 0..value.len() {
        assert!(record::from_value(&value[..cut]).is_err(), "{cut}");
    }
    value[2 + 8 + 2 + 4] = 8;
    assert_eq!(record::from_value(&value), Err(record::RecordError::State(8)));
}
