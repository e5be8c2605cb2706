// The admin client about topics: made, described, deleted, made larger; and offsets, deleted records, log folders.

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

final class AdminTopics {
    static void claims(Suite suite) {
        suite.claim("admin/created_topic_is_answered_with_id_partitions_and_configs", AdminTopics::created);
        suite.claim("admin/create_with_the_brokers_defaults", AdminTopics::createdWithDefaults);
        suite.claim("admin/create_with_an_assignment", AdminTopics::createdWithAssignment);
        suite.claim("admin/validate_only_creates_nothing", AdminTopics::validateOnly);
        suite.claim("admin/existing_topic_is_not_created_again", AdminTopics::existing);
        suite.claim("admin/topics_that_cannot_be_are_refused", AdminTopics::refused);
        suite.claim("admin/topics_that_differ_by_dot_and_underscore_are_refused", AdminTopics::collision);
        suite.claim("admin/topic_named_twice_in_a_request_is_refused", AdminTopics::twice);
        suite.claim("admin/one_refused_topic_spoils_no_other", AdminTopics::oneRefused);
        suite.claim("admin/bad_configs_of_a_new_topic_are_refused", AdminTopics::badConfigs);
        suite.claim("admin/hundred_topics_in_one_request", AdminTopics::hundred);
        suite.claim("admin/delete_by_name", AdminTopics::deleteByName);
        suite.claim("admin/delete_by_id", AdminTopics::deleteById);
        suite.claim("admin/delete_unknown_is_said", AdminTopics::deleteUnknown);
        suite.claim("admin/topic_made_again_has_another_id_and_no_records", AdminTopics::madeAgain);
        suite.claim("admin/describe_by_name_and_id", AdminTopics::describe);
        suite.claim("admin/describe_in_pages", AdminTopics::describeInPages);
        suite.claim("admin/describe_unknown_is_said", AdminTopics::describeUnknown);
        suite.claim("admin/describe_with_authorized_operations", AdminTopics::authorizedOperations);
        suite.claim("admin/list_topics", AdminTopics::list);
        suite.claim("admin/create_partitions", AdminTopics::createPartitions);
        suite.claim("admin/create_partitions_that_cannot_be_are_refused", AdminTopics::refusedPartitions);
        suite.claim("admin/list_offsets_of_all_kinds", AdminTopics::listOffsets);
        suite.claim("admin/list_offsets_by_time", AdminTopics::listOffsetsByTime);
        suite.claim("admin/list_offsets_of_an_empty_partition", AdminTopics::listOffsetsEmpty);
        suite.claim("admin/list_offsets_of_compressed_batches_by_time", AdminTopics::listOffsetsCompressed);
        suite.claim("admin/list_offsets_of_what_is_not_there_is_said", AdminTopics::listOffsetsUnknown);
        suite.claim("admin/delete_records_moves_the_start", AdminTopics::deleteRecords);
        suite.claim("admin/delete_records_beyond_the_end_is_refused", AdminTopics::deleteRecordsBeyond);
        suite.claim("admin/delete_records_of_a_compacted_topic_is_refused", AdminTopics::deleteRecordsCompacted);
        suite.claim("admin/log_dirs_have_the_partitions_sizes", AdminTopics::logDirs);
        suite.claim("admin/replica_log_dirs_name_the_folder", AdminTopics::replicaLogDirs);
    }

    private static Map<String, TopicDescription> describe(Lab lab, List<String> names) throws Exception {
        return Lab.get(lab.admin().describeTopics(names).allTopicNames());
    }

    private static void created(Lab lab) throws Exception {
        String name = lab.name("made");
        NewTopic topic = new NewTopic(name, 3, (short) 1).configs(Map.of("retention.ms", "1234567", "cleanup.policy", "compact,delete"));
        CreateTopicsResult result = lab.admin().createTopics(List.of(topic));
        Lab.get(result.all());
        Lab.equal("partitions", 3, Lab.get(result.numPartitions(name)));
        Lab.equal("replication factor", 1, Lab.get(result.replicationFactor(name)));
        Config config = Lab.get(result.config(name));
        Lab.equal("retention.ms", "1234567", config.get("retention.ms").value());
        Lab.that(config.get("cleanup.policy").value().contains("compact"), "the answer has the configs of the topic");
        Lab.that(config.get("segment.bytes") != null, "the answer has the defaults too");
        Uuid id = Lab.get(result.topicId(name));
        Lab.that(!id.equals(Uuid.ZERO_UUID), "it has an id");
        lab.until("it is described with that id", () -> describe(lab, List.of(name)).get(name).topicId().equals(id));
    }

    private static void createdWithDefaults(Lab lab) throws Exception {
        String name = lab.name("default");
        CreateTopicsResult result = lab.admin().createTopics(List.of(new NewTopic(name, Optional.empty(), Optional.empty())));
        Lab.equal("partitions", 1, Lab.get(result.numPartitions(name)));
        Lab.equal("replication factor", 1, Lab.get(result.replicationFactor(name)));
    }

    private static void createdWithAssignment(Lab lab) throws Exception {
        String name = lab.name("assigned");
        int node = Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id();
        Lab.get(lab.admin().createTopics(List.of(new NewTopic(name, Map.of(0, List.of(node), 1, List.of(node))))).all());
        lab.until("it has two partitions", () -> describe(lab, List.of(name)).get(name).partitions().size() == 2);
        NewTopic elsewhere = new NewTopic(lab.name("elsewhere"), Map.of(0, List.of(node + 1)));
        Lab.fails(InvalidReplicaAssignmentException.class, lab.admin().createTopics(List.of(elsewhere)).all());
        NewTopic gap = new NewTopic(lab.name("gap"), Map.of(0, List.of(node), 2, List.of(node)));
        Lab.fails(InvalidReplicaAssignmentException.class, lab.admin().createTopics(List.of(gap)).all());
        NewTopic twice = new NewTopic(lab.name("twice"), Map.of(0, List.of(node, node)));
        Lab.fails(InvalidReplicaAssignmentException.class, lab.admin().createTopics(List.of(twice)).all());
    }

    private static void validateOnly(Lab lab) throws Exception {
        String name = lab.name("validated");
        CreateTopicsOptions only = new CreateTopicsOptions().validateOnly(true);
        Lab.get(lab.admin().createTopics(List.of(new NewTopic(name, 2, (short) 1)), only).all());
        Lab.that(!Lab.get(lab.admin().listTopics().names()).contains(name), "nothing was created");
        Lab.fails(InvalidReplicationFactorException.class,
            lab.admin().createTopics(List.of(new NewTopic(name, 2, (short) 2)), only).all());
    }

    private static void existing(Lab lab) throws Exception {
        String name = lab.topic("existing", 2);
        Lab.fails(TopicExistsException.class, lab.admin().createTopics(List.of(new NewTopic(name, 2, (short) 1))).all());
        Lab.fails(TopicExistsException.class, lab.admin().createTopics(List.of(new NewTopic(name, 2, (short) 1)),
            new CreateTopicsOptions().validateOnly(true)).all());
    }

    private static void refused(Lab lab) throws Exception {
        Map<NewTopic, Class<? extends ApiException>> cases = new HashMap<>();
        cases.put(new NewTopic("white space", 1, (short) 1), InvalidTopicException.class);
        cases.put(new NewTopic(".", 1, (short) 1), InvalidTopicException.class);
        cases.put(new NewTopic("..", 1, (short) 1), InvalidTopicException.class);
        cases.put(new NewTopic("ümlaut", 1, (short) 1), InvalidTopicException.class);
        cases.put(new NewTopic("a/b", 1, (short) 1), InvalidTopicException.class);
        cases.put(new NewTopic("x".repeat(250), 1, (short) 1), InvalidTopicException.class);
        cases.put(new NewTopic(lab.name("none"), 0, (short) 1), InvalidPartitionsException.class);
        cases.put(new NewTopic(lab.name("negative"), -5, (short) 1), InvalidPartitionsException.class);
        cases.put(new NewTopic(lab.name("two"), 1, (short) 2), InvalidReplicationFactorException.class);
        cases.put(new NewTopic(lab.name("zero"), 1, (short) 0), InvalidReplicationFactorException.class);
        for (Map.Entry<NewTopic, Class<? extends ApiException>> one : cases.entrySet()) {
            try {
                ApiException error = Lab.fails(one.getValue(), lab.admin().createTopics(List.of(one.getKey())).all());
                Lab.that(error.getMessage() != null && error.getMessage().length() > 10, "the error says why");
            } catch (AssertionError other) {
                throw new AssertionError(one.getKey().toString(), other);
            }
        }
        Lab.get(lab.admin().createTopics(List.of(new NewTopic(lab.name("x".repeat(240)), 1, (short) 1))).all());
    }

    private static void collision(Lab lab) throws Exception {
        String name = lab.topic("dot.and_underscore", 1);
        Lab.fails(InvalidTopicException.class,
            lab.admin().createTopics(List.of(new NewTopic(name.replace('.', '_'), 1, (short) 1))).all());
    }

    private static void twice(Lab lab) throws Exception {
        String name = lab.name("twice");
        Raw raw = lab.open(new Raw(lab.bootstrap));
        var data = new org.apache.kafka.common.message.CreateTopicsRequestData().setTimeoutMs(10_000);
        for (int i = 0; i < 2; i++) {
            data.topics().mustAdd(new org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic()
                .setName(name).setNumPartitions(1 + i).setReplicationFactor((short) 1));
        }
        org.apache.kafka.common.requests.CreateTopicsResponse answer =
            raw.call(new org.apache.kafka.common.requests.CreateTopicsRequest.Builder(data));
        Lab.equal("topics answered", 1, answer.data().topics().size());
        Lab.equal("error", org.apache.kafka.common.protocol.Errors.INVALID_REQUEST.code(),
            answer.data().topics().find(name).errorCode());
    }

    private static void oneRefused(Lab lab) throws Exception {
        String good = lab.name("good");
        CreateTopicsResult result = lab.admin().createTopics(
            List.of(new NewTopic("not good", 1, (short) 1), new NewTopic(good, 1, (short) 1)));
        Lab.get(result.values().get(good));
        Lab.fails(InvalidTopicException.class, result.values().get("not good"));
    }

    private static void badConfigs(Lab lab) throws Exception {
        String[][] cases = {{"no.such.config", "1"}, {"retention.ms", "soon"}, {"cleanup.policy", "burn"}, {"segment.bytes", "1"},
            {"compression.type", "rar"}, {"max.message.bytes", "-1"}, {"min.insync.replicas", "0"},
            {"message.timestamp.type", "Never"}, {"min.cleanable.dirty.ratio", "1.5"}, {"retention.ms", "-2"}};
        for (String[] one : cases) {
            try {
                NewTopic topic = new NewTopic(lab.name("bad"), 1, (short) 1).configs(Map.of(one[0], one[1]));
                Lab.fails(InvalidConfigurationException.class, lab.admin().createTopics(List.of(topic)).all());
            } catch (AssertionError other) {
                throw new AssertionError(one[0] + "=" + one[1], other);
            }
        }
        Lab.that(!Lab.get(lab.admin().listTopics().names()).contains(lab.name("bad")), "nothing was created");
    }

    private static void hundred(Lab lab) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            topics.add(new NewTopic(lab.name("many" + i), 1, (short) 1));
        }
        Lab.get(lab.admin().createTopics(topics).all());
        List<String> names = topics.stream().map(NewTopic::name).toList();
        lab.until("all are described", () -> describe(lab, names).size() == 100);
        Lab.get(lab.admin().deleteTopics(names).all());
        lab.until("none is listed", () -> Lab.get(lab.admin().listTopics().names()).stream().noneMatch(names::contains));
    }

    private static void deleteByName(Lab lab) throws Exception {
        String name = lab.topic("gone", 2);
        lab.fill(name, 2, 10, "v");
        Lab.get(lab.admin().deleteTopics(List.of(name)).all());
        lab.until("it is not listed", () -> !Lab.get(lab.admin().listTopics().names()).contains(name));
        Lab.fails(UnknownTopicOrPartitionException.class, lab.admin().describeTopics(List.of(name)).allTopicNames());
    }

    private static void deleteById(Lab lab) throws Exception {
        String name = lab.topic("gone", 2);
        Uuid id = describe(lab, List.of(name)).get(name).topicId();
        Lab.get(lab.admin().deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
        lab.until("it is not listed", () -> !Lab.get(lab.admin().listTopics().names()).contains(name));
        Lab.fails(UnknownTopicIdException.class, lab.admin().deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());
    }

    private static void deleteUnknown(Lab lab) throws Exception {
        Lab.fails(UnknownTopicOrPartitionException.class, lab.admin().deleteTopics(List.of(lab.name("never"))).all());
        Lab.fails(UnknownTopicIdException.class,
            lab.admin().deleteTopics(TopicCollection.ofTopicIds(List.of(Uuid.randomUuid()))).all());
    }

    private static void madeAgain(Lab lab) throws Exception {
        String name = lab.topic("again", 1);
        lab.fill(name, 1, 10, "v");
        Uuid first = describe(lab, List.of(name)).get(name).topicId();
        Lab.get(lab.admin().deleteTopics(List.of(name)).all());
        lab.until("it can be made again", () -> {
            Lab.get(lab.admin().createTopics(List.of(new NewTopic(name, 2, (short) 1))).all());
            return true;
        });
        lab.until("it is there", () -> !describe(lab, List.of(name)).get(name).topicId().equals(first));
        lab.awaitLed(name, 2);
        Lab.equal("end", 0L, lab.offset(name, 0, OffsetSpec.latest()));
        lab.fill(name, 2, 4, "w");
        Lab.exactlyOnce("values", Lab.numbered("w", 4), lab.values(name, "read_uncommitted"));
    }

    private static void describe(Lab lab) throws Exception {
        String name = lab.topic("described", 3);
        TopicDescription byName = describe(lab, List.of(name)).get(name);
        TopicDescription byId = Lab.get(
            lab.admin().describeTopics(TopicCollection.ofTopicIds(List.of(byName.topicId()))).allTopicIds()).get(byName.topicId());
        Lab.equal("name by id", name, byId.name());
        Lab.equal("id by id", byName.topicId(), byId.topicId());
        Lab.equal("partitions by id", 3, byId.partitions().size());
        Lab.that(!byName.isInternal(), "it is not internal");
        int node = Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id();
        Lab.equal("partitions", 3, byName.partitions().size());
        for (int i = 0; i < 3; i++) {
            TopicPartitionInfo partition = byName.partitions().get(i);
            Lab.equal("number", i, partition.partition());
            Lab.equal("leader", node, partition.leader().id());
            Lab.equal("replicas", List.of(partition.leader()), partition.replicas());
            Lab.equal("in sync", List.of(partition.leader()), partition.isr());
        }
    }

    private static void describeInPages(Lab lab) throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            names.add(lab.topic("page" + i, 7));
        }
        for (int limit : new int[] {1, 3, 10, 2000}) {
            Map<String, TopicDescription> all = Lab.get(lab.admin().describeTopics(names,
                new DescribeTopicsOptions().partitionSizeLimitPerResponse(limit)).allTopicNames());
            Lab.equal("topics with a page of " + limit, new HashSet<>(names), all.keySet());
            all.values().forEach(topic -> Lab.equal("partitions", List.of(0, 1, 2, 3, 4, 5, 6),
                topic.partitions().stream().map(TopicPartitionInfo::partition).toList()));
        }
    }

    private static void describeUnknown(Lab lab) throws Exception {
        String known = lab.topic("known", 1);
        String never = lab.name("never");
        var result = lab.admin().describeTopics(List.of(known, never)).topicNameValues();
        Lab.equal("the known one", 1, Lab.get(result.get(known)).partitions().size());
        Lab.fails(UnknownTopicOrPartitionException.class, result.get(never));
        Uuid id = Uuid.randomUuid();
        Lab.fails(UnknownTopicIdException.class,
            lab.admin().describeTopics(TopicCollection.ofTopicIds(List.of(id))).topicIdValues().get(id));
        Lab.fails(InvalidTopicException.class, lab.admin().describeTopics(List.of("not a topic")).allTopicNames());
    }

    private static void authorizedOperations(Lab lab) throws Exception {
        String name = lab.topic("open", 1);
        TopicDescription topic = Lab.get(lab.admin().describeTopics(List.of(name),
            new DescribeTopicsOptions().includeAuthorizedOperations(true)).allTopicNames()).get(name);
        Lab.equal("operations", Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE, AclOperation.DELETE,
            AclOperation.ALTER, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS),
            topic.authorizedOperations());
    }

    private static void list(Lab lab) throws Exception {
        String name = lab.topic("listed", 1);
        lab.until("a group makes the internal topic", () -> {
            Lab.get(lab.admin().listConsumerGroupOffsets(lab.name("group")).all());
            return true;
        });
        Lab.that(Lab.get(lab.admin().listTopics().names()).contains(name), "the topic is listed");
        lab.admin().alterConsumerGroupOffsets(lab.name("group"), Map.of(new TopicPartition(name, 0),
            new org.apache.kafka.clients.consumer.OffsetAndMetadata(0))).all().get();
        Lab.that(!Lab.get(lab.admin().listTopics().names()).contains("__consumer_offsets"), "internal topics are not listed");
        var all = Lab.get(lab.admin().listTopics(new ListTopicsOptions().listInternal(true)).namesToListings());
        Lab.that(all.containsKey("__consumer_offsets") && all.get("__consumer_offsets").isInternal(), "unless they are asked for");
    }

    private static void createPartitions(Lab lab) throws Exception {
        String name = lab.topic("grows", 1);
        lab.fill(name, 1, 5, "v");
        Lab.get(lab.admin().createPartitions(Map.of(name, NewPartitions.increaseTo(2)), new CreatePartitionsOptions().validateOnly(true)).all());
        Lab.equal("partitions after validating", 1, describe(lab, List.of(name)).get(name).partitions().size());
        Lab.get(lab.admin().createPartitions(Map.of(name, NewPartitions.increaseTo(4))).all());
        lab.awaitLed(name, 4);
        lab.fill(name, 4, 8, "w");
        Lab.equal("records", 13, lab.values(name, "read_uncommitted").size());
    }

    private static void refusedPartitions(Lab lab) throws Exception {
        String name = lab.topic("grows", 3);
        int node = Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id();
        for (int count : new int[] {3, 2, 0, -1}) {
            Lab.fails(InvalidPartitionsException.class, lab.admin().createPartitions(Map.of(name, NewPartitions.increaseTo(count))).all());
        }
        Lab.fails(UnknownTopicOrPartitionException.class,
            lab.admin().createPartitions(Map.of(lab.name("never"), NewPartitions.increaseTo(3))).all());
        Lab.fails(InvalidReplicaAssignmentException.class,
            lab.admin().createPartitions(Map.of(name, NewPartitions.increaseTo(4, List.of(List.of(node + 1))))).all());
        Lab.fails(InvalidReplicaAssignmentException.class,
            lab.admin().createPartitions(Map.of(name, NewPartitions.increaseTo(5, List.of(List.of(node))))).all());
        Lab.get(lab.admin().createPartitions(Map.of(name, NewPartitions.increaseTo(4, List.of(List.of(node))))).all());
    }

    private static void listOffsets(Lab lab) throws Exception {
        String name = lab.topic("offsets", 1);
        KafkaProducer<String, String> producer = lab.producer();
        long[] times = {1000, 5000, 3000, 5000, 2000};
        for (long time : times) {
            Lab.get(producer.send(new ProducerRecord<>(name, 0, time, "k", "v")));
        }
        Lab.equal("earliest", 0L, lab.offset(name, 0, OffsetSpec.earliest()));
        Lab.equal("latest", 5L, lab.offset(name, 0, OffsetSpec.latest()));
        Lab.equal("earliest local", 0L, lab.offset(name, 0, OffsetSpec.earliestLocal()));
        Lab.equal("latest tiered", -1L, lab.offset(name, 0, OffsetSpec.latestTiered()));
        TopicPartition partition = new TopicPartition(name, 0);
        var max = Lab.get(lab.admin().listOffsets(Map.of(partition, OffsetSpec.maxTimestamp())).partitionResult(partition));
        Lab.equal("offset of the max timestamp", 1L, max.offset());
        Lab.equal("max timestamp", 5000L, max.timestamp());
        Lab.equal("leader epoch is given", true, max.leaderEpoch().isPresent());
    }

    private static void listOffsetsByTime(Lab lab) throws Exception {
        String name = lab.topic("by-time", 1);
        KafkaProducer<String, String> producer = lab.producer();
        for (long time : new long[] {1000, 2000, 3000, 2500, 4000}) {
            Lab.get(producer.send(new ProducerRecord<>(name, 0, time, "k", "v")));
        }
        long[][] cases = {{0, 0, 1000}, {1000, 0, 1000}, {1001, 1, 2000}, {2400, 2, 3000}, {3001, 4, 4000}, {4000, 4, 4000}, {4001, -1, -1}};
        TopicPartition partition = new TopicPartition(name, 0);
        for (long[] one : cases) {
            var found = Lab.get(lab.admin().listOffsets(Map.of(partition, OffsetSpec.forTimestamp(one[0]))).partitionResult(partition));
            Lab.equal("offset at " + one[0], one[1], found.offset());
            Lab.equal("time at " + one[0], one[2], found.timestamp());
        }
    }

    private static void listOffsetsEmpty(Lab lab) throws Exception {
        String name = lab.topic("empty", 1);
        Map<OffsetSpec, Long> cases = Map.of(OffsetSpec.earliest(), 0L, OffsetSpec.latest(), 0L, OffsetSpec.maxTimestamp(), -1L,
            OffsetSpec.forTimestamp(0), -1L);
        for (Map.Entry<OffsetSpec, Long> one : cases.entrySet()) {
            Lab.equal(one.getKey().getClass().getSimpleName(), one.getValue(), lab.offset(name, 0, one.getKey()));
        }
    }

    private static void listOffsetsCompressed(Lab lab) throws Exception {
        for (String codec : Records.CODECS) {
            String name = lab.topic("compressed-" + codec, 1);
            KafkaProducer<String, String> producer = lab.producer("compression.type", codec, "linger.ms", 500);
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(producer.send(new ProducerRecord<>(name, 0, 1000L * i, "k", "v" + i)));
            }
            producer.flush();
            for (Future<?> one : sent) {
                Lab.get(one);
            }
            for (int i = 0; i < 100; i += 33) {
                Lab.equal("offset at " + i, (long) i, lab.offset(name, 0, OffsetSpec.forTimestamp(1000L * i)));
                Lab.equal("offset before " + i, (long) i, lab.offset(name, 0, OffsetSpec.forTimestamp(Math.max(0, 1000L * i - 999))));
            }
            Lab.equal("max timestamp", 99L, lab.offset(name, 0, OffsetSpec.maxTimestamp()));
        }
    }

    private static void listOffsetsUnknown(Lab lab) throws Exception {
        String name = lab.topic("known", 1);
        // A negative time that means nothing special.
        Lab.fails(org.apache.kafka.common.errors.UnsupportedVersionException.class,
            () -> lab.offset(name, 0, OffsetSpec.forTimestamp(-999)));
        TopicPartition unknown = new TopicPartition(name, 3);
        var options = new org.apache.kafka.clients.admin.ListOffsetsOptions().timeoutMs(2000);
        Lab.fails(org.apache.kafka.common.errors.TimeoutException.class,
            lab.admin().listOffsets(Map.of(unknown, OffsetSpec.latest()), options).partitionResult(unknown));
    }

    private static void deleteRecords(Lab lab) throws Exception {
        String name = lab.topic("shortened", 2);
        lab.fill(name, 2, 40, "v");
        List<TopicPartition> partitions = Lab.partitions(name, 2);
        var result = lab.admin().deleteRecords(Map.of(partitions.get(0), RecordsToDelete.beforeOffset(5),
            partitions.get(1), RecordsToDelete.beforeOffset(-1)));
        Lab.equal("low watermark", 5L, Lab.get(result.lowWatermarks().get(partitions.get(0))).lowWatermark());
        Lab.equal("low watermark", 20L, Lab.get(result.lowWatermarks().get(partitions.get(1))).lowWatermark());
        Lab.equal("earliest", 5L, lab.offset(name, 0, OffsetSpec.earliest()));
        Lab.equal("earliest", 20L, lab.offset(name, 1, OffsetSpec.earliest()));
        Lab.equal("records left", 15, lab.read(name, "read_uncommitted").size());
        // What is gone already is no error.
        var again = lab.admin().deleteRecords(Map.of(partitions.get(0), RecordsToDelete.beforeOffset(2)));
        Lab.equal("low watermark", 5L, Lab.get(again.lowWatermarks().get(partitions.get(0))).lowWatermark());
    }

    private static void deleteRecordsBeyond(Lab lab) throws Exception {
        String name = lab.topic("shortened", 1);
        lab.fill(name, 1, 5, "v");
        TopicPartition partition = new TopicPartition(name, 0);
        for (long offset : new long[] {6, -2}) {
            Lab.fails(OffsetOutOfRangeException.class, lab.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset))).all());
        }
        Lab.equal("records", 5, lab.read(name, "read_uncommitted").size());
    }

    private static void deleteRecordsCompacted(Lab lab) throws Exception {
        String name = lab.topic("compacted", 1, "cleanup.policy", "compact");
        lab.fill(name, 1, 5, "v");
        Lab.fails(org.apache.kafka.common.errors.PolicyViolationException.class,
            lab.admin().deleteRecords(Map.of(new TopicPartition(name, 0), RecordsToDelete.beforeOffset(3))).all());
    }

    private static void logDirs(Lab lab) throws Exception {
        String name = lab.topic("sized", 2);
        lab.fill(name, 1, 10, "x".repeat(1000));
        int node = Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id();
        Map<String, LogDirDescription> dirs = Lab.get(lab.admin().describeLogDirs(List.of(node)).allDescriptions()).get(node);
        Lab.equal("folders", 1, dirs.size());
        LogDirDescription dir = dirs.values().iterator().next();
        Lab.equal("error", null, dir.error());
        ReplicaInfo full = dir.replicaInfos().get(new TopicPartition(name, 0));
        Lab.that(full.size() >= 10_000 && full.size() < 100_000, "the size is that of the records: " + full.size());
        Lab.equal("size of the empty partition", 0L, dir.replicaInfos().get(new TopicPartition(name, 1)).size());
        Lab.equal("lag", 0L, full.offsetLag());
        Lab.that(dir.totalBytes().orElse(0) >= dir.usableBytes().orElse(Long.MAX_VALUE), "the folder's space is told");
    }

    private static void replicaLogDirs(Lab lab) throws Exception {
        String name = lab.topic("placed", 1);
        int node = Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id();
        var replica = new org.apache.kafka.common.TopicPartitionReplica(name, 0, node);
        var info = Lab.get(lab.admin().describeReplicaLogDirs(List.of(replica)).all()).get(replica);
        Lab.that(info.getCurrentReplicaLogDir() != null, "the folder is named");
        Lab.equal("folder it moves to", null, info.getFutureReplicaLogDir());
    }
}
