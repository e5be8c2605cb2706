//! Limits, and what has its time.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;
use watershed_protocol::messages::describe_configs_request::DescribeConfigsResource;
use watershed_protocol::messages::fetch_request::{FetchPartition, FetchTopic};
use watershed_protocol::messages::metadata_request::MetadataRequestTopic;
use watershed_protocol::messages::{DescribeConfigsRequest, FetchRequest, MetadataRequest};

use super::super::{Limits, ServerConfig};
use super::{Peer, api_versions, correlation_id, is_counted, large_request, metrics_of, server};

fn with(change: impl FnOnce(&mut Limits)) -> ServerConfig {
    let mut config = ServerConfig::default();
    change(&mut config.limits);
    config
}

/// Seconds that passed until the connection was closed.
async fn seconds_until_closed(
    peer: &mut Peer<impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>,
) -> u64 {
    let since = Instant::now();
    assert_eq!(peer.frame().await, None);
    since.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_request_over_the_limit_is_refused_by_its_size_alone() {
    let server = server(with(|limits| limits.frame_bytes_max = 2_000)).await;
    let mut peer = Peer::connect(&server);
    peer.io.write_all(&large_request(1_800, 1)).await.unwrap();
    assert_eq!(peer.frame().await.as_deref().map(correlation_id), Some(1));
    peer.io.write_all(&2_001i32.to_be_bytes()).await.unwrap();
    assert_eq!(peer.frame().await, None);
    assert!(is_counted(&server, "socket.request.max.bytes"));
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_asks_nothing_is_closed_after_its_time() {
    let server = server(ServerConfig::default()).await;
    let mut peer = Peer::connect(&server);
    assert!(peer.is_served().await);
    assert_eq!(seconds_until_closed(&mut peer).await, 600);
    assert!(is_counted(&server, "connections.max.idle.ms"));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_trickles_in_is_closed_after_its_time_and_a_second_for_each_mebibyte() {
    let server = server(ServerConfig::default()).await;
    let mut peer = Peer::connect(&server);
    peer.io.write_all(&(5i32 << 20).to_be_bytes()).await.unwrap();
    let since = Instant::now();
    while peer.io.write_all(&[0]).await.is_ok() {
        tokio::time::advance(Duration::from_secs(1)).await;
        tokio::task::yield_now().await;
    }
    let seconds = since.elapsed().as_secs();
    assert!((35..=37).contains(&seconds), "{seconds}");
    assert!(is_counted(&server, "request.receive.timeout.ms"));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_no_answers_is_closed_after_its_time_and_read_no_further() {
    let server = server(ServerConfig::default()).await;
    let mut peer = Peer::connect_through(&server, 1_000);
    let since = Instant::now();
    let mut sent = 0;
    while peer.io.write_all(&api_versions(1)).await.is_ok() {
        sent += 1;
        assert!(sent < 1_000, "requests are taken without end");
    }
    assert_eq!(since.elapsed().as_secs(), 30);
    assert!(is_counted(&server, "response.send.timeout.ms"));
}

#[tokio::test(start_paused = true)]
async fn large_requests_wait_for_memory_while_small_ones_go_on() {
    let server = server(with(|limits| limits.frame_memory_bytes_max = 1 << 20)).await;
    let half_sent = |peer: Peer<tokio::io::DuplexStream>| async move {
        let (request, mut peer) = (large_request(4 << 20, 9), peer);
        // The pipe takes more only once the server has read what is in it.
        let sent = tokio::time::timeout(Duration::from_secs(1), peer.io.write_all(&request[..3 << 20])).await;
        (sent.is_ok(), peer, request)
    };
    // The first goes beyond the limit, since nobody else does; the second waits.
    let (sent, mut first, request) = half_sent(Peer::connect(&server)).await;
    assert!(sent);
    let (sent, second, _) = half_sent(Peer::connect(&server)).await;
    assert!(!sent, "the second takes memory that is not there");
    assert!(Peer::connect(&server).is_served().await);
    assert!(metrics_of(&server).contains("frame_memory_bytes 1"), "{}", metrics_of(&server));
    // The first is answered; what it took is free again.
    first.io.write_all(&request[3 << 20..]).await.unwrap();
    assert_eq!(first.frame().await.as_deref().map(correlation_id), Some(9));
    drop(second);
    first.io.write_all(&request).await.unwrap();
    assert_eq!(first.frame().await.as_deref().map(correlation_id), Some(9));
    drop(first);
    while !metrics_of(&server).contains("frame_memory_bytes 0\n") {
        tokio::time::advance(Duration::from_secs(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_holds_memory_and_does_not_go_on_loses_it_to_who_waits() {
    let server = server(with(|limits| limits.frame_memory_bytes_max = 1 << 20)).await;
    let request = large_request(4 << 20, 9);
    let mut stalled = Peer::connect(&server);
    stalled.io.write_all(&request[..3 << 20]).await.unwrap();
    let mut waiting = Peer::connect(&server);
    let since = Instant::now();
    waiting.io.write_all(&request).await.unwrap();
    assert_eq!(waiting.frame().await.as_deref().map(correlation_id), Some(9));
    assert_eq!(since.elapsed().as_secs(), 34);
    assert_eq!(stalled.frame().await, None);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_gives_its_memory_back() {
    let server = server(ServerConfig::default()).await;
    let mut peer = Peer::connect(&server);
    peer.io.write_all(&large_request(1 << 20, 9)).await.unwrap();
    assert_eq!(peer.frame().await.as_deref().map(correlation_id), Some(9));
    assert!(!metrics_of(&server).contains("frame_memory_bytes 0\n"), "a busy connection keeps its buffer");
    tokio::time::advance(Duration::from_secs(3)).await;
    tokio::task::yield_now().await;
    assert!(metrics_of(&server).contains("frame_memory_bytes 0\n"), "{}", metrics_of(&server));
    assert!(peer.is_served().await);
}

#[tokio::test(start_paused = true)]
async fn whoever_waited_for_an_answer_longer_than_an_idle_connection_may_can_go_on() {
    let server = server(with(|limits| limits.idle = Duration::from_secs(1))).await;
    let mut peer = Peer::connect(&server);
    let topic = MetadataRequestTopic { name: Some("t"), ..Default::default() };
    let create = MetadataRequest { topics: Some(vec![topic]), ..Default::default() };
    assert!(peer.ask(&create, 4).await.is_some());
    let partitions = vec![FetchPartition { partition_max_bytes: 1_000, ..Default::default() }];
    let topics = vec![FetchTopic { topic: "t", partitions, ..Default::default() }];
    let fetch = FetchRequest { max_wait_ms: 5_000, min_bytes: 1, topics, ..Default::default() };
    let since = Instant::now();
    assert!(peer.ask(&fetch, 11).await.is_some());
    assert_eq!(since.elapsed().as_secs(), 5);
    tokio::task::yield_now().await;
    assert!(peer.is_served().await);
    assert_eq!(seconds_until_closed(&mut peer).await, 1);
}

#[tokio::test(start_paused = true)]
async fn while_large_answers_are_not_taken_no_more_requests_are() {
    let server = server(ServerConfig::default()).await;
    let mut peer = Peer::connect_through(&server, 1_000);
    let names: Vec<String> = (0..1_000).map(|number| number.to_string()).collect();
    let resources = names.iter().map(|resource_name| DescribeConfigsResource {
        resource_type: 32,
        resource_name,
        configuration_keys: None,
    });
    let (resources, include_documentation) = (resources.collect(), true);
    let request = DescribeConfigsRequest { resources, include_documentation, ..Default::default() };
    let send_all = async {
        for _ in 0..16 {
            peer.send(&request, 4, 77).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(1), send_all).await.is_err());
    let metrics = metrics_of(&server);
    let taken = metrics.split("requests_total{api=\"DescribeConfigs\"} ").nth(1);
    let taken: u32 = taken.and_then(|rest| rest.lines().next()).unwrap().parse().unwrap();
    assert!((2..6).contains(&taken), "{taken}");
}
