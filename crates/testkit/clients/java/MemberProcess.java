// A group member that is a process of its own, so that it can be killed. It writes a line for each assignment, and commits
// what it has read.
//
//   MemberProcess BOOTSTRAP TOPIC NAME=VALUE...

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

public final class MemberProcess {
    public static void main(String[] args) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", args[0]);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", false);
        for (int i = 2; i < args.length; i++) {
            int equals = args[i].indexOf('=');
            config.put(args[i].substring(0, equals), args[i].substring(equals + 1));
        }
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(args[1]));
            Set<TopicPartition> before = Set.of();
            while (true) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                if (!consumer.assignment().equals(before)) {
                    before = Set.copyOf(consumer.assignment());
                    System.out.println("assigned " + before.size());
                }
                records.forEach(record -> System.out.println("read " + record.value()));
                if (!records.isEmpty()) {
                    consumer.commitSync();
                    System.out.println("committed " + records.count());
                }
            }
        }
    }
}
