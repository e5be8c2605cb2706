"""librdkafka's admin calls: topics, configurations, offsets, groups, users, and what a broker without ACLs says of them."""

from confluent_kafka import (
    ConsumerGroupState,
    ConsumerGroupTopicPartitions,
    ConsumerGroupType,
    ElectionType,
    IsolationLevel,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    OffsetSpec,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)

from confluent_client import admin, consumer, create, failed, read, records, send
from confluent_groups import Watched, all_of, settle
from suite_tool import check, raises, same, scenario, table, wait_for

WITHIN_S = 30


def result(futures):
    """The one answer of a call about one thing."""
    (future,) = futures.values()
    return future.result(WITHIN_S)


def topics(context):
    return admin(context).list_topics(timeout=WITHIN_S).topics


def configs(context, kind, name):
    return result(admin(context).describe_configs([ConfigResource(kind, name)]))


def alter(context, topic, operation, name, value, **options):
    entry = ConfigEntry(name, value, incremental_operation=operation)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    return result(admin(context).incremental_alter_configs([resource], **options))


@scenario("a_created_topic_has_its_partitions_and_configs_and_is_gone_when_deleted")
def create_delete(context):
    topic = create(context, partitions=7, retention_ms=12345)
    partitions = topics(context)[topic].partitions
    same("partitions", sorted(partitions), list(range(7)))
    leader = partitions[0].leader
    same("replicas", {(tuple(p.replicas), tuple(p.isrs), p.leader) for p in partitions.values()}, {((leader,), (leader,), leader)})
    same("config", configs(context, ResourceType.TOPIC, topic)["retention.ms"].value, "12345")
    result(admin(context).delete_topics([topic]))
    wait_for("the topic to be gone", lambda: topic not in topics(context))
    raises("second delete", failed("UNKNOWN_TOPIC_OR_PART"), result, admin(context).delete_topics([topic]))


@scenario("a_topic_that_is_only_validated_is_not_there")
def validate_only(context):
    topic = context.name()
    result(admin(context).create_topics([NewTopic(topic, 3, 1)], validate_only=True))
    check(topic not in topics(context), "it is there")
    bad = NewTopic(topic, 3, 1, config={"retention.ms": "soon"})
    raises("bad config", failed("INVALID_CONFIG"), result, admin(context).create_topics([bad], validate_only=True))


BAD_TOPICS = [
    ("a_slash_in_its_name", "a/b", {}, "TOPIC_EXCEPTION"),
    ("a_space_in_its_name", "a b", {}, "TOPIC_EXCEPTION"),
    ("a_dot_as_its_name", ".", {}, "TOPIC_EXCEPTION"),
    ("two_dots_as_its_name", "..", {}, "TOPIC_EXCEPTION"),
    ("a_name_of_250_letters", "n" * 250, {}, "TOPIC_EXCEPTION"),
    ("no_partitions", None, {"num_partitions": 0}, "INVALID_PARTITIONS"),
    ("two_replicas", None, {"replication_factor": 2}, "INVALID_REPLICATION_FACTOR"),
    ("an_unknown_config", None, {"config": {"no.such.config": "1"}}, "INVALID_CONFIG"),
    ("a_retention_of_text", None, {"config": {"retention.ms": "long"}}, "INVALID_CONFIG"),
    ("a_negative_segment", None, {"config": {"segment.bytes": "-1"}}, "INVALID_CONFIG"),
    ("an_unknown_policy", None, {"config": {"cleanup.policy": "burn"}}, "INVALID_CONFIG"),
    ("an_unknown_compression", None, {"config": {"compression.type": "rar"}}, "INVALID_CONFIG"),
    ("an_unknown_broker", None, {"replica_assignment": [[77]]}, "INVALID_REPLICA_ASSIGNMENT"),
]


@table("a_topic_with_{}_is_refused", [(what, bad) for what, *bad in BAD_TOPICS])
def bad_topic(context, _, bad):
    name, options, error = bad
    options = {"num_partitions": 1, "replication_factor": 1, **options}
    if "replica_assignment" in options:
        del options["replication_factor"]
    topic = NewTopic(name or context.name(), **options)
    raises("create", failed(error), result, admin(context).create_topics([topic]))


@scenario("an_existing_topic_is_not_created_again_and_others_of_the_call_are")
def existing(context):
    there, fresh = create(context), context.name()
    futures = admin(context).create_topics([NewTopic(there, 1, 1), NewTopic(fresh, 1, 1)])
    raises("the existing one", failed("TOPIC_ALREADY_EXISTS"), futures[there].result, WITHIN_S)
    futures[fresh].result(WITHIN_S)
    check(fresh in topics(context), "the other is not there")


@scenario("names_that_differ_by_dot_and_underscore_collide")
def collision(context):
    name = context.name("dot")
    result(admin(context).create_topics([NewTopic(name + ".x", 1, 1)]))
    raises("the other", failed("TOPIC_EXCEPTION"), result, admin(context).create_topics([NewTopic(name + "_x", 1, 1)]))


@scenario("a_topic_gets_more_partitions_and_never_fewer")
def more_partitions(context):
    topic = create(context, partitions=2)

    def grow(to, **options):
        return result(admin(context).create_partitions([NewPartitions(topic, to)], **options))

    grow(4, validate_only=True)
    same("validated only", len(topics(context)[topic].partitions), 2)
    grow(5)
    wait_for("five partitions", lambda: len(topics(context)[topic].partitions) == 5)
    for to in (5, 3, 1):
        raises(f"{to}", failed("INVALID_PARTITIONS"), grow, to)
    unknown = admin(context).create_partitions([NewPartitions(context.name(), 3)])
    raises("unknown", failed("UNKNOWN_TOPIC_OR_PART"), result, unknown)
    send(context, topic, [dict(value=b"v", partition=4)])
    same("of the new one", len(read(context, topic, 1, partition=4)), 1)


@scenario("configs_are_described_with_their_sources_and_defaults")
def describe(context):
    topic = create(context, retention_ms=777)
    found = configs(context, ResourceType.TOPIC, topic)
    expected = {
        "retention.ms": ("777", 1, False),
        "cleanup.policy": ("delete", 5, True),
        "compression.type": ("producer", 5, True),
        "segment.bytes": ("1073741824", 5, True),
        "delete.retention.ms": ("86400000", 5, True),
        "message.timestamp.type": ("CreateTime", 5, True),
        "retention.bytes": ("-1", 5, True),
        "max.compaction.lag.ms": ("9223372036854775807", 5, True),
        "file.delete.delay.ms": ("60000", 5, True),
        "flush.messages": ("9223372036854775807", 5, True),
        "index.interval.bytes": ("4096", 5, True),
        "unclean.leader.election.enable": ("false", 5, True),
        "preallocate": ("false", 5, True),
        "min.cleanable.dirty.ratio": ("0.5", 5, True),
        "segment.ms": ("604800000", 5, True),
    }
    wrong = {n: (c.value, c.source, c.is_default) for n, c in found.items() if n in expected and (c.value, c.source, c.is_default) != expected[n]}
    same("configs that differ", wrong, {})
    same("configs that are not there", expected.keys() - found.keys(), set())
    check(not any(c.is_sensitive or c.is_read_only for c in found.values()), "a topic's config is sensitive or read-only")
    unknown = admin(context).describe_configs([ConfigResource(ResourceType.TOPIC, context.name())])
    raises("unknown topic", failed("UNKNOWN_TOPIC_OR_PART"), result, unknown)


@scenario("the_brokers_configs_are_described")
def describe_broker(context):
    broker = next(iter(admin(context).list_topics(timeout=WITHIN_S).brokers))
    found = configs(context, ResourceType.BROKER, str(broker))
    same("message.max.bytes", found["message.max.bytes"].value, "1048588")
    same("auto.create.topics.enable", found["auto.create.topics.enable"].value, "true")
    same("log.retention.ms", found["log.retention.ms"].value, "-1")


SETS = [
    ("retention.ms", "1000"),
    ("cleanup.policy", "compact"),
    ("cleanup.policy", "compact,delete"),
    ("max.message.bytes", "2000"),
    ("message.timestamp.type", "LogAppendTime"),
    ("compression.type", "zstd"),
    ("min.compaction.lag.ms", "5"),
    ("segment.ms", "60000"),
]


@scenario("configs_are_set_and_deleted_one_by_one")
def alter_configs(context):
    topic = create(context, retention_ms=5)
    for name, value in SETS:
        alter(context, topic, AlterConfigOpType.SET, name, value)
        wait_for(f"{name}={value}", lambda: configs(context, ResourceType.TOPIC, topic)[name].value == value)
        alter(context, topic, AlterConfigOpType.DELETE, name, None)
        wait_for(f"{name} to be no longer the topic's", lambda: configs(context, ResourceType.TOPIC, topic)[name].source != 1)


@scenario("words_are_appended_to_and_taken_from_a_config_that_is_a_list")
def alter_list(context):
    topic = create(context, cleanup_policy="delete")
    alter(context, topic, AlterConfigOpType.APPEND, "cleanup.policy", "compact")
    policy = lambda: set(configs(context, ResourceType.TOPIC, topic)["cleanup.policy"].value.split(","))
    wait_for("both", lambda: policy() == {"delete", "compact"})
    alter(context, topic, AlterConfigOpType.SUBTRACT, "cleanup.policy", "delete")
    wait_for("one", lambda: policy() == {"compact"})
    raises("a number is no list", failed("INVALID_CONFIG"), alter, context, topic, AlterConfigOpType.APPEND, "retention.ms", "5")


@scenario("bad_configs_are_refused_and_change_nothing")
def alter_bad(context):
    topic = create(context)
    for name, value in (("retention.ms", "x"), ("no.such", "1"), ("cleanup.policy", "burn"), ("max.message.bytes", "-5")):
        raises(name, failed("INVALID_CONFIG"), alter, context, topic, AlterConfigOpType.SET, name, value)
    raises("unknown topic", failed("UNKNOWN_TOPIC_OR_PART"), alter, context, context.name(), AlterConfigOpType.SET, "retention.ms", "5")
    alter(context, topic, AlterConfigOpType.SET, "retention.ms", "4242", validate_only=True)
    check(configs(context, ResourceType.TOPIC, topic)["retention.ms"].value != "4242", "validating has set it")


@scenario("a_config_that_is_set_takes_effect_on_the_next_record")
def alter_takes_effect(context):
    topic = create(context)
    send(context, topic, records(1, size=5000))
    alter(context, topic, AlterConfigOpType.SET, "max.message.bytes", "1000")

    def refused():
        try:
            send(context, topic, records(1, size=5000), compression_type="none")
        except AssertionError as error:
            return "MSG_SIZE_TOO_LARGE" in str(error)

    wait_for("the limit", refused)


@scenario("all_configs_are_replaced_by_the_older_call")
def replace_configs(context):
    topic = create(context, retention_ms=5, segment_ms=60000)
    resource = ConfigResource(ResourceType.TOPIC, topic, set_config={"retention.ms": "6"})
    result(admin(context).alter_configs([resource]))
    wait_for("the new one", lambda: configs(context, ResourceType.TOPIC, topic)["retention.ms"].value == "6")
    check(configs(context, ResourceType.TOPIC, topic)["segment.ms"].is_default, "the other is still set")


@scenario("the_cluster_is_one_node_that_is_its_controller")
def cluster(context):
    found = admin(context).describe_cluster(request_timeout=WITHIN_S).result(WITHIN_S)
    same("nodes", len(found.nodes), 1)
    node = found.nodes[0]
    same("address", f"{node.host}:{node.port}", context.bootstrap)
    same("controller", found.controller.id, node.id)
    check(found.cluster_id and found.cluster_id == admin(context).list_topics(timeout=WITHIN_S).cluster_id, "cluster id")
    with_operations = admin(context).describe_cluster(include_authorized_operations=True).result(WITHIN_S)
    check(AclOperation.CREATE in with_operations.authorized_operations, f"operations: {with_operations.authorized_operations}")


@scenario("topics_are_described_with_ids_leaders_and_operations")
def describe_topics(context):
    topic, missing = create(context, partitions=3), context.name()
    futures = admin(context).describe_topics(TopicCollection([topic, missing]), include_authorized_operations=True)
    found = futures[topic].result(WITHIN_S)
    same("partitions", [p.id for p in found.partitions], [0, 1, 2])
    same("internal", found.is_internal, False)
    check(str(found.topic_id) not in ("", "AAAAAAAAAAAAAAAAAAAAAA"), "no topic id")
    check(AclOperation.WRITE in found.authorized_operations, "operations")
    check(all(p.leader and len(p.replicas) == len(p.isr) == 1 for p in found.partitions), "leaders and replicas")
    raises("missing", failed("UNKNOWN_TOPIC_OR_PART"), futures[missing].result, WITHIN_S)


@scenario("offsets_are_listed_by_every_specification")
def list_offsets(context):
    topic = create(context)
    place = TopicPartition(topic, 0)

    def at(spec, **options):
        answer = result(admin(context).list_offsets({place: spec}, **options))
        return answer.offset, answer.timestamp

    same("empty", [at(OffsetSpec.earliest())[0], at(OffsetSpec.latest())[0], at(OffsetSpec.max_timestamp())], [0, 0, (-1, -1)])
    for stamp in (100, 900, 500):
        send(context, topic, [dict(value=b"v", timestamp=stamp)] * 2, linger_ms=100)
    same("earliest", at(OffsetSpec.earliest())[0], 0)
    same("latest", at(OffsetSpec.latest(), isolation_level=IsolationLevel.READ_COMMITTED)[0], 6)
    same("latest time", at(OffsetSpec.max_timestamp()), (2, 900))
    same("by time", [at(OffsetSpec.for_timestamp(t)) for t in (0, 100, 101, 900, 901)], [(0, 100), (0, 100), (2, 900), (2, 900), (-1, -1)])


@scenario("deleted_records_are_gone_and_offsets_stay")
def delete_records(context):
    topic = create(context)
    send(context, topic, records(10))

    def delete(offset):
        return result(admin(context).delete_records([TopicPartition(topic, 0, offset)])).low_watermark

    same("low watermark", delete(4), 4)
    same("of an offset below", delete(2), 4)
    raises("beyond the end", failed("OFFSET_OUT_OF_RANGE"), delete, 11)
    same("first", read(context, topic, 6)[0].offset(), 4)
    same("to the end", delete(-1), 10)
    send(context, topic, records(1, 10))
    same("the next", read(context, topic, 1)[0].offset(), 10)


def offsets_of(context, group, partitions=None):
    request = [ConsumerGroupTopicPartitions(group, partitions)]
    found = result(admin(context).list_consumer_group_offsets(request))
    return {(p.topic, p.partition): (p.offset, p.metadata or "") for p in found.topic_partitions}


def set_offsets(context, group, partitions):
    found = result(admin(context).alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, partitions)]))
    for place in found.topic_partitions:
        if place.error is not None:
            raise KafkaException(place.error)


@table("{}_group_is_listed_and_described_in_its_state", [("range",), ("consumer_uniform",)])
def describe_group(context, flavour):
    topic, group = create(context, partitions=2), context.name("g")
    member = Watched(context, group, [topic], flavour, client_id="the-client")
    settle("it to own all", [member], lambda: member.owns() == all_of(topic, 2))

    def listed(**options):
        found = admin(context).list_consumer_groups(**options).result(WITHIN_S).valid
        return {g.group_id: (g.state, g.type, g.is_simple_consumer_group) for g in found}.get(group)

    kind = ConsumerGroupType.CONSUMER if "consumer" in flavour else ConsumerGroupType.CLASSIC
    same("listed", listed(), (ConsumerGroupState.STABLE, kind, False))
    same("listed by state", listed(states={ConsumerGroupState.STABLE})[0], ConsumerGroupState.STABLE)
    same("not listed by another", listed(states={ConsumerGroupState.EMPTY}), None)
    same("listed by type", listed(types={kind})[1], kind)

    def described():
        return result(admin(context).describe_consumer_groups([group], include_authorized_operations=True))

    found = described()
    same("state", (found.state, found.type), (ConsumerGroupState.STABLE, kind))
    same("assignor", found.partition_assignor, "uniform" if "consumer" in flavour else "range")
    same("members", [(m.client_id, sorted((p.topic, p.partition) for p in m.assignment.topic_partitions)) for m in found.members], [("the-client", all_of(topic, 2))])
    check(found.members[0].host.strip("/").startswith("127."), f"host {found.members[0].host}")
    check(AclOperation.READ in found.authorized_operations, "operations")
    raises("delete", failed("NON_EMPTY_GROUP"), result, admin(context).delete_consumer_groups([group]))
    raises("alter offsets", failed("UNKNOWN_MEMBER_ID"), set_offsets, context, group, [TopicPartition(topic, 0, 1)])
    member.consumer.commit(offsets=[TopicPartition(topic, 0, 1)], asynchronous=False)
    member.consumer.close()
    wait_for("it to be empty", lambda: described().state == ConsumerGroupState.EMPTY)
    result(admin(context).delete_consumer_groups([group]))
    check(listed() is None, "still listed")
    raises("second delete", failed("GROUP_ID_NOT_FOUND"), result, admin(context).delete_consumer_groups([group]))


@scenario("offsets_of_a_group_are_set_and_listed_without_members")
def group_offsets(context):
    topic, other, group = create(context, partitions=2), create(context), context.name("g")
    set_offsets(context, group, [TopicPartition(topic, 0, 3), TopicPartition(topic, 1, 4), TopicPartition(other, 0, 5)])
    same("all", offsets_of(context, group), {(topic, 0): (3, ""), (topic, 1): (4, ""), (other, 0): (5, "")})
    same("some", offsets_of(context, group, [TopicPartition(topic, 1)]), {(topic, 1): (4, "")})
    set_offsets(context, group, [TopicPartition(topic, 0, 7)])
    same("set again", offsets_of(context, group, [TopicPartition(topic, 0)]), {(topic, 0): (7, "")})
    same("of no group", offsets_of(context, context.name("g"), [TopicPartition(topic, 0)]), {(topic, 0): (-1001, "")})
    c = consumer(context, group_id=group)
    same("a consumer's", [p.offset for p in c.committed([TopicPartition(topic, 0), TopicPartition(other, 0)], 20)], [7, 5])


@scenario("offsets_of_a_deleted_topic_are_forgotten")
def offsets_of_deleted(context):
    topic, kept, group = create(context), create(context), context.name("g")
    set_offsets(context, group, [TopicPartition(topic, 0, 3), TopicPartition(kept, 0, 4)])
    result(admin(context).delete_topics([topic]))
    wait_for("them to be gone", lambda: offsets_of(context, group) == {(kept, 0): (4, "")})


@scenario("acls_are_refused_where_security_is_off")
def acls(context):
    everything = AclBindingFilter(ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY)
    one = AclBinding(ResourceType.TOPIC, "t", ResourcePatternType.LITERAL, "User:u", "*", AclOperation.READ, AclPermissionType.ALLOW)
    # librdkafka makes nothing of the error here.
    same("described", admin(context).describe_acls(everything).result(WITHIN_S), [])
    raises("create", failed("SECURITY_DISABLED"), result, admin(context).create_acls([one]))
    raises("delete", failed("SECURITY_DISABLED"), result, admin(context).delete_acls([everything]))


@scenario("users_with_scram_credentials_are_made_described_and_deleted")
def scram(context):
    user = context.name("user")
    secret = UserScramCredentialUpsertion(user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), b"secret", b"salt")
    result(admin(context).alter_user_scram_credentials([secret]))

    def described():
        try:
            found = result(admin(context).describe_user_scram_credentials([user])).scram_credential_infos
        except KafkaException as error:
            same("error", error.args[0].name(), "RESOURCE_NOT_FOUND")
            return []
        return [(c.mechanism, c.iterations) for c in found]

    wait_for("it", lambda: described() == [(ScramMechanism.SCRAM_SHA_256, 4096)])
    few = UserScramCredentialUpsertion(user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 100), b"secret", b"salt")
    raises("too few iterations", failed("UNACCEPTABLE_CREDENTIAL"), result, admin(context).alter_user_scram_credentials([few]))
    gone = UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_256)
    result(admin(context).alter_user_scram_credentials([gone]))
    wait_for("the end", lambda: not described())
    raises("deleted again", failed("RESOURCE_NOT_FOUND"), result, admin(context).alter_user_scram_credentials([gone]))


@scenario("an_election_is_not_needed_where_the_leader_is_the_preferred_one")
def elections(context):
    topic = create(context)
    place = TopicPartition(topic, 0)
    found = admin(context).elect_leaders(ElectionType.PREFERRED, [place]).result(WITHIN_S)
    same("preferred", found[place].name(), "ELECTION_NOT_NEEDED")
    missing = TopicPartition(context.name(), 0)
    found = admin(context).elect_leaders(ElectionType.PREFERRED, [missing]).result(WITHIN_S)
    same("of no topic", found[missing].name(), "UNKNOWN_TOPIC_OR_PART")


@scenario("groups_are_listed_by_the_older_calls_too")
def old_list(context):
    topic, group = create(context), context.name("g")
    member = Watched(context, group, [topic], "range")
    settle("it to own all", [member], lambda: member.owns() == all_of(topic, 1))
    (found,) = admin(context).list_groups(group, WITHIN_S)
    same("group", (found.id, found.state, found.protocol_type, found.protocol, len(found.members)), (group, "Stable", "consumer", "range", 1))
