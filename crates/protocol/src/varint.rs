//! Variable-length integers, as Kafka writes them: base-128, least significant group first, at most 5 bytes for
//! 32 bits and 10 for 64. Lengths on the wire are unsigned; inside records they are signed and zigzag-encoded.
//!
//! A longer encoding than needed is accepted, as Kafka accepts it. One that overflows is refused, where Java drops the
//! bits that do not fit.
//!
//! Source: Protocol Buffers encoding; KIP-98 (records), KIP-482 (the wire).

/// Most bytes that a 32-bit varint takes.
pub const VARINT_BYTES_MAX: usize = 5;
/// Most bytes that a 64-bit varint takes.
pub const VARLONG_BYTES_MAX: usize = 10;

/// Takes an unsigned 32-bit varint off the front of `bytes`: the value and how many bytes it took.
/// `None` if the bytes end inside it or it does not fit 32 bits.
#[inline]
#[must_use]
pub fn read_u32(bytes: &[u8]) -> Option<(u32, usize)> {
    // Nearly every length and delta takes one byte or two.
    match *bytes {
        [a @ ..0x80, ..] => Some((u32::from(a), 1)),
        [a, b @ ..0x80, ..] => Some((u32::from(a & 0x7f) | u32::from(b) << 7, 2)),
        _ => {
            let (value, len) = read_groups(bytes, VARINT_BYTES_MAX)?;
            Some((u32::try_from(value).ok()?, len))
        }
    }
}

/// Takes an unsigned 64-bit varint off the front of `bytes`: the value and how many bytes it took.
/// `None` if the bytes end inside it or it does not fit 64 bits.
#[inline]
#[must_use]
pub fn read_u64(bytes: &[u8]) -> Option<(u64, usize)> {
    match *bytes {
        [a @ ..0x80, ..] => Some((u64::from(a), 1)),
        [a, b @ ..0x80, ..] => Some((u64::from(a & 0x7f) | u64::from(b) << 7, 2)),
        _ => read_groups(bytes, VARLONG_BYTES_MAX),
    }
}

/// A varint of any length up to `bytes_max`.
fn read_groups(bytes: &[u8], bytes_max: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, &byte) in bytes.iter().take(bytes_max).enumerate() {
        if index == VARLONG_BYTES_MAX - 1 && byte > 0x01 {
            return None;
        }
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Takes a zigzag 32-bit varint off the front of `bytes`. See [`read_u32`].
#[inline]
#[must_use]
pub fn read_i32(bytes: &[u8]) -> Option<(i32, usize)> {
    let (value, len) = read_u32(bytes)?;
    Some(((value >> 1).cast_signed() ^ -((value & 1).cast_signed()), len))
}

/// Takes a zigzag 64-bit varint off the front of `bytes`. See [`read_u64`].
#[inline]
#[must_use]
pub fn read_i64(bytes: &[u8]) -> Option<(i64, usize)> {
    let (value, len) = read_u64(bytes)?;
    Some(((value >> 1).cast_signed() ^ -((value & 1).cast_signed()), len))
}

/// Appends `value` as an unsigned varint.
#[inline]
pub fn write_u32(out: &mut Vec<u8>, value: u32) {
    write_u64(out, u64::from(value));
}

/// Appends `value` as an unsigned varint.
#[inline]
pub fn write_u64(out: &mut Vec<u8>, value: u64) {
    if value < 0x80 {
        out.push(value.to_le_bytes()[0]);
    } else {
        write_groups(out, value);
    }
}

/// Appends a varint of two bytes and more.
fn write_groups(out: &mut Vec<u8>, mut value: u64) {
    let mut groups = [0; VARLONG_BYTES_MAX];
    let mut len = 0;
    while value >= 0x80 {
        groups[len] = value.to_le_bytes()[0] | 0x80;
        len += 1;
        value >>= 7;
    }
    groups[len] = value.to_le_bytes()[0];
    out.extend_from_slice(&groups[..=len]);
}

/// Appends `value` as a zigzag varint.
#[inline]
pub fn write_i32(out: &mut Vec<u8>, value: i32) {
    write_u32(out, zigzag_32(value));
}

/// Appends `value` as a zigzag varint.
#[inline]
pub fn write_i64(out: &mut Vec<u8>, value: i64) {
    write_u64(out, zigzag_64(value));
}

/// Bytes that [`write_u32`] appends for `value`.
#[inline]
#[must_use]
pub fn size_u32(value: u32) -> usize {
    size_u64(u64::from(value))
}

/// Bytes that [`write_u64`] appends for `value`.
#[inline]
#[must_use]
pub fn size_u64(value: u64) -> usize {
    let bits = (u64::BITS - (value | 1).leading_zeros()) as usize;
    bits.div_ceil(7)
}

/// Bytes that [`write_i32`] appends for `value`.
#[inline]
#[must_use]
pub fn size_i32(value: i32) -> usize {
    size_u32(zigzag_32(value))
}

/// Bytes that [`write_i64`] appends for `value`.
#[inline]
#[must_use]
pub fn size_i64(value: i64) -> usize {
    size_u64(zigzag_64(value))
}

#[inline]
fn zigzag_32(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)).cast_unsigned()
}

#[inline]
fn zigzag_64(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_value_comes_back_with_the_size_that_was_foretold(a: u32, b: u64, c: i32, d: i64) {
            let mut out = Vec::new();
            write_u32(&mut out, a);
            prop_assert_eq!(read_u32(&out), Some((a, size_u32(a))));
            prop_assert_eq!(out.len(), size_u32(a));
            out.clear();
            write_u64(&mut out, b);
            prop_assert_eq!(read_u64(&out), Some((b, size_u64(b))));
            out.clear();
            write_i32(&mut out, c);
            prop_assert_eq!(read_i32(&out), Some((c, size_i32(c))));
            out.clear();
            write_i64(&mut out, d);
            prop_assert_eq!(read_i64(&out), Some((d, size_i64(d))));
        }
    }

    #[test]
    fn the_limits_of_each_width_are_held() {
        for value in [0, 1, 127, 128, 16_383, 16_384, u32::MAX] {
            let mut out = Vec::new();
            write_u32(&mut out, value);
            assert_eq!(read_u32(&out), Some((value, out.len())));
            assert_eq!(read_u32(&out[..out.len() - 1]), None, "a truncated {value} must be refused");
        }
        assert_eq!(read_u32(&[0xff, 0xff, 0xff, 0xff, 0x10]), None, "33 bits");
        assert_eq!(read_u32(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), None, "six bytes");
        assert_eq!(read_u32(&[0x80, 0x00]), Some((0, 2)), "longer than needed, as Kafka accepts it");
        assert_eq!(read_u64(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), None, "65 bits");
        assert_eq!(read_i64(&[0xff; 9]), None);
    }
}
