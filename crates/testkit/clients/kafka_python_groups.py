"""kafka-python's consumer groups, of the classic protocol, which is all it has: joining, leaving, dying, static members, commits."""

import json
import sys
import threading
import time
from queue import Empty, Queue

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition, errors
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.structs import OffsetAndMetadata

from kafka_python_client import admin, consumer, create, numbered, polled, send, settle, values
from suite_tool import PAUSE, Member, check, raises, same, scenario, table, wait_for

ASSIGNORS = {
    "range": RangePartitionAssignor,
    "roundrobin": RoundRobinPartitionAssignor,
    "sticky": StickyPartitionAssignor,
    "cooperative_sticky": CooperativeStickyAssignor,
}
ALL = [(name,) for name in ASSIGNORS]
SESSION = {"session_timeout_ms": 3000, "heartbeat_interval_ms": 200, "metadata_max_age_ms": 500}


class Locked:
    """A consumer for two threads, one at a time."""

    def __init__(self, consumer):
        self._consumer, self._lock = consumer, threading.Lock()

    def __getattr__(self, name):
        method = getattr(self._consumer, name)

        def call(*args, **kwargs):
            with self._lock:
                return method(*args, **kwargs)

        return call


class Watched(ConsumerRebalanceListener):
    """A consumer that counts its rebalances and keeps what it reads. A thread of its own polls it, and long: this client
    forgets the answer to a SyncGroup when a poll's time is over before it has come."""

    def __init__(self, context, group, topics, assignor="range", pattern=None, **config):
        self.revoked, self.assigned, self.records, self.error = [], [], [], None
        config = {**SESSION, "partition_assignment_strategy": [ASSIGNORS[assignor]], **config}
        self.consumer = Locked(consumer(context, group_id=group, **config))
        self.consumer.subscribe(topics=topics or (), pattern=pattern, listener=self)
        self.ended = threading.Event()
        context.defer(self.ended.set)
        threading.Thread(target=self.polls, daemon=True).start()

    def polls(self):
        try:
            # The pause lets others have the consumer.
            while not self.ended.wait(0.01):
                try:
                    self.records += polled(self.consumer, 400)
                except errors.KafkaConnectionError:
                    # The broker is gone: this client may say so, and tries again with the next poll.
                    continue
        except Exception as error:
            if not self.ended.is_set():
                self.error = error

    def close(self, autocommit=False):
        self.ended.set()
        self.consumer.close(autocommit=autocommit)

    def poll(self):
        if self.error is not None:
            raise self.error

    def on_partitions_revoked(self, revoked):
        self.revoked.append(sorted(revoked))

    def on_partitions_assigned(self, assigned):
        self.assigned.append(sorted(assigned))

    def owns(self):
        return sorted(tuple(place) for place in self.consumer.assignment())


def all_of(topic, count):
    return [(topic, p) for p in range(count)]


def shared(members, everything, least=1):
    owned = [m.owns() for m in members]
    return sorted(sum(owned, [])) == sorted(everything) and all(len(o) >= least for o in owned)


@table("{}_members_that_join_and_leave_share_all_partitions", ALL, limit_s=100)
def join_and_leave(context, assignor):
    topic, group = create(context, partitions=6), context.name("g")
    first = Watched(context, group, [topic], assignor)
    settle("the first to own all", [first], lambda: shared([first], all_of(topic, 6)))
    second = Watched(context, group, [topic], assignor)
    settle("two to share", [first, second], lambda: shared([first, second], all_of(topic, 6), 3))
    second.close()
    settle("the first to own all again", [first], lambda: shared([first], all_of(topic, 6)))
    send(context, topic, [dict(value=b"%d" % i, partition=i % 6) for i in range(60)])
    settle("all records", [first], lambda: len(first.records) >= 60)
    same("records", sorted(int(v) for v in values(first.records)), list(range(60)))


def member_role(bootstrap, group, topic, assignor):
    """A member in a process of its own, which polls until it is killed and answers what it owns."""
    c = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=group, partition_assignment_strategy=[ASSIGNORS[assignor]], **SESSION)
    asked = Queue(1)

    def listen():
        for line in sys.stdin:
            asked.put(json.loads(line))
        asked.put(None)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        c.poll(timeout_ms=400)
        try:
            command = asked.get_nowait()
        except Empty:
            continue
        if command is None:
            return c.close()
        print(json.dumps({"owns": sorted(c.assignment())}), flush=True)


@table("{}_member_that_is_killed_is_missed_after_its_session", [("range",), ("cooperative_sticky",)], limit_s=100)
def killed(context, assignor):
    topic, group = create(context, partitions=4), context.name("g")
    stays = Watched(context, group, [topic], assignor)
    settle("the first to own all", [stays], lambda: shared([stays], all_of(topic, 4)))
    other = Member(context, "member", bootstrap=context.bootstrap, group=group, topic=topic, assignor=assignor)
    settle("a share for the other", [stays], lambda: len(stays.owns()) == 2)
    settle("the other's share", [stays], lambda: len(other.ask(cmd="owns")["owns"]) == 2)
    begin = time.monotonic()
    other.kill()
    settle("the survivor to own all", [stays], lambda: shared([stays], all_of(topic, 4)))
    check(time.monotonic() - begin < 30, "a dead member held its partitions ten times its session")


@scenario("a_static_member_that_comes_back_keeps_its_partitions_without_a_rebalance", limit_s=100)
def static_member(context):
    topic, group = create(context, partitions=4), context.name("g")

    def join(name):
        return Watched(context, group, [topic], group_instance_id=name, session_timeout_ms=20_000)

    a, b = join("a"), join("b")
    settle("two to share", [a, b], lambda: shared([a, b], all_of(topic, 4), 2))
    owned, rebalances = b.owns(), len(a.assigned)
    b.close()
    back = join("b")
    settle("the one that comes back to own the same", [a, back], lambda: back.owns() == owned)
    # Several heartbeats, in which a rebalance would show.
    PAUSE.wait(1.5)
    same("rebalances of the other", len(a.assigned), rebalances)


@scenario("a_second_static_member_of_one_name_fences_the_first")
def static_twice(context):
    topic, group = create(context, partitions=2), context.name("g")
    first = Watched(context, group, [topic], group_instance_id="one", session_timeout_ms=20_000)
    settle("the first to own all", [first], lambda: shared([first], all_of(topic, 2)))
    second = Watched(context, group, [topic], group_instance_id="one", session_timeout_ms=20_000)
    settle("the second to own all", [second], lambda: shared([second], all_of(topic, 2)))

    first.ended.set()
    raises("a commit of the first", errors.KafkaError, first.consumer.commit, {TopicPartition(topic, 0): OffsetAndMetadata(1, "", -1)})
    same("members", len(admin(context).describe_groups([group])[group]["members"]), 1)


@scenario("members_are_removed_by_the_name_that_they_have")
def remove_static(context):
    from kafka.admin import MemberToRemove

    topic, group = create(context, partitions=2), context.name("g")
    member = Watched(context, group, [topic], group_instance_id="one", session_timeout_ms=20_000)
    settle("it to own all", [member], lambda: shared([member], all_of(topic, 2)))
    member.close()
    found = admin(context).remove_group_members(group, [MemberToRemove(group_instance_id="one"), MemberToRemove(group_instance_id="two")])
    # The broker answers with the member's id beside its name, and the client then goes by the id.
    same("answers", sorted(e.__name__ for e in found.values()), ["NoError", "UnknownMemberIdError"])
    wait_for("it to be empty", lambda: admin(context).describe_groups([group])[group]["group_state"] == "Empty")


@scenario("members_see_new_partitions_and_topics_of_a_pattern", limit_s=90)
def pattern(context):
    prefix, group = context.name("re"), context.name("g")
    admin(context).create_topics({f"{prefix}-a": {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    member = Watched(context, group, None, pattern=f"^{prefix}-.*")
    settle("it to own what matches", [member], lambda: member.owns() == [(f"{prefix}-a", 0)])
    admin(context).create_topics({f"{prefix}-b": {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    admin(context).create_partitions({f"{prefix}-a": 2})
    expected = [(f"{prefix}-a", 0), (f"{prefix}-a", 1), (f"{prefix}-b", 0)]
    settle("it to own all", [member], lambda: member.owns() == expected)


@table("offsets_committed_{}_are_where_the_next_member_begins", [("sync",), ("async",), ("auto",), ("at_close",)])
def commits(context, how):
    topic, group = create(context), context.name("g")
    place = TopicPartition(topic, 0)
    send(context, topic, numbered(20))
    config = {
        "auto": {"enable_auto_commit": True, "auto_commit_interval_ms": 100},
        "at_close": {"enable_auto_commit": True, "auto_commit_interval_ms": 600_000},
    }.get(how, {})
    first = Watched(context, group, [topic], **config)
    settle("all records", [first], lambda: len(first.records) >= 20)
    offsets, answers = {place: OffsetAndMetadata(10, "tëxt", -1)}, []
    if how == "sync":
        first.consumer.commit(offsets)
    elif how == "async":
        first.consumer.commit_async(offsets, callback=lambda *answer: answers.append(answer))
        settle("the callback", [first], lambda: answers)
    elif how == "auto":
        settle("the commit", [first], lambda: first.consumer.committed(place) == 20)
    first.close(autocommit=how == "at_close")
    second = Watched(context, group, [topic])
    if how in ("auto", "at_close"):
        settle("the commit", [second], lambda: second.consumer.committed(place) == 20)
        return
    found = second.consumer.committed(place, metadata=True)
    same("committed", (found.offset, found.metadata), (10, "tëxt"))
    settle("the rest", [second], lambda: len(second.records) >= 10)
    same("first record", second.records[0].offset, 10)


@scenario("a_commit_of_an_old_generation_is_refused")
def old_generation(context):
    topic, group = create(context, partitions=2), context.name("g")
    first = Watched(context, group, [topic], max_poll_interval_ms=2000, session_timeout_ms=1900)
    settle("the first to own all", [first], lambda: shared([first], all_of(topic, 2)))
    first.ended.set()
    second = Watched(context, group, [topic])
    settle("the second to own all", [second], lambda: second.owns() == all_of(topic, 2))
    place = TopicPartition(topic, 0)
    raises("its commit", errors.CommitFailedError, first.consumer.commit, {place: OffsetAndMetadata(1, "", -1)})
    same("committed", second.consumer.committed(place), None)


@scenario("a_session_longer_or_shorter_than_the_broker_bears_is_refused")
def session_bounds(context):
    topic = create(context)
    for session in (100, 2_000_000):
        member = Watched(context, context.name("g"), [topic], session_timeout_ms=session, heartbeat_interval_ms=30, request_timeout_ms=3_000_000, connections_max_idle_ms=4_000_000, max_poll_interval_ms=2_500_000)
        raises(f"{session} ms", errors.InvalidSessionTimeoutError, lambda: settle("it to join", [member], lambda: member.owns(), 10))


@scenario("a_group_survives_when_the_broker_is_killed", needs=["restart"], limit_s=150)
def restart(context):
    topic, group = create(context, partitions=2), context.name("g")
    send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(20)])
    member = Watched(context, group, [topic], session_timeout_ms=10_000, reconnect_backoff_max_ms=200)
    settle("all records", [member], lambda: len(member.records) >= 20)
    member.consumer.commit()
    context.control("kill_and_restart")
    send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(20, 40)])
    # A member that must join again begins at what it has committed, and may see some records twice.
    settle("the records behind", [member], lambda: len(set(values(member.records))) >= 40, 80)
    same("records", sorted({int(v) for v in values(member.records)}), list(range(40)))
    places = [TopicPartition(topic, p) for p in range(2)]
    same("committed", [consumer(context, group_id=group).committed(p) for p in places], [10, 10])
