"""kafka-python's admin calls, among them those that librdkafka does not have: transactions, producers, log dirs, quorum, features."""

from uuid import UUID

from kafka import TopicPartition, errors
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    AlterConfigOp,
    ConfigResource,
    ConfigResourceType,
    OffsetSpec,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.structs import OffsetAndMetadata

from kafka_python_basics import transactional
from kafka_python_client import admin, consumer, create, numbered, read, send, settle
from kafka_python_groups import Watched, all_of
from suite_tool import check, raises, same, scenario, table, wait_for


def topic_configs(context, topic, **options):
    found = admin(context).describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], **options)
    return found["topic"][topic]


def alter(context, topic, changes, **options):
    return admin(context).alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, changes)], **options)


def create_error(context, topic, **options):
    answer = admin(context).create_topics({topic: {"num_partitions": 1, "replication_factor": 1, **options}}, raise_errors=False)
    return errors.for_code(answer["topics"][0]["error_code"]).__name__


REFUSED = [
    ("a_bad_name", {"name": "a b"}, "InvalidTopicError"),
    ("an_empty_name", {"name": ""}, "InvalidTopicError"),
    ("no_partitions", {"num_partitions": 0}, "InvalidPartitionsError"),
    ("two_replicas", {"replication_factor": 2}, "InvalidReplicationFactorError"),
    ("no_replicas", {"replication_factor": 0}, "InvalidReplicationFactorError"),
    ("an_unknown_config", {"configs": {"no.such": "1"}}, "InvalidConfigurationError"),
    ("a_bad_config", {"configs": {"segment.ms": "-3"}}, "InvalidConfigurationError"),
    ("a_null_config", {"configs": {"segment.ms": None}}, "InvalidConfigurationError"),
    ("an_unknown_broker", {"num_partitions": -1, "replication_factor": -1, "assignments": {0: [99]}}, "InvalidReplicationAssignmentError"),
    ("a_gap_in_its_assignment", {"num_partitions": -1, "replication_factor": -1, "assignments": {1: [1]}}, "InvalidReplicationAssignmentError"),
    ("assignment_and_count", {"num_partitions": 1, "assignments": {0: [1]}}, "InvalidRequestError"),
]


@table("a_topic_with_{}_is_refused", [(w, o, e) for w, o, e in REFUSED])
def refused(context, _, options, error):
    options = dict(options)
    name = options.pop("name", None)
    same("error", create_error(context, context.name() if name is None else name, **options), error)


@scenario("a_created_topic_is_answered_with_its_configs_and_described_by_name_and_id")
def create_describe(context):
    topic = context.name()
    answer = admin(context).create_topics({topic: {"num_partitions": 3, "configs": {"retention.ms": "99"}}}, wait_for_metadata=True)
    made = answer["topics"][0]
    same("answer", (made["error_code"], made["num_partitions"], made["replication_factor"]), (0, 3, 1))
    same("config in the answer", made["configs"]["retention.ms"]["value"], "99")
    check("cleanup.policy" in made["configs"], "configs in the answer")
    (by_name,) = admin(context).describe_topics([topic])
    same("partitions", sorted(p["partition_index"] for p in by_name["partitions"]), [0, 1, 2])
    same("ids", str(by_name["topic_id"]), str(made["topic_id"]))
    (by_id,) = admin(context).describe_topics([UUID(str(by_name["topic_id"]))])
    same("by id", by_id["name"], topic)
    same("existing", create_error(context, topic), "TopicAlreadyExistsError")
    admin(context).delete_topics([topic])
    wait_for("the topic to be gone", lambda: topic not in admin(context).list_topics())
    raises("second delete", errors.UnknownTopicOrPartitionError, admin(context).delete_topics, [topic])


@scenario("a_topic_without_numbers_gets_the_brokers_defaults")
def defaults(context):
    topic = context.name()
    admin(context).create_topics([topic], wait_for_metadata=True)
    (found,) = admin(context).describe_topics([topic])
    same("partitions", len(found["partitions"]), 1)


@scenario("a_topic_that_is_only_validated_is_not_there")
def validate_only(context):
    topic = context.name()
    admin(context).create_topics({topic: {"num_partitions": 2, "replication_factor": 1}}, validate_only=True)
    check(topic not in admin(context).list_topics(), "it is there")


@scenario("a_topic_is_deleted_by_its_id")
def delete_by_id(context):
    topic = create(context)
    (found,) = admin(context).describe_topics([topic])
    admin(context).delete_topics([UUID(str(found["topic_id"]))])
    wait_for("the topic to be gone", lambda: topic not in admin(context).list_topics())


@scenario("partitions_are_described_page_by_page")
def pages(context):
    topics = sorted(create(context, partitions=n) for n in (3, 2, 4))
    found, cursor, rounds = [], None, 0
    while True:
        answer = admin(context).describe_topic_partitions(topics, response_partition_limit=2, cursor=cursor)
        found += [(t["name"], p["partition_index"]) for t in answer["topics"] for p in t["partitions"]]
        cursor, rounds = answer["next_cursor"], rounds + 1
        if cursor is None:
            break
        check(rounds < 20, "no end of pages")
    same("partitions", len(found), 9)
    same("no doubles", len(set(found)), 9)
    check(rounds >= 4, f"{rounds} pages")


@scenario("more_partitions_are_made_and_fewer_refused")
def partitions(context):
    topic = create(context, partitions=2)
    admin(context).create_partitions({topic: 4}, validate_only=True)
    same("validated only", len(admin(context).describe_topics([topic])[0]["partitions"]), 2)
    admin(context).create_partitions({topic: 4})
    wait_for("four", lambda: len(admin(context).describe_topics([topic])[0]["partitions"]) == 4)
    for count in (4, 2, 0):
        raises(str(count), errors.InvalidPartitionsError, admin(context).create_partitions, {topic: count})
    raises("unknown", errors.UnknownTopicOrPartitionError, admin(context).create_partitions, {context.name(): 4})


@scenario("configs_are_described_with_synonyms_and_types")
def describe_configs(context):
    topic = create(context, retention_ms=777)
    found = topic_configs(context, topic, include_synonyms=True, config_filter="all")
    retention = found["retention.ms"]
    same("retention", retention["value"], "777")
    names = [s["name"] for s in retention["synonyms"]]
    same("synonyms", names[:1], ["retention.ms"])
    check("log.retention.ms" in names, f"synonyms: {names}")
    check(len(found) >= 30, f"{len(found)} configs")
    modified = topic_configs(context, topic, config_filter="modified")
    check("retention.ms" in modified and "segment.bytes" not in modified, f"modified: {sorted(modified)}")


@scenario("configs_are_set_deleted_appended_to_and_replaced")
def alter_configs(context):
    topic = create(context, retention_ms=777)
    alter(context, topic, {"retention.ms": "5", "cleanup.policy": (AlterConfigOp.APPEND, "compact")})
    both = lambda: {n: c["value"] for n, c in topic_configs(context, topic, config_filter="all").items()}
    wait_for("them", lambda: both()["retention.ms"] == "5" and set(both()["cleanup.policy"].split(",")) == {"delete", "compact"})
    alter(context, topic, {"cleanup.policy": (AlterConfigOp.SUBTRACT, "delete"), "retention.ms": (AlterConfigOp.DELETE, None)})
    wait_for("them", lambda: both()["retention.ms"] == "-1" and both()["cleanup.policy"] == "compact")
    alter(context, topic, {"segment.ms": "60000"}, incremental=False)
    wait_for("the older call", lambda: both()["segment.ms"] == "60000")
    admin(context).reset_configs([ConfigResource(ConfigResourceType.TOPIC, topic, ["segment.ms", "cleanup.policy"])])
    wait_for("defaults", lambda: both()["segment.ms"] == "604800000" and both()["cleanup.policy"] == "delete")


@scenario("bad_configs_are_refused")
def bad_configs(context):
    topic = create(context)
    for name, value in (("retention.ms", "x"), ("cleanup.policy", "burn"), ("max.message.bytes", "-1")):
        answer = alter(context, topic, {name: value})["topic"][topic]
        check("InvalidConfigurationError" in str(answer), f"{name}: {answer}")
    unknown = context.name()
    answer = alter(context, unknown, {"retention.ms": "5"}, raise_on_unknown=False)["topic"][unknown]
    check("UnknownTopicOrPartitionError" in str(answer), f"unknown topic: {answer}")


@scenario("resources_with_configs_are_listed")
def list_resources(context):
    topic = create(context)
    check(topic in admin(context).list_config_resources(["TOPIC"])["topic"], "topic")
    same("brokers", len(admin(context).list_config_resources(["BROKER"])["broker"]), 1)


@scenario("a_groups_own_settings_are_kept")
def group_configs(context):
    group = context.name("g")
    resource = ConfigResource(ConfigResourceType.GROUP, group, {"consumer.session.timeout.ms": "4000"})
    admin(context).alter_configs([resource], raise_on_unknown=False)
    asked = ConfigResource(ConfigResourceType.GROUP, group)
    value = lambda: admin(context).describe_configs([asked], config_filter="all")["group"][group]["consumer.session.timeout.ms"]["value"]
    wait_for("it", lambda: value() == "4000")


@scenario("the_cluster_describes_itself")
def cluster(context):
    found = admin(context).describe_cluster()
    (broker,) = found["brokers"]
    same("address", f"{broker['host']}:{broker['port']}", context.bootstrap)
    same("controller", found["controller_id"], broker["broker_id"])
    check(found["cluster_id"], "no cluster id")


@scenario("the_log_dirs_say_what_each_partition_takes")
def log_dirs(context):
    topic = create(context, partitions=2)
    send(context, topic, numbered(10, size=1000, partition=1))
    (broker,) = admin(context).describe_log_dirs([topic])
    (found,) = broker["log_dirs"]
    same("error", found["error_code"], 0)
    (of_topic,) = found["topics"]
    sizes = {p["partition_index"]: p["partition_size"] for p in of_topic["partitions"]}
    same("partitions", sorted(sizes), [0, 1])
    check(sizes[0] == 0 and 10_000 < sizes[1] < 12_000, f"sizes: {sizes}")
    check(found["total_bytes"] > 0 and found["usable_bytes"] > 0, "space")
    check(all(p["offset_lag"] == 0 and not p["is_future_key"] for p in of_topic["partitions"]), "lag")


@scenario("offsets_are_listed_by_every_specification")
def list_offsets(context):
    topic = create(context)
    place = TopicPartition(topic, 0)
    for stamp in (100, 900, 500):
        send(context, topic, numbered(2, timestamp_ms=stamp), linger_ms=100)
    at = lambda spec: tuple(admin(context).list_partition_offsets({place: spec})[place])[:2]
    same("earliest", at(OffsetSpec.EARLIEST)[0], 0)
    same("latest", at(OffsetSpec.LATEST)[0], 6)
    same("of the latest time", at(OffsetSpec.MAX_TIMESTAMP), (2, 900))
    same("local earliest", at(OffsetSpec.EARLIEST_LOCAL)[0], 0)
    same("by time", [at(t) for t in (100, 101, 901)], [(0, 100), (2, 900), (-1, -1)])


@scenario("deleted_records_are_gone")
def delete_records(context):
    topic = create(context)
    place = TopicPartition(topic, 0)
    send(context, topic, numbered(10))
    same("low watermark", admin(context).delete_records({place: 4})[place]["low_watermark"], 4)
    same("first", read(context, topic, 6)[0].offset, 4)
    raises("beyond the end", errors.OffsetOutOfRangeError, admin(context).delete_records, {place: 11})
    same("to the end", admin(context).delete_records({place: -1})[place]["low_watermark"], 10)


@scenario("a_group_is_listed_described_and_deleted")
def groups(context):
    topic, group = create(context, partitions=2), context.name("g")
    member = Watched(context, group, [topic], client_id="the-client")
    settle("it to own all", [member], lambda: member.owns() == all_of(topic, 2))
    listed = lambda **options: {g["group_id"]: g for g in admin(context).list_groups(**options)}.get(group)
    found = listed()
    same("listed", (found["protocol_type"], found["group_state"], found["group_type"]), ("consumer", "Stable", "classic"))
    check(listed(states_filter=["Empty"]) is None and listed(states_filter=["Stable"]), "by state")
    check(listed(types_filter=["consumer"]) is None and listed(types_filter=["classic"]), "by type")
    found = admin(context).describe_groups([group])[group]
    same("described", (found["group_state"], found["protocol_type"], found["protocol_data"]), ("Stable", "consumer", "range"))
    (of_member,) = found["members"]
    same("client", of_member["client_id"], "the-client")
    same("delete", deleted(context, group), "NonEmptyGroupError")
    found = admin(context).delete_group_offsets(group, [TopicPartition(topic, 0)])
    same("offsets in use", found[TopicPartition(topic, 0)], errors.GroupSubscribedToTopicError)
    member.close()
    wait_for("it to be empty", lambda: admin(context).describe_groups([group])[group]["group_state"] in ("Empty", "Dead"))
    same("delete", deleted(context, group), "OK")
    check(listed() is None, "still listed")
    same("second delete", deleted(context, group), "GroupIdNotFoundError")


def deleted(context, group):
    return admin(context).delete_groups([group])[group]


@scenario("offsets_of_a_group_are_set_reset_and_deleted")
def group_offsets(context):
    topic, group = create(context, partitions=2), context.name("g")
    a, b = TopicPartition(topic, 0), TopicPartition(topic, 1)
    send(context, topic, numbered(10, partition=0))
    answer = admin(context).alter_group_offsets(group, {a: OffsetAndMetadata(3, "three", -1), b: OffsetAndMetadata(4, "", -1)})
    same("answers", set(answer.values()), {errors.NoError})
    offsets = lambda: {p: (o.offset, o.metadata) for p, o in admin(context).list_group_offsets({group: None})[group].items()}
    same("set", offsets(), {a: (3, "three"), b: (4, "")})
    admin(context).reset_group_offsets(group, {a: OffsetSpec.LATEST})
    same("reset", offsets()[a][0], 10)
    same("deleted", admin(context).delete_group_offsets(group, [a]), {a: errors.NoError})
    same("left", offsets(), {b: (4, "")})
    unknown = admin(context).list_group_offsets({context.name("g"): [a]})
    same("of no group", [o.offset for found in unknown.values() for o in found.values()], [-1])


@scenario("open_transactions_and_their_producers_are_described")
def transactions(context):
    topic, id_ = create(context), context.name("tx")
    place = TopicPartition(topic, 0)
    p = transactional(context, id_)
    p.begin_transaction()
    p.send(topic, b"v").get(20)
    listed = lambda **options: {t.transactional_id: t.state.value for found in admin(context).list_transactions(**options).values() for t in found}
    same("listed", listed().get(id_), "Ongoing")
    check(id_ in listed(state_filters=["Ongoing"]) and id_ not in listed(state_filters=["Empty"]), "by state")
    check(id_ in listed(duration_filter_ms=0) and id_ not in listed(duration_filter_ms=3_600_000), "by age")
    found = admin(context).describe_transactions([id_])[id_]
    same("described", (found.state.value, found.topic_partitions, found.transaction_timeout_ms), ("Ongoing", {place}, 60000))
    check(id_ in listed(producer_id_filters=[found.producer_id]), "by producer")
    check(id_ not in listed(producer_id_filters=[found.producer_id + 1_000_000]), "by another producer")
    check(id_ in listed(transactional_id_pattern=f".*{id_[-12:]}"), "by pattern")
    (state,) = admin(context).describe_producers([place])[place].active_producers
    same("producer", (state.producer_id, state.last_sequence, state.current_transaction_start_offset), (found.producer_id, 0, 0))
    p.commit_transaction()
    wait_for("the end", lambda: listed().get(id_) == "CompleteCommit")
    (state,) = admin(context).describe_producers([place])[place].active_producers
    same("after the commit", state.current_transaction_start_offset, -1)
    unknown = context.name("tx")
    raises("unknown", errors.TransactionalIdNotFoundError, admin(context).describe_transactions, [unknown])


@scenario("a_hanging_transaction_is_aborted_by_its_partition")
def abort(context):
    from kafka.admin import AbortTransactionSpec

    topic, id_ = create(context), context.name("tx")
    place = TopicPartition(topic, 0)
    p = transactional(context, id_)
    p.begin_transaction()
    p.send(topic, b"v").get(20)
    (state,) = admin(context).describe_producers([place])[place].active_producers
    admin(context).abort_transaction(AbortTransactionSpec(place, state.producer_id, state.producer_epoch, state.coordinator_epoch))
    c = consumer(context, isolation_level="read_committed")
    wait_for("the stable end", lambda: c.end_offsets([place])[place] == 2)


def everything():
    pattern = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    return ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, pattern)


@scenario("acls_are_refused_where_security_is_off")
def acls(context):
    raises("describe", errors.SecurityDisabledError, admin(context).describe_acls, everything())
    pattern = ResourcePattern(ResourceType.TOPIC, "t", ACLResourcePatternType.LITERAL)
    one = ACL("User:u", "*", ACLOperation.READ, ACLPermissionType.ALLOW, pattern)
    same("create", admin(context).create_acls([one])["failed"], [errors.SecurityDisabledError])


@scenario("users_with_scram_credentials_are_made_described_and_deleted")
def scram(context):
    user = context.name("user")
    same("made", admin(context).alter_user_scram_credentials([UserScramCredentialUpsertion(user, "SCRAM-SHA-512", "secret")]), {user: None})
    described = lambda: admin(context).describe_user_scram_credentials([user])[user]
    wait_for("it", lambda: [c["iterations"] for c in described()["credential_infos"]] == [4096])
    check(user in admin(context).describe_user_scram_credentials(), "among all")
    same("deleted", admin(context).alter_user_scram_credentials([UserScramCredentialDeletion(user, "SCRAM-SHA-512")]), {user: None})
    wait_for("the end", lambda: described()["error"])
    check(admin(context).alter_user_scram_credentials([UserScramCredentialDeletion(user, "SCRAM-SHA-512")])[user], "deleted twice")


@scenario("features_are_described_with_levels_that_stand")
def features(context):
    found = admin(context).describe_features()
    same("transaction.version", found["transaction.version"]["finalized"], (2, 2))
    same("group.version", found["group.version"]["finalized"], (1, 1))
    check("metadata.version" in found, "metadata.version")


@scenario("an_election_is_not_needed")
def election(context):
    topic = create(context)
    answer = admin(context).elect_leaders(0, {topic: [0]}, raise_errors=False)
    answer = answer if isinstance(answer, dict) else answer.to_dict()
    found = [p["error_code"] for t in answer["replica_election_results"] for p in t["partition_result"]]
    same("error", found, [errors.ElectionNotNeededError.errno])


@scenario("no_reassignments_are_listed")
def reassignments(context):
    found = admin(context).list_partition_reassignments({create(context): [0]})
    check(not found, f"reassignments: {found}")
