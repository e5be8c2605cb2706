//! SASL on one connection: SaslHandshake, SaslAuthenticate (or bare tokens after a handshake of version 0), PLAIN and
//! SCRAM.
//!
//! A connection that has to authenticate may ask for ApiVersions, and nothing else, before it has. A wrong credential is
//! answered after a delay, upon which the connection is closed; an unknown user looks like a known one with a wrong password.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use watershed_protocol::ErrorCode;
use watershed_protocol::messages::{SaslAuthenticateResponse, SaslHandshakeRequest, SaslHandshakeResponse};

use super::scram::{ClientFirst, Credential, Exchange, Failed, Hash};
use super::users::{Users, mechanism_name};
use crate::api::{Frame, ReplyTo};

/// The mechanisms that are offered.
const MECHANISMS: [Mechanism; 3] =
    [Mechanism::Plain, Mechanism::Scram(Hash::Sha256), Mechanism::Scram(Hash::Sha512)];

/// Their names, as a setting has them.
pub(super) const MECHANISM_NAMES: &str = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512";

/// So much of a name that a stranger gave is in the log.
const SHOWN_CHARS_MAX: usize = 128;

/// Random bytes of the server's nonce.
const NONCE_BYTES: usize = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    Scram(Hash),
}

/// How far a connection has authenticated.
#[derive(Debug)]
pub(super) enum Session {
    /// It need not.
    Open,
    /// It has to choose a mechanism.
    New,
    /// The next token is the first. `bare` if tokens come without a request around them.
    Chosen { mechanism: Mechanism, bare: bool },
    /// The next token is the last.
    Proving { exchange: Box<Exchange>, user: String, hash: Hash, bare: bool },
    /// It has.
    Authenticated,
}

/// Where credentials are kept.
pub(super) struct Credentials<'a> {
    pub(super) users: &'a Users,
    /// Those that were made through the protocol (AlterUserScramCredentials).
    pub(super) made: &'a dyn Fn(&str, Hash) -> Option<Credential>,
}

/// What a step of the authentication leads to.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) answer: Option<Frame>,
    pub(super) then: Then,
}

/// What comes after a step.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    /// This user has authenticated.
    Welcome(String),
    /// The connection is closed after the answer, which is `delayed` if a credential was wrong. For the log: why.
    Close {
        why: String,
        delayed: bool,
    },
}

/// A token that does not lead on.
#[derive(Debug)]
struct Denied {
    why: String,
    message: String,
}

impl Mechanism {
    const fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Scram(hash) => mechanism_name(hash),
        }
    }
}

impl Session {
    /// Whether anything may be asked.
    pub(super) const fn is_authenticated(&self) -> bool {
        matches!(self, Self::Open | Self::Authenticated)
    }

    /// Whether the next frame is a token without a request around it.
    pub(super) const fn takes_bare_tokens(&self) -> bool {
        matches!(self, Self::Chosen { bare: true, .. } | Self::Proving { bare: true, .. })
    }

    /// Answers SaslHandshake.
    pub(super) fn handshake(&mut self, to: ReplyTo, request: &SaslHandshakeRequest<'_>) -> Step {
        let names = || MECHANISMS.iter().map(|mechanism| mechanism.name()).collect();
        let answer = |error: ErrorCode, mechanisms| {
            Some(to.encode(&SaslHandshakeResponse { error_code: error.code(), mechanisms }))
        };
        if !matches!(self, Self::New) {
            return Step {
                answer: answer(ErrorCode::IllegalSaslState, Vec::new()),
                then: match self {
                    // As Kafka: who need not authenticate, or has, is told so and may go on.
                    Self::Open | Self::Authenticated => Then::GoOn,
                    _ => Then::Close { why: "it began a second authentication".to_owned(), delayed: false },
                },
            };
        }
        match MECHANISMS.iter().find(|mechanism| mechanism.name() == request.mechanism) {
            Some(&mechanism) => {
                *self = Self::Chosen { mechanism, bare: to.version == 0 };
                Step { answer: answer(ErrorCode::None, names()), then: Then::GoOn }
            }
            None => Step {
                answer: answer(ErrorCode::UnsupportedSaslMechanism, names()),
                then: Then::Close {
                    why: format!(
                        "it asked for the mechanism {}, which is not offered",
                        shown(request.mechanism)
                    ),
                    delayed: false,
                },
            },
        }
    }

    /// Answers SaslAuthenticate.
    pub(super) fn authenticate(&mut self, to: ReplyTo, token: &[u8], credentials: &Credentials<'_>) -> Step {
        let refuse = |error: ErrorCode, message: &str| {
            Some(to.encode(&SaslAuthenticateResponse {
                error_code: error.code(),
                error_message: Some(message),
                ..SaslAuthenticateResponse::default()
            }))
        };
        match self {
            Self::Open | Self::Authenticated => {
                let message = "This connection is not expected to authenticate";
                return Step { answer: refuse(ErrorCode::IllegalSaslState, message), then: Then::GoOn };
            }
            Self::New => {
                let why = "it sent a token before it had chosen a mechanism".to_owned();
                let answer = refuse(ErrorCode::IllegalSaslState, "SaslHandshake comes first");
                return Step { answer, then: Then::Close { why, delayed: false } };
            }
            Self::Chosen { .. } | Self::Proving { .. } => {}
        }
        match self.take_token(token, credentials) {
            Ok((auth_bytes, user)) => Step {
                answer: Some(to.encode(&SaslAuthenticateResponse {
                    auth_bytes: &auth_bytes,
                    ..SaslAuthenticateResponse::default()
                })),
                then: user.map_or(Then::GoOn, Then::Welcome),
            },
            Err(Denied { why, message }) => Step {
                answer: refuse(ErrorCode::SaslAuthenticationFailed, &message),
                then: Then::Close { why, delayed: true },
            },
        }
    }

    /// Answers a token without a request around it. A wrong one has no answer.
    pub(super) fn bare_token(&mut self, token: &[u8], credentials: &Credentials<'_>) -> Step {
        match self.take_token(token, credentials) {
            Ok((answer, user)) => {
                Step { answer: Some(Frame::bare(&answer)), then: user.map_or(Then::GoOn, Then::Welcome) }
            }
            Err(Denied { why, .. }) => Step { answer: None, then: Then::Close { why, delayed: true } },
        }
    }

    /// Gives the server's token, and who has now authenticated.
    fn take_token(
        &mut self,
        token: &[u8],
        credentials: &Credentials<'_>,
    ) -> Result<(Vec<u8>, Option<String>), Denied> {
        match std::mem::replace(self, Self::New) {
            Self::Chosen { mechanism: Mechanism::Plain, .. } => {
                let user = check_plain(token, credentials.users)?;
                *self = Self::Authenticated;
                Ok((Vec::new(), Some(user)))
            }
            Self::Chosen { mechanism: Mechanism::Scram(hash), bare } => {
                let first = ClientFirst::parse(token).map_err(|failed| deny_scram(hash, None, failed))?;
                let credential = credentials
                    .users
                    .credential(&first.user, hash)
                    .or_else(|| (credentials.made)(&first.user, hash))
                    .unwrap_or_else(|| credentials.users.made_up(&first.user, hash));
                let (exchange, server_first) = Exchange::begin(hash, &first, credential, &nonce()?);
                *self = Self::Proving { exchange: Box::new(exchange), user: first.user, hash, bare };
                Ok((server_first.into_bytes(), None))
            }
            Self::Proving { exchange, user, hash, .. } => {
                let server_final =
                    exchange.finish(token).map_err(|failed| deny_scram(hash, Some(&user), failed))?;
                *self = Self::Authenticated;
                Ok((server_final.into_bytes(), Some(user)))
            }
            Self::Open | Self::New | Self::Authenticated => Err(Denied {
                why: "it sent a token that was not asked for".to_owned(),
                message: "Authentication failed".to_owned(),
            }),
        }
    }
}

/// `[AUTHZID] NUL USER NUL PASSWORD` (RFC 4616).
fn check_plain(token: &[u8], users: &Users) -> Result<String, Denied> {
    let denied = |why: String| Denied {
        why,
        message: "Authentication failed: Invalid username or password".to_owned(),
    };
    let text = std::str::from_utf8(token).map_err(|_| denied("its token is not UTF-8".to_owned()))?;
    let fields: Vec<&str> = text.splitn(4, '\0').collect();
    let [authzid, user, password] = fields[..] else {
        return Err(denied("its token is not one of PLAIN".to_owned()));
    };
    if !(authzid.is_empty() || authzid == user) {
        return Err(denied(format!("the user {} wanted to act as {}", shown(user), shown(authzid))));
    }
    if !users.has_password(user, password) {
        return Err(denied(format!("wrong password or unknown user {}", shown(user))));
    }
    Ok(user.to_owned())
}

fn deny_scram(hash: Hash, user: Option<&str>, failed: Failed) -> Denied {
    let mechanism = mechanism_name(hash);
    let why = match (failed, user) {
        (Failed::WrongProof, Some(user)) => format!("wrong password or unknown user {}", shown(user)),
        _ => failed.to_string(),
    };
    let message = format!(
        "Authentication failed during authentication due to invalid credentials with SASL mechanism {mechanism}"
    );
    Denied { why, message }
}

/// A name that a stranger gave, for the log: not all of it, if it is long.
fn shown(name: &str) -> String {
    match name.char_indices().nth(SHOWN_CHARS_MAX) {
        None => format!("{name:?}"),
        Some((end, _)) => format!("{:?}... (of {} bytes)", &name[..end], name.len()),
    }
}

fn nonce() -> Result<String, Denied> {
    let mut bytes = [0; NONCE_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Denied {
        why: format!("the operating system gave no random bytes: {error}"),
        message: "Authentication failed".to_owned(),
    })?;
    Ok(BASE64.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_only_so_much_of_a_name_that_a_stranger_gave() {
        assert_eq!(shown("alice"), "\"alice\"");
        assert_eq!(shown(&"ä".repeat(SHOWN_CHARS_MAX)).len(), 2 * SHOWN_CHARS_MAX + 2);
        for name in ["ä".repeat(500_000), "\u{1}".repeat(500_000)] {
            for token in [format!("\0{name}\0x"), format!("{name}\0bob\0x")] {
                let why = check_plain(token.as_bytes(), &Users::default()).unwrap_err().why;
                assert!(why.len() < 2_000, "{} bytes", why.len());
            }
            let why = deny_scram(Hash::Sha256, Some(&name), Failed::WrongProof).why;
            assert!(why.len() < 2_000, "{} bytes", why.len());
            let to = ReplyTo { version: 1, correlation_id: 1 };
            let step = Session::New.handshake(to, &SaslHandshakeRequest { mechanism: &name });
            assert!(matches!(step.then, Then::Close { why, .. } if why.len() < 2_000));
        }
    }

    #[test]
    fn the_settings_names_of_the_mechanisms_are_those_that_are_offered() {
        let names: Vec<&str> = MECHANISMS.iter().map(|mechanism| mechanism.name()).collect();
        assert_eq!(names.join(","), MECHANISM_NAMES);
    }
}
