//! What an event says of its entity beside the operation: which version, and whether the whole state is there.

use std::fmt;

/// A version of an entity: it never goes down over the life of one entity, and says nothing across entities.
///
/// Two changes may share a version where the source is no finer (an Oracle SCN); of those, the later in the
/// stream counts. On the wire it is a decimal string, since CloudEvents' own integers end at 2^31 - 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityVersion(pub u64);

impl EntityVersion {
    /// Reads the canonical form: decimal digits, no sign, no leading zero. `None` for anything else, so that
    /// what was read is written again as the same text.
    ///
    /// ```
    /// # use watershed_event::entity::EntityVersion;
    /// assert_eq!(EntityVersion::parse("42"), Some(EntityVersion(42)));
    /// assert_eq!(EntityVersion::parse("042"), None);
    /// assert_eq!(EntityVersion::parse("v2"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let canonical = text == "0" || text.bytes().next().is_some_and(|first| matches!(first, b'1'..=b'9'));
        if canonical { text.parse().ok().map(Self) } else { None }
    }
}

impl fmt::Display for EntityVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the event's data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carries {
    /// The entity's whole state (of a deletion: all there is to know).
    State,
    /// Only that the entity changed: who needs the state asks the service that owns it.
    Hint,
}

impl Carries {
    /// What the `carries` attribute holds.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Hint => "hint",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "state" => Some(Self::State),
            "hint" => Some(Self::Hint),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_only_if_it_would_be_written_the_same() {
        for version in [0, 1, 9, 10, u64::MAX] {
            assert_eq!(EntityVersion::parse(&version.to_string()), Some(EntityVersion(version)));
        }
        for other in ["", "00", "01", "+1", "-1", "1.0", "1e3", " 1", "1 ", "18446744073709551616", "٣"] {
            assert_eq!(EntityVersion::parse(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_an_event_carries_is_read_as_it_is_written() {
        for carries in [Carries::State, Carries::Hint] {
            assert_eq!(Carries::parse(carries.as_str()), Some(carries));
        }
        assert_eq!(Carries::parse("State"), None);
    }
}
