//! What went wrong, and what to do about it.

use std::sync::Arc;

use watershed_protocol::ErrorCode;

/// What whoever gets an [`Error`] should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Try again, after a pause: a broker is away, busy or slow.
    Retry,
    /// What is known of the cluster is old: ask again for it, then try again.
    Refresh,
    /// Another instance has taken over: stop.
    Fenced,
    /// The transaction has failed and can only be aborted; what comes after the abort may work.
    Abortable,
    /// It can never work as it was asked: wrong arguments, or something that this cluster does not know.
    Invalid,
    /// The credentials are wrong, or may not do this.
    Unauthorised,
    /// Bytes that are not what they should be.
    Corrupt,
    /// The client was closed.
    Closed,
}

/// What went wrong: the thing, the cause and, where there is one, the next step.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: Arc<str>,
    code: Option<ErrorCode>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Arc<str>>) -> Self {
        Self { kind, message: message.into(), code: None }
    }

    /// As [`answered`](Self::answered), for a code as it comes over the wire.
    pub(crate) fn answered_code(code: i16, what: &str, said: Option<&str>) -> Self {
        Self::answered(ErrorCode::from_code(code).unwrap_or(ErrorCode::UnknownServerError), what, said)
    }

    /// What a broker answered, about `what`; `said` is its own text, if it gave one.
    pub(crate) fn answered(code: ErrorCode, what: &str, said: Option<&str>) -> Self {
        let kind = kind_of(code);
        let message = match said.filter(|said| !said.is_empty()) {
            Some(said) => format!("{what}: {said} ({code})"),
            None => format!("{what}: the broker answers {code}"),
        };
        Self { kind, message: message.into(), code: Some(code) }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The code that a broker answered, if one did.
    #[must_use]
    pub const fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// Whether it may work when tried again.
    #[must_use]
    pub const fn is_retriable(&self) -> bool {
        matches!(self.kind, ErrorKind::Retry | ErrorKind::Refresh)
    }

    /// The same with something in front of its text.
    pub(crate) fn context(self, what: impl std::fmt::Display) -> Self {
        Self { message: format!("{what}: {}", self.message).into(), ..self }
    }
}

/// What to do about a broker's code.
fn kind_of(code: ErrorCode) -> ErrorKind {
    use ErrorCode as C;
    match code {
        C::NotLeaderOrFollower
        | C::FencedLeaderEpoch
        | C::UnknownLeaderEpoch
        | C::LeaderNotAvailable
        | C::UnknownTopicOrPartition
        | C::UnknownTopicId
        | C::InconsistentTopicId
        | C::ReplicaNotAvailable
        | C::KafkaStorageError
        | C::ListenerNotFound
        | C::NotController
        | C::NotCoordinator
        | C::CoordinatorNotAvailable => ErrorKind::Refresh,
        C::InvalidProducerEpoch
        | C::ProducerFenced
        | C::FencedInstanceId
        | C::TransactionCoordinatorFenced => ErrorKind::Fenced,
        C::TransactionAbortable => ErrorKind::Abortable,
        C::TopicAuthorizationFailed
        | C::GroupAuthorizationFailed
        | C::ClusterAuthorizationFailed
        | C::TransactionalIdAuthorizationFailed
        | C::DelegationTokenAuthorizationFailed
        | C::SaslAuthenticationFailed
        | C::UnsupportedSaslMechanism
        | C::IllegalSaslState => ErrorKind::Unauthorised,
        C::CorruptMessage => ErrorKind::Corrupt,
        code if code.is_retriable() => ErrorKind::Retry,
        _ => ErrorKind::Invalid,
    }
}
