//! The names of the CloudEvents Kafka protocol binding 1.0.2.

use watershed_protocol::batch::Header;

use crate::attribute::AttributeName;

/// Begins the name of every attribute's header.
pub(crate) const PREFIX: &str = "ce_";
/// The only version of the specification that is read and written.
pub(crate) const SPEC_VERSION: &str = "1.0";
/// The header of the media type: of the data in binary mode, of the whole event in structured mode.
pub(crate) const CONTENT_TYPE: &str = "content-type";
/// Begins the media type of an event in structured mode.
const MEDIA_TYPE_PREFIX: &[u8] = b"application/cloudevents";

/// Whether the event has a field for the attribute, so that it is not among the extensions.
pub(crate) fn has_field(attribute: &[u8]) -> bool {
    matches!(
        attribute,
        b"specversion"
            | b"id"
            | b"source"
            | b"type"
            | b"subject"
            | b"time"
            | b"datacontenttype"
            | b"dataschema"
            | b"op"
            | b"version"
            | b"carries"
            | b"traceparent"
            | b"tracestate"
    )
}

/// Whether the header is written by the binding itself, so that it is not one that the event's owner added.
pub(crate) fn is_of_the_binding(header: &Header<'_>) -> bool {
    match header.key.strip_prefix(PREFIX.as_bytes()) {
        Some(name) => has_field(name) || AttributeName::from_header(header.key).is_some(),
        None => is_content_type(header.key),
    }
}

/// Kafka's header names know upper and lower case, but producers write this one both ways.
pub(crate) fn is_content_type(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(CONTENT_TYPE.as_bytes())
}

/// Whether a media type is CloudEvents' own: such a record is an event in structured mode.
pub(crate) fn is_cloudevents_media_type(media_type: &[u8]) -> bool {
    after_cloudevents(media_type).is_some()
}

/// What follows `application/cloudevents`: the format and parameters.
pub(crate) fn after_cloudevents(media_type: &[u8]) -> Option<&[u8]> {
    let (start, rest) = media_type.split_at_checked(MEDIA_TYPE_PREFIX.len())?;
    start.eq_ignore_ascii_case(MEDIA_TYPE_PREFIX).then_some(rest)
}
