// The scenarios of Apache's kafka-clients: each is a claim about any broker that says it is Kafka. README.md beside this
// folder says how to compile and run it.
//
//   Suite --bootstrap HOST:PORT --list             one JSON object a line: {"scenario", "slow"}
//   Suite --bootstrap HOST:PORT --run NAME...      runs these (a name's beginning and `*` will do) and answers a line each
//   Suite --bootstrap HOST:PORT                    runs what standard input names, a line of {"run": NAME} or NAME each
//   ... --parallel N                               so many at a time; answers come as scenarios end
//
// An answer is {"scenario", "ok", "seconds"} and, where it is not ok, "error". Every scenario has topics, groups and
// transactional ids of its own, so that any number of them run beside each other and one after another on one broker.

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
    static final int QUICK_SECONDS = 90;
    static final int SLOW_SECONDS = 240;

    /** What a scenario does: it returns, or throws what is wrong. */
    interface Scenario {
        void run(Lab lab) throws Exception;
    }

    record Claim(String name, boolean slow, Scenario scenario) { }

    private final Map<String, Claim> claims = new LinkedHashMap<>();

    /** Adds a scenario under its name. */
    void claim(String name, Scenario scenario) {
        add(new Claim(name, false, scenario));
    }

    /** Adds one that takes longer than a few seconds; who runs the suite puts these at the end. */
    void slow(String name, Scenario scenario) {
        add(new Claim(name, true, scenario));
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
        return suite;
    }

    public static void main(String[] args) throws Exception {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // The logging library writes to standard output unless told otherwise, which belongs to the answers.
        System.setOut(System.err);
        Suite suite = all();
        String bootstrap = null;
        int parallel = 1;
        boolean list = false;
        List<String> names = null;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--bootstrap" -> bootstrap = args[++i];
                case "--parallel" -> parallel = Integer.parseInt(args[++i]);
                case "--list" -> list = true;
                case "--run" -> {
                    names = new ArrayList<>();
                    while (i + 1 < args.length && !args[i + 1].startsWith("--")) {
                        names.addAll(suite.matching(args[++i]));
                    }
                }
                default -> throw new IllegalArgumentException("unknown argument " + args[i]);
            }
        }
        if (list) {
            for (Claim claim : suite.claims.values()) {
                answers.println(JSON.createObjectNode().put("scenario", claim.name).put("slow", claim.slow));
            }
            Runtime.getRuntime().halt(0);
        }
        if (bootstrap == null) {
            throw new IllegalArgumentException("--bootstrap HOST:PORT is missing");
        }
        ExecutorService workers = Executors.newFixedThreadPool(parallel);
        Runner runner = new Runner(suite, bootstrap, answers, workers);
        if (names != null) {
            names.forEach(runner::submit);
        } else {
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                if (!line.isBlank()) {
                    runner.submit(line.startsWith("{") ? JSON.readTree(line).required("run").asText() : line.trim());
                }
            }
        }
        workers.shutdown();
        workers.awaitTermination(1, TimeUnit.HOURS);
        Runtime.getRuntime().halt(runner.failed ? 1 : 0);
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
        private final String bootstrap;
        private final PrintStream answers;
        private final ExecutorService workers;
        volatile boolean failed;

        Runner(Suite suite, String bootstrap, PrintStream answers, ExecutorService workers) {
            this.suite = suite;
            this.bootstrap = bootstrap;
            this.answers = answers;
            this.workers = workers;
        }

        void submit(String name) {
            workers.submit(() -> answer(name));
        }

        private void answer(String name) {
            long began = System.nanoTime();
            String error = outcome(name);
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

        private String outcome(String name) {
            Claim claim = suite.claims.get(name);
            if (claim == null) {
                return "there is no scenario of that name";
            }
            String[] error = {null};
            Thread thread = new Thread(() -> error[0] = attempt(claim), name);
            thread.setDaemon(true);
            thread.start();
            int seconds = claim.slow ? SLOW_SECONDS : QUICK_SECONDS;
            try {
                thread.join(seconds * 1000L);
            } catch (InterruptedException ended) {
                return "interrupted";
            }
            if (!thread.isAlive()) {
                return error[0];
            }
            String stack = where(thread.getStackTrace());
            thread.interrupt();
            return "not done after " + seconds + " seconds; it stood at" + stack;
        }

        private String attempt(Claim claim) {
            try (Lab lab = new Lab(bootstrap)) {
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
