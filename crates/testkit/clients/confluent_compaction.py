"""Compaction as librdkafka's users see it: of each key the last committed value, at its offset."""

import time

from confluent_kafka import Producer, TopicPartition

from confluent_client import consumer, create, producer, send
from suite_tool import PAUSE, check, same, scenario

WITHIN_S = 30


def everything(context, topic, isolation):
    """All records there are, from the first on."""
    c = consumer(context, isolation_level=isolation, enable_partition_eof=True)
    c.assign([TopicPartition(topic, 0, 0)])
    found, deadline = [], time.monotonic() + WITHIN_S
    while True:
        check(time.monotonic() < deadline, f"no end after {len(found)} records")
        message = c.poll(0.2)
        if message is not None and message.error() is not None:
            c.unassign()
            return found
        if message is not None:
            found.append(message)


@scenario("a_compacted_topic_ends_with_the_last_committed_value_of_each_key_at_its_offset", limit_s=180)
def last_values(context):
    topic = create(
        context,
        cleanup_policy="compact",
        segment_ms=100,
        min_cleanable_dirty_ratio="0.01",
        delete_retention_ms=100,
    )
    offsets = {}

    def put(pairs, **config):
        for message in send(context, topic, [dict(key=key, value=value) for key, value in pairs], **config):
            offsets[message.key()] = message.offset()

    for round_, codec in enumerate(["none", "gzip", "lz4", "snappy", "zstd"]):
        put([(b"key %d" % i, b"%d" % round_ * 20) for i in range(10)], compression_type=codec)
        PAUSE.wait(0.2)
    put([(b"deleted", b"value")])
    put([(b"deleted", None), (b"key 3", b"later")], enable_idempotence=True)
    p = producer(context, transactional_id=context.name("tx"))
    p.init_transactions(WITHIN_S)
    transaction(p, topic, [(b"key 4", b"aborted"), (b"never", b"aborted")], commit=False)
    transaction(p, topic, [(b"key 5", b"committed")], commit=True)
    expected = {b"key %d" % i: b"4" * 20 for i in range(10)}
    expected.update({b"key 3": b"later", b"key 5": b"committed"})
    deadline = time.monotonic() + 120
    while True:
        # Only closed segments are compacted, and one is closed by the next record.
        send(context, topic, [dict(key=b"tick", value=b"")])
        for isolation in ("read_committed", "read_uncommitted"):
            found = [m for m in everything(context, topic, isolation) if m.key() != b"tick"]
            if isolation == "read_committed":
                last = {m.key(): m.value() for m in found}
                same("values", {key: value for key, value in last.items() if value is not None}, expected)
        if sorted(m.key() for m in found) == sorted(expected):
            break
        check(time.monotonic() < deadline, f"still {[(m.offset(), m.key(), m.value()) for m in found]}")
        PAUSE.wait(0.3)
    for message in found:
        if message.key() != b"key 5":
            same(f"offset of {message.key()}", message.offset(), offsets[message.key()])


def transaction(p: Producer, topic, pairs, commit):
    p.begin_transaction()
    for key, value in pairs:
        p.produce(topic, key=key, value=value)
    same("left after flush", p.flush(WITHIN_S), 0)
    p.commit_transaction(WITHIN_S) if commit else p.abort_transaction(WITHIN_S)
