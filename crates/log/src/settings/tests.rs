//! Claims about the tables and about values.

use super::rule::Rule;
use super::*;

#[test]
fn the_tables_are_in_order_and_their_defaults_are_allowed() {
    assert!(TOPIC_SETTINGS.is_sorted_by(|one, other| one.name < other.name));
    assert!(broker_table::BROKER_SETTINGS.is_sorted_by(|one, other| one.name < other.name));
    let topics = TOPIC_SETTINGS.iter().map(|setting| (setting.name, setting.rule, setting.default));
    let broker = broker_table::BROKER_SETTINGS.iter();
    let broker = broker.map(|setting| (setting.name, setting.rule, setting.default));
    for (name, rule, default) in topics.chain(broker) {
        if let Some(default) = default {
            assert_eq!(rule.check(default), Ok(()), "{name}");
            assert_eq!(rule.normal(default), default, "{name}");
        }
    }
}

#[test]
fn a_topics_default_is_the_brokers_default_under_each_of_its_names() {
    for setting in TOPIC_SETTINGS {
        let Some(synonym) = setting.synonyms.iter().find_map(|synonym| {
            let default =
                broker_setting(synonym.name).unwrap_or_else(|| panic!("{}", synonym.name)).default?;
            Some((synonym, default))
        }) else {
            continue;
        };
        let mut broker = BrokerSettings::default();
        broker.set(synonym.0.name, synonym.1).unwrap();
        let default = broker.topic_default(setting).map(|(value, _)| value);
        assert_eq!(default.as_deref(), setting.default, "{}", setting.name);
    }
}

#[test]
fn values_are_taken_or_refused_as_kafka_does() {
    let check = |rule: Rule, taken: &[&str], refused: &[&str]| {
        for value in taken {
            assert_eq!(rule.check(value), Ok(()), "{rule:?} {value}");
        }
        for value in refused {
            assert!(rule.check(value).is_err(), "{rule:?} {value}");
        }
    };
    check(Rule::Boolean, &["true", "FALSE", " True "], &["", "yes", "1"]);
    check(rule::int_from(1), &["1", " 5 ", "2147483647"], &["0", "-1", "2147483648", "1.0", "x", ""]);
    check(rule::long_from(-1), &["-1", "9223372036854775807"], &["-2", "9223372036854775808"]);
    check(Rule::Double { least: 0.0, most: 1.0 }, &["0", "0.5", "1"], &["1.1", "-0.1", "NaN", "x"]);
    check(Rule::SomeOf(&["a", "b"]), &["", "a", "a,b", " b , a ", "a,a"], &["c", "a,c"]);
    check(Rule::OneOf(&["a", "b"]), &["a"], &["", "c", "a,b"]);
    check(Rule::Replicas, &["", "*", "0:1", "0:1,2:3"], &["x", "0", "0:1:2", "0:x", "-1:1"]);
    check(Rule::GzipLevel, &["-1", "1", "9"], &["0", "10", "-2"]);
}

#[test]
fn the_strongest_of_the_brokers_names_counts_for_a_topic() {
    let check = |set: &[(&str, &str)], expect: i64| {
        let mut broker = BrokerSettings::default();
        set.iter().for_each(|(name, value)| broker.set(name, value).unwrap());
        assert_eq!(TopicSettings::default().log_config(&broker).retention_ms, expect, "{set:?}");
    };
    check(&[], 604_800_000);
    check(&[("log.retention.hours", "1")], 3_600_000);
    check(&[("log.retention.hours", "1"), ("log.retention.minutes", "2")], 120_000);
    check(&[("log.retention.minutes", "2"), ("log.retention.ms", "3")], 3);
    check(&[("log.retention.hours", "-1")], -1);
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    let check = |set: &[(&str, &str)], taken: bool| {
        let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(TopicSettings::checked(set, &BrokerSettings::default()).is_ok(), taken);
    };
    check(&[("min.compaction.lag.ms", "10")], true);
    check(&[("min.compaction.lag.ms", "10"), ("max.compaction.lag.ms", "5")], false);
    check(&[("remote.storage.enable", "false")], true);
    check(&[("remote.storage.enable", "true")], false);
}

#[test]
fn an_unknown_name_suggests_the_nearest_one() {
    let mut options = crate::Options::new("data");
    let error = options.set("auto.create.topic.enable", "true").unwrap_err();
    assert!(error.to_string().ends_with("did you mean auto.create.topics.enable?"), "{error}");
    let error = options.set("something.else.altogether", "true").unwrap_err();
    assert_eq!(error.to_string(), "there is no setting something.else.altogether");
    options.set("num.partitions", "7").unwrap();
    assert_eq!(options.default_partitions, 7);
}

#[test]
fn what_an_option_sets_is_refused_with_the_option_and_the_rest_with_what_it_is() {
    let check = |name: &str, reason: &str| {
        let error = BrokerSettings::default().set(name, "x").unwrap_err();
        assert_eq!(error.reason(), reason, "{name}");
    };
    check("log.dirs", "it is set with --data");
    check("log.dir", "it is set with --data");
    check("listeners", "it is set with --listen");
    check("advertised.listeners", "it is set with --advertise");
    check("ssl.keystore.location", "it is set with --tls-cert and --tls-key");
    check("ssl.truststore.location", "it is set with --tls-client-ca");
    check("sasl.enabled.mechanisms", "it is set with --users");
    check("default.replication.factor", "it cannot be set. One node keeps one copy.");
    check("num.partitions", "it must be a whole number of at least 1, of 32 bits");
    check("num.partition", "there is no such setting; did you mean num.partitions?");
}

#[test]
fn what_topic_settings_say_reaches_the_log() {
    let set = [
        ("cleanup.policy", "compact,delete"),
        ("compression.type", "zstd"),
        ("max.message.bytes", "1000"),
        ("message.timestamp.type", "LogAppendTime"),
        ("segment.bytes", "1048576"),
    ];
    let set = set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let settings = TopicSettings::checked(set, &BrokerSettings::default()).unwrap();
    let config = settings.log_config(&BrokerSettings::default());
    assert!(config.compact && config.delete && config.rules.compacted);
    assert_eq!(config.rules.compression, Compression::Fixed(Codec::Zstd, Some(3)));
    assert_eq!(config.rules.batch_bytes_max, 1_000);
    assert_eq!(config.rules.timestamp_type, TimestampType::LogAppendTime);
    assert_eq!((config.segment_bytes, config.rules.segment_bytes_max), (1_048_576, 1_048_576));
}

#[test]
fn a_broker_cannot_say_of_topics_what_a_topic_could_not() {
    let check = |name: &str, taken: &[&str], refused: &[&str]| {
        for value in taken {
            assert!(BrokerSettings::default().set(name, value).is_ok(), "{name}={value}");
        }
        for value in refused {
            assert!(BrokerSettings::default().set(name, value).is_err(), "{name}={value}");
        }
    };
    check("log.roll.ms", &["1"], &["0", "-1"]);
    check("log.roll.hours", &["1"], &["0"]);
    check("log.roll.jitter.ms", &["0"], &["-1"]);
    check("log.flush.interval.ms", &["0"], &["-1"]);
    for name in ["log.retention.ms", "log.retention.minutes", "log.retention.hours"] {
        check(name, &["-1", "1"], &["0", "-2"]);
    }
    // Whatever the table of the broker says.
    for topic in TOPIC_SETTINGS {
        for synonym in topic.synonyms {
            for value in ["-9223372036854775808", "-3", "-2", "-1", "0", "1", "2.5", "x"] {
                let mut broker = BrokerSettings::default();
                if broker.set(synonym.name, value).is_ok() {
                    let default = broker.topic_default(topic).unwrap().0;
                    assert_eq!(topic.rule.check(&default), Ok(()), "{}={value}", synonym.name);
                }
            }
        }
    }
}

#[test]
fn the_broker_says_how_far_a_groups_settings_may_go() {
    let check = |broker: &BrokerSettings, name: &str, value: &str, taken: bool| {
        let set = [(name.to_owned(), value.to_owned())].into();
        let checked = resource::checked(resource::GROUP_SETTINGS, set, broker);
        assert_eq!(checked.is_ok(), taken, "{name}={value}");
    };
    let mut broker = BrokerSettings::default();
    check(&broker, "consumer.session.timeout.ms", "6000", false);
    check(&broker, "consumer.heartbeat.interval.ms", "1000", false);
    broker.set("group.consumer.min.session.timeout.ms", "6000").unwrap();
    broker.set("group.consumer.min.heartbeat.interval.ms", "1000").unwrap();
    broker.set("group.consumer.max.session.timeout.ms", "70000").unwrap();
    check(&broker, "consumer.session.timeout.ms", "6000", true);
    check(&broker, "consumer.session.timeout.ms", "70000", true);
    check(&broker, "consumer.session.timeout.ms", "70001", false);
    check(&broker, "consumer.heartbeat.interval.ms", "1000", true);
}

#[test]
fn what_has_no_effect_is_not_taken() {
    let mut options = crate::Options::new("data");
    assert!(options.set("log.cleaner.dedupe.buffer.size", "1048576").is_err());
    assert_eq!(options.settings.fetch_bytes_max(), 55 << 20);
    options.set("fetch.max.bytes", "2048").unwrap();
    assert_eq!(options.settings.fetch_bytes_max(), 2_048);
}
