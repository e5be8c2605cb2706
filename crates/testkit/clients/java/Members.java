// Members that are killed, as kill -9 does it: nobody says goodbye, and the session runs out.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

final class Members {
    static void claims(Suite suite) {
        for (String protocol : new String[] {"classic", "consumer"}) {
            suite.claim("groups/" + protocol + "/killed_members_partitions_go_to_the_others", lab -> killed(lab, protocol, false));
            suite.claim("groups/" + protocol + "/killed_static_members_partitions_go_to_the_others", lab -> killed(lab, protocol, true));
            suite.claim("groups/" + protocol + "/killed_static_member_comes_back_to_its_partitions", lab -> comesBack(lab, protocol));
        }
    }

    /** A Java program of this folder or of Kafka's jars in a process of its own; its lines are kept. */
    static final class Program implements AutoCloseable {
        private final Process process;
        private final Thread reader;
        final Queue<String> lines = new ConcurrentLinkedQueue<>();

        Program(String main, List<String> args) throws Exception {
            List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), main));
            command.addAll(args);
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            reader = new Thread(this::read, main);
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    lines.add(line);
                }
            } catch (java.io.IOException ended) {
                // The process was killed.
            }
        }

        boolean said(String line) {
            if (!process.isAlive() && !lines.contains(line)) {
                throw new AssertionError("the program has ended: " + String.join(" | ", lines));
            }
            return lines.contains(line);
        }

        /** Waits for its end and gives its exit status. */
        int await(int seconds) throws Exception {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AssertionError("the program goes on after " + seconds + " s: " + String.join(" | ", lines));
            }
            reader.join(5000);
            return process.exitValue();
        }

        void terminate() {
            process.destroy();
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly().waitFor();
        }
    }

    private static List<String> config(Lab lab, String protocol, String group, String topic, String instance) {
        List<String> args = new ArrayList<>(List.of(lab.bootstrap, topic, "group.id=" + group, "group.protocol=" + protocol));
        if (protocol.equals("classic")) {
            args.addAll(List.of("session.timeout.ms=2000", "heartbeat.interval.ms=200"));
        }
        if (instance != null) {
            args.add("group.instance.id=" + instance);
        }
        return args;
    }

    private static void killed(Lab lab, String protocol, boolean fixed) throws Exception {
        String topic = lab.topic("killed", 4);
        String group = lab.name("group");
        Member survivor = lab.open(new Member(lab, "survivor", topic, "group.id", group, "group.protocol", protocol));
        survivor.awaitAssigned(4);
        Program victim = lab.open(new Program("MemberProcess", config(lab, protocol, group, topic, fixed ? "fixed" : null)));
        lab.until("they share", () -> survivor.assigned.size() == 2 && victim.said("assigned 2"));
        lab.fill(topic, 4, 40, "before");
        lab.until("the victim has committed its half", () -> victim.lines.stream()
            .filter(line -> line.startsWith("committed ")).mapToInt(line -> Integer.parseInt(line.substring(10))).sum() == 20);
        victim.close();
        survivor.awaitAssigned(4);
        lab.fill(topic, 4, 40, "after");
        lab.until("the survivor has all of the second half", () -> survivor.values().containsAll(Lab.numbered("after", 40)));
        Lab.equal("records of the survivor: its half, and all that came after", 60, survivor.values().size());
    }

    private static void comesBack(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("killed", 4);
        String group = lab.name("group");
        Member other = lab.open(new Member(lab, "other", topic, "group.id", group, "group.protocol", protocol));
        other.awaitAssigned(4);
        Program victim = lab.open(new Program("MemberProcess", config(lab, protocol, group, topic, "fixed")));
        lab.until("they share", () -> other.assigned.size() == 2 && victim.said("assigned 2"));
        victim.close();
        if (protocol.equals("classic")) {
            Member again = lab.open(new Member(lab, "again", topic, "group.id", group, "group.instance.id", "fixed"));
            Member.awaitShared(lab, topic, 4, other, again);
        } else {
            // Until the session of the killed process ends, its instance is taken.
            lab.until("the instance is back", () -> {
                Member again = new Member(lab, "again", topic, "group.id", group, "group.protocol", protocol,
                    "group.instance.id", "fixed");
                lab.open(again);
                lab.until("it is in or refused", () -> again.error != null || again.assigned.size() == 2);
                return again.error == null && other.assigned.size() == 2;
            });
        }
    }
}
