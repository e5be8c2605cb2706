// Apache Kafka's own programs, each in a process of its own: the verifiable clients of its system tests, and its commands.

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

final class KafkaTools {
    private static final String TOOLS = "org.apache.kafka.tools.";

    static void claims(Suite suite) {
        suite.claim("tools/verifiable_producer_is_acknowledged", KafkaTools::verifiableProducer);
        for (String protocol : new String[] {"classic", "consumer"}) {
            suite.claim("tools/verifiable_consumer_of_the_" + protocol + "_protocol_reads_all", lab -> verifiableConsumer(lab, protocol));
        }
        suite.claim("tools/transactional_message_copier_copies_exactly_once", lab -> copier(lab, false));
        suite.claim("tools/transactional_message_copier_in_a_group_copies_exactly_once", lab -> copier(lab, true));
        suite.claim("tools/performance_tools_run", KafkaTools::performance);
        suite.claim("tools/topic_command", KafkaTools::topicCommand);
        suite.claim("tools/config_command", KafkaTools::configCommand);
        suite.claim("tools/group_command", KafkaTools::groupCommand);
        suite.claim("tools/offset_and_record_commands", KafkaTools::offsetCommands);
        suite.claim("tools/cluster_commands", KafkaTools::clusterCommands);
        suite.claim("tools/transactions_command", KafkaTools::transactionsCommand);
        suite.claim("tools/console_clients", KafkaTools::consoleClients);
    }

    /** Runs a program to its end and gives its output. */
    private static String run(Lab lab, String main, String... args) throws Exception {
        Members.Program program = lab.open(new Members.Program(main, List.of(args)));
        int status = program.await(120);
        String output = String.join("\n", program.lines);
        Lab.that(status == 0, main + " ended with " + status + ": " + output);
        return output;
    }

    private static void contains(String output, String... parts) {
        for (String part : parts) {
            Lab.that(output.contains(part), "the output has " + part + ": " + output);
        }
    }

    private static List<JsonNode> events(String output, String name) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : output.split("\n")) {
            if (line.startsWith("{")) {
                JsonNode event = Suite.JSON.readTree(line);
                if (event.path("name").asText().equals(name)) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    private static void verifiableProducer(Lab lab) throws Exception {
        String topic = lab.topic("verifiable", 3);
        String output = run(lab, TOOLS + "VerifiableProducer", "--bootstrap-server", lab.bootstrap, "--topic", topic,
            "--max-messages", "1000", "--acks", "-1");
        Lab.equal("acknowledged", 1000, events(output, "producer_send_success").size());
        Lab.equal("failed", 0, events(output, "producer_send_error").size());
        List<String> sent = events(output, "producer_send_success").stream().map(event -> event.path("value").asText()).toList();
        Lab.exactlyOnce("values", sent, lab.values(topic, "read_uncommitted"));
    }

    private static void verifiableConsumer(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("verifiable", 3);
        lab.fill(topic, 3, 600, "v");
        String output = run(lab, TOOLS + "VerifiableConsumer", "--bootstrap-server", lab.bootstrap, "--topic", topic,
            "--group-id", lab.name("group"), "--max-messages", "600", "--verbose", "--group-protocol", protocol,
            "--reset-policy", "earliest");
        List<String> read = events(output, "record_data").stream().map(event -> event.path("value").asText()).toList();
        Lab.exactlyOnce("values", Lab.numbered("v", 600), read);
        Lab.that(!events(output, "partitions_assigned").isEmpty(), "partitions were assigned");
        Lab.that(events(output, "offsets_committed").stream().allMatch(event -> event.path("success").asBoolean()), "commits succeed");
    }

    private static void copier(Lab lab, boolean group) throws Exception {
        String from = lab.topic("from", 1);
        String to = lab.topic("to", 3);
        lab.fill(from, 1, 400, "v");
        List<String> args = new ArrayList<>(List.of("--broker-list", lab.bootstrap, "--input-topic", from, "--input-partition", "0",
            "--output-topic", to, "--max-messages", "400", "--transaction-size", "40", "--transaction-timeout", "20000",
            "--consumer-group", lab.name("copier"), "--transactional-id", lab.name("copier"), "--enable-random-aborts"));
        if (group) {
            args.addAll(List.of("--group-mode", "--use-group-metadata"));
        }
        String output = run(lab, TOOLS + "TransactionalMessageCopier", args.toArray(String[]::new));
        contains(output, "\"remaining\":0");
        Lab.exactlyOnce("copies", Lab.numbered("v", 400), lab.values(to, "read_committed"));
    }

    private static void performance(Lab lab) throws Exception {
        String topic = lab.topic("performance", 2);
        contains(run(lab, TOOLS + "ProducerPerformance", "--topic", topic, "--num-records", "5000", "--record-size", "500",
            "--throughput", "-1", "--bootstrap-server", lab.bootstrap, "--command-property", "compression.type=lz4"),
            "5000 records sent");
        String output = run(lab, TOOLS + "ConsumerPerformance", "--topic", topic, "--num-records", "5000",
            "--bootstrap-server", lab.bootstrap, "--timeout", "20000", "--hide-header");
        contains(output, ", 5000, ");
    }

    private static void topicCommand(Lab lab) throws Exception {
        String name = lab.name("commanded");
        String main = TOOLS + "TopicCommand";
        run(lab, main, "--bootstrap-server", lab.bootstrap, "--create", "--topic", name, "--partitions", "2", "--config", "retention.ms=99999");
        String described = run(lab, main, "--bootstrap-server", lab.bootstrap, "--describe", "--topic", name);
        contains(described, "PartitionCount: 2", "ReplicationFactor: 1", "retention.ms=99999", "Partition: 1");
        run(lab, main, "--bootstrap-server", lab.bootstrap, "--alter", "--topic", name, "--partitions", "3");
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "--list"), name);
        run(lab, main, "--bootstrap-server", lab.bootstrap, "--delete", "--topic", name);
    }

    private static void configCommand(Lab lab) throws Exception {
        String topic = lab.topic("configured", 1);
        String main = "kafka.admin.ConfigCommand";
        run(lab, main, "--bootstrap-server", lab.bootstrap, "--alter", "--entity-type", "topics", "--entity-name", topic,
            "--add-config", "retention.bytes=4242");
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "--describe", "--entity-type", "topics", "--entity-name", topic),
            "retention.bytes=4242");
        int node = Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id();
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "--describe", "--all", "--entity-type", "brokers",
            "--entity-name", "" + node), "message.max.bytes=");
    }

    private static void groupCommand(Lab lab) throws Exception {
        String topic = lab.topic("grouped", 2);
        String group = lab.name("group");
        lab.fill(topic, 2, 20, "v");
        Lab.get(lab.admin().alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(4),
            new TopicPartition(topic, 1), new OffsetAndMetadata(10))).all());
        String main = TOOLS + "consumer.group.ConsumerGroupCommand";
        String described = run(lab, main, "--bootstrap-server", lab.bootstrap, "--describe", "--group", group).replaceAll(" +", " ");
        contains(described, topic + " 0 4 10 6", topic + " 1 10 10 0");
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "--reset-offsets", "--group", group, "--topic", topic,
            "--to-earliest", "--execute"), topic);
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "--list"), group);
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "--delete", "--group", group), "successful");
    }

    private static void offsetCommands(Lab lab) throws Exception {
        String topic = lab.topic("offsets", 2);
        lab.fill(topic, 2, 20, "v");
        contains(run(lab, TOOLS + "GetOffsetShell", "--bootstrap-server", lab.bootstrap, "--topic", topic), topic + ":0:10", topic + ":1:10");
        java.nio.file.Path file = java.nio.file.Files.createTempFile("delete-records", ".json");
        try {
            java.nio.file.Files.writeString(file, "{\"version\":1,\"partitions\":[{\"topic\":\"" + topic
                + "\",\"partition\":0,\"offset\":3}]}");
            contains(run(lab, TOOLS + "DeleteRecordsCommand", "--bootstrap-server", lab.bootstrap,
                "--offset-json-file", file.toString()), "low_watermark: 3");
        } finally {
            java.nio.file.Files.delete(file);
        }
        contains(run(lab, TOOLS + "LogDirsCommand", "--bootstrap-server", lab.bootstrap, "--describe", "--topic-list", topic),
            topic + "-0");
    }

    private static void clusterCommands(Lab lab) throws Exception {
        String id = Lab.get(lab.admin().describeCluster().clusterId());
        contains(run(lab, TOOLS + "ClusterTool", "cluster-id", "--bootstrap-server", lab.bootstrap), id);
        contains(run(lab, TOOLS + "MetadataQuorumCommand", "--bootstrap-server", lab.bootstrap, "describe", "--status"), id);
        contains(run(lab, TOOLS + "FeatureCommand", "--bootstrap-server", lab.bootstrap, "describe"), "transaction.version");
        contains(run(lab, TOOLS + "BrokerApiVersionsCommand", "--bootstrap-server", lab.bootstrap), "Produce(0)");
    }

    private static void transactionsCommand(Lab lab) throws Exception {
        String topic = lab.topic("tx", 1);
        String id = lab.name("id");
        var producer = Transactions.producer(lab, lab.bootstrap, id);
        producer.initTransactions();
        producer.beginTransaction();
        Lab.fill(producer, topic, 1, 1, "v");
        String main = TOOLS + "TransactionsCommand";
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "list"), id, "Ongoing");
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "describe", "--transactional-id", id), "Ongoing", topic + "-0");
        contains(run(lab, main, "--bootstrap-server", lab.bootstrap, "describe-producers", "--topic", topic, "--partition", "0"),
            "ProducerId");
    }

    private static void consoleClients(Lab lab) throws Exception {
        String topic = lab.topic("console", 1);
        lab.fill(topic, 1, 5, "line");
        String output = run(lab, TOOLS + "consumer.ConsoleConsumer", "--bootstrap-server", lab.bootstrap, "--topic", topic,
            "--from-beginning", "--max-messages", "5", "--timeout-ms", "30000");
        contains(output, "line0", "line4");
    }
}
