//! ListConfigResources: versions 0 to 1. What has settings; version 0 asks for client metrics alone.
//!
//! Gaps: none.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::list_config_resources_response::ConfigResource;
use watershed_protocol::messages::{ListConfigResourcesRequest, ListConfigResourcesResponse};

use super::{Call, Reply};
use crate::settings::resource::resource_type::{BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP, TOPIC};

const ALL: [i8; 5] = [GROUP, CLIENT_METRICS, BROKER_LOGGER, BROKER, TOPIC];

pub(super) async fn answer(call: &Call<'_>, request: &ListConfigResourcesRequest) -> Reply {
    let asked: Vec<i8> = match (call.version(), request.resource_types.as_slice()) {
        (0, _) => vec![CLIENT_METRICS],
        (_, []) => ALL.to_vec(),
        (_, types) => types.to_vec(),
    };
    if asked.iter().any(|asked| !ALL.contains(asked)) {
        return call.reply(&ListConfigResourcesResponse {
            error_code: ErrorCode::UnsupportedVersion.code(),
            ..ListConfigResourcesResponse::default()
        });
    }
    let image = call.broker.catalog.image();
    let node_id = call.broker.options.node_id.to_string();
    let mut config_resources = Vec::new();
    for resource_type in ALL.into_iter().filter(|resource_type| asked.contains(resource_type)) {
        let mut add = |resource_name| config_resources.push(ConfigResource { resource_name, resource_type });
        match resource_type {
            TOPIC => image.topics.keys().for_each(|name| add(name)),
            BROKER | BROKER_LOGGER => add(&node_id),
            _ => image
                .settings
                .keys()
                .filter(|(kind, _)| *kind == resource_type)
                .for_each(|(_, name)| add(name)),
        }
    }
    call.reply(&ListConfigResourcesResponse { config_resources, ..ListConfigResourcesResponse::default() })
}
