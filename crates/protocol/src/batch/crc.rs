//! CRC-32C and the arithmetic that changes a checksum without reading the bytes again.
//!
//! A CRC is linear: two messages that differ only in their first bytes have checksums that differ by the checksum of
//! the difference, moved past the bytes that follow. So after a batch's header is rewritten the new CRC costs a few
//! multiplications whatever the batch's size, instead of a second pass.
//!
//! Source: RFC 3720 (the polynomial); Mark Adler's `crc32_combine` for the idea of x^n modulo the polynomial.

/// The Castagnoli polynomial, bits reversed: bit 31 is the coefficient of x^0.
const POLYNOMIAL: u32 = 0x82f6_3b78;
/// The polynomial 1 in that form.
const ONE: u32 = 1 << 31;

/// `SHIFTS[i][v]` is x^(8 * v * 256^i): what moves a checksum past `v * 256^i` bytes.
static SHIFTS: [[u32; 256]; 4] = shift_table();

/// The CRC-32C of `bytes`, by the processor's instruction where it has one.
#[inline]
#[must_use]
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
}

/// The CRC of a message after its first part was replaced by another of the same length.
///
/// `crc` is that of the old message, `old_part` and `new_part` are the CRCs of the parts alone, `rest_bytes` is how
/// many bytes follow the part.
#[inline]
#[must_use]
pub(super) fn replace_front(crc: u32, old_part: u32, new_part: u32, rest_bytes: u32) -> u32 {
    crc ^ shift(old_part ^ new_part, rest_bytes)
}

/// Moves a CRC difference past `len_bytes` further bytes.
fn shift(difference: u32, len_bytes: u32) -> u32 {
    let mut moved = difference;
    for (table, byte) in SHIFTS.iter().zip(len_bytes.to_le_bytes()) {
        if byte != 0 {
            moved = multiply(moved, table[usize::from(byte)]);
        }
    }
    moved
}

/// The product of two polynomials modulo [`POLYNOMIAL`].
const fn multiply(a: u32, b: u32) -> u32 {
    let mut product = 0;
    let mut b = b;
    let mut bit = 0;
    while bit < 32 {
        // Masks and no branches: the bits of a checksum are not predictable.
        product ^= b & (0u32.wrapping_sub((a >> (31 - bit)) & 1));
        b = (b >> 1) ^ (POLYNOMIAL & 0u32.wrapping_sub(b & 1));
        bit += 1;
    }
    product
}

const fn shift_table() -> [[u32; 256]; 4] {
    let mut table = [[ONE; 256]; 4];
    // x^8, the step of the first row; each row's step is the one before to the 256th power.
    let mut step = ONE >> 8;
    let mut row = 0;
    while row < 4 {
        let mut value = 1;
        while value < 256 {
            table[row][value] = multiply(table[row][value - 1], step);
            value += 1;
        }
        step = multiply(table[row][255], step);
        row += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_value_of_the_standard_holds() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    proptest! {
        #[test]
        fn a_replaced_front_gives_the_checksum_of_the_new_bytes(
            front in prop::collection::vec(any::<(u8, u8)>(), 1..64),
            rest in prop::collection::vec(any::<u8>(), 0..70_000),
        ) {
            let (old, new): (Vec<u8>, Vec<u8>) = front.into_iter().unzip();
            let (whole_old, whole_new) = ([&old[..], &rest].concat(), [&new[..], &rest].concat());
            let rest_bytes = u32::try_from(rest.len()).unwrap();
            prop_assert_eq!(
                replace_front(crc32c(&whole_old), crc32c(&old), crc32c(&new), rest_bytes),
                crc32c(&whole_new)
            );
        }
    }

    #[test]
    fn a_shift_past_gigabytes_is_the_same_in_one_step_and_in_two() {
        for (a, b) in [(1u32 << 30, 12_345u32), (0x00ff_ffff, 1), (u32::MAX / 2, u32::MAX / 2)] {
            assert_eq!(shift(shift(0xdead_beef, a), b), shift(0xdead_beef, a + b));
        }
    }
}
