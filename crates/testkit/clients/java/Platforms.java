// What is built upon clients: Kafka Streams exactly once, Connect's workers, MirrorMaker between two clusters.

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

final class Platforms {
    static void claims(Suite suite) {
        suite.slow("platforms/streams_count_exactly_once_through_a_repartition", Platforms::streams);
        suite.slow("platforms/connect_standalone_carries_a_file_to_a_file", Platforms::connectStandalone);
        suite.slow("platforms/connect_distributed_carries_a_file_to_a_file", Platforms::connectDistributed);
        suite.slow("platforms/mirror_maker_copies_from_another_cluster", lab -> mirror(lab, true), "other");
        suite.slow("platforms/mirror_maker_copies_to_another_cluster", lab -> mirror(lab, false), "other");
    }

    /** A folder that is removed when the scenario ends. */
    private static Path folder(Lab lab) throws Exception {
        Path folder = Files.createTempDirectory("platform-");
        lab.open(() -> {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        });
        return folder;
    }

    private static Path properties(Path folder, String name, String... lines) throws Exception {
        return Files.write(folder.resolve(name), List.of(lines));
    }

    private static KafkaStreams counter(Lab lab, String from, String to, Path state) {
        StreamsBuilder builder = new StreamsBuilder();
        // A new key makes a repartition topic, the count a store with its changelog.
        builder.<String, String>stream(from).map((key, value) -> KeyValue.pair("n" + value.charAt(value.length() - 1), value))
            .groupByKey().count(Materialized.as("counts")).toStream().to(to, Produced.with(Serdes.String(), Serdes.Long()));
        Properties config = new Properties();
        config.put("application.id", lab.name("streams"));
        config.put("bootstrap.servers", lab.bootstrap);
        config.put("processing.guarantee", "exactly_once_v2");
        config.put("default.key.serde", Serdes.StringSerde.class.getName());
        config.put("default.value.serde", Serdes.StringSerde.class.getName());
        config.put("state.dir", state.toString());
        config.put("statestore.cache.max.bytes", 0);
        config.put("commit.interval.ms", 100);
        config.put("replication.factor", 1);
        config.put("auto.offset.reset", "earliest");
        config.put("session.timeout.ms", 6000);
        return new KafkaStreams(builder.build(), config);
    }

    private static void streams(Lab lab) throws Exception {
        String from = lab.topic("from", 3);
        String to = lab.topic("to", 2);
        KafkaStreams first = counter(lab, from, to, folder(lab));
        lab.open(() -> first.close(Duration.ofSeconds(10)));
        first.start();
        lab.fill(from, 3, 500, "a");
        lab.until("half is counted", Duration.ofSeconds(120), () -> counts(lab, to).values().stream().mapToInt(List::size).sum() == 500);
        KafkaStreams second = counter(lab, from, to, folder(lab));
        lab.open(() -> second.close(Duration.ofSeconds(10)));
        second.start();
        lab.fill(from, 3, 250, "b");
        lab.until("the second has joined", Duration.ofSeconds(90), () -> second.state() == KafkaStreams.State.RUNNING
            && first.state() == KafkaStreams.State.RUNNING);
        first.close(Duration.ofSeconds(30));
        lab.fill(from, 3, 250, "c");
        lab.until("all is counted", Duration.ofSeconds(120), () -> counts(lab, to).values().stream().mapToInt(List::size).sum() >= 1000);
        Map<String, List<Long>> counts = counts(lab, to);
        Lab.equal("keys", 10, counts.size());
        counts.forEach((key, values) -> {
            for (int i = 0; i < values.size(); i++) {
                Lab.equal("count number " + i + " of " + key, i + 1L, values.get(i));
            }
        });
        Lab.equal("counts", 1000, counts.values().stream().mapToInt(List::size).sum());
    }

    private static Map<String, List<Long>> counts(Lab lab, String topic) throws Exception {
        Map<String, List<Long>> counts = new HashMap<>();
        Map<String, Object> config = Map.of("bootstrap.servers", lab.bootstrap, "isolation.level", "read_committed");
        try (KafkaConsumer<String, Long> consumer = new KafkaConsumer<>(config, new StringDeserializer(), new LongDeserializer())) {
            List<TopicPartition> partitions = Lab.partitions(topic, 2);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(100))) {
                    counts.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record.value());
                }
            }
        }
        return counts;
    }

    private static List<String> lines(Path file) throws Exception {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static void connectStandalone(Lab lab) throws Exception {
        Path folder = folder(lab);
        Path in = Files.write(folder.resolve("in.txt"), Lab.numbered("line ", 300));
        Path out = folder.resolve("out.txt");
        String topic = lab.topic("connect", 2);
        Path worker = properties(folder, "worker.properties", "bootstrap.servers=" + lab.bootstrap, "listeners=http://127.0.0.1:0",
            "key.converter=org.apache.kafka.connect.storage.StringConverter", "value.converter=org.apache.kafka.connect.storage.StringConverter",
            "offset.storage.file.filename=" + folder.resolve("offsets"), "offset.flush.interval.ms=500");
        Path source = properties(folder, "source.properties", "name=" + lab.name("source"), "connector.class=FileStreamSource",
            "tasks.max=1", "file=" + in, "topic=" + topic);
        Path sink = properties(folder, "sink.properties", "name=" + lab.name("sink"), "connector.class=FileStreamSink",
            "tasks.max=2", "file=" + out, "topics=" + topic);
        Members.Program connect = lab.open(new Members.Program("org.apache.kafka.connect.cli.ConnectStandalone",
            List.of(worker.toString(), source.toString(), sink.toString())));
        arrives(lab, connect, out, Lab.numbered("line ", 300));
        Files.write(in, Lab.numbered("more ", 100), java.nio.file.StandardOpenOption.APPEND);
        List<String> all = new ArrayList<>(Lab.numbered("line ", 300));
        all.addAll(Lab.numbered("more ", 100));
        arrives(lab, connect, out, all);
        Lab.exactlyOnce("lines", all, lines(out));
    }

    private static void arrives(Lab lab, Members.Program program, Path out, List<String> expected) throws Exception {
        try {
            lab.until(expected.size() + " lines are in the sink's file", Duration.ofSeconds(150),
                () -> lines(out).containsAll(expected));
        } catch (AssertionError error) {
            List<String> said = program.lines.stream().filter(line -> line.contains("ERROR") || line.contains("Exception")).limit(20).toList();
            throw new AssertionError("the worker said " + said, error);
        }
    }

    private static void connectDistributed(Lab lab) throws Exception {
        Path folder = folder(lab);
        Path in = Files.write(folder.resolve("in.txt"), Lab.numbered("line ", 300));
        Path out = folder.resolve("out.txt");
        String topic = lab.topic("connect", 2);
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path worker = properties(folder, "worker.properties", "bootstrap.servers=" + lab.bootstrap,
            "listeners=http://127.0.0.1:" + port, "group.id=" + lab.name("connect"),
            "key.converter=org.apache.kafka.connect.storage.StringConverter", "value.converter=org.apache.kafka.connect.storage.StringConverter",
            "config.storage.topic=" + lab.name("configs"), "offset.storage.topic=" + lab.name("positions"),
            "status.storage.topic=" + lab.name("status"), "config.storage.replication.factor=1", "offset.storage.replication.factor=1",
            "status.storage.replication.factor=1", "offset.storage.partitions=3", "status.storage.partitions=2",
            "offset.flush.interval.ms=500", "exactly.once.source.support=enabled");
        Members.Program connect = lab.open(new Members.Program("org.apache.kafka.connect.cli.ConnectDistributed", List.of(worker.toString())));
        put(lab, port, lab.name("source"), Map.of("connector.class", "FileStreamSource", "tasks.max", "1", "file", in.toString(),
            "topic", topic, "exactly.once.support", "required", "transaction.boundary", "poll"));
        put(lab, port, lab.name("sink"), Map.of("connector.class", "FileStreamSink", "tasks.max", "2", "file", out.toString(),
            "topics", topic, "consumer.override.isolation.level", "read_committed"));
        arrives(lab, connect, out, Lab.numbered("line ", 300));
        Lab.exactlyOnce("records", Lab.numbered("line ", 300), lab.values(topic, "read_committed"));
    }

    private static void put(Lab lab, int port, String name, Map<String, String> config) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/connectors/" + name + "/config"))
            .header("Content-Type", "application/json").timeout(Duration.ofSeconds(30))
            .PUT(HttpRequest.BodyPublishers.ofString(Suite.JSON.writeValueAsString(config))).build();
        lab.until("the worker takes the connector " + name, Duration.ofSeconds(150), () -> {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new Exception(answer.statusCode() + " " + answer.body());
            }
            return true;
        });
    }

    private static void mirror(Lab lab, boolean fromOther) throws Exception {
        String topic = lab.name("mirrored");
        String group = lab.name("group");
        String from = fromOther ? lab.other() : lab.bootstrap;
        String to = fromOther ? lab.bootstrap : lab.other();
        Path folder = folder(lab);
        Path file = properties(folder, "mm2.properties", "clusters=a, b", "a.bootstrap.servers=" + from, "b.bootstrap.servers=" + to,
            "a->b.enabled=true", "b->a.enabled=false", "a->b.topics=" + topic, "a->b.groups=" + group, "tasks.max=2",
            "replication.factor=1", "checkpoints.topic.replication.factor=1", "heartbeats.topic.replication.factor=1",
            "offset-syncs.topic.replication.factor=1", "offset.storage.replication.factor=1", "status.storage.replication.factor=1",
            "config.storage.replication.factor=1", "sync.topic.acls.enabled=false", "refresh.topics.interval.seconds=2",
            "refresh.groups.interval.seconds=2", "emit.checkpoints.interval.seconds=2", "sync.group.offsets.enabled=true",
            "sync.group.offsets.interval.seconds=2", "offset.flush.interval.ms=1000", "emit.heartbeats.enabled=true");
        try (Lab source = new Lab(new Suite.Surroundings(from, null, null)); Lab target = new Lab(new Suite.Surroundings(to, null, null));
                Admin admin = Admin.create(Map.of("bootstrap.servers", from))) {
            Lab.get(admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(topic, 3, (short) 1)
                .configs(Map.of("retention.bytes", "987654321")))).all());
            source.until("it can be written to", () -> {
                source.fill(topic, 3, 300, "v");
                return true;
            });
            Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(100),
                new TopicPartition(topic, 1), new OffsetAndMetadata(100), new TopicPartition(topic, 2), new OffsetAndMetadata(100));
            Lab.get(admin.alterConsumerGroupOffsets(group, offsets).all());
            Members.Program mirror = lab.open(new Members.Program("org.apache.kafka.connect.mirror.MirrorMaker", List.of(file.toString())));
            String copy = "a." + topic;
            try {
                lab.until("the copy is there", Duration.ofSeconds(200), () -> Lab.get(target.admin().listTopics().names()).contains(copy)
                    && target.values(copy, "read_committed").size() >= 300);
                Lab.exactlyOnce("records", Lab.numbered("v", 300), target.values(copy, "read_committed"));
                source.fill(topic, 3, 30, "w");
                lab.until("what came later is there too", Duration.ofSeconds(60), () -> target.values(copy, "read_committed").size() == 330);
                lab.until("the group's offsets are there", Duration.ofSeconds(60), () -> Lab.get(target.admin()
                    .listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).keySet().equals(
                        java.util.Set.copyOf(Lab.partitions(copy, 3))));
            } catch (AssertionError error) {
                List<String> said = mirror.lines.stream().filter(line -> line.contains("ERROR") || line.contains("Exception"))
                    .limit(20).toList();
                throw new AssertionError("MirrorMaker said " + said, error);
            }
            mirror.close();
        }
    }
}
