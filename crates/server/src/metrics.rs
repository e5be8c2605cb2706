//! Metrics over HTTP: `GET /metrics`, for Prometheus and for people.
//!
//! Bounded: a few connections at once, a few seconds for a request. A web page that a browser on this machine shows must
//! not read it by giving its own name this address: the Host header has to be an address or `localhost`.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Connections that are served at once; others wait.
const CONNECTIONS_MAX: usize = 16;
/// For the head of a request; the rest of a connection gets twice as long.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Why metrics are not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetricsError {
    #[error("cannot listen for metrics on {address}: {source}; choose another address with --metrics")]
    Listen { address: String, source: io::Error },
    #[error(
        "metrics cannot be on {address}, which is in use by another process: stop it, or choose another address with --metrics (127.0.0.1:0 takes any free port)"
    )]
    InUse { address: String },
    #[error(
        "metrics would be open to other machines on {0}: listen on a loopback address, or say --insecure if that is wanted"
    )]
    Open(SocketAddr),
}

/// Listens.
///
/// # Errors
///
/// [`MetricsError`].
pub(crate) async fn listen(address: &str, insecure: bool) -> Result<TcpListener, MetricsError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => MetricsError::InUse { address: address.to_owned() },
        _ => MetricsError::Listen { address: address.to_owned(), source },
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    if !insecure && !bound.ip().is_loopback() {
        return Err(MetricsError::Open(bound));
    }
    Ok(listener)
}

/// Serves what `text` gives, for ever.
pub(crate) async fn serve(listener: TcpListener, text: impl Fn() -> String + Send + Sync + 'static) {
    let (text, room) = (Arc::new(text), Arc::new(Semaphore::new(CONNECTIONS_MAX)));
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection for metrics was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let text = Arc::clone(&text);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = answer(&request, &*text);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            if let Ok(Err(error)) = tokio::time::timeout(2 * HEAD_TIMEOUT, connection).await {
                tracing::debug!(%error, "a request for metrics failed");
            }
            drop(place);
        });
    }
}

fn answer(request: &Request<Incoming>, text: &dyn Fn() -> String) -> Response<Full<Bytes>> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let (status, kind, body) = match (request.method(), request.uri().path()) {
        _ if !is_address(host) => {
            (StatusCode::FORBIDDEN, PLAIN, "ask by the address, not by a name\n".to_owned())
        }
        (&Method::GET | &Method::HEAD, "/metrics") => (StatusCode::OK, OPEN_METRICS, text()),
        (_, "/metrics") => (StatusCode::METHOD_NOT_ALLOWED, PLAIN, "metrics are read with GET\n".to_owned()),
        _ => (StatusCode::NOT_FOUND, PLAIN, "the metrics are at /metrics\n".to_owned()),
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}

const PLAIN: &str = "text/plain; charset=utf-8";
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Whether a Host header names an address, or this machine: anything else may be a name that somebody else gave to it.
fn is_address(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_taken_for_a_host() {
        let yes =
            ["127.0.0.1", "127.0.0.1:9404", "localhost", "LOCALHOST:1", "[::1]:9404", "[::1]", "10.0.0.7:80"];
        let no = ["", "evil.example", "evil.example:9404", "localhost.evil.example", "127.0.0.1.evil:1"];
        assert!(yes.iter().all(|host| is_address(host)));
        assert!(!no.iter().any(|host| is_address(host)));
    }
}
