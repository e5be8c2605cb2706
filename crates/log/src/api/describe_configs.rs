//! DescribeConfigs: versions 1 to 4. Settings of topics, of the broker, of groups and of client metrics, with where
//! each value comes from.
//!
//! Gaps: of the broker's settings, those that can be set and those that clients look for; there are no loggers. A resource
//! that is asked for several times is described once; beyond [`ENTRIES_MAX`] settings, resources are refused.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use watershed_protocol::ErrorCode;
use watershed_protocol::messages::describe_configs_request::DescribeConfigsResource;
use watershed_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResult, DescribeConfigsSynonym,
};
use watershed_protocol::messages::{DescribeConfigsRequest, DescribeConfigsResponse};

use super::{Call, Reply};
use crate::catalog::{Image, Refusal, check_broker, check_topic_name};
use crate::settings::Source;
use crate::settings::describe::{self, Entry as Setting};
use crate::settings::resource::{CLIENT_METRICS_SETTINGS, GROUP_SETTINGS, resource_type};

/// From this version on, the answer has types and documentation.
const FIRST_WITH_TYPES: i16 = 3;

/// Settings in one answer at most: those of some three thousand topics. A request of a few bytes can ask for thousands.
const ENTRIES_MAX: usize = 100_000;

/// After so many resources others have their turn.
const RESOURCES_AT_ONCE: usize = 64;

/// A resource that is asked for, however often, and the settings that are wanted of it.
struct Asked<'a> {
    resource: &'a DescribeConfigsResource<'a>,
    /// None: all.
    names: Option<HashSet<&'a str>>,
}

pub(super) async fn answer(call: &Call<'_>, request: &DescribeConfigsRequest<'_>) -> Reply {
    let image = call.broker.catalog.image();
    let asked = each_once(&request.resources);
    let mut described: Vec<Result<Vec<Setting>, Refusal>> = Vec::with_capacity(asked.len());
    let mut entries = 0;
    for (count, asked) in (1..).zip(&asked) {
        described.push(describe(call, &image, asked, ENTRIES_MAX - entries));
        entries += described.last().map_or(0, |described| described.as_ref().map_or(0, Vec::len));
        if count % RESOURCES_AT_ONCE == 0 {
            tokio::task::yield_now().await;
        }
    }
    let results = asked.iter().zip(&described).map(|(asked, described)| {
        let mut result = DescribeConfigsResult {
            resource_type: asked.resource.resource_type,
            resource_name: asked.resource.resource_name,
            ..DescribeConfigsResult::default()
        };
        match described {
            Ok(entries) => {
                result.configs = entries.iter().map(|entry| fill(call.version(), request, entry)).collect();
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

/// Every resource once, in the order of the request; of one that is there more often, all that is wanted of it.
fn each_once<'a>(resources: &'a [DescribeConfigsResource<'a>]) -> Vec<Asked<'a>> {
    let mut places: HashMap<(i8, &str), usize> = HashMap::new();
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for resource in resources {
        let names = resource.configuration_keys.as_ref().filter(|names| !names.is_empty());
        let names = names.map(|names| names.iter().copied().collect::<HashSet<_>>());
        match places.entry((resource.resource_type, resource.resource_name)) {
            Entry::Vacant(place) => {
                place.insert(asked.len());
                asked.push(Asked { resource, names });
            }
            Entry::Occupied(place) => {
                let before = &mut asked[*place.get()].names;
                *before = before.take().zip(names).map(|(before, names)| &before | &names);
            }
        }
    }
    asked
}

/// The settings that are wanted of a resource, unless they are more than there is room for.
fn describe(
    call: &Call<'_>,
    image: &Image,
    asked: &Asked<'_>,
    entries_max: usize,
) -> Result<Vec<Setting>, Refusal> {
    let mut settings = Vec::new();
    if entries_max > 0 {
        settings = describe_resource(call, image, asked.resource)?;
        settings.retain(|setting| asked.names.as_ref().is_none_or(|names| names.contains(setting.name)));
    }
    if entries_max == 0 || settings.len() > entries_max {
        // Short: there may be as many of them as a request has room for.
        return Err(Refusal::new(ErrorCode::InvalidRequest, "ask for fewer resources at once"));
    }
    Ok(settings)
}

fn fill<'a>(
    version: i16,
    request: &DescribeConfigsRequest<'_>,
    entry: &'a Setting,
) -> DescribeConfigsResourceResult<'a> {
    let mut result = DescribeConfigsResourceResult { name: entry.name, ..Default::default() };
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
) -> Result<Vec<Setting>, Refusal> {
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
    let listener = format!("{}://{host}:{port}", call.caller.listener.protocol());
    BTreeMap::from([
        ("advertised.listeners", listener.clone()),
        ("broker.id", node_id.clone()),
        ("listeners", listener),
        ("log.dir", data.clone().into_owned()),
        ("log.dirs", data.into_owned()),
        ("node.id", node_id),
        ("sasl.enabled.mechanisms", call.caller.listener.mechanisms().to_owned()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::harness::Harness;

    fn resource<'a>(
        resource_type: i8,
        resource_name: &'a str,
        names: &[&'a str],
    ) -> DescribeConfigsResource<'a> {
        let configuration_keys = Some(names.to_vec());
        DescribeConfigsResource { resource_type, resource_name, configuration_keys }
    }

    /// Of each resource that is described: its name, its error, and how many settings there are, or the only one.
    async fn ask(
        harness: &Harness,
        resources: Vec<DescribeConfigsResource<'_>>,
    ) -> Vec<(String, i16, usize, String)> {
        let request = DescribeConfigsRequest { resources, ..DescribeConfigsRequest::default() };
        let answer = harness.ask(&request, 4).await;
        let response: DescribeConfigsResponse<'_> = answer.read();
        let told = response.results.iter().map(|result| {
            let first = result.configs.first().map_or("", |config| config.name);
            (result.resource_name.to_owned(), result.error_code, result.configs.len(), first.to_owned())
        });
        told.collect()
    }

    #[tokio::test]
    async fn a_resource_that_is_asked_for_again_and_again_is_described_once() {
        let harness = Harness::start().await;
        let all = ask(&harness, vec![resource(4, "1", &[])]).await;
        let again = (0..30_000).map(|_| resource(4, "1", &[])).collect();
        assert_eq!(ask(&harness, again).await, all);
        let several = vec![
            resource(4, "1", &["num.partitions"]),
            resource(4, "", &[]),
            resource(4, "1", &["message.max.bytes", "num.partitions"]),
        ];
        let told = ask(&harness, several).await;
        assert_eq!(told.len(), 2);
        assert_eq!((told[0].2, told[0].3.as_str()), (2, "message.max.bytes"));
        let either = vec![resource(4, "1", &["num.partitions"]), resource(4, "1", &[])];
        assert_eq!(ask(&harness, either).await, all);
    }

    #[tokio::test]
    async fn settings_beyond_what_one_answer_may_have_are_refused() {
        let harness = Harness::start().await;
        let names: Vec<String> = (0..ENTRIES_MAX / 10).map(|number| number.to_string()).collect();
        let groups = || names.iter().map(|name| resource(resource_type::GROUP, name, &[]));
        let told = ask(&harness, groups().collect()).await;
        assert_eq!(told.len(), names.len());
        assert!(told.iter().map(|told| told.2).sum::<usize>() <= ENTRIES_MAX);
        assert_eq!((told.first().unwrap().1, told.last().unwrap().1), (0, ErrorCode::InvalidRequest.code()));
        let one = names.iter().map(|name| {
            let keys = ["consumer.session.timeout.ms"];
            resource(resource_type::GROUP, name, &keys)
        });
        assert!(ask(&harness, one.collect()).await.iter().all(|told| told.1 == 0));
    }

    #[tokio::test]
    async fn the_brokers_listeners_are_those_that_the_client_came_in_on() {
        let mut harness = Harness::start().await;
        let check = async |harness: &Harness, name: &str, expect: &str| {
            let request = DescribeConfigsRequest {
                resources: vec![resource(4, "1", &[name])],
                ..DescribeConfigsRequest::default()
            };
            let answer = harness.ask(&request, 4).await;
            let response: DescribeConfigsResponse<'_> = answer.read();
            assert_eq!(response.results[0].configs[0].value, Some(expect));
        };
        check(&harness, "listeners", "PLAINTEXT://localhost:9092").await;
        check(&harness, "sasl.enabled.mechanisms", "").await;
        harness.caller.listener.tls = true;
        check(&harness, "listeners", "SSL://localhost:9092").await;
        harness.caller.listener.mechanisms = Some("PLAIN,SCRAM-SHA-256");
        check(&harness, "advertised.listeners", "SASL_SSL://localhost:9092").await;
        check(&harness, "sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256").await;
    }
}
