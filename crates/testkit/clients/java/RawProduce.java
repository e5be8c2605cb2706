// Produce requests as no client sends them: sequences, epochs, batches that are wrong. And what a broker says of versions.

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;

final class RawProduce {
    static void claims(Suite suite) {
        suite.claim("raw/sequences_are_checked_as_kafka_does", RawProduce::sequences);
        suite.claim("raw/newer_epoch_starts_at_sequence_0_and_fences_the_older", RawProduce::epochs);
        suite.claim("raw/unknown_producer_may_start_at_any_sequence", RawProduce::unknownProducer);
        suite.claim("raw/only_the_last_five_batches_are_known_as_duplicates", RawProduce::lastFive);
        suite.claim("raw/pipelined_requests_are_answered_in_order", RawProduce::pipelined);
        suite.claim("raw/broken_batches_are_refused_with_their_error", RawProduce::brokenBatches);
        suite.claim("raw/unknown_topic_and_partition_are_said", RawProduce::unknownTopic);
        suite.claim("raw/invalid_acks_are_refused", RawProduce::invalidAcks);
        suite.claim("raw/producer_ids_are_unique_and_fresh", RawProduce::producerIds);
        suite.claim("raw/api_versions_of_an_unknown_version_get_the_fallback", RawProduce::versionFallback);
        suite.claim("raw/every_api_of_a_client_is_served", RawProduce::apisServed);
    }

    private static MemoryRecords batch(long producer, int epoch, int sequence, int count) {
        SimpleRecord[] records = new SimpleRecord[count];
        for (int i = 0; i < count; i++) {
            records[i] = new SimpleRecord(1000L, ("k" + i).getBytes(), ("v" + (sequence + i)).getBytes());
        }
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producer, (short) epoch, sequence, records);
    }

    private static ProduceRequest request(Uuid topic, int partition, int acks, MemoryRecords records) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(10_000);
        data.topicData().add(new ProduceRequestData.TopicProduceData().setTopicId(topic).setPartitionData(List.of(
            new ProduceRequestData.PartitionProduceData().setIndex(partition).setRecords(records))));
        return new ProduceRequest(data, ApiKeys.PRODUCE.latestVersion());
    }

    private static PartitionProduceResponse answer(ProduceResponse response) {
        return response.data().responses().iterator().next().partitionResponses().get(0);
    }

    /** One partition, one connection. */
    private record Partition(Raw raw, Uuid topic, String name) {
        PartitionProduceResponse send(MemoryRecords records) throws Exception {
            return answer(raw.call(request(topic, 0, -1, records)));
        }

        void expect(Errors error, long offset, MemoryRecords records) throws Exception {
            PartitionProduceResponse answer = send(records);
            Lab.equal("error", error, Errors.forCode(answer.errorCode()));
            Lab.equal("base offset", offset, answer.baseOffset());
        }
    }

    private static Partition partition(Lab lab, String... configs) throws Exception {
        String topic = lab.topic("raw", 1, configs);
        return new Partition(lab.open(new Raw(lab.bootstrap)), topicId(lab, topic), topic);
    }

    static Uuid topicId(Lab lab, String topic) throws Exception {
        return lab.admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic).topicId();
    }

    static long producerId(Raw raw) throws Exception {
        long deadline = System.nanoTime() + Lab.SOON.toNanos();
        while (true) {
            InitProducerIdResponse response = raw.call(new InitProducerIdRequest.Builder(new InitProducerIdRequestData()
                .setTransactionalId(null).setTransactionTimeoutMs(60_000).setProducerId(-1).setProducerEpoch((short) -1)));
            Errors error = Errors.forCode(response.data().errorCode());
            if (error == Errors.COORDINATOR_LOAD_IN_PROGRESS && System.nanoTime() < deadline) {
                java.util.concurrent.locks.LockSupport.parkNanos(50_000_000L);
                continue;
            }
            Lab.equal("error", Errors.NONE, error);
            Lab.equal("epoch", (short) 0, response.data().producerEpoch());
            return response.data().producerId();
        }
    }

    private static void sequences(Lab lab) throws Exception {
        Partition partition = partition(lab);
        long id = producerId(partition.raw);
        partition.expect(Errors.NONE, 0, batch(id, 0, 0, 3));
        partition.expect(Errors.NONE, 3, batch(id, 0, 3, 2));
        partition.expect(Errors.NONE, 0, batch(id, 0, 0, 3));
        partition.expect(Errors.NONE, 3, batch(id, 0, 3, 2));
        partition.expect(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, batch(id, 0, 6, 1));
        partition.expect(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, batch(id, 0, 3, 1));
        partition.expect(Errors.NONE, 5, batch(id, 0, 5, 1));
        Lab.equal("end", 6L, lab.offset(partition.name, 0, OffsetSpec.latest()));
    }

    private static void epochs(Lab lab) throws Exception {
        Partition partition = partition(lab);
        long id = producerId(partition.raw);
        partition.expect(Errors.NONE, 0, batch(id, 0, 0, 2));
        partition.expect(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, batch(id, 1, 2, 1));
        partition.expect(Errors.NONE, 2, batch(id, 1, 0, 1));
        partition.expect(Errors.INVALID_PRODUCER_EPOCH, -1, batch(id, 0, 2, 1));
        partition.expect(Errors.NONE, 3, batch(id, 1, 1, 1));
    }

    private static void unknownProducer(Lab lab) throws Exception {
        Partition partition = partition(lab);
        long id = producerId(partition.raw);
        partition.expect(Errors.NONE, 0, batch(id, 3, 17, 2));
        partition.expect(Errors.NONE, 2, batch(id, 3, 19, 1));
    }

    private static void lastFive(Lab lab) throws Exception {
        Partition partition = partition(lab);
        long id = producerId(partition.raw);
        for (int i = 0; i < 6; i++) {
            partition.expect(Errors.NONE, i, batch(id, 0, i, 1));
        }
        for (int i = 1; i < 6; i++) {
            partition.expect(Errors.NONE, i, batch(id, 0, i, 1));
        }
        Errors oldest = Errors.forCode(partition.send(batch(id, 0, 0, 1)).errorCode());
        Lab.that(oldest == Errors.OUT_OF_ORDER_SEQUENCE_NUMBER || oldest == Errors.DUPLICATE_SEQUENCE_NUMBER,
            "the sixth batch back is no longer known: " + oldest);
        Lab.equal("end", 6L, lab.offset(partition.name, 0, OffsetSpec.latest()));
    }

    private static void pipelined(Lab lab) throws Exception {
        Partition partition = partition(lab);
        RequestHeader[] headers = new RequestHeader[60];
        for (int i = 0; i < headers.length; i++) {
            MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1L, null, new byte[i]));
            headers[i] = partition.raw.send(request(partition.topic, 0, i % 2 == 0 ? -1 : 1, records));
        }
        for (int i = 0; i < headers.length; i++) {
            PartitionProduceResponse answer = answer(partition.raw.receive(headers[i]));
            Lab.equal("error", Errors.NONE, Errors.forCode(answer.errorCode()));
            Lab.equal("offset", (long) i, answer.baseOffset());
        }
    }

    private static MemoryRecords spoiled(int at, byte value) {
        MemoryRecords good = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1L, null, "value".getBytes()));
        ByteBuffer bytes = ByteBuffer.allocate(good.sizeInBytes()).put(good.buffer().duplicate());
        bytes.put(at, value).flip();
        return MemoryRecords.readableRecords(bytes);
    }

    private static void brokenBatches(Lab lab) throws Exception {
        Partition partition = partition(lab);
        partition.expect(Errors.CORRUPT_MESSAGE, -1, spoiled(70, (byte) 9));
        partition.expect(Errors.CORRUPT_MESSAGE, -1, spoiled(DefaultRecordBatch.CRC_OFFSET, (byte) 77));
        // A second batch is one too many.
        ByteBuffer two = ByteBuffer.allocate(1000);
        for (int i = 0; i < 2; i++) {
            two.put(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1L, null, "v".getBytes())).buffer().duplicate());
        }
        two.flip();
        partition.expect(Errors.INVALID_RECORD, -1, MemoryRecords.readableRecords(two));
        Lab.equal("end", 0L, lab.offset(partition.name, 0, OffsetSpec.latest()));
        partition.expect(Errors.NONE, 0, MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1L, null, new byte[1])));
    }

    private static void unknownTopic(Lab lab) throws Exception {
        Partition partition = partition(lab);
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1L, null, new byte[1]));
        Map<Errors, ProduceRequest> cases = Map.of(
            Errors.UNKNOWN_TOPIC_ID, request(Uuid.randomUuid(), 0, -1, records),
            Errors.UNKNOWN_TOPIC_OR_PARTITION, request(partition.topic, 7, -1, records));
        for (Map.Entry<Errors, ProduceRequest> one : cases.entrySet()) {
            PartitionProduceResponse answer = answer(partition.raw.call(one.getValue()));
            Lab.equal("error", one.getKey(), Errors.forCode(answer.errorCode()));
        }
    }

    private static void invalidAcks(Lab lab) throws Exception {
        Partition partition = partition(lab);
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(1L, null, new byte[1]));
        PartitionProduceResponse answer = answer(partition.raw.call(request(partition.topic, 0, 2, records)));
        Lab.equal("error", Errors.INVALID_REQUIRED_ACKS, Errors.forCode(answer.errorCode()));
        Lab.equal("end", 0L, lab.offset(partition.name, 0, OffsetSpec.latest()));
    }

    private static void producerIds(Lab lab) throws Exception {
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Map<Long, Integer> seen = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            long id = producerId(raw);
            Lab.that(id >= 0 && seen.put(id, i) == null, "producer id " + id + " is given once");
        }
    }

    private static void versionFallback(Lab lab) throws Exception {
        Raw raw = lab.open(new Raw(lab.bootstrap));
        // ApiVersions (18) in version 99, correlation id 7, no client id, no tagged fields.
        raw.frame(ByteBuffer.allocate(11).putShort((short) 18).putShort((short) 99).putInt(7).putShort((short) -1)
            .put((byte) 0).array());
        ByteBuffer answer = raw.receive();
        Lab.equal("correlation id", 7, answer.getInt());
        Lab.equal("error", Errors.UNSUPPORTED_VERSION, Errors.forCode(answer.getShort()));
        Lab.that(answer.getInt() >= 1, "the answer names the versions of at least one API");
        // The connection goes on.
        ApiVersionsResponse response = raw.call(new ApiVersionsRequest.Builder());
        Lab.equal("error", Errors.NONE, Errors.forCode(response.data().errorCode()));
    }

    private static void apisServed(Lab lab) throws Exception {
        ApiVersionsResponse response = lab.open(new Raw(lab.bootstrap)).call(new ApiVersionsRequest.Builder());
        ApiKeys[] needed = {ApiKeys.PRODUCE, ApiKeys.FETCH, ApiKeys.LIST_OFFSETS, ApiKeys.METADATA, ApiKeys.OFFSET_COMMIT,
            ApiKeys.OFFSET_FETCH, ApiKeys.FIND_COORDINATOR, ApiKeys.JOIN_GROUP, ApiKeys.HEARTBEAT, ApiKeys.LEAVE_GROUP,
            ApiKeys.SYNC_GROUP, ApiKeys.DESCRIBE_GROUPS, ApiKeys.LIST_GROUPS, ApiKeys.CREATE_TOPICS, ApiKeys.DELETE_TOPICS,
            ApiKeys.DELETE_RECORDS, ApiKeys.INIT_PRODUCER_ID, ApiKeys.OFFSET_FOR_LEADER_EPOCH, ApiKeys.ADD_PARTITIONS_TO_TXN,
            ApiKeys.ADD_OFFSETS_TO_TXN, ApiKeys.END_TXN, ApiKeys.TXN_OFFSET_COMMIT, ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.DESCRIBE_LOG_DIRS, ApiKeys.CREATE_PARTITIONS, ApiKeys.DELETE_GROUPS, ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.OFFSET_DELETE, ApiKeys.DESCRIBE_CLUSTER, ApiKeys.DESCRIBE_PRODUCERS, ApiKeys.DESCRIBE_TRANSACTIONS,
            ApiKeys.LIST_TRANSACTIONS, ApiKeys.CONSUMER_GROUP_HEARTBEAT, ApiKeys.CONSUMER_GROUP_DESCRIBE,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS};
        for (ApiKeys api : needed) {
            ApiVersion version = response.apiVersion(api.id);
            Lab.that(version != null, "the broker serves " + api);
            Lab.that(version.minVersion() <= api.latestVersion() && version.maxVersion() >= api.oldestVersion(),
                api + " is served in a version that this client has, not just " + version.minVersion() + " to " + version.maxVersion());
        }
        Lab.equal("transaction.version", (short) 2, response.data().finalizedFeatures().find("transaction.version").maxVersionLevel());
    }
}
