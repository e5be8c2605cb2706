//! Our own client against both brokers: what it appends is what it fetches, and it says what is wrong.

#![allow(clippy::unwrap_used, reason = "a claim that does not hold says where")]

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use watershed_client::{Acks, Client, ClientOptions, ErrorKind, Sasl, Security};
use watershed_protocol::batch::{BatchBuilder, BatchOptions, BatchReader, Batches, Codec};
use watershed_protocol::messages::create_topics_request::CreatableTopic;
use watershed_protocol::messages::{CreateTopicsRequest, CreateTopicsResponse};
use watershed_testkit::target::{Kind, Target};
use watershed_testkit::wire::Connection;

const TOPIC: &str = "orders";

fn create_topic(address: &str) {
    let topic =
        CreatableTopic { name: TOPIC, num_partitions: 3, replication_factor: 1, ..Default::default() };
    let request = CreateTopicsRequest { topics: vec![topic], timeout_ms: 30_000, validate_only: false };
    let reply = Connection::open(address).unwrap().ask(&request, 7).unwrap();
    let response: CreateTopicsResponse<'_> = reply.read().unwrap();
    assert_eq!(response.topics[0].error_code, 0, "{response:?}");
}

fn batch(values: &[String]) -> Bytes {
    let mut builder = BatchBuilder::new(BatchOptions { codec: Codec::Lz4, ..Default::default() });
    for value in values {
        builder.append(1_700_000_000_000, None, Some(value.as_bytes()), &[]).unwrap();
    }
    let mut bytes = Vec::new();
    builder.finish(&mut bytes).unwrap();
    bytes.into()
}

/// All values of a partition up to its end.
async fn values(client: &Client, partition: i32) -> Vec<String> {
    let (mut values, mut next, mut reader) = (Vec::new(), 0, BatchReader::new(1 << 24));
    loop {
        let fetched =
            client.fetch_batches(TOPIC, partition, next, 1 << 20, Duration::from_millis(100)).await.unwrap();
        for batch in Batches::new(&fetched.batches) {
            let batch = batch.unwrap().validate().unwrap();
            next = batch.header().last_offset() + 1;
            for record in reader.records(&batch).unwrap() {
                values.push(String::from_utf8(record.unwrap().value.unwrap().to_vec()).unwrap());
            }
        }
        if next >= fetched.high_watermark && fetched.batches.is_empty() {
            return values;
        }
    }
}

async fn batches_come_back_as_they_went_in_also_over_a_kill(kind: Kind) {
    let mut target = Target::start(&kind, &[]).unwrap();
    create_topic(&target.bootstrap());
    let client = Client::new(ClientOptions::new(&target.bootstrap()).unwrap());
    assert_eq!(client.brokers().await.unwrap().len(), 1);
    assert_eq!(client.partition_count(TOPIC).await.unwrap(), 3);
    let mut sent = Vec::new();
    for round in 0..4 {
        let acks = if round % 2 == 0 { Acks::All } else { Acks::Leader };
        for number in 0..20 {
            let more: Vec<String> = (0..number + 1).map(|at| format!("{round}/{number}/{at}")).collect();
            let appended = client.append_batch(TOPIC, 1, batch(&more), acks).await.unwrap();
            assert_eq!(appended.base_offset, sent.len() as i64);
            sent.extend(more);
        }
        target.kill_and_restart().unwrap();
    }
    assert_eq!(values(&client, 1).await, sent);
    assert_eq!(values(&client, 0).await, Vec::<String>::new());

    let error = client.fetch_batches(TOPIC, 1, 1_000_000, 1 << 20, Duration::ZERO).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error}");
    assert!(error.to_string().contains("OFFSET_OUT_OF_RANGE"), "{error}");
    let mut spoiled = batch(&["x".to_owned()]).to_vec();
    *spoiled.last_mut().unwrap() ^= 1;
    let error = client.append_batch(TOPIC, 1, spoiled.into(), Acks::All).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt, "{error}");
}

#[tokio::test]
async fn the_embedded_log_gives_back_what_was_appended() {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_watershed"));
    batches_come_back_as_they_went_in_also_over_a_kill(Kind::Watershed { binary }).await;
}

#[tokio::test]
async fn apache_kafka_gives_back_what_was_appended() {
    batches_come_back_as_they_went_in_also_over_a_kill(Kind::Kafka).await;
}

/// A log that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test]
async fn credentials_are_taken_by_each_mechanism_and_wrong_ones_are_said_to_be_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let users = folder.path().join("users");
    std::fs::write(&users, "alice:wonderland\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_watershed"));
    command.args(["log", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path().join("data"));
    command.arg("--users").arg(&users).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut log = Running(command.spawn().unwrap());
    let mut ready = String::new();
    BufReader::new(log.0.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    let address = ready.split_whitespace().find(|word| word.starts_with("127.0.0.1:")).unwrap();

    let client = |sasl: Option<Sasl>| {
        let security = Security { sasl, ..Security::default() };
        let request_timeout = Duration::from_secs(20);
        Client::new(ClientOptions { security, request_timeout, ..ClientOptions::new(address).unwrap() })
    };
    let of = |user: &str, password: &str| {
        let (user, password) = (user.to_owned(), password.to_owned());
        [
            Sasl::Plain { user: user.clone(), password: password.clone() },
            Sasl::ScramSha256 { user: user.clone(), password: password.clone() },
            Sasl::ScramSha512 { user, password },
        ]
    };
    for sasl in of("alice", "wonderland") {
        let mechanism = sasl.mechanism();
        let brokers = client(Some(sasl)).brokers().await;
        assert_eq!(
            brokers.map(|brokers| brokers.len()).map_err(|error| error.to_string()),
            Ok(1),
            "{mechanism}"
        );
    }
    for sasl in of("alice", "looking-glass").into_iter().chain(of("bob", "wonderland")) {
        let mechanism = sasl.mechanism();
        let error = client(Some(sasl)).brokers().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorised, "{mechanism}: {error}");
        assert!(
            error.to_string().contains(&format!("the credentials for {mechanism} are refused")),
            "{error}"
        );
    }
}
