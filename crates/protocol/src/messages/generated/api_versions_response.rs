// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! ApiVersionsResponse: API key 18, versions 0 to 4, flexible since v3.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;
use crate::wire::{Counter, Message, Response, Sink, Source, WireError, check_version, not_in_version};

/// ApiVersionsResponse, versions 0 to 4.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiVersionsResponse<'a> {
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ApiKeys`, all versions.
    pub api_keys: Vec<ApiVersion>,
    /// `ThrottleTimeMs`, v1 and later.
    pub throttle_time_ms: i32,
    /// `SupportedFeatures`, v3 and later, tag 0.
    pub supported_features: Vec<SupportedFeatureKey<'a>>,
    /// `FinalizedFeaturesEpoch`, v3 and later, tag 1, default `-1`.
    pub finalized_features_epoch: i64,
    /// `FinalizedFeatures`, v3 and later, tag 2.
    pub finalized_features: Vec<FinalizedFeatureKey<'a>>,
    /// `ZkMigrationReady`, v3 and later, tag 3, default `false`.
    pub zk_migration_ready: bool,
}

impl Default for ApiVersionsResponse<'_> {
    fn default() -> Self {
        Self {
            error_code: 0,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
        }
    }
}

impl<'a> Message<'a> for ApiVersionsResponse<'a> {
    const NAME: &'static str = "ApiVersionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        let error_code = source.i16()?;
        let api_keys = source.array(flexible, 6, |source| ApiVersion::read(source, version))?;
        let throttle_time_ms = if version >= 1 { source.i32()? } else { 0 };
        let mut supported_features = Vec::new();
        let mut finalized_features_epoch = -1;
        let mut finalized_features = Vec::new();
        let mut zk_migration_ready = false;
        if flexible {
            const TAGS: &[u32] = &[0, 1, 2, 3];
            for index in 0..source.tag_count(TAGS)? {
                match source.tag(index, TAGS)? {
                    0 if version >= 3 => {
                        supported_features = source.tagged(|source| {
                            source.array(true, 6, |source| SupportedFeatureKey::read(source, version))
                        })?;
                    }
                    1 if version >= 3 => {
                        finalized_features_epoch = source.tagged(|source| source.i64())?;
                    }
                    2 if version >= 3 => {
                        finalized_features = source.tagged(|source| {
                            source.array(true, 6, |source| FinalizedFeatureKey::read(source, version))
                        })?;
                    }
                    3 if version >= 3 => {
                        zk_migration_ready = source.tagged(|source| source.bool())?;
                    }
                    _ => source.skip_tagged()?,
                }
            }
        }
        Ok(Self {
            error_code,
            api_keys,
            throttle_time_ms,
            supported_features,
            finalized_features_epoch,
            finalized_features,
            zk_migration_ready,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        let flexible = version >= 3;
        sink.i16(self.error_code);
        sink.array(flexible, &self.api_keys, |sink, element| element.write(sink, version))?;
        if version >= 1 {
            sink.i32(self.throttle_time_ms);
        }
        if flexible {
            let has_tag_0 = version >= 3 && !self.supported_features.is_empty();
            let has_tag_1 = version >= 3 && self.finalized_features_epoch != -1;
            let has_tag_2 = version >= 3 && !self.finalized_features.is_empty();
            let has_tag_3 = version >= 3 && self.zk_migration_ready;
            sink.varint(
                u32::from(has_tag_0) + u32::from(has_tag_1) + u32::from(has_tag_2) + u32::from(has_tag_3),
            );
            if has_tag_0 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.array(true, &self.supported_features, |sink, element| {
                        element.write(sink, version)
                    })?;
                }
                sink.tag(0, counter.bytes())?;
                sink.array(true, &self.supported_features, |sink, element| element.write(sink, version))?;
            }
            if has_tag_1 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.i64(self.finalized_features_epoch);
                }
                sink.tag(1, counter.bytes())?;
                sink.i64(self.finalized_features_epoch);
            }
            if has_tag_2 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.array(true, &self.finalized_features, |sink, element| {
                        element.write(sink, version)
                    })?;
                }
                sink.tag(2, counter.bytes())?;
                sink.array(true, &self.finalized_features, |sink, element| element.write(sink, version))?;
            }
            if has_tag_3 {
                let mut counter = Counter::default();
                {
                    let counter = &mut counter;
                    counter.bool(self.zk_migration_ready);
                }
                sink.tag(3, counter.bytes())?;
                sink.bool(self.zk_migration_ready);
            }
        }
        Ok(())
    }
}

impl<'a> Response<'a> for ApiVersionsResponse<'a> {
    const API: ApiKey = ApiKey::ApiVersions;
}

/// ApiVersion of a [`ApiVersionsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ApiVersion {
    /// `ApiKey`, all versions.
    pub api_key: i16,
    /// `MinVersion`, all versions.
    pub min_version: i16,
    /// `MaxVersion`, all versions.
    pub max_version: i16,
}

impl ApiVersion {
    fn read<'a, S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let api_key = source.i16()?;
        let min_version = source.i16()?;
        let max_version = source.i16()?;
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { api_key, min_version, max_version })
    }

    fn write<'a, S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        sink.i16(self.api_key);
        sink.i16(self.min_version);
        sink.i16(self.max_version);
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// SupportedFeatureKey of a [`ApiVersionsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SupportedFeatureKey<'a> {
    /// `Name`, v3 and later.
    pub name: &'a str,
    /// `MinVersion`, v3 and later.
    pub min_version: i16,
    /// `MaxVersion`, v3 and later.
    pub max_version: i16,
}

impl<'a> SupportedFeatureKey<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let name = if version >= 3 { source.string(flexible)? } else { "" };
        let min_version = if version >= 3 { source.i16()? } else { 0 };
        let max_version = if version >= 3 { source.i16()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, min_version, max_version })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        if version >= 3 {
            sink.string(flexible, self.name)?;
        } else if !self.name.is_empty() {
            return Err(not_in_version("SupportedFeatureKey", "name", version));
        }
        if version >= 3 {
            sink.i16(self.min_version);
        } else if self.min_version != 0 {
            return Err(not_in_version("SupportedFeatureKey", "min_version", version));
        }
        if version >= 3 {
            sink.i16(self.max_version);
        } else if self.max_version != 0 {
            return Err(not_in_version("SupportedFeatureKey", "max_version", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}

/// FinalizedFeatureKey of a [`ApiVersionsResponse`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FinalizedFeatureKey<'a> {
    /// `Name`, v3 and later.
    pub name: &'a str,
    /// `MaxVersionLevel`, v3 and later.
    pub max_version_level: i16,
    /// `MinVersionLevel`, v3 and later.
    pub min_version_level: i16,
}

impl<'a> FinalizedFeatureKey<'a> {
    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        let flexible = version >= 3;
        let name = if version >= 3 { source.string(flexible)? } else { "" };
        let max_version_level = if version >= 3 { source.i16()? } else { 0 };
        let min_version_level = if version >= 3 { source.i16()? } else { 0 };
        if flexible {
            const TAGS: &[u32] = &[];
            for index in 0..source.tag_count(TAGS)? {
                source.tag(index, TAGS)?;
                source.skip_tagged()?;
            }
        }
        Ok(Self { name, max_version_level, min_version_level })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        let flexible = version >= 3;
        if version >= 3 {
            sink.string(flexible, self.name)?;
        } else if !self.name.is_empty() {
            return Err(not_in_version("FinalizedFeatureKey", "name", version));
        }
        if version >= 3 {
            sink.i16(self.max_version_level);
        } else if self.max_version_level != 0 {
            return Err(not_in_version("FinalizedFeatureKey", "max_version_level", version));
        }
        if version >= 3 {
            sink.i16(self.min_version_level);
        } else if self.min_version_level != 0 {
            return Err(not_in_version("FinalizedFeatureKey", "min_version_level", version));
        }
        if flexible {
            sink.varint(0);
        }
        Ok(())
    }
}
