// @generated from the message definitions in kafka-clients 4.3.1 by `cargo xtask generate`: do not edit.
//! GetTelemetrySubscriptionsResponse: API key 71, version 0, all flexible.

use std::ops::RangeInclusive;
use uuid::Uuid;

use crate::messages::ApiKey;
use crate::wire::{Message, Response, Sink, Source, WireError, check_version};

/// GetTelemetrySubscriptionsResponse, version 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetTelemetrySubscriptionsResponse<'a> {
    /// `ThrottleTimeMs`, all versions.
    pub throttle_time_ms: i32,
    /// `ErrorCode`, all versions.
    pub error_code: i16,
    /// `ClientInstanceId`, all versions.
    pub client_instance_id: Uuid,
    /// `SubscriptionId`, all versions.
    pub subscription_id: i32,
    /// `AcceptedCompressionTypes`, all versions.
    pub accepted_compression_types: Vec<i8>,
    /// `PushIntervalMs`, all versions.
    pub push_interval_ms: i32,
    /// `TelemetryMaxBytes`, all versions.
    pub telemetry_max_bytes: i32,
    /// `DeltaTemporality`, all versions.
    pub delta_temporality: bool,
    /// `RequestedMetrics`, all versions.
    pub requested_metrics: Vec<&'a str>,
}

impl<'a> Message<'a> for GetTelemetrySubscriptionsResponse<'a> {
    const NAME: &'static str = "GetTelemetrySubscriptionsResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read<S: Source<'a>>(source: &mut S, version: i16) -> Result<Self, WireError> {
        check_version::<Self>(version)?;
        let throttle_time_ms = source.i32()?;
        let error_code = source.i16()?;
        let client_instance_id = source.uuid()?;
        let subscription_id = source.i32()?;
        let accepted_compression_types = source.array(true, 1, |source| source.i8())?;
        let push_interval_ms = source.i32()?;
        let telemetry_max_bytes = source.i32()?;
        let delta_temporality = source.bool()?;
        let requested_metrics = source.array(true, 1, |source| source.string(true))?;
        const TAGS: &[u32] = &[];
        for index in 0..source.tag_count(TAGS)? {
            source.tag(index, TAGS)?;
            source.skip_tagged()?;
        }
        Ok(Self {
            throttle_time_ms,
            error_code,
            client_instance_id,
            subscription_id,
            accepted_compression_types,
            push_interval_ms,
            telemetry_max_bytes,
            delta_temporality,
            requested_metrics,
        })
    }

    fn write<S: Sink<'a>>(&self, sink: &mut S, version: i16) -> Result<(), WireError> {
        check_version::<Self>(version)?;
        sink.i32(self.throttle_time_ms);
        sink.i16(self.error_code);
        sink.uuid(self.client_instance_id);
        sink.i32(self.subscription_id);
        sink.array(true, &self.accepted_compression_types, |sink, element| {
            sink.i8(*element);
            Ok(())
        })?;
        sink.i32(self.push_interval_ms);
        sink.i32(self.telemetry_max_bytes);
        sink.bool(self.delta_temporality);
        sink.array(true, &self.requested_metrics, |sink, element| sink.string(true, element))?;
        sink.varint(0);
        Ok(())
    }
}

impl<'a> Response<'a> for GetTelemetrySubscriptionsResponse<'a> {
    const API: ApiKey = ApiKey::GetTelemetrySubscriptions;
}
