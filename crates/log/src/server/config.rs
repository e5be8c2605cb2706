//! What a server is told at its start.

use std::time::Duration;

/// Where and for whom a server answers.
#[derive(Debug, Clone, Default)]
pub struct ServerConfig {
    /// Addresses to listen on, as `HOST:PORT`. Without a host it is the loopback address; port 0 lets the operating system
    /// choose.
    pub listen: Vec<String>,
    /// What clients are told to connect to, if that is another address than the one that is listened on.
    pub advertise: Option<(String, u16)>,
    /// Listen on any address, also without TLS and SASL.
    pub insecure: bool,
    /// Bounds.
    pub limits: Limits,
}

/// The bounds of a server. Those that Kafka has too have its setting's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `max.connections`
    pub connections_max: usize,
    /// `max.connections.per.ip`
    pub connections_per_ip_max: usize,
    /// `max.connections.unauthenticated`: those that have yet to authenticate.
    pub unauthenticated_connections_max: usize,
    /// `socket.request.max.bytes`
    pub frame_bytes_max: usize,
    /// `sasl.server.max.receive.size`: of frames before authentication.
    pub unauthenticated_frame_bytes_max: usize,
    /// `queued.max.request.bytes`: memory for the frames of all connections.
    pub frame_memory_bytes_max: usize,
    /// `max.in.flight.requests.per.connection`: requests of one connection that wait for their answers; further ones are not
    /// read.
    pub in_flight_max: usize,
    /// `connections.max.idle.ms`
    pub idle: Duration,
    /// `request.receive.timeout.ms`: how long a request may take to arrive, and a second more for each MiB.
    pub receive_timeout: Duration,
    /// `response.send.timeout.ms`: how long a peer may take nothing of an answer.
    pub send_timeout: Duration,
    /// `authentication.timeout.ms`: from connecting to being authenticated, TLS included.
    pub authentication_timeout: Duration,
    /// `connection.failed.authentication.delay.ms`: how long the answer to wrong credentials is held back.
    pub failed_authentication_delay: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 10_000,
            connections_per_ip_max: 10_000,
            unauthenticated_connections_max: 500,
            frame_bytes_max: 100 << 20,
            unauthenticated_frame_bytes_max: 512 << 10,
            frame_memory_bytes_max: 256 << 20,
            in_flight_max: 16,
            idle: Duration::from_secs(600),
            receive_timeout: Duration::from_secs(30),
            send_timeout: Duration::from_secs(30),
            authentication_timeout: Duration::from_secs(10),
            failed_authentication_delay: Duration::from_millis(500),
        }
    }
}
