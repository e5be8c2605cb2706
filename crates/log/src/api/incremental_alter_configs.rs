//! IncrementalAlterConfigs: versions 0 to 1. Sets, deletes, appends to and subtracts from single settings.
//!
//! Each resource by itself: all of its changes or none. They are in force, and on the disk, when the answer goes out.
//!
//! Gaps: of the broker's settings, those that topics take as their defaults can be altered while it runs; the others
//! are refused with the option that sets them. There are no loggers.

use std::collections::HashSet;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::incremental_alter_configs_request::AlterConfigsResource;
use watershed_protocol::messages::incremental_alter_configs_response::AlterConfigsResourceResponse;
use watershed_protocol::messages::{IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse};

use super::{Call, Reply};
use crate::catalog::{Alteration, Edit, Outcomes, Refusal, altered};
use crate::settings::resource::resource_type;

/// What is to be done with a setting.
mod operation {
    pub(super) const SET: i8 = 0;
    pub(super) const DELETE: i8 = 1;
    pub(super) const APPEND: i8 = 2;
    pub(super) const SUBTRACT: i8 = 3;
}

pub(super) async fn answer(call: &Call<'_>, request: &IncrementalAlterConfigsRequest<'_>) -> Reply {
    let alterations = request.resources.iter().map(alteration).collect();
    let outcomes = alter(call, alterations, request.validate_only).await;
    let responses =
        request.resources.iter().zip(&outcomes).map(|(resource, outcome)| AlterConfigsResourceResponse {
            error_code: outcome.as_ref().map_or_else(|refusal| refusal.code, |()| ErrorCode::None).code(),
            error_message: outcome.as_ref().err().map(|refusal| refusal.message.as_str()),
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
        });
    call.reply(&IncrementalAlterConfigsResponse {
        responses: responses.collect(),
        ..IncrementalAlterConfigsResponse::default()
    })
}

/// Makes alterations, or says whether they could be made.
pub(super) async fn alter(
    call: &Call<'_>,
    alterations: Vec<Result<Alteration, Refusal>>,
    validate_only: bool,
) -> Outcomes<()> {
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    for alteration in alterations.iter().flatten() {
        let resource = (alteration.resource_type, alteration.name.clone());
        if !seen.insert(resource.clone()) {
            twice.insert(resource);
        }
    }
    let image = call.broker.catalog.image();
    let mut outcomes: Outcomes<()> = Vec::with_capacity(alterations.len());
    let mut to_make = Vec::new();
    for alteration in alterations {
        outcomes.push(match alteration {
            Ok(alteration) if twice.contains(&(alteration.resource_type, alteration.name.clone())) => {
                let message = format!("the resource {} is in the request more than once", alteration.name);
                Err(Refusal::new(ErrorCode::InvalidRequest, message))
            }
            Ok(alteration) => {
                let checked = altered(&image, call.broker.options.node_id, &alteration)
                    .map(drop)
                    .map_err(|refusal| naming_the_topic(&alteration, refusal));
                if checked.is_ok() {
                    to_make.push(alteration);
                }
                checked
            }
            Err(refusal) => Err(refusal),
        });
    }
    drop(image);
    if !validate_only {
        let mut made = call.broker.catalog.alter(to_make).await.into_iter();
        for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
            *outcome = made.next().unwrap_or(Ok(()));
        }
    }
    outcomes
}

/// A refused setting is said with its topic: a client may alter many, and show the text alone.
fn naming_the_topic(alteration: &Alteration, refusal: Refusal) -> Refusal {
    match (alteration.resource_type, refusal.code) {
        (resource_type::TOPIC, ErrorCode::InvalidConfig) => {
            let message = format!("the topic {} is not altered: {}", alteration.name, refusal.message);
            Refusal { message, ..refusal }
        }
        _ => refusal,
    }
}

/// Each setting of a resource may be there once.
pub(super) fn check_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            let message = format!("the setting {name} is there more than once for one resource");
            return Err(Refusal::new(ErrorCode::InvalidRequest, message));
        }
    }
    Ok(())
}

fn alteration(resource: &AlterConfigsResource<'_>) -> Result<Alteration, Refusal> {
    check_names(resource.configs.iter().map(|config| config.name))?;
    let mut edits = Vec::with_capacity(resource.configs.len());
    for config in &resource.configs {
        let value = || match config.value {
            None => {
                let message = format!("the setting {} has no value", config.name);
                Err(Refusal::new(ErrorCode::InvalidRequest, message))
            }
            Some(value) => Ok(value.to_owned()),
        };
        let edit = match config.config_operation {
            operation::SET => Edit::Set(value()?),
            operation::DELETE => Edit::Delete,
            operation::APPEND => Edit::Append(value()?),
            operation::SUBTRACT => Edit::Subtract(value()?),
            other => {
                let message = format!("the operation {other} on {} is none that there is", config.name);
                return Err(Refusal::new(ErrorCode::InvalidRequest, message));
            }
        };
        edits.push((config.name.to_owned(), edit));
    }
    let (resource_type, name) = (resource.resource_type, resource.resource_name.to_owned());
    Ok(Alteration { resource_type, name, replace: false, edits })
}
