//! How a client reaches a cluster. Names and defaults are those of Kafka's Java clients where those have them.

use std::sync::Arc;
use std::time::Duration;

use crate::net::{Address, AddressError, Connect, Sasl, TcpConnector, Tls};

/// How a client reaches a cluster.
#[derive(Clone)]
pub struct ClientOptions {
    /// Brokers to begin with (`bootstrap.servers`); one that answers is enough.
    pub bootstrap: Vec<Address>,
    /// What brokers call this client in their logs, quotas and metrics (`client.id`).
    pub client_id: String,
    /// TLS and credentials (`security.protocol`).
    pub security: Security,
    /// How connections are opened; a test, or a log in the same process, puts another way here.
    pub connector: Arc<dyn Connect>,
    /// For opening a connection, TLS and credentials included (`socket.connection.setup.timeout.ms`).
    pub connect_timeout: Duration,
    /// For an answer, besides what the request itself waits for (`request.timeout.ms`).
    pub request_timeout: Duration,
    /// The first pause before a broker is tried again (`reconnect.backoff.ms`). Pauses double, and vary by a fifth.
    pub reconnect_backoff: Duration,
    /// The longest pause (`reconnect.backoff.max.ms`).
    pub reconnect_backoff_max: Duration,
    /// A connection that is not used for so long is closed (`connections.max.idle.ms`).
    pub connections_max_idle: Duration,
    /// What is known of topics is asked for again when it is so old (`metadata.max.age.ms`).
    pub metadata_max_age: Duration,
    /// Most bytes of an answer: more is taken for an error and closes the connection.
    pub response_bytes_max: usize,
}

/// TLS and credentials.
#[derive(Debug, Clone, Default)]
pub struct Security {
    /// `None`: in plain text.
    pub tls: Option<Tls>,
    /// `None`: no credentials, unless TLS has a certificate.
    pub sasl: Option<Sasl>,
}

impl ClientOptions {
    /// Kafka's defaults, for a cluster with a broker at one of these, as `host:port` with commas between.
    ///
    /// # Errors
    ///
    /// [`AddressError`], which names the part that is no address.
    pub fn new(bootstrap: &str) -> Result<Self, AddressError> {
        Ok(Self {
            bootstrap: Address::parse_all(bootstrap)?,
            client_id: "watershed".to_owned(),
            security: Security::default(),
            connector: Arc::new(TcpConnector::default()),
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            reconnect_backoff: Duration::from_millis(50),
            reconnect_backoff_max: Duration::from_secs(1),
            connections_max_idle: Duration::from_secs(540),
            metadata_max_age: Duration::from_secs(300),
            response_bytes_max: 128 << 20,
        })
    }
}

impl std::fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientOptions")
            .field("bootstrap", &self.bootstrap)
            .field("client_id", &self.client_id)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}
