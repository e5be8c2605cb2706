// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! PushTelemetryRequest: API key 72, version 0, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Request, Sink, Source, WireError, check_version};

/// PushTelemetryRequest, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PushTelemetryRequest<'a> {
    /// `ClientInstanceId`, all versions.
    pub client_instance_id: Uuid,
    /// `SubscriptionId`, all versions.
    pub subscription_id: i32,
    /// `Terminating`, all versions.
    pub terminating: bool,
    /// `CompressionType`, all versions.
    pub compression_type: i8,
    /// `Metrics`, all versions.
    pub metrics: &'a [u8],
}

impl<'a> Message<'a> for PushTelemetryRequest<'a> {
    const NAME: &'static str = "PushTelemetryRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let client_instance_id = source.uuid()?;
        let subscription_id = source.i32()?;
        let terminating = source.bool()?;
        let compression_type = source.i8()?;
        let metrics = source.bytes(true)?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self { client_instance_id, subscription_id, terminating, compression_type, metrics })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.uuid(self.client_instance_id);
        sink.i32(self.subscription_id);
        sink.bool(self.terminating);
        sink.i8(self.compression_type);
        sink.bytes(true, self.metrics)?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Request<'a> for PushTelemetryRequest<'a> {
    const API: ApiKey = ApiKey::PushTelemetry;
    type Response = super::PushTelemetryResponse;
}
