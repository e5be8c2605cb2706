//! The outermost level of a JSON object, with its members' values unparsed.
//!
//! A value is passed over without being built: its depth costs no stack, and its bytes are handed on as they
//! came.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Most members that are kept of one object. More are counted, so that a reader can refuse them.
pub(super) const MEMBERS_MAX: usize = 4096;

/// The members of an object, in order, duplicates kept.
#[derive(Debug, Clone)]
pub(super) struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    members_left_out: usize,
}

impl<'a> Object<'a> {
    pub(super) fn parse(text: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(text)
    }

    /// Of a value that is an object.
    pub(super) fn of(value: &'a RawValue) -> Option<Self> {
        Self::parse(value.get().as_bytes()).ok()
    }

    /// How many members there are, those that were not kept too.
    pub(super) fn len(&self) -> usize {
        self.members.len() + self.members_left_out
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Cow<'a, str>, &'a RawValue)> {
        self.members.iter().map(|(name, value)| (name, *value))
    }

    /// The last member of that name, unless it is null.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let last = self.members.iter().rev().find(|(member, _)| member == name);
        last.map(|(_, value)| *value).filter(|value| !is_null(value))
    }
}

pub(super) fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

pub(super) fn is_string(value: &RawValue) -> bool {
    value.get().starts_with('"')
}

/// The text of a JSON string, without a copy if nothing in it is escaped. `None` for every other type, and for
/// a string with half a surrogate pair.
pub(super) fn string(value: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str::<Text<'_>>(value.get()).ok().map(|text| text.0)
}

/// The value of a JSON number that is a whole number of 64 bits, or of a string that holds one in decimal
/// digits.
pub(super) fn integer<T: std::str::FromStr>(value: &RawValue) -> Option<T> {
    if is_string(value) { string(value)?.parse().ok() } else { value.get().parse().ok() }
}

/// A JSON string: borrowed if it can be.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;

        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Object<'de>, M::Error> {
                let mut object = Object { members: Vec::new(), members_left_out: 0 };
                while object.members.len() < MEMBERS_MAX {
                    let Some(Text(name)) = map.next_key()? else { return Ok(object) };
                    object.members.push((name, map.next_value()?));
                }
                while map.next_entry::<IgnoredAny, &RawValue>()?.is_some() {
                    object.members_left_out += 1;
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_handed_on_byte_by_byte() {
        let object =
            Object::parse(br#" {"a": { "n" : 1.50 , "u":"\u00e9" } ,"b":[ ],"a\u0062":null} "#).unwrap();
        let members: Vec<_> = object.iter().map(|(name, value)| (name.as_ref(), value.get())).collect();
        assert_eq!(members, [("a", r#"{ "n" : 1.50 , "u":"\u00e9" }"#), ("b", "[ ]"), ("ab", "null")]);
    }

    #[test]
    fn the_last_member_of_a_name_counts_and_null_is_none() {
        let object = Object::parse(br#"{"a":1,"a":2,"b":1,"b":null}"#).unwrap();
        assert_eq!(object.get("a").unwrap().get(), "2");
        assert!(object.get("b").is_none() && object.get("c").is_none());
    }

    #[test]
    fn strings_are_borrowed_unless_escaped() {
        let string_of = |text: &'static str| string(serde_json::from_str::<&RawValue>(text).unwrap());
        assert!(matches!(string_of(r#""plain é""#), Some(Cow::Borrowed("plain é"))));
        assert!(matches!(string_of(r#""a\n\ud83d\udeb0""#), Some(Cow::Owned(text)) if text == "a\n🚰"));
        for text in [r#""\ud83d""#, "1", "null", "[]", r#"{"a":"b"}"#] {
            assert_eq!(string_of(text), None, "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack_and_members_no_unbounded_memory() {
        let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(Object::parse(deep.as_bytes()).unwrap().len(), 1);
        let unclosed = format!(r#"{{"a":{}"#, "[{\"b\":".repeat(1_000_000));
        assert!(Object::parse(unclosed.as_bytes()).is_err());

        let wide = format!("{{{}}}", vec![r#""a":0"#; MEMBERS_MAX + 3].join(","));
        let object = Object::parse(wide.as_bytes()).unwrap();
        assert_eq!((object.iter().count(), object.len()), (MEMBERS_MAX, MEMBERS_MAX + 3));
    }
}
