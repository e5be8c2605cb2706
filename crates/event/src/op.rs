//! What happened to the entity: the four operations of change capture.

use std::fmt;

/// An operation on an entity. On the wire it is one letter, as in Debezium's envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Op {
    /// `c`: the entity is new.
    Create,
    /// `r`: the entity was found in this state, by a snapshot or a lookup; nothing is said to have changed.
    Read,
    /// `u`: the entity changed.
    Update,
    /// `d`: the entity is gone.
    Delete,
}

impl Op {
    /// All of them, in the order of their letters c, r, u, d.
    pub const ALL: [Self; 4] = [Self::Create, Self::Read, Self::Update, Self::Delete];

    /// The letter: what the `op` attribute holds.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Create => "c",
            Self::Read => "r",
            Self::Update => "u",
            Self::Delete => "d",
        }
    }

    /// The word: what an event's type ends with by default (`payments.update`).
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// The operation of a letter. `None` for anything else: also for the words and for upper case, since nobody
    /// writes them.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.letter() == letter)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_op_is_known_again_by_its_letter_and_by_nothing_else() {
        for op in Op::ALL {
            assert_eq!(Op::from_letter(op.letter()), Some(op));
            assert_eq!(Op::from_letter(op.word()), None);
            assert_eq!(Op::from_letter(&op.letter().to_uppercase()), None);
        }
        for other in ["", "t", "m", "cc", "é"] {
            assert_eq!(Op::from_letter(other), None, "{other:?}");
        }
    }
}
