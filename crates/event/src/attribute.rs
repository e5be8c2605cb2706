//! The attributes of an event: how they are named, what their values may hold, a type for each that could be
//! swapped.
//!
//! Every value here obeys CloudEvents 1.0.2 ("Type System"): a non-empty string without control characters and
//! noncharacters. One leniency: `source` and `dataschema` should be a URI reference and a URI; their syntax is
//! not checked, since nothing here depends on it and many producers put plain names there.

use std::borrow::Cow;
use std::fmt;

use crate::binding;

/// Why a value cannot be an attribute's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeError {
    /// The empty string.
    #[error("is empty: fill it, or leave the attribute out if it is optional")]
    Empty,
    /// A control character or a noncharacter.
    #[error(
        "holds the character U+{code:04X}: CloudEvents allows no control characters and no noncharacters, \
         so take it out or encode it"
    )]
    Character {
        /// The first such code point.
        code: u32,
    },
    /// Bytes that are not UTF-8.
    #[error("is not UTF-8: encode header values as UTF-8, and put binary values in base64")]
    NotUtf8,
    /// Longer than the reader's limit.
    #[error(
        "has {length_bytes} bytes where {length_bytes_max} are allowed: put it in the data, or raise the limit"
    )]
    TooLong {
        /// Its length.
        length_bytes: usize,
        /// The limit.
        length_bytes_max: usize,
    },
    /// Not a time.
    #[error("is not a time as RFC 3339 writes it (2024-05-01T12:00:00.5Z or 2024-05-01T14:00:00.5+02:00)")]
    NotTime,
    /// A time that has no RFC 3339 form.
    #[error("lies outside the years 0 to 9999, which RFC 3339 can write")]
    TimeOutOfRange,
    /// `application/cloudevents...` as the type of the data.
    #[error(
        "says that the data is itself a CloudEvent: in Kafka that would be taken \
         for structured mode, so name another media type, as application/octet-stream"
    )]
    NestedEvent,
    /// A version of CloudEvents that is not read here.
    #[error("is {found:?}, but only version 1.0 of CloudEvents is read here: have the producer send 1.0")]
    SpecVersion {
        /// What it says, at most its first few characters.
        found: String,
    },
}

/// Why a name cannot be an extension attribute's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a lower-case letter or digit, or nothing at all.
    #[error("an attribute's name consists of lower-case letters a-z and digits, at least one: rename it")]
    Characters,
    /// `data` is kept for the data.
    #[error("`data` cannot be an attribute: use the event's data, or another name")]
    Data,
    /// An attribute that [`Event`](crate::Event) has a field for.
    #[error("this attribute has a field and a type of its own in the event: set that")]
    HasField,
}

/// The name of an extension attribute: lower-case letters and digits, not `data`.
///
/// Kept with the prefix of its Kafka header (`ce_`), so that a name which was read from a header is written
/// again without a copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttributeName<'a>(Cow<'a, str>);

impl<'a> AttributeName<'a> {
    /// Checks a name and adds the prefix.
    ///
    /// # Errors
    ///
    /// If CloudEvents does not allow the name.
    pub fn new(name: &str) -> Result<Self, NameError> {
        check_name(name.as_bytes())?;
        Ok(Self(Cow::Owned(format!("{}{name}", binding::PREFIX))))
    }

    /// The name of an attribute's header. `None` if the header is not one: no prefix, or no name behind it.
    #[must_use]
    pub fn from_header(header: &'a [u8]) -> Option<Self> {
        check_name(header.strip_prefix(binding::PREFIX.as_bytes())?).ok()?;
        std::str::from_utf8(header).ok().map(|text| Self(Cow::Borrowed(text)))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0[binding::PREFIX.len()..]
    }

    /// The name of the Kafka header.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.0
    }

    /// A name that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> AttributeName<'static> {
        AttributeName(Cow::Owned(self.0.into_owned()))
    }
}

impl fmt::Display for AttributeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! attribute_text {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name<'a>(Cow<'a, str>);

        impl<'a> $name<'a> {
            /// Takes a text that may be this attribute's value.
            ///
            /// # Errors
            ///
            /// If CloudEvents does not allow the text.
            pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, AttributeError> {
                let text = text.into();
                $check(&text)?;
                Ok(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same, borrowing from this one.
            #[must_use]
            pub fn borrowed(&self) -> $name<'_> {
                $name(Cow::Borrowed(&self.0))
            }

            /// The same, borrowing nothing.
            #[must_use]
            pub fn into_owned(self) -> $name<'static> {
                $name(Cow::Owned(self.0.into_owned()))
            }
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

attribute_text! {
    /// `source`: where the event comes from; a URI reference. With the id, it names the event in the whole
    /// world.
    Source, check_text
}
attribute_text! {
    /// `type`: what kind of event it is; by default `stream.op`.
    EventType, check_text
}
attribute_text! {
    /// `subject`: the entity that the event is about; the record's key.
    Subject, check_text
}
attribute_text! {
    /// `dataschema`: the schema that the data follows; a URI.
    DataSchema, check_text
}
attribute_text! {
    /// `datacontenttype`: the media type of the data (RFC 2046). Not one of CloudEvents itself, which a Kafka
    /// record could not be told from an event in structured mode.
    DataContentType, check_content_type
}

impl EventType<'static> {
    /// The default type of a stream's events: the stream's name and the operation, as in `payments.update`.
    ///
    /// # Errors
    ///
    /// If CloudEvents does not allow the stream's name in an attribute.
    pub fn of_stream(stream: &str, op: crate::Op) -> Result<Self, AttributeError> {
        check_text(stream)?;
        Self::new(format!("{stream}.{}", op.word()))
    }
}

impl DataContentType<'_> {
    /// `application/json`.
    pub const JSON: DataContentType<'static> = DataContentType(Cow::Borrowed("application/json"));

    /// Whether the data is JSON text: a subtype `json` or one that ends with `+json` (CloudEvents JSON format,
    /// 3.1.1).
    ///
    /// ```
    /// # use watershed_event::attribute::DataContentType;
    /// for (text, is_json) in [
    ///     ("application/json", true),
    ///     ("TEXT/JSON; charset=utf-8", true),
    ///     ("application/vnd.example+json", true),
    ///     ("application/jsonp", false),
    ///     ("json", false),
    /// ] {
    ///     assert_eq!(DataContentType::new(text)?.is_json(), is_json);
    /// }
    /// # Ok::<(), watershed_event::attribute::AttributeError>(())
    /// ```
    #[must_use]
    pub fn is_json(&self) -> bool {
        let media_type = self.0.split(';').next().unwrap_or_default().trim_end().as_bytes();
        let Some(slash) = media_type.iter().position(|&byte| byte == b'/') else { return false };
        let subtype = &media_type[slash + 1..];
        let suffix = subtype.rsplit(|&byte| byte == b'+').next().unwrap_or_default();
        suffix.eq_ignore_ascii_case(b"json")
    }
}

/// Refuses what CloudEvents does not allow in a String (1.0.2, "Type System"), and the empty string.
pub(crate) fn check_text(text: &str) -> Result<(), AttributeError> {
    if text.is_empty() {
        return Err(AttributeError::Empty);
    }
    if text.bytes().all(|byte| matches!(byte, 0x20..0x7f)) {
        return Ok(());
    }
    match text.chars().find(|&char| is_disallowed(char)) {
        Some(char) => Err(AttributeError::Character { code: char.into() }),
        None => Ok(()),
    }
}

fn is_disallowed(char: char) -> bool {
    // Unicode's noncharacters: 32 in one block, and the last two of every plane.
    let noncharacter = matches!(char, '\u{fdd0}'..='\u{fdef}') || u32::from(char) & 0xfffe == 0xfffe;
    char.is_control() || noncharacter
}

fn check_content_type(text: &str) -> Result<(), AttributeError> {
    if binding::is_cloudevents_media_type(text.as_bytes()) {
        return Err(AttributeError::NestedEvent);
    }
    check_text(text)
}

fn check_name(name: &[u8]) -> Result<(), NameError> {
    if name.is_empty() || !name.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9')) {
        return Err(NameError::Characters);
    }
    if name == b"data" { Err(NameError::Data) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_obey_the_type_system_of_cloudevents() {
        for text in
            ["a", " ", "~", "\u{a0}", "Zürich", "\u{10fffd}", "\u{fdcf}", "\u{fdf0}", "\u{fffd}", "🚰"]
        {
            assert_eq!(check_text(text), Ok(()), "{text:?}");
        }
        for (text, code) in [
            ("a\0", 0),
            ("\u{1f}", 0x1f),
            ("\u{7f}", 0x7f),
            ("é\u{80}", 0x80),
            ("\u{9f}", 0x9f),
            ("\u{fdd0}", 0xfdd0),
            ("\u{ffff}", 0xffff),
            ("\u{1fffe}", 0x1_fffe),
            ("\u{10ffff}", 0x10_ffff),
        ] {
            assert_eq!(check_text(text), Err(AttributeError::Character { code }), "{text:?}");
        }
        assert_eq!(check_text(""), Err(AttributeError::Empty));
    }

    #[test]
    fn names_are_lower_case_letters_and_digits() {
        for name in ["a", "0", "partitionkey", "rfc3339", "averyveryverylongnameisonlydiscouraged"] {
            let made = AttributeName::new(name).unwrap();
            assert_eq!((made.as_str(), made.header()), (name, format!("ce_{name}").as_str()));
            assert_eq!(AttributeName::from_header(made.header().as_bytes()), Some(made.clone()));
        }
        for name in ["", "A", "a_b", "a-b", "é", "a b", "data_base64"] {
            assert_eq!(AttributeName::new(name), Err(NameError::Characters), "{name:?}");
        }
        assert_eq!(AttributeName::new("data"), Err(NameError::Data));
        for header in ["", "ce_", "ce", "ce_data", "ce_A", "CE_a", "ce-a", "xce_a"] {
            assert_eq!(AttributeName::from_header(header.as_bytes()), None, "{header:?}");
        }
        assert_eq!(AttributeName::from_header(b"ce_\xff"), None);
    }

    #[test]
    fn an_event_inside_an_event_is_refused() {
        for text in ["application/cloudevents+json", "Application/CloudEvents; charset=utf-8"] {
            assert_eq!(DataContentType::new(text), Err(AttributeError::NestedEvent));
        }
    }

    #[test]
    fn the_default_type_is_stream_and_op() {
        let event_type = EventType::of_stream("payments", crate::Op::Update).unwrap();
        assert_eq!(event_type.as_str(), "payments.update");
        assert_eq!(EventType::of_stream("", crate::Op::Update), Err(AttributeError::Empty));
    }
}
