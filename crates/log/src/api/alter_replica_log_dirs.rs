//! AlterReplicaLogDirs: versions 1 to 2. There is one data directory: to move a replica there is nothing to do, and to
//! move it elsewhere is LOG_DIR_NOT_FOUND.
//!
//! Gaps: none, for one data directory.

use std::path::Path;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::alter_replica_log_dirs_response::{
    AlterReplicaLogDirPartitionResult, AlterReplicaLogDirTopicResult,
};
use watershed_protocol::messages::{AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &AlterReplicaLogDirsRequest<'_>) -> Reply {
    let mut results = Vec::new();
    for directory in &request.dirs {
        let is_ours = Path::new(directory.path) == call.broker.options.data;
        for topic in &directory.topics {
            let partitions = topic.partitions.iter().map(|&partition_index| {
                let code = if !is_ours {
                    ErrorCode::LogDirNotFound
                } else if call.broker.catalog.partition(topic.name, partition_index).is_none() {
                    ErrorCode::UnknownTopicOrPartition
                } else {
                    ErrorCode::None
                };
                AlterReplicaLogDirPartitionResult { partition_index, error_code: code.code() }
            });
            let partitions = partitions.collect();
            results.push(AlterReplicaLogDirTopicResult { topic_name: topic.name, partitions });
        }
    }
    call.reply(&AlterReplicaLogDirsResponse { results, ..AlterReplicaLogDirsResponse::default() })
}
