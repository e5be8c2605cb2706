//! DescribeClientQuotas: versions 0 to 1.
//!
//! Gap: quotas are kept and described, and slow nobody down.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_client_quotas_request::ComponentData;
use watershed_protocol::messages::describe_client_quotas_response::{EntityData, EntryData, ValueData};
use watershed_protocol::messages::{DescribeClientQuotasRequest, DescribeClientQuotasResponse};

use super::quota_entity::{self, Entity};
use super::{Call, Reply};
use crate::settings::resource::resource_type;

/// How a component of the filter is matched.
const EXACT: i8 = 0;
const DEFAULT: i8 = 1;
const ANY: i8 = 2;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeClientQuotasRequest<'_>) -> Reply {
    if let Some(fault) = fault(request) {
        return call.reply(&DescribeClientQuotasResponse {
            error_code: ErrorCode::InvalidRequest.code(),
            error_message: Some(fault),
            entries: None,
            ..DescribeClientQuotasResponse::default()
        });
    }
    let image = call.broker.catalog.image();
    let kept = image.settings.iter().filter(|((kind, _), _)| *kind == resource_type::QUOTA);
    let found: Vec<(Entity, Vec<(&str, f64)>)> = kept
        .map(|((_, entity), values)| {
            let values = values.iter().filter_map(|(key, value)| Some((key.as_str(), value.parse().ok()?)));
            (quota_entity::from_text(entity), values.collect())
        })
        .filter(|(entity, _)| matches(request, entity))
        .collect();
    let entries = found.iter().map(|(entity, values)| EntryData {
        entity: entity
            .iter()
            .map(|(kind, name)| EntityData { entity_type: kind, entity_name: name.as_deref() })
            .collect(),
        values: values.iter().map(|&(key, value)| ValueData { key, value }).collect(),
    });
    call.reply(&DescribeClientQuotasResponse {
        entries: Some(entries.collect()),
        ..DescribeClientQuotasResponse::default()
    })
}

fn fault(request: &DescribeClientQuotasRequest<'_>) -> Option<&'static str> {
    let mut kinds: Vec<&str> = Vec::new();
    for component in &request.components {
        if component.entity_type.is_empty() {
            return Some("a component of the filter has no type");
        }
        if kinds.contains(&component.entity_type) {
            return Some("a type is in the filter more than once");
        }
        kinds.push(component.entity_type);
        match (component.match_type, component.match_) {
            (EXACT, Some(_)) | (DEFAULT | ANY, None) => {}
            (EXACT, None) => return Some("an exact match needs a name"),
            (DEFAULT | ANY, Some(_)) => return Some("this match has no name"),
            _ => return Some("the kinds of matches are exact (0), default (1) and any (2)"),
        }
    }
    None
}

fn matches(request: &DescribeClientQuotasRequest<'_>, entity: &Entity) -> bool {
    let component_matches = |component: &ComponentData<'_>| {
        entity.get(component.entity_type).is_some_and(|name| match component.match_type {
            EXACT => name.as_deref() == component.match_,
            DEFAULT => name.is_none(),
            _ => true,
        })
    };
    request.components.iter().all(component_matches)
        && (!request.strict || entity.len() == request.components.len())
}
