//! ListOffsets: versions 1 to 11. Offsets by time, and the special ones: earliest, latest, the one with the largest
//! timestamp, earliest local, latest tiered, earliest that waits for upload.
//!
//! Gaps: there is no tiered storage, so the earliest local offset is the earliest one, and there are no tiered ones.
//! `replica_id` and `timeout_ms` are not looked at.

use std::collections::HashSet;
use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::list_offsets_request::ListOffsetsPartition;
use watershed_protocol::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use watershed_protocol::messages::{ListOffsetsRequest, ListOffsetsResponse};

use super::{Call, Reply};
use crate::options::Blocking;
use crate::partition::Partition;
use crate::partition::lookup::{Needs, TimedOffset};
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
    let mut answers = Vec::new();
    for topic in &request.topics {
        for wanted in &topic.partitions {
            answers.push(if twice.contains(&(topic.name, wanted.partition_index)) {
                Err(ErrorCode::InvalidRequest)
            } else {
                find(call, topic.name, wanted)
            });
        }
    }
    sync_what_was_written(&answers).await;
    let mut found = look_up_all(call.broker.options.blocking, answers, bound).await.into_iter();
    let topics = request.topics.iter().map(|topic| ListOffsetsTopicResponse {
        name: topic.name,
        partitions: topic
            .partitions
            .iter()
            .map(|wanted| {
                let found = found.next().unwrap_or(Err(ErrorCode::UnknownServerError));
                describe(call.version(), wanted.partition_index, found)
            })
            .collect(),
    });
    call.reply(&ListOffsetsResponse { topics: topics.collect(), ..ListOffsetsResponse::default() })
}

fn describe(
    version: i16,
    partition_index: i32,
    found: Result<TimedOffset, ErrorCode>,
) -> ListOffsetsPartitionResponse {
    let (found, code) = match found {
        Ok(found) => (found, ErrorCode::None),
        Err(code) => (NOTHING, code),
    };
    ListOffsetsPartitionResponse {
        partition_index,
        error_code: code.code(),
        timestamp: found.timestamp_ms,
        offset: found.offset,
        leader_epoch: if version >= FIRST_WITH_LEADER_EPOCH { found.leader_epoch } else { -1 },
    }
}

/// Syncs what the partitions hold beyond their high watermark, so that whoever asks where a log ends is told of every
/// record that was acknowledged before, acks=1 included.
async fn sync_what_was_written(wanted: &[Result<Wanted, ErrorCode>]) {
    let needs_end = |time: i64| !matches!(time, special::EARLIEST | special::EARLIEST_LOCAL);
    let asked = wanted.iter().flatten().filter(|(_, time)| needs_end(*time));
    let syncs: Vec<_> = asked.map(|(partition, _)| partition.sync_for_reader()).collect();
    for sync in syncs {
        sync.await;
    }
}

/// A partition, and the time that is looked for in it.
type Wanted = (Arc<Partition>, i64);

/// Looks up all, in their order. Times may need the disk, and are looked up where it may block.
async fn look_up_all(
    blocking: Blocking,
    wanted: Vec<Result<Wanted, ErrorCode>>,
    bound: ReadBound,
) -> Vec<Result<TimedOffset, ErrorCode>> {
    let any = wanted.iter().flatten().any(|(_, time)| needs_disk(*time));
    let count = wanted.len();
    let work = move || wanted.into_iter().map(|wanted| look_up(wanted?, bound)).collect::<Vec<_>>();
    if !any {
        return work();
    }
    blocking.run(work).await.unwrap_or_else(|_| vec![Err(ErrorCode::UnknownServerError); count])
}

/// Whether what is asked for takes a look into segments.
fn needs_disk(time: i64) -> bool {
    time >= 0 || time == special::MAX_TIMESTAMP
}

/// The partition, if the time may be asked for.
fn find(call: &Call<'_>, topic: &str, wanted: &ListOffsetsPartition) -> Result<Wanted, ErrorCode> {
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
    Ok((partition, time))
}

fn look_up((partition, time): Wanted, bound: ReadBound) -> Result<TimedOffset, ErrorCode> {
    look_up_in(&partition, time, bound).map_err(|error| {
        tracing::error!(partition = %partition.id, %error, "an offset could not be looked up");
        ErrorCode::KafkaStorageError
    })
}

fn look_up_in(partition: &Partition, time: i64, bound: ReadBound) -> Result<TimedOffset, ReadError> {
    if needs_disk(time) {
        partition.load(Needs::Times)?;
    }
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

#[cfg(test)]
mod tests {
    use watershed_protocol::batch::{BatchBuilder, BatchOptions};
    use watershed_protocol::messages::list_offsets_request::ListOffsetsTopic;

    use super::*;
    use crate::api::harness::Harness;
    use crate::partition::Origin;

    async fn ask(harness: &Harness, version: i16, partition: ListOffsetsPartition) -> (i16, i64, i64, i32) {
        let topics = vec![ListOffsetsTopic { name: "orders", partitions: vec![partition] }];
        let request = ListOffsetsRequest { replica_id: -1, topics, ..Default::default() };
        let answer = harness.ask(&request, version).await;
        let response: ListOffsetsResponse<'_> = answer.read();
        let found = &response.topics[0].partitions[0];
        (found.error_code, found.offset, found.timestamp, found.leader_epoch)
    }

    async fn with_records(timestamps_ms: &[i64]) -> Harness {
        let harness = Harness::start().await;
        harness.create_topic("orders", 1).await;
        let partition = harness.broker.catalog.partition("orders", 0).unwrap();
        for &timestamp_ms in timestamps_ms {
            let mut builder = BatchBuilder::new(BatchOptions::default());
            builder.append(timestamp_ms, None, Some(b"value"), &[]).unwrap();
            let mut batch = Vec::new();
            builder.finish(&mut batch).unwrap();
            let appended = partition.append(&batch, Origin::Client, timestamp_ms).unwrap();
            partition.durable(appended.last_offset).await.unwrap();
        }
        harness
    }

    #[tokio::test]
    async fn offsets_are_found_by_time_and_by_their_names() {
        let harness = with_records(&[1_000, 3_000, 2_000]).await;
        let at = |timestamp| ListOffsetsPartition { partition_index: 0, current_leader_epoch: -1, timestamp };
        for (timestamp, expect) in [
            (special::LATEST, (0, 3, -1, 0)),
            (special::EARLIEST, (0, 0, -1, 0)),
            (special::EARLIEST_LOCAL, (0, 0, -1, 0)),
            (special::MAX_TIMESTAMP, (0, 1, 3_000, 0)),
            (special::LATEST_TIERED, (0, -1, -1, -1)),
            (0, (0, 0, 1_000, 0)),
            (1_001, (0, 1, 3_000, 0)),
            (3_000, (0, 1, 3_000, 0)),
            (3_001, (0, -1, -1, -1)),
            (-7, (35, -1, -1, -1)),
        ] {
            assert_eq!(ask(&harness, 11, at(timestamp)).await, expect, "{timestamp}");
        }
        assert_eq!(ask(&harness, 6, at(special::MAX_TIMESTAMP)).await, (35, -1, -1, -1));
        assert_eq!(ask(&harness, 1, at(special::LATEST)).await, (0, 3, -1, -1));
    }

    #[tokio::test]
    async fn an_old_and_a_future_leader_epoch_are_told_apart() {
        let harness = with_records(&[1_000]).await.restart().await;
        let with = |current_leader_epoch, partition_index| ListOffsetsPartition {
            partition_index,
            current_leader_epoch,
            timestamp: special::LATEST,
        };
        assert_eq!(ask(&harness, 11, with(0, 0)).await.0, ErrorCode::FencedLeaderEpoch.code());
        assert_eq!(ask(&harness, 11, with(1, 0)).await, (0, 1, -1, 1));
        assert_eq!(ask(&harness, 11, with(2, 0)).await.0, ErrorCode::UnknownLeaderEpoch.code());
        assert_eq!(ask(&harness, 11, with(-1, 1)).await.0, ErrorCode::UnknownTopicOrPartition.code());
    }
}
