//! DescribeLogDirs: versions 1 to 5. The one data directory, and what partitions take of it.
//!
//! Gap: sizes are those of the segments, without indexes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsPartition, DescribeLogDirsResult, DescribeLogDirsTopic,
};
use watershed_protocol::messages::{DescribeLogDirsRequest, DescribeLogDirsResponse};

use super::{Call, Reply};
use crate::catalog::Topic;
use crate::partition::Partition;

/// From this version on, the answer says how large the file system is.
const FIRST_WITH_SPACE: i16 = 4;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeLogDirsRequest<'_>) -> Reply {
    let catalog = &call.broker.catalog;
    let wanted: Vec<(Arc<Topic>, Option<BTreeSet<i32>>)> = match &request.topics {
        None => catalog.topics().into_iter().map(|topic| (topic, None)).collect(),
        Some(topics) => {
            let mut by_name: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
            for topic in topics {
                by_name.entry(topic.topic).or_default().extend(&topic.partitions);
            }
            let found =
                by_name.into_iter().filter_map(|(name, numbers)| Some((catalog.topic(name)?, Some(numbers))));
            found.collect()
        }
    };
    let topics: Vec<DescribeLogDirsTopic<'_>> = wanted
        .iter()
        .map(|(topic, numbers)| {
            let asked = |partition: &&Arc<Partition>| {
                numbers.as_ref().is_none_or(|numbers| numbers.contains(&partition.id.partition))
            };
            let partitions = topic.partitions.iter().filter(asked).map(|partition| describe(partition));
            DescribeLogDirsTopic { name: &topic.name, partitions: partitions.collect() }
        })
        .filter(|topic| !topic.partitions.is_empty())
        .collect();
    let space = call.broker.disk.space();
    let (code, total_bytes, usable_bytes) = match &space {
        Ok(space) if call.version() >= FIRST_WITH_SPACE => {
            let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
            (ErrorCode::None, bytes(space.total_bytes), bytes(space.usable_bytes))
        }
        Ok(_) => (ErrorCode::None, -1, -1),
        Err(_) => (ErrorCode::KafkaStorageError, -1, -1),
    };
    let log_dir = call.broker.options.data.to_string_lossy();
    let directory = DescribeLogDirsResult {
        error_code: code.code(),
        log_dir: &log_dir,
        topics,
        total_bytes,
        usable_bytes,
        is_cordoned: false,
    };
    call.reply(&DescribeLogDirsResponse { results: vec![directory], ..DescribeLogDirsResponse::default() })
}

fn describe(partition: &Partition) -> DescribeLogDirsPartition {
    DescribeLogDirsPartition {
        partition_index: partition.id.partition,
        partition_size: i64::try_from(partition.log().size_bytes()).unwrap_or(i64::MAX),
        offset_lag: 0,
        is_future_key: false,
    }
}
