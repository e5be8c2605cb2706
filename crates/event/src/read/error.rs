//! Why a record could not be read as an event.

use std::borrow::Cow;
use std::fmt;

use crate::attribute::{AttributeError, NameError};
use crate::record_ids::RecordIdError;

/// Characters of foreign text in an error: enough to find it, too few to flood a log.
const EXCERPT_CHARS_MAX: usize = 64;

/// Why a record is not an event. None of these passes by itself: the same record gives the same error again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// An attribute that CloudEvents asks for is not there.
    #[error(
        "{place} is missing: a CloudEvent has specversion, id, source and type; have the producer send all four"
    )]
    Missing {
        /// Where it should be.
        place: Place,
    },
    /// An attribute's value is not allowed.
    #[error("{place} {cause}")]
    Attribute {
        /// Where it is.
        place: Place,
        /// What is wrong with it.
        cause: AttributeError,
    },
    /// More attributes than the reader's limit.
    #[error(
        "the event has more than {attributes_max} attributes: move some into the data, or raise the limit"
    )]
    TooManyAttributes {
        /// The limit.
        attributes_max: usize,
    },
    /// Batched mode, which the Kafka binding does not have.
    #[error(
        "header `content-type` announces a batch of events: CloudEvents has no batches in Kafka; \
         send each event as a record of its own"
    )]
    Batch,
    /// Structured mode in a format other than JSON.
    #[error(
        "header `content-type` is `{content_type}`: of CloudEvents' formats only application/cloudevents+json \
         is read; send that, or binary mode"
    )]
    Format {
        /// What it says, at most its first few characters.
        content_type: String,
    },
    /// Structured mode without a value.
    #[error(
        "the record has no value, but header `content-type` says that the event is in it: \
         for a deletion use binary mode, or drop the header"
    )]
    NoValue,
    /// A value that is not a JSON object.
    #[error(
        "the value is not the JSON object that header `content-type` announces ({cause}): \
         correct the producer's serializer"
    )]
    NotJson {
        /// What the JSON parser says.
        cause: String,
    },
    /// A member of the JSON object that cannot be an attribute or the data.
    #[error("member `{member}` {cause}")]
    Member {
        /// Its name, at most its first few characters.
        member: String,
        /// What is wrong with it.
        cause: MemberError,
    },
    /// No id can be derived for the record.
    #[error(transparent)]
    RecordId(#[from] RecordIdError),
}

/// Where an attribute is, or should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A header of the record.
    Header(Cow<'static, str>),
    /// A member of the JSON object of structured mode.
    Member(Cow<'static, str>),
}

/// What is wrong with a member of the JSON object of structured mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemberError {
    /// The name is not allowed.
    #[error("cannot be an attribute: {0}")]
    Name(#[from] NameError),
    /// Another type than a string, for an attribute that is one.
    #[error("must be a JSON string")]
    NotString,
    /// An array or an object as an attribute.
    #[error("must be a JSON string, number or boolean: put arrays and objects in the data")]
    NotScalar,
    /// A string with half a surrogate pair.
    #[error("holds half a surrogate pair, which no Unicode text has: correct the producer's encoding")]
    Surrogate,
    /// `data_base64` that is not base64.
    #[error("is not base64 with padding (RFC 4648, 4): {0}")]
    Base64(String),
    /// Both `data` and `data_base64`.
    #[error("cannot stand beside `data`: an event has one or the other")]
    TwoData,
    /// `data` that is not a string, with a content type that is not JSON.
    #[error(
        "must be a JSON string, since `datacontenttype` is not a JSON type: encode binary data in `data_base64`"
    )]
    DataNotString,
}

impl Place {
    pub(super) fn header(name: &[u8]) -> Self {
        Self::Header(Cow::Owned(excerpt(name)))
    }

    pub(super) fn member(name: &str) -> Self {
        Self::Member(Cow::Owned(excerpt(name.as_bytes())))
    }

    /// The error for a value at this place.
    pub(super) fn refuses(self, cause: AttributeError) -> ReadError {
        ReadError::Attribute { place: self, cause }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header `{name}`"),
            Self::Member(name) => write!(f, "member `{name}`"),
        }
    }
}

/// The beginning of a foreign text, printable.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(4 * EXCERPT_CHARS_MAX)];
    let text = String::from_utf8_lossy(start);
    let printable = |char: char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char };
    let cut = text.chars().count() > EXCERPT_CHARS_MAX || start.len() < bytes.len();
    let end = if cut { "…" } else { "" };
    text.chars().take(EXCERPT_CHARS_MAX).map(printable).chain(end.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_cut_and_printable_in_an_error() {
        assert_eq!(excerpt(b"a\x1b[31m\n\xff"), "a\u{fffd}[31m\u{fffd}\u{fffd}");
        let long = excerpt("ä".repeat(100_000).as_bytes());
        assert_eq!(long.chars().count(), EXCERPT_CHARS_MAX + 1);
        assert!(long.ends_with('…'));
    }
}
