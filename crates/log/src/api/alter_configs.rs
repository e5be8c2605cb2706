//! AlterConfigs: versions 0 to 2. Replaces all that was set on a resource; IncrementalAlterConfigs changes single
//! settings.
//!
//! Gaps: as those of IncrementalAlterConfigs.

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::alter_configs_request::AlterConfigsResource;
use watershed_protocol::messages::alter_configs_response::AlterConfigsResourceResponse;
use watershed_protocol::messages::{AlterConfigsRequest, AlterConfigsResponse};

use super::incremental_alter_configs::{alter, check_names};
use super::{Call, Reply};
use crate::catalog::{Alteration, Edit, Refusal};

pub(super) async fn answer(call: &Call<'_>, request: &AlterConfigsRequest<'_>) -> Reply {
    let alterations = request.resources.iter().map(alteration).collect();
    let outcomes = alter(call, alterations, request.validate_only).await;
    let responses =
        request.resources.iter().zip(&outcomes).map(|(resource, outcome)| AlterConfigsResourceResponse {
            error_code: outcome.as_ref().map_or_else(|refusal| refusal.code, |()| ErrorCode::None).code(),
            error_message: outcome.as_ref().err().map(|refusal| refusal.message.as_str()),
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
        });
    call.reply(&AlterConfigsResponse { responses: responses.collect(), ..AlterConfigsResponse::default() })
}

fn alteration(resource: &AlterConfigsResource<'_>) -> Result<Alteration, Refusal> {
    check_names(resource.configs.iter().map(|config| config.name))?;
    let mut edits = Vec::with_capacity(resource.configs.len());
    for config in &resource.configs {
        let value = config.value.ok_or_else(|| {
            Refusal::new(ErrorCode::InvalidConfig, format!("the setting {} has no value", config.name))
        })?;
        edits.push((config.name.to_owned(), Edit::Set(value.to_owned())));
    }
    let (resource_type, name) = (resource.resource_type, resource.resource_name.to_owned());
    Ok(Alteration { resource_type, name, replace: true, edits })
}
