//! ListOffsets: versions 1 to 11. Offsets by time, and the special ones: earliest, latest, the one with the largest
//! timestamp, earliest local, latest tiered, earliest that waits for upload.
//!
//! Gaps: there is no tiered storage, so the earliest local offset is the earliest one, and there are no tiered ones.
//! `replica_id` and `timeout_ms` are not looked at.

use std::collections::HashSet;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use watershed_protocol::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use watershed_protocol::messages::{ListOffsetsRequest, ListOffsetsResponse};

use super::{Call, Reply};
use crate::partition::Partition;
use crate::partition::lookup::TimedOffset;
use crate::partition::read::{ReadBound, ReadError};

/// What stands for a time.
mod special {
    pub(super) const LATEST: i64 = -1;
    pub(super) const EARLIEST: i64 = -2;
    pub(super) const MAX_TIMESTAMP: i64 = -3;
    pub(super) const EARLIEST_LOCAL: i64 = -4;
    pub(super) const LATEST_TIERED: i64 = -5;
    pub(super) const EARLIEST_PENDING_UPLOAD: i64 = -6;
}

/// Each version that knows another special time.
const FIRST_WITH_MAX_TIMESTAMP: i16 = 7;
const FIRST_WITH_EARLIEST_LOCAL: i16 = 8;
const FIRST_WITH_LATEST_TIERED: i16 = 9;
const FIRST_WITH_EARLIEST_PENDING_UPLOAD: i16 = 11;
/// From this version on, the answer gives leader epochs.
const FIRST_WITH_LEADER_EPOCH: i16 = 4;

/// Isolation level: what no open transaction can change.
const READ_COMMITTED: i8 = 1;

/// Neither a time nor an offset.
const NOTHING: TimedOffset = TimedOffset { offset: -1, timestamp_ms: -1, leader_epoch: -1 };

pub(super) async fn answer(call: &Call<'_>, request: &ListOffsetsRequest<'_>) -> Reply {
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    for topic in &request.topics {
        for partition in &topic.partitions {
            let key = (topic.name, partition.partition_index);
            if !seen.insert(key) {
                twice.insert(key);
            }
        }
    }
    let bound = if request.isolation_level == READ_COMMITTED {
        ReadBound::LastStable
    } else {
        ReadBound::HighWatermark
    };
    let partition = |topic: &ListOffsetsTopic<'_>, partition: &ListOffsetsPartition| {
        let found = if twice.contains(&(topic.name, partition.partition_index)) {
            Err(ErrorCode::InvalidRequest)
        } else {
            find(call, topic.name, partition, bound)
        };
        let (found, code) = match found {
            Ok(found) => (found, ErrorCode::None),
            Err(code) => (NOTHING, code),
        };
        let leader_epoch = if call.version() >= FIRST_WITH_LEADER_EPOCH { found.leader_epoch } else { -1 };
        ListOffsetsPartitionResponse {
            partition_index: partition.partition_index,
            error_code: code.code(),
            timestamp: found.timestamp_ms,
            offset: found.offset,
            leader_epoch,
        }
    };
    let topics = request.topics.iter().map(|topic| ListOffsetsTopicResponse {
        name: topic.name,
        partitions: topic.partitions.iter().map(|one| partition(topic, one)).collect(),
    });
    call.reply(&ListOffsetsResponse { topics: topics.collect(), ..ListOffsetsResponse::default() })
}

fn find(
    call: &Call<'_>,
    topic: &str,
    wanted: &ListOffsetsPartition,
    bound: ReadBound,
) -> Result<TimedOffset, ErrorCode> {
    let partition = call
        .broker
        .catalog
        .partition(topic, wanted.partition_index)
        .ok_or(ErrorCode::UnknownTopicOrPartition)?;
    super::check_leader_epoch(&partition, wanted.current_leader_epoch)?;
    let (version, time) = (call.version(), wanted.timestamp);
    let first = match time {
        special::MAX_TIMESTAMP => FIRST_WITH_MAX_TIMESTAMP,
        special::EARLIEST_LOCAL => FIRST_WITH_EARLIEST_LOCAL,
        special::LATEST_TIERED => FIRST_WITH_LATEST_TIERED,
        special::EARLIEST_PENDING_UPLOAD => FIRST_WITH_EARLIEST_PENDING_UPLOAD,
        _ => 0,
    };
    if version < first || time < special::EARLIEST_PENDING_UPLOAD {
        return Err(ErrorCode::UnsupportedVersion);
    }
    look_up(&partition, time, bound).map_err(|error| {
        tracing::error!(partition = %partition.id, %error, "an offset could not be looked up");
        ErrorCode::KafkaStorageError
    })
}

fn look_up(partition: &Partition, time: i64, bound: ReadBound) -> Result<TimedOffset, ReadError> {
    let log = partition.log();
    let offsets = log.offsets();
    let at = |offset, leader_epoch| TimedOffset { offset, timestamp_ms: -1, leader_epoch };
    Ok(match time {
        special::LATEST => {
            let latest = match bound {
                ReadBound::LastStable => offsets.last_stable,
                ReadBound::HighWatermark | ReadBound::LogEnd => offsets.high_watermark,
            };
            at(latest, partition.leader_epoch)
        }
        special::EARLIEST | special::EARLIEST_LOCAL => at(offsets.log_start, log.epoch_of(offsets.log_start)),
        special::LATEST_TIERED | special::EARLIEST_PENDING_UPLOAD => NOTHING,
        special::MAX_TIMESTAMP => log.max_timestamp(bound)?.unwrap_or(NOTHING),
        time => log.offset_for_time(time, bound)?.unwrap_or(NOTHING),
    })
}
