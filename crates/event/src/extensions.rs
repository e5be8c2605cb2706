//! The extension attributes of an event that have no field of their own: kept in order and passed on.

use std::borrow::Cow;

use crate::attribute::{AttributeError, AttributeName, NameError, check_text};
use crate::binding;

/// Extensions that take no allocation.
const INLINE: usize = 4;

/// Extension attributes: each name once, in the order in which the names came.
///
/// (Not a `SmallVec`, which is invariant: an event with one inside could not be compared with an owned event.)
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extensions<'a> {
    /// The first ones, without gaps.
    first: [Option<Extension<'a>>; INLINE],
    /// The others; empty unless the first are full.
    more: Vec<Extension<'a>>,
}

/// One extension attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension<'a> {
    name: AttributeName<'a>,
    value: Cow<'a, str>,
}

impl Extension<'_> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &AttributeName<'_> {
        &self.name
    }

    /// The value: whatever its type, the canonical string that CloudEvents has for it.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// Why an extension attribute is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionError {
    /// The name is not allowed.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The value is not allowed.
    #[error("the value {0}")]
    Value(#[from] AttributeError),
}

impl<'a> Extensions<'a> {
    /// The value of an attribute.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|extension| extension.name.as_str() == name).map(Extension::value)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Extension<'a>> {
        self.first.iter().flatten().chain(&self.more)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Sets an attribute: in its old place if it is there, else at the end.
    ///
    /// # Errors
    ///
    /// If the event has a field for this attribute, or CloudEvents does not allow the value.
    pub fn set(
        &mut self,
        name: AttributeName<'a>,
        value: impl Into<Cow<'a, str>>,
    ) -> Result<(), ExtensionError> {
        if binding::has_field(name.as_str().as_bytes()) {
            return Err(NameError::HasField.into());
        }
        let value = value.into();
        check_text(&value)?;
        self.set_unchecked(name, value);
        Ok(())
    }

    /// Takes an attribute out; the others keep their order.
    pub fn remove(&mut self, name: &str) {
        if self.get(name).is_none() {
            return;
        }
        let Self { first, more } = std::mem::take(self);
        for extension in first.into_iter().flatten().chain(more) {
            if extension.name.as_str() != name {
                self.push(extension);
            }
        }
    }

    /// Extensions that borrow nothing.
    #[must_use]
    pub fn into_owned(self) -> Extensions<'static> {
        let owned = |Extension { name, value }: Extension<'a>| Extension {
            name: name.into_owned(),
            value: Cow::Owned(value.into_owned()),
        };
        Extensions {
            first: self.first.map(|slot| slot.map(owned)),
            more: self.more.into_iter().map(owned).collect(),
        }
    }

    /// Sets what a reader has checked. It may also be a name that has a field, where another producer means
    /// something else by it, as a `version` that is not a number.
    pub(crate) fn set_unchecked(&mut self, name: AttributeName<'a>, value: Cow<'a, str>) {
        let mut all = self.first.iter_mut().flatten().chain(&mut self.more);
        match all.find(|extension| extension.name == name) {
            Some(extension) => extension.value = value,
            None => self.push(Extension { name, value }),
        }
    }

    fn push(&mut self, extension: Extension<'a>) {
        match self.first.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(extension),
            None => self.more.push(extension),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_there_once_and_in_its_first_place() {
        let mut extensions = Extensions::default();
        for (name, value) in
            [("b", "1"), ("a", "2"), ("b", "3"), ("c", "4"), ("d", "5"), ("e", "6"), ("f", "7")]
        {
            extensions.set(AttributeName::new(name).unwrap(), value).unwrap();
        }
        assert_eq!((extensions.get("b"), extensions.get("f"), extensions.len()), (Some("3"), Some("7"), 6));
        extensions.remove("a");
        extensions.set(AttributeName::new("a").unwrap(), "8").unwrap();
        let all: Vec<_> = extensions.iter().map(|e| (e.name().as_str(), e.value())).collect();
        assert_eq!(all, [("b", "3"), ("c", "4"), ("d", "5"), ("e", "6"), ("f", "7"), ("a", "8")]);
        assert_eq!(extensions.clone().into_owned(), extensions);
    }

    #[test]
    fn an_attribute_with_a_field_cannot_be_set_beside_it() {
        let mut extensions = Extensions::default();
        for name in ["id", "op", "version", "traceparent", "specversion"] {
            let refused = extensions.set(AttributeName::new(name).unwrap(), "1");
            assert_eq!(refused, Err(ExtensionError::Name(NameError::HasField)), "{name}");
        }
        let refused = extensions.set(AttributeName::new("key").unwrap(), "");
        assert_eq!(refused, Err(ExtensionError::Value(AttributeError::Empty)));
        assert!(extensions.is_empty());
    }
}
