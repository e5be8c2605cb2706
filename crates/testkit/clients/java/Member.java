// A group member on a thread of its own: it polls until it is stopped, and keeps what it was assigned, revoked and given.

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

final class Member implements AutoCloseable, ConsumerRebalanceListener {
    /** Sessions as short as brokers in tests allow. */
    private static final Object[] SHORT_SESSION = {"session.timeout.ms", 2000, "heartbeat.interval.ms", 200};

    private final Lab lab;
    private final KafkaConsumer<String, String> consumer;
    private final Thread thread;
    private final Queue<Runnable> requests = new ConcurrentLinkedQueue<>();
    private final boolean commits;
    private volatile boolean stopped;
    private volatile CloseOptions.GroupMembershipOperation leaving = CloseOptions.GroupMembershipOperation.DEFAULT;
    private volatile ConsumerGroupMetadata metadata;
    volatile Set<TopicPartition> assigned = Set.of();
    volatile Throwable error;
    final Queue<ConsumerRecord<String, String>> records = new ConcurrentLinkedQueue<>();
    final AtomicInteger assignments = new AtomicInteger();
    final AtomicInteger revoked = new AtomicInteger();
    final AtomicInteger lost = new AtomicInteger();

    interface Subscribe {
        void to(KafkaConsumer<String, String> consumer, ConsumerRebalanceListener listener);
    }

    Member(Lab lab, String name, String topic, Object... config) {
        this(lab, name, (consumer, listener) -> consumer.subscribe(List.of(topic), listener), config);
    }

    Member(Lab lab, String name, Subscribe subscribe, Object... config) {
        this.lab = lab;
        boolean newProtocol = List.of(config).contains("consumer");
        Object[] session = newProtocol ? new Object[0] : SHORT_SESSION;
        Object[] all = new Object[session.length + 4 + config.length];
        System.arraycopy(session, 0, all, 0, session.length);
        System.arraycopy(new Object[] {"client.id", name, "metadata.max.age.ms", 500}, 0, all, session.length, 4);
        System.arraycopy(config, 0, all, session.length + 4, config.length);
        // Who says so commits nothing when partitions are taken away, which takes its time where a topic is gone.
        commits = !List.of(config).contains("enable.auto.commit");
        consumer = lab.unmanagedConsumer(all);
        subscribe.to(consumer, this);
        metadata = consumer.groupMetadata();
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stopped) {
                try {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                        records.add(record);
                    }
                    metadata = consumer.groupMetadata();
                    assigned = Set.copyOf(consumer.assignment());
                } catch (WakeupException asked) {
                    // Someone wants something.
                }
                for (Runnable request = requests.poll(); request != null; request = requests.poll()) {
                    request.run();
                }
            }
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(10)).withGroupMembershipOperation(leaving));
        } catch (Throwable ended) {
            error = ended;
            try {
                consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
            } catch (Throwable secondary) {
                // The first error is the one that matters.
            }
        }
        assigned = Set.of();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        assignments.incrementAndGet();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        revoked.addAndGet(partitions.size());
        if (commits && !partitions.isEmpty()) {
            consumer.commitSync();
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        lost.addAndGet(partitions.size());
    }

    /** Runs on the member's own thread, which alone may use the consumer. */
    <T> T ask(java.util.function.Function<KafkaConsumer<String, String>, T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        requests.add(() -> {
            try {
                answer.complete(question.apply(consumer));
            } catch (Throwable failed) {
                answer.completeExceptionally(failed);
            }
        });
        return Lab.get(answer);
    }

    ConsumerGroupMetadata groupMetadata() {
        return metadata;
    }

    List<String> values() {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    Set<Integer> numbers() {
        Set<Integer> numbers = new TreeSet<>();
        assigned.forEach(partition -> numbers.add(partition.partition()));
        return numbers;
    }

    private void awaits(String what, Callable<Boolean> condition) throws Exception {
        lab.until(thread.getName() + " " + what, () -> {
            if (error != null) {
                throw new AssertionError(thread.getName() + " failed", error);
            }
            return condition.call();
        });
    }

    void awaitAssigned(int count) throws Exception {
        awaits("has " + count + " partitions", () -> assigned.size() == count);
    }

    /** All partitions of the topic are with these members, none twice, and each member has at least one. */
    static void awaitShared(Lab lab, String topic, int partitions, Member... members) throws Exception {
        lab.until(partitions + " partitions are shared by " + members.length, () -> {
            Set<TopicPartition> all = new java.util.HashSet<>();
            int sum = 0;
            for (Member member : members) {
                if (member.error != null) {
                    throw new AssertionError(member.thread.getName() + " failed", member.error);
                }
                Set<TopicPartition> assigned = member.assigned;
                if (assigned.isEmpty()) {
                    return false;
                }
                all.addAll(assigned);
                sum += assigned.size();
            }
            return sum == partitions && all.equals(Set.copyOf(Lab.partitions(topic, partitions)));
        });
    }

    /** Ends it and says that it leaves the group, or that it will be back. */
    void leave(CloseOptions.GroupMembershipOperation operation) throws Exception {
        leaving = operation;
        close();
    }

    @Override
    public void close() throws Exception {
        stopped = true;
        consumer.wakeup();
        thread.join(15_000);
    }
}
