//! The brokers of a cluster, the connections to them, and what is known of its topics.
//!
//! | file | owns |
//! |---|---|
//! | `pool` | one connection for each broker and purpose, opened when it is needed |
//! | `metadata` | what a broker says of brokers and topics |
//! | `backoff` | pauses between tries |
//!
//! Only topics that somebody asked for are asked for again: a cluster may have hundreds of thousands of partitions.

mod backoff;
mod metadata;
mod pool;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::time::Instant;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::metadata_request::MetadataRequestTopic;
use watershed_protocol::messages::{MetadataRequest, MetadataResponse};

pub(crate) use metadata::{Metadata, Topic};
pub(crate) use pool::{Node, Purpose};

use crate::error::{Error, ErrorKind};
use crate::net::Connection;
use crate::options::ClientOptions;
use pool::Pool;

/// Topics in one Metadata request: more are asked for in several, so that no answer is huge.
const TOPICS_PER_REQUEST: usize = 2_000;

/// A cluster, as one client sees it.
#[derive(Debug)]
pub(crate) struct Cluster {
    options: Arc<ClientOptions>,
    pool: Pool,
    metadata: RwLock<Arc<Metadata>>,
    /// One refresh at a time: who comes meanwhile shares its outcome.
    refreshing: tokio::sync::Mutex<()>,
}

impl Cluster {
    pub(crate) fn new(options: ClientOptions) -> Self {
        let options = Arc::new(options);
        Self {
            pool: Pool::new(Arc::clone(&options)),
            options,
            metadata: RwLock::default(),
            refreshing: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn options(&self) -> &ClientOptions {
        &self.options
    }

    /// What is known at the moment.
    pub(crate) fn metadata(&self) -> Arc<Metadata> {
        Arc::clone(&self.metadata.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A connection to a broker, opened if there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refresh`] if the cluster has no such broker; why it cannot be reached.
    pub(crate) async fn broker(&self, id: i32, purpose: Purpose) -> Result<Connection, Error> {
        let address = self.metadata().brokers.get(&id).map(|broker| broker.address.clone());
        let address = address.ok_or_else(|| {
            Error::new(ErrorKind::Refresh, format!("the cluster knows no broker {id} at the moment"))
        })?;
        let opened = self.pool.connection((Node::Id(id), purpose), &address).await;
        opened.map_err(|error| error.context(format_args!("broker {id}, by the address that it advertises")))
    }

    /// A connection to any broker: one that is open, a known one, or one of the addresses to begin with.
    ///
    /// # Errors
    ///
    /// Why the last of them cannot be reached.
    pub(crate) async fn any_broker(&self) -> Result<Connection, Error> {
        let metadata = self.metadata();
        let mut known: Vec<_> =
            metadata.brokers.iter().map(|(&id, broker)| (Node::Id(id), broker.address.clone())).collect();
        shuffle(&mut known);
        let mut bootstrap: Vec<_> = self
            .options
            .bootstrap
            .iter()
            .cloned()
            .enumerate()
            .map(|(at, to)| (Node::Bootstrap(at), to))
            .collect();
        shuffle(&mut bootstrap);
        known.extend(bootstrap);
        if let Some(open) = known.iter().find_map(|(node, _)| self.pool.open((*node, Purpose::General))) {
            return Ok(open);
        }
        let mut last = Error::new(ErrorKind::Invalid, "no address of a broker is known");
        for (node, address) in known {
            match self.pool.connection((node, Purpose::General), &address).await {
                Ok(connection) => return Ok(connection),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// What is known of a topic, if that is not too old; else it is asked for.
    ///
    /// # Errors
    ///
    /// UNKNOWN_TOPIC_OR_PARTITION and what else a broker says of it; why no broker can be reached.
    pub(crate) async fn topic(&self, name: &str) -> Result<Arc<Topic>, Error> {
        let usable = |metadata: &Metadata| {
            let known = metadata.topics.get(name)?;
            let fresh = !known.is_doubtful && known.asked_at.elapsed() < self.options.metadata_max_age;
            known.topic.as_ref().ok().filter(|_| fresh).cloned()
        };
        if let Some(topic) = usable(&self.metadata()) {
            return Ok(topic);
        }
        self.refresh(&[name]).await?;
        match self.metadata().topics.get(name).map(|known| known.topic.clone()) {
            Some(Ok(topic)) => Ok(topic),
            Some(Err(code)) => Err(Error::answered(code, &format!("the topic {name}"), None)),
            None => {
                Err(Error::answered(ErrorCode::UnknownTopicOrPartition, &format!("the topic {name}"), None))
            }
        }
    }

    /// Asks anew for these topics, and for the brokers; together with whoever asks at the same time.
    ///
    /// # Errors
    ///
    /// Why no broker answers.
    pub(crate) async fn refresh(&self, names: &[&str]) -> Result<(), Error> {
        let wanted_at = Instant::now();
        let _turn = self.refreshing.lock().await;
        let metadata = self.metadata();
        let asked_since =
            |name: &&str| metadata.topics.get(*name).is_some_and(|known| known.asked_at > wanted_at);
        if !names.is_empty() && names.iter().all(asked_since) {
            return Ok(());
        }
        drop(metadata);
        let mut chunks = names.chunks(TOPICS_PER_REQUEST);
        // Also for no topic at all: the brokers.
        let mut next = Some(chunks.next().unwrap_or(&[]));
        while let Some(chunk) = next {
            self.ask_for(chunk).await?;
            next = chunks.next();
        }
        Ok(())
    }

    async fn ask_for(&self, names: &[&str]) -> Result<(), Error> {
        let connection = self.any_broker().await?;
        let topics = names.iter().map(|name| MetadataRequestTopic { name: Some(name), ..Default::default() });
        let request = MetadataRequest {
            topics: Some(topics.collect()),
            allow_auto_topic_creation: false,
            ..MetadataRequest::default()
        };
        let reply = connection.ask(&request, self.options.request_timeout).await?;
        let response: MetadataResponse<'_> = reply.read()?;
        let mut next = Metadata::clone(&self.metadata());
        next.update(&response, Instant::now());
        self.pool.keep(&next);
        *self.metadata.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    /// Something that is known of topics turned out to be wrong: each is asked for again before it is used.
    pub(crate) fn distrust(&self) {
        let mut metadata = self.metadata.write().unwrap_or_else(PoisonError::into_inner);
        for known in Arc::make_mut(&mut metadata).topics.values_mut() {
            known.is_doubtful = true;
        }
    }

    /// Takes in what a broker said of a partition's leader in an answer to something else (KIP-951).
    pub(crate) fn leader_moved(&self, topic: &str, partition: i32, leader: i32, leader_epoch: i32) -> bool {
        let mut metadata = self.metadata.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut metadata).leader_moved(topic, partition, leader, leader_epoch)
    }
}

/// A random order. Weak randomness is enough: it spreads load.
fn shuffle<T>(items: &mut [T]) {
    for at in (1..items.len()).rev() {
        items.swap(at, pool::dice() as usize % (at + 1));
    }
}

/// By node and purpose.
type ByNode<T> = HashMap<(Node, Purpose), T>;
