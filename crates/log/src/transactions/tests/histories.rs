//! Random histories of producers, crashes and time against a small model: what a client was told of a transaction is
//! what readers see of it, in all partitions or in none.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const PARTITIONS: i32 = 3;
/// Even ones run the classic protocol, odd ones that of version two.
const CLIENTS: usize = 3;

#[derive(Debug, Clone, Copy)]
enum Op {
    Init(usize),
    Add(usize, i32),
    Write {
        client: usize,
        to: i32,
        wait: bool,
    },
    End {
        client: usize,
        commit: bool,
    },
    EndAgain(usize),
    /// With an epoch that was replaced.
    WriteFenced(usize, i32),
    WaitSeconds(u64),
    /// The machine stops in the middle of a change of the disk, after so many.
    StopAfter(u64),
    Restart {
        power_cut: bool,
    },
}

/// What readers must see of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Not ended: in the end it is aborted, by its timeout or a new instance.
    Open,
    Committed,
    Aborted,
    /// The answer to the commit was lost.
    Unknown,
}

#[derive(Debug)]
struct Told {
    fate: Fate,
    /// By their values; false: it may be missing.
    records: BTreeMap<u64, bool>,
    /// Those that nobody waited for.
    unsynced: BTreeSet<u64>,
}

#[derive(Debug, Default)]
struct Client {
    producer: Option<Producer>,
    added: BTreeSet<i32>,
    sequences: BTreeMap<i32, i32>,
    transaction: Option<usize>,
    /// The last end, while it may be asked for again.
    ended: Option<(Producer, bool, Producer)>,
    fenced: Vec<Producer>,
}

#[derive(Debug, Default)]
struct Model {
    clients: [Client; CLIENTS],
    transactions: Vec<Told>,
    records: u64,
}

fn id_of(client: usize) -> String {
    format!("client-{client}")
}

const fn protocol_of(client: usize) -> Protocol {
    if client.is_multiple_of(2) { Protocol::Classic } else { Protocol::EpochPerTransaction }
}

impl Client {
    /// Only a new instance can go on.
    fn gives_up(&mut self) {
        self.fenced.extend(self.producer.take());
        self.added.clear();
        self.sequences.clear();
        self.transaction = None;
        self.ended = None;
    }
}

impl Model {
    fn open_transaction(&mut self, client: usize) -> usize {
        if let Some(open) = self.clients[client].transaction {
            return open;
        }
        self.transactions.push(Told {
            fate: Fate::Open,
            records: BTreeMap::new(),
            unsynced: BTreeSet::new(),
        });
        let open = self.transactions.len() - 1;
        self.clients[client].transaction = Some(open);
        open
    }

    fn decide(&mut self, client: usize, fate: Fate) {
        if let Some(open) = self.clients[client].transaction.take()
            && self.transactions[open].fate == Fate::Open
        {
            self.transactions[open].fate = fate;
        }
    }

    async fn apply(&mut self, broker: &Arc<Broker>, op: Op) {
        match op {
            Op::Init(client) => self.init(broker, client).await,
            Op::Add(client, to) => self.add(broker, client, to).await,
            Op::Write { client, to, wait } => self.write(broker, client, to, wait).await,
            Op::End { client, commit } => self.end(broker, client, commit).await,
            Op::EndAgain(client) => {
                let Some((producer, commit, expect)) = self.clients[client].ended else { return };
                let again = end(broker, &id_of(client), producer, commit, protocol_of(client)).await;
                let while_the_disk_fails = matches!(
                    again,
                    Err(ErrorCode::ConcurrentTransactions | ErrorCode::CoordinatorNotAvailable)
                );
                assert!(again == Ok(expect) || while_the_disk_fails, "{again:?}, {expect:?}");
            }
            Op::WriteFenced(client, to) => {
                let Some(&fenced) = self.clients[client].fenced.last() else { return };
                let id = id_of(client);
                // While a request of an instance that gave up was not answered, it may be current still.
                let is_current = broker
                    .transactions
                    .describe(&id)
                    .is_none_or(|found| (found.producer_id, found.epoch) == fenced);
                let to = partition("orders", to);
                if !is_current
                    && let Ok(guard) = broker.transactions.may_write(broker, &id, fenced, &to, true).await
                {
                    panic!("a fenced producer may write: {fenced:?} {guard:?}");
                }
            }
            Op::WaitSeconds(seconds) => {
                for _ in 0..seconds {
                    tokio::time::advance(Duration::from_secs(1)).await;
                }
            }
            Op::StopAfter(_) | Op::Restart { .. } => {}
        }
    }

    async fn init(&mut self, broker: &Arc<Broker>, client: usize) {
        let initialised = init(broker, &id_of(client)).await;
        self.decide(client, Fate::Aborted);
        self.clients[client].gives_up();
        self.clients[client].producer = initialised.ok();
    }

    async fn add(&mut self, broker: &Arc<Broker>, client: usize, to: i32) {
        let Some(producer) = self.clients[client].producer else { return };
        if protocol_of(client) == Protocol::EpochPerTransaction {
            return;
        }
        self.clients[client].ended = None;
        let transactions = &broker.transactions;
        let added =
            transactions.add_partitions(broker, &id_of(client), producer, &[partition("orders", to)]).await;
        if added.is_ok() {
            self.open_transaction(client);
            self.clients[client].added.insert(to);
        } else {
            self.decide(client, Fate::Aborted);
            self.clients[client].gives_up();
        }
    }

    async fn write(&mut self, broker: &Arc<Broker>, client: usize, to: i32, wait: bool) {
        let Some(producer) = self.clients[client].producer else { return };
        let add = protocol_of(client) == Protocol::EpochPerTransaction;
        if !add && !self.clients[client].added.contains(&to) {
            return;
        }
        self.clients[client].ended = None;
        let open = self.open_transaction(client);
        let sequence = self.clients[client].sequences.entry(to).or_default();
        let (id, record, name) = (id_of(client), self.records, partition("orders", to));
        self.records += 1;
        let written = write_value(broker, &id, producer, *sequence, &name, add, record).await;
        *sequence += 1;
        let written = match written {
            Ok(offset) if wait => {
                let partition = broker.catalog.partition("orders", to).unwrap();
                partition.durable(offset).await.map_err(|_| ErrorCode::KafkaStorageError)
            }
            other => other.map(drop),
        };
        self.transactions[open].records.insert(record, written.is_ok());
        if written.is_err() {
            self.decide(client, Fate::Aborted);
            self.clients[client].gives_up();
        } else if !wait {
            self.transactions[open].unsynced.insert(record);
        }
    }

    async fn end(&mut self, broker: &Arc<Broker>, client: usize, commit: bool) {
        let Some(producer) = self.clients[client].producer else { return };
        if self.clients[client].transaction.is_none() {
            return;
        }
        let ended = end(broker, &id_of(client), producer, commit, protocol_of(client)).await;
        let fate = match ended {
            Ok(_) if commit => Fate::Committed,
            Err(ErrorCode::ProducerFenced | ErrorCode::InvalidTxnState) => Fate::Aborted,
            Err(_) if commit => Fate::Unknown,
            _ => Fate::Aborted,
        };
        self.decide(client, fate);
        let client = &mut self.clients[client];
        match ended {
            Ok(next) => {
                client.added.clear();
                if next != producer {
                    client.sequences.clear();
                    client.fenced.push(producer);
                }
                client.producer = Some(next);
                client.ended = Some((producer, commit, next));
            }
            Err(_) => client.gives_up(),
        }
    }

    /// The power was cut: what nobody waited for may be gone, if its transaction goes on.
    fn power_was_cut(&mut self) {
        for told in self.transactions.iter_mut().filter(|told| told.fate == Fate::Open) {
            for record in &told.unsynced {
                told.records.insert(*record, false);
            }
        }
    }

    fn check(&self, broker: &Broker) {
        let visible = visible(broker);
        for told in &self.transactions {
            let seen: Vec<bool> = told.records.keys().map(|record| visible.contains(record)).collect();
            let any = seen.contains(&true);
            let sure_missing = told.records.iter().any(|(record, sure)| *sure && !visible.contains(record));
            assert!(!(any && sure_missing), "half of it is visible: {told:?} {visible:?}");
            match told.fate {
                Fate::Committed => {
                    assert!(!sure_missing, "a committed record is missing: {told:?} {visible:?}");
                }
                Fate::Unknown => {}
                Fate::Open | Fate::Aborted => assert!(!any, "an aborted record is visible: {told:?}"),
            }
        }
    }
}

/// As [`write`], with a value that tells the record from all others.
async fn write_value(
    broker: &Arc<Broker>,
    id: &str,
    producer: Producer,
    sequence: i32,
    to: &TopicPartition,
    add: bool,
    value: u64,
) -> Result<i64, ErrorCode> {
    let partition = broker.catalog.partition(&to.topic, to.partition);
    let partition = partition.ok_or(ErrorCode::UnknownTopicOrPartition)?;
    let _guard = broker.transactions.may_write(broker, id, producer, to, add).await?;
    let batch = batch_of(producer, sequence, &value.to_be_bytes());
    let appended = partition.append(&batch, Origin::Client, broker.now_ms());
    appended.map(|appended| appended.last_offset).map_err(|error| error.code())
}

/// The values that readers of committed records see.
fn visible(broker: &Broker) -> BTreeSet<u64> {
    let mut visible = BTreeSet::new();
    for number in 0..PARTITIONS {
        let partition = broker.catalog.partition("orders", number).unwrap();
        let mut open: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
        StateLog::new(Arc::clone(&partition))
            .replay(|replayed| match replayed {
                Replayed::Record { batch, value, .. } => {
                    let value = u64::from_be_bytes(value.unwrap().try_into().unwrap());
                    open.entry(batch.producer_id).or_default().push(value);
                }
                Replayed::Marker { batch, kind } => {
                    let ended = open.remove(&batch.producer_id).unwrap_or_default();
                    if kind == ControlType::Commit {
                        for value in ended {
                            assert!(visible.insert(value), "record {value} is there twice");
                        }
                    }
                }
            })
            .unwrap();
        let offsets = partition.log().offsets();
        assert_eq!(
            offsets.last_stable, offsets.log_end,
            "a transaction hangs in partition {number}: {open:?}"
        );
    }
    visible
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let (client, to) = (0..CLIENTS, 0..PARTITIONS);
    let op = prop_oneof![
        2 => client.clone().prop_map(Op::Init),
        5 => (client.clone(), to.clone()).prop_map(|(client, to)| Op::Add(client, to)),
        8 => (client.clone(), to.clone(), any::<bool>())
            .prop_map(|(client, to, wait)| Op::Write { client, to, wait }),
        5 => (client.clone(), prop_oneof![3 => Just(true), 1 => Just(false)])
            .prop_map(|(client, commit)| Op::End { client, commit }),
        2 => client.clone().prop_map(Op::EndAgain),
        1 => (client, to).prop_map(|(client, to)| Op::WriteFenced(client, to)),
        1 => prop_oneof![Just(1), Just(30), Just(61)].prop_map(Op::WaitSeconds),
        1 => (0_u64..30).prop_map(Op::StopAfter),
        1 => any::<bool>().prop_map(|power_cut| Op::Restart { power_cut }),
    ];
    prop::collection::vec(op, 1..60)
}

fn run(seed: u64, ops: &[Op]) {
    let disk = SimulatedDisk::new(seed);
    life(&disk, 0, async |broker| create_topic(&broker, "orders", PARTITIONS).await);
    disk.kill();
    let mut model = Model::default();
    let mut hours = 0;
    for ops in ops.split_inclusive(|op| matches!(op, Op::Restart { .. })) {
        hours += 1;
        life(&disk, hours, async |broker| {
            for &op in ops {
                if let Op::StopAfter(changes) = op {
                    disk.stop_after(changes);
                }
                model.apply(&broker, op).await;
            }
        });
        match ops.last() {
            Some(Op::Restart { power_cut: true }) => {
                disk.power_cut();
                model.power_was_cut();
            }
            _ => disk.kill(),
        }
    }
    life(&disk, hours + 1, async |broker| {
        for client in 0..CLIENTS {
            until(&broker, &id_of(client), |state| {
                !matches!(state, Some(State::Ongoing | State::PrepareCommit | State::PrepareAbort))
            })
            .await;
        }
        model.check(&broker);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn readers_see_of_a_transaction_what_its_client_was_told(seed in any::<u64>(), ops in ops()) {
        run(seed, &ops);
    }
}
