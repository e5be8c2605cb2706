//! Requests whose bodies lie: about lengths, about counts, about what may be asked.

use std::io;

use watershed_protocol::messages::create_topics_request::CreatableTopic;
use watershed_protocol::messages::delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic};
use watershed_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use watershed_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use watershed_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use watershed_protocol::messages::metadata_request::MetadataRequestTopic;
use watershed_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use watershed_protocol::messages::{
    ConsumerGroupHeartbeatRequest, CreateTopicsRequest, DeleteRecordsRequest, EndTxnRequest, FetchRequest,
    InitProducerIdRequest, JoinGroupRequest, ListOffsetsRequest, ListTransactionsRequest, MetadataRequest,
    OffsetCommitRequest, SaslAuthenticateRequest,
};
use watershed_protocol::wire::Request;

use super::Hostility;
use super::frames::request;
use super::server::{ALIVE, Server, frame};

/// An array's or a string's length that is the largest, in the old encoding.
const LARGEST: [u8; 4] = i32::MAX.to_be_bytes();

pub(crate) const KINDS: &[(&str, Hostility)] = &[
    ("Metadata of two billion topics", |server| ends(server, &request(3, 1, &LARGEST))),
    ("Metadata of -2 topics", |server| ends(server, &request(3, 1, &(-2i32).to_be_bytes()))),
    ("Metadata of four billion topics, compact", |server| {
        ends(server, &request(3, 12, &[0, 0xff, 0xff, 0xff, 0xff, 0x0f]))
    }),
    ("Produce of two billion topics", |server| {
        ends(server, &request(0, 7, &[&[0xff, 0xff, 0, 1, 0, 0, 0, 9][..], &LARGEST].concat()))
    }),
    ("Produce of two billion partitions", |server| {
        ends(
            server,
            &request(0, 7, &[&[0xff, 0xff, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0, 1, b't'][..], &LARGEST].concat()),
        )
    }),
    ("Produce of records of length -5", |server| {
        let body = [
            &[0xff, 0xff, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0, 1, b't', 0, 0, 0, 1, 0, 0, 0, 0][..],
            &(-5i32).to_be_bytes(),
        ];
        ends(server, &request(0, 7, &body.concat()))
    }),
    ("Produce of records longer than the frame", |server| {
        let body =
            [&[0xff, 0xff, 0, 1, 0, 0, 0, 9, 0, 0, 0, 1, 0, 1, b't', 0, 0, 0, 1, 0, 0, 0, 0][..], &LARGEST];
        ends(server, &request(0, 7, &body.concat()))
    }),
    ("Fetch of two billion topics", |server| {
        ends(server, &request(1, 4, &[&[0xff; 4][..], &[0; 13], &LARGEST].concat()))
    }),
    ("JoinGroup of two billion protocols", |server| {
        let body = [&[0, 1, b'g', 0, 0, 0x27, 0x10, 0, 0, 0, 9, 0, 0, 0, 1, b'c'][..], &LARGEST];
        ends(server, &request(11, 2, &body.concat()))
    }),
    ("OffsetFetch of two billion topics", |server| {
        ends(server, &request(9, 2, &[&[0, 1, b'g'][..], &LARGEST].concat()))
    }),
    ("CreateTopics of two billion topics", |server| ends(server, &request(19, 2, &LARGEST))),
    ("DescribeConfigs of two billion resources", |server| ends(server, &request(32, 1, &LARGEST))),
    ("a thousand million partitions", |server| ask(server, &create("huge", 1_000_000_000), 5)),
    ("a negative number of partitions", |server| ask(server, &create("negative", -3), 5)),
    ("a topic that climbs out of the directory", |server| ask(server, &create("../../../tmp/out", 1), 5)),
    ("a topic of 30,000 letters", |server| {
        let name = "a".repeat(30_000);
        ask(server, &create(&name, 1), 5)
    }),
    ("a topic with a NUL", |server| ask(server, &create("a\0b", 1), 5)),
    ("a topic without a name", |server| ask(server, &create("", 1), 5)),
    ("the same topic fifty thousand times", |server| {
        let topics = vec![creatable("twice", 1); 50_000];
        ask(server, &CreateTopicsRequest { topics, timeout_ms: 1_000, validate_only: true }, 5)
    }),
    ("metadata of a hundred thousand illegal topics", |server| {
        let names: Vec<String> = (0..100_000).map(|number| format!("no/{number}")).collect();
        let topics = names
            .iter()
            .map(|name| MetadataRequestTopic { name: Some(name), ..MetadataRequestTopic::default() });
        let request = MetadataRequest {
            topics: Some(topics.collect()),
            allow_auto_topic_creation: true,
            ..MetadataRequest::default()
        };
        ask(server, &request, 8)
    }),
    ("a fetch at the last offset there can be", |server| ask(server, &fetch(i64::MAX, 1_000), 11)),
    ("a fetch at a negative offset", |server| ask(server, &fetch(-5, 1_000), 11)),
    ("a fetch of a negative size", |server| ask(server, &fetch(0, -1), 11)),
    ("a fetch in a session that is not there", |server| {
        ask(server, &FetchRequest { session_id: 123_456, session_epoch: 77, ..fetch(0, 1_000) }, 11)
    }),
    ("a fetch of a hundred thousand partitions", |server| {
        let partitions =
            (0..100_000).map(|partition| FetchPartition { partition, ..FetchPartition::default() }).collect();
        let topics = vec![FetchTopic { topic: ALIVE, partitions, ..FetchTopic::default() }];
        ask(server, &FetchRequest { topics, session_epoch: 0, ..FetchRequest::default() }, 11)
    }),
    ("offsets at times that do not exist", |server| {
        let partitions = [i64::MIN, -99, i64::MAX]
            .map(|timestamp| ListOffsetsPartition { timestamp, ..ListOffsetsPartition::default() });
        let topics = vec![ListOffsetsTopic { name: ALIVE, partitions: partitions.to_vec() }];
        ask(server, &ListOffsetsRequest { replica_id: -1, topics, ..ListOffsetsRequest::default() }, 5)
    }),
    ("deleting records up to the last offset there can be", |server| {
        let partitions = vec![DeleteRecordsPartition { partition_index: 0, offset: i64::MAX }];
        let topics = vec![DeleteRecordsTopic { name: ALIVE, partitions }];
        ask(server, &DeleteRecordsRequest { topics, timeout_ms: 1_000 }, 2)
    }),
    ("a member's metadata of ten megabytes", |server| {
        let metadata = vec![7; 10 << 20];
        let protocols = vec![JoinGroupRequestProtocol { name: "range", metadata: &metadata }];
        let request = JoinGroupRequest {
            group_id: "fat",
            session_timeout_ms: 10_000,
            rebalance_timeout_ms: 10,
            protocol_type: "consumer",
            protocols,
            ..JoinGroupRequest::default()
        };
        ask(server, &request, 5)
    }),
    ("a session of the longest time", |server| {
        let request = JoinGroupRequest {
            group_id: "long",
            session_timeout_ms: i32::MAX,
            rebalance_timeout_ms: i32::MAX,
            protocol_type: "consumer",
            ..JoinGroupRequest::default()
        };
        ask(server, &request, 5)
    }),
    ("a commit with a megabyte of metadata", |server| {
        let metadata = "m".repeat(30_000);
        let partitions = vec![
            OffsetCommitRequestPartition {
                committed_metadata: Some(&metadata),
                ..OffsetCommitRequestPartition::default()
            };
            35
        ];
        let topics =
            vec![OffsetCommitRequestTopic { name: ALIVE, partitions, ..OffsetCommitRequestTopic::default() }];
        ask(
            server,
            &OffsetCommitRequest {
                group_id: "fat",
                generation_id_or_member_epoch: -1,
                topics,
                ..OffsetCommitRequest::default()
            },
            7,
        )
    }),
    ("a pattern that backtracks for ever", |server| {
        let request = ConsumerGroupHeartbeatRequest {
            group_id: "regex",
            member_id: "hostile-member",
            rebalance_timeout_ms: 1_000,
            subscribed_topic_regex: Some("(a+)+(a+)+(a+)+$"),
            topic_partitions: Some(Vec::new()),
            ..ConsumerGroupHeartbeatRequest::default()
        };
        ask(server, &request, 1)
    }),
    ("a pattern that repeats a thousand million times", |server| {
        let request = ConsumerGroupHeartbeatRequest {
            group_id: "regex-large",
            member_id: "hostile-member",
            rebalance_timeout_ms: 1_000,
            subscribed_topic_regex: Some("((a{1000}){1000}){1000}"),
            topic_partitions: Some(Vec::new()),
            ..ConsumerGroupHeartbeatRequest::default()
        };
        ask(server, &request, 1)
    }),
    ("a pattern of transactional ids that is none", |server| {
        ask(
            server,
            &ListTransactionsRequest {
                transactional_id_pattern: Some("((("),
                ..ListTransactionsRequest::default()
            },
            2,
        )
    }),
    ("a transaction with a negative timeout", |server| {
        let request = InitProducerIdRequest {
            transactional_id: Some("hostile"),
            transaction_timeout_ms: -1,
            producer_id: -1,
            producer_epoch: -1,
        };
        ask(server, &request, 3)
    }),
    ("the end of a transaction that nobody began", |server| {
        ask(
            server,
            &EndTxnRequest {
                transactional_id: "nobody",
                producer_id: i64::MAX,
                producer_epoch: i16::MAX,
                committed: true,
            },
            3,
        )
    }),
    ("a password where none is asked for", |server| {
        ends(server, &frame(&SaslAuthenticateRequest { auth_bytes: &[0; 100_000] }, 1))
    }),
];

/// The server answers or closes, as it likes.
fn ends(server: &Server, bytes: &[u8]) -> io::Result<()> {
    server.send(bytes).map(drop)
}

/// The same for a request that is well-formed.
fn ask<'a, R: Request<'a>>(server: &Server, request: &R, version: i16) -> io::Result<()> {
    ends(server, &frame(request, version))
}

fn creatable(name: &str, num_partitions: i32) -> CreatableTopic<'_> {
    CreatableTopic { name, num_partitions, replication_factor: 1, ..CreatableTopic::default() }
}

fn create(name: &str, num_partitions: i32) -> CreateTopicsRequest<'_> {
    CreateTopicsRequest {
        topics: vec![creatable(name, num_partitions)],
        timeout_ms: 1_000,
        validate_only: false,
    }
}

fn fetch(fetch_offset: i64, partition_max_bytes: i32) -> FetchRequest<'static> {
    let partition = FetchPartition { fetch_offset, partition_max_bytes, ..FetchPartition::default() };
    let topics = vec![FetchTopic { topic: ALIVE, partitions: vec![partition], ..FetchTopic::default() }];
    FetchRequest {
        max_wait_ms: 10,
        min_bytes: i32::MAX,
        max_bytes: i32::MAX,
        topics,
        ..FetchRequest::default()
    }
}
