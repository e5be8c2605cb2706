// A broker that is killed and comes back: what it had said still holds, and clients go on as if nothing had been.

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

final class Restarts {
    static void claims(Suite suite) {
        suite.restarting("restart/idempotent_producer_goes_on_without_loss_or_doubles", Restarts::idempotent);
        suite.restarting("restart/open_transaction_is_committed_afterwards", lab -> openTransaction(lab, true));
        suite.restarting("restart/open_transaction_is_aborted_afterwards", lab -> openTransaction(lab, false));
        suite.restarting("restart/transactions_under_way_stay_whole", Restarts::transactionsUnderWay);
        suite.restarting("restart/committed_offsets_are_kept", Restarts::offsets);
        for (String protocol : new String[] {"classic", "consumer"}) {
            suite.restarting("restart/members_of_the_" + protocol + "_protocol_go_on", lab -> members(lab, protocol));
        }
        suite.restarting("restart/topics_configs_and_ids_are_kept", Restarts::topics);
        suite.restarting("restart/leader_epoch_rises_and_positions_hold", Restarts::leaderEpoch);
        suite.restarting("restart/producer_ids_are_not_given_again", Restarts::producerIds);
        suite.restarting("restart/scram_users_are_kept", Restarts::scramUsers);
    }

    private static final Object[] PATIENT = {"delivery.timeout.ms", 150_000, "max.block.ms", 150_000, "reconnect.backoff.max.ms", 200,
        "retry.backoff.max.ms", 200};

    private static void idempotent(Lab lab) throws Exception {
        String topic = lab.topic("kept", 3);
        Object[] config = java.util.Arrays.copyOf(PATIENT, PATIENT.length + 4);
        System.arraycopy(new Object[] {"batch.size", 500, "linger.ms", 1}, 0, config, PATIENT.length, 4);
        KafkaProducer<String, String> producer = lab.producer(config);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        boolean[] enough = {false};
        Thread sender = new Thread(() -> {
            for (int i = 0; i < 20_000 && !enough[0]; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % 3, "k", "v" + i)));
                if (i % 50 == 0) {
                    java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
                }
            }
        });
        sender.start();
        lab.until("something is there", () -> lab.offset(topic, 0, OffsetSpec.latest()) > 100);
        lab.killAndRestart();
        enough[0] = true;
        sender.join();
        for (Future<RecordMetadata> one : sent) {
            one.get(150, java.util.concurrent.TimeUnit.SECONDS);
        }
        List<ConsumerRecord<String, String>> records = lab.read(topic, "read_uncommitted");
        Lab.exactlyOnce("values", Lab.numbered("v", sent.size()), records.stream().map(ConsumerRecord::value).toList());
        Map<Integer, Integer> last = new java.util.HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
            int number = Integer.parseInt(record.value().substring(1));
            Integer before = last.put(record.partition(), number);
            Lab.that(before == null || before == number - 3, "order of partition " + record.partition() + ": " + before + ", " + number);
        }
    }

    private static KafkaProducer<String, String> transactional(Lab lab, String id, int timeoutMs) {
        Object[] config = java.util.Arrays.copyOf(PATIENT, PATIENT.length + 2);
        config[PATIENT.length] = "transaction.timeout.ms";
        config[PATIENT.length + 1] = timeoutMs;
        KafkaProducer<String, String> producer = Transactions.producer(lab, lab.bootstrap, id, config);
        producer.initTransactions();
        return producer;
    }

    private static void openTransaction(Lab lab, boolean commit) throws Exception {
        String topic = lab.topic("open", 2);
        String group = lab.name("group");
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaProducer<String, String> producer = transactional(lab, lab.name("id"), 120_000);
        producer.beginTransaction();
        Lab.fill(producer, topic, 2, 20, "before");
        producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(5)), new ConsumerGroupMetadata(group));
        lab.killAndRestart();
        lab.until("it is open still", () -> Transactions.stable(lab, topic, 0) == 0 && lab.offset(topic, 0, OffsetSpec.latest()) == 10);
        Lab.fill(producer, topic, 2, 20, "after");
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
        lab.until("the markers are written", () -> Transactions.stable(lab, topic, 0) == 21 && Transactions.stable(lab, topic, 1) == 21);
        Lab.equal("records that are seen", commit ? 40 : 0, lab.values(topic, "read_committed").size());
        lab.until("the group's offset is that of the transaction, or none", () -> {
            OffsetAndMetadata offset = Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).get(partition);
            return Optional.ofNullable(offset).map(OffsetAndMetadata::offset).equals(commit ? Optional.of(5L) : Optional.empty());
        });
    }

    /** Transactions over two topics, one after another, while the broker is killed: each is there in both or in neither. */
    private static void transactionsUnderWay(Lab lab) throws Exception {
        String one = lab.topic("one", 2);
        String two = lab.topic("two", 2);
        KafkaProducer<String, String> producer = transactional(lab, lab.name("id"), 120_000);
        List<String> committed = java.util.Collections.synchronizedList(new ArrayList<>());
        boolean[] enough = {false};
        Thread worker = new Thread(() -> {
            try {
                for (int round = 0; !enough[0] || round < 10; round++) {
                    producer.beginTransaction();
                    for (int i = 0; i < 4; i++) {
                        producer.send(new ProducerRecord<>(one, i % 2, "k", "r" + round + "-" + i));
                        producer.send(new ProducerRecord<>(two, i % 2, "k", "r" + round + "-" + i));
                    }
                    if (round % 4 == 3) {
                        producer.abortTransaction();
                    } else {
                        producer.commitTransaction();
                        committed.addAll(Lab.numbered("r" + round + "-", 4));
                    }
                }
            } catch (Throwable error) {
                lab.background(error);
            }
        });
        worker.start();
        lab.until("a few are done", () -> committed.size() > 40);
        lab.killAndRestart();
        int before = committed.size();
        lab.until("it goes on", Duration.ofSeconds(120), () -> committed.size() > before + 20);
        enough[0] = true;
        worker.join();
        lab.checkBackground();
        Lab.exactlyOnce("first topic", committed, lab.values(one, "read_committed"));
        Lab.exactlyOnce("second topic", committed, lab.values(two, "read_committed"));
    }

    private static void offsets(Lab lab) throws Exception {
        String topic = lab.topic("offsets", 20);
        String group = lab.name("group");
        Map<TopicPartition, OffsetAndMetadata> offsets = new java.util.HashMap<>();
        for (TopicPartition partition : Lab.partitions(topic, 20)) {
            offsets.put(partition, new OffsetAndMetadata(partition.partition() * 3L, Optional.of(0), "note " + partition.partition()));
        }
        Lab.get(lab.admin().alterConsumerGroupOffsets(group, offsets).all());
        Lab.get(lab.admin().deleteConsumerGroupOffsets(group, Set.of(new TopicPartition(topic, 7))).all());
        offsets.remove(new TopicPartition(topic, 7));
        lab.killAndRestart();
        Lab.equal("offsets", offsets, Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
    }

    private static void members(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("members", 4);
        String group = lab.name("group");
        Object[] config = {"group.id", group, "group.protocol", protocol, "enable.auto.commit", false, "reconnect.backoff.max.ms", 200};
        if (protocol.equals("classic")) {
            config = java.util.Arrays.copyOf(config, config.length + 2);
            config[config.length - 2] = "session.timeout.ms";
            config[config.length - 1] = 30_000;
        }
        Member a = lab.open(new Member(lab, "a", topic, config));
        Member b = lab.open(new Member(lab, "b", topic, config));
        Member.awaitShared(lab, topic, 4, a, b);
        lab.fill(topic, 4, 40, "before");
        lab.until("all is read", () -> ClassicGroups.seen(List.of(a, b)).size() == 40);
        for (Member member : List.of(a, b)) {
            member.ask(consumer -> {
                consumer.commitSync();
                return null;
            });
        }
        lab.killAndRestart();
        lab.until("new records can be written", () -> {
            lab.fill(topic, 4, 40, "after");
            return true;
        });
        lab.until("all is read", Duration.ofSeconds(90), () -> ClassicGroups.seen(List.of(a, b)).containsAll(Lab.numbered("after", 40)));
        Member.awaitShared(lab, topic, 4, a, b);
        List<String> all = new ArrayList<>(ClassicGroups.seen(List.of(a, b)));
        all.removeIf(value -> value.startsWith("after"));
        Lab.exactlyOnce("what was read and committed before", Lab.numbered("before", 40), all);
    }

    private static void topics(Lab lab) throws Exception {
        String kept = lab.topic("kept", 2, "retention.bytes", "123456789");
        String gone = lab.topic("gone", 2);
        Uuid id = RawProduce.topicId(lab, kept);
        String cluster = Lab.get(lab.admin().describeCluster().clusterId());
        lab.fill(kept, 2, 20, "v");
        Lab.get(lab.admin().createPartitions(Map.of(kept, NewPartitions.increaseTo(3))).all());
        lab.awaitLed(kept, 3);
        Lab.get(lab.admin().incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, kept),
            List.of(new AlterConfigOp(new ConfigEntry("segment.ms", "7654321"), AlterConfigOp.OpType.SET)))).all());
        Lab.get(lab.admin().deleteTopics(List.of(gone)).all());
        lab.killAndRestart();
        Lab.equal("id", id, RawProduce.topicId(lab, kept));
        Lab.equal("cluster", cluster, Lab.get(lab.admin().describeCluster().clusterId()));
        Lab.that(!Lab.get(lab.admin().listTopics().names()).contains(gone), "what was deleted stays so");
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, kept);
        var config = Lab.get(lab.admin().describeConfigs(List.of(resource)).all()).get(resource);
        Lab.equal("retention.bytes", "123456789", config.get("retention.bytes").value());
        Lab.equal("segment.ms", "7654321", config.get("segment.ms").value());
        Lab.equal("partitions", 3, Lab.get(lab.admin().describeTopics(List.of(kept)).allTopicNames()).get(kept).partitions().size());
        Lab.exactlyOnce("values", Lab.numbered("v", 20), lab.values(kept, "read_uncommitted"));
        lab.fill(kept, 3, 30, "w");
        Lab.equal("records", 50, lab.values(kept, "read_uncommitted").size());
    }

    private static int epoch(Lab lab, String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return Lab.get(lab.admin().listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition)).leaderEpoch().orElseThrow();
    }

    private static void leaderEpoch(Lab lab) throws Exception {
        String topic = lab.topic("epoch", 1);
        lab.fill(topic, 1, 10, "v");
        KafkaConsumer<String, String> consumer = lab.consumer("group.id", lab.name("group"), "metadata.max.age.ms", 500,
            "reconnect.backoff.max.ms", 200);
        consumer.assign(Lab.partitions(topic, 1));
        Set<String> seen = new HashSet<>();
        Offsets.take(lab, consumer, 10).forEach(record -> seen.add(record.value()));
        int before = epoch(lab, topic);
        lab.killAndRestart();
        lab.until("the epoch has risen", () -> epoch(lab, topic) > before);
        lab.until("it can be written to", () -> {
            lab.fill(topic, 1, 10, "w");
            return true;
        });
        ConsumerRecord<String, String> first = Offsets.take(lab, consumer, 10).get(0);
        Lab.equal("the next record", "w0", first.value());
        Lab.that(first.leaderEpoch().orElse(-1) > before, "new records carry the new epoch");
    }

    private static void producerIds(Lab lab) throws Exception {
        Set<Long> ids = new HashSet<>();
        for (int round = 0; round < 2; round++) {
            try (Raw raw = new Raw(lab.bootstrap)) {
                for (int i = 0; i < 20; i++) {
                    Lab.that(ids.add(RawProduce.producerId(raw)), "a producer id is given once");
                }
            }
            lab.killAndRestart();
        }
    }

    private static void scramUsers(Lab lab) throws Exception {
        String user = lab.name("user");
        Lab.get(lab.admin().alterUserScramCredentials(List.of(
            new UserScramCredentialUpsertion(user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192), "secret"))).all());
        lab.killAndRestart();
        lab.until("the user is there", () -> Lab.get(lab.admin().describeUserScramCredentials(List.of(user)).description(user))
            .credentialInfos().equals(List.of(new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192))));
    }
}
