//! One connection to one broker: many requests in flight, answered in their order.
//!
//! A task owns the stream. Whoever asks hands it a whole frame, and gets the answer's frame; that somebody who asks goes
//! away changes nothing for the others. A broker that does not answer in time loses the connection, since answers come
//! in order: everybody who waits on it is told.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, Sleep};
use watershed_protocol::messages::ApiKey;
use watershed_protocol::wire::{Request, Response, encode_request, read_response};

use super::frames::{Frame, Reader, Writer};
use super::handshake::{Dialogue, Versions, corrupt, lost};
use super::{Address, Sasl};
use crate::error::{Error, ErrorKind};
use crate::options::ClientOptions;

/// Requests that wait to be written; more wait with whoever asks.
const QUEUE_MAX: usize = 64;
/// Requests that are written or on their way out, and not answered.
const IN_FLIGHT_MAX: usize = 256;
/// Of a session's lifetime, the part (in percent) after which the client says again who it is, as Kafka's clients do.
const LIFETIME_USED_PERCENT: u32 = 85;

/// A handle; the connection ends when the last one is gone and all is answered.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    queue: mpsc::Sender<Outgoing>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    address: Address,
    client_id: String,
    versions: Versions,
    next_correlation_id: AtomicI32,
    /// Why it has ended.
    ended: watch::Sender<Option<Error>>,
    counts: Counts,
}

/// What has gone over a connection.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) requests: AtomicU64,
    pub(crate) answers: AtomicU64,
    pub(crate) answer_bytes: AtomicU64,
}

#[derive(Debug)]
struct Outgoing {
    frame: Frame,
    waiting: Waiting,
}

/// Somebody who waits for an answer.
#[derive(Debug)]
struct Waiting {
    api: ApiKey,
    deadline: Instant,
    answer: oneshot::Sender<Result<Bytes, Error>>,
}

/// An answer's frame, and what is needed to read it.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) frame: Bytes,
    version: i16,
    correlation_id: i32,
}

impl Reply {
    /// The answer, which borrows from the frame.
    pub(crate) fn read<'a, R: Response<'a>>(&'a self) -> Result<R, Error> {
        read_response(&self.frame, self.version, self.correlation_id).map_err(|error| corrupt(&error))
    }
}

/// An answer that is to come. Dropping it forgets the answer, not the request.
#[derive(Debug)]
pub(crate) struct Pending {
    answer: oneshot::Receiver<Result<Bytes, Error>>,
    version: i16,
    correlation_id: i32,
    shared: Arc<Shared>,
}

impl Future for Pending {
    type Output = Result<Reply, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let (version, correlation_id) = (self.version, self.correlation_id);
        Pin::new(&mut self.answer).poll(context).map(|answer| match answer {
            Ok(Ok(frame)) => Ok(Reply { frame, version, correlation_id }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(self.shared.why_ended()),
        })
    }
}

impl Connection {
    /// Connects, speaks TLS where that is asked for, and says who the client is; all within the time for that.
    ///
    /// # Errors
    ///
    /// [`Error`], whose text begins with the address.
    pub(crate) async fn open(options: &ClientOptions, address: &Address) -> Result<Self, Error> {
        let opened =
            tokio::time::timeout(options.connect_timeout, Self::open_in_time(options, address)).await;
        match opened {
            Ok(opened) => opened.map_err(|error| error.context(address)),
            Err(_) => Err(Error::new(
                ErrorKind::Retry,
                format!(
                    "{address}: no connection within {:?}: is it reachable from here?",
                    options.connect_timeout
                ),
            )),
        }
    }

    async fn open_in_time(options: &ClientOptions, address: &Address) -> Result<Self, Error> {
        let stream = options.connector.connect(address).await;
        let mut stream =
            stream.map_err(|error| Error::new(ErrorKind::Retry, format!("cannot connect: {error}")))?;
        if let Some(tls) = &options.security.tls {
            stream = tls.connect(stream, address).await?;
        }
        let reader = Reader::new(options.response_bytes_max);
        let mut dialogue = Dialogue::new(stream, reader, options.client_id.clone());
        let versions = dialogue.versions().await?;
        let sasl = options.security.sasl.clone();
        let lifetime = match &sasl {
            Some(sasl) => dialogue.authenticate(sasl).await?,
            None => None,
        };
        let (queue, queued) = mpsc::channel(QUEUE_MAX);
        let shared = Arc::new(Shared {
            address: address.clone(),
            client_id: dialogue.client_id().to_owned(),
            versions,
            next_correlation_id: AtomicI32::new(1),
            ended: watch::Sender::new(None),
            counts: Counts::default(),
        });
        let task = Task {
            dialogue,
            queued,
            shared: Arc::clone(&shared),
            writer: Writer::default(),
            waiting: VecDeque::new(),
            idle_max: options.connections_max_idle,
            timer: Box::pin(tokio::time::sleep(options.connections_max_idle)),
            used_at: Instant::now(),
        };
        tokio::spawn(task.run(sasl, lifetime));
        Ok(Self { queue, shared })
    }

    /// Where the broker is.
    pub(crate) fn address(&self) -> &Address {
        &self.shared.address
    }

    /// True once it has ended; it does not come back.
    pub(crate) fn has_ended(&self) -> bool {
        self.queue.is_closed()
    }

    #[cfg(test)]
    pub(crate) fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// The newest version of a request that both sides have.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if there is none.
    pub(crate) fn version<'a, R: Request<'a>>(&self) -> Result<i16, Error> {
        self.shared.versions.newest::<R>().ok_or_else(|| {
            let text =
                format!("{}: the broker has no version of {} that is known here", self.address(), R::API);
            Error::new(ErrorKind::Invalid, text)
        })
    }

    /// Asks, in the newest version that both have, and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`Error`]; those of [`Connection::send`].
    pub(crate) async fn ask<'a, R: Request<'a>>(
        &'a self,
        request: &R,
        timeout: Duration,
    ) -> Result<Reply, Error> {
        let version = self.version::<R>()?;
        self.send(request, version, Vec::new(), timeout).await?.await
    }

    /// Hands a request over, in the order of the calls. The batches of the request's
    /// [`Payload::elsewhere`](watershed_protocol::wire::Payload::elsewhere) are `elsewhere`, in their order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the request has something that is not in the version; why the connection has ended.
    pub(crate) async fn send<'a, R: Request<'a>>(
        &'a self,
        request: &R,
        version: i16,
        elsewhere: Vec<Bytes>,
        timeout: Duration,
    ) -> Result<Pending, Error> {
        let correlation_id = self.shared.next_correlation_id.fetch_add(1, Ordering::Relaxed) & i32::MAX;
        let encoded = encode_request(request, version, correlation_id, Some(&self.shared.client_id));
        let encoded = encoded.map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
        let frame = Frame::new(&encoded, elsewhere);
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { api: R::API, deadline: Instant::now() + timeout, answer };
        let sent = self.queue.send(Outgoing { frame, waiting }).await;
        sent.map_err(|_| self.shared.why_ended())?;
        self.shared.counts.requests.fetch_add(1, Ordering::Relaxed);
        Ok(Pending { answer: answered, version, correlation_id, shared: Arc::clone(&self.shared) })
    }
}

impl Shared {
    fn why_ended(&self) -> Error {
        let ended = self.ended.borrow().clone();
        ended.unwrap_or_else(|| {
            Error::new(ErrorKind::Retry, format!("{}: the connection has ended", self.address))
        })
    }
}

/// What owns the stream.
struct Task {
    dialogue: Dialogue,
    queued: mpsc::Receiver<Outgoing>,
    shared: Arc<Shared>,
    writer: Writer,
    waiting: VecDeque<Waiting>,
    idle_max: Duration,
    /// Goes off when something may be overdue.
    timer: Pin<Box<Sleep>>,
    used_at: Instant,
}

/// Why a connection stops working off requests.
enum Stop {
    /// Nobody has a handle any more, or it was idle for long.
    Unused,
    Failed(Error),
    /// It is time to say again who the client is, and nothing is in flight.
    Authenticate,
}

impl Task {
    async fn run(mut self, sasl: Option<Sasl>, mut lifetime: Option<Duration>) {
        let error = loop {
            let authenticate_at =
                lifetime.map(|lifetime| Instant::now() + lifetime * LIFETIME_USED_PERCENT / 100);
            match poll_fn(|context| self.poll(context, authenticate_at)).await {
                Stop::Unused => break None,
                Stop::Failed(error) => break Some(error),
                Stop::Authenticate => {}
            }
            let Some(sasl) = &sasl else { break None };
            match self.dialogue.authenticate(sasl).await {
                Ok(again) => lifetime = again,
                Err(error) => break Some(error),
            }
        };
        let error = error.map(|error| error.context(&self.shared.address));
        if let Some(error) = &error {
            tracing::debug!(%error, "a connection has ended");
        }
        self.shared.ended.send_replace(error);
        // Whoever waits learns why from there.
        self.queued.close();
    }

    /// Works off requests until there is a reason to stop.
    fn poll(&mut self, context: &mut Context<'_>, authenticate_at: Option<Instant>) -> Poll<Stop> {
        let now = Instant::now();
        let retiring = authenticate_at.is_some_and(|at| at <= now);
        let mut all_gone = false;
        // What more there is waits with whoever asks, until an answer makes room.
        while !retiring && !all_gone && self.waiting.len() < IN_FLIGHT_MAX {
            match self.queued.poll_recv(context) {
                Poll::Ready(Some(Outgoing { frame, waiting })) => {
                    self.used_at = now;
                    self.writer.push(frame);
                    self.waiting.push_back(waiting);
                }
                Poll::Ready(None) => all_gone = true,
                Poll::Pending => break,
            }
        }
        if !self.writer.is_empty()
            && let Poll::Ready(Err(error)) = self.writer.poll(&mut *self.dialogue.stream, context)
        {
            return Poll::Ready(Stop::Failed(lost(error.into())));
        }
        let was_full = self.waiting.len() >= IN_FLIGHT_MAX;
        while let Poll::Ready(frame) = self.dialogue.reader.poll(&mut *self.dialogue.stream, context) {
            match frame {
                Ok(frame) => {
                    if let Some(error) = self.answered(frame, now) {
                        return Poll::Ready(Stop::Failed(error));
                    }
                }
                Err(error) => return Poll::Ready(Stop::Failed(lost(error))),
            }
        }
        if was_full && self.waiting.len() < IN_FLIGHT_MAX {
            context.waker().wake_by_ref();
        }
        let nothing_left = self.waiting.is_empty() && self.writer.is_empty();
        if nothing_left && all_gone {
            return Poll::Ready(Stop::Unused);
        }
        if nothing_left && retiring {
            return Poll::Ready(Stop::Authenticate);
        }
        self.poll_timer(context, authenticate_at.filter(|_| !retiring))
    }

    fn answered(&mut self, frame: Bytes, now: Instant) -> Option<Error> {
        self.used_at = now;
        let Some(waiting) = self.waiting.pop_front() else {
            return Some(Error::new(ErrorKind::Corrupt, "the broker sent an answer that nobody asked for"));
        };
        self.shared.counts.answers.fetch_add(1, Ordering::Relaxed);
        self.shared.counts.answer_bytes.fetch_add(frame.len() as u64, Ordering::Relaxed);
        // Whoever waited may have gone.
        drop(waiting.answer.send(Ok(frame)));
        None
    }

    /// Sees to what is overdue, and sets the timer for what is next.
    fn poll_timer(&mut self, context: &mut Context<'_>, authenticate_at: Option<Instant>) -> Poll<Stop> {
        let first = self.waiting.iter().min_by_key(|waiting| waiting.deadline);
        let next = first.map_or(self.used_at + self.idle_max, |waiting| waiting.deadline);
        let at = authenticate_at.map_or(next, |at| at.min(next));
        if self.timer.deadline() != at {
            self.timer.as_mut().reset(at);
        }
        if self.timer.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        match first {
            // Time to say again who the client is, once what is in flight is answered.
            _ if at < next => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(waiting) => {
                let text = format!("{} was not answered in time", waiting.api);
                Poll::Ready(Stop::Failed(Error::new(ErrorKind::Retry, text)))
            }
            None => Poll::Ready(Stop::Unused),
        }
    }
}
