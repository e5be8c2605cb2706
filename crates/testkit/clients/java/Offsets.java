// Committed offsets and positions: where a consumer begins, goes on, and what it says of itself.

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

final class Offsets {
    static void claims(Suite suite) {
        for (String protocol : new String[] {"classic", "consumer"}) {
            claim(suite, protocol, "commit_is_where_the_next_member_begins", lab -> nextBegins(lab, protocol));
            claim(suite, protocol, "commit_async_is_answered", lab -> async(lab, protocol));
            claim(suite, protocol, "auto_commit_on_close_keeps_the_position", lab -> autoCommit(lab, protocol));
            claim(suite, protocol, "commit_carries_metadata_and_epoch", lab -> metadata(lab, protocol));
            claim(suite, protocol, "reset_to_earliest_latest_or_none", lab -> reset(lab, protocol));
            claim(suite, protocol, "reset_by_duration", lab -> resetByDuration(lab, protocol));
            claim(suite, protocol, "assigned_partitions_commit_without_membership", lab -> assigned(lab, protocol));
            claim(suite, protocol, "commit_of_a_former_member_is_refused", lab -> formerMember(lab, protocol));
            claim(suite, protocol, "commit_for_an_unknown_topic_is_refused", lab -> unknownTopic(lab, protocol));
            claim(suite, protocol, "out_of_range_is_reset_or_said", lab -> outOfRange(lab, protocol));
            claim(suite, protocol, "seek_to_beginning_end_and_between", lab -> seek(lab, protocol));
            claim(suite, protocol, "paused_partitions_rest", lab -> paused(lab, protocol));
            claim(suite, protocol, "offsets_for_times", lab -> forTimes(lab, protocol));
            claim(suite, protocol, "lag_is_known_without_asking", lab -> lag(lab, protocol));
        }
        suite.claim("offsets/metadata_too_large_is_refused", Offsets::metadataTooLarge);
        suite.claim("offsets/position_is_validated_against_the_leader_epoch", Offsets::leaderEpoch);
        suite.claim("offsets/topics_are_listed_to_consumers", Offsets::listTopics);
        suite.claim("offsets/many_partitions_in_one_commit", Offsets::manyPartitions);
    }

    private static void claim(Suite suite, String protocol, String name, Suite.Scenario scenario) {
        suite.claim("offsets/" + protocol + "/" + name, scenario);
    }

    private static KafkaConsumer<String, String> consumer(Lab lab, String protocol, String group, Object... config) {
        Object[] all = new Object[config.length + 4];
        System.arraycopy(new Object[] {"group.id", group, "group.protocol", protocol}, 0, all, 0, 4);
        System.arraycopy(config, 0, all, 4, config.length);
        return lab.unmanagedConsumer(all);
    }

    /** Polls until that many records have come. */
    static List<ConsumerRecord<String, String>> take(Lab lab, KafkaConsumer<String, String> consumer, int count) throws Exception {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        lab.until(count + " records have come", () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            return records.size() >= count;
        });
        return records;
    }

    private static List<String> values(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    private static void nextBegins(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("committed", 1);
        String group = lab.name("group");
        lab.fill(topic, 1, 30, "v");
        for (int round = 0; round < 3; round++) {
            try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, group, "max.poll.records", 10)) {
                consumer.subscribe(List.of(topic));
                List<ConsumerRecord<String, String>> records = take(lab, consumer, 10);
                Lab.equal("first value", "v" + round * 10, records.get(0).value());
                consumer.commitSync();
            }
        }
    }

    private static void async(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("committed", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        lab.fill(topic, 1, 30, "v");
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("group"))) {
            consumer.subscribe(List.of(topic));
            take(lab, consumer, 30);
            CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> answer = new CompletableFuture<>();
            for (int i = 1; i <= 20; i++) {
                int which = i;
                consumer.commitAsync(Map.of(partition, new OffsetAndMetadata(i)), (offsets, error) -> {
                    if (error != null) {
                        answer.completeExceptionally(error);
                    } else if (which == 20) {
                        answer.complete(offsets);
                    }
                });
            }
            lab.until("the last is answered", () -> {
                consumer.poll(Duration.ofMillis(50));
                return answer.isDone();
            });
            Lab.equal("offset", 20L, Lab.get(answer).get(partition).offset());
            Lab.equal("committed", 20L, consumer.committed(Set.of(partition)).get(partition).offset());
        }
    }

    private static void autoCommit(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("committed", 1);
        String group = lab.name("group");
        lab.fill(topic, 1, 20, "v");
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, group, "enable.auto.commit", true)) {
            consumer.subscribe(List.of(topic));
            take(lab, consumer, 20);
        }
        TopicPartition partition = new TopicPartition(topic, 0);
        Lab.equal("offset", 20L, Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
            .get(partition).offset());
    }

    private static void metadata(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("committed", 2);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("group"))) {
            consumer.assign(Lab.partitions(topic, 2));
            OffsetAndMetadata offset = new OffsetAndMetadata(3, Optional.of(0), "a note, ü");
            consumer.commitSync(Map.of(partition, offset));
            Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(Lab.partitions(topic, 2)));
            Lab.equal("committed", offset, committed.get(partition));
            Lab.equal("not committed", null, committed.get(new TopicPartition(topic, 1)));
        }
    }

    private static void reset(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("reset", 1);
        lab.fill(topic, 1, 10, "v");
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("earliest"))) {
            consumer.subscribe(List.of(topic));
            Lab.equal("from earliest", "v0", take(lab, consumer, 1).get(0).value());
        }
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("latest"), "auto.offset.reset", "latest")) {
            consumer.subscribe(List.of(topic));
            lab.until("it is at the end", () -> {
                consumer.poll(Duration.ofMillis(50));
                return !consumer.assignment().isEmpty() && consumer.position(new TopicPartition(topic, 0)) == 10;
            });
            lab.fill(topic, 1, 1, "new");
            Lab.equal("from latest", List.of("new0"), values(take(lab, consumer, 1)));
        }
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("none"), "auto.offset.reset", "none")) {
            consumer.subscribe(List.of(topic));
            Lab.fails(NoOffsetForPartitionException.class, () -> {
                long deadline = System.nanoTime() + Lab.SOON.toNanos();
                while (System.nanoTime() < deadline) {
                    consumer.poll(Duration.ofMillis(100));
                }
                return null;
            });
        }
    }

    private static void resetByDuration(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("reset", 1);
        KafkaProducer<String, String> producer = lab.producer();
        long now = System.currentTimeMillis();
        for (long hours : new long[] {5, 3, 1, 0}) {
            Lab.get(producer.send(new ProducerRecord<>(topic, 0, now - hours * 3_600_000 - 60_000, "k", hours + "h")));
        }
        try (KafkaConsumer<String, String> consumer =
                consumer(lab, protocol, lab.name("group"), "auto.offset.reset", "by_duration:PT4H")) {
            consumer.subscribe(List.of(topic));
            Lab.equal("values", List.of("3h", "1h", "0h"), values(take(lab, consumer, 3)));
        }
    }

    private static void assigned(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("assigned", 2);
        String group = lab.name("group");
        lab.fill(topic, 2, 20, "v");
        TopicPartition partition = new TopicPartition(topic, 1);
        for (int round = 0; round < 2; round++) {
            try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, group, "max.poll.records", 5)) {
                consumer.assign(List.of(partition));
                Lab.equal("offset of the first", round * 5L, take(lab, consumer, 5).get(0).offset());
                consumer.commitSync();
            }
        }
    }

    private static void formerMember(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("former", 2);
        String group = lab.name("group");
        Object[] config = protocol.equals("classic")
            ? new Object[] {"session.timeout.ms", 2000, "heartbeat.interval.ms", 200, "max.poll.interval.ms", 2000}
            : new Object[] {"max.poll.interval.ms", 1500};
        try (KafkaConsumer<String, String> former = consumer(lab, protocol, group, config)) {
            former.subscribe(List.of(topic));
            lab.until("it has both", () -> {
                former.poll(Duration.ofMillis(100));
                return former.assignment().size() == 2;
            });
            // It does not poll for longer than it may, and another takes over.
            Member other = lab.open(new Member(lab, "other", topic, "group.id", group, "group.protocol", protocol));
            other.awaitAssigned(2);
            Lab.fails(CommitFailedException.class, () -> {
                former.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1)));
                return null;
            });
            Lab.equal("offsets", Map.of(), Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        }
    }

    private static void unknownTopic(Lab lab, String protocol) throws Exception {
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("group"))) {
            TopicPartition unknown = new TopicPartition(lab.name("never"), 0);
            Throwable error = null;
            try {
                consumer.commitSync(Map.of(unknown, new OffsetAndMetadata(1)), Duration.ofSeconds(2));
            } catch (Exception expected) {
                error = expected;
            }
            Lab.that(error instanceof UnknownTopicOrPartitionException || error instanceof org.apache.kafka.common.errors.TimeoutException,
                "it is refused, or asked again in vain: " + error);
        }
    }

    private static void outOfRange(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("range", 1);
        lab.fill(topic, 1, 10, "v");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("a"))) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 500);
            Lab.equal("after the reset", "v0", take(lab, consumer, 1).get(0).value());
        }
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("b"), "auto.offset.reset", "none")) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 500);
            OffsetOutOfRangeException error = Lab.fails(OffsetOutOfRangeException.class, () -> take(lab, consumer, 1));
            Lab.equal("offset", Map.of(partition, 500L), error.offsetOutOfRangePartitions());
        } catch (AssertionError waited) {
            // What poll throws, the waiting has taken for "not yet".
            if (!(waited.getCause() instanceof OffsetOutOfRangeException)) {
                throw waited;
            }
        }
    }

    private static void seek(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("seek", 1);
        lab.fill(topic, 1, 10, "v");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("group"))) {
            consumer.assign(List.of(partition));
            for (int offset : new int[] {7, 0, 9, 3}) {
                consumer.seek(partition, offset);
                Lab.equal("value", "v" + offset, take(lab, consumer, 1).get(0).value());
            }
            consumer.seekToEnd(List.of(partition));
            Lab.equal("end", 10L, consumer.position(partition));
            consumer.seekToBeginning(List.of(partition));
            Lab.equal("beginning", 0L, consumer.position(partition));
            Lab.equal("beginning", Map.of(partition, 0L), consumer.beginningOffsets(List.of(partition)));
            Lab.equal("end", Map.of(partition, 10L), consumer.endOffsets(List.of(partition)));
        }
    }

    private static void paused(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("paused", 2);
        lab.fill(topic, 2, 20, "v");
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("group"))) {
            consumer.assign(Lab.partitions(topic, 2));
            consumer.pause(List.of(new TopicPartition(topic, 0)));
            Lab.equal("partitions that came", Set.of(1), numbers(take(lab, consumer, 10)));
            Lab.that(consumer.poll(Duration.ofMillis(300)).isEmpty(), "the paused one rests");
            consumer.resume(consumer.paused());
            Lab.equal("partitions that came", Set.of(0), numbers(take(lab, consumer, 10)));
        }
    }

    private static Set<Integer> numbers(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::partition).collect(java.util.stream.Collectors.toSet());
    }

    private static void forTimes(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("times", 2);
        KafkaProducer<String, String> producer = lab.producer();
        for (long time : new long[] {1000, 2000, 3000}) {
            Lab.get(producer.send(new ProducerRecord<>(topic, 0, time, "k", "v")));
        }
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("group"))) {
            TopicPartition full = new TopicPartition(topic, 0);
            TopicPartition empty = new TopicPartition(topic, 1);
            var found = consumer.offsetsForTimes(Map.of(full, 1500L, empty, 1500L));
            Lab.equal("offset", 1L, found.get(full).offset());
            Lab.equal("time", 2000L, found.get(full).timestamp());
            Lab.equal("of the empty one", null, found.get(empty));
            Lab.equal("after the end", null, consumer.offsetsForTimes(Map.of(full, 9000L)).get(full));
        }
    }

    private static void lag(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("lag", 1);
        lab.fill(topic, 1, 25, "v");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, String> consumer = consumer(lab, protocol, lab.name("group"), "max.poll.records", 10)) {
            consumer.assign(List.of(partition));
            take(lab, consumer, 10);
            Lab.equal("lag", OptionalLong.of(15), consumer.currentLag(partition));
        }
    }

    private static void metadataTooLarge(Lab lab) throws Exception {
        String topic = lab.topic("metadata", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaConsumer<String, String> consumer = lab.consumer("group.id", lab.name("group"));
        consumer.assign(List.of(partition));
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1, "x".repeat(4096))));
        Lab.fails(OffsetMetadataTooLarge.class, () -> {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(2, "x".repeat(4097))));
            return null;
        });
        Lab.equal("offset", 1L, consumer.committed(Set.of(partition)).get(partition).offset());
    }

    private static void leaderEpoch(Lab lab) throws Exception {
        String topic = lab.topic("epoch", 1);
        lab.fill(topic, 1, 10, "v");
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaConsumer<String, String> consumer = lab.consumer("group.id", lab.name("group"));
        consumer.assign(List.of(partition));
        ConsumerRecord<String, String> first = take(lab, consumer, 10).get(0);
        Lab.that(first.leaderEpoch().isPresent(), "records carry their leader epoch");
        // A position with an epoch is checked with OffsetsForLeaderEpoch before it is read from.
        consumer.seek(partition, new OffsetAndMetadata(4, first.leaderEpoch(), ""));
        Lab.equal("value", "v4", take(lab, consumer, 1).get(0).value());
    }

    private static void listTopics(Lab lab) throws Exception {
        String topic = lab.topic("listed", 3);
        KafkaConsumer<String, String> consumer = lab.consumer("group.id", lab.name("group"));
        Lab.equal("partitions", 3, consumer.listTopics().get(topic).size());
        Lab.equal("partitions", 3, consumer.partitionsFor(topic).size());
        KafkaConsumer<String, String> modest = lab.consumer("allow.auto.create.topics", false);
        Lab.equal("partitions of an unknown topic", List.of(), modest.partitionsFor(lab.name("never")));
        Lab.that(!modest.listTopics().containsKey(lab.name("never")), "asking did not make it");
    }

    private static void manyPartitions(Lab lab) throws Exception {
        String topic = lab.topic("many", 200);
        KafkaConsumer<String, String> consumer = lab.consumer("group.id", lab.name("group"));
        Map<TopicPartition, OffsetAndMetadata> offsets = new java.util.HashMap<>();
        for (TopicPartition partition : Lab.partitions(topic, 200)) {
            offsets.put(partition, new OffsetAndMetadata(partition.partition() + 1));
        }
        consumer.assign(offsets.keySet());
        consumer.commitSync(offsets);
        Lab.equal("committed", offsets, consumer.committed(offsets.keySet()));
    }
}
