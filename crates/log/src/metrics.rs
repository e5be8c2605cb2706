//! What the broker counts, for Prometheus ([`Broker::metrics_text`](crate::Broker::metrics_text)).
//!
//! A counter is one atomic addition: those that have a label for each API or reason are made once and kept.

use std::sync::{Mutex, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::ApiKey;

/// One more than the largest key of an API.
const API_KEYS: usize = 128;

/// The metrics of one broker.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    /// By API key.
    requests: Vec<Counter>,
    pub(crate) request_bytes: Counter,
    pub(crate) response_bytes: Counter,
    pub(crate) connections_opened: Counter,
    connections_closed: Family<ReasonLabel, Counter>,
    pub(crate) authentications: Counter,
    pub(crate) authentications_failed: Counter,
    /// Bytes of batches that were appended for producers.
    pub(crate) produced_bytes: Counter,
    /// Bytes of batches that were sent to consumers.
    pub(crate) fetched_bytes: Counter,
    batches_refused: Family<ErrorLabel, Counter>,
    state: StateGauges,
}

/// What the broker holds, when it was looked at last.
#[derive(Debug, Default, Clone)]
struct StateGauges {
    partitions: Gauge,
    partitions_unwritable: Gauge,
    bytes: Gauge,
}

/// What the broker holds.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct State {
    pub(crate) partitions: i64,
    /// Of these, those whose last write the disk refused, or that are closed for writing until a restart.
    pub(crate) partitions_unwritable: i64,
    /// Bytes of segments.
    pub(crate) bytes: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ErrorLabel {
    error: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ApiLabel {
    api: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("watershed_log");
        let by_api = Family::<ApiLabel, Counter>::default();
        let mut requests = vec![Counter::default(); API_KEYS];
        for (place, api) in ApiKey::ALL.iter().filter_map(|&api| Some((place(api)?, api))) {
            requests[place] = by_api.get_or_create(&ApiLabel { api: api.name() }).clone();
        }
        registry.register("requests", "Requests that were read, by API", by_api);
        let mut metrics = Self {
            registry: Mutex::default(),
            requests,
            request_bytes: Counter::default(),
            response_bytes: Counter::default(),
            connections_opened: Counter::default(),
            connections_closed: Family::default(),
            authentications: Counter::default(),
            authentications_failed: Counter::default(),
            produced_bytes: Counter::default(),
            fetched_bytes: Counter::default(),
            batches_refused: Family::default(),
            state: StateGauges::default(),
        };
        for (name, help, counter) in [
            ("request_bytes", "Bytes of requests, their sizes included", &metrics.request_bytes),
            ("response_bytes", "Bytes of answers that were sent", &metrics.response_bytes),
            ("connections_opened", "Connections that were accepted", &metrics.connections_opened),
            ("authentications", "Connections that have authenticated", &metrics.authentications),
            (
                "authentications_failed",
                "Connections that were closed because they did not",
                &metrics.authentications_failed,
            ),
            ("produced_bytes", "Bytes of batches that producers wrote", &metrics.produced_bytes),
            ("fetched_bytes", "Bytes of batches that were sent to consumers", &metrics.fetched_bytes),
        ] {
            registry.register(name, help, counter.clone());
        }
        registry.register(
            "connections_closed",
            "Connections that this side refused or closed, by reason or by the setting whose limit was reached",
            metrics.connections_closed.clone(),
        );
        registry.register(
            "batches_refused",
            "Batches of producers that were not taken, by the error that they were told",
            metrics.batches_refused.clone(),
        );
        let state = metrics.state.clone();
        registry.register("partitions", "Partitions, those of the broker itself included", state.partitions);
        registry.register(
            "partitions_unwritable",
            "Partitions whose last write the disk refused, or that are closed for writing until a restart",
            state.partitions_unwritable,
        );
        registry.register("bytes", "Bytes of all segments", state.bytes);
        metrics.registry = Mutex::new(registry);
        metrics
    }
}

impl Metrics {
    /// Counts a request of so many bytes.
    pub(crate) fn request(&self, api: ApiKey, bytes: usize) {
        if let Some(requests) = place(api).and_then(|place| self.requests.get(place)) {
            requests.inc();
        }
        self.request_bytes.inc_by(bytes as u64);
    }

    /// Counts a connection that this side refused or closed: why, or the setting whose limit was reached.
    pub(crate) fn closed(&self, reason: &'static str) {
        self.connections_closed.get_or_create(&ReasonLabel { reason }).inc();
    }

    /// Counts a batch that was not taken.
    pub(crate) fn refused(&self, code: ErrorCode) {
        self.batches_refused.get_or_create(&ErrorLabel { error: code.name() }).inc();
    }

    /// Takes note of what the broker holds.
    pub(crate) fn holds(&self, state: State) {
        self.state.partitions.set(state.partitions);
        self.state.partitions_unwritable.set(state.partitions_unwritable);
        self.state.bytes.set(state.bytes);
    }

    /// Adds what is looked at when somebody asks.
    pub(crate) fn register(&self, collector: Box<dyn Collector>) {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).register_collector(collector);
    }

    /// All of them, in the text format of OpenMetrics.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = prometheus_client::encoding::text::encode(&mut text, &registry) {
            tracing::error!(%error, "the metrics could not be written as text");
        }
        text
    }
}

fn place(api: ApiKey) -> Option<usize> {
    usize::try_from(api as i16).ok().filter(|&place| place < API_KEYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_in_the_text() {
        let metrics = Metrics::default();
        metrics.request(ApiKey::Produce, 100);
        metrics.request(ApiKey::Produce, 20);
        metrics.closed("max.connections");
        metrics.refused(ErrorCode::KafkaStorageError);
        metrics.holds(State { partitions: 3, partitions_unwritable: 1, bytes: 70 });
        let text = metrics.text();
        for line in [
            "watershed_log_requests_total{api=\"Produce\"} 2",
            "watershed_log_requests_total{api=\"Fetch\"} 0",
            "watershed_log_request_bytes_total 120",
            "watershed_log_batches_refused_total{error=\"KAFKA_STORAGE_ERROR\"} 1",
            "watershed_log_partitions 3",
            "watershed_log_partitions_unwritable 1",
            "watershed_log_bytes 70",
            "watershed_log_connections_closed_total{reason=\"max.connections\"} 1",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is not in {text}");
        }
    }
}
