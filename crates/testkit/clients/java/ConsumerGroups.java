// Groups of KIP-848's protocol (group.protocol=consumer): the broker assigns.

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.UnsupportedAssignorException;

final class ConsumerGroups {
    static void claims(Suite suite) {
        for (String assignor : new String[] {"uniform", "range"}) {
            suite.claim("groups/consumer/" + assignor + "_shares_as_members_come_and_go", lab -> comeAndGo(lab, assignor));
            suite.claim("groups/consumer/" + assignor + "_gives_every_record_to_one_member", lab -> everyRecord(lab, assignor));
        }
        suite.claim("groups/consumer/range_gives_the_same_numbers_of_each_topic", ConsumerGroups::rangeCopartitions);
        suite.claim("groups/consumer/uniform_balances_over_topics", ConsumerGroups::uniformBalances);
        suite.claim("groups/consumer/members_keep_what_they_keep", ConsumerGroups::keeps);
        suite.claim("groups/consumer/static_member_comes_back_to_its_partitions", ConsumerGroups::staticReturns);
        suite.claim("groups/consumer/static_member_away_too_long_loses_its_partitions", ConsumerGroups::staticAway);
        suite.claim("groups/consumer/static_member_may_say_that_it_leaves", ConsumerGroups::staticLeaves);
        suite.claim("groups/consumer/instance_in_use_is_refused", ConsumerGroups::instanceInUse);
        suite.claim("groups/consumer/unknown_assignor_is_refused", ConsumerGroups::unknownAssignor);
        suite.claim("groups/consumer/pattern_on_the_broker_matches_whole_names", ConsumerGroups::pattern);
        suite.claim("groups/consumer/new_topics_of_a_pattern_on_the_broker_are_assigned", ConsumerGroups::patternNewTopic);
        suite.claim("groups/consumer/bad_pattern_is_refused", ConsumerGroups::badPattern);
        suite.claim("groups/consumer/new_partitions_are_assigned", ConsumerGroups::newPartitions);
        suite.claim("groups/consumer/deleted_topics_are_taken_away", ConsumerGroups::deletedTopic);
        suite.claim("groups/consumer/topic_made_after_the_subscription_is_assigned", ConsumerGroups::topicMadeLater);
        suite.claim("groups/consumer/slow_member_loses_its_partitions", ConsumerGroups::slowMember);
        suite.claim("groups/consumer/is_described_with_its_epochs_and_targets", ConsumerGroups::described);
        suite.claim("groups/consumer/group_with_settings_of_its_own_works", ConsumerGroups::groupConfig);
        suite.claim("groups/consumer/classic_member_joins_and_leaves", ConsumerGroups::classicMemberJoins);
        suite.claim("groups/consumer/classic_group_is_upgraded_member_by_member", ConsumerGroups::upgraded);
        suite.claim("groups/consumer/ten_members_share_forty_partitions", ConsumerGroups::tenMembers);
        suite.claim("groups/consumer/unsubscribing_leaves", ConsumerGroups::unsubscribes);
        suite.claim("groups/consumer/more_members_than_partitions_wait", ConsumerGroups::spareMembers);
        suite.claim("groups/consumer/subscription_may_change", ConsumerGroups::changedSubscription);
    }

    private static Member member(Lab lab, String name, String topic, String group, Object... config) {
        Object[] all = new Object[config.length + 4];
        System.arraycopy(new Object[] {"group.id", group, "group.protocol", "consumer"}, 0, all, 0, 4);
        System.arraycopy(config, 0, all, 4, config.length);
        return lab.open(new Member(lab, name, topic, all));
    }

    private static Member member(Lab lab, String name, Member.Subscribe subscribe, String group, Object... config) {
        Object[] all = new Object[config.length + 4];
        System.arraycopy(new Object[] {"group.id", group, "group.protocol", "consumer"}, 0, all, 0, 4);
        System.arraycopy(config, 0, all, 4, config.length);
        return lab.open(new Member(lab, name, subscribe, all));
    }

    private static void comeAndGo(Lab lab, String assignor) throws Exception {
        String topic = lab.topic("shared", 7);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group, "group.remote.assignor", assignor);
        Member.awaitShared(lab, topic, 7, a);
        Member b = member(lab, "b", topic, group, "group.remote.assignor", assignor);
        Member.awaitShared(lab, topic, 7, a, b);
        Member c = member(lab, "c", topic, group, "group.remote.assignor", assignor);
        Member.awaitShared(lab, topic, 7, a, b, c);
        Lab.equal("assignor", assignor, describe(lab, group).partitionAssignor());
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
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            members.add(member(lab, "m" + round, topic, group, "group.remote.assignor", assignor));
            Member.awaitShared(lab, topic, 6, members.toArray(Member[]::new));
            lab.fill(topic, 6, 300, "r" + round + "-");
            expected.addAll(Lab.numbered("r" + round + "-", 300));
            lab.until("all records of round " + round + " are there", () -> ClassicGroups.seen(members).size() >= expected.size());
        }
        Lab.exactlyOnce("records of all members", expected, ClassicGroups.seen(members));
    }

    private static ConsumerGroupDescription describe(Lab lab, String group) throws Exception {
        return Lab.get(lab.admin().describeConsumerGroups(List.of(group)).all()).get(group);
    }

    private static void rangeCopartitions(Lab lab) throws Exception {
        String one = lab.topic("one", 6);
        String two = lab.topic("two", 6);
        String group = lab.name("group");
        Member.Subscribe both = (consumer, listener) -> consumer.subscribe(List.of(one, two), listener);
        Member a = member(lab, "a", both, group, "group.remote.assignor", "range");
        Member b = member(lab, "b", both, group, "group.remote.assignor", "range");
        lab.until("they share", () -> a.assigned.size() == 6 && b.assigned.size() == 6);
        for (Member member : List.of(a, b)) {
            Lab.equal("numbers of both topics", numbers(member, one), numbers(member, two));
            Lab.that(numbers(member, one).equals(Set.of(0, 1, 2)) || numbers(member, one).equals(Set.of(3, 4, 5)), "ranges are contiguous");
        }
    }

    private static Set<Integer> numbers(Member member, String topic) {
        return member.assigned.stream().filter(one -> one.topic().equals(topic)).map(TopicPartition::partition).collect(Collectors.toSet());
    }

    private static void uniformBalances(Lab lab) throws Exception {
        List<String> topics = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            topics.add(lab.topic("topic" + i, 1));
        }
        String group = lab.name("group");
        Member.Subscribe all = (consumer, listener) -> consumer.subscribe(topics, listener);
        Member a = member(lab, "a", all, group, "group.remote.assignor", "uniform");
        Member b = member(lab, "b", all, group, "group.remote.assignor", "uniform");
        lab.until("they share evenly", () -> a.assigned.size() == 2 && b.assigned.size() == 2);
    }

    private static void keeps(Lab lab) throws Exception {
        String topic = lab.topic("shared", 8);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group);
        a.awaitAssigned(8);
        Set<TopicPartition> before = a.assigned;
        Member b = member(lab, "b", topic, group);
        Member.awaitShared(lab, topic, 8, a, b);
        Lab.equal("partitions of the first", 4, a.assigned.size());
        Lab.that(before.containsAll(a.assigned), "the first keeps some of what it had");
        Lab.equal("partitions revoked from the first", 4, a.revoked.get());
        Lab.equal("partitions revoked from the second", 0, b.revoked.get());
    }

    private static void staticReturns(Lab lab) throws Exception {
        String topic = lab.topic("static", 6);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group, "group.instance.id", "one");
        Member b = member(lab, "b", topic, group, "group.instance.id", "two");
        Member.awaitShared(lab, topic, 6, a, b);
        Set<TopicPartition> before = b.assigned;
        int revoked = a.revoked.get();
        b.close();
        Member again = member(lab, "b-again", topic, group, "group.instance.id", "two");
        again.awaitAssigned(before.size());
        Lab.equal("its partitions", before, again.assigned);
        Lab.equal("partitions revoked from the other", revoked, a.revoked.get());
    }

    private static void staticAway(Lab lab) throws Exception {
        String topic = lab.topic("static", 4);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group, "group.instance.id", "one");
        Member b = member(lab, "b", topic, group, "group.instance.id", "two");
        Member.awaitShared(lab, topic, 4, a, b);
        b.close();
        Member.awaitShared(lab, topic, 4, a);
    }

    private static void staticLeaves(Lab lab) throws Exception {
        String topic = lab.topic("static", 4);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group, "group.instance.id", "one");
        Member b = member(lab, "b", topic, group, "group.instance.id", "two");
        Member.awaitShared(lab, topic, 4, a, b);
        b.leave(GroupMembershipOperation.LEAVE_GROUP);
        lab.until("the group has one member", () -> describe(lab, group).members().size() == 1);
        Member.awaitShared(lab, topic, 4, a);
    }

    private static void instanceInUse(Lab lab) throws Exception {
        String topic = lab.topic("static", 4);
        String group = lab.name("group");
        Member first = member(lab, "first", topic, group, "group.instance.id", "one");
        first.awaitAssigned(4);
        Member second = member(lab, "second", topic, group, "group.instance.id", "one");
        lab.until("the second is refused", () -> second.error != null);
        Lab.equal("what the second hears", UnreleasedInstanceIdException.class, second.error.getClass());
        first.awaitAssigned(4);
    }

    private static void unknownAssignor(Lab lab) throws Exception {
        String topic = lab.topic("assignor", 1);
        Member member = member(lab, "a", topic, lab.name("group"), "group.remote.assignor", "hopeful");
        lab.until("it is refused", () -> member.error != null);
        Lab.equal("what it hears", UnsupportedAssignorException.class, member.error.getClass());
    }

    private static Member.Subscribe matching(String pattern) {
        return (consumer, listener) -> consumer.subscribe(new SubscriptionPattern(pattern), listener);
    }

    private static void pattern(Lab lab) throws Exception {
        String one = lab.topic("match-one", 2);
        String two = lab.topic("match-two", 3);
        lab.topic("not-match-three", 5);
        String own = one.substring("match-one".length());
        Member a = member(lab, "a", matching("match-(one|two)" + own), lab.name("group"));
        a.awaitAssigned(5);
        Lab.equal("topics", Set.of(one, two), a.assigned.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        lab.fill(one, 2, 10, "v");
        lab.until("records come", () -> a.values().size() == 10);
    }

    private static void patternNewTopic(Lab lab) throws Exception {
        String one = lab.topic("match-one", 2);
        String own = one.substring("match-one".length());
        Member a = member(lab, "a", matching("match-.*" + own), lab.name("group"), "enable.auto.commit", false);
        a.awaitAssigned(2);
        lab.topic("match-two", 3);
        a.awaitAssigned(5);
        lab.admin().deleteTopics(List.of(one)).all().get();
        a.awaitAssigned(3);
    }

    private static void badPattern(Lab lab) throws Exception {
        Member member = member(lab, "a", matching("(unbalanced"), lab.name("group"));
        lab.until("it is refused", () -> member.error != null);
        Lab.equal("what it hears", InvalidRegularExpression.class, member.error.getClass());
    }

    private static void newPartitions(Lab lab) throws Exception {
        String topic = lab.topic("growing", 2);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group);
        Member b = member(lab, "b", topic, group);
        Member.awaitShared(lab, topic, 2, a, b);
        lab.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(6))).all().get();
        lab.awaitLed(topic, 6);
        Member.awaitShared(lab, topic, 6, a, b);
        lab.fill(topic, 6, 60, "v");
        lab.until("all records are there", () -> ClassicGroups.seen(List.of(a, b)).size() == 60);
    }

    private static void deletedTopic(Lab lab) throws Exception {
        String one = lab.topic("stays", 2);
        String two = lab.topic("goes", 2);
        Member a = member(lab, "a", (consumer, listener) -> consumer.subscribe(List.of(one, two), listener), lab.name("group"),
            "allow.auto.create.topics", false, "enable.auto.commit", false);
        a.awaitAssigned(4);
        lab.admin().deleteTopics(List.of(two)).all().get();
        a.awaitAssigned(2);
        Lab.equal("what is left", Set.copyOf(Lab.partitions(one, 2)), a.assigned);
    }

    private static void topicMadeLater(Lab lab) throws Exception {
        String topic = lab.name("later");
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group, "allow.auto.create.topics", false);
        lab.until("it is a member", () -> describe(lab, group).members().size() == 1);
        lab.topic("later", 3);
        a.awaitAssigned(3);
    }

    private static void slowMember(Lab lab) throws Exception {
        String topic = lab.topic("slow", 4);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group);
        KafkaConsumer<String, String> slow = lab.consumer("group.id", group, "group.protocol", "consumer", "max.poll.interval.ms", 2000);
        slow.subscribe(List.of(topic));
        lab.until("the slow one has its half", () -> {
            slow.poll(Duration.ofMillis(100));
            return slow.assignment().size() == 2 && a.assigned.size() == 2;
        });
        a.awaitAssigned(4);
    }

    private static void described(Lab lab) throws Exception {
        String topic = lab.topic("described", 4);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group, "group.instance.id", "fixed");
        Member b = member(lab, "b", topic, group);
        Member.awaitShared(lab, topic, 4, a, b);
        lab.until("it is stable", () -> describe(lab, group).groupState() == GroupState.STABLE);
        ConsumerGroupDescription group1 = describe(lab, group);
        Lab.equal("type", GroupType.CONSUMER, group1.type());
        Lab.that(!group1.isSimpleConsumerGroup(), "it is no simple group");
        Lab.equal("epoch and target", group1.groupEpoch(), group1.targetAssignmentEpoch());
        Lab.equal("members", 2, group1.members().size());
        for (MemberDescription member : group1.members()) {
            Member mine = member.clientId().equals("a") ? a : b;
            Lab.equal("partitions", mine.assigned, member.assignment().topicPartitions());
            Lab.equal("target", mine.assigned, member.targetAssignment().orElseThrow().topicPartitions());
            Lab.equal("epoch", group1.groupEpoch(), member.memberEpoch());
            Lab.equal("instance", mine == a ? "fixed" : null, member.groupInstanceId().orElse(null));
            Lab.equal("host", "/127.0.0.1", member.host());
            Lab.equal("upgraded", true, member.upgraded().orElseThrow());
        }
        a.close();
        b.close();
        lab.until("the group is gone quiet", () -> describe(lab, group).groupState() == GroupState.EMPTY
            || describe(lab, group).members().size() == 1);
    }

    private static void groupConfig(Lab lab) throws Exception {
        String topic = lab.topic("configured", 2);
        String group = lab.name("group");
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        lab.admin().incrementalAlterConfigs(Map.of(resource, List.of(
            new AlterConfigOp(new ConfigEntry("consumer.heartbeat.interval.ms", "6000"), AlterConfigOp.OpType.SET),
            new AlterConfigOp(new ConfigEntry("consumer.session.timeout.ms", "50000"), AlterConfigOp.OpType.SET)))).all().get();
        lab.until("it is described", () -> lab.admin().describeConfigs(List.of(resource)).all().get().get(resource)
            .get("consumer.session.timeout.ms").value().equals("50000"));
        Member a = member(lab, "a", topic, group);
        a.awaitAssigned(2);
    }

    private static void classicMemberJoins(Lab lab) throws Exception {
        String topic = lab.topic("mixed", 4);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group);
        a.awaitAssigned(4);
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group));
        Member.awaitShared(lab, topic, 4, a, b);
        Lab.equal("type", GroupType.CONSUMER, describe(lab, group).type());
        lab.fill(topic, 4, 40, "v");
        lab.until("all records are there", () -> ClassicGroups.seen(List.of(a, b)).size() == 40);
        b.close();
        Member.awaitShared(lab, topic, 4, a);
    }

    private static void upgraded(Lab lab) throws Exception {
        String topic = lab.topic("upgraded", 4);
        String group = lab.name("group");
        Member a = lab.open(new Member(lab, "a", topic, "group.id", group));
        Member b = lab.open(new Member(lab, "b", topic, "group.id", group));
        Member.awaitShared(lab, topic, 4, a, b);
        Lab.equal("type", GroupType.CLASSIC, describe(lab, group).type());
        lab.fill(topic, 4, 40, "v");
        lab.until("all records are there", () -> ClassicGroups.seen(List.of(a, b)).size() == 40);
        a.close();
        Member c = member(lab, "c", topic, group);
        Member.awaitShared(lab, topic, 4, b, c);
        Lab.equal("type", GroupType.CONSUMER, describe(lab, group).type());
        b.close();
        Member.awaitShared(lab, topic, 4, c);
        lab.fill(topic, 4, 40, "w");
        lab.until("new records come", () -> c.values().containsAll(Lab.numbered("w", 40)));
        Lab.equal("no record came twice", 40, c.values().size());
    }

    private static void tenMembers(Lab lab) throws Exception {
        String topic = lab.topic("ten", 40);
        String group = lab.name("group");
        Member[] members = new Member[10];
        for (int i = 0; i < members.length; i++) {
            members[i] = member(lab, "m" + i, topic, group);
        }
        lab.until("each has four", () -> {
            for (Member member : members) {
                if (member.assigned.size() != 4) {
                    return false;
                }
            }
            return true;
        });
        Member.awaitShared(lab, topic, 40, members);
    }

    private static void unsubscribes(Lab lab) throws Exception {
        String topic = lab.topic("left", 4);
        String group = lab.name("group");
        Member a = member(lab, "a", topic, group);
        KafkaConsumer<String, String> b = lab.consumer("group.id", group, "group.protocol", "consumer");
        b.subscribe(List.of(topic));
        lab.until("it has its half", () -> {
            b.poll(Duration.ofMillis(100));
            return b.assignment().size() == 2;
        });
        b.unsubscribe();
        a.awaitAssigned(4);
        lab.until("the group has one member", () -> describe(lab, group).members().size() == 1);
    }

    private static void spareMembers(Lab lab) throws Exception {
        String topic = lab.topic("spare", 2);
        String group = lab.name("group");
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            members.add(member(lab, "m" + i, topic, group));
        }
        lab.until("two of four have one each", () -> members.stream().mapToInt(member -> member.assigned.size()).sum() == 2
            && describe(lab, group).members().size() == 4);
        Member holder = members.stream().filter(member -> !member.assigned.isEmpty()).findFirst().orElseThrow();
        members.remove(holder);
        holder.close();
        lab.until("another has taken over", () -> members.stream().mapToInt(member -> member.assigned.size()).sum() == 2);
    }

    private static void changedSubscription(Lab lab) throws Exception {
        String one = lab.topic("one", 2);
        String two = lab.topic("two", 3);
        Member a = member(lab, "a", one, lab.name("group"));
        a.awaitAssigned(2);
        a.ask(consumer -> {
            consumer.subscribe(List.of(two), a);
            return null;
        });
        a.awaitAssigned(3);
        Lab.equal("what it has", Set.copyOf(Lab.partitions(two, 3)), a.assigned);
    }
}
