//! What a topic may be called: Kafka's rules.

use std::fmt;

/// The most bytes of a name: a directory is called after the topic, with a partition's number behind it.
const NAME_BYTES_MAX: usize = 249;

/// Why a topic cannot be called this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadName {
    Empty,
    /// `.` and `..` are directories.
    Dots(String),
    TooLong(usize),
    Characters(String),
}

/// Checks a name.
pub(crate) fn check_name(name: &str) -> Result<(), BadName> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if name.is_empty() {
        Err(BadName::Empty)
    } else if name == "." || name == ".." {
        Err(BadName::Dots(name.to_owned()))
    } else if name.len() > NAME_BYTES_MAX {
        Err(BadName::TooLong(name.len()))
    } else if !name.bytes().all(legal) {
        Err(BadName::Characters(name.to_owned()))
    } else {
        Ok(())
    }
}

/// What two names must not share: metrics write a dot as an underscore.
pub(crate) fn collision_key(name: &str) -> String {
    name.replace('.', "_")
}

/// Whether a name can collide at all.
pub(crate) fn may_collide(name: &str) -> bool {
    name.contains(['.', '_'])
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a topic's name cannot be empty"),
            Self::Dots(name) => write!(f, "a topic cannot be called {name}"),
            Self::TooLong(bytes) => {
                write!(f, "a topic's name of {bytes} bytes is over the {NAME_BYTES_MAX} that it may have")
            }
            Self::Characters(name) => write!(
                f,
                "the topic name {name:?} has other characters than letters and digits of ASCII, '.', '_' and '-'"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_or_refused_as_kafka_does() {
        let long = |bytes| "a".repeat(bytes);
        for name in ["a", "a.b", "a_b", "-", "...", "A-9", "__consumer_offsets", &long(249)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", ".", "..", "a b", "a/b", "ä", "a\0", "a:b", &long(250)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn names_that_differ_by_dot_and_underscore_collide() {
        assert_eq!(collision_key("a.b_c"), collision_key("a_b.c"));
        assert_ne!(collision_key("a.b"), collision_key("ab"));
    }
}
