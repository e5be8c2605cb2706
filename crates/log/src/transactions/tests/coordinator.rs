//! Claims about the coordinator as its clients meet it.

use super::*;
use crate::catalog::TRANSACTION_STATE;
use crate::disk::Fault;
use crate::transactions::{Filter, record};

const ID: &str = "payments-1";

/// A broker with the topic `orders` of three partitions.
fn with_broker(work: impl AsyncFnOnce(Arc<Broker>)) {
    life(&SimulatedDisk::new(1), 0, async |broker| {
        create_topic(&broker, "orders", 3).await;
        work(broker).await;
    });
}

fn orders(number: i32) -> TopicPartition {
    partition("orders", number)
}

async fn begin(broker: &Arc<Broker>) -> Producer {
    let producer = init(broker, ID).await.unwrap();
    broker.transactions.add_partitions(broker, ID, producer, &[orders(0)]).await.unwrap();
    produce(broker, ID, producer, 0, &orders(0), false).await.unwrap();
    producer
}

fn epoch_of(broker: &Broker) -> Producer {
    let found = broker.transactions.describe(ID).unwrap();
    (found.producer_id, found.epoch)
}

#[test]
fn idempotent_producers_get_ids_that_nobody_else_has() {
    let disk = SimulatedDisk::new(1);
    let mut ids = std::collections::BTreeSet::new();
    for hours in 0..3 {
        life(&disk, hours, async |broker| {
            for _ in 0..1_500 {
                let request = InitRequest { id: None, timeout_ms: -1, expected: None };
                let (id, epoch) = init_producer_id(&broker, request).await.unwrap();
                assert_eq!(epoch, 0);
                assert!(ids.insert(id), "{id} was given out before");
            }
        });
        disk.kill();
    }
}

#[test]
fn what_is_not_allowed_is_refused_by_name() {
    with_broker(async |broker| {
        let ask = async |id: &str, timeout_ms| {
            let request = InitRequest { id: Some(id.to_owned()), timeout_ms, expected: None };
            init_producer_id(&broker, request).await
        };
        assert_eq!(ask("", 1).await, Err(ErrorCode::InvalidRequest));
        assert_eq!(ask(ID, 0).await, Err(ErrorCode::InvalidTransactionTimeout));
        assert_eq!(ask(ID, -1).await, Err(ErrorCode::InvalidTransactionTimeout));
        assert_eq!(ask(ID, 900_001).await, Err(ErrorCode::InvalidTransactionTimeout));
        assert!(ask(ID, 900_000).await.is_ok());
        let unknown = end(&broker, "nobody", (1, 0), true, Protocol::Classic).await;
        assert_eq!(unknown, Err(ErrorCode::InvalidProducerIdMapping));
        let unknown = broker.transactions.add_partitions(&broker, "nobody", (1, 0), &[orders(0)]).await;
        assert_eq!(unknown, Err(ErrorCode::InvalidProducerIdMapping));
    });
}

#[test]
fn writes_need_their_partition_in_the_transaction() {
    with_broker(async |broker| {
        let producer = begin(&broker).await;
        assert_eq!(
            produce(&broker, ID, producer, 0, &orders(1), false).await,
            Err(ErrorCode::TransactionAbortable)
        );
        assert_eq!(produce(&broker, ID, producer, 0, &orders(1), true).await, Ok(()));
        let (id, epoch) = producer;
        assert_eq!(
            produce(&broker, ID, (id, epoch + 1), 1, &orders(0), true).await,
            Err(ErrorCode::InvalidProducerEpoch)
        );
        assert_eq!(
            produce(&broker, ID, (id + 1, epoch), 1, &orders(0), true).await,
            Err(ErrorCode::InvalidProducerIdMapping)
        );
    });
}

#[test]
fn a_new_instance_aborts_the_transaction_of_the_old_one_and_fences_it() {
    with_broker(async |broker| {
        let old = begin(&broker).await;
        let new = init(&broker, ID).await.unwrap();
        assert!(new > old);
        assert_eq!(seen(&broker, &orders(0), old.0).aborted, 1);
        let commit = end(&broker, ID, old, true, Protocol::Classic).await;
        assert_eq!(commit, Err(ErrorCode::ProducerFenced));
        let write = produce(&broker, ID, old, 1, &orders(0), true).await;
        assert_eq!(write, Err(ErrorCode::InvalidProducerEpoch));
        // The partition itself knows that it is fenced.
        let log = broker.catalog.partition("orders", 0).unwrap();
        let behind = log.append(&batch(old, 1), Origin::Client, broker.now_ms());
        assert_eq!(behind.unwrap_err().code(), ErrorCode::InvalidProducerEpoch);
    });
}

#[test]
fn a_transaction_that_takes_too_long_is_aborted_and_its_producer_fenced() {
    with_broker(async |broker| {
        let producer = begin(&broker).await;
        tokio::time::advance(Duration::from_millis(59_000)).await;
        assert_eq!(broker.transactions.describe(ID).unwrap().state, State::Ongoing);
        until(&broker, ID, is_settled).await;
        assert_eq!(broker.transactions.describe(ID).unwrap().state, State::CompleteAbort);
        assert_eq!(seen(&broker, &orders(0), producer.0).aborted, 1);
        let commit = end(&broker, ID, producer, true, Protocol::Classic).await;
        assert_eq!(commit, Err(ErrorCode::ProducerFenced));
        // Its owner may go on after that (KIP-360).
        let next = init_expecting(&broker, ID, Some(producer)).await.unwrap();
        assert_eq!(next, epoch_of(&broker));
    });
}

#[test]
fn a_timeout_begins_with_the_transaction_and_not_with_the_restart() {
    let disk = SimulatedDisk::new(1);
    life(&disk, 0, async |broker| {
        create_topic(&broker, "orders", 1).await;
        begin(&broker).await;
    });
    disk.kill();
    life(&disk, 1, async |broker| {
        let before = Instant::now();
        until(&broker, ID, is_settled).await;
        assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
    });
}

#[test]
fn each_transaction_of_version_two_has_its_own_epoch() {
    with_broker(async |broker| {
        let mut producer = init(&broker, ID).await.unwrap();
        for round in 0..5 {
            produce(&broker, ID, producer, 0, &orders(0), true).await.unwrap();
            let next =
                end(&broker, ID, producer, round % 2 == 0, Protocol::EpochPerTransaction).await.unwrap();
            assert_eq!(next, (producer.0, producer.1 + 1));
            // The same request once more gets the same answer.
            let again = end(&broker, ID, producer, round % 2 == 0, Protocol::EpochPerTransaction).await;
            assert_eq!(again, Ok(next));
            producer = next;
        }
        let seen = seen(&broker, &orders(0), producer.0);
        assert_eq!((seen.committed, seen.aborted), (3, 2));
    });
}

#[test]
fn the_markers_are_there_when_the_end_is_answered() {
    with_broker(async |broker| {
        let producer = begin(&broker).await;
        end(&broker, ID, producer, true, Protocol::Classic).await.unwrap();
        assert_eq!(broker.transactions.describe(ID).unwrap().state, State::CompleteCommit);
        assert_eq!(seen(&broker, &orders(0), producer.0).commit_markers, 1);
    });
}

#[test]
fn markers_that_take_long_hold_up_the_next_transaction_and_not_the_answer() {
    let disk = SimulatedDisk::new(1);
    life(&disk, 0, async |broker| {
        create_topic(&broker, "orders", 2).await;
        let producer = begin(&broker).await;
        // The marker cannot be written, and then it can.
        disk.fail(Fault::Write(1));
        let before = Instant::now();
        end(&broker, ID, producer, false, Protocol::Classic).await.unwrap();
        assert!(before.elapsed() <= Duration::from_millis(250), "{:?}", before.elapsed());
        broker.transactions.add_partitions(&broker, ID, producer, &[orders(1)]).await.unwrap();
        assert_eq!(seen(&broker, &orders(0), producer.0).abort_markers, 1);
    });
}

#[test]
fn no_batch_comes_behind_the_marker_of_its_transaction() {
    with_broker(async |broker| {
        let producer = begin(&broker).await;
        let writing = broker.transactions.may_write(&broker, ID, producer, &orders(0), false).await.unwrap();
        let ending = tokio::spawn({
            let broker = Arc::clone(&broker);
            async move { end(&broker, ID, producer, false, Protocol::Classic).await }
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        // It waits for the write that was allowed, and allows no other.
        assert_eq!(broker.transactions.describe(ID).unwrap().state, State::Ongoing);
        let late = broker.transactions.may_write(&broker, ID, producer, &orders(0), false).await;
        assert_eq!(late.err(), Some(ErrorCode::ConcurrentTransactions));
        let log = broker.catalog.partition("orders", 0).unwrap();
        log.append(&batch(producer, 1), Origin::Client, broker.now_ms()).unwrap();
        drop(writing);
        assert_eq!(ending.await.unwrap(), Ok(producer));
        until(&broker, ID, is_settled).await;
        let seen = seen(&broker, &orders(0), producer.0);
        assert_eq!((seen.aborted, seen.open), (2, 0));
    });
}

#[test]
fn a_topic_that_was_deleted_does_not_hold_up_the_end() {
    with_broker(async |broker| {
        create_topic(&broker, "short-lived", 1).await;
        let producer = init(&broker, ID).await.unwrap();
        let both = [orders(0), partition("short-lived", 0)];
        broker.transactions.add_partitions(&broker, ID, producer, &both).await.unwrap();
        produce(&broker, ID, producer, 0, &orders(0), false).await.unwrap();
        let topic = broker.catalog.topic("short-lived").unwrap().id;
        broker.catalog.delete_topics(vec![topic]).await.pop().unwrap().unwrap();
        end(&broker, ID, producer, true, Protocol::Classic).await.unwrap();
        assert_eq!(until(&broker, ID, is_settled).await, Some(State::CompleteCommit));
        assert_eq!(seen(&broker, &orders(0), producer.0).committed, 1);
    });
}

#[test]
fn a_commit_whose_data_cannot_be_synced_is_refused_and_others_go_on() {
    let disk = SimulatedDisk::new(1);
    life(&disk, 0, async |broker| {
        create_topic(&broker, "orders", 2).await;
        let producer = begin(&broker).await;
        // A batch that nobody waited for.
        let log = broker.catalog.partition("orders", 0).unwrap();
        log.append(&batch(producer, 1), Origin::Client, broker.now_ms()).unwrap();
        disk.fail(Fault::Sync(0));
        let commit = end(&broker, ID, producer, true, Protocol::Classic).await;
        assert_eq!(commit, Err(ErrorCode::CoordinatorNotAvailable));
        assert_eq!(broker.transactions.describe(ID).unwrap().state, State::Ongoing);
        // The partition is closed; another id works in another partition.
        let other = init(&broker, "other").await.unwrap();
        broker.transactions.add_partitions(&broker, "other", other, &[orders(1)]).await.unwrap();
        produce(&broker, "other", other, 0, &orders(1), false).await.unwrap();
        end(&broker, "other", other, true, Protocol::Classic).await.unwrap();
        assert_eq!(until(&broker, "other", is_settled).await, Some(State::CompleteCommit));
        // The marker of the abort cannot be written before a restart.
        end(&broker, ID, producer, false, Protocol::Classic).await.unwrap();
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(broker.transactions.describe(ID).unwrap().state, State::PrepareAbort);
        let waited = init(&broker, ID).await;
        assert_eq!(waited, Err(ErrorCode::ConcurrentTransactions));
    });
    disk.power_cut();
    life(&disk, 1, async |broker| {
        assert_eq!(until(&broker, ID, is_settled).await, Some(State::CompleteAbort));
        init(&broker, ID).await.unwrap();
    });
}

#[test]
fn an_idle_transactional_id_is_forgotten_and_comes_back_with_a_new_producer_id() {
    let disk = SimulatedDisk::new(1);
    life(&disk, 0, async |broker| {
        create_topic(&broker, "orders", 1).await;
        let old = begin(&broker).await;
        end(&broker, ID, old, true, Protocol::Classic).await.unwrap();
        until(&broker, ID, is_settled).await;
        let week = Duration::from_hours(7 * 24);
        tokio::time::advance(week - Duration::from_secs(1)).await;
        assert!(broker.transactions.describe(ID).is_some());
        tokio::time::advance(Duration::from_secs(2)).await;
        until(&broker, ID, |state| state.is_none()).await;
        let commit = end(&broker, ID, old, true, Protocol::Classic).await;
        assert_eq!(commit, Err(ErrorCode::InvalidProducerIdMapping));
        let (id, epoch) = init(&broker, ID).await.unwrap();
        assert!(id > old.0);
        assert_eq!(epoch, 0);
    });
}

#[test]
fn transactional_ids_are_bounded() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let clock = Arc::new(PausedClock::at(Timestamp::UNIX_EPOCH));
        let options =
            Options { blocking: Blocking::Inline, transactional_ids_max: 2, ..Options::new("data") };
        let broker = Broker::open(options, Arc::new(SimulatedDisk::new(1)), clock).await.unwrap();
        init(&broker, "a").await.unwrap();
        init(&broker, "b").await.unwrap();
        assert_eq!(init(&broker, "c").await, Err(ErrorCode::PolicyViolation));
        assert!(init(&broker, "a").await.is_ok());
    });
}

#[test]
fn the_list_passes_what_the_filters_let_pass() {
    with_broker(async |broker| {
        begin(&broker).await;
        let (other, _) = init(&broker, "refunds-1").await.unwrap();
        tokio::time::advance(Duration::from_secs(10)).await;
        let check = |filter: Filter, expect: &[&str]| {
            let listed = broker.transactions.list(&filter, broker.now_ms());
            let ids: Vec<&str> = listed.iter().map(|listed| &*listed.id).collect();
            assert_eq!(ids, expect, "{filter:?}");
        };
        let states = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        check(Filter::default(), &[ID, "refunds-1"]);
        check(Filter { states: states(&["Ongoing"]), ..Filter::default() }, &[ID]);
        check(Filter { states: states(&["Empty", "Ongoing"]), ..Filter::default() }, &[ID, "refunds-1"]);
        check(Filter { states: states(&["Nonsense"]), ..Filter::default() }, &[]);
        check(Filter { producer_ids: vec![other], ..Filter::default() }, &["refunds-1"]);
        let running = |duration_ms| Filter {
            states: states(&["Ongoing"]),
            duration_ms: Some(duration_ms),
            ..Filter::default()
        };
        check(running(9_000), &[ID]);
        check(running(11_000), &[]);
        let like = |pattern| Filter { pattern: Filter::pattern(Some(pattern)).unwrap(), ..Filter::default() };
        check(like("pay.*"), &[ID]);
        check(like("pay"), &[]);
        check(like("a|refunds-1|b"), &["refunds-1"]);
        check(like(""), &[ID, "refunds-1"]);
        assert_eq!(Filter::pattern(Some("(")).err(), Some(ErrorCode::InvalidRegularExpression));
        let unknown = Filter { states: states(&["Ongoing", "Nonsense"]), ..Filter::default() };
        assert_eq!(unknown.unknown_states().collect::<Vec<_>>(), ["Nonsense"]);
    });
}

#[test]
fn nothing_is_written_to_a_partition_whose_addition_could_not_be_synced() {
    for classic in [true, false] {
        let disk = SimulatedDisk::new(1);
        let orders = partition("orders", 0);
        life(&disk, 0, async |broker| {
            create_topic(&broker, "orders", 1).await;
            let producer = init(&broker, "payments-1").await.unwrap();
            disk.fail(Fault::Sync(0));
            for attempt in 0..2 {
                let refused = Err(ErrorCode::CoordinatorNotAvailable);
                if classic {
                    let partitions = std::slice::from_ref(&orders);
                    let added =
                        broker.transactions.add_partitions(&broker, "payments-1", producer, partitions).await;
                    assert_eq!(added, refused, "attempt {attempt}");
                }
                let written = produce(&broker, "payments-1", producer, 0, &orders, !classic).await;
                assert_eq!(written, refused, "attempt {attempt}");
            }
        });
        disk.power_cut();
        life(&disk, 1, async |broker| {
            let log = broker.catalog.partition("orders", 0).unwrap();
            let offsets = log.log().offsets();
            assert_eq!(offsets.last_stable, offsets.log_end, "a transaction that nobody knows hangs");
        });
    }
}

#[test]
fn a_record_that_cannot_be_read_keeps_neither_the_broker_from_starting_nor_the_others_from_being_known() {
    let disk = SimulatedDisk::new(1);
    let (before, after) = life(&disk, 0, async |broker| {
        create_topic(&broker, "orders", 1).await;
        let before = init(&broker, ID).await.unwrap();
        let log = broker.catalog.state_log(TRANSACTION_STATE).unwrap();
        let key = record::to_record("other", &broker.transactions.describe(ID).unwrap()).unwrap().0;
        let unreadable = [(b"k".to_vec(), Some(b"v".to_vec())), (key, Some(vec![0, 99]))];
        let offset = log.append(&unreadable, broker.now_ms()).unwrap();
        log.durable(offset).await.unwrap();
        (before, init(&broker, "later").await.unwrap())
    });
    life(&disk, 1, async |broker| {
        let known = |id| broker.transactions.describe(id).map(|known| known.producer_id);
        assert_eq!((known(ID), known("later")), (Some(before.0), Some(after.0)));
        assert_eq!(known("other"), None);
    });
}
