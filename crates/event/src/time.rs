//! The time of an event.
//!
//! A time that was read is written again as the text that it came in, with its zone and its digits; a time that
//! was made here has one canonical text.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::temporal::DateTimePrinter;

use crate::attribute::AttributeError;

/// Bytes of the longest canonical text: `2024-05-01T12:00:00.123456789Z`.
pub(crate) const TIME_TEXT_BYTES: usize = 30;

/// Bytes up to the fraction of a second: `2024-05-01T12:00:00`.
const WHOLE_SECONDS_BYTES: usize = 19;

/// When something happened (RFC 3339), to the nanosecond; finer digits are kept in the text only.
///
/// The canonical text is in UTC with `Z` and 0, 3, 6 or 9 digits of a second, as few as hold the value: what
/// Java's `Instant` writes. Two times are equal if the instants are, whatever their texts.
#[derive(Debug, Clone)]
pub struct EventTime<'a> {
    instant: Timestamp,
    /// The text that it was read from; `None` for the canonical one.
    text: Option<Cow<'a, str>>,
}

impl<'a> EventTime<'a> {
    /// A time from outside.
    ///
    /// A leap second counts as the second before it. The last two days of the year 9999, which some producers
    /// use for "never", count as the last instant that there is.
    ///
    /// # Errors
    ///
    /// If the text is not RFC 3339.
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Result<Self, AttributeError> {
        let text = text.into();
        let instant = parse_rfc3339(&text).ok_or(AttributeError::NotTime)?;
        Ok(Self { instant, text: Some(text) })
    }

    /// The instant.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        self.instant
    }

    /// A time that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> EventTime<'static> {
        EventTime { instant: self.instant, text: self.text.map(|text| Cow::Owned(text.into_owned())) }
    }

    /// The text, written to `buffer` if it is not there already.
    pub(crate) fn text<'b>(&'b self, buffer: &'b mut TimeText) -> &'b str {
        match &self.text {
            Some(text) => text,
            None => buffer.write(self.instant),
        }
    }
}

impl EventTime<'static> {
    /// A time that is made here.
    ///
    /// # Errors
    ///
    /// If it lies before the year 0.
    pub fn new(instant: Timestamp) -> Result<Self, AttributeError> {
        // RFC 3339 has four digits for the year and no sign.
        const YEAR_0_SECOND: i64 = -62_167_219_200;
        if instant.as_second() < YEAR_0_SECOND {
            return Err(AttributeError::TimeOutOfRange);
        }
        Ok(Self { instant, text: None })
    }
}

impl PartialEq for EventTime<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}

impl Eq for EventTime<'_> {}

impl PartialOrd for EventTime<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EventTime<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant.cmp(&other.instant)
    }
}

impl Hash for EventTime<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant.hash(state);
    }
}

impl fmt::Display for EventTime<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut TimeText::default()))
    }
}

/// Room for a canonical text.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimeText {
    bytes: [u8; TIME_TEXT_BYTES],
    length: usize,
}

impl TimeText {
    fn write(&mut self, instant: Timestamp) -> &str {
        let precision = match instant.subsec_nanosecond() {
            0 => 0,
            nanos if nanos % 1_000_000 == 0 => 3,
            nanos if nanos % 1_000 == 0 => 6,
            _ => 9,
        };
        self.length = 0;
        DateTimePrinter::new()
            .precision(Some(precision))
            .print_timestamp(&instant, jiff::fmt::StdFmtWrite(&mut *self))
            .expect("a time from the year 0 on has a text of at most 30 bytes");
        std::str::from_utf8(&self.bytes[..self.length]).expect("only whole strings were written")
    }
}

impl fmt::Write for TimeText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// `None` unless the text has the form of RFC 3339, 5.6, and names a real date and time.
fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    let (seconds, rest) = text.split_at_checked(WHOLE_SECONDS_BYTES)?;
    let shape = seconds.bytes().zip(*b"dddd-dd-ddTdd:dd:dd").all(|(byte, expected)| match expected {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        _ => byte == expected,
    });
    let digits = match rest.strip_prefix('.') {
        Some(fraction) => fraction.bytes().take_while(u8::is_ascii_digit).count().max(1),
        None => 0,
    };
    let zone = if digits == 0 { rest } else { rest.get(1 + digits..)? };
    if !shape || !is_zone(zone) {
        return None;
    }
    let parsed = if digits > 9 {
        // Finer than a nanosecond: only for the instant, cut.
        format!("{seconds}{}{zone}", &rest[..10]).parse::<Timestamp>()
    } else {
        text.parse::<Timestamp>()
    };
    // The library's last instant lies some hours before the last that RFC 3339 can name.
    let at_the_end = || seconds.starts_with("9999-12-") && seconds.parse::<civil::DateTime>().is_ok();
    parsed.ok().or_else(|| at_the_end().then_some(Timestamp::MAX))
}

/// `Z` or `+hh:mm`.
fn is_zone(zone: &str) -> bool {
    match *zone.as_bytes() {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let number = |tens: u8, units: u8| {
                (tens.is_ascii_digit() && units.is_ascii_digit()).then(|| (tens - b'0') * 10 + (units - b'0'))
            };
            number(h1, h2).is_some_and(|hours| hours < 24)
                && number(m1, m2).is_some_and(|minutes| minutes < 60)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_time_is_written_as_it_was_read() {
        for (text, instant) in [
            ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
            ("2024-05-01t12:00:00z", "2024-05-01T12:00:00Z"),
            ("2024-05-01 12:00:00Z", "2024-05-01T12:00:00Z"),
            ("2024-05-01T12:00:00.500000Z", "2024-05-01T12:00:00.5Z"),
            ("2024-05-01T12:00:00.123456789987Z", "2024-05-01T12:00:00.123456789Z"),
            ("2024-05-01T12:00:00+05:30", "2024-05-01T06:30:00Z"),
            ("2024-05-01T12:00:00-23:59", "2024-05-02T11:59:00Z"),
            ("2024-05-01T12:00:00-00:00", "2024-05-01T12:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-30T22:00:00.999999999Z"),
        ] {
            let time = EventTime::parse(text).unwrap();
            assert_eq!(time.instant(), instant.parse().unwrap(), "{text}");
            assert_eq!(time.to_string(), text);
            assert_eq!(time.clone().into_owned().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_rfc_3339_is_refused() {
        for text in [
            "",
            "2024",
            "2024-05-01",
            "2024-05-01T12:00Z",
            "2024-05-01T12:00:00",
            "2024-05-01T12:00:00.Z",
            "2024-05-01T12:00:00,5Z",
            "2024-05-01T12:00:00.5",
            "2024-05-01T12:00:00+05",
            "2024-05-01T12:00:00+0530",
            "2024-05-01T12:00:00+05:30:15",
            "2024-05-01T12:00:00+24:00",
            "2024-05-01T12:00:00+00:60",
            "2024-05-01T12:00:00Z[UTC]",
            "2024-02-30T12:00:00Z",
            "2024-05-01T24:00:00Z",
            "9999-12-39T12:00:00Z",
            "-2024-05-01T12:00:00Z",
            "20240501T120000Z",
            "2024-05-01T12:00:0é0Z",
            "1714564800",
        ] {
            assert_eq!(EventTime::parse(text), Err(AttributeError::NotTime), "{text:?}");
        }
    }

    #[test]
    fn the_canonical_text_has_groups_of_three_digits() {
        for text in [
            "2024-05-01T12:00:00Z",
            "2024-05-01T12:00:00.500Z",
            "2024-05-01T12:00:00.000001Z",
            "2024-05-01T12:00:00.123456789Z",
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "9999-12-30T22:00:00.999999999Z",
        ] {
            assert_eq!(EventTime::new(text.parse().unwrap()).unwrap().to_string(), text);
        }
        assert_eq!(EventTime::new(Timestamp::MIN), Err(AttributeError::TimeOutOfRange));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same_instant(
            second in -62_167_219_200i64..253_402_207_200,
            nanosecond in 0..1_000_000_000i32,
        ) {
            let time = EventTime::new(Timestamp::new(second, nanosecond).unwrap()).unwrap();
            let read = EventTime::parse(time.to_string()).unwrap();
            prop_assert_eq!(&read, &time);
            prop_assert_eq!(read.to_string(), time.to_string());
        }

        #[test]
        fn no_text_panics(text in "[0-9TtZz:+. -]{0,40}", any in ".{0,40}") {
            for text in [text, any] {
                if let Ok(time) = EventTime::parse(text.as_str()) {
                    prop_assert_eq!(time.to_string(), text);
                }
            }
        }
    }
}
