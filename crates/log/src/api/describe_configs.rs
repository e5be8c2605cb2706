//! DescribeConfigs: versions 1 to 4. Settings of topics, of the broker, of groups and of client metrics, with where
//! each value comes from.
//!
//! Gaps: of the broker's settings, those that can be set and those that clients look for; there are no loggers.

use std::collections::BTreeMap;

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_configs_request::DescribeConfigsResource;
use watershed_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use watershed_protocol::messages::{DescribeConfigsRequest, DescribeConfigsResponse};

use super::{Call, Reply};
use crate::catalog::{Image, Refusal, check_broker, check_topic_name};
use crate::settings::Source;
use crate::settings::describe::{self, Entry};
use crate::settings::resource::{CLIENT_METRICS_SETTINGS, GROUP_SETTINGS, resource_type};

/// From this version on, the answer has types and documentation.
const FIRST_WITH_TYPES: i16 = 3;

pub(super) async fn answer(call: &Call<'_>, request: &DescribeConfigsRequest<'_>) -> Reply {
    let image = call.broker.catalog.image();
    let described: Vec<Result<Vec<Entry>, Refusal>> =
        request.resources.iter().map(|resource| describe_resource(call, &image, resource)).collect();
    let entry = |entry: &'_ Entry| -> DescribeConfigsResourceResult<'static> {
        DescribeConfigsResourceResult { name: entry.name, ..DescribeConfigsResourceResult::default() }
    };
    let results = request.resources.iter().zip(&described).map(|(resource, described)| {
        let mut result = DescribeConfigsResult {
            resource_type: resource.resource_type,
            resource_name: resource.resource_name,
            ..DescribeConfigsResult::default()
        };
        match described {
            Ok(entries) => {
                let all = resource.configuration_keys.as_ref().is_none_or(Vec::is_empty);
                let asked = |entry: &&Entry| {
                    all || resource.configuration_keys.iter().flatten().any(|&name| name == entry.name)
                };
                let entries = entries.iter().filter(asked);
                result.configs = entries.map(|own| fill(call.version(), request, own, entry(own))).collect();
            }
            Err(refusal) => {
                result.error_code = refusal.code.code();
                result.error_message = Some(&refusal.message);
            }
        }
        result
    });
    call.reply(&DescribeConfigsResponse { results: results.collect(), ..DescribeConfigsResponse::default() })
}

fn fill<'a>(
    version: i16,
    request: &DescribeConfigsRequest<'_>,
    entry: &'a Entry,
    mut result: DescribeConfigsResourceResult<'a>,
) -> DescribeConfigsResourceResult<'a> {
    result.value = entry.value.as_deref();
    result.read_only = entry.read_only;
    result.config_source = entry.source as i8;
    if request.include_synonyms {
        let synonyms = entry.synonyms.iter().map(|(name, value, source)| DescribeConfigsSynonym {
            name,
            value: Some(value),
            source: *source as i8,
        });
        result.synonyms = synonyms.collect();
    }
    if version >= FIRST_WITH_TYPES {
        result.config_type = entry.config_type;
        result.documentation = request.include_documentation.then_some(entry.documentation);
    }
    result
}

fn describe_resource(
    call: &Call<'_>,
    image: &Image,
    resource: &DescribeConfigsResource<'_>,
) -> Result<Vec<Entry>, Refusal> {
    let name = resource.resource_name;
    let set = || image.settings.get(&(resource.resource_type, name.to_owned())).cloned().unwrap_or_default();
    match resource.resource_type {
        resource_type::TOPIC => {
            check_topic_name(name)
                .map_err(|bad| Refusal::new(ErrorCode::InvalidTopicException, bad.to_string()))?;
            let topic = image.topics.get(name).ok_or_else(|| {
                Refusal::new(ErrorCode::UnknownTopicOrPartition, format!("there is no topic {name}"))
            })?;
            Ok(describe::topic(&topic.settings, &image.broker))
        }
        resource_type::BROKER => {
            check_broker(call.broker.options.node_id, name)?;
            if name.is_empty() {
                return Ok(describe::brokers_default(&set()));
            }
            Ok(describe::broker(&image.broker, &own_settings(call)))
        }
        resource_type::BROKER_LOGGER => Ok(Vec::new()),
        resource_type::CLIENT_METRICS => {
            Ok(describe::resource(CLIENT_METRICS_SETTINGS, &set(), &image.broker, Source::ClientMetrics))
        }
        resource_type::GROUP => Ok(describe::resource(GROUP_SETTINGS, &set(), &image.broker, Source::Group)),
        other => {
            let message = format!("there are no resources of type {other}");
            Err(Refusal::new(ErrorCode::InvalidRequest, message))
        }
    }
}

/// What follows from how the broker was started.
fn own_settings(call: &Call<'_>) -> BTreeMap<&'static str, String> {
    let (host, port) = &call.caller.advertised;
    let (node_id, data) =
        (call.broker.options.node_id.to_string(), call.broker.options.data.to_string_lossy());
    BTreeMap::from([
        ("advertised.listeners", format!("PLAINTEXT://{host}:{port}")),
        ("broker.id", node_id.clone()),
        ("listeners", format!("PLAINTEXT://{host}:{port}")),
        ("log.dir", data.clone().into_owned()),
        ("log.dirs", data.into_owned()),
        ("node.id", node_id),
    ])
}
