//! OffsetForLeaderEpoch: versions 2 to 4. Where an epoch of a partition's leader ended.
//!
//! Gaps: none. `replica_id` is not looked at: there are no followers.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::offset_for_leader_epoch_request::OffsetForLeaderPartition;
use watershed_protocol::messages::offset_for_leader_epoch_response::{
    EpochEndOffset, OffsetForLeaderTopicResult,
};
use watershed_protocol::messages::{OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse};

use super::{Call, Reply};

pub(super) async fn answer(call: &Call<'_>, request: &OffsetForLeaderEpochRequest<'_>) -> Reply {
    let topics = request.topics.iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|wanted| {
            let (code, (leader_epoch, end_offset)) = match find(call, topic.topic, wanted) {
                Ok(found) => (ErrorCode::None, found.unwrap_or((-1, -1))),
                Err(code) => (code, (-1, -1)),
            };
            EpochEndOffset { error_code: code.code(), partition: wanted.partition, leader_epoch, end_offset }
        });
        OffsetForLeaderTopicResult { topic: topic.topic, partitions: partitions.collect() }
    });
    call.reply(&OffsetForLeaderEpochResponse {
        topics: topics.collect(),
        ..OffsetForLeaderEpochResponse::default()
    })
}

fn find(
    call: &Call<'_>,
    topic: &str,
    wanted: &OffsetForLeaderPartition,
) -> Result<Option<(i32, i64)>, ErrorCode> {
    let partition =
        call.broker.catalog.partition(topic, wanted.partition).ok_or(ErrorCode::UnknownTopicOrPartition)?;
    super::check_leader_epoch(&partition, wanted.current_leader_epoch)?;
    if wanted.leader_epoch == partition.leader_epoch {
        // The epoch that goes on: it ends where a consumer may see no further yet.
        return Ok(Some((partition.leader_epoch, partition.log().offsets().high_watermark)));
    }
    Ok(partition.log().end_offset_for_epoch(wanted.leader_epoch))
}
