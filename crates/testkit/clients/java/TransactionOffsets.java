// Offsets that a group commits within a transaction, and copying that is exactly once by them; each claim with both protocols.

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

final class TransactionOffsets {
    static void claims(Suite suite) {
        Transactions.claim(suite, "offsets_are_committed_with_the_transaction", TransactionOffsets::offsetsCommitted);
        Transactions.claim(suite, "offsets_of_an_aborted_transaction_are_not", TransactionOffsets::offsetsAborted);
        Transactions.claim(suite, "offsets_in_an_open_transaction_are_waited_for", TransactionOffsets::offsetsPending);
        Transactions.claim(suite, "offsets_alone_make_a_transaction", TransactionOffsets::offsetsAlone);
        Transactions.claim(suite, "offsets_of_a_former_member_are_refused", TransactionOffsets::staleMember);
        Transactions.claim(suite, "consume_transform_produce_is_exactly_once_under_aborts", (lab, at) -> copy(lab, at, "classic"));
        Transactions.claim(suite, "consume_transform_produce_is_exactly_once_with_group_protocol_consumer", (lab, at) -> copy(lab, at, "consumer"));
    }

    private static final ListConsumerGroupOffsetsOptions STABLE = new ListConsumerGroupOffsetsOptions().requireStable(true);

    /** None also while a transaction with an offset for the partition is not over, where `stable` is asked for. */
    private static OffsetAndMetadata groupOffset(Lab lab, String group, TopicPartition partition, boolean stable) throws Exception {
        ListConsumerGroupOffsetsOptions options = stable ? STABLE : new ListConsumerGroupOffsetsOptions();
        var spec = Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partition)));
        return Lab.get(lab.admin().listConsumerGroupOffsets(spec, options).partitionsToOffsetAndMetadata(group)).get(partition);
    }

    private static void offsetsCommitted(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String group = lab.name("group");
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaProducer<String, String> producer = Transactions.ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 2, "v");
        producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(2, "note")), new ConsumerGroupMetadata(group));
        Lab.equal("the offset before the commit", null, groupOffset(lab, group, partition, false));
        producer.commitTransaction();
        // The commit is answered when it is decided; the group hears of it a moment later.
        lab.until("the offset is there", () -> new OffsetAndMetadata(2, "note").equals(groupOffset(lab, group, partition, true)));
    }

    private static void offsetsAborted(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String group = lab.name("group");
        TopicPartition partition = new TopicPartition(topic, 0);
        lab.admin().alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(1))).all().get();
        KafkaProducer<String, String> producer = Transactions.ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 2, "v");
        producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(2)), new ConsumerGroupMetadata(group));
        producer.abortTransaction();
        lab.until("the offset is that of before", () -> groupOffset(lab, group, partition, true).offset() == 1);
    }

    private static void offsetsPending(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String group = lab.name("group");
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaProducer<String, String> producer = Transactions.ready(lab, at, lab.name("id"));
        KafkaConsumer<String, String> consumer = lab.consumer("group.id", group, "isolation.level", "read_committed");
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(5)), new ConsumerGroupMetadata(group));
        Lab.fails(TimeoutException.class, () -> consumer.committed(Set.of(partition), Duration.ofMillis(700)));
        producer.commitTransaction();
        lab.until("the offset is there", () -> consumer.committed(Set.of(partition)).get(partition).offset() == 5);
    }

    private static void offsetsAlone(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 3);
        String group = lab.name("group");
        KafkaProducer<String, String> producer = Transactions.ready(lab, at, lab.name("id"));
        for (long round = 1; round <= 5; round++) {
            producer.beginTransaction();
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (TopicPartition partition : Lab.partitions(topic, 3)) {
                offsets.put(partition, new OffsetAndMetadata(round));
            }
            producer.sendOffsetsToTransaction(offsets, new ConsumerGroupMetadata(group));
            producer.commitTransaction();
            long expected = round;
            for (TopicPartition partition : Lab.partitions(topic, 3)) {
                lab.until("the offset is there", () -> groupOffset(lab, group, partition, true).offset() == expected);
            }
        }
    }

    private static void staleMember(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String group = lab.name("group");
        Member member = lab.open(new Member(lab, "only", topic, "group.id", group));
        member.awaitAssigned(1);
        KafkaProducer<String, String> producer = Transactions.ready(lab, at, lab.name("id"));
        for (ConsumerGroupMetadata stale : new ConsumerGroupMetadata[] {
            new ConsumerGroupMetadata(group, 77, member.groupMetadata().memberId(), java.util.Optional.empty()),
            new ConsumerGroupMetadata(group, member.groupMetadata().generationId(), "stranger", java.util.Optional.empty())}) {
            producer.beginTransaction();
            Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1));
            Lab.fails(CommitFailedException.class, () -> {
                producer.sendOffsetsToTransaction(offsets, stale);
                return null;
            });
            producer.abortTransaction();
        }
    }

    /** Two workers copy a topic in transactions of which every third is aborted: each record is there once. */
    private static void copy(Lab lab, String at, String protocol) throws Exception {
        String from = lab.topic("from", 4);
        String to = lab.topic("to", 3);
        String group = lab.name("copier");
        int count = 1200;
        lab.fill(from, 4, count, "v");
        ExecutorService workers = Executors.newFixedThreadPool(2);
        try {
            List<Future<Void>> done = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                KafkaProducer<String, String> producer = Transactions.ready(lab, at, lab.name("copier" + worker));
                done.add(workers.submit(copier(lab, at, protocol, from, to, group, producer, worker)));
            }
            lab.until("the group has committed all of " + from, () -> {
                long sum = 0;
                for (TopicPartition partition : Lab.partitions(from, 4)) {
                    OffsetAndMetadata offset = groupOffset(lab, group, partition, true);
                    sum += offset == null ? 0 : offset.offset();
                }
                for (Future<Void> worker : done) {
                    if (worker.isDone()) {
                        lab.background(Lab.fails(Throwable.class, worker));
                    }
                }
                return sum == count;
            });
        } finally {
            workers.shutdownNow();
            workers.awaitTermination(30, java.util.concurrent.TimeUnit.SECONDS);
        }
        Lab.exactlyOnce("copies", Lab.numbered("v", count), lab.values(to, "read_committed"));
    }

    private static Callable<Void> copier(Lab lab, String at, String protocol, String from, String to, String group,
            KafkaProducer<String, String> producer, int seed) {
        return () -> {
            Random random = new Random(seed);
            try (KafkaConsumer<String, String> consumer = lab.unmanagedConsumer("bootstrap.servers", at, "group.id", group,
                    "group.protocol", protocol, "isolation.level", "read_committed", "max.poll.records", 40)) {
                consumer.subscribe(List.of(from));
                while (!Thread.currentThread().isInterrupted()) {
                    var records = consumer.poll(Duration.ofMillis(100));
                    if (records.isEmpty()) {
                        continue;
                    }
                    producer.beginTransaction();
                    List<Future<RecordMetadata>> sent = new ArrayList<>();
                    for (ConsumerRecord<String, String> record : records) {
                        sent.add(producer.send(new ProducerRecord<>(to, record.key(), record.value())));
                    }
                    try {
                        producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
                        if (random.nextInt(3) != 0) {
                            producer.commitTransaction();
                            continue;
                        }
                    } catch (CommitFailedException rebalanced) {
                        // Someone else has these partitions now.
                    }
                    producer.abortTransaction();
                    consumer.assignment().forEach(partition -> {
                        OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
                        consumer.seek(partition, committed == null ? 0 : committed.offset());
                    });
                }
            } catch (org.apache.kafka.common.errors.InterruptException ended) {
                return null;
            }
            return null;
        };
    }
}
