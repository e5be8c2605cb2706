//! Claims about the administrative APIs together: every version is answered, and what was changed is described.

use watershed_protocol::messages::*;

use super::harness::Harness;

/// Asks with an empty request in each version.
macro_rules! answered {
    ($harness:ident, $($request:ty => $response:ty: $versions:expr),+ $(,)?) => {
        $(for version in $versions {
            let request: $request = Default::default();
            let answer = $harness.ask(&request, version).await;
            let _: $response = answer.read();
        })+
    };
}

#[tokio::test]
async fn every_version_is_answered() {
    let harness = Harness::start().await;
    answered!(harness,
        CreateTopicsRequest<'_> => CreateTopicsResponse<'_>: 2..=7,
        DeleteTopicsRequest<'_> => DeleteTopicsResponse<'_>: 1..=6,
        CreatePartitionsRequest<'_> => CreatePartitionsResponse<'_>: 0..=3,
        DeleteRecordsRequest<'_> => DeleteRecordsResponse<'_>: 0..=2,
        ListOffsetsRequest<'_> => ListOffsetsResponse<'_>: 1..=11,
        OffsetForLeaderEpochRequest<'_> => OffsetForLeaderEpochResponse<'_>: 2..=4,
        DescribeConfigsRequest<'_> => DescribeConfigsResponse<'_>: 1..=4,
        AlterConfigsRequest<'_> => AlterConfigsResponse<'_>: 0..=2,
        IncrementalAlterConfigsRequest<'_> => IncrementalAlterConfigsResponse<'_>: 0..=1,
        ListConfigResourcesRequest => ListConfigResourcesResponse<'_>: 0..=1,
        DescribeLogDirsRequest<'_> => DescribeLogDirsResponse<'_>: 1..=5,
        AlterReplicaLogDirsRequest<'_> => AlterReplicaLogDirsResponse<'_>: 1..=2,
        ElectLeadersRequest<'_> => ElectLeadersResponse<'_>: 0..=2,
        AlterPartitionReassignmentsRequest<'_> => AlterPartitionReassignmentsResponse<'_>: 0..=1,
        ListPartitionReassignmentsRequest<'_> => ListPartitionReassignmentsResponse<'_>: 0..=0,
        DescribeAclsRequest<'_> => DescribeAclsResponse<'_>: 1..=3,
        CreateAclsRequest<'_> => CreateAclsResponse<'_>: 1..=3,
        DeleteAclsRequest<'_> => DeleteAclsResponse<'_>: 1..=3,
        DescribeClientQuotasRequest<'_> => DescribeClientQuotasResponse<'_>: 0..=1,
        AlterClientQuotasRequest<'_> => AlterClientQuotasResponse<'_>: 0..=1,
        DescribeUserScramCredentialsRequest<'_> => DescribeUserScramCredentialsResponse<'_>: 0..=0,
        AlterUserScramCredentialsRequest<'_> => AlterUserScramCredentialsResponse<'_>: 0..=0,
        DescribeQuorumRequest<'_> => DescribeQuorumResponse<'_>: 0..=2,
        UpdateFeaturesRequest<'_> => UpdateFeaturesResponse<'_>: 0..=2,
        UnregisterBrokerRequest => UnregisterBrokerResponse<'_>: 0..=0,
        GetTelemetrySubscriptionsRequest => GetTelemetrySubscriptionsResponse<'_>: 0..=0,
        PushTelemetryRequest<'_> => PushTelemetryResponse: 0..=0,
        DescribeTopicPartitionsRequest<'_> => DescribeTopicPartitionsResponse<'_>: 0..=0,
    );
    for version in 0..=2 {
        let request = DescribeClusterRequest { endpoint_type: 1, ..Default::default() };
        let answer = harness.ask(&request, version).await;
        assert_eq!(answer.read::<DescribeClusterResponse<'_>>().brokers.len(), 1);
    }
}

/// What one resource's settings were altered with, and what the answer says.
async fn alter(
    harness: &Harness,
    resource: (i8, &str),
    name: &str,
    operation: i8,
    value: Option<&str>,
) -> i16 {
    use watershed_protocol::messages::incremental_alter_configs_request::{
        AlterConfigsResource, AlterableConfig,
    };
    let resource = AlterConfigsResource {
        resource_type: resource.0,
        resource_name: resource.1,
        configs: vec![AlterableConfig { name, config_operation: operation, value }],
    };
    let request = IncrementalAlterConfigsRequest { resources: vec![resource], validate_only: false };
    let answer = harness.ask(&request, 1).await;
    answer.read::<IncrementalAlterConfigsResponse<'_>>().responses[0].error_code
}

/// Value and source of a setting.
async fn described(harness: &Harness, resource: (i8, &str), name: &str) -> Option<(String, i8)> {
    use watershed_protocol::messages::describe_configs_request::DescribeConfigsResource;
    let resource = DescribeConfigsResource {
        resource_type: resource.0,
        resource_name: resource.1,
        configuration_keys: Some(vec![name]),
    };
    let request = DescribeConfigsRequest {
        resources: vec![resource],
        include_synonyms: true,
        include_documentation: true,
    };
    let answer = harness.ask(&request, 4).await;
    let response: DescribeConfigsResponse<'_> = answer.read();
    assert_eq!(response.results[0].error_code, 0);
    let config = response.results[0].configs.first()?;
    Some((config.value.unwrap_or("(none)").to_owned(), config.config_source))
}

const TOPIC: (i8, &str) = (2, "orders");
const BROKER: (i8, &str) = (4, "1");
const ALL_BROKERS: (i8, &str) = (4, "");
const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

#[tokio::test]
async fn settings_are_layered_altered_and_kept_as_kafka_does() {
    let harness = Harness::start().await;
    harness.create_topic("orders", 1).await;
    let expect = |value: &str, source: i8| Some((value.to_owned(), source));
    assert_eq!(described(&harness, TOPIC, "retention.ms").await, expect("604800000", 5));
    assert_eq!(alter(&harness, ALL_BROKERS, "log.retention.ms", SET, Some("2000000")).await, 0);
    assert_eq!(described(&harness, TOPIC, "retention.ms").await, expect("2000000", 3));
    assert_eq!(alter(&harness, BROKER, "log.retention.ms", SET, Some("1000000")).await, 0);
    assert_eq!(described(&harness, TOPIC, "retention.ms").await, expect("1000000", 2));
    assert_eq!(alter(&harness, TOPIC, "retention.ms", SET, Some("5")).await, 0);
    assert_eq!(described(&harness, TOPIC, "retention.ms").await, expect("5", 1));
    let harness = harness.restart().await;
    assert_eq!(described(&harness, TOPIC, "retention.ms").await, expect("5", 1));
    assert_eq!(alter(&harness, TOPIC, "retention.ms", DELETE, None).await, 0);
    assert_eq!(described(&harness, TOPIC, "retention.ms").await, expect("1000000", 2));
    assert_eq!(alter(&harness, TOPIC, "cleanup.policy", APPEND, Some("compact")).await, 0);
    assert_eq!(described(&harness, TOPIC, "cleanup.policy").await, expect("delete,compact", 1));
    assert_eq!(alter(&harness, TOPIC, "cleanup.policy", SUBTRACT, Some("delete")).await, 0);
    assert_eq!(described(&harness, TOPIC, "cleanup.policy").await, expect("compact", 1));
    assert_eq!(alter(&harness, TOPIC, "preallocate", SET, Some("TRUE")).await, 0);
    assert_eq!(described(&harness, TOPIC, "preallocate").await, expect("true", 1));
}

#[tokio::test]
async fn a_list_that_grew_too_long_to_be_kept_is_refused() {
    let harness = Harness::start().await;
    let (client, long) = ((16, "m"), |letter: &str| letter.repeat(20_000));
    assert_eq!(alter(&harness, client, "metrics", SET, Some(&long("a"))).await, 0);
    let refused = alter(&harness, client, "metrics", APPEND, Some(&long("b"))).await;
    assert_ne!(refused, 0);
    let harness = harness.restart().await;
    assert_eq!(described(&harness, client, "metrics").await.unwrap().0, long("a"));
}

#[tokio::test]
async fn alterations_that_kafka_refuses_are_refused_with_its_codes() {
    let harness = Harness::start().await;
    harness.create_topic("orders", 1).await;
    let check = async |resource, name, operation, value, code: watershed_protocol::ErrorCode| {
        let found = alter(&harness, resource, name, operation, value).await;
        assert_eq!(found, code.code(), "{resource:?} {name} {operation} {value:?}");
    };
    use watershed_protocol::ErrorCode as E;
    check(TOPIC, "retention.ms", SET, Some("x"), E::InvalidConfig).await;
    check(TOPIC, "retention.ms", SET, Some("-2"), E::InvalidConfig).await;
    check(TOPIC, "retention.ms", SET, None, E::InvalidRequest).await;
    check(TOPIC, "retention.ms", APPEND, Some("5"), E::InvalidConfig).await;
    check(TOPIC, "retention.ms", 9, Some("5"), E::InvalidRequest).await;
    check(TOPIC, "nope", SET, Some("5"), E::InvalidConfig).await;
    check(TOPIC, "nope", DELETE, None, E::None).await;
    check((2, "missing"), "retention.ms", SET, Some("5"), E::UnknownTopicOrPartition).await;
    check(BROKER, "num.partitions", SET, Some("3"), E::InvalidRequest).await;
    check(BROKER, "message.max.bytes", SET, Some("x"), E::InvalidRequest).await;
    check((4, "9"), "message.max.bytes", SET, Some("1000"), E::InvalidRequest).await;
    check((32, "g"), "consumer.session.timeout.ms", SET, Some("50000"), E::None).await;
    check((32, "g"), "consumer.session.timeout.ms", SET, Some("5"), E::InvalidConfig).await;
    check((32, "g"), "nope", SET, Some("5"), E::InvalidConfig).await;
    check((16, "m"), "interval.ms", SET, Some("1000"), E::None).await;
    check((16, "m"), "interval.ms", SET, Some("1"), E::InvalidRequest).await;
    check((16, "m"), "match", SET, Some("client_id=.*"), E::None).await;
    check((8, "1"), "kafka.server", SET, Some("DEBUG"), E::InvalidConfig).await;
}

#[tokio::test]
async fn a_topic_that_is_named_twice_is_neither_created_nor_deleted() {
    use watershed_protocol::messages::create_topics_request::CreatableTopic;
    let harness = Harness::start().await;
    let topic = CreatableTopic { name: "x", num_partitions: 1, replication_factor: 1, ..Default::default() };
    let request = CreateTopicsRequest { topics: vec![topic.clone(), topic], ..Default::default() };
    let answer = harness.ask(&request, 7).await;
    let response: CreateTopicsResponse<'_> = answer.read();
    assert_eq!((response.topics.len(), response.topics[0].error_code), (1, 42));
    harness.create_topic("x", 1).await;
    let request = DeleteTopicsRequest { topic_names: vec!["x", "x"], ..Default::default() };
    let answer = harness.ask(&request, 5).await;
    assert!(answer.read::<DeleteTopicsResponse<'_>>().responses.iter().all(|topic| topic.error_code == 42));
    assert!(harness.broker.catalog.topic("x").is_some());
}

#[tokio::test]
async fn a_deleted_topic_is_gone_and_its_name_can_be_had_again_with_another_id() {
    let harness = Harness::start().await;
    harness.create_topic("x", 2).await;
    let before = harness.broker.catalog.topic("x").unwrap();
    let request =
        DeleteTopicsRequest { topic_names: vec!["x", "missing", "__consumer_offsets"], ..Default::default() };
    let answer = harness.ask(&request, 5).await;
    let response: DeleteTopicsResponse<'_> = answer.read();
    let codes: Vec<i16> = response.responses.iter().map(|topic| topic.error_code).collect();
    assert_eq!(codes, [0, 3, 42]);
    assert!(harness.broker.catalog.topic("x").is_none());
    assert!(!harness.broker.options.data.join("x-0").exists());
    harness.create_topic("x", 1).await;
    let after = harness.broker.catalog.topic("x").unwrap();
    assert_ne!(before.id, after.id);
    let harness = harness.restart().await;
    assert_eq!(harness.broker.catalog.topic("x").map(|topic| topic.id), Some(after.id));
    let request = DeleteTopicsRequest {
        topics: vec![delete_topics_request::DeleteTopicState { name: None, topic_id: after.id }],
        ..Default::default()
    };
    let answer = harness.ask(&request, 6).await;
    let response: DeleteTopicsResponse<'_> = answer.read();
    assert_eq!((response.responses[0].name, response.responses[0].error_code), (Some("x"), 0));
    let harness = harness.restart().await;
    assert!(harness.broker.catalog.topic("x").is_none());
}

#[tokio::test]
async fn a_refused_setting_is_said_with_its_topic() {
    use watershed_protocol::messages::alter_configs_request::{AlterConfigsResource, AlterableConfig};
    let harness = Harness::start().await;
    harness.create_topic("orders", 1).await;
    let resource = AlterConfigsResource {
        resource_type: TOPIC.0,
        resource_name: TOPIC.1,
        configs: vec![AlterableConfig { name: "foo", value: Some("1") }],
    };
    let request = AlterConfigsRequest { resources: vec![resource], validate_only: false };
    let answer = harness.ask(&request, 2).await;
    let response = answer.read::<AlterConfigsResponse<'_>>();
    let expect = "the topic orders is not altered: there is no setting foo";
    assert_eq!(response.responses[0].error_message, Some(expect));
}

#[tokio::test]
async fn partitions_are_added_and_never_removed() {
    use watershed_protocol::messages::create_partitions_request::{
        CreatePartitionsAssignment, CreatePartitionsTopic,
    };
    let harness = Harness::start().await;
    harness.create_topic("orders", 2).await;
    let check = async |count, brokers: Option<&[i32]>, code: i16| {
        let assignments = brokers.map(|brokers| {
            brokers.iter().map(|&broker| CreatePartitionsAssignment { broker_ids: vec![broker] }).collect()
        });
        let topic = CreatePartitionsTopic { name: "orders", count, assignments };
        let request = CreatePartitionsRequest { topics: vec![topic], ..Default::default() };
        let answer = harness.ask(&request, 3).await;
        assert_eq!(answer.read::<CreatePartitionsResponse<'_>>().results[0].error_code, code, "{count}");
    };
    check(2, None, 37).await;
    check(1, None, 37).await;
    check(3, Some(&[7]), 39).await;
    check(4, Some(&[1]), 39).await;
    check(50_000, None, 44).await;
    check(5, None, 0).await;
    assert_eq!(harness.broker.catalog.topic("orders").unwrap().partitions.len(), 5);
    let harness = harness.restart().await;
    let topic = harness.broker.catalog.topic("orders").unwrap();
    assert_eq!(
        topic.partitions.iter().map(|partition| partition.id.partition).collect::<Vec<_>>(),
        [0, 1, 2, 3, 4]
    );
}

#[tokio::test]
async fn pages_of_topic_partitions_join_to_the_whole() {
    use watershed_protocol::messages::describe_topic_partitions_request::Cursor;
    let harness = Harness::start().await;
    harness.create_topic("a", 5).await;
    harness.create_topic("b", 1).await;
    harness.create_topic("c", 3).await;
    for limit in [1, 2, 3, 5, 6, 100] {
        let mut seen = Vec::new();
        let mut cursor: Option<(String, i32)> = None;
        loop {
            let request = DescribeTopicPartitionsRequest {
                topics: ["c", "a", "b"]
                    .map(|name| describe_topic_partitions_request::TopicRequest { name })
                    .to_vec(),
                response_partition_limit: limit,
                cursor: cursor.as_ref().map(|(name, partition_index)| Cursor {
                    topic_name: name,
                    partition_index: *partition_index,
                }),
            };
            let answer = harness.ask(&request, 0).await;
            let response: DescribeTopicPartitionsResponse<'_> = answer.read();
            let page: Vec<_> = response
                .topics
                .iter()
                .flat_map(|topic| {
                    topic
                        .partitions
                        .iter()
                        .map(|partition| (topic.name.unwrap().to_owned(), partition.partition_index))
                })
                .collect();
            assert!(page.len() <= usize::try_from(limit).unwrap());
            seen.extend(page);
            match response.next_cursor {
                Some(next) => cursor = Some((next.topic_name.to_owned(), next.partition_index)),
                None => break,
            }
        }
        let expected: Vec<(String, i32)> = [("a", 5), ("b", 1), ("c", 3)]
            .iter()
            .flat_map(|&(name, count)| (0..count).map(move |number| (name.to_owned(), number)))
            .collect();
        assert_eq!(seen, expected, "limit {limit}");
    }
}

#[tokio::test]
async fn scram_credentials_are_kept_and_checked() {
    use watershed_protocol::messages::alter_user_scram_credentials_request::{
        ScramCredentialDeletion, ScramCredentialUpsertion,
    };
    let harness = Harness::start().await;
    let upsertion = |iterations| ScramCredentialUpsertion {
        name: "alice",
        mechanism: 1,
        iterations,
        salt: b"salt",
        salted_password: b"hashed",
    };
    let ask = async |harness: &Harness,
                     deletions: Vec<ScramCredentialDeletion<'_>>,
                     upsertions: Vec<ScramCredentialUpsertion<'_>>| {
        let request = AlterUserScramCredentialsRequest { deletions, upsertions };
        let answer = harness.ask(&request, 0).await;
        answer.read::<AlterUserScramCredentialsResponse<'_>>().results[0].error_code
    };
    let deletion = || vec![ScramCredentialDeletion { name: "alice", mechanism: 1 }];
    assert_eq!(ask(&harness, vec![], vec![upsertion(4_095)]).await, 93);
    assert_eq!(ask(&harness, vec![], vec![upsertion(16_385)]).await, 93);
    assert_eq!(ask(&harness, deletion(), vec![]).await, 91);
    assert_eq!(ask(&harness, vec![], vec![upsertion(4_096)]).await, 0);
    assert_eq!(ask(&harness, deletion(), vec![upsertion(4_096)]).await, 92);
    let harness = harness.restart().await;
    let credential = harness.broker.catalog.scram_credential("alice", 1).unwrap();
    assert_eq!(
        (credential.iterations, credential.stored_key.len(), credential.salt.as_slice()),
        (4_096, 32, b"salt".as_slice())
    );
    assert_eq!(ask(&harness, deletion(), vec![]).await, 0);
    assert!(harness.broker.catalog.scram_credential("alice", 1).is_none());
}

#[tokio::test]
async fn quotas_are_kept_and_found_by_filters() {
    use watershed_protocol::messages::alter_client_quotas_request::{EntityData, EntryData, OpData};
    use watershed_protocol::messages::describe_client_quotas_request::ComponentData;
    let harness = Harness::start().await;
    let alter = async |parts: &[(&'static str, Option<&'static str>)], key, value, remove| {
        let entity =
            parts.iter().map(|&(entity_type, entity_name)| EntityData { entity_type, entity_name }).collect();
        let entry = EntryData { entity, ops: vec![OpData { key, value, remove }] };
        let request = AlterClientQuotasRequest { entries: vec![entry], validate_only: false };
        let answer = harness.ask(&request, 1).await;
        answer.read::<AlterClientQuotasResponse<'_>>().entries[0].error_code
    };
    assert_eq!(alter(&[("user", Some("u"))], "producer_byte_rate", 10.5, false).await, 0);
    assert_eq!(alter(&[("user", None), ("client-id", Some("c"))], "request_percentage", 5.0, false).await, 0);
    assert_eq!(alter(&[("user", Some("u"))], "nope", 10.0, false).await, 42);
    assert_eq!(alter(&[("user", Some("u"))], "producer_byte_rate", -1.0, false).await, 42);
    assert_eq!(
        alter(&[("ip", Some("1.2.3.4")), ("user", Some("u"))], "connection_creation_rate", 1.0, false).await,
        42
    );
    let count = async |components: Vec<ComponentData<'_>>, strict| {
        let request = DescribeClientQuotasRequest { components, strict };
        let answer = harness.ask(&request, 1).await;
        answer.read::<DescribeClientQuotasResponse<'_>>().entries.unwrap().len()
    };
    let user = |match_type, match_| ComponentData { entity_type: "user", match_type, match_ };
    assert_eq!(count(vec![], false).await, 2);
    assert_eq!(count(vec![user(0, Some("u"))], false).await, 1);
    assert_eq!(count(vec![user(1, None)], false).await, 1);
    assert_eq!(count(vec![user(1, None)], true).await, 0);
    assert_eq!(count(vec![user(2, None)], false).await, 2);
    assert_eq!(alter(&[("user", Some("u"))], "producer_byte_rate", 0.0, true).await, 0);
    assert_eq!(count(vec![], false).await, 1);
}

#[tokio::test]
async fn producer_ids_are_never_given_out_twice() {
    let harness = Harness::start().await;
    let first = harness.broker.catalog.producer_ids(&harness.broker).await.unwrap();
    let second = harness.broker.catalog.producer_ids(&harness.broker).await.unwrap();
    assert_eq!(first.end, second.start);
    let harness = harness.restart().await;
    let third = harness.broker.catalog.producer_ids(&harness.broker).await.unwrap();
    assert_eq!(second.end, third.start);
}

#[tokio::test]
async fn credentials_that_are_in_the_users_file_are_not_altered_without_effect() {
    use watershed_protocol::messages::alter_user_scram_credentials_request::{
        ScramCredentialDeletion, ScramCredentialUpsertion,
    };
    let mut harness = Harness::start().await;
    harness.users = Some(crate::Users::parse("alice:wonderland", [3; 32]).unwrap());
    let check = async |name: &str, upserted: i16, deleted: i16| {
        let (salt, salted_password) = (b"salt".as_slice(), b"salted".as_slice());
        let upsertion =
            ScramCredentialUpsertion { name, mechanism: 1, iterations: 4_096, salt, salted_password };
        let deletion = ScramCredentialDeletion { name, mechanism: 1 };
        for (upsertions, deletions, expect) in
            [(vec![upsertion], vec![], upserted), (vec![], vec![deletion], deleted)]
        {
            let request = AlterUserScramCredentialsRequest { deletions, upsertions };
            let answer = harness.ask(&request, 0).await;
            let response: AlterUserScramCredentialsResponse<'_> = answer.read();
            assert_eq!(response.results[0].error_code, expect, "{name}");
            if expect != 0 {
                assert!(response.results[0].error_message.unwrap().contains("--users"));
            }
        }
    };
    check("alice", 93, 93).await;
    check("bob", 0, 0).await;
}

#[tokio::test]
async fn what_is_asked_for_again_and_again_is_described_once() {
    use watershed_protocol::messages::{describe_producers_request, describe_quorum_request};
    let harness = Harness::start().await;
    harness.create_topic("orders", 1).await;
    let topic =
        describe_producers_request::TopicRequest { name: "orders", partition_indexes: vec![0, 0, 7, 7] };
    let answer = harness.ask(&DescribeProducersRequest { topics: vec![topic.clone(), topic] }, 0).await;
    let response: DescribeProducersResponse<'_> = answer.read();
    let described: Vec<i32> =
        response.topics.iter().flat_map(|topic| &topic.partitions).map(|one| one.partition_index).collect();
    assert_eq!(described, [0, 7]);

    let partitions = vec![describe_quorum_request::PartitionData { partition_index: 0 }; 3];
    let topic = describe_quorum_request::TopicData { topic_name: "__cluster_metadata", partitions };
    let answer = harness.ask(&DescribeQuorumRequest { topics: vec![topic] }, 2).await;
    let response: DescribeQuorumResponse<'_> = answer.read();
    assert_eq!(response.topics[0].partitions.len(), 1);

    let request = DescribeTransactionsRequest { transactional_ids: vec!["a", "b", "a"] };
    let answer = harness.ask(&request, 0).await;
    assert_eq!(answer.read::<DescribeTransactionsResponse<'_>>().transaction_states.len(), 2);
}
