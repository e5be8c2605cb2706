// Fetch sessions (KIP-227): the broker remembers what a consumer reads, and answers only for what has changed.

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchResponse;

final class FetchSessions {
    static void claims(Suite suite) {
        suite.claim("sessions/only_what_changed_is_answered", FetchSessions::incremental);
        suite.claim("sessions/partitions_are_added_moved_and_forgotten", FetchSessions::forgotten);
        suite.claim("sessions/wrong_epochs_and_unknown_sessions_are_said", FetchSessions::wrong);
        suite.claim("sessions/closed_sessions_are_gone", FetchSessions::closed);
        suite.claim("sessions/fetch_without_a_session_has_none", FetchSessions::sessionless);
        suite.claim("sessions/consumer_of_three_hundred_partitions_reads_all", FetchSessions::manyPartitions);
        suite.claim("sessions/topic_made_again_under_a_consumer_is_read", FetchSessions::madeAgain);
        suite.claim("sessions/deleted_topic_in_a_session_is_said", FetchSessions::deleted);
        suite.claim("sessions/consumer_goes_on_as_partitions_are_added", FetchSessions::added);
    }

    private static Fetching.Fetch fetch(int session, int epoch) {
        return new Fetching.Fetch().session(session, epoch).waiting(100, 1);
    }

    private static Set<Integer> numbers(Fetching.Fetch fetch, FetchResponse response) {
        Set<Integer> numbers = new HashSet<>();
        fetch.answer(response).keySet().forEach(partition -> numbers.add(partition.partition()));
        return numbers;
    }

    private static void incremental(Lab lab) throws Exception {
        String topic = lab.topic("session", 3);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Fetching.Fetch full = fetch(0, 0).of(topic, id, 0, 0).of(topic, id, 1, 0).of(topic, id, 2, 0);
        FetchResponse first = full.send(raw);
        Lab.equal("error", Errors.NONE, first.error());
        Lab.that(first.sessionId() != 0, "there is a session");
        Lab.equal("partitions of the full answer", Set.of(0, 1, 2), numbers(full, first));
        // Names for the answers, and nothing asked for.
        Fetching.Fetch rest = fetch(first.sessionId(), 1).forgetting(topic, id, 99);
        Lab.equal("partitions when nothing has changed", Set.of(), numbers(rest, rest.send(raw)));
        lab.fill(topic, 1, 2, "v");
        Fetching.Fetch changed = fetch(first.sessionId(), 2).forgetting(topic, id, 99);
        FetchResponse answer = changed.send(raw);
        Lab.equal("session", first.sessionId(), answer.sessionId());
        Lab.equal("partitions with news", Set.of(0), numbers(changed, answer));
        // As long as it is not asked from further on, it is news.
        Fetching.Fetch again = fetch(first.sessionId(), 3).forgetting(topic, id, 99);
        Lab.equal("the same again", Set.of(0), numbers(again, again.send(raw)));
        Fetching.Fetch onwards = fetch(first.sessionId(), 4).of(topic, id, 0, 2);
        Lab.equal("after moving on", Set.of(), numbers(onwards, onwards.send(raw)));
    }

    private static void forgotten(Lab lab) throws Exception {
        String topic = lab.topic("session", 3);
        lab.fill(topic, 3, 6, "v");
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Fetching.Fetch full = fetch(0, 0).of(topic, id, 0, 0);
        FetchResponse first = full.send(raw);
        Fetching.Fetch more = fetch(first.sessionId(), 1).of(topic, id, 1, 0).of(topic, id, 2, 1);
        Lab.equal("all with data", Set.of(0, 1, 2), numbers(more, more.send(raw)));
        Fetching.Fetch less = fetch(first.sessionId(), 2).of(topic, id, 2, 2).forgetting(topic, id, 1);
        Lab.equal("without the forgotten and the one at its end", Set.of(0), numbers(less, less.send(raw)));
    }

    private static void wrong(Lab lab) throws Exception {
        String topic = lab.topic("session", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        FetchResponse first = fetch(0, 0).of(topic, id, 0, 0).send(raw);
        Lab.equal("epoch too high", Errors.INVALID_FETCH_SESSION_EPOCH, fetch(first.sessionId(), 7).send(raw).error());
        Lab.equal("unknown session", Errors.FETCH_SESSION_ID_NOT_FOUND, fetch(first.sessionId() ^ 0x5555, 1).send(raw).error());
        Lab.equal("the right epoch after that", Errors.NONE, fetch(first.sessionId(), 1).send(raw).error());
        Lab.equal("the same epoch again", Errors.INVALID_FETCH_SESSION_EPOCH, fetch(first.sessionId(), 1).send(raw).error());
    }

    private static void closed(Lab lab) throws Exception {
        String topic = lab.topic("session", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        FetchResponse first = fetch(0, 0).of(topic, id, 0, 0).send(raw);
        FetchResponse last = fetch(first.sessionId(), FetchMetadata.FINAL_EPOCH).of(topic, id, 0, 0).send(raw);
        Lab.equal("error", Errors.NONE, last.error());
        Lab.equal("session", 0, last.sessionId());
        Lab.equal("after it was closed", Errors.FETCH_SESSION_ID_NOT_FOUND, fetch(first.sessionId(), 1).send(raw).error());
        // Starting anew from an existing session closes that one.
        FetchResponse second = fetch(0, 0).of(topic, id, 0, 0).send(raw);
        FetchResponse third = fetch(second.sessionId(), FetchMetadata.INITIAL_EPOCH).of(topic, id, 0, 0).send(raw);
        Lab.that(third.sessionId() != 0 && third.sessionId() != second.sessionId(), "there is a new session");
        Lab.equal("the one before", Errors.FETCH_SESSION_ID_NOT_FOUND, fetch(second.sessionId(), 1).send(raw).error());
    }

    private static void sessionless(Lab lab) throws Exception {
        String topic = lab.topic("session", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        FetchResponse answer = fetch(0, FetchMetadata.FINAL_EPOCH).of(topic, id, 0, 0).send(lab.open(new Raw(lab.bootstrap)));
        Lab.equal("session", 0, answer.sessionId());
        Lab.equal("error", Errors.NONE, answer.error());
    }

    private static void manyPartitions(Lab lab) throws Exception {
        String topic = lab.topic("session", 300);
        KafkaConsumer<String, String> consumer = lab.consumer();
        consumer.assign(Lab.partitions(topic, 300));
        for (int round = 0; round < 5; round++) {
            lab.fill(topic, 300, round % 2 == 0 ? 300 : 20, "r" + round + "-");
            List<String> values = Offsets.take(lab, consumer, round % 2 == 0 ? 300 : 20).stream().map(record -> record.value()).toList();
            Lab.exactlyOnce("round " + round, Lab.numbered("r" + round + "-", round % 2 == 0 ? 300 : 20), values);
        }
    }

    private static void madeAgain(Lab lab) throws Exception {
        String topic = lab.topic("again", 1);
        String other = lab.topic("other", 1);
        lab.fill(topic, 1, 10, "old");
        KafkaConsumer<String, String> consumer = lab.consumer("metadata.max.age.ms", 300, "group.id", lab.name("group"),
            "allow.auto.create.topics", false);
        List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0), new TopicPartition(other, 0));
        consumer.assign(partitions);
        Offsets.take(lab, consumer, 10);
        Lab.get(lab.admin().deleteTopics(List.of(topic)).all());
        lab.until("the topic can be made again", () -> {
            Lab.get(lab.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all());
            return true;
        });
        lab.awaitLed(topic, 1);
        lab.fill(topic, 1, 3, "new");
        lab.fill(other, 1, 3, "other");
        Set<String> seen = new HashSet<>();
        lab.until("both are read", () -> {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> seen.add(record.value()));
            return seen.containsAll(Lab.numbered("new", 3)) && seen.containsAll(Lab.numbered("other", 3));
        });
    }

    private static void deleted(Lab lab) throws Exception {
        String topic = lab.topic("gone", 1);
        Uuid id = RawProduce.topicId(lab, topic);
        Raw raw = lab.open(new Raw(lab.bootstrap));
        Fetching.Fetch full = fetch(0, 0).of(topic, id, 0, 0);
        FetchResponse first = full.send(raw);
        Lab.get(lab.admin().deleteTopics(List.of(topic)).all());
        int[] epoch = {0};
        lab.until("the session's answer says so", () -> {
            Fetching.Fetch next = fetch(first.sessionId(), ++epoch[0]).forgetting(topic, id, 99);
            FetchResponse answer = next.send(raw);
            if (answer.error() == Errors.INCONSISTENT_TOPIC_ID || answer.error() == Errors.UNKNOWN_TOPIC_ID) {
                return true;
            }
            Lab.equal("error of the whole", Errors.NONE, answer.error());
            return next.answer(answer).values().stream().map(Fetching::error).anyMatch(
                error -> error == Errors.UNKNOWN_TOPIC_ID || error == Errors.UNKNOWN_TOPIC_OR_PARTITION);
        });
    }

    private static void added(Lab lab) throws Exception {
        String topic = lab.topic("growing", 2);
        KafkaConsumer<String, String> consumer = lab.consumer("metadata.max.age.ms", 300);
        consumer.assign(Lab.partitions(topic, 2));
        lab.fill(topic, 2, 10, "v");
        Offsets.take(lab, consumer, 10);
        Lab.get(lab.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(4))).all());
        lab.awaitLed(topic, 4);
        lab.fill(topic, 4, 20, "w");
        consumer.assign(Lab.partitions(topic, 4));
        List<String> values = new ArrayList<>(Offsets.take(lab, consumer, 20).stream().map(record -> record.value()).toList());
        Lab.exactlyOnce("values", Lab.numbered("w", 20), values);
    }
}
