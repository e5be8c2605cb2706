// The test tool around Apache's Java client: NDJSON commands in, NDJSON answers out. README.md beside this file is the contract.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.Utils;

public class JavaTool {
    static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // The logging library writes to standard output unless told otherwise, which belongs to the answers.
        System.setOut(System.err);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            try {
                answers.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
            } catch (Throwable error) {
                error.printStackTrace();
                answers.println(JSON.writeValueAsString(JSON.createObjectNode().put("error", error.toString())));
                Runtime.getRuntime().halt(1);
            }
        }
        Runtime.getRuntime().halt(0);
    }

    static ObjectNode answer(JsonNode command) throws Exception {
        return switch (command.path("cmd").asText()) {
            case "version" -> JSON.createObjectNode()
                .put("client", "kafka-clients").put("version", AppInfoParser.getVersion());
            case "create_topics" -> createTopics(command);
            case "produce" -> produce(command);
            case "consume" -> consume(command);
            case "read_batches" -> readBatches(command);
            default -> throw new IllegalArgumentException("unknown command " + command.path("cmd"));
        };
    }

    static ObjectNode createTopics(JsonNode command) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (JsonNode topic : command.required("topics")) {
            Map<String, String> configs = new HashMap<>();
            topic.path("configs").properties().forEach(config -> configs.put(config.getKey(), config.getValue().asText()));
            Optional<Integer> partitions = Optional.of(topic.path("partitions").asInt(1));
            topics.add(new NewTopic(topic.required("name").asText(), partitions, Optional.empty()).configs(configs));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", command.required("bootstrap").asText()))) {
            admin.createTopics(topics).all().get(60, TimeUnit.SECONDS);
        }
        return JSON.createObjectNode().put("created", topics.size());
    }

    static ObjectNode produce(JsonNode command) throws Exception {
        String mode = command.path("mode").asText("plain");
        boolean transactional = mode.equals("commit") || mode.equals("abort");
        List<ProducerRecord<byte[], byte[]>> records = records(command);
        List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
        try (KafkaProducer<byte[], byte[]> producer = producer(command, mode, transactional)) {
            if (transactional) {
                producer.initTransactions();
                producer.beginTransaction();
            }
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            producer.flush();
            // Errors of single sends come out here, before a transaction is said to be whole.
            for (Future<RecordMetadata> future : sent) {
                future.get(60, TimeUnit.SECONDS);
            }
            switch (mode) {
                case "commit" -> producer.commitTransaction();
                case "abort" -> producer.abortTransaction();
                case "plain", "idempotent" -> { }
                default -> throw new IllegalArgumentException("unknown mode " + mode);
            }
        }
        ObjectNode answer = JSON.createObjectNode().put("produced", sent.size());
        if (!sent.isEmpty()) {
            answer.put("first_offset", sent.get(0).get().offset());
            answer.put("last_offset", sent.get(sent.size() - 1).get().offset());
        }
        return answer;
    }

    static KafkaProducer<byte[], byte[]> producer(JsonNode command, String mode, boolean transactional) {
        int batchBytes = command.path("batch_bytes").asInt(16 << 20);
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", command.required("bootstrap").asText());
        config.put("compression.type", command.required("codec").asText());
        config.put("batch.size", batchBytes);
        config.put("linger.ms", command.path("linger_ms").asInt(30_000));
        config.put("max.request.size", batchBytes + (1 << 20));
        config.put("buffer.memory", 64L << 20);
        config.put("enable.idempotence", !mode.equals("plain"));
        if (transactional) {
            config.put("transactional.id", command.required("transactional_id").asText());
        }
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static List<ProducerRecord<byte[], byte[]>> records(JsonNode command) {
        String topic = command.required("topic").asText();
        int partition = command.path("partition").asInt(0);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        if (command.has("generate")) {
            Generator generator = new Generator(command.get("generate"));
            for (int i = 0; i < generator.count; i++) {
                records.add(generator.record(topic, partition, i));
            }
            return records;
        }
        for (JsonNode record : command.required("records")) {
            List<Header> headers = new ArrayList<>();
            for (JsonNode header : record.path("headers")) {
                headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
            }
            records.add(new ProducerRecord<>(topic, partition, record.required("timestamp").asLong(),
                bytes(record.get("key")), bytes(record.get("value")), headers));
        }
        return records;
    }

    static byte[] bytes(JsonNode base64) {
        return base64 == null || base64.isNull() ? null : Base64.getDecoder().decode(base64.asText());
    }

    static ObjectNode consume(JsonNode command) throws Exception {
        TopicPartition partition = new TopicPartition(command.required("topic").asText(), command.path("partition").asInt(0));
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", command.required("bootstrap").asText());
        config.put("isolation.level", command.path("isolation").asText("read_uncommitted"));
        config.put("check.crcs", true);
        config.put("enable.auto.commit", false);
        config.put("auto.offset.reset", "none");
        config.put("max.poll.records", 100_000);
        config.put("max.partition.fetch.bytes", 64 << 20);
        config.put("fetch.max.bytes", 64 << 20);
        config.put("fetch.max.wait.ms", 50);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(command.path("timeout_ms").asLong(60_000));
        Answer answer = new Answer(command.path("digest").asBoolean(false));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, command.path("from_offset").asLong(0));
            long until = command.has("until_offset") ? command.get("until_offset").asLong()
                : consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < until) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("time ran out at offset " + consumer.position(partition) + " of " + until);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    if (record.offset() < until) {
                        answer.add(record.offset(), record.timestamp(), record.timestampType(), record.key(), record.value(),
                            record.headers().toArray());
                    }
                }
            }
        }
        return answer.finish();
    }

    static ObjectNode readBatches(JsonNode command) throws Exception {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode batches = answer.putArray("batches");
        ByteBuffer bytes = ByteBuffer.wrap(bytes(command.required("bytes")));
        for (MutableRecordBatch read : MemoryRecords.readableRecords(bytes).batches()) {
            read.ensureValid();
            DefaultRecordBatch batch = (DefaultRecordBatch) read;
            ObjectNode view = batches.addObject().put("size_bytes", batch.sizeInBytes())
                .put("base_offset", batch.baseOffset()).put("last_offset", batch.lastOffset())
                .put("leader_epoch", batch.partitionLeaderEpoch()).put("crc", batch.checksum())
                .put("codec", batch.compressionType().name).put("timestamp_type", Answer.name(batch.timestampType()))
                .put("transactional", batch.isTransactional()).put("control", batch.isControlBatch())
                .put("base_timestamp", batch.baseTimestamp()).put("max_timestamp", batch.maxTimestamp())
                .put("producer_id", batch.producerId()).put("producer_epoch", batch.producerEpoch())
                .put("base_sequence", batch.baseSequence()).put("record_count", batch.countOrNull());
            OptionalLong horizon = batch.deleteHorizonMs();
            view.set("delete_horizon", horizon.isPresent() ? LongNode.valueOf(horizon.getAsLong()) : NullNode.instance);
            view.set("marker", batch.isControlBatch() ? marker(batch) : NullNode.instance);
            Answer records = new Answer(false);
            for (Record record : batch) {
                records.add(record.offset(), record.timestamp(), batch.timestampType(), Utils.toNullableArray(record.key()),
                    Utils.toNullableArray(record.value()), record.headers());
            }
            view.set("records", records.records);
        }
        return answer;
    }

    static JsonNode marker(DefaultRecordBatch batch) {
        for (Record record : batch) {
            ControlRecordType type = ControlRecordType.parse(record.key());
            return JSON.createObjectNode().put("type", type.name().toLowerCase(Locale.ROOT))
                .put("coordinator_epoch", EndTransactionMarker.deserialize(record).coordinatorEpoch());
        }
        return NullNode.instance;
    }

    /** What a consume command answers: every record, or their digest. */
    static final class Answer {
        final ArrayNode records;
        final MessageDigest digest;
        int count = 0;

        Answer(boolean digested) throws Exception {
            records = digested ? null : JSON.createArrayNode();
            digest = digested ? MessageDigest.getInstance("SHA-256") : null;
        }

        void add(long offset, long timestamp, TimestampType type, byte[] key, byte[] value, Header[] headers) {
            count++;
            if (digest != null) {
                digest.update(ByteBuffer.allocate(17).putLong(offset).putLong(timestamp)
                    .put((byte) (type == TimestampType.LOG_APPEND_TIME ? 1 : 0)).array());
                digestBytes(key);
                digestBytes(value);
                digest.update(ByteBuffer.allocate(4).putInt(headers.length).array());
                for (Header header : headers) {
                    digestBytes(header.key().getBytes(StandardCharsets.UTF_8));
                    digestBytes(header.value());
                }
                return;
            }
            ObjectNode node = records.addObject().put("offset", offset).put("timestamp", timestamp)
                .put("timestamp_type", name(type)).put("key", base64(key)).put("value", base64(value));
            ArrayNode headerNodes = node.putArray("headers");
            for (Header header : headers) {
                headerNodes.addArray().add(header.key()).add(base64(header.value()));
            }
        }

        void digestBytes(byte[] bytes) {
            digest.update(ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).array());
            if (bytes != null) {
                digest.update(bytes);
            }
        }

        static String name(TimestampType type) {
            return type == TimestampType.LOG_APPEND_TIME ? "append" : "create";
        }

        static String base64(byte[] bytes) {
            return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
        }

        ObjectNode finish() {
            ObjectNode answer = JSON.createObjectNode().put("count", count);
            if (digest != null) {
                return answer.put("digest", HexFormat.of().formatHex(digest.digest()));
            }
            answer.set("records", records);
            return answer;
        }
    }

    /** The formula of README.md. */
    static final class Generator {
        static final byte[] TEXT = "The water divides: größer, naïve, вода, 水门, 🌊. ".getBytes(StandardCharsets.UTF_8);
        static final String[] NAMES = {"trace", "ключ", "水", ""};
        final int count;
        final boolean nullHeaderValues;
        final boolean nullKeyAndValue;
        long state;

        Generator(JsonNode spec) {
            count = spec.required("count").asInt();
            nullHeaderValues = spec.path("null_header_values").asBoolean(true);
            nullKeyAndValue = spec.path("null_key_and_value").asBoolean(true);
            long seed = spec.required("seed").bigIntegerValue().longValue();
            state = seed == 0 ? 0x9E3779B97F4A7C15L : seed;
        }

        ProducerRecord<byte[], byte[]> record(String topic, int partition, int index) {
            long timestamp = 1_700_000_000_000L + 3L * index + below(2000);
            byte[] key = nullable(8, 40);
            byte[] value = nullable(8, 200);
            int headerCount = below(4);
            List<Header> headers = new ArrayList<>(headerCount);
            for (int i = 0; i < headerCount; i++) {
                String name = NAMES[below(4)];
                byte[] headerValue = nullable(4, 20);
                headers.add(new RecordHeader(name, headerValue == null && !nullHeaderValues ? new byte[0] : headerValue));
            }
            if (key == null && value == null && !nullKeyAndValue) {
                value = new byte[0];
            }
            return new ProducerRecord<>(topic, partition, timestamp, key, value, headers);
        }

        byte[] nullable(int kinds, int lengthLimit) {
            return switch (below(kinds)) {
                case 0 -> null;
                case 1 -> new byte[0];
                default -> blob(below(lengthLimit));
            };
        }

        byte[] blob(int length) {
            byte[] bytes = new byte[length];
            if (below(4) == 0) {
                for (int i = 0; i < length; i++) {
                    bytes[i] = (byte) (next() >>> 56);
                }
                return bytes;
            }
            int start = below(TEXT.length);
            for (int i = 0; i < length; i++) {
                bytes[i] = TEXT[(start + i) % TEXT.length];
            }
            return bytes;
        }

        int below(int limit) {
            return (int) ((next() >>> 33) % limit);
        }

        long next() {
            state ^= state >>> 12;
            state ^= state << 25;
            state ^= state >>> 27;
            return state * 0x2545F4914F6CDD1DL;
        }
    }
}
