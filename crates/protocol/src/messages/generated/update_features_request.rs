// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! UpdateFeaturesRequest: API key 57, versions 0 to 2, all flexible.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version, not_in_version};

/// UpdateFeaturesRequest, versions 0 to 2.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateFeaturesRequest<'a> {
    /// `timeoutMs`, all versions, default `60000`.
    pub timeout_ms: i32,
    /// `FeatureUpdates`, all versions.
    pub feature_updates: Vec<FeatureUpdateKey<'a>>,
    /// `ValidateOnly`, v1 and later, default `false`.
    pub validate_only: bool,
}

impl Default for UpdateFeaturesRequest<'_> {
    fn default() -> Self {
        Self { timeout_ms: 60000, feature_updates: Vec::new(), validate_only: false }
    }
}

impl<'a> Message<'a> for UpdateFeaturesRequest<'a> {
    const NAME: &'static str = "UpdateFeaturesRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let timeout_ms = source.i32()?;
        let feature_updates = source.array(true, 5, |source| FeatureUpdateKey::read(source, version))?;
        let validate_only = if version >= 1 { source.bool()? } else { false };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { timeout_ms, feature_updates, validate_only })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.timeout_ms);
        sink.array(true, &self.feature_updates, |sink, element| element.write(sink, version))?;
        if version >= 1 {
            sink.bool(self.validate_only);
        } else if self.validate_only {
            return Err(not_in_version("UpdateFeaturesRequest", "validate_only", version));
        }
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for UpdateFeaturesRequest<'a> {
    const API: ApiKey = ApiKey::UpdateFeatures;
    type Response = super::UpdateFeaturesResponse<'a>;
}

/// FeatureUpdateKey of a [`UpdateFeaturesRequest`].
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureUpdateKey<'a> {
    /// `Feature`, all versions.
    pub feature: &'a str,
    /// `MaxVersionLevel`, all versions.
    pub max_version_level: i16,
    /// `AllowDowngrade`, v0 only.
    pub allow_downgrade: bool,
    /// `UpgradeType`, v1 and later, default `1`.
    pub upgrade_type: i8,
}

impl Default for FeatureUpdateKey<'_> {
    fn default() -> Self {
        Self { feature: "", max_version_level: 0, allow_downgrade: false, upgrade_type: 1 }
    }
}

impl<'a> FeatureUpdateKey<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let feature = source.string(true)?;
        let max_version_level = source.i16()?;
        let allow_downgrade = if version <= 0 { source.bool()? } else { false };
        let upgrade_type = if version >= 1 { source.i8()? } else { 1 };
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { feature, max_version_level, allow_downgrade, upgrade_type })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        sink.string(true, self.feature)?;
        sink.i16(self.max_version_level);
        if version <= 0 {
            sink.bool(self.allow_downgrade);
        } else if self.allow_downgrade {
            return Err(not_in_version("FeatureUpdateKey", "allow_downgrade", version));
        }
        if version >= 1 {
            sink.i8(self.upgrade_type);
        } else if self.upgrade_type != 1 {
            return Err(not_in_version("FeatureUpdateKey", "upgrade_type", version));
        }
        sink.varint(0);
        Ok(())
    }
}
