// What is written is what is read: codecs, keys, values, headers, timestamps, sizes, and the order of keys.

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

final class Records {
    static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};

    static void claims(Suite suite) {
        for (String codec : CODECS) {
            suite.claim("records/" + codec + "_comes_back_as_sent", lab -> comesBack(lab, codec, "producer"));
            suite.claim("records/" + codec + "_sent_to_a_topic_of_other_codecs_comes_back", lab -> {
                for (String topicCodec : new String[] {"uncompressed", "gzip", "snappy", "lz4", "zstd"}) {
                    comesBack(lab, codec, topicCodec);
                }
            });
            suite.claim("records/" + codec + "_large_values_come_back", lab -> largeValues(lab, codec));
        }
        suite.claim("records/codecs_mixed_in_one_partition_come_back", Records::mixedCodecs);
        suite.claim("records/order_of_each_key_is_kept_over_partitions", lab -> keyedOrder(lab, true));
        suite.claim("records/order_is_kept_without_idempotence_and_one_in_flight", lab -> keyedOrder(lab, false));
        suite.claim("records/create_time_is_the_producers", Records::createTime);
        suite.claim("records/append_time_is_the_brokers", Records::appendTime);
        suite.claim("records/append_time_with_compression_is_the_brokers", Records::appendTimeCompressed);
        suite.claim("records/timestamps_out_of_the_allowed_range_are_refused", Records::timestampRange);
        suite.claim("records/offsets_in_answers_are_those_read", Records::answersOffsets);
        suite.claim("records/acks_0_gives_no_offset_and_arrives", Records::acksZero);
        suite.claim("records/acks_1_arrives", lab -> acks(lab, "1"));
        suite.claim("records/acks_all_arrives", lab -> acks(lab, "all"));
        suite.claim("records/min_insync_replicas_count_for_no_more_than_the_replicas_there_are", Records::minIsr);
        suite.claim("records/batch_of_exactly_max_message_bytes_passes_and_one_more_byte_does_not", Records::exactLimit);
        suite.claim("records/default_limit_is_1048588_bytes", Records::defaultLimit);
        suite.claim("records/too_large_batch_is_split_by_the_producer", Records::splitBatch);
        suite.claim("records/limit_counts_compressed_bytes", Records::compressedLimit);
        suite.claim("records/compacted_topic_refuses_a_record_without_key", Records::compactedNeedsKeys);
        suite.claim("records/producer_creates_a_topic", Records::autoCreate);
        suite.claim("records/bad_topic_name_is_refused", Records::badName);
        suite.claim("records/unknown_partition_is_waited_for_in_vain", Records::unknownPartition);
    }

    /** Keys, values and headers of all kinds, the same for the same seed. */
    static List<ProducerRecord<byte[], byte[]>> awkward(String topic, int partition, int count, long seed) {
        Random random = new Random(seed);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Header> headers = new ArrayList<>();
            for (int h = random.nextInt(4); h > 0; h--) {
                String name = new String[] {"trace", "ключ", "水", ""}[random.nextInt(4)];
                headers.add(new RecordHeader(name, blob(random, 20)));
            }
            long timestamp = 1_700_000_000_000L + 3L * i + random.nextInt(2000);
            records.add(new ProducerRecord<>(topic, partition, timestamp, blob(random, 40), blob(random, 200), headers));
        }
        return records;
    }

    private static byte[] blob(Random random, int most) {
        int kind = random.nextInt(8);
        if (kind == 0) {
            return null;
        }
        byte[] bytes = new byte[kind == 1 ? 0 : random.nextInt(most)];
        if (kind == 2) {
            random.nextBytes(bytes);
        } else {
            Arrays.fill(bytes, (byte) ('a' + random.nextInt(26)));
        }
        return bytes;
    }

    static List<RecordMetadata> sendAll(
            KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
        producer.flush();
        List<RecordMetadata> answers = new ArrayList<>();
        for (Future<RecordMetadata> future : sent) {
            answers.add(Lab.get(future));
        }
        return answers;
    }

    static void same(ProducerRecord<byte[], byte[]> sent, ConsumerRecord<byte[], byte[]> got) {
        Lab.equal("the key", sent.key(), got.key());
        Lab.equal("the value", sent.value(), got.value());
        Lab.equal("the timestamp", sent.timestamp(), got.timestamp());
        Lab.equal("the timestamp's type", TimestampType.CREATE_TIME, got.timestampType());
        Lab.equal("the headers", List.of(sent.headers().toArray()), List.of(got.headers().toArray()));
    }

    static void same(List<ProducerRecord<byte[], byte[]>> sent, List<ConsumerRecord<byte[], byte[]>> got) {
        Lab.equal("the number of records", sent.size(), got.size());
        for (int i = 0; i < sent.size(); i++) {
            same(sent.get(i), got.get(i));
            Lab.equal("the offset", (long) i, got.get(i).offset());
        }
    }

    private static void comesBack(Lab lab, String codec, String topicCodec) throws Exception {
        String topic = lab.topic("codec-" + topicCodec, 1, "compression.type", topicCodec);
        KafkaProducer<byte[], byte[]> producer =
            lab.bytesProducer("compression.type", codec, "linger.ms", 20, "batch.size", 8000);
        List<ProducerRecord<byte[], byte[]>> records = awkward(topic, 0, 300, codec.hashCode());
        sendAll(producer, records);
        same(records, lab.readBytes(topic, 1));
    }

    private static void largeValues(Lab lab, String codec) throws Exception {
        String topic = lab.topic("large", 1);
        KafkaProducer<byte[], byte[]> producer = lab.bytesProducer("compression.type", codec, "batch.size", 900_000,
            "linger.ms", 20);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            byte[] value = "The water divides: größer, вода, 水门. ".repeat(15_000).substring(i, 400_000 + i).getBytes(UTF_8);
            records.add(new ProducerRecord<>(topic, 0, 1_700_000_000_000L + i, null, value));
        }
        sendAll(producer, records);
        same(records, lab.readBytes(topic, 1));
    }

    private static void mixedCodecs(Lab lab) throws Exception {
        String topic = lab.topic("mixed", 1);
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (String codec : CODECS) {
                List<ProducerRecord<byte[], byte[]>> records = awkward(topic, 0, 30, round * 10L + codec.length());
                sendAll(lab.bytesProducer("compression.type", codec), records);
                all.addAll(records);
            }
        }
        same(all, lab.readBytes(topic, 1));
    }

    private static void keyedOrder(Lab lab, boolean idempotent) throws Exception {
        String topic = lab.topic("keyed", 6);
        KafkaProducer<String, String> producer = idempotent
            ? lab.producer("batch.size", 500, "compression.type", "lz4")
            : lab.producer("batch.size", 500, "enable.idempotence", false, "max.in.flight.requests.per.connection", 1);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, "key" + i % 37, "" + i)));
        }
        for (Future<RecordMetadata> future : sent) {
            Lab.get(future);
        }
        Map<String, Integer> partitionOf = new HashMap<>();
        Map<String, Integer> last = new HashMap<>();
        int count = 0;
        for (ConsumerRecord<String, String> record : lab.read(topic, "read_uncommitted")) {
            count++;
            Lab.equal("partition of " + record.key(), partitionOf.computeIfAbsent(record.key(), key -> record.partition()),
                record.partition());
            int number = Integer.parseInt(record.value());
            int before = last.getOrDefault(record.key(), Integer.parseInt(record.key().substring(3)) - 37);
            Lab.equal("the one after " + before, before + 37, number);
            last.put(record.key(), number);
        }
        Lab.equal("records", 4000, count);
        Lab.that(partitionOf.values().stream().distinct().count() == 6, "37 keys use all six partitions");
    }

    private static void createTime(Lab lab) throws Exception {
        String topic = lab.topic("create-time", 1);
        KafkaProducer<String, String> producer = lab.producer();
        for (long timestamp : new long[] {0, 1, 1_600_000_000_000L, 5}) {
            RecordMetadata answer = Lab.get(producer.send(new ProducerRecord<>(topic, 0, timestamp, "k", "v")));
            Lab.equal("the timestamp in the answer", timestamp, answer.timestamp());
        }
        List<Long> read = lab.read(topic, "read_uncommitted").stream().map(ConsumerRecord::timestamp).toList();
        Lab.equal("timestamps", List.of(0L, 1L, 1_600_000_000_000L, 5L), read);
    }

    private static void appendTime(Lab lab) throws Exception {
        String topic = lab.topic("append-time", 1, "message.timestamp.type", "LogAppendTime");
        appendTime(lab, topic, lab.producer());
    }

    private static void appendTimeCompressed(Lab lab) throws Exception {
        String topic = lab.topic("append-time", 1, "message.timestamp.type", "LogAppendTime");
        appendTime(lab, topic, lab.producer("compression.type", "zstd", "linger.ms", 20));
    }

    private static void appendTime(Lab lab, String topic, KafkaProducer<String, String> producer) throws Exception {
        long before = System.currentTimeMillis();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, 0, 1000L + i, "k", "v" + i)));
        }
        List<Long> answered = new ArrayList<>();
        for (Future<RecordMetadata> future : sent) {
            answered.add(Lab.get(future).timestamp());
        }
        long after = System.currentTimeMillis();
        List<ConsumerRecord<String, String>> records = lab.read(topic, "read_uncommitted");
        Lab.equal("timestamps read and answered", answered, records.stream().map(ConsumerRecord::timestamp).toList());
        for (ConsumerRecord<String, String> record : records) {
            Lab.equal("the timestamp's type", TimestampType.LOG_APPEND_TIME, record.timestampType());
            Lab.that(record.timestamp() >= before && record.timestamp() <= after, "the append time is the time of the append");
        }
    }

    private static void timestampRange(Lab lab) throws Exception {
        String topic = lab.topic("range", 1, "message.timestamp.before.max.ms", "3600000",
            "message.timestamp.after.max.ms", "3600000");
        KafkaProducer<String, String> producer = lab.producer();
        long now = System.currentTimeMillis();
        Lab.fails(InvalidTimestampException.class, producer.send(new ProducerRecord<>(topic, 0, now - 7_200_000, "k", "old")));
        Lab.fails(InvalidTimestampException.class, producer.send(new ProducerRecord<>(topic, 0, now + 7_200_000, "k", "new")));
        Lab.get(producer.send(new ProducerRecord<>(topic, 0, now - 1_800_000, "k", "in")));
        Lab.equal("values", List.of("in"), lab.values(topic, "read_uncommitted"));
    }

    private static void answersOffsets(Lab lab) throws Exception {
        String topic = lab.topic("offsets", 3);
        List<RecordMetadata> answers = lab.fill(topic, 3, 300, "v");
        Map<String, Long> offsets = new HashMap<>();
        lab.read(topic, "read_uncommitted").forEach(record -> offsets.put(record.value(), record.offset()));
        for (int i = 0; i < 300; i++) {
            Lab.equal("offset of v" + i, offsets.get("v" + i), answers.get(i).offset());
            Lab.equal("partition of v" + i, i % 3, answers.get(i).partition());
        }
    }

    private static void acksZero(Lab lab) throws Exception {
        String topic = lab.topic("acks0", 1);
        KafkaProducer<String, String> producer = lab.producer("acks", "0", "enable.idempotence", false);
        for (int i = 0; i < 50; i++) {
            RecordMetadata answer = Lab.get(producer.send(new ProducerRecord<>(topic, 0, "k", "v" + i)));
            Lab.that(!answer.hasOffset(), "there is no offset with acks=0");
        }
        lab.until("all have arrived", () -> lab.offset(topic, 0, OffsetSpec.latest()) == 50);
        Lab.equal("values", Lab.numbered("v", 50), lab.values(topic, "read_uncommitted"));
    }

    private static void acks(Lab lab, String acks) throws Exception {
        String topic = lab.topic("acks" + acks, 2);
        KafkaProducer<String, String> producer = lab.producer("acks", acks, "enable.idempotence", false);
        Lab.fill(producer, topic, 2, 200, "v");
        Lab.exactlyOnce("values", Lab.numbered("v", 200), lab.values(topic, "read_uncommitted"));
    }

    private static void minIsr(Lab lab) throws Exception {
        String topic = lab.topic("min-isr", 1, "min.insync.replicas", "2");
        for (String acks : new String[] {"all", "1"}) {
            KafkaProducer<String, String> producer = lab.producer("retries", 0, "enable.idempotence", false, "acks", acks);
            Lab.get(producer.send(new ProducerRecord<>(topic, "k", acks)));
        }
        Lab.equal("values", List.of("all", "1"), lab.values(topic, "read_uncommitted"));
    }

    private static int batchBytes(byte[] value) {
        return DefaultRecordBatch.sizeInBytes(List.of(new SimpleRecord(0L, null, value)));
    }

    private static byte[] valueForBatchOf(int bytes) {
        byte[] value = new byte[bytes - 100];
        value = new byte[value.length + bytes - batchBytes(value)];
        Lab.equal("size of the batch", bytes, batchBytes(value));
        return value;
    }

    private static void limit(Lab lab, String topic, int most) throws Exception {
        KafkaProducer<byte[], byte[]> producer = lab.bytesProducer("max.request.size", 8 << 20);
        Lab.get(producer.send(new ProducerRecord<>(topic, 0, null, valueForBatchOf(most))));
        Lab.fails(RecordTooLargeException.class, producer.send(new ProducerRecord<>(topic, 0, null, valueForBatchOf(most + 1))));
        Lab.get(producer.send(new ProducerRecord<>(topic, 0, null, new byte[10])));
        Lab.equal("sizes of what arrived", List.of(valueForBatchOf(most).length, 10),
            lab.readBytes(topic, 1).stream().map(record -> record.value().length).toList());
    }

    private static void exactLimit(Lab lab) throws Exception {
        limit(lab, lab.topic("limit", 1, "max.message.bytes", "5000"), 5000);
    }

    private static void defaultLimit(Lab lab) throws Exception {
        // Brokers of tests may have a larger default: what they say is what must hold.
        String topic = lab.topic("limit", 1, "max.message.bytes", "1048588");
        limit(lab, topic, 1_048_588);
    }

    private static void splitBatch(Lab lab) throws Exception {
        String topic = lab.topic("split", 1, "max.message.bytes", "3000");
        KafkaProducer<String, String> producer = lab.producer("batch.size", 100_000, "linger.ms", 200);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, "k", i + "-" + "x".repeat(300))));
        }
        for (Future<RecordMetadata> future : sent) {
            Lab.get(future);
        }
        List<String> read = lab.values(topic, "read_uncommitted").stream().map(value -> value.split("-")[0]).toList();
        Lab.equal("values in order", Lab.numbered("", 60), read);
    }

    private static void compressedLimit(Lab lab) throws Exception {
        String topic = lab.topic("limit", 1, "max.message.bytes", "3000");
        KafkaProducer<byte[], byte[]> producer = lab.bytesProducer("compression.type", "zstd", "max.request.size", 2 << 20);
        Lab.get(producer.send(new ProducerRecord<>(topic, 0, null, new byte[500_000])));
        Lab.equal("size of what arrived", 500_000, lab.readBytes(topic, 1).get(0).value().length);
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        Lab.fails(RecordTooLargeException.class, producer.send(new ProducerRecord<>(topic, 0, null, noise)));
    }

    private static void compactedNeedsKeys(Lab lab) throws Exception {
        for (String codec : new String[] {"none", "lz4"}) {
            String topic = lab.topic("compacted-" + codec, 1, "cleanup.policy", "compact");
            KafkaProducer<String, String> producer = lab.producer("compression.type", codec);
            Lab.fails(InvalidRecordException.class, producer.send(new ProducerRecord<>(topic, null, "no key")));
            Lab.get(producer.send(new ProducerRecord<>(topic, "key", null)));
            Lab.equal("records", 1, lab.read(topic, "read_uncommitted").size());
        }
    }

    private static void autoCreate(Lab lab) throws Exception {
        String topic = lab.name("auto.created_topic");
        KafkaProducer<String, String> producer = lab.producer();
        Lab.get(producer.send(new ProducerRecord<>(topic, "k", "v")));
        Lab.equal("partitions", 1, producer.partitionsFor(topic).size());
        Lab.equal("values", List.of("v"), lab.values(topic, "read_uncommitted"));
    }

    private static void badName(Lab lab) throws Exception {
        KafkaProducer<String, String> producer = lab.producer("max.block.ms", 20_000);
        for (String name : new String[] {"not a topic", "a/b", "..", "x".repeat(250)}) {
            Lab.fails(InvalidTopicException.class, producer.send(new ProducerRecord<>(name, "k", "v")));
        }
    }

    private static void unknownPartition(Lab lab) throws Exception {
        String topic = lab.topic("two", 2);
        KafkaProducer<String, String> producer = lab.producer("max.block.ms", 700);
        Lab.fails(TimeoutException.class, producer.send(new ProducerRecord<>(topic, 2, "k", "v")));
        Lab.get(producer.send(new ProducerRecord<>(topic, 1, "k", "v")));
    }
}
