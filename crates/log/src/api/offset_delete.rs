//! OffsetDelete, version 0: an administrator takes back what a group has committed for topics that it no longer reads.
//!
//! Gaps: none known.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::offset_delete_response::{
    OffsetDeleteResponsePartition, OffsetDeleteResponseTopic,
};
use watershed_protocol::messages::{OffsetDeleteRequest, OffsetDeleteResponse};

use super::offset_commit::CommitCodes;
use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &OffsetDeleteRequest<'_>) -> Reply {
    let mut to_delete: Vec<(String, i32)> = Vec::new();
    let mut topics: Vec<(String, Vec<(i32, ErrorCode)>)> = Vec::with_capacity(request.topics.len());
    for topic in &request.topics {
        let found = call.broker.catalog.topic(topic.name);
        let partitions = topic.partitions.iter().map(|partition| {
            let index = partition.partition_index;
            let is_there = usize::try_from(index)
                .is_ok_and(|index| found.as_ref().is_some_and(|topic| index < topic.partitions.len()));
            if is_there {
                to_delete.push((topic.name.to_owned(), index));
                (index, ErrorCode::None)
            } else {
                (index, ErrorCode::UnknownTopicOrPartition)
            }
        });
        topics.push((topic.name.to_owned(), partitions.collect()));
    }
    let deleted = call.broker.groups.delete_offsets(call.broker, request.group_id, &to_delete);
    let to = call.to;
    Reply::Later(Box::pin(async move {
        let deleted = deleted.await;
        if let Err(error) = deleted {
            return to.encode(&OffsetDeleteResponse {
                error_code: error.code(),
                ..OffsetDeleteResponse::default()
            });
        }
        let mut codes = CommitCodes::new(deleted);
        let topics = topics.iter().map(|(name, partitions)| OffsetDeleteResponseTopic {
            name,
            partitions: partitions
                .iter()
                .map(|&(partition_index, refused)| OffsetDeleteResponsePartition {
                    partition_index,
                    error_code: codes.next(refused).code(),
                })
                .collect(),
        });
        let topics = topics.collect();
        to.encode(&OffsetDeleteResponse { topics, ..OffsetDeleteResponse::default() })
    }))
}
