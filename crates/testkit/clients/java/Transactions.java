// Transactions, each claim twice: with the protocol of KIP-890 (the broker advertises transaction.version=2) and with the
// one before it, to which clients fall back where that feature is hidden from them.

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
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;

final class Transactions {
    interface InTransaction {
        void run(Lab lab, String bootstrap) throws Exception;
    }

    private static Suite suite;

    static void claims(Suite all) {
        suite = all;
        claim("committed_records_are_seen_by_all", Transactions::committed);
        claim("aborted_records_are_seen_by_read_uncommitted_alone", Transactions::aborted);
        claim("open_transaction_holds_back_read_committed", Transactions::open);
        claim("aborts_and_commits_in_turn_leave_the_committed", Transactions::inTurn);
        claim("interleaved_transactions_are_told_apart", Transactions::interleaved);
        claim("many_partitions_commit_as_one", Transactions::manyPartitions);
        claim("empty_transactions_commit_and_abort", Transactions::empty);
        claim("compressed_batches_commit_and_abort", Transactions::compressed);
        claim("next_transaction_may_end_while_the_markers_of_the_last_are_written", Transactions::inQuickSuccession);
        claim("second_producer_fences_the_first", Transactions::fenced);
        claim("second_producer_aborts_what_the_first_left_open", Transactions::leftOpen);
        claim("transaction_longer_than_its_timeout_is_aborted", Transactions::timeout);
        claim("producer_goes_on_after_its_transaction_timed_out", Transactions::afterTimeout);
        claim("timeout_above_the_brokers_limit_is_refused", Transactions::timeoutTooLong);
        claim("offsets_are_committed_with_the_transaction", Transactions::offsetsCommitted);
        claim("offsets_of_an_aborted_transaction_are_not", Transactions::offsetsAborted);
        claim("offsets_in_an_open_transaction_are_waited_for", Transactions::offsetsPending);
        claim("offsets_alone_make_a_transaction", Transactions::offsetsAlone);
        claim("offsets_of_a_former_member_are_refused", Transactions::staleMember);
        claim("consume_transform_produce_is_exactly_once_under_aborts", (lab, at) -> copy(lab, at, "classic"));
        claim("consume_transform_produce_is_exactly_once_with_group_protocol_consumer", (lab, at) -> copy(lab, at, "consumer"));
        claim("ten_producers_at_a_time", Transactions::concurrent);
        claim("epochs_wrap_and_a_hundred_restarts_work", Transactions::manyRestarts);
        claim("markers_take_an_offset_each", Transactions::markers);
        claim("plain_records_between_transactional_ones_are_seen", Transactions::plainBetween);
        claim("a_failed_send_aborts_the_transaction_alone", Transactions::failedSend);
        claim("transaction_written_with_one_protocol_is_continued_with_the_other", Transactions::otherProtocol);
    }

    private static void claim(String name, InTransaction scenario) {
        suite.claim("transactions/v2/" + name, lab -> scenario.run(lab, lab.bootstrap));
        suite.claim("transactions/classic/" + name, lab -> scenario.run(lab, classic(lab)));
    }

    static String classic(Lab lab) throws Exception {
        return lab.open(new Faults(lab.bootstrap, (api, nth) -> Faults.Fault.NONE, true)).bootstrap();
    }

    static KafkaProducer<String, String> producer(Lab lab, String bootstrap, String id, Object... config) {
        Object[] all = new Object[config.length + 6];
        System.arraycopy(config, 0, all, 6, config.length);
        all[0] = "bootstrap.servers";
        all[1] = bootstrap;
        all[2] = "transactional.id";
        all[3] = id;
        all[4] = "transaction.timeout.ms";
        all[5] = 30_000;
        return lab.producer(all);
    }

    private static KafkaProducer<String, String> ready(Lab lab, String bootstrap, String id, Object... config) {
        KafkaProducer<String, String> producer = producer(lab, bootstrap, id, config);
        producer.initTransactions();
        return producer;
    }

    private static void committed(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 2);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 2, 100, "v");
        producer.commitTransaction();
        for (String isolation : new String[] {"read_committed", "read_uncommitted"}) {
            Lab.exactlyOnce(isolation, Lab.numbered("v", 100), lab.values(topic, isolation));
        }
    }

    private static void aborted(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 2);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 2, 100, "v");
        producer.abortTransaction();
        lab.until("the markers are written", () -> stable(lab, topic, 0) == 51 && stable(lab, topic, 1) == 51);
        Lab.equal("read_committed", List.of(), lab.values(topic, "read_committed"));
        Lab.exactlyOnce("read_uncommitted", Lab.numbered("v", 100), lab.values(topic, "read_uncommitted"));
    }

    /** The last stable offset. */
    static long stable(Lab lab, String topic, int partition) throws Exception {
        TopicPartition where = new TopicPartition(topic, partition);
        var options = new org.apache.kafka.clients.admin.ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        return Lab.get(lab.admin().listOffsets(Map.of(where, OffsetSpec.latest()), options).partitionResult(where)).offset();
    }

    private static void open(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        lab.fill(topic, 1, 3, "before");
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 5, "v");
        lab.fill(topic, 1, 2, "after");
        Lab.equal("last stable offset", 3L, stable(lab, topic, 0));
        Lab.equal("high watermark", 10L, lab.offset(topic, 0, OffsetSpec.latest()));
        Lab.equal("read_committed", Lab.numbered("before", 3), lab.values(topic, "read_committed"));
        Lab.equal("read_uncommitted", 10, lab.values(topic, "read_uncommitted").size());
        producer.commitTransaction();
        lab.until("the marker is written", () -> stable(lab, topic, 0) == 11);
        List<String> expected = new ArrayList<>(Lab.numbered("before", 3));
        expected.addAll(Lab.numbered("v", 5));
        expected.addAll(Lab.numbered("after", 2));
        Lab.equal("read_committed", expected, lab.values(topic, "read_committed"));
    }

    private static void inTurn(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            producer.beginTransaction();
            Lab.fill(producer, topic, 1, 5, "r" + round + "-");
            if (round % 3 == 1) {
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
                expected.addAll(Lab.numbered("r" + round + "-", 5));
            }
        }
        lab.until("all markers are written", () -> stable(lab, topic, 0) == 120);
        Lab.equal("read_committed", expected, lab.values(topic, "read_committed"));
        Lab.equal("read_uncommitted", 100, lab.values(topic, "read_uncommitted").size());
    }

    private static void interleaved(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        List<KafkaProducer<String, String>> producers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            producers.add(ready(lab, at, lab.name("id" + i)));
            producers.get(i).beginTransaction();
        }
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 4; i++) {
                Lab.fill(producers.get(i), topic, 1, 2, "p" + i + "r" + round + "-");
                if (i % 2 == 0) {
                    expected.addAll(Lab.numbered("p" + i + "r" + round + "-", 2));
                }
            }
        }
        for (int i = 3; i >= 0; i--) {
            if (i % 2 == 0) {
                producers.get(i).commitTransaction();
            } else {
                producers.get(i).abortTransaction();
            }
        }
        lab.until("all markers are written", () -> stable(lab, topic, 0) == 44);
        Lab.equal("read_committed", expected, lab.values(topic, "read_committed"));
    }

    private static void manyPartitions(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 40);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 40, 80, "a");
        producer.abortTransaction();
        producer.beginTransaction();
        Lab.fill(producer, topic, 40, 80, "c");
        Lab.equal("read_committed while it is open", List.of(), lab.values(topic, "read_committed"));
        producer.commitTransaction();
        lab.until("all markers are written", () -> {
            for (int partition = 0; partition < 40; partition++) {
                if (stable(lab, topic, partition) != 6) {
                    return false;
                }
            }
            return true;
        });
        Lab.exactlyOnce("read_committed", Lab.numbered("c", 80), lab.values(topic, "read_committed"));
    }

    private static void empty(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        for (int i = 0; i < 3; i++) {
            producer.beginTransaction();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.abortTransaction();
        }
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 1, "v");
        producer.commitTransaction();
        Lab.equal("read_committed", List.of("v0"), lab.values(topic, "read_committed"));
    }

    private static void inQuickSuccession(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 20);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            producer.beginTransaction();
            Lab.fill(producer, topic, 20, 20, "r" + round + "-");
            if (round % 2 == 0) {
                producer.commitTransaction();
                expected.addAll(Lab.numbered("r" + round + "-", 20));
            } else {
                producer.abortTransaction();
            }
            // Of this one nothing may have been sent when it is aborted.
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", "never"));
            producer.abortTransaction();
            producer.beginTransaction();
            producer.commitTransaction();
        }
        lab.until("all markers are written", () -> {
            for (int partition = 0; partition < 20; partition++) {
                if (stable(lab, topic, partition) != lab.offset(topic, partition, OffsetSpec.latest())) {
                    return false;
                }
            }
            return true;
        });
        Lab.exactlyOnce("read_committed", expected, lab.values(topic, "read_committed"));
    }

    private static void compressed(Lab lab, String at) throws Exception {
        for (String codec : Records.CODECS) {
            String topic = lab.topic("tx-" + codec, 1);
            KafkaProducer<String, String> producer = ready(lab, at, lab.name("id-" + codec), "compression.type", codec, "linger.ms", 5);
            producer.beginTransaction();
            Lab.fill(producer, topic, 1, 50, "a");
            producer.abortTransaction();
            producer.beginTransaction();
            Lab.fill(producer, topic, 1, 50, "c");
            producer.commitTransaction();
            Lab.equal("read_committed, " + codec, Lab.numbered("c", 50), lab.values(topic, "read_committed"));
        }
    }

    private static void fenced(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String id = lab.name("id");
        KafkaProducer<String, String> first = ready(lab, at, id);
        first.beginTransaction();
        Lab.fill(first, topic, 1, 2, "first");
        first.commitTransaction();
        KafkaProducer<String, String> second = ready(lab, at, id);
        first.beginTransaction();
        Exception refused = fencedWrite(first, topic);
        Lab.that(isFenced(refused), "the first producer is fenced, not told " + refused);
        second.beginTransaction();
        Lab.fill(second, topic, 1, 2, "second");
        second.commitTransaction();
        List<String> expected = List.of("first0", "first1", "second0", "second1");
        Lab.equal("read_uncommitted", expected, lab.values(topic, "read_uncommitted"));
    }

    /** What the producer hears when it writes and commits. */
    private static Exception fencedWrite(KafkaProducer<String, String> producer, String topic) {
        try {
            Lab.get(producer.send(new ProducerRecord<>(topic, "k", "never")));
            producer.commitTransaction();
        } catch (Exception refused) {
            return refused;
        }
        throw new AssertionError("a fenced producer wrote and committed");
    }

    static boolean isFenced(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return true;
            }
        }
        return false;
    }

    private static void leftOpen(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String id = lab.name("id");
        KafkaProducer<String, String> first = ready(lab, at, id);
        first.beginTransaction();
        Lab.fill(first, topic, 1, 4, "left");
        KafkaProducer<String, String> second = ready(lab, at, id);
        // It is aborted before the second producer has its answer.
        Lab.equal("last stable offset", 5L, stable(lab, topic, 0));
        Exception refused = Lab.fails(Exception.class, () -> {
            try {
                first.commitTransaction();
            } catch (KafkaException fenced) {
                Lab.that(isFenced(fenced), "the first producer is fenced, not told " + fenced);
                throw new Exception(fenced);
            }
            return null;
        });
        Lab.that(refused != null, "it was refused");
        second.beginTransaction();
        Lab.fill(second, topic, 1, 2, "second");
        second.commitTransaction();
        Lab.equal("read_committed", Lab.numbered("second", 2), lab.values(topic, "read_committed"));
    }

    private static void timeout(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"), "transaction.timeout.ms", 500);
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 3, "v");
        lab.until("the coordinator has aborted", () -> stable(lab, topic, 0) == 4);
        KafkaException refused = null;
        try {
            producer.commitTransaction();
        } catch (KafkaException error) {
            refused = error;
        }
        // With KIP-890 the coordinator knows the producer that it has aborted, and says that there is nothing to commit.
        Lab.that(isFenced(refused) || refused instanceof InvalidTxnStateException, "a timed-out transaction cannot commit: " + refused);
        Lab.equal("read_committed", List.of(), lab.values(topic, "read_committed"));
    }

    private static void afterTimeout(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String id = lab.name("id");
        KafkaProducer<String, String> producer = ready(lab, at, id, "transaction.timeout.ms", 500);
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 3, "lost");
        lab.until("the coordinator has aborted", () -> stable(lab, topic, 0) == 4);
        // The next producer of that id is not bothered by what became of the transaction.
        KafkaProducer<String, String> next = ready(lab, at, id);
        next.beginTransaction();
        Lab.fill(next, topic, 1, 3, "v");
        next.commitTransaction();
        Lab.equal("read_committed", Lab.numbered("v", 3), lab.values(topic, "read_committed"));
    }

    private static void timeoutTooLong(Lab lab, String at) throws Exception {
        KafkaProducer<String, String> producer = producer(lab, at, lab.name("id"), "transaction.timeout.ms", 1_000_000_000);
        try {
            producer.initTransactions();
        } catch (KafkaException refused) {
            String text = refused + " " + refused.getCause();
            Lab.that(text.contains("transaction.max.timeout.ms"), "the error names transaction.max.timeout.ms: " + text);
            return;
        }
        throw new AssertionError("a transaction may not last 11 days");
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
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
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
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
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
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
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
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
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
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
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
                KafkaProducer<String, String> producer = ready(lab, at, lab.name("copier" + worker));
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

    private static void concurrent(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 3);
        ExecutorService threads = Executors.newFixedThreadPool(10);
        List<Future<List<String>>> committed = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int which = i;
            KafkaProducer<String, String> producer = producer(lab, at, lab.name("id" + i));
            committed.add(threads.submit(() -> {
                List<String> expected = new ArrayList<>();
                producer.initTransactions();
                for (int round = 0; round < 5; round++) {
                    producer.beginTransaction();
                    Lab.fill(producer, topic, 3, 6, "p" + which + "r" + round + "-");
                    if ((which + round) % 4 == 0) {
                        producer.abortTransaction();
                    } else {
                        producer.commitTransaction();
                        expected.addAll(Lab.numbered("p" + which + "r" + round + "-", 6));
                    }
                }
                return expected;
            }));
        }
        List<String> expected = new ArrayList<>();
        for (Future<List<String>> one : committed) {
            expected.addAll(Lab.get(one));
        }
        threads.shutdown();
        lab.until("all markers are written", () -> {
            for (int partition = 0; partition < 3; partition++) {
                if (stable(lab, topic, partition) != lab.offset(topic, partition, OffsetSpec.latest())) {
                    return false;
                }
            }
            return true;
        });
        Lab.exactlyOnce("read_committed", expected, lab.values(topic, "read_committed"));
    }

    private static void manyRestarts(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String id = lab.name("id");
        for (int i = 0; i < 30; i++) {
            try (KafkaProducer<String, String> producer = producer(lab, at, id)) {
                producer.initTransactions();
                producer.beginTransaction();
                Lab.fill(producer, topic, 1, 1, "r" + i + "-");
                if (i % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    // Left open: the next one aborts it.
                    producer.flush();
                    producer.close(Duration.ZERO);
                }
            }
        }
        ready(lab, at, id);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30; i += 2) {
            expected.add("r" + i + "-0");
        }
        Lab.equal("read_committed", expected, lab.values(topic, "read_committed"));
    }

    private static void markers(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        for (int round = 0; round < 3; round++) {
            producer.beginTransaction();
            Lab.fill(producer, topic, 1, 2, "r" + round + "-");
            producer.commitTransaction();
        }
        lab.until("the last marker is written", () -> lab.offset(topic, 0, OffsetSpec.latest()) == 9);
        List<Long> offsets = lab.read(topic, "read_committed").stream().map(ConsumerRecord::offset).toList();
        Lab.equal("offsets of the records", List.of(0L, 1L, 3L, 4L, 6L, 7L), offsets);
    }

    private static void plainBetween(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 1, "a");
        lab.fill(topic, 1, 1, "plain");
        Lab.fill(producer, topic, 1, 1, "b");
        producer.abortTransaction();
        lab.until("the marker is written", () -> stable(lab, topic, 0) == 4);
        Lab.equal("read_committed", List.of("plain0"), lab.values(topic, "read_committed"));
    }

    private static void failedSend(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1, "max.message.bytes", "2000");
        KafkaProducer<String, String> producer = ready(lab, at, lab.name("id"));
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 2, "lost");
        Lab.fails(org.apache.kafka.common.errors.RecordTooLargeException.class,
            producer.send(new ProducerRecord<>(topic, "k", "x".repeat(5000))));
        KafkaException refused = null;
        try {
            producer.commitTransaction();
        } catch (KafkaException expected) {
            refused = expected;
        }
        Lab.that(refused != null, "a transaction with a failed send is not committed");
        producer.abortTransaction();
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 2, "v");
        producer.commitTransaction();
        Lab.equal("read_committed", Lab.numbered("v", 2), lab.values(topic, "read_committed"));
    }

    private static void otherProtocol(Lab lab, String at) throws Exception {
        String topic = lab.topic("tx", 1);
        String id = lab.name("id");
        String other = at.equals(lab.bootstrap) ? classic(lab) : lab.bootstrap;
        for (int round = 0; round < 6; round++) {
            KafkaProducer<String, String> producer = ready(lab, round % 2 == 0 ? at : other, id);
            producer.beginTransaction();
            Lab.fill(producer, topic, 1, 2, "r" + round + "-");
            if (round % 3 == 2) {
                producer.flush();
            } else {
                producer.commitTransaction();
            }
            producer.close(Duration.ZERO);
        }
        ready(lab, at, id);
        List<String> expected = new ArrayList<>();
        for (int round : new int[] {0, 1, 3, 4}) {
            expected.addAll(Lab.numbered("r" + round + "-", 2));
        }
        Lab.equal("read_committed", expected, lab.values(topic, "read_committed"));
    }
}
