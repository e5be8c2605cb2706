//! For tests: a broker in a folder of its own, and requests that go to it and come back as bytes, as over a socket.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::time::Instant;
use watershed_event::clock::{Clock, SystemClock};
use watershed_protocol::messages::create_topics_request::CreatableTopic;
use watershed_protocol::messages::{AnyRequest, CreateTopicsRequest, CreateTopicsResponse};
use watershed_protocol::wire::{
    FRAME_PREFIX_BYTES, Incoming, Request, Response, encode_request, read_request, read_response,
};

use super::reply::{Frame, Part, Reply, ReplyTo};
use super::{Call, Caller, ListenerSecurity};
use crate::broker::Broker;
use crate::disk::{Disk, RealDisk};
use crate::options::Options;
use crate::server::Users;

/// The wall clock is tokio's, which a test stops and moves.
#[derive(Debug)]
pub(crate) struct PausedClock {
    start: Timestamp,
    began: Instant,
}

impl PausedClock {
    /// A clock that shows this time now.
    pub(crate) fn at(start: Timestamp) -> Self {
        Self { start, began: Instant::now() }
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        self.start.saturating_add(self.elapsed()).unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// A broker, and who asks it.
#[derive(Debug)]
pub(crate) struct Harness {
    pub(crate) broker: Arc<Broker>,
    pub(crate) caller: Caller,
    /// What the client calls itself.
    pub(crate) client_id: &'static str,
    /// Who may connect, where that is in a file.
    pub(crate) users: Option<Users>,
    next: AtomicI32,
    /// Goes with the harness, if the broker is on a real disk.
    folder: Option<TempDir>,
}

impl Harness {
    /// A broker with Kafka's defaults in a temporary folder.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// As [`start`](Self::start), with other options.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(folder.path());
        change(&mut options);
        Self::open(options, folder).await
    }

    async fn open(options: Options, folder: TempDir) -> Self {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(folder.path()).unwrap());
        let broker = Broker::open(options, disk, Arc::new(SystemClock::start())).await.unwrap();
        Self { folder: Some(folder), ..Self::around(broker) }
    }

    /// A broker on this disk, with this clock.
    pub(crate) async fn start_on(options: Options, disk: Arc<dyn Disk>, clock: Arc<dyn Clock>) -> Self {
        Self::around(Broker::open(options, disk, clock).await.unwrap())
    }

    /// Requests to a broker that was opened.
    pub(crate) fn around(broker: Arc<Broker>) -> Self {
        let caller = Caller {
            connection_id: 1,
            host: "127.0.0.1".to_owned(),
            principal: "User:ANONYMOUS".to_owned(),
            listener: ListenerSecurity::default(),
            advertised: ("localhost".to_owned(), 9092),
        };
        Self { broker, caller, client_id: "harness", users: None, next: AtomicI32::new(1), folder: None }
    }

    /// Closes the broker cleanly and opens it again.
    pub(crate) async fn restart(mut self) -> Self {
        let (options, folder) = (self.broker.options.clone(), self.folder.take());
        self.broker.close().await;
        drop(self);
        Self::open(options, folder.expect("only a broker in a folder of its own is started again")).await
    }

    /// Asks, and waits for the answer. `None`: there is none, or the connection would be closed, as it is when a file
    /// cannot be read any more of which a part was promised.
    pub(crate) async fn try_ask<'a, R: Request<'a>>(&self, request: &R, version: i16) -> Option<Answer> {
        let correlation_id = self.next.fetch_add(1, Ordering::Relaxed);
        let bytes = encode_request(request, version, correlation_id, Some(self.client_id)).unwrap().to_vec();
        let Incoming::Request { header, body } = read_request(&bytes[FRAME_PREFIX_BYTES..]).unwrap() else {
            panic!("{} v{version} is not served", R::API)
        };
        let frame = self.answer(&body, version, header.correlation_id).await?;
        let bytes = bytes_of(&frame).ok()?;
        Some(Answer { bytes, version, correlation_id })
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask<'a, R: Request<'a>>(&self, request: &R, version: i16) -> Answer {
        let answer = self.try_ask(request, version).await;
        answer.unwrap_or_else(|| panic!("{} v{version} was not answered", R::API))
    }

    async fn answer(&self, body: &AnyRequest<'_>, version: i16, correlation_id: i32) -> Option<Frame> {
        let to = ReplyTo { version, correlation_id };
        let call = Call {
            broker: &self.broker,
            caller: &self.caller,
            client_id: Some(self.client_id),
            users: self.users.as_ref(),
            to,
        };
        let frame = match super::answer(&call, body).await {
            Reply::Now(frame) => frame,
            Reply::Later(frame) => frame.await,
            Reply::Nothing | Reply::Close => return None,
        };
        (!frame.is_broken()).then_some(frame)
    }

    /// Creates a topic.
    pub(crate) async fn create_topic(&self, name: &str, partitions: i32) {
        let topic =
            CreatableTopic { name, num_partitions: partitions, replication_factor: 1, ..Default::default() };
        let request = CreateTopicsRequest { topics: vec![topic], ..Default::default() };
        let answer = self.ask(&request, 7).await;
        assert_eq!(answer.read::<CreateTopicsResponse<'_>>().topics[0].error_code, 0, "{name}");
    }
}

/// An answer, as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    bytes: Vec<u8>,
    version: i16,
    correlation_id: i32,
}

impl Answer {
    /// Reads it.
    pub(crate) fn read<'a, R: Response<'a>>(&'a self) -> R {
        read_response(&self.bytes[FRAME_PREFIX_BYTES..], self.version, self.correlation_id).unwrap()
    }
}

fn bytes_of(frame: &Frame) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in frame.parts() {
        match part {
            Part::Bytes(part) => bytes.extend_from_slice(part),
            Part::File(range) => {
                let mut part = vec![0; range.bytes];
                let read = range.file.read_at(&mut part, range.position)?;
                assert_eq!(read, range.bytes, "a file is shorter than an answer says");
                bytes.extend_from_slice(&part);
            }
        }
    }
    Ok(bytes)
}
