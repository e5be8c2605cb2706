//! The coordinator in a whole broker: what comes back as bytes, what a power cut leaves, what time does by itself.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;
use watershed_event::clock::Clock;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use watershed_protocol::messages::leave_group_request::MemberIdentity;
use watershed_protocol::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use watershed_protocol::messages::offset_delete_request::{
    OffsetDeleteRequestPartition, OffsetDeleteRequestTopic,
};
use watershed_protocol::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopic, OffsetFetchRequestTopics,
};
use watershed_protocol::messages::sync_group_request::SyncGroupRequestAssignment;
use watershed_protocol::messages::{
    ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse, ConsumerGroupHeartbeatRequest,
    ConsumerGroupHeartbeatResponse, DeleteGroupsRequest, DeleteGroupsResponse, DescribeGroupsRequest,
    DescribeGroupsResponse, FindCoordinatorRequest, FindCoordinatorResponse, HeartbeatRequest,
    HeartbeatResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse,
    ListGroupsRequest, ListGroupsResponse, OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest,
    OffsetDeleteResponse, OffsetFetchRequest, OffsetFetchResponse, SyncGroupRequest, SyncGroupResponse,
};

use super::{Commit, Committed, bench};
use crate::api::harness::Harness;
use crate::disk::SimulatedDisk;
use crate::options::{Blocking, Options};

mod writes;

/// The wall clock is tokio's, which a test stops and moves.
struct PausedClock(Instant);

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap().saturating_add(self.elapsed()).unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A broker on this disk, whose time is tokio's.
async fn start(disk: &SimulatedDisk) -> Harness {
    let options = Options { blocking: Blocking::Inline, ..Options::new("data") };
    Harness::start_on(options, Arc::new(disk.clone()), Arc::new(PausedClock(Instant::now()))).await
}

fn join_request(version: i16, member_id: &str) -> JoinGroupRequest<'_> {
    JoinGroupRequest {
        group_id: "g",
        session_timeout_ms: 10_000,
        rebalance_timeout_ms: if version >= 1 { 60_000 } else { -1 },
        member_id,
        protocol_type: "consumer",
        protocols: vec![JoinGroupRequestProtocol { name: "range", metadata: b"" }],
        ..JoinGroupRequest::default()
    }
}

/// Joins as the only member; gives its id and the generation.
async fn join(harness: &Harness, version: i16) -> (String, i32) {
    let mut member = String::new();
    for _ in 0..2 {
        let answer = harness.ask(&join_request(version, &member), version).await;
        let answer: JoinGroupResponse<'_> = answer.read();
        answer.member_id.clone_into(&mut member);
        if answer.error_code == 0 {
            return (member, answer.generation_id);
        }
        assert_eq!(answer.error_code, ErrorCode::MemberIdRequired.code());
    }
    panic!("asked for its member id twice")
}

async fn sync(harness: &Harness, version: i16, member_id: &str, generation_id: i32) {
    let request = SyncGroupRequest {
        group_id: "g",
        generation_id,
        member_id,
        protocol_type: (version >= 5).then_some("consumer"),
        protocol_name: (version >= 5).then_some("range"),
        assignments: vec![SyncGroupRequestAssignment { member_id, assignment: b"part" }],
        ..SyncGroupRequest::default()
    };
    let answer = harness.ask(&request, version).await;
    let answer: SyncGroupResponse<'_> = answer.read();
    assert_eq!((answer.error_code, answer.assignment), (0, &b"part"[..]));
}

async fn commit(harness: &Harness, version: i16, id: Uuid, member: (&str, i32), offset: i64) -> i16 {
    let partition = OffsetCommitRequestPartition {
        partition_index: 1,
        committed_offset: offset,
        committed_metadata: Some("note"),
        ..OffsetCommitRequestPartition::default()
    };
    let topic = OffsetCommitRequestTopic {
        name: if version < 10 { "topic" } else { "" },
        topic_id: if version < 10 { Uuid::nil() } else { id },
        partitions: vec![partition],
    };
    let request = OffsetCommitRequest {
        group_id: "g",
        generation_id_or_member_epoch: member.1,
        member_id: member.0,
        topics: vec![topic],
        ..OffsetCommitRequest::default()
    };
    let answer = harness.ask(&request, version).await;
    let answer: OffsetCommitResponse<'_> = answer.read();
    assert_eq!(answer.topics[0].partitions[0].partition_index, 1);
    answer.topics[0].partitions[0].error_code
}

/// The committed offset of `topic-1`, asked for by partition and as part of all.
async fn fetch(harness: &Harness, version: i16, id: Uuid) -> [i64; 2] {
    let mut found = [-2; 2];
    for (by, found) in [Some(()), None].into_iter().zip(&mut found) {
        let answer = if version < 8 {
            let topic = OffsetFetchRequestTopic { name: "topic", partition_indexes: vec![1] };
            let request = OffsetFetchRequest {
                group_id: "g",
                topics: if version < 2 { Some(vec![topic]) } else { by.map(|()| vec![topic]) },
                ..OffsetFetchRequest::default()
            };
            harness.ask(&request, version).await
        } else {
            let topic = OffsetFetchRequestTopics {
                name: if version < 10 { "topic" } else { "" },
                topic_id: if version < 10 { Uuid::nil() } else { id },
                partition_indexes: vec![1],
            };
            let group = OffsetFetchRequestGroup {
                group_id: "g",
                topics: by.map(|()| vec![topic]),
                ..OffsetFetchRequestGroup::default()
            };
            let request = OffsetFetchRequest { groups: vec![group], ..OffsetFetchRequest::default() };
            harness.ask(&request, version).await
        };
        let answer: OffsetFetchResponse<'_> = answer.read();
        *found = if version < 8 {
            answer.topics.first().map_or(-1, |topic| topic.partitions[0].committed_offset)
        } else {
            answer.groups[0].topics.first().map_or(-1, |topic| topic.partitions[0].committed_offset)
        };
    }
    found
}

async fn topic_id(harness: &Harness) -> Uuid {
    harness.create_topic("topic", 2).await;
    harness.broker.catalog.topic("topic").unwrap().id
}

#[tokio::test(start_paused = true)]
async fn a_member_lives_and_leaves_in_every_version() {
    for version in 0..=9 {
        let harness = start(&SimulatedDisk::new(1)).await;
        let (member_id, generation) = join(&harness, version).await;
        sync(&harness, version.min(5), &member_id, generation).await;
        let beat = HeartbeatRequest {
            group_id: "g",
            generation_id: generation,
            member_id: &member_id,
            group_instance_id: None,
        };
        let answer = harness.ask(&beat, version.min(4)).await;
        assert_eq!(answer.read::<HeartbeatResponse>().error_code, 0);
        let described = DescribeGroupsRequest { groups: vec!["g", "other"], ..Default::default() };
        let answer = harness.ask(&described, version.min(6)).await;
        let answer: DescribeGroupsResponse<'_> = answer.read();
        assert_eq!((answer.groups[0].group_state, answer.groups[0].protocol_data), ("Stable", "range"));
        assert_eq!(answer.groups[0].members[0].member_assignment, b"part");
        assert_eq!(answer.groups[1].group_state, "Dead");
        let leave = if version < 3 {
            LeaveGroupRequest { group_id: "g", member_id: &member_id, members: Vec::new() }
        } else {
            let member = MemberIdentity { member_id: &member_id, ..MemberIdentity::default() };
            LeaveGroupRequest { group_id: "g", member_id: "", members: vec![member] }
        };
        let answer = harness.ask(&leave, version.min(5)).await;
        assert_eq!(answer.read::<LeaveGroupResponse<'_>>().error_code, 0);
        let list = harness.ask(&ListGroupsRequest::default(), version.min(5)).await;
        let list: ListGroupsResponse<'_> = list.read();
        assert_eq!((list.groups.len(), list.groups[0].group_id), (1, "g"));
        let delete = DeleteGroupsRequest { groups_names: vec!["g", "other"] };
        let answer = harness.ask(&delete, version.min(2)).await;
        let codes: Vec<i16> = answer
            .read::<DeleteGroupsResponse<'_>>()
            .results
            .iter()
            .map(|result| result.error_code)
            .collect();
        assert_eq!(codes, [0, ErrorCode::GroupIdNotFound.code()]);
    }
}

#[tokio::test(start_paused = true)]
async fn offsets_are_committed_and_fetched_in_every_version() {
    let harness = start(&SimulatedDisk::new(1)).await;
    let id = topic_id(&harness).await;
    for version in 1..=10 {
        let offset = i64::from(version);
        assert_eq!(commit(&harness, version.max(2), id, ("", -1), offset).await, 0);
        assert_eq!(fetch(&harness, version, id).await, [offset, offset], "version {version}");
    }
    assert_eq!(commit(&harness, 10, Uuid::from_u128(1), ("", -1), 7).await, ErrorCode::UnknownTopicId.code());
    let delete = OffsetDeleteRequest {
        group_id: "g",
        topics: vec![OffsetDeleteRequestTopic {
            name: "topic",
            partitions: vec![
                OffsetDeleteRequestPartition { partition_index: 1 },
                OffsetDeleteRequestPartition { partition_index: 2 },
            ],
        }],
    };
    let answer = harness.ask(&delete, 0).await;
    let answer: OffsetDeleteResponse<'_> = answer.read();
    let codes: Vec<i16> = answer.topics[0].partitions.iter().map(|partition| partition.error_code).collect();
    assert_eq!((answer.error_code, codes), (0, vec![0, ErrorCode::UnknownTopicOrPartition.code()]));
    assert_eq!(fetch(&harness, 8, id).await, [-1, -1]);
}

#[tokio::test(start_paused = true)]
async fn an_offset_of_a_deleted_topic_is_none_of_another_that_has_its_name() {
    let disk = SimulatedDisk::new(1);
    let late = |topic_id: Uuid| Commit {
        group: "g".to_owned(),
        member_id: String::new(),
        instance_id: None,
        generation: -1,
        transactional: false,
        knows_epochs: true,
        offsets: vec![("topic".to_owned(), 1, Committed { topic_id, ..bench::offset_of(42) })],
    };
    let new = {
        let harness = start(&disk).await;
        let old = topic_id(&harness).await;
        harness.broker.catalog.delete_topics(vec![old]).await.remove(0).unwrap();
        let new = topic_id(&harness).await;
        // It found the topic when it was still there, or its tombstone was lost with a kill.
        harness.broker.groups.commit(&harness.broker, None, &late(old)).await.unwrap();
        for version in [1, 8, 10] {
            assert_eq!(fetch(&harness, version, new).await, [-1, -1], "version {version}");
        }
        disk.power_cut();
        new
    };
    let harness = start(&disk).await;
    assert_eq!(fetch(&harness, 10, new).await, [-1, -1]);
    let is_there = |harness: &Harness| {
        harness.broker.groups.lock().coordinator.offsets.committed("g", "topic", 1).is_some()
    };
    assert!(!is_there(&harness), "the start has forgotten it");
    assert_eq!(commit(&harness, 10, new, ("", -1), 7).await, 0);
    assert_eq!(fetch(&harness, 10, new).await, [7, 7]);
    harness.broker.catalog.delete_topics(vec![new]).await.remove(0).unwrap();
    assert!(!is_there(&harness));
}

#[tokio::test(start_paused = true)]
async fn the_coordinator_is_this_node_in_every_version() {
    let harness = start(&SimulatedDisk::new(1)).await;
    for version in 0..=6 {
        let request = if version < 4 {
            FindCoordinatorRequest { key: "g", ..FindCoordinatorRequest::default() }
        } else {
            FindCoordinatorRequest { coordinator_keys: vec!["g", "h"], ..FindCoordinatorRequest::default() }
        };
        let answer = harness.ask(&request, version).await;
        let answer: FindCoordinatorResponse<'_> = answer.read();
        if version < 4 {
            assert_eq!((answer.error_code, answer.node_id, answer.port), (0, 1, 9092));
        } else {
            let keys: Vec<_> = answer.coordinators.iter().map(|found| (found.key, found.node_id)).collect();
            assert_eq!(keys, [("g", 1), ("h", 1)]);
        }
    }
    let share = FindCoordinatorRequest { key_type: 2, coordinator_keys: vec!["s"], ..Default::default() };
    let answer = harness.ask(&share, 6).await;
    let answer: FindCoordinatorResponse<'_> = answer.read();
    assert_eq!(answer.coordinators[0].error_code, ErrorCode::InvalidRequest.code());
}

#[tokio::test(start_paused = true)]
async fn a_consumer_group_is_assigned_described_and_left_in_every_version() {
    for version in 0..=1 {
        let harness = start(&SimulatedDisk::new(1)).await;
        let id = topic_id(&harness).await;
        let joins = ConsumerGroupHeartbeatRequest {
            group_id: "g",
            member_id: "m",
            rebalance_timeout_ms: 1_000,
            subscribed_topic_names: Some(vec!["topic"]),
            topic_partitions: Some(Vec::new()),
            ..ConsumerGroupHeartbeatRequest::default()
        };
        let answer = harness.ask(&joins, version).await;
        let answer: ConsumerGroupHeartbeatResponse<'_> = answer.read();
        assert_eq!((answer.error_code, answer.member_epoch), (0, 1));
        let assigned = answer.assignment.unwrap().topic_partitions;
        assert_eq!((assigned[0].topic_id, &*assigned[0].partitions), (id, &[0, 1][..]));
        let describe = ConsumerGroupDescribeRequest { group_ids: vec!["g", "h"], ..Default::default() };
        let answer = harness.ask(&describe, version).await;
        let answer: ConsumerGroupDescribeResponse<'_> = answer.read();
        assert_eq!((answer.groups[0].group_state, answer.groups[0].assignor_name), ("Stable", "uniform"));
        assert_eq!(answer.groups[0].members[0].assignment.topic_partitions[0].topic_name, "topic");
        assert_eq!(answer.groups[1].error_code, ErrorCode::GroupIdNotFound.code());
        let leaves = ConsumerGroupHeartbeatRequest {
            group_id: "g",
            member_id: "m",
            member_epoch: -1,
            ..ConsumerGroupHeartbeatRequest::default()
        };
        let answer = harness.ask(&leaves, version).await;
        assert_eq!(answer.read::<ConsumerGroupHeartbeatResponse<'_>>().member_epoch, -1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answered_commit_and_the_members_survive_a_power_cut() {
    let disk = SimulatedDisk::new(1);
    let (id, member, generation);
    {
        let harness = start(&disk).await;
        id = topic_id(&harness).await;
        (member, generation) = join(&harness, 9).await;
        sync(&harness, 5, &member, generation).await;
        assert_eq!(commit(&harness, 9, id, (&member, generation), 42).await, 0);
        disk.power_cut();
    }
    let harness = start(&disk).await;
    assert_eq!(fetch(&harness, 9, id).await, [42, 42]);
    let heard = harness.broker.groups.heartbeat(&harness.broker, "g", &member, None, generation);
    assert_eq!(heard, Ok(()));
    sync(&harness, 5, &member, generation).await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_member_goes_by_itself_when_its_time_is_over() {
    let harness = start(&SimulatedDisk::new(1)).await;
    let (member, generation) = join(&harness, 9).await;
    sync(&harness, 5, &member, generation).await;
    pass(Duration::from_millis(9_900)).await;
    assert_eq!(harness.broker.groups.describe("g").unwrap().state, "Stable");
    pass(Duration::from_millis(200)).await;
    assert_eq!(harness.broker.groups.describe("g").unwrap().state, "Empty");
}

#[tokio::test(start_paused = true)]
async fn a_join_waits_for_the_others_without_holding_up_anybody() {
    let harness = start(&SimulatedDisk::new(1)).await;
    let (first, generation) = join(&harness, 3).await;
    sync(&harness, 3, &first, generation).await;
    let second_request = join_request(3, "");
    let first_request = join_request(3, &first);
    let (second, again) = tokio::join!(harness.ask(&second_request, 3), async {
        pass(Duration::from_secs(3)).await;
        let heard = harness.broker.groups.heartbeat(&harness.broker, "g", &first, None, generation);
        assert_eq!(heard, Err(ErrorCode::RebalanceInProgress));
        harness.ask(&first_request, 3).await
    });
    let (second, again): (JoinGroupResponse<'_>, JoinGroupResponse<'_>) = (second.read(), again.read());
    assert_eq!((second.generation_id, again.generation_id), (generation + 1, generation + 1));
    assert_eq!(again.members.len(), 2);
}

/// Lets time pass: the clock of the test stands, and goes on when everybody waits.
async fn pass(time: Duration) {
    drop(tokio::time::timeout(time, std::future::pending::<()>()).await);
}
