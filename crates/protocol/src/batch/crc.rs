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
/// x to this power is 1 modulo the polynomial.
const ORDER: u32 = (1 << 31) - 1;
/// By how many powers of x [`multiply`] multiplies beside its factors: the CRC of a product's 8 bytes is the product's
/// remainder times x^32, and bits that are reversed lie one place lower in a product than in a message.
const EXTRA_POWERS: u32 = 33;

/// `SHIFTS[i][v]` is what moves a checksum past `v * 256^i` bytes: x^(8 * v * 256^i), less the powers that [`multiply`]
/// adds.
static SHIFTS: [[u32; 256]; 4] = shift_table();

/// The CRC-32C of `bytes`, by the processor's instruction where it has one.
#[inline]
#[must_use]
pub fn crc32c(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
}

/// The CRC of a message after its first part was replaced by another of the same length.
///
/// `crc` is that of the old message, `difference` is the two parts XORed, byte by byte, and `rest_bytes` is how many
/// bytes follow them.
#[inline]
#[must_use]
pub(super) fn replace_front(crc: u32, difference: &[u8], rest_bytes: u32) -> u32 {
    crc ^ shift(remainder(difference), rest_bytes)
}

/// Moves a CRC difference past `len_bytes` further bytes.
#[inline]
fn shift(difference: u32, len_bytes: u32) -> u32 {
    let mut moved = difference;
    for (table, byte) in SHIFTS.iter().zip(len_bytes.to_le_bytes()) {
        if byte != 0 {
            moved = multiply(moved, table[usize::from(byte)]);
        }
    }
    moved
}

/// The checksum of `bytes` without the inversions before and after, which is linear.
#[inline]
fn remainder(bytes: &[u8]) -> u32 {
    !crc32c::crc32c_append(!0, bytes)
}

/// The product of `a`, `b` and x^[`EXTRA_POWERS`] modulo the polynomial.
///
/// The product itself is a sum of shifts that do not wait for each other; the remainder is the processor's work.
#[inline]
fn multiply(a: u32, b: u32) -> u32 {
    let mut product = 0u64;
    for bit in 0..u32::BITS {
        // Masks and no branches: the bits of a checksum are not predictable.
        product ^= (u64::from(b) << bit) & 0u64.wrapping_sub(u64::from((a >> bit) & 1));
    }
    remainder(&product.to_le_bytes())
}

/// The product of two polynomials modulo [`POLYNOMIAL`], at compile time.
const fn multiply_slowly(a: u32, b: u32) -> u32 {
    let mut product = 0;
    let mut b = b;
    let mut bit = 0;
    while bit < 32 {
        product ^= b & (0u32.wrapping_sub((a >> (31 - bit)) & 1));
        b = (b >> 1) ^ (POLYNOMIAL & 0u32.wrapping_sub(b & 1));
        bit += 1;
    }
    product
}

/// x^`power`.
const fn power_of_x(power: u32) -> u32 {
    let (mut result, mut square, mut left) = (ONE, ONE >> 1, power);
    while left > 0 {
        if left & 1 == 1 {
            result = multiply_slowly(result, square);
        }
        square = multiply_slowly(square, square);
        left >>= 1;
    }
    result
}

const fn shift_table() -> [[u32; 256]; 4] {
    let mut table = [[power_of_x(ORDER - EXTRA_POWERS); 256]; 4];
    // x^8, the step of the first row; each row's step is the one before to the 256th power.
    let mut step = ONE >> 8;
    let mut row = 0;
    while row < 4 {
        let mut value = 1;
        while value < 256 {
            table[row][value] = multiply_slowly(table[row][value - 1], step);
            value += 1;
        }
        let mut doubling = 0;
        while doubling < 8 {
            step = multiply_slowly(step, step);
            doubling += 1;
        }
        row += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::tests::generate::noise;
    use proptest::prelude::*;

    #[test]
    fn the_check_value_of_the_standard_holds() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    proptest! {
        #[test]
        fn a_replaced_front_gives_the_checksum_of_the_new_bytes(
            front in prop::collection::vec(any::<(u8, u8)>(), 1..64),
            (seed, rest_bytes) in (any::<u64>(), 0..70_000u32),
        ) {
            let rest = noise(seed, rest_bytes as usize);
            let (old, new): (Vec<u8>, Vec<u8>) = front.into_iter().unzip();
            let (whole_old, whole_new) = ([&old[..], &rest].concat(), [&new[..], &rest].concat());
            let difference = old.iter().zip(&new).map(|(old, new)| old ^ new).collect::<Vec<_>>();
            prop_assert_eq!(replace_front(crc32c(&whole_old), &difference, rest_bytes), crc32c(&whole_new));
        }

        #[test]
        fn a_front_before_gigabytes_is_replaced_as_another_implementation_would(
            front in prop::collection::vec(any::<(u8, u8)>(), 40),
            (rest_crc, rest_bytes) in (any::<u32>(), any::<u32>()),
        ) {
            let (old, new): (Vec<u8>, Vec<u8>) = front.into_iter().unzip();
            let difference = old.iter().zip(&new).map(|(old, new)| old ^ new).collect::<Vec<_>>();
            let whole = |front: &[u8]| crc32c::crc32c_combine(crc32c(front), rest_crc, rest_bytes as usize);
            prop_assert_eq!(replace_front(whole(&old), &difference, rest_bytes), whole(&new));
        }
    }

    #[test]
    fn the_fast_product_is_the_slow_one_with_its_extra_powers() {
        for (a, b) in [(ONE, ONE), (1, 1), (0xdead_beef, 0x1234_5678), (u32::MAX, 0x8000_0001)] {
            assert_eq!(multiply(a, b), multiply_slowly(multiply_slowly(a, b), power_of_x(EXTRA_POWERS)));
        }
        assert_eq!(multiply_slowly(power_of_x(EXTRA_POWERS), power_of_x(ORDER - EXTRA_POWERS)), ONE);
    }

    #[test]
    fn a_shift_past_gigabytes_is_the_same_in_one_step_and_in_two() {
        for (a, b) in [(1u32 << 30, 12_345u32), (0x00ff_ffff, 1), (u32::MAX / 2, u32::MAX / 2)] {
            assert_eq!(shift(shift(0xdead_beef, a), b), shift(0xdead_beef, a + b));
        }
    }
}
