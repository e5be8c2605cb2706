"""librdkafka's consumer groups, classic and KIP-848's: joining, leaving, dying, assignors, commits."""

import json
import sys
import threading
import time
from queue import Empty, Queue

from confluent_kafka import Consumer, KafkaException, TopicPartition

from confluent_client import admin, consumer, create, records, send, values
from suite_tool import Member, check, same, scenario, table, wait_for

CLASSIC = {"session_timeout_ms": 3000, "heartbeat_interval_ms": 200}
# By what name each is asked for: the assignor of the classic protocol, or of the server.
FLAVOURS = {
    "range": {**CLASSIC, "partition_assignment_strategy": "range"},
    "roundrobin": {**CLASSIC, "partition_assignment_strategy": "roundrobin"},
    "cooperative_sticky": {**CLASSIC, "partition_assignment_strategy": "cooperative-sticky"},
    "consumer_uniform": {"group_protocol": "consumer", "group_remote_assignor": "uniform"},
    "consumer_range": {"group_protocol": "consumer", "group_remote_assignor": "range"},
}
ALL = [(name,) for name in FLAVOURS]
# One of each protocol, where the assignor makes no difference.
BOTH = [("range",), ("cooperative_sticky",), ("consumer_uniform",)]


class Watched:
    """A consumer that counts its rebalances and keeps what it reads."""

    def __init__(self, context, group, topics, flavour, **config):
        self.assigned, self.revoked, self.lost, self.messages, self.errors = [], [], [], [], []
        self.incremental = "cooperative" in flavour or "consumer" in flavour
        self.consumer = consumer(context, group_id=group, **{**FLAVOURS[flavour], **config})
        self.consumer.subscribe(
            topics,
            on_assign=lambda _, parts: self.assigned.append(places(parts)),
            on_revoke=lambda _, parts: self.revoked.append(places(parts)),
            on_lost=lambda _, parts: self.lost.append(places(parts)),
        )

    def poll(self):
        message = self.consumer.poll(0.02)
        if message is not None:
            (self.errors if message.error() else self.messages).append(message)

    def owns(self):
        return places(self.consumer.assignment())


def places(partitions):
    return sorted((p.topic, p.partition) for p in partitions)


def settle(what, members, until, within_s=40):
    """Polls all members in turn until it is so."""

    def look():
        for member in members:
            member.poll()
        return until()

    return wait_for(what, look, within_s, pause_s=0)


def all_of(topic, count):
    return [(topic, p) for p in range(count)]


def shared(members, everything, least=1):
    """Whether the members own everything, nobody twice, and each at least that many."""
    owned = [m.owns() for m in members]
    return sorted(sum(owned, [])) == sorted(everything) and all(len(o) >= least for o in owned)


@table("{}_members_that_join_and_leave_share_all_partitions", ALL, limit_s=100)
def join_and_leave(context, flavour):
    topic, group = create(context, partitions=6), context.name("g")
    first = Watched(context, group, [topic], flavour)
    settle("the first to own all", [first], lambda: shared([first], all_of(topic, 6)))
    second = Watched(context, group, [topic], flavour)
    settle("two to share", [first, second], lambda: shared([first, second], all_of(topic, 6), 3))
    third = Watched(context, group, [topic], flavour)
    members = [first, second, third]
    settle("three to share", members, lambda: shared(members, all_of(topic, 6), 2))
    second.consumer.close()
    settle("the others to share again", [first, third], lambda: shared([first, third], all_of(topic, 6), 3))
    send(context, topic, [dict(value=b"%d" % i, partition=i % 6) for i in range(60)])
    settle("all records", [first, third], lambda: len(first.messages) + len(third.messages) >= 60)
    same("records", sorted(int(v) for m in (first, third) for v in values(m.messages)), list(range(60)))


@table("{}_assigns_as_its_name_says", [("range",), ("roundrobin",), ("consumer_range",)])
def assignors(context, flavour):
    one, two, group = create(context, partitions=3), create(context, partitions=3), context.name("g")
    members = [Watched(context, group, [one, two], flavour) for _ in range(2)]
    settle("two to share", members, lambda: shared(members, all_of(one, 3) + all_of(two, 3), 2))
    found = sorted(len(m.owns()) for m in members)
    # Range gives the first member two of three of each topic; round robin deals them out.
    same("sizes", found, [3, 3] if flavour == "roundrobin" else [2, 4])


def member_role(bootstrap, group, topic, flavour, instance=None):
    """A member in a process of its own, which polls until it is killed and answers what it owns."""
    config = {name.replace("_", "."): value for name, value in FLAVOURS[flavour].items()}
    if instance:
        config["group.instance.id"] = instance
    c = Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", **config})
    c.subscribe([topic])
    asked = Queue(1)

    def listen():
        for line in sys.stdin:
            asked.put(json.loads(line))
        asked.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        c.poll(0.05)
        try:
            command = asked.get_nowait()
        except Empty:
            continue
        if command is None:
            return c.close()
        print(json.dumps({"owns": places(c.assignment()), "member": c.memberid()}), flush=True)


@table("{}_member_that_is_killed_is_missed_after_its_session", ALL, limit_s=100)
def killed(context, flavour):
    topic, group = create(context, partitions=4), context.name("g")
    stays = Watched(context, group, [topic], flavour)
    settle("the first to own all", [stays], lambda: shared([stays], all_of(topic, 4)))
    other = Member(context, "member", bootstrap=context.bootstrap, group=group, topic=topic, flavour=flavour)
    settle("a share for the other", [stays], lambda: len(stays.owns()) == 2)
    settle("the other's share", [stays], lambda: len(other.ask(cmd="owns")["owns"]) == 2)
    begin = time.monotonic()
    other.kill()
    settle("the survivor to own all", [stays], lambda: shared([stays], all_of(topic, 4)))
    check(time.monotonic() - begin < 30, "a dead member held its partitions ten times its session")


@table("{}_static_member_that_comes_back_keeps_its_partitions_without_a_rebalance", BOTH, limit_s=100)
def static_member(context, flavour):
    topic, group = create(context, partitions=4), context.name("g")
    longer = {"session_timeout_ms": 20_000} if "consumer" not in flavour else {}
    def join(name):
        return Watched(context, group, [topic], flavour, group_instance_id=name, **longer)

    a, b = join("a"), join("b")
    settle("two to share", [a, b], lambda: shared([a, b], all_of(topic, 4), 2))
    owned, rebalances = b.owns(), (len(a.assigned), len(a.revoked))
    b.consumer.close()
    back = join("b")
    settle("the one that comes back to own the same", [a, back], lambda: back.owns() == owned)
    for _ in range(40):
        a.poll(), back.poll()
    same("rebalances of the other", (len(a.assigned), len(a.revoked)), rebalances)


@table("{}_second_static_member_of_one_name_fences_the_first_or_is_refused", BOTH)
def static_twice(context, flavour):
    topic, group = create(context, partitions=2), context.name("g")
    first = Watched(context, group, [topic], flavour, group_instance_id="one")
    settle("the first to own all", [first], lambda: shared([first], all_of(topic, 2)))
    second = Watched(context, group, [topic], flavour, group_instance_id="one")
    both, wrong = [first, second], []

    def one_failed():
        for member in both:
            wrong.extend(m.error().name() for m in member.errors)
            member.errors.clear()
        return wrong

    def watch():
        try:
            for member in both:
                member.poll()
        except KafkaException as error:
            wrong.append(error.args[0].name())
        return one_failed()

    wait_for("one of them to fail", watch, 40, pause_s=0)
    check(set(wrong) <= {"FENCED_INSTANCE_ID", "UNRELEASED_INSTANCE_ID", "_FATAL"}, f"errors: {wrong}")


@scenario("cooperative_members_keep_what_they_keep_while_another_joins")
def cooperative_keeps(context):
    topic, group = create(context, partitions=6), context.name("g")
    first = Watched(context, group, [topic], "cooperative_sticky")
    settle("the first to own all", [first], lambda: shared([first], all_of(topic, 6)))
    second = Watched(context, group, [topic], "cooperative_sticky")
    settle("two to share", [first, second], lambda: shared([first, second], all_of(topic, 6), 3))
    same("what the first gave up", sum(len(r) for r in first.revoked), 3)
    kept = set(first.owns())
    check(not kept & set(sum(first.revoked, [])), "it gave up what it owns")


@table("{}_members_see_new_partitions_and_topics", BOTH, limit_s=90)
def new_partitions(context, flavour):
    from confluent_kafka.admin import NewPartitions

    topic, group = create(context, partitions=2), context.name("g")
    member = Watched(context, group, [topic], flavour, topic_metadata_refresh_interval_ms=300)
    settle("it to own two", [member], lambda: member.owns() == all_of(topic, 2))
    admin(context).create_partitions([NewPartitions(topic, 5)])[topic].result(30)
    settle("it to own five", [member], lambda: member.owns() == all_of(topic, 5))


@table("{}_regular_expression_subscribes_to_all_that_match_now_and_later", [("range",), ("consumer_uniform",)], limit_s=100)
def regex(context, flavour):
    from confluent_kafka.admin import NewTopic

    prefix, group = context.name("re"), context.name("g")
    for name, partitions in ((f"{prefix}-a", 1), (f"{prefix}-b", 2), (f"x-{prefix}", 1)):
        admin(context).create_topics([NewTopic(name, partitions, 1)])[name].result(30)
    member = Watched(context, group, [f"^{prefix}-.*"], flavour, topic_metadata_refresh_interval_ms=300)
    expected = [(f"{prefix}-a", 0), (f"{prefix}-b", 0), (f"{prefix}-b", 1)]
    settle("it to own what matches", [member], lambda: member.owns() == expected)
    admin(context).create_topics([NewTopic(f"{prefix}-c", 1, 1)])[f"{prefix}-c"].result(30)
    settle("it to own the new one", [member], lambda: member.owns() == expected + [(f"{prefix}-c", 0)])


@table("{}_offsets_committed_{}_are_where_the_next_member_begins", [(f, h) for f, in BOTH for h in ("sync", "async", "auto", "stored")])
def commits(context, flavour, how):
    topic, group = create(context), context.name("g")
    send(context, topic, records(20))
    config = {
        "auto": {"enable_auto_commit": True, "auto_commit_interval_ms": 100},
        "stored": {"enable_auto_commit": True, "auto_commit_interval_ms": 100, "enable_auto_offset_store": False},
    }.get(how, {})
    results = []
    first = Watched(context, group, [topic], flavour, on_commit=lambda error, parts: results.append((error, parts)), **config)
    settle("ten records", [first], lambda: len(first.messages) >= 10)
    expected = 10 if how in ("sync", "async", "stored") else None
    if how == "sync":
        done = first.consumer.commit(offsets=[TopicPartition(topic, 0, 10, metadata="tëxt")], asynchronous=False)
        same("answer", [(p.offset, p.error) for p in done], [(10, None)])
    elif how == "async":
        first.consumer.commit(message=first.messages[9], asynchronous=True)
        settle("the callback", [first], lambda: results)
        same("callback", (results[0][0], results[0][1][0].offset), (None, 10))
    elif how == "stored":
        first.consumer.store_offsets(message=first.messages[9])
        settle("the commit", [first], lambda: first.consumer.committed([TopicPartition(topic, 0)], 20)[0].offset == 10)
    else:
        settle("all records", [first], lambda: len(first.messages) == 20)
    first.consumer.close()
    second = Watched(context, group, [topic], flavour)
    place = second.consumer.committed([TopicPartition(topic, 0)], 20)[0]
    if expected is None:
        same("committed", place.offset, 20)
        return
    same("committed", place.offset, 10)
    if how == "sync":
        same("metadata", place.metadata, "tëxt")
    settle("the rest", [second], lambda: len(second.messages) >= 10)
    same("first record", second.messages[0].offset(), 10)


@table("a_group_without_offsets_begins_at_the_{}", [("earliest",), ("latest",), ("error",)])
def offset_reset(context, policy):
    topic, group = create(context), context.name("g")
    send(context, topic, records(5))
    member = Watched(context, group, [topic], "range", auto_offset_reset=policy)
    if policy == "error":
        settle("an error", [member], lambda: member.errors)
        same("error", member.errors[0].error().name(), "_AUTO_OFFSET_RESET")
        return
    settle("it to own all", [member], lambda: member.owns() == all_of(topic, 1))
    if policy == "latest":
        settle("its position", [member], lambda: member.consumer.position([TopicPartition(topic, 0)])[0].offset == 5 or send_probe(context, topic, member))
    settle("a record", [member], lambda: member.messages)
    check(member.messages[0].offset() == 0 if policy == "earliest" else member.messages[0].offset() >= 5, "where it begins")


def send_probe(context, topic, member):
    # Where a member begins shows only when something comes after it.
    send(context, topic, records(1, 5))
    member.poll()
    return bool(member.messages)


@table("{}_group_and_its_offsets_survive_when_the_broker_is_killed", BOTH, needs=["restart"], limit_s=150)
def restart(context, flavour):
    topic, group = create(context, partitions=2), context.name("g")
    send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(20)])
    fast = {"reconnect_backoff_max_ms": 200}
    if "consumer" not in flavour:
        fast["session_timeout_ms"] = 10_000
    member = Watched(context, group, [topic], flavour, **fast)
    settle("all records", [member], lambda: len(member.messages) == 20)
    member.consumer.commit(asynchronous=False)
    context.control("kill_and_restart")
    send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(20, 40)], **fast)
    settle("the records behind", [member], lambda: len(member.messages) >= 40, 80)
    same("records", sorted(int(v) for v in values(member.messages)), list(range(40)))
    other = consumer(context, **fast)
    member.consumer.close()
    reader = consumer(context, group_id=group, **fast)
    found = reader.committed([TopicPartition(topic, 0), TopicPartition(topic, 1)], 30)
    same("committed", [p.offset for p in found], [10, 10])
    other.close()


@scenario("many_groups_read_one_topic_each_on_its_own")
def many_groups(context):
    topic = create(context, partitions=2)
    send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(40)])
    members = [Watched(context, context.name("g"), [topic], flavour) for flavour in list(FLAVOURS) * 2]
    settle("all records for each", members, lambda: all(len(m.messages) == 40 for m in members))
