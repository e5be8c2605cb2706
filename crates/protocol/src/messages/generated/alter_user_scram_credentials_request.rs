// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! AlterUserScramCredentialsRequest: API key 51, version 0, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// AlterUserScramCredentialsRequest, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AlterUserScramCredentialsRequest<'a> {
    /// `Deletions`, all versions.
    pub deletions: Vec<ScramCredentialDeletion<'a>>,
    /// `Upsertions`, all versions.
    pub upsertions: Vec<ScramCredentialUpsertion<'a>>,
}

impl<'a> Message<'a> for AlterUserScramCredentialsRequest<'a> {
    const NAME: &'static str = "AlterUserScramCredentialsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let deletions = source.array(true, 3, |source| ScramCredentialDeletion::read(source, version))?;
        let upsertions = source.array(true, 9, |source| ScramCredentialUpsertion::read(source, version))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { deletions, upsertions })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.array(true, &self.deletions, |sink, element| element.write(sink, version))?;
        sink.array(true, &self.upsertions, |sink, element| element.write(sink, version))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for AlterUserScramCredentialsRequest<'a> {
    const API: ApiKey = ApiKey::AlterUserScramCredentials;
    type Response = super::AlterUserScramCredentialsResponse<'a>;
}

/// ScramCredentialDeletion of a [`AlterUserScramCredentialsRequest`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScramCredentialDeletion<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Mechanism`, all versions.
    pub mechanism: i8,
}

impl<'a> ScramCredentialDeletion<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let mechanism = source.i8()?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, mechanism })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.name)?;
        sink.i8(self.mechanism);
        sink.varint(0);
        Ok(())
    }
}

/// ScramCredentialUpsertion of a [`AlterUserScramCredentialsRequest`].
#[derive(Clone, PartialEq, Default)]
pub struct ScramCredentialUpsertion<'a> {
    /// `Name`, all versions.
    pub name: &'a str,
    /// `Mechanism`, all versions.
    pub mechanism: i8,
    /// `Iterations`, all versions.
    pub iterations: i32,
    /// `Salt`, all versions.
    pub salt: &'a [u8],
    /// `SaltedPassword`, all versions.
    pub salted_password: &'a [u8],
}

impl std::fmt::Debug for ScramCredentialUpsertion<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ScramCredentialUpsertion")
            .field("name", &self.name)
            .field("mechanism", &self.mechanism)
            .field("iterations", &self.iterations)
            .field("salt", &format_args!("<redacted>"))
            .field("salted_password", &format_args!("<redacted>"))
            .finish()
    }
}

impl<'a> ScramCredentialUpsertion<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let name = source.string(true)?;
        let mechanism = source.i8()?;
        let iterations = source.i32()?;
        let salt = source.bytes(true)?;
        let salted_password = source.bytes(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { name, mechanism, iterations, salt, salted_password })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.name)?;
        sink.i8(self.mechanism);
        sink.i32(self.iterations);
        sink.bytes(true, self.salt)?;
        sink.bytes(true, self.salted_password)?;
        sink.varint(0);
        Ok(())
    }
}
