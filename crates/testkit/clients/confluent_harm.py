"""librdkafka under harm, and what brokers do on their own: lost answers in groups and transactions, mixed protocols, cleaning."""

import time

from confluent_kafka import TopicPartition
from confluent_kafka.admin import NewTopic

from confluent_client import admin, consumer, create, producer, read, records, send, take, values
from confluent_groups import FLAVOURS, Watched, all_of, settle, shared
from confluent_transactions import PATIENT, WITHIN_S, copy, transactional
from suite_tool import check, fault, same, scenario, table, wait_for

QUICK = {"reconnect_backoff_ms": 10, "reconnect_backoff_max_ms": 200, "retry_backoff_ms": 20}
LOST_IN_GROUPS = {
    "range": ["FindCoordinator", "JoinGroup", "SyncGroup", "OffsetFetch", "OffsetCommit", "Heartbeat"],
    "consumer_uniform": ["FindCoordinator", "ConsumerGroupHeartbeat", "OffsetFetch", "OffsetCommit"],
}


def lost_in_group(flavour, api):
    @scenario(f"{flavour}_group_survives_the_loss_of_a_{api}_answer", faults=[fault(api)], limit_s=100)
    def run(context):
        topic, group = create(context, partitions=2), context.name("g")
        send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(20)])
        member = Watched(context, group, [topic], flavour, **QUICK)
        settle("all records", [member], lambda: len({m.value() for m in member.messages}) == 20, 60)
        settle("a heartbeat or two", [member], lambda: commits(member), 40)
        member.consumer.close()
        places = [TopicPartition(topic, 0), TopicPartition(topic, 1)]
        found = consumer(context, group_id=group).committed(places, WITHIN_S)
        same("committed", [p.offset for p in found], [10, 10])

    def commits(member):
        begin = time.monotonic()
        while time.monotonic() - begin < 1.0:
            member.poll()
        try:
            return member.consumer.commit(asynchronous=False)
        except Exception:
            # It is to be tried again, as after any lost answer.
            return None


for flavour_, apis in LOST_IN_GROUPS.items():
    for api_ in apis:
        lost_in_group(flavour_, api_)


@table(
    "transaction_survives_the_loss_of_{}_answers",
    [("coordinator",)],
    faults=[fault(api) for api in ("FindCoordinator", "InitProducerId", "AddPartitionsToTxn", "AddOffsetsToTxn", "TxnOffsetCommit", "EndTxn")],
    limit_s=120,
)
def lost_in_transaction(context, _):
    source, into, group = create(context, partitions=2), create(context, partitions=2), context.name("g")
    send(context, source, [dict(value=b"%d" % i, partition=i % 2) for i in range(40)])
    c = consumer(context, group_id=group, isolation_level="read_committed", bootstrap_servers=context.direct)
    c.subscribe([source])
    copy(context, transactional(context, **PATIENT), c, into, 40)
    places = [TopicPartition(source, 0), TopicPartition(source, 1)]
    same("committed offsets", [place.offset for place in c.committed(places, WITHIN_S)], [20, 20])
    found = read(context, into, 40, partition=[0, 1], isolation_level="read_committed")
    same("copies", sorted(values(found)), sorted(b"copy of %d" % i for i in range(40)))


@scenario("consume_transform_produce_in_a_group_of_the_new_protocol_is_exactly_once", limit_s=90)
def exactly_once(context):
    source, into, group = create(context, partitions=2), create(context, partitions=2), context.name("g")
    send(context, source, [dict(value=b"%d" % i, partition=i % 2) for i in range(60)])
    c = consumer(context, group_id=group, isolation_level="read_committed", **FLAVOURS["consumer_uniform"])
    c.subscribe([source])
    copy(context, transactional(context), c, into, 60, abort_at=(2, 4))
    found = read(context, into, 60, partition=[0, 1], isolation_level="read_committed")
    same("copies", sorted(values(found)), sorted(b"copy of %d" % i for i in range(60)))


@table("a_{}_group_takes_members_of_the_{}_protocol", [("classic", "new"), ("new", "classic")], limit_s=100)
def mixed(context, first, _):
    topic, group = create(context, partitions=4), context.name("g")
    order = ["range", "consumer_range"] if first == "classic" else ["consumer_range", "range"]
    members = [Watched(context, group, [topic], order[0])]
    settle("the first to own all", members, lambda: shared(members, all_of(topic, 4)))
    members.append(Watched(context, group, [topic], order[1]))
    settle("both to share", members, lambda: shared(members, all_of(topic, 4), 2))
    members[0].consumer.close()
    settle("the other to own all", members[1:], lambda: shared(members[1:], all_of(topic, 4)))


@scenario("a_group_of_twelve_members_shares_twelve_partitions", limit_s=120)
def crowd(context):
    topic, group = create(context, partitions=12), context.name("g")
    members = [Watched(context, group, [topic], "range") for _ in range(12)]
    settle("all to share", members, lambda: shared(members, all_of(topic, 12), 1), 60)
    for member in members[6:]:
        member.consumer.close()
    settle("the rest to share", members[:6], lambda: shared(members[:6], all_of(topic, 12), 2), 60)


@scenario("thirty_topics_are_made_used_and_deleted_at_once")
def many_topics(context):
    names = [context.name() for _ in range(30)]
    for future in admin(context).create_topics([NewTopic(n, 2, 1) for n in names]).values():
        future.result(WITHIN_S)
    wait_for("the topics", lambda: set(names) <= admin(context).list_topics(timeout=30).topics.keys())
    p = producer(context)
    for n in names:
        p.produce(n, n.encode(), partition=1)
    same("left", p.flush(WITHIN_S), 0)
    c = consumer(context)
    c.assign([TopicPartition(n, q, 0) for n in names for q in range(2)])
    same("records", sorted(values(take(c, 30))), sorted(n.encode() for n in names))
    c.unassign()
    for future in admin(context).delete_topics(names).values():
        future.result(WITHIN_S)
    wait_for("them to be gone", lambda: not set(names) & admin(context).list_topics(timeout=30).topics.keys())


@scenario("records_past_their_retention_go_with_their_segment", limit_s=120)
def retention(context):
    topic = create(context, retention_ms=1000, segment_ms=500)
    send(context, topic, records(5, size=100))
    place = TopicPartition(topic, 0)
    c = consumer(context)

    def gone():
        send(context, topic, records(1))
        return c.get_watermark_offsets(place)[0] >= 5

    wait_for("the first records to go", gone, 90, pause_s=0.5)


@scenario("records_over_the_retained_bytes_go_with_their_segment", limit_s=120)
def retention_bytes(context):
    topic = create(context, retention_bytes=1_500_000, segment_bytes=1_048_576)
    for _ in range(40):
        send(context, topic, records(1, size=100_000), compression_type="none")
    c = consumer(context)
    wait_for("the first records to go", lambda: c.get_watermark_offsets(TopicPartition(topic, 0))[0] > 0, 90, pause_s=0.5)
    low, high = c.get_watermark_offsets(TopicPartition(topic, 0))
    check(high == 40 and high - low >= 15, f"from {low} to {high}")
