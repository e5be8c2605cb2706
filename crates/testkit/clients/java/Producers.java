// Idempotence: answers, requests and connections are lost on the way, and every record is there once and in order.

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.protocol.ApiKeys;

final class Producers {
    static void claims(Suite suite) {
        Map<String, Set<Integer>> answers = Map.of(
            "first", Set.of(0), "second_and_fourth", Set.of(1, 3), "first_three", Set.of(0, 1, 2), "sixth", Set.of(5));
        answers.forEach((name, which) -> {
            suite.claim("idempotence/" + name + "_produce_answers_lost", lab -> lossy(lab, "none", Faults.Fault.DROP_ANSWER, which));
            suite.claim("idempotence/" + name + "_produce_requests_lost", lab -> lossy(lab, "none", Faults.Fault.DROP_REQUEST, which));
        });
        for (String codec : Records.CODECS) {
            suite.claim("idempotence/" + codec + "_with_lost_answers",
                lab -> lossy(lab, codec, Faults.Fault.DROP_ANSWER, Set.of(0, 3, 4, 9)));
        }
        suite.claim("idempotence/requests_cut_in_the_middle",
            lab -> lossy(lab, "lz4", Faults.Fault.CUT_REQUEST, Set.of(0, 2, 3, 7)));
        suite.claim("idempotence/every_third_answer_lost", Producers::everyThird);
        suite.claim("idempotence/answer_with_the_producer_id_lost", Producers::producerIdLost);
        suite.claim("idempotence/append_time_of_a_repeated_batch_is_the_first", Producers::appendTimeRepeated);
        suite.claim("idempotence/many_partitions_with_lost_answers", Producers::manyPartitions);
        suite.claim("idempotence/goes_on_after_a_refused_batch", Producers::afterRefusal);
        suite.claim("idempotence/goes_on_after_records_are_deleted", Producers::afterDeletion);
        suite.claim("idempotence/goes_on_on_a_topic_made_again", Producers::recreatedTopic);
        suite.claim("idempotence/two_producers_have_two_ids", Producers::twoIds);
        suite.claim("idempotence/more_than_five_batches_in_a_row_keep_order", Producers::manyBatches);
    }

    private static void lossy(Lab lab, String codec, Faults.Fault fault, Set<Integer> which) throws Exception {
        Faults faults = lab.open(new Faults(lab.bootstrap,
            (api, nth) -> api == ApiKeys.PRODUCE && which.contains(nth) ? fault : Faults.Fault.NONE));
        run(lab, faults, codec, 1, 1500);
        Lab.equal("faults", which.size(), faults.faults.get());
    }

    /** Through the proxy: small batches, five in flight; then everything is there once and in order. */
    private static void run(Lab lab, Faults faults, String codec, int partitions, int count) throws Exception {
        String topic = lab.topic("idempotent", partitions);
        KafkaProducer<String, String> producer = lab.producer("bootstrap.servers", faults.bootstrap(), "compression.type", codec,
            "batch.size", 1200, "linger.ms", 1, "reconnect.backoff.ms", 5, "reconnect.backoff.max.ms", 20,
            "retry.backoff.ms", 5, "retry.backoff.max.ms", 20, "max.in.flight.requests.per.connection", 5);
        // A broker takes any sequence from a producer that it does not know, so that the loss of a first batch can let the
        // second in before it. What is claimed holds for producers that are known.
        faults.spared(calm -> Lab.fill(producer, topic, partitions, partitions, "known"), lab);
        List<RecordMetadata> answers = Lab.fill(producer, topic, partitions, count, "v");
        List<ConsumerRecord<String, String>> records = new ArrayList<>(lab.read(topic, "read_uncommitted"));
        records.removeIf(record -> record.value().startsWith("known"));
        for (int partition = 0; partition < partitions; partition++) {
            int which = partition;
            List<String> expected = new ArrayList<>();
            for (int i = partition; i < count; i += partitions) {
                expected.add("v" + i);
            }
            List<String> read = records.stream().filter(record -> record.partition() == which)
                .map(ConsumerRecord::value).collect(Collectors.toList());
            Lab.exactlyOnce("partition " + partition, expected, read);
            Lab.equal("order in partition " + partition, expected, read);
        }
        Map<String, Long> offsets = records.stream().collect(Collectors.toMap(ConsumerRecord::value, ConsumerRecord::offset));
        for (int i = 0; i < count; i++) {
            // What was answered as a duplicate of a batch no longer remembered has no offset.
            if (answers.get(i).hasOffset()) {
                Lab.equal("answered offset of v" + i, offsets.get("v" + i), answers.get(i).offset());
            }
        }
    }

    private static void everyThird(Lab lab) throws Exception {
        Faults faults = lab.open(new Faults(lab.bootstrap, (api, nth) ->
            api == ApiKeys.PRODUCE && nth % 3 == 2 && nth < 60 ? Faults.Fault.DROP_ANSWER : Faults.Fault.NONE));
        run(lab, faults, "none", 1, 1500);
    }

    private static void producerIdLost(Lab lab) throws Exception {
        Faults faults = lab.open(new Faults(lab.bootstrap, (api, nth) ->
            api == ApiKeys.INIT_PRODUCER_ID && nth == 0 ? Faults.Fault.DROP_ANSWER : Faults.Fault.NONE));
        String topic = lab.topic("idempotent", 1);
        Lab.fill(lab.producer("bootstrap.servers", faults.bootstrap()), topic, 1, 100, "v");
        Lab.equal("values", Lab.numbered("v", 100), lab.values(topic, "read_uncommitted"));
        Lab.equal("requests for a producer id", 2, faults.count(ApiKeys.INIT_PRODUCER_ID));
    }

    private static void manyPartitions(Lab lab) throws Exception {
        Faults faults = lab.open(new Faults(lab.bootstrap, (api, nth) ->
            api == ApiKeys.PRODUCE && nth % 4 == 1 && nth < 40 ? Faults.Fault.DROP_ANSWER : Faults.Fault.NONE));
        run(lab, faults, "snappy", 12, 2400);
    }

    private static void appendTimeRepeated(Lab lab) throws Exception {
        String topic = lab.topic("append-time", 1, "message.timestamp.type", "LogAppendTime");
        Faults faults = lab.open(new Faults(lab.bootstrap,
            (api, nth) -> api == ApiKeys.PRODUCE && nth == 0 ? Faults.Fault.DROP_ANSWER : Faults.Fault.NONE));
        KafkaProducer<String, String> producer = lab.producer("bootstrap.servers", faults.bootstrap());
        RecordMetadata answer = Lab.get(producer.send(new ProducerRecord<>(topic, "k", "v")));
        List<ConsumerRecord<String, String>> records = lab.read(topic, "read_uncommitted");
        Lab.equal("records", 1, records.size());
        Lab.equal("the offset answered", 0L, answer.offset());
        Lab.equal("the time answered", records.get(0).timestamp(), answer.timestamp());
    }

    private static void afterRefusal(Lab lab) throws Exception {
        String topic = lab.topic("refusing", 1, "max.message.bytes", "2000");
        KafkaProducer<String, String> producer = lab.producer();
        Lab.get(producer.send(new ProducerRecord<>(topic, "k", "before")));
        Lab.fails(RecordTooLargeException.class, producer.send(new ProducerRecord<>(topic, "k", "x".repeat(5000))));
        for (int i = 0; i < 10; i++) {
            Lab.get(producer.send(new ProducerRecord<>(topic, "k", "after" + i)));
        }
        List<String> expected = new ArrayList<>(List.of("before"));
        expected.addAll(Lab.numbered("after", 10));
        Lab.equal("values", expected, lab.values(topic, "read_uncommitted"));
    }

    private static void afterDeletion(Lab lab) throws Exception {
        String topic = lab.topic("deleted", 1);
        KafkaProducer<String, String> producer = lab.producer();
        Lab.fill(producer, topic, 1, 20, "v");
        TopicPartition partition = new TopicPartition(topic, 0);
        lab.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1))).all().get();
        Lab.equal("start", 20L, lab.offset(topic, 0, OffsetSpec.earliest()));
        Lab.fill(producer, topic, 1, 20, "w");
        Lab.equal("values", Lab.numbered("w", 20), lab.values(topic, "read_uncommitted"));
    }

    private static void recreatedTopic(Lab lab) throws Exception {
        String topic = lab.topic("again", 1);
        KafkaProducer<String, String> producer = lab.producer("metadata.max.age.ms", 500);
        Lab.fill(producer, topic, 1, 20, "v");
        lab.admin().deleteTopics(List.of(topic)).all().get();
        lab.until("the topic can be made again", () -> {
            lab.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            return true;
        });
        lab.awaitLed(topic, 1);
        // The first sends may still be told that the topic is gone; then the producer starts afresh.
        lab.until("the producer writes to the new topic", () -> {
            Lab.get(producer.send(new ProducerRecord<>(topic, 0, "k", "first")));
            return true;
        });
        Lab.fill(producer, topic, 1, 20, "w");
        List<String> read = lab.values(topic, "read_uncommitted").stream().filter(value -> !value.equals("first")).toList();
        Lab.equal("values", Lab.numbered("w", 20), read);
    }

    private static void twoIds(Lab lab) throws Exception {
        String topic = lab.topic("two", 1);
        Lab.fill(lab.producer(), topic, 1, 3, "a");
        Lab.fill(lab.producer(), topic, 1, 4, "b");
        Lab.fill(lab.producer("enable.idempotence", false), topic, 1, 5, "c");
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ProducerState> states = Lab.get(
            lab.admin().describeProducers(List.of(partition)).partitionResult(partition)).activeProducers();
        Lab.equal("producers with an id", 2, states.size());
        Lab.that(states.get(0).producerId() != states.get(1).producerId(), "their ids differ");
        Lab.equal("last sequences", Set.of(2, 3), states.stream().map(ProducerState::lastSequence).collect(Collectors.toSet()));
        for (ProducerState state : states) {
            Lab.equal("epoch", 0, state.producerEpoch());
            Lab.that(state.currentTransactionStartOffset().isEmpty(), "no transaction is open");
        }
    }

    private static void manyBatches(Lab lab) throws Exception {
        String topic = lab.topic("batches", 1);
        KafkaProducer<String, String> producer = lab.producer("batch.size", 0);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, "k", "v" + i)));
        }
        for (int i = 0; i < 500; i++) {
            Lab.equal("offset", (long) i, Lab.get(sent.get(i)).offset());
        }
        Lab.equal("values", Lab.numbered("v", 500), lab.values(topic, "read_uncommitted"));
    }
}
