// Configurations: described with sources, synonyms and words, and altered one by one.

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

final class AdminConfigs {
    /** What Kafka 4.3 knows of a topic; brokers may know more. */
    private static final Map<String, String> TOPIC_DEFAULTS = Map.ofEntries(Map.entry("cleanup.policy", "delete"),
        Map.entry("compression.type", "producer"), Map.entry("compression.gzip.level", "-1"), Map.entry("compression.lz4.level", "9"),
        Map.entry("compression.zstd.level", "3"), Map.entry("delete.retention.ms", "86400000"),
        Map.entry("file.delete.delay.ms", "60000"), Map.entry("flush.messages", "9223372036854775807"),
        Map.entry("flush.ms", "9223372036854775807"), Map.entry("follower.replication.throttled.replicas", ""),
        Map.entry("index.interval.bytes", "4096"), Map.entry("leader.replication.throttled.replicas", ""),
        Map.entry("local.retention.bytes", "-2"), Map.entry("local.retention.ms", "-2"),
        Map.entry("max.compaction.lag.ms", "9223372036854775807"), Map.entry("message.timestamp.after.max.ms", "3600000"),
        Map.entry("message.timestamp.before.max.ms", "9223372036854775807"), Map.entry("message.timestamp.type", "CreateTime"),
        Map.entry("min.cleanable.dirty.ratio", "0.5"), Map.entry("min.compaction.lag.ms", "0"),
        Map.entry("min.insync.replicas", "1"), Map.entry("preallocate", "false"), Map.entry("remote.storage.enable", "false"),
        Map.entry("retention.bytes", "-1"), Map.entry("segment.bytes", "1073741824"), Map.entry("segment.index.bytes", "10485760"),
        Map.entry("segment.jitter.ms", "0"), Map.entry("segment.ms", "604800000"),
        Map.entry("unclean.leader.election.enable", "false"));

    static void claims(Suite suite) {
        suite.claim("configs/topic_has_kafkas_defaults", AdminConfigs::defaults);
        suite.claim("configs/topic_entries_have_their_types", AdminConfigs::types);
        suite.claim("configs/synonyms_lead_from_topic_to_default", AdminConfigs::synonyms);
        suite.claim("configs/words_are_given_where_asked_for", AdminConfigs::documentation);
        suite.claim("configs/only_the_names_asked_for", AdminConfigs::namesAskedFor);
        suite.claim("configs/set_and_delete", AdminConfigs::setAndDelete);
        suite.claim("configs/append_and_subtract_on_lists", AdminConfigs::appendAndSubtract);
        suite.claim("configs/validate_only_changes_nothing", AdminConfigs::validateOnly);
        suite.claim("configs/bad_values_are_refused_and_change_nothing", AdminConfigs::badValues);
        suite.claim("configs/unknown_topics_are_said", AdminConfigs::unknownTopic);
        suite.claim("configs/one_refused_resource_spoils_no_other", AdminConfigs::oneRefused);
        suite.claim("configs/changes_take_effect", AdminConfigs::takeEffect);
        suite.claim("configs/broker_is_described", AdminConfigs::broker);
        suite.claim("configs/broker_settings_that_only_a_restart_changes_are_refused", AdminConfigs::brokerReadOnly);
        suite.claim("configs/unknown_broker_is_said", AdminConfigs::unknownBroker);
        suite.claim("configs/groups_have_configs", AdminConfigs::groups);
        suite.claim("configs/resources_with_configs_are_listed", AdminConfigs::listed);
        suite.claim("configs/broker_loggers_are_described", AdminConfigs::loggers);
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(Type.TOPIC, name);
    }

    private static Config describe(Lab lab, ConfigResource resource, DescribeConfigsOptions options) throws Exception {
        return Lab.get(lab.admin().describeConfigs(List.of(resource), options).all()).get(resource);
    }

    private static Config describe(Lab lab, ConfigResource resource) throws Exception {
        return describe(lab, resource, new DescribeConfigsOptions());
    }

    private static AlterConfigOp op(String name, String value, OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private static void alter(Lab lab, ConfigResource resource, AlterConfigOp... operations) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> all = Map.of(resource, List.of(operations));
        Lab.get(lab.admin().incrementalAlterConfigs(all).all());
    }

    private static void awaitValue(Lab lab, ConfigResource resource, String name, String value) throws Exception {
        lab.until(name + " is " + value, () -> describe(lab, resource).get(name).value().equals(value));
    }

    private static void defaults(Lab lab) throws Exception {
        Config config = describe(lab, topic(lab.topic("defaults", 1)));
        Map<String, String> found = config.entries().stream()
            .collect(Collectors.toMap(ConfigEntry::name, entry -> String.valueOf(entry.value())));
        List<String> wrong = new ArrayList<>();
        TOPIC_DEFAULTS.forEach((name, value) -> {
            if (!value.equals(found.get(name))) {
                wrong.add(name + " is " + found.get(name) + " and should be " + value);
            }
        });
        Lab.equal("wrong defaults", List.of(), wrong);
        Lab.that(found.containsKey("retention.ms") && found.containsKey("max.message.bytes"), "what the broker sets is there");
        for (String name : TOPIC_DEFAULTS.keySet()) {
            ConfigEntry entry = config.get(name);
            Lab.that(entry.source() != ConfigSource.DYNAMIC_TOPIC_CONFIG, name + " is not the topic's own");
            Lab.that(!entry.isReadOnly() && !entry.isSensitive(), name + " can be altered and is no secret");
            Lab.equal("synonyms, not asked for, of " + name, List.of(), entry.synonyms());
            Lab.equal("words, not asked for, of " + name, null, entry.documentation());
        }
    }

    private static void types(Lab lab) throws Exception {
        Config config = describe(lab, topic(lab.topic("types", 1)));
        Map<String, ConfigEntry.ConfigType> types = Map.of("cleanup.policy", ConfigEntry.ConfigType.LIST,
            "retention.ms", ConfigEntry.ConfigType.LONG, "segment.bytes", ConfigEntry.ConfigType.INT,
            "min.cleanable.dirty.ratio", ConfigEntry.ConfigType.DOUBLE, "preallocate", ConfigEntry.ConfigType.BOOLEAN,
            "compression.type", ConfigEntry.ConfigType.STRING);
        types.forEach((name, type) -> Lab.equal("type of " + name, type, config.get(name).type()));
    }

    private static void synonyms(Lab lab) throws Exception {
        String name = lab.topic("synonyms", 1, "segment.bytes", "2000000");
        Config config = describe(lab, topic(name), new DescribeConfigsOptions().includeSynonyms(true));
        ConfigEntry segment = config.get("segment.bytes");
        Lab.equal("source", ConfigSource.DYNAMIC_TOPIC_CONFIG, segment.source());
        List<String> found = segment.synonyms().stream().map(one -> one.name() + "=" + one.value() + " " + one.source()).toList();
        Lab.equal("synonyms of segment.bytes", List.of("segment.bytes=2000000 DYNAMIC_TOPIC_CONFIG",
            "log.segment.bytes=1073741824 DEFAULT_CONFIG"), found);
        ConfigEntry policy = config.get("cleanup.policy");
        Lab.equal("source", ConfigSource.DEFAULT_CONFIG, policy.source());
        Lab.equal("synonyms of cleanup.policy", List.of("log.cleanup.policy"),
            policy.synonyms().stream().map(ConfigEntry.ConfigSynonym::name).toList());
    }

    private static void documentation(Lab lab) throws Exception {
        String name = lab.topic("words", 1);
        Config config = describe(lab, topic(name), new DescribeConfigsOptions().includeDocumentation(true));
        for (String one : new String[] {"cleanup.policy", "retention.ms", "max.message.bytes"}) {
            String words = config.get(one).documentation();
            Lab.that(words != null && words.length() > 20, one + " is explained: " + words);
        }
    }

    private static void namesAskedFor(Lab lab) throws Exception {
        Raw raw = lab.open(new Raw(lab.bootstrap));
        String name = lab.topic("some", 1);
        var data = new org.apache.kafka.common.message.DescribeConfigsRequestData().setResources(List.of(
            new org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource().setResourceType(Type.TOPIC.id())
                .setResourceName(name).setConfigurationKeys(List.of("segment.ms", "no.such", "flush.ms"))));
        org.apache.kafka.common.requests.DescribeConfigsResponse answer =
            raw.call(new org.apache.kafka.common.requests.DescribeConfigsRequest.Builder(data));
        Set<String> names = answer.data().results().get(0).configs().stream()
            .map(config -> config.name()).collect(Collectors.toSet());
        Lab.equal("names", Set.of("segment.ms", "flush.ms"), names);
    }

    private static void setAndDelete(Lab lab) throws Exception {
        ConfigResource topic = topic(lab.topic("altered", 1, "segment.ms", "5000000"));
        alter(lab, topic, op("retention.bytes", "777", OpType.SET), op("segment.ms", null, OpType.DELETE));
        awaitValue(lab, topic, "retention.bytes", "777");
        Config config = describe(lab, topic);
        Lab.equal("source", ConfigSource.DYNAMIC_TOPIC_CONFIG, config.get("retention.bytes").source());
        Lab.equal("segment.ms", "604800000", config.get("segment.ms").value());
        Lab.that(config.get("segment.ms").isDefault(), "what is deleted is the default again");
        // What is not set can be deleted.
        alter(lab, topic, op("flush.ms", null, OpType.DELETE), op("retention.bytes", null, OpType.DELETE));
        awaitValue(lab, topic, "retention.bytes", "-1");
    }

    private static void appendAndSubtract(Lab lab) throws Exception {
        ConfigResource topic = topic(lab.topic("lists", 1));
        alter(lab, topic, op("cleanup.policy", "compact", OpType.APPEND));
        lab.until("both are there", () -> Set.of(describe(lab, topic).get("cleanup.policy").value().split(","))
            .equals(Set.of("compact", "delete")));
        alter(lab, topic, op("cleanup.policy", "delete", OpType.SUBTRACT));
        awaitValue(lab, topic, "cleanup.policy", "compact");
        Lab.fails(InvalidConfigurationException.class, () -> {
            alter(lab, topic, op("retention.ms", "5", OpType.APPEND));
            return null;
        });
    }

    private static void validateOnly(Lab lab) throws Exception {
        ConfigResource topic = topic(lab.topic("validated", 1));
        AlterConfigsOptions only = new AlterConfigsOptions().validateOnly(true);
        Lab.get(lab.admin().incrementalAlterConfigs(Map.of(topic, List.of(op("retention.bytes", "5", OpType.SET))), only).all());
        Lab.fails(InvalidConfigurationException.class,
            lab.admin().incrementalAlterConfigs(Map.of(topic, List.of(op("retention.bytes", "five", OpType.SET))), only).all());
        Lab.equal("retention.bytes", "-1", describe(lab, topic).get("retention.bytes").value());
    }

    private static void badValues(Lab lab) throws Exception {
        ConfigResource topic = topic(lab.topic("bad", 1));
        String[][] cases = {{"no.such.config", "1"}, {"retention.ms", "soon"}, {"cleanup.policy", "burn"}, {"segment.bytes", "3"},
            {"compression.type", "rar"}, {"min.cleanable.dirty.ratio", "-1"}, {"preallocate", "perhaps"}};
        for (String[] one : cases) {
            try {
                Lab.fails(InvalidConfigurationException.class, () -> {
                    alter(lab, topic, op("retention.bytes", "5", OpType.SET), op(one[0], one[1], OpType.SET));
                    return null;
                });
            } catch (AssertionError other) {
                throw new AssertionError(one[0] + "=" + one[1], other);
            }
        }
        Lab.fails(InvalidRequestException.class, () -> {
            alter(lab, topic, op("retention.ms", "5", OpType.SET), op("retention.ms", "6", OpType.SET));
            return null;
        });
        Lab.equal("retention.bytes", "-1", describe(lab, topic).get("retention.bytes").value());
    }

    private static void unknownTopic(Lab lab) throws Exception {
        ConfigResource topic = topic(lab.name("never"));
        Lab.fails(UnknownTopicOrPartitionException.class, () -> describe(lab, topic));
        Lab.fails(UnknownTopicOrPartitionException.class, () -> {
            alter(lab, topic, op("retention.ms", "5", OpType.SET));
            return null;
        });
    }

    private static void oneRefused(Lab lab) throws Exception {
        ConfigResource good = topic(lab.topic("good", 1));
        ConfigResource bad = topic(lab.topic("bad", 1));
        var values = lab.admin().incrementalAlterConfigs(Map.of(good, List.of(op("retention.bytes", "5", OpType.SET)),
            bad, List.of(op("retention.bytes", "five", OpType.SET)))).values();
        Lab.get(values.get(good));
        Lab.fails(InvalidConfigurationException.class, values.get(bad));
        awaitValue(lab, good, "retention.bytes", "5");
    }

    private static void takeEffect(Lab lab) throws Exception {
        String name = lab.topic("effect", 1);
        var producer = lab.producer();
        var record = new org.apache.kafka.clients.producer.ProducerRecord<>(name, "k", "x".repeat(3000));
        Lab.get(producer.send(record));
        alter(lab, topic(name), op("max.message.bytes", "2000", OpType.SET), op("message.timestamp.type", "LogAppendTime", OpType.SET));
        lab.until("the limit holds", () -> {
            try {
                Lab.get(producer.send(record));
                return false;
            } catch (org.apache.kafka.common.errors.RecordTooLargeException refused) {
                return true;
            }
        });
        var small = new org.apache.kafka.clients.producer.ProducerRecord<>(name, 0, 5L, "k", "v");
        Lab.that(Lab.get(producer.send(small)).timestamp() > 1_000_000, "the broker's time is taken");
    }

    private static ConfigResource node(Lab lab) throws Exception {
        return new ConfigResource(Type.BROKER, Lab.get(lab.admin().describeCluster().nodes()).iterator().next().idString());
    }

    private static void broker(Lab lab) throws Exception {
        ConfigResource node = node(lab);
        Config config = describe(lab, node, new DescribeConfigsOptions().includeSynonyms(true));
        for (String name : new String[] {"log.retention.hours", "message.max.bytes", "num.partitions", "auto.create.topics.enable",
            "log.segment.bytes", "offsets.topic.num.partitions", "default.replication.factor", "group.initial.rebalance.delay.ms"}) {
            Lab.that(config.get(name) != null && config.get(name).value() != null, name + " is described");
        }
        Lab.equal("node.id", node.name(), config.get("node.id").value());
        Lab.that(config.get("node.id").isReadOnly(), "node.id cannot be altered");
        Lab.equal("source of group.initial.rebalance.delay.ms", ConfigSource.STATIC_BROKER_CONFIG,
            config.get("group.initial.rebalance.delay.ms").source());
        Lab.equal("source of num.partitions", ConfigSource.DEFAULT_CONFIG, config.get("num.partitions").source());
        for (ConfigEntry entry : describe(lab, new ConfigResource(Type.BROKER, "")).entries()) {
            Lab.equal("source of " + entry.name(), ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, entry.source());
        }
    }

    private static void brokerReadOnly(Lab lab) throws Exception {
        ConfigResource node = node(lab);
        Lab.fails(InvalidRequestException.class, () -> {
            alter(lab, node, op("num.network.threads.unknown", "5", OpType.SET), op("node.id", "5", OpType.SET));
            return null;
        });
    }

    private static void unknownBroker(Lab lab) throws Exception {
        Lab.fails(org.apache.kafka.common.errors.TimeoutException.class, () -> Lab.get(lab.admin().describeConfigs(
            List.of(new ConfigResource(Type.BROKER, "4711")), new DescribeConfigsOptions().timeoutMs(1500)).all()));
    }

    private static void groups(Lab lab) throws Exception {
        ConfigResource group = new ConfigResource(Type.GROUP, lab.name("group"));
        Config before = describe(lab, group);
        Lab.that(before.get("consumer.session.timeout.ms") != null, "a group's settings are described");
        alter(lab, group, op("consumer.session.timeout.ms", "50000", OpType.SET));
        awaitValue(lab, group, "consumer.session.timeout.ms", "50000");
        Lab.equal("source", ConfigSource.DYNAMIC_GROUP_CONFIG, describe(lab, group).get("consumer.session.timeout.ms").source());
        Lab.fails(InvalidConfigurationException.class, () -> {
            alter(lab, group, op("consumer.session.timeout.ms", "999999999", OpType.SET));
            return null;
        });
        Lab.fails(InvalidConfigurationException.class, () -> {
            alter(lab, group, op("no.such.setting", "1", OpType.SET));
            return null;
        });
    }

    private static void listed(Lab lab) throws Exception {
        String name = lab.topic("listed", 1);
        Collection<ConfigResource> topics = Lab.get(lab.admin().listConfigResources(Set.of(Type.TOPIC),
            new org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all());
        Lab.that(topics.contains(topic(name)), "the topic is listed");
        ConfigResource group = new ConfigResource(Type.GROUP, lab.name("group"));
        alter(lab, group, op("consumer.session.timeout.ms", "50000", OpType.SET));
        lab.until("the group is listed", () -> Lab.get(lab.admin().listConfigResources(Set.of(Type.GROUP),
            new org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all()).contains(group));
        Lab.that(Lab.get(lab.admin().listConfigResources().all()).contains(node(lab)), "the broker is listed among all");
    }

    private static void loggers(Lab lab) throws Exception {
        ConfigResource logger = new ConfigResource(Type.BROKER_LOGGER, node(lab).name());
        Lab.that(describe(lab, logger).entries() != null, "the answer has entries");
    }
}
