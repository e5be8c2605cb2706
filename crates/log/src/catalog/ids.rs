//! Ids of topics and of the cluster: random, and written as Kafka writes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::OpenError;

/// A new id. Kafka's rules: none of the reserved ones, and none that a command line would take for an option.
///
/// # Errors
///
/// The operating system gives no random bytes.
pub(super) fn fresh() -> Result<Uuid, getrandom::Error> {
    loop {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
        if !to_text(id).starts_with('-') {
            return Ok(id);
        }
    }
}

/// As [`fresh`], for the start.
pub(super) fn fresh_at_open() -> Result<Uuid, OpenError> {
    fresh().map_err(|error| OpenError::Io {
        path: "the operating system's random numbers".into(),
        doing: "read",
        source: std::io::Error::other(error.to_string()),
    })
}

/// Kafka's text of an id: 22 characters.
pub(crate) fn to_text(id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(id.as_bytes())
}

/// The id that [`to_text`] wrote.
pub(crate) fn from_text(text: &str) -> Option<Uuid> {
    Uuid::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
