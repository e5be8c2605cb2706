//! Writes that fail for a moment, or are longer than a batch may be: what was to happen happens none the less.

use watershed_protocol::messages::JoinGroupResponse;

use super::*;
use crate::disk::Fault;

const SESSION: Duration = Duration::from_secs(45);

async fn beat(harness: &Harness, member_id: &str, member_epoch: i32) -> i16 {
    let joins = member_epoch == 0;
    let request = ConsumerGroupHeartbeatRequest {
        group_id: "g",
        member_id,
        member_epoch,
        rebalance_timeout_ms: if joins { 60_000 } else { -1 },
        subscribed_topic_names: joins.then(|| vec!["topic"]),
        topic_partitions: joins.then(Vec::new),
        ..ConsumerGroupHeartbeatRequest::default()
    };
    let answer = harness.ask(&request, 1).await;
    answer.read::<ConsumerGroupHeartbeatResponse<'_>>().error_code
}

fn state(harness: &Harness) -> &'static str {
    harness.broker.groups.describe_consumers(&harness.broker, "g").unwrap().state
}

#[tokio::test(start_paused = true)]
async fn a_member_whose_removal_could_not_be_written_goes_half_a_second_later() {
    let disk = SimulatedDisk::new(1);
    let harness = start(&disk).await;
    topic_id(&harness).await;
    assert_eq!(beat(&harness, "m", 0).await, 0);
    pass(SESSION - Duration::from_millis(100)).await;
    disk.fail(Fault::Write(0));
    pass(Duration::from_millis(200)).await;
    assert_eq!(state(&harness), "Stable", "its removal is not in the log");
    pass(Duration::from_millis(500)).await;
    assert_eq!(state(&harness), "Empty");
}

#[tokio::test(start_paused = true)]
async fn a_member_that_could_not_be_let_go_is_out_when_its_session_is_over() {
    let disk = SimulatedDisk::new(1);
    let harness = start(&disk).await;
    topic_id(&harness).await;
    assert_eq!(beat(&harness, "m", 0).await, 0);
    disk.fail(Fault::Write(0));
    assert_eq!(beat(&harness, "m", -1).await, ErrorCode::NotCoordinator.code());
    assert_eq!(state(&harness), "Stable");
    pass(SESSION + Duration::from_millis(100)).await;
    assert_eq!(state(&harness), "Empty");
}

#[tokio::test(start_paused = true)]
async fn a_classic_group_that_could_not_become_a_consumer_group_keeps_its_time() {
    let disk = SimulatedDisk::new(1);
    let harness = start(&disk).await;
    topic_id(&harness).await;
    let subscription = [0, 0, 0, 0, 0, 1, 0, 5, b't', b'o', b'p', b'i', b'c', 0xff, 0xff, 0xff, 0xff];
    let request = JoinGroupRequest {
        protocols: vec![JoinGroupRequestProtocol { name: "range", metadata: &subscription }],
        ..join_request(3, "")
    };
    let answer = harness.ask(&request, 3).await;
    let answer: JoinGroupResponse<'_> = answer.read();
    let assigned = SyncGroupRequestAssignment { member_id: answer.member_id, assignment: b"" };
    let request = SyncGroupRequest {
        group_id: "g",
        generation_id: answer.generation_id,
        member_id: answer.member_id,
        assignments: vec![assigned],
        ..SyncGroupRequest::default()
    };
    harness.ask(&request, 3).await;
    disk.fail(Fault::Write(0));
    assert_eq!(beat(&harness, "m", 0).await, ErrorCode::NotCoordinator.code());
    assert_eq!(harness.broker.groups.describe("g").unwrap().state, "Stable");
    pass(Duration::from_millis(10_100)).await;
    assert_eq!(harness.broker.groups.describe("g").unwrap().state, "Empty", "nobody was heard of");
}

/// Commits as nobody's member for the first so many partitions of this topic, in several requests.
async fn commit_all(harness: &Harness, topic: &str, partitions: i32) {
    let topic_id = harness.broker.catalog.topic(topic).map_or(Uuid::nil(), |topic| topic.id);
    let offset = Committed {
        offset: 1,
        leader_epoch: -1,
        metadata: String::new(),
        // Long enough ago for them to expire when it is next looked.
        committed_ms: harness.broker.now_ms() - 8 * 24 * 60 * 60 * 1000,
        expires_ms: None,
        topic_id,
        record_offset: -1,
    };
    let all: Vec<_> =
        (0..partitions).map(|partition| (topic.to_owned(), partition, offset.clone())).collect();
    for offsets in all.chunks(2_000) {
        let commit = Commit {
            group: "g".to_owned(),
            member_id: String::new(),
            instance_id: None,
            generation: -1,
            transactional: false,
            knows_epochs: true,
            offsets: offsets.to_vec(),
        };
        let codes = harness.broker.groups.commit(&harness.broker, None, &commit).await;
        assert!(codes.unwrap().iter().all(|code| *code == ErrorCode::None));
    }
}

fn count(harness: &Harness) -> usize {
    let offsets = &harness.broker.groups.lock().coordinator.offsets;
    offsets.partitions("g").len()
}

#[tokio::test(start_paused = true)]
async fn more_offsets_than_go_into_one_batch_are_deleted_with_group_or_topic_or_when_they_expire() {
    let topic = "t".repeat(200);
    let harness = start(&SimulatedDisk::new(1)).await;
    harness.create_topic(&topic, 1).await;
    commit_all(&harness, &topic, 6_000).await;
    assert_eq!(count(&harness), 6_000);
    let answer = harness.ask(&DeleteGroupsRequest { groups_names: vec!["g"] }, 2).await;
    assert_eq!(answer.read::<DeleteGroupsResponse<'_>>().results[0].error_code, 0);
    assert_eq!(count(&harness), 0);
    commit_all(&harness, &topic, 6_000).await;
    let id = harness.broker.catalog.topic(&topic).unwrap().id;
    harness.broker.catalog.delete_topics(vec![id]).await.remove(0).unwrap();
    assert_eq!(count(&harness), 0);
    commit_all(&harness, &topic, 6_000).await;
    pass(Duration::from_secs(11 * 60)).await;
    assert_eq!(count(&harness), 0);
}
