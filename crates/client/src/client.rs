//! The client: what everything else is made from.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use uuid::Uuid;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use watershed_protocol::messages::fetch_response::PartitionData;
use watershed_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use watershed_protocol::messages::{FetchRequest, FetchResponse, ProduceRequest, ProduceResponse};
use watershed_protocol::wire::Payload;

use crate::cluster::{Cluster, Purpose, Topic};
use crate::error::{Error, ErrorKind};
use crate::net::{Address, Connection};
use crate::options::ClientOptions;

/// From these versions on, topics are named by their ids.
const PRODUCE_WITH_IDS: i16 = 13;
const FETCH_WITH_IDS: i16 = 13;
/// The pause before what failed is tried again (`retry.backoff.ms`).
const RETRY_BACKOFF: Duration = Duration::from_millis(100);
/// A fetch of a partition outside of a session.
const NO_SESSION: i32 = -1;

/// A client of one cluster. Cheap to clone: clones share connections and what is known of the cluster.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use watershed_client::{Client, ClientOptions};
///
/// let client = Client::new(ClientOptions::new("localhost:9092")?);
/// for (id, broker) in client.brokers().await? {
///     println!("broker {id} is at {broker}");
/// }
/// println!("orders has {} partitions", client.partition_count("orders").await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    cluster: Arc<Cluster>,
}

/// When a batch is acknowledged (`acks`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acks {
    /// When the leader has written it.
    Leader,
    /// When all in-sync replicas have.
    All,
}

/// Where a batch went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The offset of its first record.
    pub base_offset: i64,
    /// The broker's time for all its records in milliseconds since 1970, if the topic has the broker's times.
    pub log_append_time_ms: Option<i64>,
}

/// What a fetch found.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Record batches one behind the other, as they lie in the log; the last may be cut off. The first may begin before
    /// the offset that was asked for. Shares the memory of the broker's answer.
    pub batches: Bytes,
    /// Records below this offset can be read.
    pub high_watermark: i64,
    /// The first offset that the log still has.
    pub log_start_offset: i64,
}

impl Client {
    /// A client. It opens connections when they are needed, and goes on trying while all brokers are down.
    #[must_use]
    pub fn new(options: ClientOptions) -> Self {
        Self { cluster: Arc::new(Cluster::new(options)) }
    }

    /// The brokers by their ids, as the cluster says at this moment.
    ///
    /// # Errors
    ///
    /// Why no broker can be asked.
    pub async fn brokers(&self) -> Result<BTreeMap<i32, Address>, Error> {
        self.retrying("the brokers of the cluster", async || self.cluster.refresh(&[]).await).await?;
        let metadata = self.cluster.metadata();
        Ok(metadata.brokers.iter().map(|(&id, broker)| (id, broker.address.clone())).collect())
    }

    /// How many partitions a topic has.
    ///
    /// # Errors
    ///
    /// UNKNOWN_TOPIC_OR_PARTITION; why no broker can be asked.
    pub async fn partition_count(&self, topic: &str) -> Result<usize, Error> {
        let found = self.retrying(topic, async || self.cluster.topic(topic).await).await?;
        Ok(found.partitions.len())
    }

    /// Appends a whole batch to a partition as it is, and follows the partition's leader where it goes. Without idempotence
    /// in the batch, one whose answer was lost may be there twice.
    ///
    /// # Errors
    ///
    /// What the broker says of the batch; after the request timeout, the last reason why it was not taken.
    pub async fn append_batch(
        &self,
        topic: &str,
        partition: i32,
        batch: Bytes,
        acks: Acks,
    ) -> Result<Appended, Error> {
        let what = format!("a batch for {topic}-{partition}");
        self.retrying(&what, async || {
            let (topic, connection) = self.leader(topic, partition, Purpose::Produce).await?;
            self.append_once(&topic, partition, &connection, batch.clone(), acks).await
        })
        .await
    }

    /// Fetches batches of a partition from an offset on, waiting up to `wait` for the first, up to `bytes_max` bytes but one
    /// batch at least.
    ///
    /// # Errors
    ///
    /// OFFSET_OUT_OF_RANGE; after the request timeout, the last reason why nothing was fetched.
    pub async fn fetch_batches(
        &self,
        topic: &str,
        partition: i32,
        offset: i64,
        bytes_max: u32,
        wait: Duration,
    ) -> Result<Fetched, Error> {
        let what = format!("{topic}-{partition} from offset {offset}");
        self.retrying(&what, async || {
            let (topic, connection) = self.leader(topic, partition, Purpose::Fetch).await?;
            self.fetch_once(&topic, partition, &connection, (offset, bytes_max, wait)).await
        })
        .await
    }

    async fn append_once(
        &self,
        topic: &Topic,
        partition: i32,
        connection: &Connection,
        batch: Bytes,
        acks: Acks,
    ) -> Result<Appended, Error> {
        let version = connection.version::<ProduceRequest<'_>>()?;
        let by_id = version >= PRODUCE_WITH_IDS;
        let timeout = self.cluster.options().request_timeout;
        let records = Some(Payload::elsewhere(batch.len()));
        let request = ProduceRequest {
            acks: if acks == Acks::All { -1 } else { 1 },
            timeout_ms: i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX),
            topic_data: vec![TopicProduceData {
                name: if by_id { "" } else { &topic.name },
                topic_id: if by_id { topic.id } else { Uuid::nil() },
                partition_data: vec![PartitionProduceData { index: partition, records }],
            }],
            ..ProduceRequest::default()
        };
        let reply = connection.send(&request, version, vec![batch], timeout).await?.await?;
        let response: ProduceResponse<'_> = reply.read()?;
        let found = response.responses.first().and_then(|topic| topic.partition_responses.first());
        let found = found.ok_or_else(|| Error::new(ErrorKind::Corrupt, "the answer names no partition"))?;
        let leader = (found.current_leader.leader_id, found.current_leader.leader_epoch);
        self.check(topic, partition, found.error_code, found.error_message, leader)?;
        Ok(Appended {
            base_offset: found.base_offset,
            log_append_time_ms: Some(found.log_append_time_ms).filter(|&time| time >= 0),
        })
    }

    async fn fetch_once(
        &self,
        topic: &Topic,
        partition: i32,
        connection: &Connection,
        (offset, bytes_max, wait): (i64, u32, Duration),
    ) -> Result<Fetched, Error> {
        let version = connection.version::<FetchRequest<'_>>()?;
        let by_id = version >= FETCH_WITH_IDS;
        let bytes_max = i32::try_from(bytes_max).unwrap_or(i32::MAX);
        let known = usize::try_from(partition).ok().and_then(|at| topic.partitions.get(at));
        let wanted = FetchPartition {
            partition,
            current_leader_epoch: known.map_or(-1, |known| known.leader_epoch),
            fetch_offset: offset,
            partition_max_bytes: bytes_max,
            ..FetchPartition::default()
        };
        let request = FetchRequest {
            max_wait_ms: i32::try_from(wait.as_millis()).unwrap_or(i32::MAX),
            min_bytes: 1,
            max_bytes: bytes_max,
            session_epoch: NO_SESSION,
            topics: vec![FetchTopic {
                topic: if by_id { "" } else { &topic.name },
                topic_id: if by_id { topic.id } else { Uuid::nil() },
                partitions: vec![wanted],
            }],
            ..FetchRequest::default()
        };
        let timeout = self.cluster.options().request_timeout.saturating_add(wait);
        let reply = connection.send(&request, version, Vec::new(), timeout).await?.await?;
        let response: FetchResponse<'_> = reply.read()?;
        if response.error_code != 0 {
            return Err(Error::answered_code(response.error_code, "the fetch", None));
        }
        let found = response.responses.first().and_then(|topic| topic.partitions.first());
        let found: &PartitionData<'_> =
            found.ok_or_else(|| Error::new(ErrorKind::Corrupt, "the answer names no partition"))?;
        let leader = (found.current_leader.leader_id, found.current_leader.leader_epoch);
        self.check(topic, partition, found.error_code, None, leader)?;
        let batches = found.records.map_or(&[][..], |records| records.body);
        Ok(Fetched {
            batches: if batches.is_empty() { Bytes::new() } else { reply.frame.slice_ref(batches) },
            high_watermark: found.high_watermark,
            log_start_offset: found.log_start_offset,
        })
    }

    /// Turns a code into an error, and takes in who leads the partition now, if the broker says so (KIP-951).
    fn check(
        &self,
        topic: &Topic,
        partition: i32,
        code: i16,
        said: Option<&str>,
        (leader, leader_epoch): (i32, i32),
    ) -> Result<(), Error> {
        if code == 0 {
            return Ok(());
        }
        if leader >= 0 {
            self.cluster.leader_moved(&topic.name, partition, leader, leader_epoch);
        }
        Err(Error::answered_code(code, &format!("{}-{partition}", topic.name), said))
    }

    /// The topic, and a connection to the leader of one of its partitions.
    async fn leader(
        &self,
        topic: &str,
        partition: i32,
        purpose: Purpose,
    ) -> Result<(Arc<Topic>, Connection), Error> {
        let topic = self.cluster.topic(topic).await?;
        let found = usize::try_from(partition).ok().and_then(|at| topic.partitions.get(at));
        let unknown = || {
            let text = format!(
                "{} has {} partitions and no partition {partition}",
                topic.name,
                topic.partitions.len()
            );
            Error::new(ErrorKind::Refresh, text)
        };
        let leader = found.ok_or_else(unknown)?.leader.ok_or_else(|| {
            Error::answered(ErrorCode::LeaderNotAvailable, &format!("{}-{partition}", topic.name), None)
        })?;
        let connection = self.cluster.broker(leader, purpose).await?;
        Ok((topic, connection))
    }

    /// Tries until it works, fails for good, or the request timeout is over. What is known of the cluster is asked for again
    /// where it was wrong.
    async fn retrying<T>(
        &self,
        what: &str,
        mut act: impl AsyncFnMut() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let deadline = Instant::now() + self.cluster.options().request_timeout;
        loop {
            let error = match tokio::time::timeout_at(deadline, act()).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(error)) => error,
                Err(_) => Error::new(ErrorKind::Retry, "not done in time"),
            };
            if !error.is_retriable() || Instant::now() + RETRY_BACKOFF >= deadline {
                return Err(error.context(what));
            }
            tracing::debug!(what, %error, "tried again");
            tokio::time::sleep(RETRY_BACKOFF).await;
            if error.kind() == ErrorKind::Refresh {
                self.cluster.distrust();
            }
        }
    }
}
