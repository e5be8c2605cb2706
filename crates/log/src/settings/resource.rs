//! Settings of groups and of client metrics, which Kafka keeps with the topics'.
//!
//! Gaps: a group's settings for share and streams groups are kept and described, those protocols are not served.
//! Client metrics are kept and described: no client is asked for any.

use std::collections::BTreeMap;

use super::rule::{Rule, int_from};
use super::{BrokerSettings, SettingError, invalid, nearest};

/// Kafka's numbers for what has settings.
pub(crate) mod resource_type {
    pub(crate) const TOPIC: i8 = 2;
    pub(crate) const BROKER: i8 = 4;
    pub(crate) const BROKER_LOGGER: i8 = 8;
    pub(crate) const CLIENT_METRICS: i8 = 16;
    pub(crate) const GROUP: i8 = 32;
    /// Our own, in the catalog alone: limits of users, client ids and addresses.
    pub(crate) const QUOTA: i8 = -2;
}

/// A setting of a group or of client metrics.
#[derive(Debug)]
pub(crate) struct ResourceSetting {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) rule: Rule,
    /// The broker's setting of the same meaning.
    pub(crate) synonym: Option<&'static str>,
    /// The broker's settings that say how small and how large it may be, instead of the rule.
    bounds: Option<(&'static str, &'static str)>,
    pub(crate) documentation: &'static str,
}

const fn group(
    name: &'static str,
    default: &'static str,
    rule: Rule,
    synonym: Option<&'static str>,
    documentation: &'static str,
) -> ResourceSetting {
    ResourceSetting { name, default, rule, synonym, bounds: None, documentation }
}

impl ResourceSetting {
    const fn within(self, least: &'static str, most: &'static str) -> Self {
        Self { bounds: Some((least, most)), ..self }
    }

    /// What it may be, on this broker.
    fn rule(&self, broker: &BrokerSettings) -> Rule {
        let Some((least, most)) = self.bounds else { return self.rule };
        let bound = |name| i32::try_from(broker.long(name)).unwrap_or(i32::MAX);
        Rule::Int { least: bound(least), most: bound(most) }
    }
}

/// Settings of a group.
#[rustfmt::skip]
pub(crate) static GROUP_SETTINGS: &[ResourceSetting] = &[
    group("consumer.heartbeat.interval.ms", "5000", Rule::Int { least: 5_000, most: 15_000 }, Some("group.consumer.heartbeat.interval.ms"), "How often a member of the consumer protocol is told to send a heartbeat.").within("group.consumer.min.heartbeat.interval.ms", "group.consumer.max.heartbeat.interval.ms"),
    group("consumer.session.timeout.ms", "45000", Rule::Int { least: 45_000, most: 60_000 }, Some("group.consumer.session.timeout.ms"), "How long a member of the consumer protocol may be silent.").within("group.consumer.min.session.timeout.ms", "group.consumer.max.session.timeout.ms"),
    group("share.auto.offset.reset", "latest", Rule::Text, None, "Kept and described: share groups are not served."),
    group("share.heartbeat.interval.ms", "5000", Rule::Int { least: 5_000, most: 15_000 }, None, "Kept and described: share groups are not served."),
    group("share.isolation.level", "read_uncommitted", Rule::OneOf(&["read_committed", "read_uncommitted"]), None, "Kept and described: share groups are not served."),
    group("share.record.lock.duration.ms", "30000", Rule::Int { least: 15_000, most: 60_000 }, None, "Kept and described: share groups are not served."),
    group("share.session.timeout.ms", "45000", Rule::Int { least: 45_000, most: 60_000 }, None, "Kept and described: share groups are not served."),
    group("streams.heartbeat.interval.ms", "5000", Rule::Int { least: 5_000, most: 15_000 }, None, "Kept and described: streams groups are not served."),
    group("streams.initial.rebalance.delay.ms", "3000", int_from(0), None, "Kept and described: streams groups are not served."),
    group("streams.num.standby.replicas", "0", Rule::Int { least: 0, most: 2 }, None, "Kept and described: streams groups are not served."),
    group("streams.session.timeout.ms", "45000", Rule::Int { least: 45_000, most: 60_000 }, None, "Kept and described: streams groups are not served."),
];

/// Settings of client metrics.
#[rustfmt::skip]
pub(crate) static CLIENT_METRICS_SETTINGS: &[ResourceSetting] = &[
    group("interval.ms", "300000", Rule::Int { least: 100, most: 3_600_000 }, None, "How often clients would be asked for metrics."),
    group("match", "", Rule::Texts, None, "Which clients would be asked: name=pattern, with commas between."),
    group("metrics", "", Rule::Texts, None, "Which metrics would be asked for, by the beginnings of their names."),
];

/// What a client may be chosen by.
const CLIENT_MATCHES: &[&str] = &[
    "client_instance_id",
    "client_id",
    "client_software_name",
    "client_software_version",
    "client_source_address",
    "client_source_port",
];

/// Checks what is set on a group or on client metrics, as it is kept.
///
/// # Errors
///
/// The first setting that is not there or cannot have its value.
pub(crate) fn checked(
    table: &'static [ResourceSetting],
    set: BTreeMap<String, String>,
    broker: &BrokerSettings,
) -> Result<BTreeMap<String, String>, SettingError> {
    let mut normal = BTreeMap::new();
    for (name, value) in set {
        let found = table.iter().find(|setting| setting.name == name);
        let setting = found.ok_or_else(|| SettingError::Unknown {
            name: name.clone(),
            nearest: nearest(&name, table.iter().map(|setting| setting.name)),
        })?;
        setting.rule(broker).check(&value).map_err(|reason| invalid(&name, &value, reason))?;
        if setting.name == "match" {
            check_match(&value).map_err(|reason| invalid(&name, &value, reason))?;
        }
        normal.insert(name, setting.rule.normal(&value));
    }
    Ok(normal)
}

fn check_match(value: &str) -> Result<(), String> {
    for pattern in super::rule::members(value) {
        let (by, pattern) = pattern.split_once('=').ok_or("it must be name=pattern, with commas between")?;
        if !CLIENT_MATCHES.contains(&by.trim()) {
            return Err(format!("clients are chosen by {}", CLIENT_MATCHES.join(", ")));
        }
        regex::Regex::new(pattern.trim()).map_err(|_| format!("{pattern} is no regular expression"))?;
    }
    Ok(())
}
