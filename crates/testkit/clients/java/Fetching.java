// Fetches: how long they wait, how much they give, and what they say of offsets and epochs that are not there.

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;

final class Fetching {
    static void claims(Suite suite) {
        suite.claim("fetch/empty_fetch_waits_for_its_time_and_no_longer", Fetching::waits);
        suite.claim("fetch/waiting_fetch_is_answered_when_a_record_comes", Fetching::wakes);
        suite.claim("fetch/waiting_fetch_holds_out_for_its_bytes", Fetching::minBytes);
        suite.claim("fetch/waiting_fetch_is_answered_when_a_transaction_ends", Fetching::wakesOnCommit);
        suite.claim("fetch/waiting_fetches_delay_no_one", Fetching::parkedDelayNoOne);
        suite.claim("fetch/waiting_consumer_gets_each_record_at_once", Fetching::latency);
        suite.claim("fetch/batch_larger_than_the_limits_still_comes", Fetching::firstBatchWhole);
        suite.claim("fetch/consumer_with_tiny_limits_reads_all", Fetching::tinyLimits);
        suite.claim("fetch/limit_holds_over_partitions", Fetching::limitOverPartitions);
        suite.claim("fetch/every_partition_has_its_turn_under_a_limit", Fetching::turns);
        suite.claim("fetch/offset_in_the_middle_of_a_batch_gives_the_batch", Fetching::middle);
        suite.claim("fetch/offsets_out_of_range_are_said", Fetching::outOfRange);
        suite.claim("fetch/unknown_topics_and_partitions_are_said", Fetching::unknown);
        suite.claim("fetch/wrong_leader_epochs_are_said", Fetching::epochs);
        suite.claim("fetch/end_offset_of_a_leader_epoch", Fetching::endOfEpoch);
        suite.claim("fetch/aborted_transactions_are_named_under_read_committed", Fetching::abortedNamed);
        suite.claim("fetch/watermarks_are_told", Fetching::watermarks);
        suite.claim("fetch/eight_megabytes_come_whole", Fetching::manyMegabytes);
        suite.claim("fetch/twenty_consumers_read_the_same", Fetching::twentyConsumers);
    }

    /** One fetch request being built. */
    static final class Fetch {
        private final Map<TopicPartition, FetchRequest.PartitionData> partitions = new LinkedHashMap<>();
        private final Map<Uuid, String> names = new LinkedHashMap<>();
        private List<TopicIdPartition> forgotten = List.of();
        private FetchMetadata session = FetchMetadata.LEGACY;
        private IsolationLevel isolation = IsolationLevel.READ_UNCOMMITTED;
        private int waitMs;
        private int minBytes = 1;
        private int maxBytes = 50 << 20;

        Fetch of(String topic, Uuid id, int partition, long offset) {
            return of(topic, id, partition, offset, 1 << 20, Optional.empty());
        }

        Fetch of(String topic, Uuid id, int partition, long offset, int bytes, Optional<Integer> epoch) {
            names.put(id, topic);
            partitions.put(new TopicPartition(topic, partition), new FetchRequest.PartitionData(id, offset, -1, bytes, epoch));
            return this;
        }

        Fetch waiting(int ms, int bytes) {
            waitMs = ms;
            minBytes = bytes;
            return this;
        }

        Fetch atMost(int bytes) {
            maxBytes = bytes;
            return this;
        }

        Fetch committed() {
            isolation = IsolationLevel.READ_COMMITTED;
            return this;
        }

        Fetch session(int id, int epoch) {
            session = new FetchMetadata(id, epoch);
            return this;
        }

        Fetch forgetting(String topic, Uuid id, int partition) {
            names.put(id, topic);
            forgotten = List.of(new TopicIdPartition(id, partition, topic));
            return this;
        }

        FetchRequest request() {
            return FetchRequest.Builder.forConsumer(ApiKeys.FETCH.latestVersion(), waitMs, minBytes, partitions)
                .isolationLevel(isolation).metadata(session).setMaxBytes(maxBytes).removed(forgotten).build();
        }

        FetchResponse send(Raw raw) throws Exception {
            return raw.call(request());
        }

        Map<TopicPartition, FetchResponseData.PartitionData> answer(FetchResponse response) {
            return response.responseData(names, ApiKeys.FETCH.latestVersion());
        }

        FetchResponseData.PartitionData single(Raw raw) throws Exception {
            return answer(send(raw)).values().iterator().next();
        }
    }

    static int bytes(FetchResponseData.PartitionData data) {
        return FetchResponse.recordsSize(data);
    }

    static Errors error(FetchResponseData.PartitionData data) {
        return Errors.forCode(data.errorCode());
    }

    private static long millis(long since) {
        return (System.nanoTime() - since) / 1_000_000;
    }

    private static void waits(Lab lab) throws Exception {
        String topic = lab.topic("empty", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        for (int wait : new int[] {0, 300, 1000}) {
            long began = System.nanoTime();
            FetchResponseData.PartitionData data = new Fetch().of(topic, id, 0, 0).waiting(wait, 1).single(raw);
            long took = millis(began);
            Lab.equal("bytes", 0, bytes(data));
            Lab.that(took >= wait - 20 && took < wait + 8000, "a wait of " + wait + " ms took " + took + " ms");
        }
    }

    private static void wakes(Lab lab) throws Exception {
        String topic = lab.topic("parked", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Fetch fetch = new Fetch().of(topic, id, 0, 0).waiting(25_000, 1);
        var header = raw.send(fetch.request());
        long began = System.nanoTime();
        lab.fill(topic, 1, 1, "v");
        FetchResponseData.PartitionData data = fetch.answer(raw.receive(header)).values().iterator().next();
        Lab.that(bytes(data) > 0 && millis(began) < 10_000, "the record ends the wait: " + bytes(data) + " bytes, " + millis(began) + " ms");
    }

    private static void minBytes(Lab lab) throws Exception {
        String topic = lab.topic("parked", 2);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Fetch fetch = new Fetch().of(topic, id, 0, 0).of(topic, id, 1, 0).waiting(25_000, 6000);
        CompletableFuture<Map<TopicPartition, FetchResponseData.PartitionData>> answer = new CompletableFuture<>();
        var header = raw.send(fetch.request());
        Thread reader = new Thread(() -> {
            try {
                answer.complete(fetch.answer(raw.receive(header)));
            } catch (Exception failed) {
                answer.completeExceptionally(failed);
            }
        });
        reader.start();
        KafkaProducer<String, String> producer = lab.producer();
        for (int i = 0; i < 5; i++) {
            Lab.get(producer.send(new ProducerRecord<>(topic, i % 2, "k", "x".repeat(1000))));
            Lab.that(!answer.isDone(), "it is not answered after " + (i + 1) + " KB");
        }
        Lab.get(producer.send(new ProducerRecord<>(topic, 1, "k", "x".repeat(1000))));
        int sum = Lab.get(answer).values().stream().mapToInt(Fetching::bytes).sum();
        Lab.that(sum >= 6000, "both partitions count together: " + sum);
    }

    private static void wakesOnCommit(Lab lab) throws Exception {
        String topic = lab.topic("parked", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        KafkaProducer<String, String> producer = Transactions.producer(lab, lab.bootstrap, lab.name("id"));
        producer.initTransactions();
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 1, "v");
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Lab.equal("bytes while it is open", 0, bytes(new Fetch().of(topic, id, 0, 0).committed().waiting(200, 1).single(raw)));
        Fetch fetch = new Fetch().of(topic, id, 0, 0).committed().waiting(25_000, 1);
        var header = raw.send(fetch.request());
        long began = System.nanoTime();
        producer.commitTransaction();
        FetchResponseData.PartitionData data = fetch.answer(raw.receive(header)).values().iterator().next();
        Lab.that(bytes(data) > 0 && millis(began) < 10_000, "the commit ends the wait: " + bytes(data) + " bytes, " + millis(began) + " ms");
    }

    private static void parkedDelayNoOne(Lab lab) throws Exception {
        String parked = lab.topic("parked", 1);
        Uuid id = RawProduce.topicId(lab, parked);
        for (int i = 0; i < 200; i++) {
            lab.open(new Raw(lab.bootstrap)).send(new Fetch().of(parked, id, 0, 0).waiting(20_000, 1).request());
        }
        String topic = lab.topic("busy", 1);
        long began = System.nanoTime();
        KafkaProducer<String, String> producer = lab.producer();
        for (int i = 0; i < 100; i++) {
            Lab.get(producer.send(new ProducerRecord<>(topic, "k", "v" + i)));
        }
        Lab.equal("values", Lab.numbered("v", 100), lab.values(topic, "read_uncommitted"));
        Lab.that(millis(began) < 15_000, "a hundred sends and a read took " + millis(began) + " ms beside 200 waiting fetches");
    }

    private static void latency(Lab lab) throws Exception {
        String topic = lab.topic("latency", 1);
        KafkaConsumer<String, String> consumer = lab.consumer("fetch.max.wait.ms", 20_000);
        consumer.assign(Lab.partitions(topic, 1));
        KafkaProducer<String, String> producer = lab.producer();
        long began = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            Lab.get(producer.send(new ProducerRecord<>(topic, "k", "v" + i)));
            Lab.equal("value", "v" + i, Offsets.take(lab, consumer, 1).get(0).value());
        }
        Lab.that(millis(began) < 20_000, "fifty there and back took " + millis(began) + " ms");
    }

    private static void firstBatchWhole(Lab lab) throws Exception {
        String topic = lab.topic("large", 2);
        lab.fill(topic, 2, 2, "x".repeat(50_000));
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Fetch fetch = new Fetch().of(topic, id, 0, 0, 1000, Optional.empty()).of(topic, id, 1, 0, 1000, Optional.empty()).atMost(2000);
        var answer = fetch.answer(fetch.send(raw));
        List<Integer> sizes = answer.values().stream().map(Fetching::bytes).sorted().toList();
        Lab.that(sizes.get(sizes.size() - 1) > 50_000, "the first batch comes whole: " + sizes);
        Lab.that(sizes.size() == 1 || sizes.get(0) < 50_000, "the limit holds for the second: " + sizes);
    }

    private static void tinyLimits(Lab lab) throws Exception {
        String topic = lab.topic("large", 3);
        lab.fill(topic, 3, 60, "x".repeat(3000));
        for (Object[] limits : new Object[][] {{"max.partition.fetch.bytes", 100}, {"fetch.max.bytes", 100},
            {"max.partition.fetch.bytes", 4000, "fetch.max.bytes", 5000}}) {
            Lab.equal("records", 60, lab.read(topic, "read_uncommitted", limits).size());
        }
    }

    private static void limitOverPartitions(Lab lab) throws Exception {
        String topic = lab.topic("limit", 10);
        lab.fill(topic, 10, 10, "x".repeat(10_000));
        Uuid id = RawProduce.topicId(lab, topic);
        Fetch fetch = new Fetch().atMost(35_000);
        for (int partition = 0; partition < 10; partition++) {
            fetch.of(topic, id, partition, 0);
        }
        int sum = fetch.answer(fetch.send(lab.open(new Raw(lab.bootstrap)))).values().stream().mapToInt(Fetching::bytes).sum();
        Lab.that(sum > 10_000 && sum <= 35_000, "bytes of the answer: " + sum);
    }

    private static void turns(Lab lab) throws Exception {
        String topic = lab.topic("turns", 8);
        lab.fill(topic, 8, 160, "x".repeat(2000));
        Lab.exactlyOnce("values", Lab.numbered("x".repeat(2000), 160),
            lab.read(topic, "read_uncommitted", "fetch.max.bytes", 5000).stream().map(ConsumerRecord::value).toList());
    }

    private static void middle(Lab lab) throws Exception {
        String topic = lab.topic("middle", 1);
        Lab.fill(lab.producer("linger.ms", 300), topic, 1, 10, "v");
        Uuid id = RawProduce.topicId(lab, topic);
        var data = new Fetch().of(topic, id, 0, 7).single(lab.open(new Raw(lab.bootstrap)));
        RecordBatch batch = ((org.apache.kafka.common.record.internal.Records) data.records()).batches().iterator().next();
        Lab.equal("first offset of the batch", 0L, batch.baseOffset());
        Lab.equal("last offset of the batch", 9L, batch.lastOffset());
    }

    private static void outOfRange(Lab lab) throws Exception {
        String topic = lab.topic("range", 1);
        lab.fill(topic, 1, 10, "v");
        Lab.get(lab.admin().deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(4))).all());
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Map<Long, Errors> cases = Map.of(3L, Errors.OFFSET_OUT_OF_RANGE, 11L, Errors.OFFSET_OUT_OF_RANGE, 4L, Errors.NONE,
            10L, Errors.NONE, -5L, Errors.OFFSET_OUT_OF_RANGE);
        for (Map.Entry<Long, Errors> one : cases.entrySet()) {
            long began = System.nanoTime();
            var data = new Fetch().of(topic, id, 0, one.getKey()).waiting(one.getValue() == Errors.NONE ? 50 : 20_000, 1).single(raw);
            Lab.equal("error at " + one.getKey(), one.getValue(), error(data));
            Lab.that(millis(began) < 10_000, "an error is not waited for");
        }
    }

    private static void unknown(Lab lab) throws Exception {
        String topic = lab.topic("known", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Fetch fetch = new Fetch().of(topic, id, 0, 0).of(topic, id, 9, 0).of("unknown", Uuid.randomUuid(), 0, 0).waiting(50, 1);
        var answer = fetch.answer(fetch.send(raw));
        Lab.equal("known", Errors.NONE, error(answer.get(new TopicPartition(topic, 0))));
        Lab.equal("unknown partition", Errors.UNKNOWN_TOPIC_OR_PARTITION, error(answer.get(new TopicPartition(topic, 9))));
        Lab.equal("unknown topic", Errors.UNKNOWN_TOPIC_ID, error(answer.get(new TopicPartition("unknown", 0))));
    }

    private static int leaderEpoch(Lab lab, String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        return Lab.get(lab.admin().listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition)).leaderEpoch().orElse(0);
    }

    private static void epochs(Lab lab) throws Exception {
        String topic = lab.topic("epochs", 1);
        lab.fill(topic, 1, 3, "v");
        Uuid id = RawProduce.topicId(lab, topic);
        int epoch = leaderEpoch(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Lab.equal("the right one", Errors.NONE, error(new Fetch().of(topic, id, 0, 0, 1000, Optional.of(epoch)).single(raw)));
        Lab.equal("a later one", Errors.UNKNOWN_LEADER_EPOCH,
            error(new Fetch().of(topic, id, 0, 0, 1000, Optional.of(epoch + 1)).single(raw)));
        if (epoch > 0) {
            Lab.equal("an earlier one", Errors.FENCED_LEADER_EPOCH,
                error(new Fetch().of(topic, id, 0, 0, 1000, Optional.of(epoch - 1)).single(raw)));
        }
    }

    private static EpochEndOffset endOf(Raw raw, String topic, int partition, int epoch) throws Exception {
        OffsetForLeaderTopicCollection topics = new OffsetForLeaderTopicCollection();
        topics.add(new OffsetForLeaderTopic().setTopic(topic).setPartitions(List.of(new OffsetForLeaderPartition()
            .setPartition(partition).setLeaderEpoch(epoch).setCurrentLeaderEpoch(-1))));
        OffsetsForLeaderEpochResponse answer = raw.call(OffsetsForLeaderEpochRequest.Builder.forConsumer(topics));
        return answer.data().topics().find(topic).partitions().get(0);
    }

    private static void endOfEpoch(Lab lab) throws Exception {
        String topic = lab.topic("epochs", 1);
        lab.fill(topic, 1, 7, "v");
        int epoch = leaderEpoch(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        EpochEndOffset current = endOf(raw, topic, 0, epoch);
        Lab.equal("error", Errors.NONE, Errors.forCode(current.errorCode()));
        Lab.equal("epoch", epoch, current.leaderEpoch());
        Lab.equal("end", 7L, current.endOffset());
        EpochEndOffset later = endOf(raw, topic, 0, epoch + 5);
        Lab.equal("epoch of a later one", -1, later.leaderEpoch());
        Lab.equal("end of a later one", -1L, later.endOffset());
        Lab.equal("unknown partition", Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.forCode(endOf(raw, topic, 5, 0).errorCode()));
    }

    private static void abortedNamed(Lab lab) throws Exception {
        String topic = lab.topic("aborted", 1);
        KafkaProducer<String, String> producer = Transactions.producer(lab, lab.bootstrap, lab.name("id"));
        producer.initTransactions();
        for (int round = 0; round < 4; round++) {
            producer.beginTransaction();
            Lab.fill(producer, topic, 1, 2, "v");
            if (round % 2 == 0) {
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
            }
        }
        lab.until("all markers are written", () -> Transactions.stable(lab, topic, 0) == 12);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        var data = new Fetch().of(topic, id, 0, 0).committed().single(raw);
        Lab.equal("first offsets of what was aborted", List.of(0L, 6L),
            data.abortedTransactions().stream().map(FetchResponseData.AbortedTransaction::firstOffset).sorted().toList());
        var later = new Fetch().of(topic, id, 0, 6).committed().single(raw);
        Lab.equal("from offset 6", List.of(6L),
            later.abortedTransactions().stream().map(FetchResponseData.AbortedTransaction::firstOffset).toList());
        var uncommitted = new Fetch().of(topic, id, 0, 0).single(raw);
        Lab.that(uncommitted.abortedTransactions() == null || uncommitted.abortedTransactions().isEmpty(),
            "read_uncommitted is not told");
    }

    private static void watermarks(Lab lab) throws Exception {
        String topic = lab.topic("marks", 1);
        lab.fill(topic, 1, 5, "v");
        KafkaProducer<String, String> producer = Transactions.producer(lab, lab.bootstrap, lab.name("id"));
        producer.initTransactions();
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 3, "w");
        Lab.get(lab.admin().deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(2))).all());
        Uuid id = RawProduce.topicId(lab, topic);
        var data = new Fetch().of(topic, id, 0, 2).committed().single(lab.open(new Raw(lab.bootstrap)));
        Lab.equal("high watermark", 8L, data.highWatermark());
        Lab.equal("last stable offset", 5L, data.lastStableOffset());
        Lab.equal("log start offset", 2L, data.logStartOffset());
    }

    private static void manyMegabytes(Lab lab) throws Exception {
        String topic = lab.topic("megabytes", 2);
        Lab.fill(lab.producer("batch.size", 500_000, "linger.ms", 20, "buffer.memory", 40_000_000), topic, 2, 2000, "y".repeat(4000));
        Lab.exactlyOnce("values", Lab.numbered("y".repeat(4000), 2000), lab.values(topic, "read_uncommitted"));
    }

    private static void twentyConsumers(Lab lab) throws Exception {
        String topic = lab.topic("shared", 2);
        AtomicInteger running = new AtomicInteger(20);
        List<List<String>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<String> values = new ArrayList<>();
            all.add(values);
            Thread thread = new Thread(() -> {
                try (KafkaConsumer<String, String> consumer = lab.unmanagedConsumer()) {
                    consumer.assign(Lab.partitions(topic, 2));
                    long deadline = System.nanoTime() + Lab.SOON.toNanos();
                    while (values.size() < 400 && System.nanoTime() < deadline) {
                        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
                    }
                } catch (Throwable error) {
                    lab.background(error);
                } finally {
                    running.decrementAndGet();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        lab.fill(topic, 2, 400, "v");
        lab.until("all have read", () -> running.get() == 0);
        for (List<String> values : all) {
            Lab.exactlyOnce("values of a consumer", Lab.numbered("v", 400), values);
        }
    }
}
