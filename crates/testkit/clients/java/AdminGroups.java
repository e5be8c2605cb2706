// The admin client about groups: listed, described, their offsets listed, altered and deleted, members removed.

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

final class AdminGroups {
    static void claims(Suite suite) {
        for (String protocol : new String[] {"classic", "consumer"}) {
            suite.claim("admin_groups/" + protocol + "/listed_by_state_and_type", lab -> listed(lab, protocol));
            suite.claim("admin_groups/" + protocol + "/deleted_when_empty_alone", lab -> deleted(lab, protocol));
            suite.claim("admin_groups/" + protocol + "/offsets_in_use_are_not_deleted", lab -> offsetsDeleted(lab, protocol));
            suite.claim("admin_groups/" + protocol + "/offsets_in_use_are_not_altered", lab -> offsetsAlteredInUse(lab, protocol));
            suite.claim("admin_groups/" + protocol + "/members_are_removed", lab -> removed(lab, protocol));
        }
        suite.claim("admin_groups/classic_group_is_described", AdminGroups::described);
        suite.claim("admin_groups/group_without_members_is_described_as_empty", AdminGroups::describedEmpty);
        suite.claim("admin_groups/unknown_group_is_said", AdminGroups::unknown);
        suite.claim("admin_groups/simple_group_is_listed_as_such", AdminGroups::simple);
        suite.claim("admin_groups/offsets_are_altered_and_listed", AdminGroups::offsetsAltered);
        suite.claim("admin_groups/offsets_of_several_groups_in_one_call", AdminGroups::offsetsOfSeveral);
        suite.claim("admin_groups/offsets_of_an_unknown_group_are_none", AdminGroups::offsetsOfUnknown);
        suite.claim("admin_groups/offsets_of_an_unknown_topic_are_refused", AdminGroups::offsetsOfUnknownTopic);
        suite.claim("admin_groups/offsets_go_with_their_topic", AdminGroups::offsetsGoWithTopic);
        suite.claim("admin_groups/authorized_operations_are_all_of_a_group", AdminGroups::operations);
        suite.claim("admin_groups/unknown_instance_cannot_be_removed", AdminGroups::unknownInstance);
    }

    private static Member member(Lab lab, String name, String protocol, String topic, String group, String instance) {
        Object[] config = {"group.id", group, "group.protocol", protocol, "enable.auto.commit", false};
        if (instance != null) {
            config = new Object[] {"group.id", group, "group.protocol", protocol, "enable.auto.commit", false,
                "group.instance.id", instance};
        }
        return lab.open(new Member(lab, name, topic, config));
    }

    private static Optional<GroupListing> listing(Lab lab, String group, ListGroupsOptions options) throws Exception {
        Collection<GroupListing> groups = Lab.get(lab.admin().listGroups(options).all());
        return groups.stream().filter(one -> one.groupId().equals(group)).findFirst();
    }

    private static void listed(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("listed", 1);
        String group = lab.name("group");
        GroupType type = protocol.equals("classic") ? GroupType.CLASSIC : GroupType.CONSUMER;
        Member member = member(lab, "m", protocol, topic, group, null);
        member.awaitAssigned(1);
        lab.until("it is stable", () -> listing(lab, group, new ListGroupsOptions()).orElseThrow().groupState()
            .equals(Optional.of(GroupState.STABLE)));
        GroupListing listing = listing(lab, group, new ListGroupsOptions()).orElseThrow();
        Lab.equal("type", Optional.of(type), listing.type());
        Lab.equal("protocol", "consumer", listing.protocol());
        Lab.that(!listing.isSimpleConsumerGroup(), "it is no simple group");
        Lab.that(listing(lab, group, new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE))).isPresent(), "found by its state");
        Lab.that(listing(lab, group, new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY))).isEmpty(), "not by another");
        Lab.that(listing(lab, group, new ListGroupsOptions().withTypes(Set.of(type))).isPresent(), "found by its type");
        Lab.that(listing(lab, group, new ListGroupsOptions().withTypes(Set.of(GroupType.SHARE))).isEmpty(), "not by another");
        Lab.that(listing(lab, group, new ListGroupsOptions().withProtocolTypes(Set.of("connect"))).isEmpty(), "nor by another protocol");
        Lab.that(Lab.get(lab.admin().listConsumerGroups().all()).stream().anyMatch(one -> one.groupId().equals(group)),
            "it is among the consumer groups");
        member.close();
        lab.until("it is listed as empty", () -> listing(lab, group,
            new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY))).isPresent());
    }

    private static void deleted(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("deleted", 1);
        String group = lab.name("group");
        lab.fill(topic, 1, 3, "v");
        Member member = member(lab, "m", protocol, topic, group, null);
        member.awaitAssigned(1);
        Lab.fails(GroupNotEmptyException.class, lab.admin().deleteConsumerGroups(List.of(group)).all());
        member.ask(consumer -> {
            consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(2)));
            return null;
        });
        member.close();
        lab.until("it can be deleted", () -> {
            Lab.get(lab.admin().deleteConsumerGroups(List.of(group)).all());
            return true;
        });
        Lab.that(listing(lab, group, new ListGroupsOptions()).isEmpty(), "it is gone from the list");
        Lab.equal("offsets", Map.of(), Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        Lab.fails(GroupIdNotFoundException.class, lab.admin().deleteConsumerGroups(List.of(group)).all());
    }

    private static void offsetsDeleted(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("used", 2);
        String other = lab.topic("unused", 1);
        String group = lab.name("group");
        TopicPartition used = new TopicPartition(topic, 0);
        TopicPartition unused = new TopicPartition(other, 0);
        Member member = member(lab, "m", protocol, topic, group, null);
        member.awaitAssigned(2);
        member.ask(consumer -> {
            consumer.commitSync(Map.of(used, new OffsetAndMetadata(1), unused, new OffsetAndMetadata(2)));
            return null;
        });
        var result = lab.admin().deleteConsumerGroupOffsets(group, Set.of(used, unused));
        Lab.fails(GroupSubscribedToTopicException.class, result.partitionResult(used));
        Lab.get(result.partitionResult(unused));
        Lab.equal("offsets", Set.of(used), Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).keySet());
        member.close();
        lab.until("it can be deleted", () -> {
            Lab.get(lab.admin().deleteConsumerGroupOffsets(group, Set.of(used)).all());
            return true;
        });
        Lab.equal("offsets", Set.of(), Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).keySet());
    }

    private static void offsetsAlteredInUse(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("used", 1);
        String group = lab.name("group");
        Member member = member(lab, "m", protocol, topic, group, null);
        member.awaitAssigned(1);
        Lab.fails(UnknownMemberIdException.class,
            lab.admin().alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1))).all());
    }

    private static void removed(Lab lab, String protocol) throws Exception {
        String topic = lab.topic("removed", 2);
        String group = lab.name("group");
        Member a = member(lab, "a", protocol, topic, group, "one");
        Member b = member(lab, "b", protocol, topic, group, "two");
        Member.awaitShared(lab, topic, 2, a, b);
        a.close();
        var options = new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("one")));
        Lab.get(lab.admin().removeMembersFromConsumerGroup(group, options).all());
        b.awaitAssigned(2);
        b.close();
        Lab.get(lab.admin().removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all());
        lab.until("it is empty", () -> Lab.get(lab.admin().describeConsumerGroups(List.of(group)).all()).get(group)
            .groupState() == GroupState.EMPTY);
    }

    private static void described(Lab lab) throws Exception {
        String topic = lab.topic("described", 3);
        String group = lab.name("group");
        Member a = member(lab, "client-a", "classic", topic, group, "fixed");
        Member b = member(lab, "client-b", "classic", topic, group, null);
        Member.awaitShared(lab, topic, 3, a, b);
        ConsumerGroupDescription consumer = Lab.get(lab.admin().describeConsumerGroups(List.of(group)).all()).get(group);
        Lab.equal("type", GroupType.CLASSIC, consumer.type());
        Lab.equal("state", GroupState.STABLE, consumer.groupState());
        Lab.equal("assignor", "range", consumer.partitionAssignor());
        Lab.equal("members", 2, consumer.members().size());
        for (MemberDescription member : consumer.members()) {
            Member mine = member.clientId().equals("client-a") ? a : b;
            Lab.equal("partitions", mine.assigned, member.assignment().topicPartitions());
            Lab.equal("instance", Optional.ofNullable(mine == a ? "fixed" : null), member.groupInstanceId());
            Lab.equal("host", "/127.0.0.1", member.host());
            Lab.equal("id", mine.groupMetadata().memberId(), member.consumerId());
        }
        Lab.equal("coordinator", Lab.get(lab.admin().describeCluster().nodes()).iterator().next().id(), consumer.coordinator().id());
        ClassicGroupDescription classic = Lab.get(lab.admin().describeClassicGroups(List.of(group)).all()).get(group);
        Lab.equal("state", ClassicGroupState.STABLE, classic.state());
        Lab.equal("protocol", "consumer", classic.protocol());
        Lab.equal("data", "range", classic.protocolData());
        Lab.equal("members", 2, classic.members().size());
    }

    private static void describedEmpty(Lab lab) throws Exception {
        String topic = lab.topic("described", 1);
        String group = lab.name("group");
        Member a = member(lab, "a", "classic", topic, group, null);
        a.awaitAssigned(1);
        a.close();
        ConsumerGroupDescription empty = Lab.get(lab.admin().describeConsumerGroups(List.of(group)).all()).get(group);
        Lab.equal("state", GroupState.EMPTY, empty.groupState());
        Lab.equal("members", 0, empty.members().size());
    }

    private static void unknown(Lab lab) throws Exception {
        String group = lab.name("never");
        Lab.fails(GroupIdNotFoundException.class, lab.admin().describeConsumerGroups(List.of(group)).all());
        Lab.fails(GroupIdNotFoundException.class, lab.admin().describeClassicGroups(List.of(group)).all());
        Lab.fails(GroupIdNotFoundException.class, lab.admin().deleteConsumerGroups(List.of(group)).all());
        Lab.fails(GroupIdNotFoundException.class,
            lab.admin().deleteConsumerGroupOffsets(group, Set.of(new TopicPartition("t", 0))).all());
    }

    private static void simple(Lab lab) throws Exception {
        String topic = lab.topic("simple", 1);
        String group = lab.name("group");
        Lab.get(lab.admin().alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1))).all());
        GroupListing listing = listing(lab, group, new ListGroupsOptions()).orElseThrow();
        Lab.that(listing.isSimpleConsumerGroup(), "a group without members ever is simple");
        Lab.equal("state", Optional.of(GroupState.EMPTY), listing.groupState());
        ConsumerGroupDescription described = Lab.get(lab.admin().describeConsumerGroups(List.of(group)).all()).get(group);
        Lab.that(described.isSimpleConsumerGroup(), "it is described as simple");
    }

    private static void offsetsAltered(Lab lab) throws Exception {
        String topic = lab.topic("altered", 2);
        String group = lab.name("group");
        Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(
            new TopicPartition(topic, 0), new OffsetAndMetadata(5, Optional.of(0), "note ü"),
            new TopicPartition(topic, 1), new OffsetAndMetadata(7, Optional.empty(), ""));
        Lab.get(lab.admin().alterConsumerGroupOffsets(group, offsets).all());
        Lab.equal("offsets", offsets, Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
        Lab.get(lab.admin().alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 1), new OffsetAndMetadata(3))).all());
        Lab.equal("offset", 3L, Lab.get(lab.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
            .get(new TopicPartition(topic, 1)).offset());
    }

    private static void offsetsOfSeveral(Lab lab) throws Exception {
        String topic = lab.topic("several", 3);
        List<String> groups = List.of(lab.name("a"), lab.name("b"), lab.name("c"));
        for (int i = 0; i < 3; i++) {
            Lab.get(lab.admin().alterConsumerGroupOffsets(groups.get(i),
                Map.of(new TopicPartition(topic, i), new OffsetAndMetadata(i + 10))).all());
        }
        Map<String, ListConsumerGroupOffsetsSpec> specs = groups.stream()
            .collect(Collectors.toMap(group -> group, group -> new ListConsumerGroupOffsetsSpec()));
        specs.put(groups.get(0), new ListConsumerGroupOffsetsSpec().topicPartitions(
            List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1))));
        var all = Lab.get(lab.admin().listConsumerGroupOffsets(specs).all());
        Lab.equal("offset", 10L, all.get(groups.get(0)).get(new TopicPartition(topic, 0)).offset());
        Lab.equal("offset not there", null, all.get(groups.get(0)).get(new TopicPartition(topic, 1)));
        Lab.equal("offsets", Map.of(new TopicPartition(topic, 2), new OffsetAndMetadata(12)), all.get(groups.get(2)));
    }

    private static void offsetsOfUnknown(Lab lab) throws Exception {
        Lab.equal("offsets", Map.of(), Lab.get(lab.admin().listConsumerGroupOffsets(lab.name("never")).partitionsToOffsetAndMetadata()));
    }

    private static void offsetsOfUnknownTopic(Lab lab) throws Exception {
        Lab.fails(UnknownTopicOrPartitionException.class, lab.admin().alterConsumerGroupOffsets(lab.name("group"),
            Map.of(new TopicPartition(lab.name("never"), 0), new OffsetAndMetadata(1))).all());
    }

    private static void offsetsGoWithTopic(Lab lab) throws Exception {
        String topic = lab.topic("goes", 1);
        String stays = lab.topic("stays", 1);
        String group = lab.name("group");
        Lab.get(lab.admin().alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1),
            new TopicPartition(stays, 0), new OffsetAndMetadata(2))).all());
        Lab.get(lab.admin().deleteTopics(List.of(topic)).all());
        lab.until("only the other offset is left", () -> Lab.get(lab.admin().listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()).keySet().equals(Set.of(new TopicPartition(stays, 0))));
    }

    private static void operations(Lab lab) throws Exception {
        String topic = lab.topic("operations", 1);
        String group = lab.name("group");
        member(lab, "a", "classic", topic, group, null).awaitAssigned(1);
        ConsumerGroupDescription described = Lab.get(lab.admin().describeConsumerGroups(List.of(group),
            new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true)).all()).get(group);
        Lab.equal("operations", Set.of(AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS), described.authorizedOperations());
    }

    private static void unknownInstance(Lab lab) throws Exception {
        String topic = lab.topic("removed", 1);
        String group = lab.name("group");
        member(lab, "a", "classic", topic, group, "one").awaitAssigned(1);
        MemberToRemove stranger = new MemberToRemove("stranger");
        var result = lab.admin().removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(List.of(stranger)));
        Lab.fails(UnknownMemberIdException.class, result.memberResult(stranger));
    }
}
