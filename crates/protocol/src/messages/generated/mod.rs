// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
#![allow(clippy::too_many_lines)]

pub mod add_offsets_to_txn_request;
pub mod add_offsets_to_txn_response;
pub mod add_partitions_to_txn_request;
pub mod add_partitions_to_txn_response;
pub mod alter_client_quotas_request;
pub mod alter_client_quotas_response;
pub mod alter_configs_request;
pub mod alter_configs_response;
pub mod alter_partition_reassignments_request;
pub mod alter_partition_reassignments_response;
pub mod alter_replica_log_dirs_request;
pub mod alter_replica_log_dirs_response;
pub mod alter_user_scram_credentials_request;
pub mod alter_user_scram_credentials_response;
pub mod api_versions_request;
pub mod api_versions_response;
pub mod config_record;
pub mod consumer_group_current_member_assignment_key;
pub mod consumer_group_current_member_assignment_value;
pub mod consumer_group_describe_request;
pub mod consumer_group_describe_response;
pub mod consumer_group_heartbeat_request;
pub mod consumer_group_heartbeat_response;
pub mod consumer_group_member_metadata_key;
pub mod consumer_group_member_metadata_value;
pub mod consumer_group_metadata_key;
pub mod consumer_group_metadata_value;
pub mod consumer_group_regular_expression_key;
pub mod consumer_group_regular_expression_value;
pub mod consumer_group_target_assignment_member_key;
pub mod consumer_group_target_assignment_member_value;
pub mod consumer_group_target_assignment_metadata_key;
pub mod consumer_group_target_assignment_metadata_value;
pub mod consumer_protocol_assignment;
pub mod consumer_protocol_subscription;
pub mod create_acls_request;
pub mod create_acls_response;
pub mod create_partitions_request;
pub mod create_partitions_response;
pub mod create_topics_request;
pub mod create_topics_response;
pub mod delete_acls_request;
pub mod delete_acls_response;
pub mod delete_groups_request;
pub mod delete_groups_response;
pub mod delete_records_request;
pub mod delete_records_response;
pub mod delete_topics_request;
pub mod delete_topics_response;
pub mod describe_acls_request;
pub mod describe_acls_response;
pub mod describe_client_quotas_request;
pub mod describe_client_quotas_response;
pub mod describe_cluster_request;
pub mod describe_cluster_response;
pub mod describe_configs_request;
pub mod describe_configs_response;
pub mod describe_groups_request;
pub mod describe_groups_response;
pub mod describe_log_dirs_request;
pub mod describe_log_dirs_response;
pub mod describe_producers_request;
pub mod describe_producers_response;
pub mod describe_quorum_request;
pub mod describe_quorum_response;
pub mod describe_topic_partitions_request;
pub mod describe_topic_partitions_response;
pub mod describe_transactions_request;
pub mod describe_transactions_response;
pub mod describe_user_scram_credentials_request;
pub mod describe_user_scram_credentials_response;
pub mod elect_leaders_request;
pub mod elect_leaders_response;
pub mod end_txn_request;
pub mod end_txn_response;
pub mod fetch_request;
pub mod fetch_response;
pub mod find_coordinator_request;
pub mod find_coordinator_response;
pub mod get_telemetry_subscriptions_request;
pub mod get_telemetry_subscriptions_response;
pub mod group_metadata_key;
pub mod group_metadata_value;
pub mod heartbeat_request;
pub mod heartbeat_response;
pub mod incremental_alter_configs_request;
pub mod incremental_alter_configs_response;
pub mod init_producer_id_request;
pub mod init_producer_id_response;
pub mod join_group_request;
pub mod join_group_response;
pub mod leave_group_request;
pub mod leave_group_response;
pub mod list_config_resources_request;
pub mod list_config_resources_response;
pub mod list_groups_request;
pub mod list_groups_response;
pub mod list_offsets_request;
pub mod list_offsets_response;
pub mod list_partition_reassignments_request;
pub mod list_partition_reassignments_response;
pub mod list_transactions_request;
pub mod list_transactions_response;
pub mod metadata_request;
pub mod metadata_response;
pub mod offset_commit_key;
pub mod offset_commit_request;
pub mod offset_commit_response;
pub mod offset_commit_value;
pub mod offset_delete_request;
pub mod offset_delete_response;
pub mod offset_fetch_request;
pub mod offset_fetch_response;
pub mod offset_for_leader_epoch_request;
pub mod offset_for_leader_epoch_response;
pub mod partition_record;
pub mod produce_request;
pub mod produce_response;
pub mod producer_ids_record;
pub mod push_telemetry_request;
pub mod push_telemetry_response;
pub mod request_header;
pub mod response_header;
pub mod sasl_authenticate_request;
pub mod sasl_authenticate_response;
pub mod sasl_handshake_request;
pub mod sasl_handshake_response;
pub mod sync_group_request;
pub mod sync_group_response;
pub mod topic_record;
pub mod transaction_log_key;
pub mod transaction_log_value;
pub mod txn_offset_commit_request;
pub mod txn_offset_commit_response;
pub mod unregister_broker_request;
pub mod unregister_broker_response;
pub mod update_features_request;
pub mod update_features_response;
pub mod user_scram_credential_record;
pub mod write_txn_markers_request;
pub mod write_txn_markers_response;

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError};

pub use add_offsets_to_txn_request::AddOffsetsToTxnRequest;
pub use add_offsets_to_txn_response::AddOffsetsToTxnResponse;
pub use add_partitions_to_txn_request::AddPartitionsToTxnRequest;
pub use add_partitions_to_txn_response::AddPartitionsToTxnResponse;
pub use alter_client_quotas_request::AlterClientQuotasRequest;
pub use alter_client_quotas_response::AlterClientQuotasResponse;
pub use alter_configs_request::AlterConfigsRequest;
pub use alter_configs_response::AlterConfigsResponse;
pub use alter_partition_reassignments_request::AlterPartitionReassignmentsRequest;
pub use alter_partition_reassignments_response::AlterPartitionReassignmentsResponse;
pub use alter_replica_log_dirs_request::AlterReplicaLogDirsRequest;
pub use alter_replica_log_dirs_response::AlterReplicaLogDirsResponse;
pub use alter_user_scram_credentials_request::AlterUserScramCredentialsRequest;
pub use alter_user_scram_credentials_response::AlterUserScramCredentialsResponse;
pub use api_versions_request::ApiVersionsRequest;
pub use api_versions_response::ApiVersionsResponse;
pub use config_record::ConfigRecord;
pub use consumer_group_current_member_assignment_key::ConsumerGroupCurrentMemberAssignmentKey;
pub use consumer_group_current_member_assignment_value::ConsumerGroupCurrentMemberAssignmentValue;
pub use consumer_group_describe_request::ConsumerGroupDescribeRequest;
pub use consumer_group_describe_response::ConsumerGroupDescribeResponse;
pub use consumer_group_heartbeat_request::ConsumerGroupHeartbeatRequest;
pub use consumer_group_heartbeat_response::ConsumerGroupHeartbeatResponse;
pub use consumer_group_member_metadata_key::ConsumerGroupMemberMetadataKey;
pub use consumer_group_member_metadata_value::ConsumerGroupMemberMetadataValue;
pub use consumer_group_metadata_key::ConsumerGroupMetadataKey;
pub use consumer_group_metadata_value::ConsumerGroupMetadataValue;
pub use consumer_group_regular_expression_key::ConsumerGroupRegularExpressionKey;
pub use consumer_group_regular_expression_value::ConsumerGroupRegularExpressionValue;
pub use consumer_group_target_assignment_member_key::ConsumerGroupTargetAssignmentMemberKey;
pub use consumer_group_target_assignment_member_value::ConsumerGroupTargetAssignmentMemberValue;
pub use consumer_group_target_assignment_metadata_key::ConsumerGroupTargetAssignmentMetadataKey;
pub use consumer_group_target_assignment_metadata_value::ConsumerGroupTargetAssignmentMetadataValue;
pub use consumer_protocol_assignment::ConsumerProtocolAssignment;
pub use consumer_protocol_subscription::ConsumerProtocolSubscription;
pub use create_acls_request::CreateAclsRequest;
pub use create_acls_response::CreateAclsResponse;
pub use create_partitions_request::CreatePartitionsRequest;
pub use create_partitions_response::CreatePartitionsResponse;
pub use create_topics_request::CreateTopicsRequest;
pub use create_topics_response::CreateTopicsResponse;
pub use delete_acls_request::DeleteAclsRequest;
pub use delete_acls_response::DeleteAclsResponse;
pub use delete_groups_request::DeleteGroupsRequest;
pub use delete_groups_response::DeleteGroupsResponse;
pub use delete_records_request::DeleteRecordsRequest;
pub use delete_records_response::DeleteRecordsResponse;
pub use delete_topics_request::DeleteTopicsRequest;
pub use delete_topics_response::DeleteTopicsResponse;
pub use describe_acls_request::DescribeAclsRequest;
pub use describe_acls_response::DescribeAclsResponse;
pub use describe_client_quotas_request::DescribeClientQuotasRequest;
pub use describe_client_quotas_response::DescribeClientQuotasResponse;
pub use describe_cluster_request::DescribeClusterRequest;
pub use describe_cluster_response::DescribeClusterResponse;
pub use describe_configs_request::DescribeConfigsRequest;
pub use describe_configs_response::DescribeConfigsResponse;
pub use describe_groups_request::DescribeGroupsRequest;
pub use describe_groups_response::DescribeGroupsResponse;
pub use describe_log_dirs_request::DescribeLogDirsRequest;
pub use describe_log_dirs_response::DescribeLogDirsResponse;
pub use describe_producers_request::DescribeProducersRequest;
pub use describe_producers_response::DescribeProducersResponse;
pub use describe_quorum_request::DescribeQuorumRequest;
pub use describe_quorum_response::DescribeQuorumResponse;
pub use describe_topic_partitions_request::DescribeTopicPartitionsRequest;
pub use describe_topic_partitions_response::DescribeTopicPartitionsResponse;
pub use describe_transactions_request::DescribeTransactionsRequest;
pub use describe_transactions_response::DescribeTransactionsResponse;
pub use describe_user_scram_credentials_request::DescribeUserScramCredentialsRequest;
pub use describe_user_scram_credentials_response::DescribeUserScramCredentialsResponse;
pub use elect_leaders_request::ElectLeadersRequest;
pub use elect_leaders_response::ElectLeadersResponse;
pub use end_txn_request::EndTxnRequest;
pub use end_txn_response::EndTxnResponse;
pub use fetch_request::FetchRequest;
pub use fetch_response::FetchResponse;
pub use find_coordinator_request::FindCoordinatorRequest;
pub use find_coordinator_response::FindCoordinatorResponse;
pub use get_telemetry_subscriptions_request::GetTelemetrySubscriptionsRequest;
pub use get_telemetry_subscriptions_response::GetTelemetrySubscriptionsResponse;
pub use group_metadata_key::GroupMetadataKey;
pub use group_metadata_value::GroupMetadataValue;
pub use heartbeat_request::HeartbeatRequest;
pub use heartbeat_response::HeartbeatResponse;
pub use incremental_alter_configs_request::IncrementalAlterConfigsRequest;
pub use incremental_alter_configs_response::IncrementalAlterConfigsResponse;
pub use init_producer_id_request::InitProducerIdRequest;
pub use init_producer_id_response::InitProducerIdResponse;
pub use join_group_request::JoinGroupRequest;
pub use join_group_response::JoinGroupResponse;
pub use leave_group_request::LeaveGroupRequest;
pub use leave_group_response::LeaveGroupResponse;
pub use list_config_resources_request::ListConfigResourcesRequest;
pub use list_config_resources_response::ListConfigResourcesResponse;
pub use list_groups_request::ListGroupsRequest;
pub use list_groups_response::ListGroupsResponse;
pub use list_offsets_request::ListOffsetsRequest;
pub use list_offsets_response::ListOffsetsResponse;
pub use list_partition_reassignments_request::ListPartitionReassignmentsRequest;
pub use list_partition_reassignments_response::ListPartitionReassignmentsResponse;
pub use list_transactions_request::ListTransactionsRequest;
pub use list_transactions_response::ListTransactionsResponse;
pub use metadata_request::MetadataRequest;
pub use metadata_response::MetadataResponse;
pub use offset_commit_key::OffsetCommitKey;
pub use offset_commit_request::OffsetCommitRequest;
pub use offset_commit_response::OffsetCommitResponse;
pub use offset_commit_value::OffsetCommitValue;
pub use offset_delete_request::OffsetDeleteRequest;
pub use offset_delete_response::OffsetDeleteResponse;
pub use offset_fetch_request::OffsetFetchRequest;
pub use offset_fetch_response::OffsetFetchResponse;
pub use offset_for_leader_epoch_request::OffsetForLeaderEpochRequest;
pub use offset_for_leader_epoch_response::OffsetForLeaderEpochResponse;
pub use partition_record::PartitionRecord;
pub use produce_request::ProduceRequest;
pub use produce_response::ProduceResponse;
pub use producer_ids_record::ProducerIdsRecord;
pub use push_telemetry_request::PushTelemetryRequest;
pub use push_telemetry_response::PushTelemetryResponse;
pub use request_header::RequestHeader;
pub use response_header::ResponseHeader;
pub use sasl_authenticate_request::SaslAuthenticateRequest;
pub use sasl_authenticate_response::SaslAuthenticateResponse;
pub use sasl_handshake_request::SaslHandshakeRequest;
pub use sasl_handshake_response::SaslHandshakeResponse;
pub use sync_group_request::SyncGroupRequest;
pub use sync_group_response::SyncGroupResponse;
pub use topic_record::TopicRecord;
pub use transaction_log_key::TransactionLogKey;
pub use transaction_log_value::TransactionLogValue;
pub use txn_offset_commit_request::TxnOffsetCommitRequest;
pub use txn_offset_commit_response::TxnOffsetCommitResponse;
pub use unregister_broker_request::UnregisterBrokerRequest;
pub use unregister_broker_response::UnregisterBrokerResponse;
pub use update_features_request::UpdateFeaturesRequest;
pub use update_features_response::UpdateFeaturesResponse;
pub use user_scram_credential_record::UserScramCredentialRecord;
pub use write_txn_markers_request::WriteTxnMarkersRequest;
pub use write_txn_markers_response::WriteTxnMarkersResponse;

/// The APIs that are read and written here, by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i16)]
#[non_exhaustive]
pub enum ApiKey {
    /// Key 0, versions 3 to 13.
    Produce = 0,
    /// Key 1, versions 4 to 18.
    Fetch = 1,
    /// Key 2, versions 1 to 11.
    ListOffsets = 2,
    /// Key 3, versions 0 to 13.
    Metadata = 3,
    /// Key 8, versions 2 to 10.
    OffsetCommit = 8,
    /// Key 9, versions 1 to 10.
    OffsetFetch = 9,
    /// Key 10, versions 0 to 6.
    FindCoordinator = 10,
    /// Key 11, versions 0 to 9.
    JoinGroup = 11,
    /// Key 12, versions 0 to 4.
    Heartbeat = 12,
    /// Key 13, versions 0 to 5.
    LeaveGroup = 13,
    /// Key 14, versions 0 to 5.
    SyncGroup = 14,
    /// Key 15, versions 0 to 6.
    DescribeGroups = 15,
    /// Key 16, versions 0 to 5.
    ListGroups = 16,
    /// Key 17, versions 0 to 1.
    SaslHandshake = 17,
    /// Key 18, versions 0 to 4.
    ApiVersions = 18,
    /// Key 19, versions 2 to 7.
    CreateTopics = 19,
    /// Key 20, versions 1 to 6.
    DeleteTopics = 20,
    /// Key 21, versions 0 to 2.
    DeleteRecords = 21,
    /// Key 22, versions 0 to 5.
    InitProducerId = 22,
    /// Key 23, versions 2 to 4.
    OffsetForLeaderEpoch = 23,
    /// Key 24, versions 0 to 5.
    AddPartitionsToTxn = 24,
    /// Key 25, versions 0 to 4.
    AddOffsetsToTxn = 25,
    /// Key 26, versions 0 to 5.
    EndTxn = 26,
    /// Key 27, versions 1 to 2.
    WriteTxnMarkers = 27,
    /// Key 28, versions 0 to 5.
    TxnOffsetCommit = 28,
    /// Key 29, versions 1 to 3.
    DescribeAcls = 29,
    /// Key 30, versions 1 to 3.
    CreateAcls = 30,
    /// Key 31, versions 1 to 3.
    DeleteAcls = 31,
    /// Key 32, versions 1 to 4.
    DescribeConfigs = 32,
    /// Key 33, versions 0 to 2.
    AlterConfigs = 33,
    /// Key 34, versions 1 to 2.
    AlterReplicaLogDirs = 34,
    /// Key 35, versions 1 to 5.
    DescribeLogDirs = 35,
    /// Key 36, versions 0 to 2.
    SaslAuthenticate = 36,
    /// Key 37, versions 0 to 3.
    CreatePartitions = 37,
    /// Key 42, versions 0 to 2.
    DeleteGroups = 42,
    /// Key 43, versions 0 to 2.
    ElectLeaders = 43,
    /// Key 44, versions 0 to 1.
    IncrementalAlterConfigs = 44,
    /// Key 45, versions 0 to 1.
    AlterPartitionReassignments = 45,
    /// Key 46, version 0.
    ListPartitionReassignments = 46,
    /// Key 47, version 0.
    OffsetDelete = 47,
    /// Key 48, versions 0 to 1.
    DescribeClientQuotas = 48,
    /// Key 49, versions 0 to 1.
    AlterClientQuotas = 49,
    /// Key 50, version 0.
    DescribeUserScramCredentials = 50,
    /// Key 51, version 0.
    AlterUserScramCredentials = 51,
    /// Key 55, versions 0 to 2.
    DescribeQuorum = 55,
    /// Key 57, versions 0 to 2.
    UpdateFeatures = 57,
    /// Key 60, versions 0 to 2.
    DescribeCluster = 60,
    /// Key 61, version 0.
    DescribeProducers = 61,
    /// Key 64, version 0.
    UnregisterBroker = 64,
    /// Key 65, version 0.
    DescribeTransactions = 65,
    /// Key 66, versions 0 to 2.
    ListTransactions = 66,
    /// Key 68, versions 0 to 1.
    ConsumerGroupHeartbeat = 68,
    /// Key 69, versions 0 to 1.
    ConsumerGroupDescribe = 69,
    /// Key 71, version 0.
    GetTelemetrySubscriptions = 71,
    /// Key 72, version 0.
    PushTelemetry = 72,
    /// Key 74, versions 0 to 1.
    ListConfigResources = 74,
    /// Key 75, version 0.
    DescribeTopicPartitions = 75,
}

impl ApiKey {
    /// Every API, by ascending key.
    pub const ALL: &'static [Self] = &[
        Self::Produce,
        Self::Fetch,
        Self::ListOffsets,
        Self::Metadata,
        Self::OffsetCommit,
        Self::OffsetFetch,
        Self::FindCoordinator,
        Self::JoinGroup,
        Self::Heartbeat,
        Self::LeaveGroup,
        Self::SyncGroup,
        Self::DescribeGroups,
        Self::ListGroups,
        Self::SaslHandshake,
        Self::ApiVersions,
        Self::CreateTopics,
        Self::DeleteTopics,
        Self::DeleteRecords,
        Self::InitProducerId,
        Self::OffsetForLeaderEpoch,
        Self::AddPartitionsToTxn,
        Self::AddOffsetsToTxn,
        Self::EndTxn,
        Self::WriteTxnMarkers,
        Self::TxnOffsetCommit,
        Self::DescribeAcls,
        Self::CreateAcls,
        Self::DeleteAcls,
        Self::DescribeConfigs,
        Self::AlterConfigs,
        Self::AlterReplicaLogDirs,
        Self::DescribeLogDirs,
        Self::SaslAuthenticate,
        Self::CreatePartitions,
        Self::DeleteGroups,
        Self::ElectLeaders,
        Self::IncrementalAlterConfigs,
        Self::AlterPartitionReassignments,
        Self::ListPartitionReassignments,
        Self::OffsetDelete,
        Self::DescribeClientQuotas,
        Self::AlterClientQuotas,
        Self::DescribeUserScramCredentials,
        Self::AlterUserScramCredentials,
        Self::DescribeQuorum,
        Self::UpdateFeatures,
        Self::DescribeCluster,
        Self::DescribeProducers,
        Self::UnregisterBroker,
        Self::DescribeTransactions,
        Self::ListTransactions,
        Self::ConsumerGroupHeartbeat,
        Self::ConsumerGroupDescribe,
        Self::GetTelemetrySubscriptions,
        Self::PushTelemetry,
        Self::ListConfigResources,
        Self::DescribeTopicPartitions,
    ];

    /// The name, as Kafka has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Produce => "Produce",
            Self::Fetch => "Fetch",
            Self::ListOffsets => "ListOffsets",
            Self::Metadata => "Metadata",
            Self::OffsetCommit => "OffsetCommit",
            Self::OffsetFetch => "OffsetFetch",
            Self::FindCoordinator => "FindCoordinator",
            Self::JoinGroup => "JoinGroup",
            Self::Heartbeat => "Heartbeat",
            Self::LeaveGroup => "LeaveGroup",
            Self::SyncGroup => "SyncGroup",
            Self::DescribeGroups => "DescribeGroups",
            Self::ListGroups => "ListGroups",
            Self::SaslHandshake => "SaslHandshake",
            Self::ApiVersions => "ApiVersions",
            Self::CreateTopics => "CreateTopics",
            Self::DeleteTopics => "DeleteTopics",
            Self::DeleteRecords => "DeleteRecords",
            Self::InitProducerId => "InitProducerId",
            Self::OffsetForLeaderEpoch => "OffsetForLeaderEpoch",
            Self::AddPartitionsToTxn => "AddPartitionsToTxn",
            Self::AddOffsetsToTxn => "AddOffsetsToTxn",
            Self::EndTxn => "EndTxn",
            Self::WriteTxnMarkers => "WriteTxnMarkers",
            Self::TxnOffsetCommit => "TxnOffsetCommit",
            Self::DescribeAcls => "DescribeAcls",
            Self::CreateAcls => "CreateAcls",
            Self::DeleteAcls => "DeleteAcls",
            Self::DescribeConfigs => "DescribeConfigs",
            Self::AlterConfigs => "AlterConfigs",
            Self::AlterReplicaLogDirs => "AlterReplicaLogDirs",
            Self::DescribeLogDirs => "DescribeLogDirs",
            Self::SaslAuthenticate => "SaslAuthenticate",
            Self::CreatePartitions => "CreatePartitions",
            Self::DeleteGroups => "DeleteGroups",
            Self::ElectLeaders => "ElectLeaders",
            Self::IncrementalAlterConfigs => "IncrementalAlterConfigs",
            Self::AlterPartitionReassignments => "AlterPartitionReassignments",
            Self::ListPartitionReassignments => "ListPartitionReassignments",
            Self::OffsetDelete => "OffsetDelete",
            Self::DescribeClientQuotas => "DescribeClientQuotas",
            Self::AlterClientQuotas => "AlterClientQuotas",
            Self::DescribeUserScramCredentials => "DescribeUserScramCredentials",
            Self::AlterUserScramCredentials => "AlterUserScramCredentials",
            Self::DescribeQuorum => "DescribeQuorum",
            Self::UpdateFeatures => "UpdateFeatures",
            Self::DescribeCluster => "DescribeCluster",
            Self::DescribeProducers => "DescribeProducers",
            Self::UnregisterBroker => "UnregisterBroker",
            Self::DescribeTransactions => "DescribeTransactions",
            Self::ListTransactions => "ListTransactions",
            Self::ConsumerGroupHeartbeat => "ConsumerGroupHeartbeat",
            Self::ConsumerGroupDescribe => "ConsumerGroupDescribe",
            Self::GetTelemetrySubscriptions => "GetTelemetrySubscriptions",
            Self::PushTelemetry => "PushTelemetry",
            Self::ListConfigResources => "ListConfigResources",
            Self::DescribeTopicPartitions => "DescribeTopicPartitions",
        }
    }

    /// The versions that are read and written here.
    #[must_use]
    pub const fn versions(self) -> RangeInclusive<i16> {
        match self {
            Self::Produce => 3..=13,
            Self::Fetch => 4..=18,
            Self::ListOffsets => 1..=11,
            Self::Metadata => 0..=13,
            Self::OffsetCommit => 2..=10,
            Self::OffsetFetch => 1..=10,
            Self::FindCoordinator => 0..=6,
            Self::JoinGroup => 0..=9,
            Self::Heartbeat => 0..=4,
            Self::LeaveGroup => 0..=5,
            Self::SyncGroup => 0..=5,
            Self::DescribeGroups => 0..=6,
            Self::ListGroups => 0..=5,
            Self::SaslHandshake => 0..=1,
            Self::ApiVersions => 0..=4,
            Self::CreateTopics => 2..=7,
            Self::DeleteTopics => 1..=6,
            Self::DeleteRecords => 0..=2,
            Self::InitProducerId => 0..=5,
            Self::OffsetForLeaderEpoch => 2..=4,
            Self::AddPartitionsToTxn => 0..=5,
            Self::AddOffsetsToTxn => 0..=4,
            Self::EndTxn => 0..=5,
            Self::WriteTxnMarkers => 1..=2,
            Self::TxnOffsetCommit => 0..=5,
            Self::DescribeAcls => 1..=3,
            Self::CreateAcls => 1..=3,
            Self::DeleteAcls => 1..=3,
            Self::DescribeConfigs => 1..=4,
            Self::AlterConfigs => 0..=2,
            Self::AlterReplicaLogDirs => 1..=2,
            Self::DescribeLogDirs => 1..=5,
            Self::SaslAuthenticate => 0..=2,
            Self::CreatePartitions => 0..=3,
            Self::DeleteGroups => 0..=2,
            Self::ElectLeaders => 0..=2,
            Self::IncrementalAlterConfigs => 0..=1,
            Self::AlterPartitionReassignments => 0..=1,
            Self::ListPartitionReassignments => 0..=0,
            Self::OffsetDelete => 0..=0,
            Self::DescribeClientQuotas => 0..=1,
            Self::AlterClientQuotas => 0..=1,
            Self::DescribeUserScramCredentials => 0..=0,
            Self::AlterUserScramCredentials => 0..=0,
            Self::DescribeQuorum => 0..=2,
            Self::UpdateFeatures => 0..=2,
            Self::DescribeCluster => 0..=2,
            Self::DescribeProducers => 0..=0,
            Self::UnregisterBroker => 0..=0,
            Self::DescribeTransactions => 0..=0,
            Self::ListTransactions => 0..=2,
            Self::ConsumerGroupHeartbeat => 0..=1,
            Self::ConsumerGroupDescribe => 0..=1,
            Self::GetTelemetrySubscriptions => 0..=0,
            Self::PushTelemetry => 0..=0,
            Self::ListConfigResources => 0..=1,
            Self::DescribeTopicPartitions => 0..=0,
        }
    }

    /// The first version with compact lengths and tagged fields.
    pub(super) const fn flexible_since(self) -> Option<i16> {
        match self {
            Self::Produce => Some(9),
            Self::Fetch => Some(12),
            Self::ListOffsets => Some(6),
            Self::Metadata => Some(9),
            Self::OffsetCommit => Some(8),
            Self::OffsetFetch => Some(6),
            Self::FindCoordinator => Some(3),
            Self::JoinGroup => Some(6),
            Self::Heartbeat => Some(4),
            Self::LeaveGroup => Some(4),
            Self::SyncGroup => Some(4),
            Self::DescribeGroups => Some(5),
            Self::ListGroups => Some(3),
            Self::SaslHandshake => None,
            Self::ApiVersions => Some(3),
            Self::CreateTopics => Some(5),
            Self::DeleteTopics => Some(4),
            Self::DeleteRecords => Some(2),
            Self::InitProducerId => Some(2),
            Self::OffsetForLeaderEpoch => Some(4),
            Self::AddPartitionsToTxn => Some(3),
            Self::AddOffsetsToTxn => Some(3),
            Self::EndTxn => Some(3),
            Self::WriteTxnMarkers => Some(1),
            Self::TxnOffsetCommit => Some(3),
            Self::DescribeAcls => Some(2),
            Self::CreateAcls => Some(2),
            Self::DeleteAcls => Some(2),
            Self::DescribeConfigs => Some(4),
            Self::AlterConfigs => Some(2),
            Self::AlterReplicaLogDirs => Some(2),
            Self::DescribeLogDirs => Some(2),
            Self::SaslAuthenticate => Some(2),
            Self::CreatePartitions => Some(2),
            Self::DeleteGroups => Some(2),
            Self::ElectLeaders => Some(2),
            Self::IncrementalAlterConfigs => Some(1),
            Self::AlterPartitionReassignments => Some(0),
            Self::ListPartitionReassignments => Some(0),
            Self::OffsetDelete => None,
            Self::DescribeClientQuotas => Some(1),
            Self::AlterClientQuotas => Some(1),
            Self::DescribeUserScramCredentials => Some(0),
            Self::AlterUserScramCredentials => Some(0),
            Self::DescribeQuorum => Some(0),
            Self::UpdateFeatures => Some(0),
            Self::DescribeCluster => Some(0),
            Self::DescribeProducers => Some(0),
            Self::UnregisterBroker => Some(0),
            Self::DescribeTransactions => Some(0),
            Self::ListTransactions => Some(0),
            Self::ConsumerGroupHeartbeat => Some(0),
            Self::ConsumerGroupDescribe => Some(0),
            Self::GetTelemetrySubscriptions => Some(0),
            Self::PushTelemetry => Some(0),
            Self::ListConfigResources => Some(0),
            Self::DescribeTopicPartitions => Some(0),
        }
    }
}

/// A request of any API.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnyRequest<'a> {
    /// [`ProduceRequest`].
    Produce(ProduceRequest<'a>),
    /// [`FetchRequest`].
    Fetch(FetchRequest<'a>),
    /// [`ListOffsetsRequest`].
    ListOffsets(ListOffsetsRequest<'a>),
    /// [`MetadataRequest`].
    Metadata(MetadataRequest<'a>),
    /// [`OffsetCommitRequest`].
    OffsetCommit(OffsetCommitRequest<'a>),
    /// [`OffsetFetchRequest`].
    OffsetFetch(OffsetFetchRequest<'a>),
    /// [`FindCoordinatorRequest`].
    FindCoordinator(FindCoordinatorRequest<'a>),
    /// [`JoinGroupRequest`].
    JoinGroup(JoinGroupRequest<'a>),
    /// [`HeartbeatRequest`].
    Heartbeat(HeartbeatRequest<'a>),
    /// [`LeaveGroupRequest`].
    LeaveGroup(LeaveGroupRequest<'a>),
    /// [`SyncGroupRequest`].
    SyncGroup(SyncGroupRequest<'a>),
    /// [`DescribeGroupsRequest`].
    DescribeGroups(DescribeGroupsRequest<'a>),
    /// [`ListGroupsRequest`].
    ListGroups(ListGroupsRequest<'a>),
    /// [`SaslHandshakeRequest`].
    SaslHandshake(SaslHandshakeRequest<'a>),
    /// [`ApiVersionsRequest`].
    ApiVersions(ApiVersionsRequest<'a>),
    /// [`CreateTopicsRequest`].
    CreateTopics(CreateTopicsRequest<'a>),
    /// [`DeleteTopicsRequest`].
    DeleteTopics(DeleteTopicsRequest<'a>),
    /// [`DeleteRecordsRequest`].
    DeleteRecords(DeleteRecordsRequest<'a>),
    /// [`InitProducerIdRequest`].
    InitProducerId(InitProducerIdRequest<'a>),
    /// [`OffsetForLeaderEpochRequest`].
    OffsetForLeaderEpoch(OffsetForLeaderEpochRequest<'a>),
    /// [`AddPartitionsToTxnRequest`].
    AddPartitionsToTxn(AddPartitionsToTxnRequest<'a>),
    /// [`AddOffsetsToTxnRequest`].
    AddOffsetsToTxn(AddOffsetsToTxnRequest<'a>),
    /// [`EndTxnRequest`].
    EndTxn(EndTxnRequest<'a>),
    /// [`WriteTxnMarkersRequest`].
    WriteTxnMarkers(WriteTxnMarkersRequest<'a>),
    /// [`TxnOffsetCommitRequest`].
    TxnOffsetCommit(TxnOffsetCommitRequest<'a>),
    /// [`DescribeAclsRequest`].
    DescribeAcls(DescribeAclsRequest<'a>),
    /// [`CreateAclsRequest`].
    CreateAcls(CreateAclsRequest<'a>),
    /// [`DeleteAclsRequest`].
    DeleteAcls(DeleteAclsRequest<'a>),
    /// [`DescribeConfigsRequest`].
    DescribeConfigs(DescribeConfigsRequest<'a>),
    /// [`AlterConfigsRequest`].
    AlterConfigs(AlterConfigsRequest<'a>),
    /// [`AlterReplicaLogDirsRequest`].
    AlterReplicaLogDirs(AlterReplicaLogDirsRequest<'a>),
    /// [`DescribeLogDirsRequest`].
    DescribeLogDirs(DescribeLogDirsRequest<'a>),
    /// [`SaslAuthenticateRequest`].
    SaslAuthenticate(SaslAuthenticateRequest<'a>),
    /// [`CreatePartitionsRequest`].
    CreatePartitions(CreatePartitionsRequest<'a>),
    /// [`DeleteGroupsRequest`].
    DeleteGroups(DeleteGroupsRequest<'a>),
    /// [`ElectLeadersRequest`].
    ElectLeaders(ElectLeadersRequest<'a>),
    /// [`IncrementalAlterConfigsRequest`].
    IncrementalAlterConfigs(IncrementalAlterConfigsRequest<'a>),
    /// [`AlterPartitionReassignmentsRequest`].
    AlterPartitionReassignments(AlterPartitionReassignmentsRequest<'a>),
    /// [`ListPartitionReassignmentsRequest`].
    ListPartitionReassignments(ListPartitionReassignmentsRequest<'a>),
    /// [`OffsetDeleteRequest`].
    OffsetDelete(OffsetDeleteRequest<'a>),
    /// [`DescribeClientQuotasRequest`].
    DescribeClientQuotas(DescribeClientQuotasRequest<'a>),
    /// [`AlterClientQuotasRequest`].
    AlterClientQuotas(AlterClientQuotasRequest<'a>),
    /// [`DescribeUserScramCredentialsRequest`].
    DescribeUserScramCredentials(DescribeUserScramCredentialsRequest<'a>),
    /// [`AlterUserScramCredentialsRequest`].
    AlterUserScramCredentials(AlterUserScramCredentialsRequest<'a>),
    /// [`DescribeQuorumRequest`].
    DescribeQuorum(DescribeQuorumRequest<'a>),
    /// [`UpdateFeaturesRequest`].
    UpdateFeatures(UpdateFeaturesRequest<'a>),
    /// [`DescribeClusterRequest`].
    DescribeCluster(DescribeClusterRequest),
    /// [`DescribeProducersRequest`].
    DescribeProducers(DescribeProducersRequest<'a>),
    /// [`UnregisterBrokerRequest`].
    UnregisterBroker(UnregisterBrokerRequest),
    /// [`DescribeTransactionsRequest`].
    DescribeTransactions(DescribeTransactionsRequest<'a>),
    /// [`ListTransactionsRequest`].
    ListTransactions(ListTransactionsRequest<'a>),
    /// [`ConsumerGroupHeartbeatRequest`].
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest<'a>),
    /// [`ConsumerGroupDescribeRequest`].
    ConsumerGroupDescribe(ConsumerGroupDescribeRequest<'a>),
    /// [`GetTelemetrySubscriptionsRequest`].
    GetTelemetrySubscriptions(GetTelemetrySubscriptionsRequest),
    /// [`PushTelemetryRequest`].
    PushTelemetry(PushTelemetryRequest<'a>),
    /// [`ListConfigResourcesRequest`].
    ListConfigResources(ListConfigResourcesRequest),
    /// [`DescribeTopicPartitionsRequest`].
    DescribeTopicPartitions(DescribeTopicPartitionsRequest<'a>),
}

impl<'a> AnyRequest<'a> {
    /// Reads the request of `api`. See [`Message::read`].
    ///
    /// # Errors
    ///
    /// Those of [`Message::read`].
    pub fn read<S: Source<'a>>(api: ApiKey, source: &mut S, version: i16) -> Result<Self, WireError> {
        Ok(match api {
            ApiKey::Produce => Self::Produce(ProduceRequest::read(source, version)?),
            ApiKey::Fetch => Self::Fetch(FetchRequest::read(source, version)?),
            ApiKey::ListOffsets => Self::ListOffsets(ListOffsetsRequest::read(source, version)?),
            ApiKey::Metadata => Self::Metadata(MetadataRequest::read(source, version)?),
            ApiKey::OffsetCommit => Self::OffsetCommit(OffsetCommitRequest::read(source, version)?),
            ApiKey::OffsetFetch => Self::OffsetFetch(OffsetFetchRequest::read(source, version)?),
            ApiKey::FindCoordinator => Self::FindCoordinator(FindCoordinatorRequest::read(source, version)?),
            ApiKey::JoinGroup => Self::JoinGroup(JoinGroupRequest::read(source, version)?),
            ApiKey::Heartbeat => Self::Heartbeat(HeartbeatRequest::read(source, version)?),
            ApiKey::LeaveGroup => Self::LeaveGroup(LeaveGroupRequest::read(source, version)?),
            ApiKey::SyncGroup => Self::SyncGroup(SyncGroupRequest::read(source, version)?),
            ApiKey::DescribeGroups => Self::DescribeGroups(DescribeGroupsRequest::read(source, version)?),
            ApiKey::ListGroups => Self::ListGroups(ListGroupsRequest::read(source, version)?),
            ApiKey::SaslHandshake => Self::SaslHandshake(SaslHandshakeRequest::read(source, version)?),
            ApiKey::ApiVersions => Self::ApiVersions(ApiVersionsRequest::read(source, version)?),
            ApiKey::CreateTopics => Self::CreateTopics(CreateTopicsRequest::read(source, version)?),
            ApiKey::DeleteTopics => Self::DeleteTopics(DeleteTopicsRequest::read(source, version)?),
            ApiKey::DeleteRecords => Self::DeleteRecords(DeleteRecordsRequest::read(source, version)?),
            ApiKey::InitProducerId => Self::InitProducerId(InitProducerIdRequest::read(source, version)?),
            ApiKey::OffsetForLeaderEpoch => {
                Self::OffsetForLeaderEpoch(OffsetForLeaderEpochRequest::read(source, version)?)
            }
            ApiKey::AddPartitionsToTxn => {
                Self::AddPartitionsToTxn(AddPartitionsToTxnRequest::read(source, version)?)
            }
            ApiKey::AddOffsetsToTxn => Self::AddOffsetsToTxn(AddOffsetsToTxnRequest::read(source, version)?),
            ApiKey::EndTxn => Self::EndTxn(EndTxnRequest::read(source, version)?),
            ApiKey::WriteTxnMarkers => Self::WriteTxnMarkers(WriteTxnMarkersRequest::read(source, version)?),
            ApiKey::TxnOffsetCommit => Self::TxnOffsetCommit(TxnOffsetCommitRequest::read(source, version)?),
            ApiKey::DescribeAcls => Self::DescribeAcls(DescribeAclsRequest::read(source, version)?),
            ApiKey::CreateAcls => Self::CreateAcls(CreateAclsRequest::read(source, version)?),
            ApiKey::DeleteAcls => Self::DeleteAcls(DeleteAclsRequest::read(source, version)?),
            ApiKey::DescribeConfigs => Self::DescribeConfigs(DescribeConfigsRequest::read(source, version)?),
            ApiKey::AlterConfigs => Self::AlterConfigs(AlterConfigsRequest::read(source, version)?),
            ApiKey::AlterReplicaLogDirs => {
                Self::AlterReplicaLogDirs(AlterReplicaLogDirsRequest::read(source, version)?)
            }
            ApiKey::DescribeLogDirs => Self::DescribeLogDirs(DescribeLogDirsRequest::read(source, version)?),
            ApiKey::SaslAuthenticate => {
                Self::SaslAuthenticate(SaslAuthenticateRequest::read(source, version)?)
            }
            ApiKey::CreatePartitions => {
                Self::CreatePartitions(CreatePartitionsRequest::read(source, version)?)
            }
            ApiKey::DeleteGroups => Self::DeleteGroups(DeleteGroupsRequest::read(source, version)?),
            ApiKey::ElectLeaders => Self::ElectLeaders(ElectLeadersRequest::read(source, version)?),
            ApiKey::IncrementalAlterConfigs => {
                Self::IncrementalAlterConfigs(IncrementalAlterConfigsRequest::read(source, version)?)
            }
            ApiKey::AlterPartitionReassignments => {
                Self::AlterPartitionReassignments(AlterPartitionReassignmentsRequest::read(source, version)?)
            }
            ApiKey::ListPartitionReassignments => {
                Self::ListPartitionReassignments(ListPartitionReassignmentsRequest::read(source, version)?)
            }
            ApiKey::OffsetDelete => Self::OffsetDelete(OffsetDeleteRequest::read(source, version)?),
            ApiKey::DescribeClientQuotas => {
                Self::DescribeClientQuotas(DescribeClientQuotasRequest::read(source, version)?)
            }
            ApiKey::AlterClientQuotas => {
                Self::AlterClientQuotas(AlterClientQuotasRequest::read(source, version)?)
            }
            ApiKey::DescribeUserScramCredentials => Self::DescribeUserScramCredentials(
                DescribeUserScramCredentialsRequest::read(source, version)?,
            ),
            ApiKey::AlterUserScramCredentials => {
                Self::AlterUserScramCredentials(AlterUserScramCredentialsRequest::read(source, version)?)
            }
            ApiKey::DescribeQuorum => Self::DescribeQuorum(DescribeQuorumRequest::read(source, version)?),
            ApiKey::UpdateFeatures => Self::UpdateFeatures(UpdateFeaturesRequest::read(source, version)?),
            ApiKey::DescribeCluster => Self::DescribeCluster(DescribeClusterRequest::read(source, version)?),
            ApiKey::DescribeProducers => {
                Self::DescribeProducers(DescribeProducersRequest::read(source, version)?)
            }
            ApiKey::UnregisterBroker => {
                Self::UnregisterBroker(UnregisterBrokerRequest::read(source, version)?)
            }
            ApiKey::DescribeTransactions => {
                Self::DescribeTransactions(DescribeTransactionsRequest::read(source, version)?)
            }
            ApiKey::ListTransactions => {
                Self::ListTransactions(ListTransactionsRequest::read(source, version)?)
            }
            ApiKey::ConsumerGroupHeartbeat => {
                Self::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest::read(source, version)?)
            }
            ApiKey::ConsumerGroupDescribe => {
                Self::ConsumerGroupDescribe(ConsumerGroupDescribeRequest::read(source, version)?)
            }
            ApiKey::GetTelemetrySubscriptions => {
                Self::GetTelemetrySubscriptions(GetTelemetrySubscriptionsRequest::read(source, version)?)
            }
            ApiKey::PushTelemetry => Self::PushTelemetry(PushTelemetryRequest::read(source, version)?),
            ApiKey::ListConfigResources => {
                Self::ListConfigResources(ListConfigResourcesRequest::read(source, version)?)
            }
            ApiKey::DescribeTopicPartitions => {
                Self::DescribeTopicPartitions(DescribeTopicPartitionsRequest::read(source, version)?)
            }
        })
    }

    /// Writes the request. See [`Message::write`].
    ///
    /// # Errors
    ///
    /// Those of [`Message::write`].
    pub fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        match self {
            Self::Produce(body) => body.write(sink, version),
            Self::Fetch(body) => body.write(sink, version),
            Self::ListOffsets(body) => body.write(sink, version),
            Self::Metadata(body) => body.write(sink, version),
            Self::OffsetCommit(body) => body.write(sink, version),
            Self::OffsetFetch(body) => body.write(sink, version),
            Self::FindCoordinator(body) => body.write(sink, version),
            Self::JoinGroup(body) => body.write(sink, version),
            Self::Heartbeat(body) => body.write(sink, version),
            Self::LeaveGroup(body) => body.write(sink, version),
            Self::SyncGroup(body) => body.write(sink, version),
            Self::DescribeGroups(body) => body.write(sink, version),
            Self::ListGroups(body) => body.write(sink, version),
            Self::SaslHandshake(body) => body.write(sink, version),
            Self::ApiVersions(body) => body.write(sink, version),
            Self::CreateTopics(body) => body.write(sink, version),
            Self::DeleteTopics(body) => body.write(sink, version),
            Self::DeleteRecords(body) => body.write(sink, version),
            Self::InitProducerId(body) => body.write(sink, version),
            Self::OffsetForLeaderEpoch(body) => body.write(sink, version),
            Self::AddPartitionsToTxn(body) => body.write(sink, version),
            Self::AddOffsetsToTxn(body) => body.write(sink, version),
            Self::EndTxn(body) => body.write(sink, version),
            Self::WriteTxnMarkers(body) => body.write(sink, version),
            Self::TxnOffsetCommit(body) => body.write(sink, version),
            Self::DescribeAcls(body) => body.write(sink, version),
            Self::CreateAcls(body) => body.write(sink, version),
            Self::DeleteAcls(body) => body.write(sink, version),
            Self::DescribeConfigs(body) => body.write(sink, version),
            Self::AlterConfigs(body) => body.write(sink, version),
            Self::AlterReplicaLogDirs(body) => body.write(sink, version),
            Self::DescribeLogDirs(body) => body.write(sink, version),
            Self::SaslAuthenticate(body) => body.write(sink, version),
            Self::CreatePartitions(body) => body.write(sink, version),
            Self::DeleteGroups(body) => body.write(sink, version),
            Self::ElectLeaders(body) => body.write(sink, version),
            Self::IncrementalAlterConfigs(body) => body.write(sink, version),
            Self::AlterPartitionReassignments(body) => body.write(sink, version),
            Self::ListPartitionReassignments(body) => body.write(sink, version),
            Self::OffsetDelete(body) => body.write(sink, version),
            Self::DescribeClientQuotas(body) => body.write(sink, version),
            Self::AlterClientQuotas(body) => body.write(sink, version),
            Self::DescribeUserScramCredentials(body) => body.write(sink, version),
            Self::AlterUserScramCredentials(body) => body.write(sink, version),
            Self::DescribeQuorum(body) => body.write(sink, version),
            Self::UpdateFeatures(body) => body.write(sink, version),
            Self::DescribeCluster(body) => body.write(sink, version),
            Self::DescribeProducers(body) => body.write(sink, version),
            Self::UnregisterBroker(body) => body.write(sink, version),
            Self::DescribeTransactions(body) => body.write(sink, version),
            Self::ListTransactions(body) => body.write(sink, version),
            Self::ConsumerGroupHeartbeat(body) => body.write(sink, version),
            Self::ConsumerGroupDescribe(body) => body.write(sink, version),
            Self::GetTelemetrySubscriptions(body) => body.write(sink, version),
            Self::PushTelemetry(body) => body.write(sink, version),
            Self::ListConfigResources(body) => body.write(sink, version),
            Self::DescribeTopicPartitions(body) => body.write(sink, version),
        }
    }

    /// The API that it belongs to.
    #[must_use]
    pub const fn api(&self) -> ApiKey {
        match self {
            Self::Produce(_) => ApiKey::Produce,
            Self::Fetch(_) => ApiKey::Fetch,
            Self::ListOffsets(_) => ApiKey::ListOffsets,
            Self::Metadata(_) => ApiKey::Metadata,
            Self::OffsetCommit(_) => ApiKey::OffsetCommit,
            Self::OffsetFetch(_) => ApiKey::OffsetFetch,
            Self::FindCoordinator(_) => ApiKey::FindCoordinator,
            Self::JoinGroup(_) => ApiKey::JoinGroup,
            Self::Heartbeat(_) => ApiKey::Heartbeat,
            Self::LeaveGroup(_) => ApiKey::LeaveGroup,
            Self::SyncGroup(_) => ApiKey::SyncGroup,
            Self::DescribeGroups(_) => ApiKey::DescribeGroups,
            Self::ListGroups(_) => ApiKey::ListGroups,
            Self::SaslHandshake(_) => ApiKey::SaslHandshake,
            Self::ApiVersions(_) => ApiKey::ApiVersions,
            Self::CreateTopics(_) => ApiKey::CreateTopics,
            Self::DeleteTopics(_) => ApiKey::DeleteTopics,
            Self::DeleteRecords(_) => ApiKey::DeleteRecords,
            Self::InitProducerId(_) => ApiKey::InitProducerId,
            Self::OffsetForLeaderEpoch(_) => ApiKey::OffsetForLeaderEpoch,
            Self::AddPartitionsToTxn(_) => ApiKey::AddPartitionsToTxn,
            Self::AddOffsetsToTxn(_) => ApiKey::AddOffsetsToTxn,
            Self::EndTxn(_) => ApiKey::EndTxn,
            Self::WriteTxnMarkers(_) => ApiKey::WriteTxnMarkers,
            Self::TxnOffsetCommit(_) => ApiKey::TxnOffsetCommit,
            Self::DescribeAcls(_) => ApiKey::DescribeAcls,
            Self::CreateAcls(_) => ApiKey::CreateAcls,
            Self::DeleteAcls(_) => ApiKey::DeleteAcls,
            Self::DescribeConfigs(_) => ApiKey::DescribeConfigs,
            Self::AlterConfigs(_) => ApiKey::AlterConfigs,
            Self::AlterReplicaLogDirs(_) => ApiKey::AlterReplicaLogDirs,
            Self::DescribeLogDirs(_) => ApiKey::DescribeLogDirs,
            Self::SaslAuthenticate(_) => ApiKey::SaslAuthenticate,
            Self::CreatePartitions(_) => ApiKey::CreatePartitions,
            Self::DeleteGroups(_) => ApiKey::DeleteGroups,
            Self::ElectLeaders(_) => ApiKey::ElectLeaders,
            Self::IncrementalAlterConfigs(_) => ApiKey::IncrementalAlterConfigs,
            Self::AlterPartitionReassignments(_) => ApiKey::AlterPartitionReassignments,
            Self::ListPartitionReassignments(_) => ApiKey::ListPartitionReassignments,
            Self::OffsetDelete(_) => ApiKey::OffsetDelete,
            Self::DescribeClientQuotas(_) => ApiKey::DescribeClientQuotas,
            Self::AlterClientQuotas(_) => ApiKey::AlterClientQuotas,
            Self::DescribeUserScramCredentials(_) => ApiKey::DescribeUserScramCredentials,
            Self::AlterUserScramCredentials(_) => ApiKey::AlterUserScramCredentials,
            Self::DescribeQuorum(_) => ApiKey::DescribeQuorum,
            Self::UpdateFeatures(_) => ApiKey::UpdateFeatures,
            Self::DescribeCluster(_) => ApiKey::DescribeCluster,
            Self::DescribeProducers(_) => ApiKey::DescribeProducers,
            Self::UnregisterBroker(_) => ApiKey::UnregisterBroker,
            Self::DescribeTransactions(_) => ApiKey::DescribeTransactions,
            Self::ListTransactions(_) => ApiKey::ListTransactions,
            Self::ConsumerGroupHeartbeat(_) => ApiKey::ConsumerGroupHeartbeat,
            Self::ConsumerGroupDescribe(_) => ApiKey::ConsumerGroupDescribe,
            Self::GetTelemetrySubscriptions(_) => ApiKey::GetTelemetrySubscriptions,
            Self::PushTelemetry(_) => ApiKey::PushTelemetry,
            Self::ListConfigResources(_) => ApiKey::ListConfigResources,
            Self::DescribeTopicPartitions(_) => ApiKey::DescribeTopicPartitions,
        }
    }
}

/// A response of any API.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnyResponse<'a> {
    /// [`ProduceResponse`].
    Produce(ProduceResponse<'a>),
    /// [`FetchResponse`].
    Fetch(FetchResponse<'a>),
    /// [`ListOffsetsResponse`].
    ListOffsets(ListOffsetsResponse<'a>),
    /// [`MetadataResponse`].
    Metadata(MetadataResponse<'a>),
    /// [`OffsetCommitResponse`].
    OffsetCommit(OffsetCommitResponse<'a>),
    /// [`OffsetFetchResponse`].
    OffsetFetch(OffsetFetchResponse<'a>),
    /// [`FindCoordinatorResponse`].
    FindCoordinator(FindCoordinatorResponse<'a>),
    /// [`JoinGroupResponse`].
    JoinGroup(JoinGroupResponse<'a>),
    /// [`HeartbeatResponse`].
    Heartbeat(HeartbeatResponse),
    /// [`LeaveGroupResponse`].
    LeaveGroup(LeaveGroupResponse<'a>),
    /// [`SyncGroupResponse`].
    SyncGroup(SyncGroupResponse<'a>),
    /// [`DescribeGroupsResponse`].
    DescribeGroups(DescribeGroupsResponse<'a>),
    /// [`ListGroupsResponse`].
    ListGroups(ListGroupsResponse<'a>),
    /// [`SaslHandshakeResponse`].
    SaslHandshake(SaslHandshakeResponse<'a>),
    /// [`ApiVersionsResponse`].
    ApiVersions(ApiVersionsResponse<'a>),
    /// [`CreateTopicsResponse`].
    CreateTopics(CreateTopicsResponse<'a>),
    /// [`DeleteTopicsResponse`].
    DeleteTopics(DeleteTopicsResponse<'a>),
    /// [`DeleteRecordsResponse`].
    DeleteRecords(DeleteRecordsResponse<'a>),
    /// [`InitProducerIdResponse`].
    InitProducerId(InitProducerIdResponse),
    /// [`OffsetForLeaderEpochResponse`].
    OffsetForLeaderEpoch(OffsetForLeaderEpochResponse<'a>),
    /// [`AddPartitionsToTxnResponse`].
    AddPartitionsToTxn(AddPartitionsToTxnResponse<'a>),
    /// [`AddOffsetsToTxnResponse`].
    AddOffsetsToTxn(AddOffsetsToTxnResponse),
    /// [`EndTxnResponse`].
    EndTxn(EndTxnResponse),
    /// [`WriteTxnMarkersResponse`].
    WriteTxnMarkers(WriteTxnMarkersResponse<'a>),
    /// [`TxnOffsetCommitResponse`].
    TxnOffsetCommit(TxnOffsetCommitResponse<'a>),
    /// [`DescribeAclsResponse`].
    DescribeAcls(DescribeAclsResponse<'a>),
    /// [`CreateAclsResponse`].
    CreateAcls(CreateAclsResponse<'a>),
    /// [`DeleteAclsResponse`].
    DeleteAcls(DeleteAclsResponse<'a>),
    /// [`DescribeConfigsResponse`].
    DescribeConfigs(DescribeConfigsResponse<'a>),
    /// [`AlterConfigsResponse`].
    AlterConfigs(AlterConfigsResponse<'a>),
    /// [`AlterReplicaLogDirsResponse`].
    AlterReplicaLogDirs(AlterReplicaLogDirsResponse<'a>),
    /// [`DescribeLogDirsResponse`].
    DescribeLogDirs(DescribeLogDirsResponse<'a>),
    /// [`SaslAuthenticateResponse`].
    SaslAuthenticate(SaslAuthenticateResponse<'a>),
    /// [`CreatePartitionsResponse`].
    CreatePartitions(CreatePartitionsResponse<'a>),
    /// [`DeleteGroupsResponse`].
    DeleteGroups(DeleteGroupsResponse<'a>),
    /// [`ElectLeadersResponse`].
    ElectLeaders(ElectLeadersResponse<'a>),
    /// [`IncrementalAlterConfigsResponse`].
    IncrementalAlterConfigs(IncrementalAlterConfigsResponse<'a>),
    /// [`AlterPartitionReassignmentsResponse`].
    AlterPartitionReassignments(AlterPartitionReassignmentsResponse<'a>),
    /// [`ListPartitionReassignmentsResponse`].
    ListPartitionReassignments(ListPartitionReassignmentsResponse<'a>),
    /// [`OffsetDeleteResponse`].
    OffsetDelete(OffsetDeleteResponse<'a>),
    /// [`DescribeClientQuotasResponse`].
    DescribeClientQuotas(DescribeClientQuotasResponse<'a>),
    /// [`AlterClientQuotasResponse`].
    AlterClientQuotas(AlterClientQuotasResponse<'a>),
    /// [`DescribeUserScramCredentialsResponse`].
    DescribeUserScramCredentials(DescribeUserScramCredentialsResponse<'a>),
    /// [`AlterUserScramCredentialsResponse`].
    AlterUserScramCredentials(AlterUserScramCredentialsResponse<'a>),
    /// [`DescribeQuorumResponse`].
    DescribeQuorum(DescribeQuorumResponse<'a>),
    /// [`UpdateFeaturesResponse`].
    UpdateFeatures(UpdateFeaturesResponse<'a>),
    /// [`DescribeClusterResponse`].
    DescribeCluster(DescribeClusterResponse<'a>),
    /// [`DescribeProducersResponse`].
    DescribeProducers(DescribeProducersResponse<'a>),
    /// [`UnregisterBrokerResponse`].
    UnregisterBroker(UnregisterBrokerResponse<'a>),
    /// [`DescribeTransactionsResponse`].
    DescribeTransactions(DescribeTransactionsResponse<'a>),
    /// [`ListTransactionsResponse`].
    ListTransactions(ListTransactionsResponse<'a>),
    /// [`ConsumerGroupHeartbeatResponse`].
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse<'a>),
    /// [`ConsumerGroupDescribeResponse`].
    ConsumerGroupDescribe(ConsumerGroupDescribeResponse<'a>),
    /// [`GetTelemetrySubscriptionsResponse`].
    GetTelemetrySubscriptions(GetTelemetrySubscriptionsResponse<'a>),
    /// [`PushTelemetryResponse`].
    PushTelemetry(PushTelemetryResponse),
    /// [`ListConfigResourcesResponse`].
    ListConfigResources(ListConfigResourcesResponse<'a>),
    /// [`DescribeTopicPartitionsResponse`].
    DescribeTopicPartitions(DescribeTopicPartitionsResponse<'a>),
}

impl<'a> AnyResponse<'a> {
    /// Reads the response of `api`. See [`Message::read`].
    ///
    /// # Errors
    ///
    /// Those of [`Message::read`].
    pub fn read<S: Source<'a>>(api: ApiKey, source: &mut S, version: i16) -> Result<Self, WireError> {
        Ok(match api {
            ApiKey::Produce => Self::Produce(ProduceResponse::read(source, version)?),
            ApiKey::Fetch => Self::Fetch(FetchResponse::read(source, version)?),
            ApiKey::ListOffsets => Self::ListOffsets(ListOffsetsResponse::read(source, version)?),
            ApiKey::Metadata => Self::Metadata(MetadataResponse::read(source, version)?),
            ApiKey::OffsetCommit => Self::OffsetCommit(OffsetCommitResponse::read(source, version)?),
            ApiKey::OffsetFetch => Self::OffsetFetch(OffsetFetchResponse::read(source, version)?),
            ApiKey::FindCoordinator => Self::FindCoordinator(FindCoordinatorResponse::read(source, version)?),
            ApiKey::JoinGroup => Self::JoinGroup(JoinGroupResponse::read(source, version)?),
            ApiKey::Heartbeat => Self::Heartbeat(HeartbeatResponse::read(source, version)?),
            ApiKey::LeaveGroup => Self::LeaveGroup(LeaveGroupResponse::read(source, version)?),
            ApiKey::SyncGroup => Self::SyncGroup(SyncGroupResponse::read(source, version)?),
            ApiKey::DescribeGroups => Self::DescribeGroups(DescribeGroupsResponse::read(source, version)?),
            ApiKey::ListGroups => Self::ListGroups(ListGroupsResponse::read(source, version)?),
            ApiKey::SaslHandshake => Self::SaslHandshake(SaslHandshakeResponse::read(source, version)?),
            ApiKey::ApiVersions => Self::ApiVersions(ApiVersionsResponse::read(source, version)?),
            ApiKey::CreateTopics => Self::CreateTopics(CreateTopicsResponse::read(source, version)?),
            ApiKey::DeleteTopics => Self::DeleteTopics(DeleteTopicsResponse::read(source, version)?),
            ApiKey::DeleteRecords => Self::DeleteRecords(DeleteRecordsResponse::read(source, version)?),
            ApiKey::InitProducerId => Self::InitProducerId(InitProducerIdResponse::read(source, version)?),
            ApiKey::OffsetForLeaderEpoch => {
                Self::OffsetForLeaderEpoch(OffsetForLeaderEpochResponse::read(source, version)?)
            }
            ApiKey::AddPartitionsToTxn => {
                Self::AddPartitionsToTxn(AddPartitionsToTxnResponse::read(source, version)?)
            }
            ApiKey::AddOffsetsToTxn => Self::AddOffsetsToTxn(AddOffsetsToTxnResponse::read(source, version)?),
            ApiKey::EndTxn => Self::EndTxn(EndTxnResponse::read(source, version)?),
            ApiKey::WriteTxnMarkers => Self::WriteTxnMarkers(WriteTxnMarkersResponse::read(source, version)?),
            ApiKey::TxnOffsetCommit => Self::TxnOffsetCommit(TxnOffsetCommitResponse::read(source, version)?),
            ApiKey::DescribeAcls => Self::DescribeAcls(DescribeAclsResponse::read(source, version)?),
            ApiKey::CreateAcls => Self::CreateAcls(CreateAclsResponse::read(source, version)?),
            ApiKey::DeleteAcls => Self::DeleteAcls(DeleteAclsResponse::read(source, version)?),
            ApiKey::DescribeConfigs => Self::DescribeConfigs(DescribeConfigsResponse::read(source, version)?),
            ApiKey::AlterConfigs => Self::AlterConfigs(AlterConfigsResponse::read(source, version)?),
            ApiKey::AlterReplicaLogDirs => {
                Self::AlterReplicaLogDirs(AlterReplicaLogDirsResponse::read(source, version)?)
            }
            ApiKey::DescribeLogDirs => Self::DescribeLogDirs(DescribeLogDirsResponse::read(source, version)?),
            ApiKey::SaslAuthenticate => {
                Self::SaslAuthenticate(SaslAuthenticateResponse::read(source, version)?)
            }
            ApiKey::CreatePartitions => {
                Self::CreatePartitions(CreatePartitionsResponse::read(source, version)?)
            }
            ApiKey::DeleteGroups => Self::DeleteGroups(DeleteGroupsResponse::read(source, version)?),
            ApiKey::ElectLeaders => Self::ElectLeaders(ElectLeadersResponse::read(source, version)?),
            ApiKey::IncrementalAlterConfigs => {
                Self::IncrementalAlterConfigs(IncrementalAlterConfigsResponse::read(source, version)?)
            }
            ApiKey::AlterPartitionReassignments => {
                Self::AlterPartitionReassignments(AlterPartitionReassignmentsResponse::read(source, version)?)
            }
            ApiKey::ListPartitionReassignments => {
                Self::ListPartitionReassignments(ListPartitionReassignmentsResponse::read(source, version)?)
            }
            ApiKey::OffsetDelete => Self::OffsetDelete(OffsetDeleteResponse::read(source, version)?),
            ApiKey::DescribeClientQuotas => {
                Self::DescribeClientQuotas(DescribeClientQuotasResponse::read(source, version)?)
            }
            ApiKey::AlterClientQuotas => {
                Self::AlterClientQuotas(AlterClientQuotasResponse::read(source, version)?)
            }
            ApiKey::DescribeUserScramCredentials => Self::DescribeUserScramCredentials(
                DescribeUserScramCredentialsResponse::read(source, version)?,
            ),
            ApiKey::AlterUserScramCredentials => {
                Self::AlterUserScramCredentials(AlterUserScramCredentialsResponse::read(source, version)?)
            }
            ApiKey::DescribeQuorum => Self::DescribeQuorum(DescribeQuorumResponse::read(source, version)?),
            ApiKey::UpdateFeatures => Self::UpdateFeatures(UpdateFeaturesResponse::read(source, version)?),
            ApiKey::DescribeCluster => Self::DescribeCluster(DescribeClusterResponse::read(source, version)?),
            ApiKey::DescribeProducers => {
                Self::DescribeProducers(DescribeProducersResponse::read(source, version)?)
            }
            ApiKey::UnregisterBroker => {
                Self::UnregisterBroker(UnregisterBrokerResponse::read(source, version)?)
            }
            ApiKey::DescribeTransactions => {
                Self::DescribeTransactions(DescribeTransactionsResponse::read(source, version)?)
            }
            ApiKey::ListTransactions => {
                Self::ListTransactions(ListTransactionsResponse::read(source, version)?)
            }
            ApiKey::ConsumerGroupHeartbeat => {
                Self::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse::read(source, version)?)
            }
            ApiKey::ConsumerGroupDescribe => {
                Self::ConsumerGroupDescribe(ConsumerGroupDescribeResponse::read(source, version)?)
            }
            ApiKey::GetTelemetrySubscriptions => {
                Self::GetTelemetrySubscriptions(GetTelemetrySubscriptionsResponse::read(source, version)?)
            }
            ApiKey::PushTelemetry => Self::PushTelemetry(PushTelemetryResponse::read(source, version)?),
            ApiKey::ListConfigResources => {
                Self::ListConfigResources(ListConfigResourcesResponse::read(source, version)?)
            }
            ApiKey::DescribeTopicPartitions => {
                Self::DescribeTopicPartitions(DescribeTopicPartitionsResponse::read(source, version)?)
            }
        })
    }

    /// Writes the response. See [`Message::write`].
    ///
    /// # Errors
    ///
    /// Those of [`Message::write`].
    pub fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        match self {
            Self::Produce(body) => body.write(sink, version),
            Self::Fetch(body) => body.write(sink, version),
            Self::ListOffsets(body) => body.write(sink, version),
            Self::Metadata(body) => body.write(sink, version),
            Self::OffsetCommit(body) => body.write(sink, version),
            Self::OffsetFetch(body) => body.write(sink, version),
            Self::FindCoordinator(body) => body.write(sink, version),
            Self::JoinGroup(body) => body.write(sink, version),
            Self::Heartbeat(body) => body.write(sink, version),
            Self::LeaveGroup(body) => body.write(sink, version),
            Self::SyncGroup(body) => body.write(sink, version),
            Self::DescribeGroups(body) => body.write(sink, version),
            Self::ListGroups(body) => body.write(sink, version),
            Self::SaslHandshake(body) => body.write(sink, version),
            Self::ApiVersions(body) => body.write(sink, version),
            Self::CreateTopics(body) => body.write(sink, version),
            Self::DeleteTopics(body) => body.write(sink, version),
            Self::DeleteRecords(body) => body.write(sink, version),
            Self::InitProducerId(body) => body.write(sink, version),
            Self::OffsetForLeaderEpoch(body) => body.write(sink, version),
            Self::AddPartitionsToTxn(body) => body.write(sink, version),
            Self::AddOffsetsToTxn(body) => body.write(sink, version),
            Self::EndTxn(body) => body.write(sink, version),
            Self::WriteTxnMarkers(body) => body.write(sink, version),
            Self::TxnOffsetCommit(body) => body.write(sink, version),
            Self::DescribeAcls(body) => body.write(sink, version),
            Self::CreateAcls(body) => body.write(sink, version),
            Self::DeleteAcls(body) => body.write(sink, version),
            Self::DescribeConfigs(body) => body.write(sink, version),
            Self::AlterConfigs(body) => body.write(sink, version),
            Self::AlterReplicaLogDirs(body) => body.write(sink, version),
            Self::DescribeLogDirs(body) => body.write(sink, version),
            Self::SaslAuthenticate(body) => body.write(sink, version),
            Self::CreatePartitions(body) => body.write(sink, version),
            Self::DeleteGroups(body) => body.write(sink, version),
            Self::ElectLeaders(body) => body.write(sink, version),
            Self::IncrementalAlterConfigs(body) => body.write(sink, version),
            Self::AlterPartitionReassignments(body) => body.write(sink, version),
            Self::ListPartitionReassignments(body) => body.write(sink, version),
            Self::OffsetDelete(body) => body.write(sink, version),
            Self::DescribeClientQuotas(body) => body.write(sink, version),
            Self::AlterClientQuotas(body) => body.write(sink, version),
            Self::DescribeUserScramCredentials(body) => body.write(sink, version),
            Self::AlterUserScramCredentials(body) => body.write(sink, version),
            Self::DescribeQuorum(body) => body.write(sink, version),
            Self::UpdateFeatures(body) => body.write(sink, version),
            Self::DescribeCluster(body) => body.write(sink, version),
            Self::DescribeProducers(body) => body.write(sink, version),
            Self::UnregisterBroker(body) => body.write(sink, version),
            Self::DescribeTransactions(body) => body.write(sink, version),
            Self::ListTransactions(body) => body.write(sink, version),
            Self::ConsumerGroupHeartbeat(body) => body.write(sink, version),
            Self::ConsumerGroupDescribe(body) => body.write(sink, version),
            Self::GetTelemetrySubscriptions(body) => body.write(sink, version),
            Self::PushTelemetry(body) => body.write(sink, version),
            Self::ListConfigResources(body) => body.write(sink, version),
            Self::DescribeTopicPartitions(body) => body.write(sink, version),
        }
    }

    /// The API that it belongs to.
    #[must_use]
    pub const fn api(&self) -> ApiKey {
        match self {
            Self::Produce(_) => ApiKey::Produce,
            Self::Fetch(_) => ApiKey::Fetch,
            Self::ListOffsets(_) => ApiKey::ListOffsets,
            Self::Metadata(_) => ApiKey::Metadata,
            Self::OffsetCommit(_) => ApiKey::OffsetCommit,
            Self::OffsetFetch(_) => ApiKey::OffsetFetch,
            Self::FindCoordinator(_) => ApiKey::FindCoordinator,
            Self::JoinGroup(_) => ApiKey::JoinGroup,
            Self::Heartbeat(_) => ApiKey::Heartbeat,
            Self::LeaveGroup(_) => ApiKey::LeaveGroup,
            Self::SyncGroup(_) => ApiKey::SyncGroup,
            Self::DescribeGroups(_) => ApiKey::DescribeGroups,
            Self::ListGroups(_) => ApiKey::ListGroups,
            Self::SaslHandshake(_) => ApiKey::SaslHandshake,
            Self::ApiVersions(_) => ApiKey::ApiVersions,
            Self::CreateTopics(_) => ApiKey::CreateTopics,
            Self::DeleteTopics(_) => ApiKey::DeleteTopics,
            Self::DeleteRecords(_) => ApiKey::DeleteRecords,
            Self::InitProducerId(_) => ApiKey::InitProducerId,
            Self::OffsetForLeaderEpoch(_) => ApiKey::OffsetForLeaderEpoch,
            Self::AddPartitionsToTxn(_) => ApiKey::AddPartitionsToTxn,
            Self::AddOffsetsToTxn(_) => ApiKey::AddOffsetsToTxn,
            Self::EndTxn(_) => ApiKey::EndTxn,
            Self::WriteTxnMarkers(_) => ApiKey::WriteTxnMarkers,
            Self::TxnOffsetCommit(_) => ApiKey::TxnOffsetCommit,
            Self::DescribeAcls(_) => ApiKey::DescribeAcls,
            Self::CreateAcls(_) => ApiKey::CreateAcls,
            Self::DeleteAcls(_) => ApiKey::DeleteAcls,
            Self::DescribeConfigs(_) => ApiKey::DescribeConfigs,
            Self::AlterConfigs(_) => ApiKey::AlterConfigs,
            Self::AlterReplicaLogDirs(_) => ApiKey::AlterReplicaLogDirs,
            Self::DescribeLogDirs(_) => ApiKey::DescribeLogDirs,
            Self::SaslAuthenticate(_) => ApiKey::SaslAuthenticate,
            Self::CreatePartitions(_) => ApiKey::CreatePartitions,
            Self::DeleteGroups(_) => ApiKey::DeleteGroups,
            Self::ElectLeaders(_) => ApiKey::ElectLeaders,
            Self::IncrementalAlterConfigs(_) => ApiKey::IncrementalAlterConfigs,
            Self::AlterPartitionReassignments(_) => ApiKey::AlterPartitionReassignments,
            Self::ListPartitionReassignments(_) => ApiKey::ListPartitionReassignments,
            Self::OffsetDelete(_) => ApiKey::OffsetDelete,
            Self::DescribeClientQuotas(_) => ApiKey::DescribeClientQuotas,
            Self::AlterClientQuotas(_) => ApiKey::AlterClientQuotas,
            Self::DescribeUserScramCredentials(_) => ApiKey::DescribeUserScramCredentials,
            Self::AlterUserScramCredentials(_) => ApiKey::AlterUserScramCredentials,
            Self::DescribeQuorum(_) => ApiKey::DescribeQuorum,
            Self::UpdateFeatures(_) => ApiKey::UpdateFeatures,
            Self::DescribeCluster(_) => ApiKey::DescribeCluster,
            Self::DescribeProducers(_) => ApiKey::DescribeProducers,
            Self::UnregisterBroker(_) => ApiKey::UnregisterBroker,
            Self::DescribeTransactions(_) => ApiKey::DescribeTransactions,
            Self::ListTransactions(_) => ApiKey::ListTransactions,
            Self::ConsumerGroupHeartbeat(_) => ApiKey::ConsumerGroupHeartbeat,
            Self::ConsumerGroupDescribe(_) => ApiKey::ConsumerGroupDescribe,
            Self::GetTelemetrySubscriptions(_) => ApiKey::GetTelemetrySubscriptions,
            Self::PushTelemetry(_) => ApiKey::PushTelemetry,
            Self::ListConfigResources(_) => ApiKey::ListConfigResources,
            Self::DescribeTopicPartitions(_) => ApiKey::DescribeTopicPartitions,
        }
    }
}
