//! One connection: requests in, answers out in their order, and when it is closed.
//!
//! It is one task that does whatever can be done: send answers, read, take the next request. A request is answered while its
//! bytes lie in the input buffer, so none is read meanwhile; what has to wait for other clients or for the disk is a
//! future in the [`Output`], and reading goes on.

use std::future::poll_fn;
use std::io;
use std::ops::Range;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};
use watershed_protocol::messages::{AnyRequest, ApiKey};
use watershed_protocol::wire::{Incoming, RequestError, WireError, read_request};

use super::admission::Admitted;
use super::auth::{Credentials, Session, Step, Then};
use super::input::{Input, Room};
use super::memory::Share;
use super::output::Output;
use super::stream::Stream;
use super::users::Users;
use super::{Opened, Shared};
use crate::api::{self, Call, Caller, Frame, Reply, ReplyTo};

/// After this time without a request a connection gives its large buffers back.
const RELEASE_AFTER: Duration = Duration::from_secs(2);

/// How long the answers that are there may take to be sent when the connection is closed from this side.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// While answers wait to be sent that take more than this, no more requests are taken.
const READY_BYTES_MAX: usize = 4 << 20;

/// Why a connection ended.
#[derive(Debug)]
enum Ended {
    /// The peer closed it, or it broke.
    Peer(Option<io::Error>),
    /// A request cannot be read.
    Unreadable(RequestError),
    /// A request was not answered, by an API that closes the connection for it.
    Refused(ApiKey),
    /// It did not authenticate, or asked for something before it had: why.
    Denied(String),
    /// A time was up.
    Late { what: &'static str, after: Duration, setting: &'static str },
    /// Nobody asked anything for too long.
    Idle,
    /// The server stops.
    Stopped,
}

/// What a connection must do by when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Release,
    TakeAnswers,
    CompleteRequest,
    Authenticate,
    Ask,
}

struct Connection<'a> {
    shared: &'a Arc<Shared>,
    stream: Stream,
    session: Session,
    caller: Caller,
    admitted: Admitted,
    /// Why it is closed once all answers are sent; it takes no more requests.
    closing: Option<Ended>,
    input: Input,
    output: Output,
    /// Waits for memory for the request under way.
    growth: Option<(usize, BoxFuture<'static, Share>)>,
    /// Before the TLS handshake.
    opened_at: Instant,
    /// When something last arrived, or the last answer left.
    active_at: Instant,
    /// When the request under way began to arrive, or could be read again.
    request_at: Option<Instant>,
    released: bool,
}

/// Serves a connection to its end. Whoever holds `stop` has not ended.
pub(super) async fn serve(
    shared: &Arc<Shared>,
    opened: Opened,
    caller: Caller,
    admitted: Admitted,
    stop: watch::Receiver<bool>,
) {
    let metrics = &shared.broker.metrics;
    let Opened { stream, session, opened_at } = opened;
    let memory = if session.is_authenticated() { &shared.memory } else { &shared.strangers_memory };
    let input = Input::new(Arc::clone(memory));
    let mut connection = Connection {
        shared,
        stream,
        session,
        caller,
        admitted,
        closing: None,
        input,
        output: Output::new((metrics.response_bytes.clone(), metrics.fetched_bytes.clone())),
        growth: None,
        opened_at,
        active_at: Instant::now(),
        request_at: None,
        released: true,
    };
    let mut stopping = stop.clone();
    let stopping = pin!(async move { drop(stopping.wait_for(|&stop| stop).await) });
    let ended = connection.run(stopping).await;
    connection.log(&ended);
    if !matches!(ended, Ended::Peer(_) | Ended::Late { .. }) {
        connection.end().await;
    }
    drop(stop);
}

impl Connection<'_> {
    async fn run(&mut self, mut stopping: Pin<&mut impl Future<Output = ()>>) -> Ended {
        let mut timer = pin!(sleep_until(self.active_at + RELEASE_AFTER));
        loop {
            if let Err(ended) = self.take_requests().await {
                return ended;
            }
            let more = poll_fn(|cx| self.poll_more(cx, stopping.as_mut(), timer.as_mut())).await;
            if let Err(ended) = more {
                return ended;
            }
        }
    }

    /// Takes every request that is there, as far as answers may wait.
    async fn take_requests(&mut self) -> Result<(), Ended> {
        while self.is_taking() {
            let frame = match self.input.next_frame(self.frame_bytes_max()) {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(reason) => return Err(without_header(reason)),
            };
            self.request_at = None;
            self.answer(frame).await?;
        }
        if self.input.is_within_frame() {
            self.request_at.get_or_insert(self.active_at);
        }
        Ok(())
    }

    async fn answer(&mut self, frame: Range<usize>) -> Result<(), Ended> {
        let frame = self.input.frame(frame);
        if self.session.takes_bare_tokens() {
            let step = with_credentials(self.shared, |known| self.session.bare_token(frame, known));
            self.take_step(step);
            return Ok(());
        }
        let (header, body) = match read_request(frame).map_err(Ended::Unreadable)? {
            Incoming::Request { header, body } => (header, body),
            Incoming::ApiVersionsUnsupported { header } => {
                self.output.push(api::answer_unsupported_version(header.correlation_id));
                return Ok(());
            }
        };
        let to = ReplyTo { version: header.request_api_version, correlation_id: header.correlation_id };
        self.shared.broker.metrics.request(body.api(), frame.len());
        let step = match &*body {
            AnyRequest::SaslHandshake(request) => Some(self.session.handshake(to, request)),
            AnyRequest::SaslAuthenticate(request) => Some(with_credentials(self.shared, |known| {
                self.session.authenticate(to, request.auth_bytes, known)
            })),
            AnyRequest::ApiVersions(_) => None,
            _ if self.session.is_authenticated() => None,
            _ => {
                return Err(Ended::Denied(format!(
                    "it asked for {} before it had authenticated",
                    body.api()
                )));
            }
        };
        if let Some(step) = step {
            self.take_step(step);
            return Ok(());
        }
        let users = self.shared.config.users.as_deref();
        let call = Call {
            broker: &self.shared.broker,
            caller: &self.caller,
            client_id: header.client_id,
            users,
            to,
        };
        match while_sending(pin!(api::answer(&call, &body)), &mut self.output, &mut self.stream).await? {
            Reply::Now(frame) => self.output.push(frame),
            Reply::Later(frame) => self.output.push_later(frame),
            Reply::Nothing => {}
            Reply::Close => return Err(Ended::Refused(body.api())),
        }
        Ok(())
    }

    /// Answers a step of the authentication, and does what follows from it.
    fn take_step(&mut self, step: Step) {
        let metrics = &self.shared.broker.metrics;
        match (step.answer, &step.then) {
            (answer, Then::Close { delayed: true, .. }) => {
                let delay = sleep(self.shared.config.limits.failed_authentication_delay);
                self.output.push_later(Box::pin(async move {
                    delay.await;
                    answer.unwrap_or_else(Frame::broken)
                }));
            }
            (Some(answer), _) => self.output.push(answer),
            (None, _) => {}
        }
        match step.then {
            Then::GoOn => {}
            Then::Welcome(user) => {
                metrics.authentications.inc();
                self.caller.principal = format!("User:{user}");
                self.admitted.authenticated();
                self.input.move_to(Arc::clone(&self.shared.memory));
            }
            Then::Close { why, .. } => {
                metrics.authentications_failed.inc();
                self.closing = Some(Ended::Denied(why));
            }
        }
    }

    /// Sends, reads and watches the time, until there may be a request to take.
    fn poll_more(
        &mut self,
        cx: &mut Context<'_>,
        stopping: Pin<&mut impl Future<Output = ()>>,
        timer: Pin<&mut Sleep>,
    ) -> Poll<Result<(), Ended>> {
        let (was_full, was_answering) = (self.is_full(), self.output.len() > 0);
        match self.output.poll_send(cx, &mut self.stream) {
            Poll::Ready(Err(error)) => {
                return Poll::Ready(Err(self.closing.take().unwrap_or(Ended::Peer(Some(error)))));
            }
            Poll::Ready(Ok(())) if self.closing.is_some() => {
                return Poll::Ready(Err(self.closing.take().unwrap_or(Ended::Stopped)));
            }
            // Only now can the peer ask what follows from it, however long it has waited.
            Poll::Ready(Ok(())) if was_answering => self.active_at = Instant::now(),
            _ => {}
        }
        if stopping.poll(cx).is_ready() {
            return Poll::Ready(Err(Ended::Stopped));
        }
        if self.is_taking() {
            if was_full {
                // What was read before could not be taken, and took its time without the peer's fault.
                self.active_at = Instant::now();
                self.request_at = None;
                return Poll::Ready(Ok(()));
            }
            if let Poll::Ready(read) = self.poll_read(cx) {
                return Poll::Ready(read);
            }
        }
        self.poll_due(cx, timer).map(Err)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Ended>> {
        loop {
            if let Some((bytes, growth)) = &mut self.growth {
                let share = ready!(growth.as_mut().poll(cx));
                self.input.add(*bytes, share);
                self.growth = None;
                self.request_at = Some(Instant::now());
            }
            match self.input.room(self.frame_bytes_max()) {
                Ok(Room::Read(bytes_max)) => {
                    let read = ready!(self.stream.poll_read(cx, self.input.buffer(), bytes_max));
                    self.active_at = Instant::now();
                    self.released = false;
                    return Poll::Ready(match read {
                        Ok(0) => Err(Ended::Peer(None)),
                        Ok(_) => Ok(()),
                        Err(error) => Err(Ended::Peer(Some(error))),
                    });
                }
                Ok(Room::Wait(bytes)) => {
                    self.growth = Some((bytes, Box::pin(self.input.memory().wait(bytes))));
                }
                Err(reason) => return Poll::Ready(Err(without_header(reason))),
            }
        }
    }

    /// Ready when the connection has to be closed because a time is up.
    fn poll_due(&mut self, cx: &mut Context<'_>, mut timer: Pin<&mut Sleep>) -> Poll<Ended> {
        let limits = &self.shared.config.limits;
        loop {
            let (at, due) = self.due();
            // It may fire too early, and is set anew then: no timer is touched for a request.
            if at < timer.deadline() {
                timer.as_mut().reset(at);
            }
            ready!(timer.as_mut().poll(cx));
            if Instant::now() < at {
                timer.as_mut().reset(at);
                continue;
            }
            let (what, after, setting) = match due {
                Due::Release => {
                    self.released = true;
                    self.input.release();
                    self.output.release();
                    // Not before something is to be done.
                    timer.as_mut().reset(self.due().0);
                    continue;
                }
                Due::Ask => return Poll::Ready(Ended::Idle),
                Due::TakeAnswers => ("take its answer", limits.send_timeout, "response.send.timeout.ms"),
                Due::Authenticate => {
                    ("authenticate", limits.authentication_timeout, "authentication.timeout.ms")
                }
                Due::CompleteRequest => {
                    ("complete its request", self.receive_timeout(), "request.receive.timeout.ms")
                }
            };
            return Poll::Ready(Ended::Late { what, after, setting });
        }
    }

    /// What is due next, and when.
    fn due(&self) -> (Instant, Due) {
        let limits = &self.shared.config.limits;
        let is_idle = self.output.len() == 0 && !self.input.is_within_frame();
        let is_reading = self.is_taking() && self.growth.is_none();
        let release = (!self.released).then_some((self.active_at + RELEASE_AFTER, Due::Release));
        let ask = is_idle.then_some((self.active_at + limits.idle, Due::Ask));
        let take = self.output.blocked_since().map(|since| (since + limits.send_timeout, Due::TakeAnswers));
        let request_at = self.request_at.filter(|_| is_reading);
        let complete = request_at.map(|since| (since + self.receive_timeout(), Due::CompleteRequest));
        let authenticate = (!self.session.is_authenticated() && self.closing.is_none())
            .then_some((self.opened_at + limits.authentication_timeout, Due::Authenticate));
        let never = (self.active_at + limits.idle.max(FAR), Due::Release);
        [release, ask, take, complete, authenticate].into_iter().flatten().min().unwrap_or(never)
    }

    /// How long the request under way may take.
    fn receive_timeout(&self) -> Duration {
        let stated_bytes = self.input.stated_bytes(self.frame_bytes_max()).ok().flatten().unwrap_or(0);
        self.shared.config.limits.receive_timeout + Duration::from_secs((stated_bytes >> 20) as u64)
    }

    fn is_full(&self) -> bool {
        self.output.len() >= self.shared.config.limits.in_flight_max
            || self.output.ready_bytes() > READY_BYTES_MAX
    }

    /// Whether more requests are taken.
    fn is_taking(&self) -> bool {
        !self.is_full() && self.closing.is_none()
    }

    fn frame_bytes_max(&self) -> usize {
        let limits = &self.shared.config.limits;
        if self.session.is_authenticated() {
            limits.frame_bytes_max
        } else {
            limits.frame_bytes_max.min(limits.unauthenticated_frame_bytes_max)
        }
    }

    /// Sends the answers that are asked for, within a bounded time, and says goodbye.
    async fn end(&mut self) {
        let sent = timeout(LAST_ANSWERS, poll_fn(|cx| self.output.poll_send(cx, &mut self.stream))).await;
        if matches!(sent, Ok(Ok(()))) {
            // Whether the peer hears it is its own affair.
            drop(timeout(LAST_ANSWERS, poll_fn(|cx| self.stream.poll_shutdown(cx))).await);
        }
    }

    fn log(&self, ended: &Ended) {
        let (peer, metrics) = (&self.caller.host, &self.shared.broker.metrics);
        let quota = &self.shared.log_quota;
        match ended {
            Ended::Peer(Some(error)) => tracing::debug!(%peer, %error, "a connection broke"),
            Ended::Unreadable(error) => {
                let (api, reason) = (error.name(), &error.reason);
                let setting = matches!(reason, WireError::FrameTooLarge { .. }).then(|| self.frame_setting());
                metrics.closed(setting.unwrap_or("unreadable request"));
                quota.write(|left_out| {
                    tracing::warn!(%peer, api, %reason, setting, left_out, "closed a connection whose request cannot be read");
                });
            }
            Ended::Late { what, after, setting } => {
                metrics.closed(setting);
                let seconds = after.as_secs();
                quota.write(|left_out| {
                    tracing::warn!(%peer, setting, seconds, left_out, "closed a connection that did not {what} in time");
                });
            }
            Ended::Denied(why) => {
                metrics.closed("authentication");
                quota.write(|left_out| {
                    tracing::warn!(%peer, why, left_out, "closed a connection that has not authenticated");
                });
            }
            Ended::Idle => {
                metrics.closed("connections.max.idle.ms");
                tracing::debug!(%peer, "closed a connection that was idle");
            }
            Ended::Refused(api) => {
                metrics.closed("refused request");
                tracing::info!(%peer, %api, "closed a connection, since a request of it failed and its client takes no answer");
            }
            Ended::Peer(None) | Ended::Stopped => tracing::debug!(%peer, ?ended, "a connection ended"),
        }
    }

    /// The setting that limits the size of a request now.
    fn frame_setting(&self) -> &'static str {
        if self.session.is_authenticated() {
            "socket.request.max.bytes"
        } else {
            "sasl.server.max.receive.size"
        }
    }
}

/// Gives `step` what is known of users. Without users there is no session that asks.
fn with_credentials(shared: &Shared, step: impl FnOnce(&Credentials<'_>) -> Step) -> Step {
    let nobody = Users::default();
    let users = shared.config.users.as_deref().unwrap_or(&nobody);
    step(&Credentials { users, made: &|user, hash| shared.made_credential(user, hash) })
}

/// Longer than any time that is waited for.
const FAR: Duration = Duration::from_secs(3_600);

fn without_header(reason: WireError) -> Ended {
    Ended::Unreadable(RequestError { api_key: None, api_version: None, reason })
}

/// Waits for an answer, and sends those before it meanwhile.
async fn while_sending(
    mut answer: Pin<&mut impl Future<Output = Reply>>,
    output: &mut Output,
    stream: &mut Stream,
) -> Result<Reply, Ended> {
    poll_fn(|cx| match answer.as_mut().poll(cx) {
        Poll::Ready(reply) => Poll::Ready(Ok(reply)),
        Poll::Pending => match output.poll_send(cx, stream) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(Ended::Peer(Some(error)))),
            _ => Poll::Pending,
        },
    })
    .await
}
