"""Producing and consuming: codecs, order, headers, times, sizes, long polls."""

import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from suite_tool import check, fault, same, scenario, table


def admin(context):
    # Kept: its calls end with it.
    if not hasattr(context, "admin"):
        context.admin = AdminClient({"bootstrap.servers": context.bootstrap})
    return context.admin


def create(context, partitions=1, **config):
    topic = context.name()
    config = {name.replace("_", "."): str(value) for name, value in config.items()}
    admin(context).create_topics([NewTopic(topic, partitions, 1, config=config)])[topic].result(30)
    return topic


def producer(context, **config):
    config = {name.replace("_", "."): value for name, value in config.items()}
    return Producer({"bootstrap.servers": context.bootstrap, "linger.ms": 5, **config})


def send(context, topic, records, **config):
    """Produces keyword records, waits for all, and returns the messages as delivered."""
    p, delivered = producer(context, **config), []

    def done(error, message):
        check(error is None, f"not delivered: {error}")
        delivered.append(message)

    for record in records:
        p.produce(topic, on_delivery=done, **record)
        p.poll(0)
    same("records not delivered", p.flush(40), 0)
    return delivered


def consumer(context, **config):
    config = {name.replace("_", "."): value for name, value in config.items()}
    defaults = {
        "bootstrap.servers": context.bootstrap,
        "group.id": context.name("g"),
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "check.crcs": True,
        "fetch.wait.max.ms": 100,
    }
    c = Consumer({**defaults, **config})
    context.defer(c.close)
    return c


def read(context, topic, count, partition=0, offset=OFFSET_BEGINNING, within_s=30, **config):
    """That many messages of a partition, or of all partitions where partition is a list."""
    c = consumer(context, **config)
    partitions = partition if isinstance(partition, list) else [partition]
    c.assign([TopicPartition(topic, p, offset) for p in partitions])
    return take(c, count, within_s)


def take(c, count, within_s=30):
    messages, deadline = [], time.monotonic() + within_s
    while len(messages) < count:
        check(time.monotonic() < deadline, f"{len(messages)} of {count} messages after {within_s} s")
        message = c.poll(0.2)
        if message is not None:
            check(message.error() is None, f"consuming: {message.error()}")
            messages.append(message)
    return messages


def payload(messages):
    return [(m.key(), m.value(), m.headers() or []) for m in messages]


AWKWARD = [
    (None, None, []),
    (b"", b"", []),
    (None, b"value", [("a", None), ("a", b""), ("a", b"1")]),
    (b"key", None, [("", b"empty name"), ("\u6c34", "вода".encode())]),
    (b"\x00\xff", bytes(range(256)) * 4, [("b", b"\x00")]),
]


@table("{}_{}_round_trip_keeps_every_field", [(c, m) for c in ("none", "gzip", "snappy", "lz4", "zstd") for m in ("acks_1", "acks_all", "idempotent")])
def round_trip(context, codec, mode):
    topic = create(context)
    config = {"acks_1": {"acks": 1}, "acks_all": {"acks": "all"}, "idempotent": {"enable_idempotence": True}}[mode]
    records = AWKWARD * 20
    send(
        context,
        topic,
        [dict(key=k, value=v, headers=h, timestamp=1_700_000_000_000 + i) for i, (k, v, h) in enumerate(records)],
        compression_type=codec,
        **config,
    )
    messages = read(context, topic, len(records))
    same("records", payload(messages), [(k, v, h) for k, v, h in records])
    same("offsets", [m.offset() for m in messages], list(range(len(records))))
    same("times", [m.timestamp() for m in messages], [(1, 1_700_000_000_000 + i) for i in range(len(records))])


@scenario("produce_whose_answer_is_lost_is_neither_lost_nor_doubled", faults=[fault("Produce", 2), fault("Produce", 4)])
def lost_answers(context):
    topic = create(context)
    values = [str(i).encode() for i in range(300)]
    for part in range(6):
        send_config = dict(enable_idempotence=True, retry_backoff_ms=10, reconnect_backoff_ms=10)
        send(context, topic, [dict(value=v) for v in values[part * 50 : part * 50 + 50]], **send_config)
    found = [m.value() for m in read(context, topic, 300)]
    same("values", found, values)
