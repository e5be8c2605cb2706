// Groups of the classic protocol: the members assign among themselves, and the broker keeps generations and sessions.

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;

final class ClassicGroups {
    static final Map<String, Class<?>> ASSIGNORS = Map.of("range", RangeAssignor.class, "roundrobin", RoundRobinAssignor.class,
        "sticky", StickyAssignor.class, "cooperative_sticky", CooperativeStickyAssignor.class);

    private static final String ASSIGNOR = "partition.assignment.strategy";

    static void claims(Suite suite) {
        ASSIGNORS.forEach((name, assignor) -> {
            suite.claim("groups/classic/" + name + "_shares_as_members_come_and_go", lab -> comeAndGo(lab, assignor.getName()));
            suite.claim("groups/classic/" + name + "_gives_every_record_to_one_member", lab -> everyRecord(lab, assignor.getName()));
        });
        suite.claim("groups/classic/cooperative_members_keep_what_they_keep", ClassicGroups::cooperativeKeeps);
        suite.claim("groups/classic/static_member_comes_back_to_its_partitions_without_a_rebalance", ClassicGroups::staticReturns);
        suite.claim("groups/classic/static_member_away_too_long_loses_its_partitions", ClassicGroups::staticAway);
        suite.claim("groups/classic/static_member_may_say_that_it_leaves", ClassicGroups::staticLeaves);
        suite.claim("groups/classic/second_member_of_an_instance_fences_the_first", ClassicGroups::instanceTaken);
        suite.claim("groups/classic/dynamic_member_may_say_that_it_remains", ClassicGroups::remains);
        suite.claim("groups/classic/slow_member_loses_its_partitions", ClassicGroups::slowMember);
        suite.claim("groups/classic/members_of_other_protocols_are_refused", ClassicGroups::inconsistent);
        suite.claim("groups/classic/assignor_can_be_changed_member_by_member", ClassicGroups::changedAssignor);
        suite.claim("groups/classic/session_too_short_or_too_long_is_refused", ClassicGroups::badSession);
        suite.claim("groups/classic/empty_group_id_is_refused", ClassicGroups::emptyGroupId);
        suite.claim("groups/classic/new_partitions_are_assigned", ClassicGroups::newPartitions);
        suite.claim("groups/classic/new_topics_of_a_pattern_are_assigned", ClassicGroups::newTopics);
        suite.claim("groups/classic/deleted_topics_are_taken_away", ClassicGroups::deletedTopic);
        suite.claim("groups/classic/member_may_ask_for_a_rebalance", ClassicGroups::enforced);
        suite.claim("groups/classic/more_members_than_partitions_wait", ClassicGroups::spareMembers);
        suite.claim("groups/classic/subscriptions_may_differ", ClassicGroups::differentTopics);
        suite.claim("groups/classic/unsubscribing_leaves", ClassicGroups::unsubscribes);
        suite.claim("groups/classic/ten_members_share_forty_partitions", ClassicGroups::tenMembers);
    }

    private static void comeAndGo(Lab lab, String assignor) throws Exception {
        String topic = lab.topic("shared", 7);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group, ASSIGNOR, assignor));
        Member.awaitShared(lab, topic, 7, a);
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group, ASSIGNOR, assignor));
        Member.awaitShared(lab, topic, 7, a, b);
        Member c = lab.open(new Member(lab, "c", topic, "group.id", group, ASSIGNOR, assignor));
        Member.awaitShared(lab, topic, 7, a, b, c);
        lab.until("7 partitions are shared evenly by 3",
            () -> a.assigned.size() >= 2 && b.assigned.size() >= 2 && c.assigned.size() >= 2);
        Member.awaitShared(lab, topic, 7, a, b, c);
        a.close();
        Member.awaitShared(lab, topic, 7, b, c);
        b.close();
        Member.awaitShared(lab, topic, 7, c);
    }

    private static void everyRecord(Lab lab, String assignor) throws Exception {
        String topic = lab.topic("shared", 6);
        String group = lab.name("group");
        List<Member> members = new ArrayList<>();
        int count = 0;
        for (int round = 0; round < 3; round++) {
            members.add(lab.open(new Member(lab, "m" + round, topic, "group.id", group, ASSIGNOR, assignor)));
            Member.awaitShared(lab, topic, 6, members.toArray(Member[]::new));
            lab.fill(topic, 6, 300, "r" + round + "-");
            count += 300;
            int expected = count;
            lab.until("all records of round " + round + " are there", () -> seen(members).size() >= expected);
        }
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            expected.addAll(Lab.numbered("r" + round + "-", 300));
        }
        Lab.exactlyOnce("records of all members", expected, seen(members));
    }

    static List<String> seen(List<Member> members) {
        List<String> all = new ArrayList<>();
        members.forEach(member -> all.addAll(member.values()));
        return all;
    }

    private static void cooperativeKeeps(Lab lab) throws Exception {
        String topic = lab.topic("shared", 8);
        String group = lab.name("group");
        String assignor = CooperativeStickyAssignor.class.getName();
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group, ASSIGNOR, assignor));
        Member.awaitShared(lab, topic, 8, a);
        Set<TopicPartition> before = a.assigned;
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group, ASSIGNOR, assignor));
        Member.awaitShared(lab, topic, 8, a, b);
        Lab.that(before.containsAll(a.assigned), "the first keeps some of what it had");
        Lab.equal("partitions revoked from the first", 4, a.revoked.get());
        Lab.equal("partitions revoked from the second", 0, b.revoked.get());
    }

    private static void staticReturns(Lab lab) throws Exception {
        String topic = lab.topic("static", 6);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group, "group.instance.id", "one", "session.timeout.ms", 30_000));
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group, "group.instance.id", "two", "session.timeout.ms", 30_000));
        Member.awaitShared(lab, topic, 6, a, b);
        Set<TopicPartition> before = b.assigned;
        int generation = a.groupMetadata().generationId();
        int assignments = a.assignments.get();
        b.close();
        Member again = lab.open(
            new Member(lab, "b-again", topic, "group.id", group, "group.instance.id", "two", "session.timeout.ms", 30_000));
        again.awaitAssigned(before.size());
        Lab.equal("its partitions", before, again.assigned);
        Lab.equal("assignments that the other saw", assignments, a.assignments.get());
        Lab.equal("generation", generation, again.groupMetadata().generationId());
    }

    private static void staticAway(Lab lab) throws Exception {
        String topic = lab.topic("static", 4);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group, "group.instance.id", "one"));
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group, "group.instance.id", "two"));
        Member.awaitShared(lab, topic, 4, a, b);
        b.close();
        Member.awaitShared(lab, topic, 4, a);
    }

    private static void staticLeaves(Lab lab) throws Exception {
        String topic = lab.topic("static", 4);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group, "group.instance.id", "one", "session.timeout.ms", 60_000));
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group, "group.instance.id", "two", "session.timeout.ms", 60_000));
        Member.awaitShared(lab, topic, 4, a, b);
        b.leave(GroupMembershipOperation.LEAVE_GROUP);
        lab.until("the other has all", Duration.ofSeconds(20), () -> a.assigned.size() == 4);
    }

    private static void instanceTaken(Lab lab) throws Exception {
        String topic = lab.topic("static", 4);
        String group = lab.name("group");
        Member first = lab.open(new Member(lab, "first", topic, "group.id", group, "group.instance.id", "one"));
        first.awaitAssigned(4);
        Member second = lab.open(new Member(lab, "second", topic, "group.id", group, "group.instance.id", "one"));
        second.awaitAssigned(4);
        lab.until("the first hears of it", () -> first.error != null);
        Lab.equal("what the first hears", FencedInstanceIdException.class, first.error.getClass());
        second.awaitAssigned(4);
    }

    private static void remains(Lab lab) throws Exception {
        String topic = lab.topic("remaining", 4);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group));
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group));
        Member.awaitShared(lab, topic, 4, a, b);
        b.leave(GroupMembershipOperation.REMAIN_IN_GROUP);
        int members = lab.admin().describeConsumerGroups(List.of(group)).all().get().get(group).members().size();
        Lab.equal("members while the session lasts", 2, members);
        Member.awaitShared(lab, topic, 4, a);
    }

    private static void slowMember(Lab lab) throws Exception {
        String topic = lab.topic("slow", 4);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group));
        KafkaConsumer<String, String> slow = lab.consumer("group.id", group, "max.poll.interval.ms", 2000,
            "session.timeout.ms", 2000, "heartbeat.interval.ms", 200);
        slow.subscribe(List.of(topic));
        lab.until("the slow one has its half", () -> {
            slow.poll(Duration.ofMillis(100));
            return slow.assignment().size() == 2 && a.assigned.size() == 2;
        });
        // It does not poll any more.
        a.awaitAssigned(4);
    }

    private static void inconsistent(Lab lab) throws Exception {
        String topic = lab.topic("inconsistent", 2);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group, ASSIGNOR, RangeAssignor.class.getName()));
        a.awaitAssigned(2);
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group, ASSIGNOR, RoundRobinAssignor.class.getName()));
        lab.until("the other is refused", () -> b.error != null);
        Lab.equal("what it hears", InconsistentGroupProtocolException.class, b.error.getClass());
        a.awaitAssigned(2);
    }

    private static void changedAssignor(Lab lab) throws Exception {
        String topic = lab.topic("changed", 4);
        String group = lab.name("group");
        String range = RangeAssignor.class.getName();
        String both = RoundRobinAssignor.class.getName() + "," + range;
        String roundRobin = RoundRobinAssignor.class.getName();
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group, ASSIGNOR, range));
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group, ASSIGNOR, both));
        Member.awaitShared(lab, topic, 4, a, b);
        Lab.equal("assignor", "range", assignor(lab, group));
        a.close();
        Member.awaitShared(lab, topic, 4, b);
        Member c = lab.open(new Member(lab, "c", topic, "group.id", group, ASSIGNOR, roundRobin));
        Member.awaitShared(lab, topic, 4, b, c);
        Lab.equal("assignor", "roundrobin", assignor(lab, group));
    }

    private static String assignor(Lab lab, String group) throws Exception {
        return lab.admin().describeConsumerGroups(List.of(group)).all().get().get(group).partitionAssignor();
    }

    private static void badSession(Lab lab) throws Exception {
        String topic = lab.topic("session", 1);
        for (int session : new int[] {10, 100_000_000}) {
            KafkaConsumer<String, String> consumer = lab.consumer("group.id", lab.name("group"), "session.timeout.ms", session,
                "heartbeat.interval.ms", 5, "max.poll.interval.ms", 200_000_000);
            consumer.subscribe(List.of(topic));
            Lab.fails(InvalidSessionTimeoutException.class, () -> {
                long deadline = System.nanoTime() + Lab.SOON.toNanos();
                while (System.nanoTime() < deadline) {
                    consumer.poll(Duration.ofMillis(100));
                }
                return null;
            });
        }
    }

    private static void emptyGroupId(Lab lab) throws Exception {
        String topic = lab.topic("session", 1);
        Lab.fails(InvalidGroupIdException.class, () -> {
            KafkaConsumer<String, String> consumer = lab.consumer("group.id", "");
            consumer.subscribe(List.of(topic));
            return consumer.poll(Duration.ofMillis(100));
        });
    }

    private static void newPartitions(Lab lab) throws Exception {
        String topic = lab.topic("growing", 2);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group));
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group));
        Member.awaitShared(lab, topic, 2, a, b);
        lab.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
        lab.awaitLed(topic, 5);
        Member.awaitShared(lab, topic, 5, a, b);
        lab.fill(topic, 5, 50, "v");
        lab.until("all records are there", () -> seen(List.of(a, b)).size() == 50);
    }

    private static void newTopics(Lab lab) throws Exception {
        String one = lab.topic("pattern-one", 2);
        String name = one.substring("pattern-one".length());
        Member a = lab.open(new Member(lab, "a",
            (consumer, listener) -> consumer.subscribe(Pattern.compile("pattern-.*" + name), listener), "group.id", lab.name("group")));
        a.awaitAssigned(2);
        lab.topic("other", 4);
        lab.topic("pattern-two", 3);
        a.awaitAssigned(5);
    }

    private static void deletedTopic(Lab lab) throws Exception {
        String one = lab.topic("stays", 2);
        String two = lab.topic("goes", 2);
        Member a = lab.open(new Member(lab, "a",
            (consumer, listener) -> consumer.subscribe(List.of(one, two), listener), "group.id", lab.name("group"),
            "allow.auto.create.topics", false, "enable.auto.commit", false));
        a.awaitAssigned(4);
        lab.admin().deleteTopics(List.of(two)).all().get();
        a.awaitAssigned(2);
        Lab.equal("what is left", Set.copyOf(Lab.partitions(one, 2)), a.assigned);
    }

    private static void enforced(Lab lab) throws Exception {
        String topic = lab.topic("enforced", 2);
        Member a = lab.open(new Member(lab, "a", topic, "group.id", lab.name("group")));
        a.awaitAssigned(2);
        int generation = a.groupMetadata().generationId();
        a.ask(consumer -> {
            consumer.enforceRebalance("because");
            return null;
        });
        lab.until("there is a new generation", () -> a.groupMetadata().generationId() > generation);
        a.awaitAssigned(2);
    }

    private static void spareMembers(Lab lab) throws Exception {
        String topic = lab.topic("spare", 2);
        String group = lab.name("group");
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(lab.open(new Member(lab, "m" + i, topic, "group.id", group)));
        }
        lab.until("two of four have one each", () -> members.stream().mapToInt(member -> member.assigned.size()).sum() == 2
            && lab.admin().describeConsumerGroups(List.of(group)).all().get().get(group).members().size() == 4);
        Member holder = members.stream().filter(member -> !member.assigned.isEmpty()).findFirst().orElseThrow();
        members.remove(holder);
        holder.close();
        lab.until("another has taken over", () -> members.stream().mapToInt(member -> member.assigned.size()).sum() == 2);
    }

    private static void differentTopics(Lab lab) throws Exception {
        String one = lab.topic("one", 2);
        String two = lab.topic("two", 2);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", one, "group.id", group));
        Member b = lab.open(new Member(lab, "b", (consumer, listener) -> consumer.subscribe(List.of(one, two), listener), "group.id", group));
        lab.until("all is assigned", () -> a.assigned.size() + b.assigned.size() == 4 && !a.assigned.isEmpty());
        Lab.that(b.assigned.containsAll(Lab.partitions(two, 2)), "what one alone wants goes to that one");
        Lab.that(Set.copyOf(Lab.partitions(one, 2)).containsAll(a.assigned), "nobody gets what it did not ask for");
    }

    private static void unsubscribes(Lab lab) throws Exception {
        String topic = lab.topic("left", 4);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group));
        KafkaConsumer<String, String> b = lab.consumer("group.id", group);
        b.subscribe(List.of(topic));
        lab.until("it has its half", () -> {
            b.poll(Duration.ofMillis(100));
            return b.assignment().size() == 2;
        });
        b.unsubscribe();
        a.awaitAssigned(4);
        Lab.equal("members", 1, lab.admin().describeConsumerGroups(List.of(group)).all().get().get(group).members().size());
    }

    private static void tenMembers(Lab lab) throws Exception {
        String topic = lab.topic("ten", 40);
        String group = lab.name("group");
        Member[] members = new Member[10];
        for (int i = 0; i < members.length; i++) {
            members[i] = lab.open(new Member(lab, "m" + i, topic, "group.id", group, "session.timeout.ms", 10_000));
        }
        Member.awaitShared(lab, topic, 40, members);
        for (Member member : members) {
            Lab.equal("partitions of each", 4, member.assigned.size());
        }
    }
}
