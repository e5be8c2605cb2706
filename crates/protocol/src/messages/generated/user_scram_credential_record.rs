// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! UserScramCredentialRecord: version 0, all flexible.

use std::ops::RangeInclusive;

use crate::wire::{Message, Sink, Source, WireError, check_version};

/// UserScramCredentialRecord, version 0.
#[derive(Clone, PartialEq, Default)]
pub struct UserScramCredentialRecord<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Mechanism`, all versions.
    pub mechanism: i8,
    /// `Salt`, all versions.
    pub salt: &'a [u8],
    /// `StoredKey`, all versions.
    pub stored_key: &'a [u8],
    /// `ServerKey`, all versions.
    pub server_key: &'a [u8],
    /// `Iterations`, all versions.
    pub iterations: i32,
}

impl std::fmt::Debug for UserScramCredentialRecord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserScramCredentialRecord")
            .field("name", &self.name)
            .field("mechanism", &self.mechanism)
            .field("salt", &format_args!("<redacted>"))
            .field("stored_key", &format_args!("<redacted>"))
            .field("server_key", &format_args!("<redacted>"))
            .field("iterations", &self.iterations)
            .finish()
    }
}

impl<'a> Message<'a> for UserScramCredentialRecord<'a> {
    const NAME: &'static str = "UserScramCredentialRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let name = source.string(true)?;
        let mechanism = source.i8()?;
        let salt = source.bytes(true)?;
        let stored_key = source.bytes(true)?;
        let server_key = source.bytes(true)?;
        let iterations = source.i32()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, mechanism, salt, stored_key, server_key, iterations })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.string(true, self.name)?;
        sink.i8(self.mechanism);
        sink.bytes(true, self.salt)?;
        sink.bytes(true, self.stored_key)?;
        sink.bytes(true, self.server_key)?;
        sink.i32(self.iterations);
        sink.varint(0);
        Ok(())
    }
}
