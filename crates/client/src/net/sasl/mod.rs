//! Credentials: SASL's PLAIN, SCRAM and OAUTHBEARER, as Kafka has them (KIP-43, KIP-84, KIP-255, KIP-368).

mod scram;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub(super) use scram::{Hash, Scram};

use crate::error::{Error, ErrorKind};

/// Gives a token for OAUTHBEARER whenever a connection needs one.
pub trait TokenSource: Send + Sync + 'static {
    /// A token that is valid now.
    fn token(&self) -> Pin<Box<dyn Future<Output = Result<String, String>> + Send + '_>>;
}

/// Who the client says it is.
#[derive(Clone)]
#[non_exhaustive]
pub enum Sasl {
    /// PLAIN: the password goes over the wire as it is. Only over TLS.
    Plain {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
    },
    /// SCRAM-SHA-256.
    ScramSha256 {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
    },
    /// SCRAM-SHA-512.
    ScramSha512 {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
    },
    /// OAUTHBEARER (RFC 7628).
    OauthBearer(Arc<dyn TokenSource>),
}

impl Sasl {
    /// The name of the mechanism.
    #[must_use]
    pub const fn mechanism(&self) -> &'static str {
        match self {
            Self::Plain { .. } => "PLAIN",
            Self::ScramSha256 { .. } => "SCRAM-SHA-256",
            Self::ScramSha512 { .. } => "SCRAM-SHA-512",
            Self::OauthBearer(_) => "OAUTHBEARER",
        }
    }

    /// Begins an exchange.
    pub(super) async fn begin(&self) -> Result<Exchange, Error> {
        let broken = |reason: String| Error::new(ErrorKind::Invalid, reason);
        match self {
            Self::Plain { user, password } => {
                if user.contains('\0') || password.contains('\0') {
                    return Err(broken("a user's name or password for PLAIN holds a zero byte".to_owned()));
                }
                Ok(Exchange::Last(format!("\0{user}\0{password}").into_bytes()))
            }
            Self::ScramSha256 { user, password } => scram(Hash::Sha256, user, password),
            Self::ScramSha512 { user, password } => scram(Hash::Sha512, user, password),
            Self::OauthBearer(source) => {
                let token = source.token().await.map_err(|reason| {
                    Error::new(ErrorKind::Retry, format!("no token for OAUTHBEARER could be had: {reason}"))
                })?;
                if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(broken("the token for OAUTHBEARER has bytes that no token has".to_owned()));
                }
                Ok(Exchange::Last(format!("n,,\x01auth=Bearer {token}\x01\x01").into_bytes()))
            }
        }
    }
}

fn scram(hash: Hash, user: &str, password: &str) -> Result<Exchange, Error> {
    let mut nonce = [0; 24];
    getrandom::fill(&mut nonce).map_err(|error| {
        Error::new(ErrorKind::Retry, format!("the system gives no random bytes: {error}"))
    })?;
    Ok(Exchange::Scram(Box::new(Scram::new(hash, user, password, &nonce))))
}

/// An exchange with a broker.
pub(super) enum Exchange {
    /// One message, whose answer says nothing more.
    Last(Vec<u8>),
    Scram(Box<Scram>),
    Done,
}

impl Exchange {
    /// What to send next, for what the broker sent last; `None` when there is nothing more to send.
    pub(super) fn step(&mut self, answer: Option<&[u8]>) -> Result<Option<Vec<u8>>, Error> {
        match self {
            Self::Last(message) => {
                let message = std::mem::take(message);
                *self = Self::Done;
                Ok(Some(message))
            }
            Self::Scram(scram) => {
                let next = match answer {
                    None => Ok(Some(scram.first())),
                    Some(answer) => scram.next(answer),
                };
                next.map_err(|reason| Error::new(ErrorKind::Unauthorised, reason))
            }
            Self::Done => Ok(None),
        }
    }
}

/// Without secrets.
impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mechanism())
    }
}
