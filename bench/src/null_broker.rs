//! A broker that keeps nothing: it takes every produce request and serves one batch for ever. What a client costs
//! against it is the client's own work.

use std::io;

use watershed_protocol::batch::{RawBatch, Rewrite, rewrite_in_place};
use watershed_protocol::messages::api_versions_response::ApiVersion;
use watershed_protocol::messages::fetch_response::{FetchableTopicResponse, PartitionData};
use watershed_protocol::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use watershed_protocol::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use watershed_protocol::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};
use watershed_protocol::messages::{
    AnyRequest, ApiKey, ApiVersionsResponse, FetchResponse, ListOffsetsResponse, MetadataResponse,
    ProduceResponse, RequestHeader,
};
use watershed_testkit::wire::{Answer, Handler};

/// The topic that it has, of one partition.
pub(crate) const TOPIC: &str = "bench";
/// What it says that it holds.
const END_OFFSET: i64 = i64::MAX / 4;

/// Serves `batch`, whose base offset is set to what is asked for.
pub(crate) struct NullBroker {
    batch: Vec<u8>,
    records: i64,
    port: std::sync::OnceLock<i32>,
}

impl NullBroker {
    pub(crate) fn new(batch: Vec<u8>) -> Self {
        let records = RawBatch::parse(&batch).map_or(1, |batch| batch.header().offset_count());
        Self { batch, records, port: std::sync::OnceLock::new() }
    }

    /// Says where it listens, which it tells its clients.
    pub(crate) fn listens_on(&self, address: &str) {
        let port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(0);
        self.port.get_or_init(|| port);
    }

    fn metadata(&self) -> MetadataResponse<'static> {
        let broker = MetadataResponseBroker {
            node_id: 0,
            host: "127.0.0.1",
            port: *self.port.get().unwrap_or(&0),
            rack: None,
        };
        let partition = MetadataResponsePartition {
            leader_id: 0,
            leader_epoch: 0,
            replica_nodes: vec![0],
            isr_nodes: vec![0],
            ..MetadataResponsePartition::default()
        };
        let topic = MetadataResponseTopic {
            name: Some(TOPIC),
            partitions: vec![partition],
            ..MetadataResponseTopic::default()
        };
        MetadataResponse {
            brokers: vec![broker],
            cluster_id: Some("null"),
            controller_id: 0,
            topics: vec![topic],
            ..MetadataResponse::default()
        }
    }

    /// The batch at `offset`: clients ask for the offset after the last one they have, so it always begins there.
    fn fetch(&self, offset: i64) -> io::Result<Vec<u8>> {
        let mut batch = self.batch.clone();
        rewrite_in_place(
            &mut batch,
            &Rewrite { base_offset: Some(offset - offset % self.records), ..Rewrite::default() },
        )
        .map_err(io::Error::other)?;
        Ok(batch)
    }
}

impl Handler for NullBroker {
    fn handle(
        &self,
        _: &RequestHeader<'_>,
        request: &AnyRequest<'_>,
        answer: &mut Answer<'_>,
    ) -> io::Result<()> {
        match request {
            AnyRequest::Metadata(_) => answer.send(&self.metadata()),
            AnyRequest::Produce(request) => {
                let partition = PartitionProduceResponse { index: 0, ..PartitionProduceResponse::default() };
                let topic = |name| TopicProduceResponse {
                    name,
                    partition_responses: vec![partition.clone()],
                    ..TopicProduceResponse::default()
                };
                answer.send(&ProduceResponse {
                    responses: request.topic_data.iter().map(|topic_data| topic(topic_data.name)).collect(),
                    ..ProduceResponse::default()
                })
            }
            AnyRequest::ListOffsets(_) => {
                let partition = ListOffsetsPartitionResponse {
                    offset: 0,
                    timestamp: -1,
                    leader_epoch: 0,
                    ..ListOffsetsPartitionResponse::default()
                };
                answer.send(&ListOffsetsResponse {
                    topics: vec![ListOffsetsTopicResponse { name: TOPIC, partitions: vec![partition] }],
                    ..ListOffsetsResponse::default()
                })
            }
            AnyRequest::Fetch(request) => {
                let asked = request.topics.first().and_then(|topic| topic.partitions.first());
                let batch = asked
                    .map(|partition| self.fetch(partition.fetch_offset))
                    .transpose()?
                    .unwrap_or_default();
                let partition = PartitionData {
                    high_watermark: END_OFFSET,
                    last_stable_offset: END_OFFSET,
                    log_start_offset: 0,
                    records: Some(batch.as_slice().into()),
                    ..PartitionData::default()
                };
                answer.send(&FetchResponse {
                    responses: vec![FetchableTopicResponse {
                        topic: TOPIC,
                        partitions: vec![partition],
                        ..FetchableTopicResponse::default()
                    }],
                    ..FetchResponse::default()
                })
            }
            other => Err(io::Error::other(format!("the null broker has no answer for {}", other.api()))),
        }
    }

    fn api_versions(&self) -> ApiVersionsResponse<'_> {
        // Versions without topic ids and sessions: by name is enough here.
        let versions = [
            (ApiKey::Produce, 3, 8),
            (ApiKey::Fetch, 4, 11),
            (ApiKey::ListOffsets, 1, 5),
            (ApiKey::Metadata, 0, 9),
            (ApiKey::ApiVersions, 0, 3),
        ];
        let api =
            |(api, min_version, max_version)| ApiVersion { api_key: api as i16, min_version, max_version };
        ApiVersionsResponse {
            api_keys: versions.into_iter().map(api).collect(),
            ..ApiVersionsResponse::default()
        }
    }
}
