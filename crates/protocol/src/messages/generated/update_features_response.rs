// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! UpdateFeaturesResponse: API key 57, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// UpdateFeaturesResponse, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateFeaturesResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
    /// `Results`, v0 to v1.
    pub results: Vec<UpdatableFeatureResult<'a>>,
}

impl Default for UpdateFeaturesResponse<'_> {
    fn default() -> Self {
        Self { throttle_time_ms: 0, error_code: 0, error_message: Some(""), results: Vec::new() }
    }
}

impl<'a> Message<'a> for UpdateFeaturesResponse<'a> {
    const NAME: &'static str = "UpdateFeaturesResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        let results = if version <= 1 {
            source.array(true, 5, |source| UpdatableFeatureResult::read(source, version))?
        } else {
            Vec::new()
        };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { throttle_time_ms, error_code, error_message, results })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        if version <= 1 {
            sink.array(true, &self.results, |sink, element| element.write(sink, version))?;
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for UpdateFeaturesResponse<'a> {
    const API: ApiKey = ApiKey::UpdateFeatures;
}

/// UpdatableFeatureResult of a [`UpdateFeaturesResponse`].
#[derive(Debug, Clone, PartialEq)]
pub struct UpdatableFeatureResult<'a> {
    /// `Feature`, all versions.
    pub feature: &'a str,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ErrorMessage`, all versions, can be null.
    pub error_message: Option<&'a str>,
}

impl Default for UpdatableFeatureResult<'_> {
    fn default() -> Self {
        Self { feature: "", error_code: 0, error_message: Some("") }
    }
}

impl<'a> UpdatableFeatureResult<'a> {
    fn read<S: Source<'a>>(source: &mut S, _version: i16) -> Result<Self, WireError> {
        let feature = source.string(true)?;
        let error_code = source.i16()?;
        let error_message = source.nullable_string(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { feature, error_code, error_message })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, _version: i16) -> Result<(), WireError> {
        sink.string(true, self.feature)?;
        sink.i16(self.error_code);
        sink.nullable_string(true, self.error_message)?;
        sink.varint(0);
        Ok(())
    }
}
