// The scenarios of Apache's kafka-clients: each is a claim about any broker that says it is Kafka. The contract is in the
// README of the folder above. Compiled together and run as
//
//   Suite --list                                   one JSON object a line: {"scenario", "needs", "limit_s"}
//   Suite                                          runs what standard input says, {"scenario", "bootstrap", ...} a line
//   Suite --bootstrap HOST:PORT [--other HOST:PORT] [--parallel N] --run NAME...
//                                                  by hand: these scenarios (a name's beginning and `*` will do)
//
// An answer is {"scenario", "ok", "seconds"} and, where it is not ok, "error". Every scenario has topics, groups and
// transactional ids of its own, so that any number of them run beside each other and one after another on one broker.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

public final class Suite {
    static final ObjectMapper JSON = new ObjectMapper();
    /** A scenario that has not ended by then says where it stands. On a quiet machine most take less than two. */
    static final int LIMIT_SECONDS = 170;
    static final int SLOW_LIMIT_SECONDS = 290;

    /** What a scenario does: it returns, or throws what is wrong. */
    interface Scenario {
        void run(Lab lab) throws Exception;
    }

    /** What surrounds a scenario. Beside the broker, there is only what it asked for. */
    record Surroundings(String bootstrap, String control, String other) { }

    record Claim(String name, int limitSeconds, List<String> needs, Scenario scenario) { }

    private final Map<String, Claim> claims = new LinkedHashMap<>();

    /** Adds a scenario under its name. */
    void claim(String name, Scenario scenario) {
        add(new Claim(name, LIMIT_SECONDS, List.of(), scenario));
    }

    /** Adds one that takes longer, or much of the machine: it runs after the others, alone. */
    void slow(String name, Scenario scenario, String... needs) {
        List<String> all = new ArrayList<>(List.of(needs));
        all.add("alone");
        add(new Claim(name, SLOW_LIMIT_SECONDS, all, scenario));
    }

    /** Adds one that kills the broker and starts it again. */
    void restarting(String name, Scenario scenario) {
        add(new Claim(name, LIMIT_SECONDS, List.of("restart"), scenario));
    }

    private void add(Claim claim) {
        if (claims.put(claim.name, claim) != null) {
            throw new IllegalStateException("two scenarios are called " + claim.name);
        }
    }

    static Suite all() {
        Suite suite = new Suite();
        Records.claims(suite);
        Producers.claims(suite);
        RawProduce.claims(suite);
        Transactions.claims(suite);
        TransactionOffsets.claims(suite);
        TransactionFaults.claims(suite);
        ClassicGroups.claims(suite);
        Members.claims(suite);
        ConsumerGroups.claims(suite);
        Offsets.claims(suite);
        AdminTopics.claims(suite);
        AdminConfigs.claims(suite);
        AdminGroups.claims(suite);
        AdminCluster.claims(suite);
        AdminTransactions.claims(suite);
        Fetching.claims(suite);
        FetchSessions.claims(suite);
        KafkaTools.claims(suite);
        Restarts.claims(suite);
        Platforms.claims(suite);
        return suite;
    }

    public static void main(String[] args) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // The logging library writes to standard output unless told otherwise, which belongs to the answers.
        System.setOut(System.err);
        Suite suite = all();
        String bootstrap = null;
        String other = null;
        int parallel = 1;
        boolean list = false;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--bootstrap" -> bootstrap = args[++i];
                case "--other" -> other = args[++i];
                case "--parallel" -> parallel = Integer.parseInt(args[++i]);
                case "--list" -> list = true;
                case "--run" -> {
                    while (i + 1 < args.length && !args[i + 1].startsWith("--")) {
                        names.addAll(suite.matching(args[++i]));
                    }
                }
                default -> throw new IllegalArgumentException("unknown argument " + args[i]);
            }
        }
        if (list) {
            suite.list(answers);
            Runtime.getRuntime().halt(0);
        }
        ExecutorService workers = Executors.newFixedThreadPool(parallel);
        Runner runner = new Runner(suite, answers, workers);
        if (bootstrap != null) {
            Surroundings around = new Surroundings(bootstrap, null, other);
            names.forEach(name -> runner.submit(name, around));
        } else {
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                JsonNode command = JSON.readTree(line);
                runner.submit(command.required("scenario").asText(), new Surroundings(command.required("bootstrap").asText(),
                    command.path("control").asText(null), command.path("other").asText(null)));
            }
        }
        workers.shutdown();
        workers.awaitTermination(1, TimeUnit.HOURS);
        Runtime.getRuntime().halt(runner.failed ? 1 : 0);
    }

    private void list(PrintStream answers) {
        for (Claim claim : claims.values()) {
            ObjectNode line = JSON.createObjectNode().put("scenario", claim.name);
            claim.needs.forEach(line.putArray("needs")::add);
            // The harness waits a little longer, for the words of a scenario that has not ended.
            answers.println(line.put("limit_s", claim.limitSeconds + 20));
        }
    }

    private List<String> matching(String name) {
        if (!name.endsWith("*")) {
            return List.of(name);
        }
        String beginning = name.substring(0, name.length() - 1);
        return claims.keySet().stream().filter(claim -> claim.startsWith(beginning)).toList();
    }

    /** Runs scenarios and answers for each; one that takes too long is left to itself, and said where it stood. */
    static final class Runner {
        private final Suite suite;
        private final PrintStream answers;
        private final ExecutorService workers;
        volatile boolean failed;

        Runner(Suite suite, PrintStream answers, ExecutorService workers) {
            this.suite = suite;
            this.answers = answers;
            this.workers = workers;
        }

        void submit(String name, Surroundings around) {
            workers.submit(() -> answer(name, around));
        }

        private void answer(String name, Surroundings around) {
            long began = System.nanoTime();
            String error = outcome(name, around);
            ObjectNode answer = JSON.createObjectNode().put("scenario", name).put("ok", error == null);
            answer.put("seconds", Math.round((System.nanoTime() - began) / 1e7) / 100.0);
            if (error != null) {
                failed = true;
                answer.put("error", error);
            }
            synchronized (answers) {
                answers.println(answer);
            }
        }

        private String outcome(String name, Surroundings around) {
            Claim claim = suite.claims.get(name);
            if (claim == null) {
                return "there is no scenario of that name";
            }
            String[] error = {null};
            Thread thread = new Thread(() -> error[0] = attempt(claim, around), name);
            thread.setDaemon(true);
            thread.start();
            try {
                thread.join(claim.limitSeconds * 1000L);
            } catch (InterruptedException ended) {
                return "interrupted";
            }
            if (!thread.isAlive()) {
                return error[0];
            }
            String stack = where(thread.getStackTrace());
            thread.interrupt();
            return "not done after " + claim.limitSeconds + " seconds; it stood at" + stack;
        }

        private String attempt(Claim claim, Surroundings around) {
            try (Lab lab = new Lab(around)) {
                claim.scenario.run(lab);
                lab.checkBackground();
                return null;
            } catch (Throwable error) {
                StringBuilder text = new StringBuilder();
                for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                    text.append(text.isEmpty() ? "" : " caused by ").append(cause);
                    text.append(where(cause.getStackTrace()));
                }
                return text.toString();
            }
        }

        /** The lines of this suite alone: those of the client say little. */
        private static String where(StackTraceElement[] stack) {
            StringBuilder lines = new StringBuilder();
            for (StackTraceElement element : stack) {
                if (!element.getClassName().contains(".") && !element.getClassName().startsWith("Suite")) {
                    lines.append(" [").append(element.getFileName()).append(':').append(element.getLineNumber()).append(']');
                }
            }
            return lines.toString();
        }
    }
}
