// Answers are lost in the middle of transactions: the client asks again, and all comes out once.

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;

final class TransactionFaults {
    static void claims(Suite suite) {
        ApiKeys[] both = {ApiKeys.INIT_PRODUCER_ID, ApiKeys.FIND_COORDINATOR, ApiKeys.PRODUCE, ApiKeys.TXN_OFFSET_COMMIT, ApiKeys.END_TXN};
        for (ApiKeys api : both) {
            claim(suite, "v2", false, api);
            claim(suite, "classic", true, api);
        }
        claim(suite, "classic", true, ApiKeys.ADD_PARTITIONS_TO_TXN);
        claim(suite, "classic", true, ApiKeys.ADD_OFFSETS_TO_TXN);
    }

    private static void claim(Suite suite, String protocol, boolean classic, ApiKeys api) {
        String name = api.name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase();
        suite.claim("transactions/" + protocol + "/lost_answers_of_" + name, lab -> lossy(lab, api, classic, Faults.Fault.DROP_ANSWER));
        suite.claim("transactions/" + protocol + "/lost_requests_of_" + name, lab -> lossy(lab, api, classic, Faults.Fault.DROP_REQUEST));
    }

    /** Every second answer (the first, the third ...) of the API is lost, a few times; commits and aborts in turn. */
    private static void lossy(Lab lab, ApiKeys api, boolean classic, Faults.Fault fault) throws Exception {
        Faults faults = lab.open(new Faults(lab.bootstrap,
            (which, nth) -> which == api && nth % 2 == 0 && nth < 12 ? fault : Faults.Fault.NONE, classic));
        String topic = lab.topic("tx", 2);
        String group = lab.name("group");
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaProducer<String, String> producer = Transactions.producer(lab, faults.bootstrap(), lab.name("id"), "batch.size", 200,
            "reconnect.backoff.ms", 5, "reconnect.backoff.max.ms", 20, "retry.backoff.ms", 10, "retry.backoff.max.ms", 50);
        producer.initTransactions();
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 8; round++) {
            producer.beginTransaction();
            Lab.fill(producer, topic, 2, 20, "r" + round + "-");
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(round)), new ConsumerGroupMetadata(group));
            if (round % 4 == 2) {
                producer.abortTransaction();
            } else {
                producer.commitTransaction();
                expected.addAll(Lab.numbered("r" + round + "-", 20));
            }
        }
        Lab.that(faults.faults.get() > 0, "there were faults with " + api);
        lab.until("the last markers are written", () -> Transactions.stable(lab, topic, 0) == 88 && Transactions.stable(lab, topic, 1) == 88);
        Lab.exactlyOnce("read_committed", expected, lab.values(topic, "read_committed"));
        Lab.equal("read_uncommitted", 160, lab.values(topic, "read_uncommitted").size());
        lab.until("the group's offset is the last one", () -> {
            var offsets = lab.admin().listConsumerGroupOffsets(Map.of(group, new ListConsumerGroupOffsetsSpec()));
            return Lab.get(offsets.partitionsToOffsetAndMetadata(group)).get(partition).offset() == 7;
        });
    }
}
