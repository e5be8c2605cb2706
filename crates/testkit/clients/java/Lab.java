// What a scenario works with: names of its own, clients that end with it, waiting with a bound, and checks that say what
// they expected.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

final class Lab implements AutoCloseable {
    /** Longest wait for anything that a broker does at once, on a loaded machine. */
    static final Duration SOON = Duration.ofSeconds(45);

    final String bootstrap;
    private final Suite.Surroundings around;
    private Socket control;
    private BufferedReader answers;
    private final String own = UUID.randomUUID().toString().substring(0, 8);
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<Throwable> background = new ConcurrentLinkedQueue<>();
    private Admin admin;

    Lab(Suite.Surroundings around) {
        this.around = around;
        bootstrap = around.bootstrap();
    }

    /** The second broker, which is Apache Kafka. */
    String other() {
        return Objects.requireNonNull(around.other(), "this scenario needs a second broker");
    }

    /** Kills the broker as `kill -9` does, starts it again on the same data, and waits until it serves. */
    void killAndRestart() throws Exception {
        String control = Objects.requireNonNull(around.control(), "this scenario needs someone who restarts the broker");
        if (this.control == null) {
            int colon = control.lastIndexOf(':');
            this.control = open(new Socket(control.substring(0, colon), Integer.parseInt(control.substring(colon + 1))));
            answers = new BufferedReader(new InputStreamReader(this.control.getInputStream()));
        }
        this.control.getOutputStream().write("kill_and_restart\n".getBytes());
        String answer = answers.readLine();
        that("ok".equals(answer), "the broker was restarted: " + answer);
    }

    /** A name that no other scenario has. */
    String name(String what) {
        return what + "-" + own;
    }

    /** Closes `closeable` when the scenario ends. */
    synchronized <T extends AutoCloseable> T open(T closeable) {
        open.push(closeable);
        return closeable;
    }

    Admin admin() {
        if (admin == null) {
            admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "request.timeout.ms", 30_000));
            open(() -> admin.close(Duration.ZERO));
        }
        return admin;
    }

    /** Makes a topic; `configs` are names and values in turn. */
    String topic(String what, int partitions, String... configs) throws Exception {
        String name = name(what);
        admin().createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(pairs(configs)))).all().get();
        awaitLed(name, partitions);
        return name;
    }

    /**
     * A broker may take a moment until it leads what was made. Meanwhile it refuses writes: if those of an idempotent producer's
     * first requests, the next is taken, and then the first are out of order for good.
     */
    void awaitLed(String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        partitions(topic, partitions).forEach(partition -> ends.put(partition, OffsetSpec.latest()));
        until("the partitions of " + topic + " are led", () -> get(admin().listOffsets(ends).all()).size() == partitions
            && get(admin().describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().size() == partitions);
    }

    KafkaProducer<String, String> producer(Object... config) {
        Map<String, Object> all = pairs(config, Map.of("bootstrap.servers", bootstrap, "linger.ms", 0));
        return open(new Quiet<>(new KafkaProducer<>(all, new StringSerializer(), new StringSerializer()))).client;
    }

    KafkaProducer<byte[], byte[]> bytesProducer(Object... config) {
        Map<String, Object> all = pairs(config, Map.of("bootstrap.servers", bootstrap, "linger.ms", 0));
        return open(new Quiet<>(new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer()))).client;
    }

    KafkaConsumer<String, String> consumer(Object... config) {
        return open(unmanagedConsumer(config));
    }

    /** A consumer that the scenario closes by itself. */
    KafkaConsumer<String, String> unmanagedConsumer(Object... config) {
        Map<String, Object> defaults = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest",
            "enable.auto.commit", false, "fetch.max.wait.ms", 100);
        return new KafkaConsumer<>(pairs(config, defaults), new StringDeserializer(), new StringDeserializer());
    }

    /** Sends `count` records with keys k0.. and values `prefix`0.., over the partitions in turn, and waits for the answers. */
    List<RecordMetadata> fill(String topic, int partitions, int count, String prefix) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            return fill(producer, topic, partitions, count, prefix);
        }
    }

    static List<RecordMetadata> fill(
            KafkaProducer<String, String> producer, String topic, int partitions, int count, String prefix) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, "k" + i, prefix + i)));
        }
        producer.flush();
        List<RecordMetadata> answers = new ArrayList<>();
        for (Future<RecordMetadata> future : sent) {
            answers.add(get(future));
        }
        return answers;
    }

    /** All records of a topic up to its end as the isolation level sees it, each partition in order. */
    List<ConsumerRecord<String, String>> read(String topic, String isolation, Object... config) throws Exception {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        Map<String, Object> all = pairs(config, Map.of("bootstrap.servers", bootstrap, "isolation.level", isolation,
            "auto.offset.reset", "earliest", "fetch.max.wait.ms", 50, "group.id", name("reader")));
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = partitions(topic, consumer.partitionsFor(topic).size());
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            until("the records of " + topic + " up to " + ends + " are read", () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return partitions.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition));
            });
        }
        return records;
    }

    List<String> values(String topic, String isolation) throws Exception {
        return read(topic, isolation).stream().map(ConsumerRecord::value).toList();
    }

    /** All records up to the end, keys and values as bytes. */
    List<ConsumerRecord<byte[], byte[]>> readBytes(String topic, int partitions) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest",
            "fetch.max.wait.ms", 50, "check.crcs", true);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = partitions(topic, partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            until("the records of " + topic + " up to " + ends + " are read", () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return all.stream().allMatch(partition -> consumer.position(partition) >= ends.get(partition));
            });
        }
        return records;
    }

    long offset(String topic, int partition, OffsetSpec spec) throws Exception {
        TopicPartition where = new TopicPartition(topic, partition);
        return get(admin().listOffsets(Map.of(where, spec)).partitionResult(where)).offset();
    }

    static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count).mapToObj(partition -> new TopicPartition(topic, partition)).toList();
    }

    /** Something that runs beside the scenario: what it throws fails the scenario. */
    void background(Throwable error) {
        background.add(error);
    }

    void checkBackground() throws Exception {
        Throwable error = background.peek();
        if (error != null) {
            throw new AssertionError("in the background", error);
        }
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    /** Waits until it holds, looking again and again; what it throws meanwhile counts as "not yet". */
    void until(String what, Condition condition) throws Exception {
        until(what, SOON, condition);
    }

    void until(String what, Duration within, Condition condition) throws Exception {
        long deadline = System.nanoTime() + within.toNanos();
        Throwable last = null;
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
                last = null;
            } catch (InterruptedException ended) {
                throw ended;
            } catch (Exception notYet) {
                last = notYet;
            }
            checkBackground();
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + within.toSeconds() + " s in vain until " + what, last);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(10_000_000L);
        }
    }

    /** The result of a future, or what it failed with. */
    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof Exception cause ? cause : failed;
        }
    }

    /** It fails with that very error, which is given back. */
    static <E extends Throwable> E fails(Class<E> expected, Callable<?> action) throws Exception {
        Object result;
        try {
            result = action.call();
        } catch (Throwable thrown) {
            for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
                if (cause.getClass() == expected) {
                    return expected.cast(cause);
                }
            }
            throw new AssertionError("expected " + expected.getSimpleName() + ", but it failed otherwise", thrown);
        }
        throw new AssertionError("expected " + expected.getSimpleName() + ", but it went well: " + result);
    }

    static <E extends Throwable> E fails(Class<E> expected, Future<?> future) throws Exception {
        return fails(expected, () -> get(future));
    }

    /** It fails, and what with is given back. */
    static Throwable fails(Future<?> future) throws Exception {
        Object result;
        try {
            result = get(future);
        } catch (Exception expected) {
            return expected;
        }
        throw new AssertionError("expected an error, but it went well: " + result);
    }

    static void equal(String what, Object expected, Object actual) {
        if (!Objects.deepEquals(expected, actual)) {
            throw new AssertionError(what + ": expected " + shown(expected) + ", got " + shown(actual));
        }
    }

    static void that(boolean holds, String claim) {
        if (!holds) {
            throw new AssertionError("not so: " + claim);
        }
    }

    private static String shown(Object value) {
        String text = value instanceof Object[] array ? List.of(array).toString() : String.valueOf(value);
        return text.length() > 600 ? text.substring(0, 600) + "... (" + text.length() + " characters)" : text;
    }

    /** Each value once, and how often it came where that is not once. */
    static void exactlyOnce(String what, Collection<String> expected, Collection<String> actual) {
        Map<String, Long> counts = actual.stream().collect(Collectors.groupingBy(value -> value, Collectors.counting()));
        List<String> lost = expected.stream().filter(value -> !counts.containsKey(value)).toList();
        List<String> doubled = counts.keySet().stream().filter(value -> counts.get(value) > 1).sorted().toList();
        Set<String> known = Set.copyOf(expected);
        List<String> strange = counts.keySet().stream().filter(value -> !known.contains(value)).sorted().toList();
        if (!lost.isEmpty() || !doubled.isEmpty() || !strange.isEmpty()) {
            throw new AssertionError(what + ": lost " + shown(lost) + ", doubled " + shown(doubled) + ", strange " + shown(strange));
        }
    }

    static List<String> numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    static Map<String, String> pairs(String[] configs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < configs.length; i += 2) {
            map.put(configs[i], configs[i + 1]);
        }
        return map;
    }

    static Map<String, Object> pairs(Object[] config, Map<String, Object> defaults) {
        Map<String, Object> map = new HashMap<>(defaults);
        for (int i = 0; i < config.length; i += 2) {
            map.put((String) config[i], config[i + 1]);
        }
        return map;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception | Error secondary) {
                // Whatever went wrong before is what the scenario reports.
            }
        }
    }

    /** A producer is closed at once: what it has not sent by then is not waited for. */
    private record Quiet<K, V>(KafkaProducer<K, V> client) implements AutoCloseable {
        @Override
        public void close() {
            client.close(Duration.ZERO);
        }
    }
}
