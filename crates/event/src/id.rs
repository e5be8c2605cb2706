//! The id of an event.
//!
//! CloudEvents lets an id be any non-empty string, so one that comes from outside is kept as it is; ours are
//! UUIDs, kept in 16 bytes. Which of the two an id is can be seen from its text alone, so equal texts are equal
//! ids: a UUID in the canonical form (lower case, hyphens) is always kept as a UUID, every other text as a
//! text.
//!
//! Ids are made from arguments: a time and random bytes here, a place in a log in
//! [`record_ids`](crate::record_ids).

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use crate::attribute::{AttributeError, check_text};

/// How many random bytes a version 7 UUID takes.
pub const RANDOM_BYTES: usize = 10;

/// Bytes of a UUID's text.
pub(crate) const UUID_TEXT_BYTES: usize = 36;

/// The id of an event: with its source, the same for every copy of one event and for no other event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId<'a>(Repr<'a>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr<'a> {
    /// Its text is the canonical one.
    Uuid(Uuid),
    /// Never a UUID's canonical text.
    Text(Cow<'a, str>),
}

impl<'a> EventId<'a> {
    /// Takes an id from outside.
    ///
    /// # Errors
    ///
    /// If the text is empty or holds a character that CloudEvents does not allow.
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Result<Self, AttributeError> {
        let text = text.into();
        if let Some(uuid) = canonical_uuid(&text) {
            return Ok(Self(Repr::Uuid(uuid)));
        }
        check_text(&text)?;
        Ok(Self(Repr::Text(text)))
    }

    /// The UUID, if the id is one in the canonical form.
    #[must_use]
    pub fn as_uuid(&self) -> Option<Uuid> {
        match &self.0 {
            Repr::Uuid(uuid) => Some(*uuid),
            Repr::Text(_) => None,
        }
    }

    /// An id that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> EventId<'static> {
        EventId(match self.0 {
            Repr::Uuid(uuid) => Repr::Uuid(uuid),
            Repr::Text(text) => Repr::Text(Cow::Owned(text.into_owned())),
        })
    }

    /// The text, written to `buffer` if it is not there already.
    pub(crate) fn text<'b>(&'b self, buffer: &'b mut [u8; UUID_TEXT_BYTES]) -> &'b str {
        match &self.0 {
            Repr::Uuid(uuid) => uuid.hyphenated().encode_lower(buffer),
            Repr::Text(text) => text,
        }
    }
}

impl EventId<'static> {
    /// A version 7 UUID (RFC 9562, 5.7): it sorts by its time, in milliseconds. Two of the same millisecond
    /// sort by chance; where that matters, take an [`EventIdSequence`].
    ///
    /// A time before 1970 counts as 1970.
    #[must_use]
    pub fn v7(now: Timestamp, random: [u8; RANDOM_BYTES]) -> Self {
        Self::from_parts(unix_millis(now), random_tail(random))
    }

    fn from_parts(millis: u64, tail: u128) -> Self {
        let (rand_a, rand_b) = (tail >> RAND_B_BITS, tail & ((1 << RAND_B_BITS) - 1));
        Uuid::from_u128(u128::from(millis) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b).into()
    }
}

impl From<Uuid> for EventId<'static> {
    fn from(uuid: Uuid) -> Self {
        Self(Repr::Uuid(uuid))
    }
}

impl fmt::Display for EventId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; UUID_TEXT_BYTES]))
    }
}

/// Makes version 7 UUIDs each of which sorts after the one before, also within a millisecond and when the clock
/// is set back (RFC 9562, 6.2, method 2: the random part is counted up by a random step).
///
/// A clock that was far ahead for a moment leaves the sequence ahead: its ids stay unique and in order, and go
/// on from that time until the clock has caught up.
#[derive(Debug, Clone, Default)]
pub struct EventIdSequence {
    millis: u64,
    tail: u128,
}

impl EventIdSequence {
    /// The next id.
    pub fn next(&mut self, now: Timestamp, random: [u8; RANDOM_BYTES]) -> EventId<'static> {
        let (millis, fresh) = (unix_millis(now), random_tail(random));
        // A fresh start leaves the top bit clear, so that there is room to count.
        let fresh_start = fresh >> 1;
        // 2^32 steps at most: 2^41 ids fit one millisecond before the tail can run over.
        let step = 1 + (fresh & u128::from(u32::MAX));
        if millis > self.millis {
            (self.millis, self.tail) = (millis, fresh_start);
        } else if self.tail + step < 1 << TAIL_BITS {
            self.tail += step;
        } else {
            (self.millis, self.tail) = (self.millis + 1, fresh_start);
        }
        EventId::from_parts(self.millis, self.tail)
    }
}

/// The random bits of a version 7 UUID: 12 before the variant, 62 behind it.
const TAIL_BITS: u32 = 74;
const RAND_B_BITS: u32 = 62;

fn random_tail(random: [u8; RANDOM_BYTES]) -> u128 {
    let wide = random.into_iter().fold(0, |wide, byte| wide << 8 | u128::from(byte));
    wide >> (RANDOM_BYTES * 8 - TAIL_BITS as usize)
}

/// Fits 48 bits: the year 9999 ends before 2^48 ms.
fn unix_millis(now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond()).unwrap_or(0)
}

fn canonical_uuid(text: &str) -> Option<Uuid> {
    if text.len() != UUID_TEXT_BYTES {
        return None;
    }
    let uuid = Uuid::try_parse(text).ok()?;
    (*uuid.hyphenated().encode_lower(&mut [0; UUID_TEXT_BYTES]) == *text).then_some(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn v7_has_the_bits_of_the_rfcs_example() {
        // RFC 9562, A.6: unix_ts_ms 0x017F22E279B0, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
        let tail: u128 = 0xCC3 << 62 | 0x18C4_DC0C_0C07_398F;
        let random: [u8; 16] = (tail << 6).to_be_bytes();
        let id = EventId::v7(at(0x017F_22E2_79B0), random[6..].try_into().unwrap());
        assert_eq!(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!(id.as_uuid().unwrap().get_version_num(), 7);
    }

    #[test]
    fn v7_holds_for_every_time_that_there_is() {
        for (now, prefix) in [
            (Timestamp::MIN, "00000000-0000-7"),
            (at(-1), "00000000-0000-7"),
            (at(1), "00000000-0001-7"),
            (Timestamp::MAX, "e677cc8b-a6e7-7"),
        ] {
            let id = EventId::v7(now, [0xff; 10]).to_string();
            assert!(id.starts_with(prefix), "{id} for {now}");
        }
    }

    #[test]
    fn an_id_from_outside_is_kept_as_it_is() {
        let canonical = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
        assert!(EventId::parse(canonical).unwrap().as_uuid().is_some());
        for text in [
            "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
            "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
            "017f22e279b07cc398c4dc0c0c07398f",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
            "1",
            "A234-1234-1234",
            "заказ 7",
            " ",
        ] {
            let id = EventId::parse(text).unwrap();
            assert_eq!(id.as_uuid(), None, "{text:?}");
            assert_eq!(id.to_string(), text);
            assert_eq!(id.clone().into_owned(), id);
        }
    }

    #[test]
    fn an_empty_id_and_one_with_control_characters_are_refused() {
        assert_eq!(EventId::parse(""), Err(AttributeError::Empty));
        assert_eq!(EventId::parse("a\nb"), Err(AttributeError::Character { code: 0x0a }));
    }

    proptest! {
        #[test]
        fn equal_texts_are_equal_ids(bytes: [u8; 16], text in "[ -~]{1,40}") {
            let uuid = Uuid::from_bytes(bytes);
            prop_assert_eq!(EventId::parse(uuid.to_string()).unwrap(), EventId::from(uuid));
            prop_assert_eq!(EventId::parse(text.as_str()).unwrap().to_string(), text);
        }

        #[test]
        fn a_sequence_never_goes_back(steps in prop::collection::vec((-3i64..3, any::<[u8; 10]>()), 1..200)) {
            let mut sequence = EventIdSequence::default();
            let mut now = 1_700_000_000_000;
            let mut last = None;
            for (step, random) in steps {
                now += step;
                let id = sequence.next(at(now), random).as_uuid();
                prop_assert!(id > last, "{:?} after {:?}", id, last);
                prop_assert_eq!(id.unwrap().get_version_num(), 7);
                last = id;
            }
        }
    }

    #[test]
    fn two_processes_make_different_ids_in_the_same_millisecond() {
        let first = |random| EventIdSequence::default().next(at(5), random);
        assert_ne!(first([1; 10]), first([2; 10]));
    }

    #[test]
    fn a_full_millisecond_runs_over_into_the_next() {
        let mut sequence = EventIdSequence { millis: 5, tail: (1 << TAIL_BITS) - 1 };
        let id = sequence.next(at(5), [0xff; 10]).as_uuid().unwrap();
        assert_eq!(id.as_u128() >> 80, 6);
        assert!(sequence.next(at(6), [0; 10]).as_uuid().unwrap() > id);
    }
}
