//! The wire: decode and encode of Produce, Fetch and Metadata, beside kafka-protocol. Payloads are batches of 16 KB.
//!
//! What is decoded is a frame as it lies in a read buffer; kafka-protocol gets its bytes shared, which is its best case.
//! What is encoded is made ready for the socket: here slices for a vectored write, there one buffer.

use bytes::{Bytes, BytesMut};
use kafka_protocol::messages as foreign;
use kafka_protocol::protocol::{Decodable, Encodable};
use watershed_protocol::batch::Codec;
use watershed_protocol::messages::fetch_response::{FetchableTopicResponse, PartitionData};
use watershed_protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{FetchResponse, MetadataResponse, ProduceRequest};
use watershed_protocol::wire::{Message, decode, encode, encode_request, encode_response};

use crate::measure::{Side, compare, print};
use crate::payload;

const PRODUCE_VERSION: i16 = 12;
const FETCH_VERSION: i16 = 12;
const METADATA_VERSION: i16 = 12;

pub(super) fn run() {
    let batch = payload::batch(Codec::None, &payload::records(16));
    let names = (0..1000).map(|topic| format!("payments-{topic:04}")).collect::<Vec<_>>();
    let produce = produce(&names, &batch);
    let fetch = fetch(&names, &batch);
    let metadata = metadata(&names);
    side_by_side::<_, foreign::ProduceRequest>(
        "Produce v12 request, 10 topics of 10 partitions",
        &produce,
        PRODUCE_VERSION,
        || encode_request(&produce, PRODUCE_VERSION, 1, None).expect("valid").len(),
    );
    side_by_side::<_, foreign::FetchResponse>(
        "Fetch v12 response, 10 topics of 10 partitions",
        &fetch,
        FETCH_VERSION,
        || encode_response(&fetch, FETCH_VERSION, 1).expect("valid").len(),
    );
    side_by_side::<_, foreign::MetadataResponse>(
        "Metadata v12 response, 1,000 topics of 10 partitions",
        &metadata,
        METADATA_VERSION,
        || encode_response(&metadata, METADATA_VERSION, 1).expect("valid").len(),
    );
}

/// Decodes and encodes one message on both sides.
fn side_by_side<'a, M: Message<'a>, F: Decodable + Encodable>(
    title: &str,
    message: &M,
    version: i16,
    own_frame: impl FnMut() -> usize,
) {
    let frame = encode(message, version).expect("valid");
    // Read again by each side: what it costs includes dropping what was read.
    let own = frame.clone().leak();
    let theirs = Bytes::from(frame.clone());
    let figures = compare(vec![
        Side::new("Watershed", || decode::<M>(own, version).is_ok()),
        Side::new("kafka-protocol 0.18", || F::decode(&mut theirs.clone(), version).is_ok()),
    ]);
    print(&format!("{title}: decode {} KB (per message)", frame.len() / 1000), frame.len(), 1, &figures);
    let foreign = F::decode(&mut theirs.clone(), version).expect("valid");
    let figures = compare(vec![
        Side::new("Watershed", own_frame),
        Side::new("kafka-protocol 0.18", || {
            let mut out = BytesMut::with_capacity(foreign.compute_size(version).expect("valid"));
            foreign.encode(&mut out, version).expect("valid");
            out.len()
        }),
    ]);
    print(&format!("{title}: encode (per message)"), frame.len(), 1, &figures);
}

fn produce<'a>(names: &'a [String], batch: &'a [u8]) -> ProduceRequest<'a> {
    let partition = |index| PartitionProduceData { index, records: Some(batch.into()) };
    let topic = |name: &'a String| TopicProduceData {
        name,
        partition_data: (0..10).map(partition).collect(),
        ..TopicProduceData::default()
    };
    ProduceRequest {
        acks: -1,
        timeout_ms: 30_000,
        topic_data: names[..10].iter().map(topic).collect(),
        ..ProduceRequest::default()
    }
}

fn fetch<'a>(names: &'a [String], batch: &'a [u8]) -> FetchResponse<'a> {
    let partition = |partition_index| PartitionData {
        partition_index,
        high_watermark: 1_000_000,
        last_stable_offset: 1_000_000,
        log_start_offset: 0,
        records: Some(batch.into()),
        ..PartitionData::default()
    };
    let topic = |topic: &'a String| FetchableTopicResponse {
        topic,
        partitions: (0..10).map(partition).collect(),
        ..FetchableTopicResponse::default()
    };
    FetchResponse { responses: names[..10].iter().map(topic).collect(), ..FetchResponse::default() }
}

fn metadata(names: &[String]) -> MetadataResponse<'_> {
    let partition = |partition_index: i32| MetadataResponsePartition {
        partition_index,
        leader_id: partition_index % 3,
        leader_epoch: 7,
        replica_nodes: vec![0, 1, 2],
        isr_nodes: vec![0, 1, 2],
        ..MetadataResponsePartition::default()
    };
    let topic = |name| MetadataResponseTopic {
        name: Some(name),
        partitions: (0..10).map(partition).collect(),
        ..MetadataResponseTopic::default()
    };
    let broker =
        |node_id| MetadataResponseBroker { node_id, host: "broker.example.com", port: 9092, rack: Some("a") };
    MetadataResponse {
        brokers: (0..3).map(broker).collect(),
        cluster_id: Some("c"),
        controller_id: 0,
        topics: names.iter().map(|name| topic(name.as_str())).collect(),
        ..MetadataResponse::default()
    }
}
