//! The proxy does each harm once, at the request that it was told, and clients that come through it stay with it.

#![allow(clippy::unwrap_used, reason = "in a test that is a failure")]

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use watershed_protocol::messages::metadata_response::MetadataResponseBroker;
use watershed_protocol::messages::{
    AnyRequest, ApiVersionsResponse, MetadataRequest, MetadataResponse, RequestHeader,
};
use watershed_testkit::proxy::{Fault, Harm, Proxy};
use watershed_testkit::wire::{Answer, Connection, Handler, serve};

/// Answers Metadata with one broker that is elsewhere, and counts how often.
#[derive(Default)]
struct Broker(AtomicU32);

impl Handler for Broker {
    fn handle(&self, _: &RequestHeader<'_>, _: &AnyRequest<'_>, answer: &mut Answer<'_>) -> io::Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let broker = MetadataResponseBroker { node_id: 7, host: "elsewhere", port: 9, ..Default::default() };
        answer.send(&MetadataResponse { brokers: vec![broker], ..MetadataResponse::default() })
    }

    fn api_versions(&self) -> ApiVersionsResponse<'_> {
        ApiVersionsResponse::default()
    }
}

/// Asks that often, each time on the same connection until it is lost; says which were answered, with the proxy's address.
fn answered(proxy: &Proxy, times: usize) -> Vec<bool> {
    let address = proxy.address();
    let mut connection = None;
    let mut ask = || {
        let open = connection.get_or_insert_with(|| Connection::open(&address.to_string()).unwrap());
        let Ok(reply) = open.ask(&MetadataRequest::default(), 9) else {
            connection = None;
            return false;
        };
        let metadata: MetadataResponse<'_> = reply.read().unwrap();
        let found = (metadata.brokers[0].node_id, metadata.brokers[0].host, metadata.brokers[0].port);
        assert_eq!(found, (7, "127.0.0.1", i32::from(address.port())));
        true
    };
    (0..times).map(|_| ask()).collect()
}

#[test]
fn each_fault_happens_once_at_its_place() {
    fn check(harm: Harm, nth: u32, expect_answered: [bool; 4], expect_seen: u32) {
        let broker = Arc::new(Broker::default());
        let upstream = serve(Arc::clone(&broker)).unwrap().parse().unwrap();
        let proxy = Proxy::start(upstream, vec![Fault { api: "Metadata".to_owned(), nth, harm }]).unwrap();
        assert_eq!(answered(&proxy, 4), expect_answered, "{harm:?}");
        assert_eq!(broker.0.load(Ordering::Relaxed), expect_seen, "{harm:?}");
        assert!(proxy.unfired().is_empty() == (nth <= 4), "{harm:?}: {:?}", proxy.unfired());
    }
    check(Harm::DropAnswer, 2, [true, false, true, true], 4);
    check(Harm::DropRequest, 2, [true, false, true, true], 3);
    check(Harm::DropAnswer, 1, [false, true, true, true], 4);
    check(Harm::DelayMs(1), 3, [true; 4], 4);
    check(Harm::DropAnswer, 5, [true; 4], 4);
}

#[test]
fn cut_connections_are_lost_and_new_ones_served() {
    let upstream = serve(Arc::new(Broker::default())).unwrap().parse().unwrap();
    let proxy = Proxy::start(upstream, Vec::new()).unwrap();
    let mut connection = Connection::open(&proxy.address().to_string()).unwrap();
    connection.ask(&MetadataRequest::default(), 9).unwrap();
    proxy.cut();
    assert!(connection.ask(&MetadataRequest::default(), 9).is_err());
    assert_eq!(answered(&proxy, 1), [true]);
}

#[test]
fn a_fault_of_no_api_is_refused() {
    let upstream = serve(Arc::new(Broker::default())).unwrap().parse().unwrap();
    let fault = Fault { api: "Produced".to_owned(), nth: 1, harm: Harm::DropAnswer };
    assert!(Proxy::start(upstream, vec![fault]).unwrap_err().to_string().contains("Produced"));
}
