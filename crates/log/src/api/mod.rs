//! Kafka's APIs, one file each: its versions and its gaps at its head.
//!
//! Here is what they share: the [`Call`] that a handler answers, the [`Reply`] that it gives, and the table that finds the
//! handler. A handler never writes to a connection and never blocks; what must wait for a sync or for other
//! clients is a [`Reply::Later`], so that its connection goes on reading. Answers leave in the order of the requests.

mod add_offsets_to_txn;
mod add_partitions_to_txn;
#[cfg(test)]
mod admin_tests;
mod alter_client_quotas;
mod alter_configs;
mod alter_partition_reassignments;
mod alter_replica_log_dirs;
mod alter_user_scram_credentials;
mod api_versions;
mod consumer_group_describe;
mod consumer_group_heartbeat;
mod create_acls;
mod create_partitions;
mod create_topics;
mod delete_acls;
mod delete_groups;
mod delete_records;
mod delete_topics;
mod describe_acls;
mod describe_client_quotas;
mod describe_cluster;
mod describe_configs;
mod describe_groups;
mod describe_log_dirs;
mod describe_producers;
mod describe_quorum;
mod describe_topic_partitions;
mod describe_transactions;
mod describe_user_scram_credentials;
mod elect_leaders;
mod end_txn;
mod fetch;
mod fetch_sessions;
mod find_coordinator;
mod get_telemetry_subscriptions;
#[cfg(test)]
pub(crate) mod harness;
mod heartbeat;
mod incremental_alter_configs;
mod init_producer_id;
mod join_group;
mod leave_group;
mod list_config_resources;
mod list_groups;
mod list_offsets;
mod list_partition_reassignments;
mod list_transactions;
mod metadata;
mod offset_commit;
mod offset_delete;
mod offset_fetch;
mod offset_for_leader_epoch;
mod operations;
mod produce;
mod push_telemetry;
mod quota_entity;
mod reply;
mod sasl_authenticate;
mod sasl_handshake;
mod sync_group;
mod txn_offset_commit;
mod unregister_broker;
mod update_features;
mod write_txn_markers;

use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::AnyRequest;
use watershed_protocol::wire::Response;

use crate::broker::Broker;
use crate::partition::Partition;
use crate::server::Users;
pub(crate) use api_versions::answer_unsupported_version;
pub(crate) use fetch_sessions::FetchSessions;
pub(crate) use reply::{FileRange, Frame, Part, Reply, ReplyTo};

/// One request to be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) broker: &'a Arc<Broker>,
    pub(crate) caller: &'a Caller,
    pub(crate) client_id: Option<&'a str>,
    /// Who may connect by a file, if somebody may: what it says counts more than what is altered here.
    pub(crate) users: Option<&'a Users>,
    pub(crate) to: ReplyTo,
}

/// Who is at the other end of a connection, and what it was told of this end.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Unique in the life of the process.
    pub(crate) connection_id: u64,
    /// The peer's address for logs and for `client_host` in group descriptions: an IP address, or "in memory".
    pub(crate) host: String,
    /// Who authenticated: "User:alice", or "User:ANONYMOUS".
    pub(crate) principal: String,
    /// How this connection's listener is protected.
    pub(crate) listener: ListenerSecurity,
    /// The host and port under which this connection's listener is reached: what Metadata says.
    pub(crate) advertised: (String, u16),
}

/// How a listener is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ListenerSecurity {
    pub(crate) tls: bool,
    /// The mechanisms by which clients authenticate, with commas between. None: they need not.
    pub(crate) mechanisms: Option<&'static str>,
}

impl ListenerSecurity {
    /// Kafka's word for it.
    const fn protocol(self) -> &'static str {
        match (self.tls, self.mechanisms.is_some()) {
            (false, false) => "PLAINTEXT",
            (true, false) => "SSL",
            (false, true) => "SASL_PLAINTEXT",
            (true, true) => "SASL_SSL",
        }
    }

    fn mechanisms(self) -> &'static str {
        self.mechanisms.unwrap_or_default()
    }
}

impl Call<'_> {
    /// The version of the request, which is that of the answer.
    pub(crate) const fn version(&self) -> i16 {
        self.to.version
    }

    /// Answers at once.
    pub(crate) fn reply<'r, R: Response<'r>>(&self, response: &R) -> Reply {
        Reply::Now(self.to.encode(response))
    }
}

/// Checks the leader epoch that a client believes in; -1: it does not say.
///
/// # Errors
///
/// FENCED_LEADER_EPOCH if it is an old one, UNKNOWN_LEADER_EPOCH if it is not yet.
fn check_leader_epoch(partition: &Partition, current_leader_epoch: i32) -> Result<(), ErrorCode> {
    match current_leader_epoch {
        -1 => Ok(()),
        epoch if epoch < partition.leader_epoch => Err(ErrorCode::FencedLeaderEpoch),
        epoch if epoch > partition.leader_epoch => Err(ErrorCode::UnknownLeaderEpoch),
        _ => Ok(()),
    }
}

/// Answers one request.
#[expect(clippy::too_many_lines, reason = "a line for each API")]
pub(crate) async fn answer(call: &Call<'_>, request: &AnyRequest<'_>) -> Reply {
    match request {
        AnyRequest::Produce(request) => produce::answer(call, request).await,
        AnyRequest::Fetch(request) => fetch::answer(call, request).await,
        AnyRequest::ListOffsets(request) => list_offsets::answer(call, request).await,
        AnyRequest::Metadata(request) => metadata::answer(call, request).await,
        AnyRequest::OffsetCommit(request) => offset_commit::answer(call, request).await,
        AnyRequest::OffsetFetch(request) => offset_fetch::answer(call, request).await,
        AnyRequest::FindCoordinator(request) => find_coordinator::answer(call, request).await,
        AnyRequest::JoinGroup(request) => join_group::answer(call, request).await,
        AnyRequest::Heartbeat(request) => heartbeat::answer(call, request).await,
        AnyRequest::LeaveGroup(request) => leave_group::answer(call, request).await,
        AnyRequest::SyncGroup(request) => sync_group::answer(call, request).await,
        AnyRequest::DescribeGroups(request) => describe_groups::answer(call, request).await,
        AnyRequest::ListGroups(request) => list_groups::answer(call, request).await,
        AnyRequest::ApiVersions(request) => api_versions::answer(call, request).await,
        AnyRequest::CreateTopics(request) => create_topics::answer(call, request).await,
        AnyRequest::DeleteTopics(request) => delete_topics::answer(call, request).await,
        AnyRequest::DeleteRecords(request) => delete_records::answer(call, request).await,
        AnyRequest::InitProducerId(request) => init_producer_id::answer(call, request).await,
        AnyRequest::OffsetForLeaderEpoch(request) => offset_for_leader_epoch::answer(call, request).await,
        AnyRequest::AddPartitionsToTxn(request) => add_partitions_to_txn::answer(call, request).await,
        AnyRequest::AddOffsetsToTxn(request) => add_offsets_to_txn::answer(call, request).await,
        AnyRequest::EndTxn(request) => end_txn::answer(call, request).await,
        AnyRequest::WriteTxnMarkers(request) => write_txn_markers::answer(call, request).await,
        AnyRequest::TxnOffsetCommit(request) => txn_offset_commit::answer(call, request).await,
        AnyRequest::DescribeAcls(request) => describe_acls::answer(call, request).await,
        AnyRequest::CreateAcls(request) => create_acls::answer(call, request).await,
        AnyRequest::DeleteAcls(request) => delete_acls::answer(call, request).await,
        AnyRequest::DescribeConfigs(request) => describe_configs::answer(call, request).await,
        AnyRequest::AlterConfigs(request) => alter_configs::answer(call, request).await,
        AnyRequest::AlterReplicaLogDirs(request) => alter_replica_log_dirs::answer(call, request).await,
        AnyRequest::DescribeLogDirs(request) => describe_log_dirs::answer(call, request).await,
        AnyRequest::CreatePartitions(request) => create_partitions::answer(call, request).await,
        AnyRequest::DeleteGroups(request) => delete_groups::answer(call, request).await,
        AnyRequest::ElectLeaders(request) => elect_leaders::answer(call, request).await,
        AnyRequest::IncrementalAlterConfigs(request) => {
            incremental_alter_configs::answer(call, request).await
        }
        AnyRequest::AlterPartitionReassignments(request) => {
            alter_partition_reassignments::answer(call, request).await
        }
        AnyRequest::ListPartitionReassignments(request) => {
            list_partition_reassignments::answer(call, request).await
        }
        AnyRequest::OffsetDelete(request) => offset_delete::answer(call, request).await,
        AnyRequest::DescribeClientQuotas(request) => describe_client_quotas::answer(call, request).await,
        AnyRequest::AlterClientQuotas(request) => alter_client_quotas::answer(call, request).await,
        AnyRequest::DescribeUserScramCredentials(request) => {
            describe_user_scram_credentials::answer(call, request).await
        }
        AnyRequest::AlterUserScramCredentials(request) => {
            alter_user_scram_credentials::answer(call, request).await
        }
        AnyRequest::DescribeQuorum(request) => describe_quorum::answer(call, request).await,
        AnyRequest::UpdateFeatures(request) => update_features::answer(call, request).await,
        AnyRequest::DescribeCluster(request) => describe_cluster::answer(call, request).await,
        AnyRequest::DescribeProducers(request) => describe_producers::answer(call, request).await,
        AnyRequest::UnregisterBroker(request) => unregister_broker::answer(call, request).await,
        AnyRequest::DescribeTransactions(request) => describe_transactions::answer(call, request).await,
        AnyRequest::ListTransactions(request) => list_transactions::answer(call, request).await,
        AnyRequest::ConsumerGroupHeartbeat(request) => consumer_group_heartbeat::answer(call, request).await,
        AnyRequest::ConsumerGroupDescribe(request) => consumer_group_describe::answer(call, request).await,
        AnyRequest::GetTelemetrySubscriptions(request) => {
            get_telemetry_subscriptions::answer(call, request).await
        }
        AnyRequest::PushTelemetry(request) => push_telemetry::answer(call, request).await,
        AnyRequest::ListConfigResources(request) => list_config_resources::answer(call, request).await,
        AnyRequest::DescribeTopicPartitions(request) => {
            describe_topic_partitions::answer(call, request).await
        }
        // The server answers SaslHandshake and SaslAuthenticate itself, before and instead of this table.
        _ => Reply::Close,
    }
}
