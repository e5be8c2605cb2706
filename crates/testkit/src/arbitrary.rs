//! Makes up the values of a message: a source that every generated message can be read from.
//!
//! A message says by its `read` which values it has in which version. Reading it from here therefore gives a valid
//! message of any kind, with nulls only where they are allowed and a value for every tagged field.

use uuid::Uuid;
use watershed_protocol::wire::{Source, WireError};

/// Strings and bytes of lengths at which an encoding changes: empty, and on both sides of where a compact length takes
/// one byte more.
const STRINGS: &[&str] =
    &["", "a", "topic", "Zürich 時間 \u{1f30a}", LETTERS.split_at(126).0, LETTERS.split_at(127).0];
/// Chosen seldom, because they are large: also the longest that Kafka takes.
const LONG_STRINGS: &[&str] = &[LETTERS.split_at(16_382).0, LETTERS.split_at(16_383).0, LETTERS];
const LETTERS: &str = match std::str::from_utf8(&[b'x'; 32_767]) {
    Ok(letters) => letters,
    Err(_) => unreachable!(),
};
const BYTES: &[&[u8]] = &[&[], &[0], &[0xff; 3], &[1; 126], &[2; 127], &[0x5a; 20_000]];

/// Made-up values, the same for the same seed.
#[derive(Debug, Clone)]
pub struct Arbitrary {
    state: u64,
    /// How many arrays the value being made lies in: deeper ones are kept short.
    depth: u32,
}

impl Arbitrary {
    /// Values that follow from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, depth: 0 }
    }

    /// The next 64 bits: `SplitMix64` (Steele et al. 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `choices`.
    fn choose<T: Copy>(&mut self, choices: &[T]) -> T {
        let index = self.next() % choices.len() as u64;
        choices[usize::try_from(index).expect("an index of a slice fits")]
    }

    /// A string, seldom a long one.
    fn text(&mut self) -> &'static str {
        let long = self.next().is_multiple_of(500);
        self.choose(if long { LONG_STRINGS } else { STRINGS })
    }

    /// Big-endian bytes: a number that is small, at a limit, or anything.
    fn number<const N: usize>(&mut self) -> [u8; N] {
        let any = self.next().to_be_bytes();
        let mut number = [0; N];
        match self.next() % 6 {
            0 => {}
            1 => number = [0xff; N],
            2 => number[N - 1] = any[0],
            3 => {
                number = [0xff; N];
                number[0] = 0x7f;
            }
            4 => number[0] = 0x80,
            _ => number.copy_from_slice(&any[..N]),
        }
        number
    }
}

impl Source<'static> for Arbitrary {
    fn bool(&mut self) -> Result<bool, WireError> {
        Ok(self.choose(&[true, false]))
    }

    fn i8(&mut self) -> Result<i8, WireError> {
        Ok(i8::from_be_bytes(self.number()))
    }

    fn i16(&mut self) -> Result<i16, WireError> {
        Ok(i16::from_be_bytes(self.number()))
    }

    fn u16(&mut self) -> Result<u16, WireError> {
        Ok(u16::from_be_bytes(self.number()))
    }

    fn i32(&mut self) -> Result<i32, WireError> {
        Ok(i32::from_be_bytes(self.number()))
    }

    fn i64(&mut self) -> Result<i64, WireError> {
        Ok(i64::from_be_bytes(self.number()))
    }

    fn f64(&mut self) -> Result<f64, WireError> {
        Ok(self.choose(&[0.0, -1.5, f64::MAX, f64::MIN_POSITIVE]))
    }

    fn uuid(&mut self) -> Result<Uuid, WireError> {
        Ok(Uuid::from_u64_pair(self.next(), self.next()))
    }

    fn nullable_string(&mut self, _flexible: bool) -> Result<Option<&'static str>, WireError> {
        let null = self.next().is_multiple_of(4);
        Ok(if null { None } else { Some(self.text()) })
    }

    fn nullable_bytes(&mut self, _flexible: bool) -> Result<Option<&'static [u8]>, WireError> {
        let null = self.next().is_multiple_of(4);
        Ok(if null { None } else { Some(self.choose(BYTES)) })
    }

    fn nullable_array<T>(
        &mut self,
        _flexible: bool,
        _element_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Option<Vec<T>>, WireError> {
        if self.next().is_multiple_of(5) {
            return Ok(None);
        }
        let count = if self.depth == 0 { self.choose(&[0, 1, 3, 130]) } else { self.choose(&[0, 1, 2]) };
        self.depth += 1;
        let elements = (0..count).map(|_| read(self)).collect::<Result<_, _>>();
        self.depth -= 1;
        elements.map(Some)
    }

    fn is_present(&mut self) -> Result<bool, WireError> {
        self.bool()
    }

    fn tag_count(&mut self, known: &'static [u32]) -> Result<u32, WireError> {
        Ok(u32::try_from(known.len()).expect("a message has few tags"))
    }

    fn tag(&mut self, index: u32, known: &'static [u32]) -> Result<u32, WireError> {
        Ok(known[index as usize])
    }

    fn tagged<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, WireError>) -> Result<T, WireError> {
        read(self)
    }

    fn skip_tagged(&mut self) -> Result<(), WireError> {
        Ok(())
    }

    fn null_error(&self) -> WireError {
        unreachable!("string, bytes and array are made without nulls below")
    }

    fn string(&mut self, _flexible: bool) -> Result<&'static str, WireError> {
        Ok(self.text())
    }

    fn bytes(&mut self, _flexible: bool) -> Result<&'static [u8], WireError> {
        Ok(self.choose(BYTES))
    }

    fn payload(&mut self, _flexible: bool) -> Result<watershed_protocol::wire::Payload<'static>, WireError> {
        Ok(self.choose(BYTES).into())
    }

    fn array<T>(
        &mut self,
        flexible: bool,
        element_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        Ok(self.nullable_array(flexible, element_bytes_min, &mut read)?.unwrap_or_default())
    }
}
