//! Every message in every version against an independent implementation: the `kafka-protocol` crate reads what is
//! written here and writes the same bytes again; and what it writes is read here and written the same.
//!
//! The values are made up by `Arbitrary`, so that no message is described twice. kafka-protocol aborts on hostile
//! lengths and is therefore only ever given bytes of ours.

#![allow(elided_lifetimes_in_paths, reason = "the macro names messages with and without a lifetime")]
#![allow(clippy::too_many_lines, reason = "the list of the messages is long")]

use kafka_protocol::messages as oracle;
use kafka_protocol::protocol::{Decodable, Encodable, Message as OracleMessage};
use watershed_protocol::messages;
use watershed_protocol::wire::{Message, decode, encode, encoded_bytes};
use watershed_testkit::arbitrary::Arbitrary;

/// Versions of Kafka 4.3 that kafka-protocol 0.18 does not have. The client tests compare every message and version,
/// these too, with Kafka's own Java classes.
const NOT_IN_ORACLE: &[(&str, i16)] = &[
    ("ListOffsetsRequest", 11),
    ("ListOffsetsResponse", 11),
    ("OffsetCommitRequest", 10),
    ("OffsetFetchRequest", 10),
    ("WriteTxnMarkersRequest", 2),
    ("WriteTxnMarkersResponse", 2),
    ("DescribeLogDirsRequest", 5),
    ("DescribeLogDirsResponse", 5),
];

/// Made-up values for each message and version.
const SEEDS: u64 = 40;

/// What the oracle makes of `bytes`: read, and written again.
fn through_oracle<O: Decodable + Encodable>(bytes: &[u8], version: i16) -> Result<Vec<u8>, String> {
    let mut rest = bytes::Bytes::copy_from_slice(bytes);
    let message =
        O::decode(&mut rest, version).map_err(|error| format!("the oracle does not read it: {error}"))?;
    if !rest.is_empty() {
        return Err(format!("the oracle leaves {} bytes", rest.len()));
    }
    let size =
        message.compute_size(version).map_err(|error| format!("the oracle does not size it: {error}"))?;
    let mut out = bytes::BytesMut::new();
    message.encode(&mut out, version).map_err(|error| format!("the oracle does not write it: {error}"))?;
    if size != out.len() {
        return Err(format!("the oracle foretells {size} bytes and writes {}", out.len()));
    }
    Ok(out.to_vec())
}

/// Compares one message in all its versions; returns what differs, and how many values were compared.
fn check<M, O>(differences: &mut Vec<String>) -> usize
where
    M: Message<'static> + PartialEq + std::fmt::Debug + Default,
    O: Decodable + Encodable + OracleMessage,
{
    let in_oracle = |version: &i16| !NOT_IN_ORACLE.contains(&(M::NAME, *version));
    let versions = M::VERSIONS.filter(in_oracle).collect::<Vec<_>>();
    if (O::VERSIONS.min..=O::VERSIONS.max).collect::<Vec<_>>() != versions {
        differences.push(format!("{}: versions {versions:?} here, {:?} there", M::NAME, O::VERSIONS));
    }
    let mut compared = 0;
    for version in M::VERSIONS {
        let made_up = (0..SEEDS).map(|seed| {
            M::read(&mut Arbitrary::new(seed), version)
                .unwrap_or_else(|error| panic!("{} v{version}, seed {seed}: {error}", M::NAME))
        });
        for message in made_up.chain([M::default()]) {
            let bytes = encode(&message, version).unwrap_or_else(|error| {
                panic!("{} v{version} is not written: {error}: {message:?}", M::NAME)
            });
            assert_eq!(encoded_bytes(&message, version), Ok(bytes.len()), "{} v{version}", M::NAME);
            let bytes = bytes.leak();
            let read: M = decode(bytes, version)
                .unwrap_or_else(|error| panic!("{} v{version} is not read back: {error}", M::NAME));
            assert_eq!(encode(&read, version).as_deref(), Ok(&*bytes), "{} v{version}", M::NAME);
            if !in_oracle(&version) {
                continue;
            }
            match through_oracle::<O>(bytes, version) {
                Ok(theirs) if theirs == *bytes => compared += 1,
                Ok(theirs) => differences
                    .push(format!("{} v{version}\n ours  {bytes:02x?}\n oracle {theirs:02x?}", M::NAME)),
                Err(error) => differences.push(format!("{} v{version}: {error}", M::NAME)),
            }
        }
    }
    compared
}

/// Compares the messages named; the name is the same there and here.
macro_rules! compare {
    ($($name:ident),* $(,)?) => {{
        let mut differences = Vec::new();
        let mut compared = 0;
        let mut names = Vec::new();
        $(
            names.push(stringify!($name));
            compared += check::<messages::$name, oracle::$name>(&mut differences);
        )*
        (names, compared, differences)
    }};
}

#[test]
fn every_message_in_every_version_has_the_bytes_of_the_oracle() {
    let (names, compared, differences) = compare!(
        ProduceRequest,
        ProduceResponse,
        FetchRequest,
        FetchResponse,
        ListOffsetsRequest,
        ListOffsetsResponse,
        MetadataRequest,
        MetadataResponse,
        OffsetCommitRequest,
        OffsetCommitResponse,
        OffsetFetchRequest,
        OffsetFetchResponse,
        FindCoordinatorRequest,
        FindCoordinatorResponse,
        JoinGroupRequest,
        JoinGroupResponse,
        HeartbeatRequest,
        HeartbeatResponse,
        LeaveGroupRequest,
        LeaveGroupResponse,
        SyncGroupRequest,
        SyncGroupResponse,
        DescribeGroupsRequest,
        DescribeGroupsResponse,
        ListGroupsRequest,
        ListGroupsResponse,
        SaslHandshakeRequest,
        SaslHandshakeResponse,
        ApiVersionsRequest,
        ApiVersionsResponse,
        CreateTopicsRequest,
        CreateTopicsResponse,
        DeleteTopicsRequest,
        DeleteTopicsResponse,
        DeleteRecordsRequest,
        DeleteRecordsResponse,
        InitProducerIdRequest,
        InitProducerIdResponse,
        OffsetForLeaderEpochRequest,
        OffsetForLeaderEpochResponse,
        AddPartitionsToTxnRequest,
        AddPartitionsToTxnResponse,
        AddOffsetsToTxnRequest,
        AddOffsetsToTxnResponse,
        EndTxnRequest,
        EndTxnResponse,
        WriteTxnMarkersRequest,
        WriteTxnMarkersResponse,
        TxnOffsetCommitRequest,
        TxnOffsetCommitResponse,
        DescribeAclsRequest,
        DescribeAclsResponse,
        CreateAclsRequest,
        CreateAclsResponse,
        DeleteAclsRequest,
        DeleteAclsResponse,
        DescribeConfigsRequest,
        DescribeConfigsResponse,
        AlterConfigsRequest,
        AlterConfigsResponse,
        AlterReplicaLogDirsRequest,
        AlterReplicaLogDirsResponse,
        DescribeLogDirsRequest,
        DescribeLogDirsResponse,
        SaslAuthenticateRequest,
        SaslAuthenticateResponse,
        CreatePartitionsRequest,
        CreatePartitionsResponse,
        DeleteGroupsRequest,
        DeleteGroupsResponse,
        ElectLeadersRequest,
        ElectLeadersResponse,
        IncrementalAlterConfigsRequest,
        IncrementalAlterConfigsResponse,
        AlterPartitionReassignmentsRequest,
        AlterPartitionReassignmentsResponse,
        ListPartitionReassignmentsRequest,
        ListPartitionReassignmentsResponse,
        OffsetDeleteRequest,
        OffsetDeleteResponse,
        DescribeClientQuotasRequest,
        DescribeClientQuotasResponse,
        AlterClientQuotasRequest,
        AlterClientQuotasResponse,
        DescribeUserScramCredentialsRequest,
        DescribeUserScramCredentialsResponse,
        AlterUserScramCredentialsRequest,
        AlterUserScramCredentialsResponse,
        DescribeQuorumRequest,
        DescribeQuorumResponse,
        UpdateFeaturesRequest,
        UpdateFeaturesResponse,
        DescribeClusterRequest,
        DescribeClusterResponse,
        DescribeProducersRequest,
        DescribeProducersResponse,
        UnregisterBrokerRequest,
        UnregisterBrokerResponse,
        DescribeTransactionsRequest,
        DescribeTransactionsResponse,
        ListTransactionsRequest,
        ListTransactionsResponse,
        ConsumerGroupHeartbeatRequest,
        ConsumerGroupHeartbeatResponse,
        ConsumerGroupDescribeRequest,
        ConsumerGroupDescribeResponse,
        GetTelemetrySubscriptionsRequest,
        GetTelemetrySubscriptionsResponse,
        PushTelemetryRequest,
        PushTelemetryResponse,
        ListConfigResourcesRequest,
        ListConfigResourcesResponse,
        DescribeTopicPartitionsRequest,
        DescribeTopicPartitionsResponse,
        RequestHeader,
        ResponseHeader,
        ConsumerProtocolSubscription,
        ConsumerProtocolAssignment,
    );
    assert!(
        differences.is_empty(),
        "{} of {compared} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
    let all =
        messages::ApiKey::ALL.iter().flat_map(|api| [format!("{api}Request"), format!("{api}Response")]);
    let missing = all.filter(|name| !names.contains(&name.as_str())).collect::<Vec<_>>();
    assert!(missing.is_empty(), "not compared: {missing:?}");
    println!("{compared} values of {} messages", names.len());
}
