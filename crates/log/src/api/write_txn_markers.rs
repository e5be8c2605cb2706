//! WriteTxnMarkers: versions 1 and 2.
//!
//! What Kafka's coordinator sends to partitions' leaders; here only administrators send it, to end a transaction that its
//! coordinator does not know (`Admin.abortTransaction`). Answered when the markers are on the disk.
//!
//! Gaps: none.

use watershed_protocol::ErrorCode;
use watershed_protocol::batch::ControlType;
use watershed_protocol::messages::write_txn_markers_request::WritableTxnMarker;
use watershed_protocol::messages::write_txn_markers_response::{
    WritableTxnMarkerPartitionResult, WritableTxnMarkerResult, WritableTxnMarkerTopicResult,
};
use watershed_protocol::messages::{WriteTxnMarkersRequest, WriteTxnMarkersResponse};

use super::{Call, Reply};
use crate::broker::Broker;
use crate::partition::TopicPartition;
use crate::transactions::{Marker, run, write_marker_once};

/// From this transaction version on each transaction has an epoch of its own (KIP-890).
const FIRST_WITH_EPOCHS: i8 = 2;

/// One marker of the request, and what became of it in each partition.
#[derive(Debug)]
struct Wanted {
    marker: Marker,
    topics: Vec<(String, Vec<(i32, ErrorCode)>)>,
}

pub(super) async fn answer(call: &Call<'_>, request: &WriteTxnMarkersRequest<'_>) -> Reply {
    let (to, broker) = (call.to, call.broker.clone());
    let mut wanted: Vec<Wanted> = request.markers.iter().map(wanted_by).collect();
    let running = run(async move {
        for wanted in &mut wanted {
            write(&broker, wanted).await;
        }
        Ok(wanted)
    });
    Reply::Later(Box::pin(async move {
        let outcomes = running.await.unwrap_or_default();
        to.encode(&WriteTxnMarkersResponse { markers: outcomes.iter().map(respond).collect() })
    }))
}

fn wanted_by(marker: &WritableTxnMarker<'_>) -> Wanted {
    let topics = marker.topics.iter().map(|topic| {
        let partitions = topic.partition_indexes.iter().map(|&partition| (partition, ErrorCode::None));
        (topic.name.to_owned(), partitions.collect())
    });
    let kind = if marker.transaction_result { ControlType::Commit } else { ControlType::Abort };
    Wanted {
        marker: Marker {
            producer: (marker.producer_id, marker.producer_epoch),
            kind,
            coordinator_epoch: marker.coordinator_epoch,
            epoch_bumped: marker.transaction_version >= FIRST_WITH_EPOCHS,
        },
        topics: topics.collect(),
    }
}

async fn write(broker: &Broker, wanted: &mut Wanted) {
    for (topic, partitions) in &mut wanted.topics {
        for (partition, error) in partitions {
            let name = TopicPartition { topic: topic.clone(), partition: *partition };
            let written = write_marker_once(broker, &name, wanted.marker).await;
            *error = written.err().unwrap_or(ErrorCode::None);
        }
    }
}

fn respond(outcome: &Wanted) -> WritableTxnMarkerResult<'_> {
    let topics = outcome.topics.iter().map(|(name, partitions)| WritableTxnMarkerTopicResult {
        name,
        partitions: partitions
            .iter()
            .map(|&(partition_index, error)| WritableTxnMarkerPartitionResult {
                partition_index,
                error_code: error.code(),
            })
            .collect(),
    });
    WritableTxnMarkerResult { producer_id: outcome.marker.producer.0, topics: topics.collect() }
}
