"""kafka-python as the scenarios use it: short ways to make topics, to send, and to read."""

import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from suite_tool import check, wait_for

WITHIN_S = 30


def admin(context):
    if not hasattr(context, "admin"):
        context.admin = KafkaAdminClient(bootstrap_servers=context.bootstrap)
        context.defer(context.admin.close)
    return context.admin


def create(context, partitions=1, **config):
    topic = context.name()
    configs = {name.replace("_", "."): str(value) for name, value in config.items()}
    new = {topic: {"num_partitions": partitions, "replication_factor": 1, "configs": configs}}
    admin(context).create_topics(new, wait_for_metadata=True)
    return topic


def producer(context, **config):
    p = KafkaProducer(bootstrap_servers=context.bootstrap, **{"linger_ms": 5, "retry_backoff_ms": 50, **config})
    context.defer(p.close, 1)
    return p


def send(context, topic, records, **config):
    """Produces keyword records and returns the answers, in order. Idempotent unless the caller has its own mind about
    delivery: a retry on a busy broker must not double what a claim counts."""
    if not {"acks", "enable_idempotence", "retries", "max_in_flight_requests_per_connection"} & config.keys():
        config["enable_idempotence"] = True
    p = producer(context, **config)
    futures = [p.send(topic, **record) for record in records]
    p.flush(WITHIN_S)
    answers = [future.get(WITHIN_S) for future in futures]
    p.close(10)
    return answers


def consumer(context, *topics, **config):
    defaults = {
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "fetch_max_wait_ms": 100,
        "retry_backoff_ms": 50,
    }
    c = KafkaConsumer(*topics, bootstrap_servers=context.bootstrap, **{**defaults, **config})
    context.defer(c.close, False, 2000)
    return c


def assigned(context, topic, partitions=(0,), offset=None, **config):
    c = consumer(context, **config)
    places = [TopicPartition(topic, p) for p in partitions]
    c.assign(places)
    if offset is None:
        c.seek_to_beginning(*places)
    else:
        c.seek(places[0], offset)
    return c


def polled(c, timeout_ms=200):
    return [record for batch in c.poll(timeout_ms=timeout_ms).values() for record in batch]


def take(c, count, within_s=WITHIN_S):
    records, deadline = [], time.monotonic() + within_s
    while len(records) < count:
        check(time.monotonic() < deadline, f"{len(records)} of {count} records after {within_s} s")
        records += polled(c)
    return records


def read(context, topic, count, **options):
    return take(assigned(context, topic, **options), count)


def values(records):
    return [r.value for r in records]


def numbered(count, first=0, size=0, **fields):
    return [dict(value=(b"%d" % i).ljust(size, b"."), **fields) for i in range(first, first + count)]


def settle(what, members, until, within_s=40):
    """Polls all members in turn until it is so."""

    def look():
        for member in members:
            member.poll()
        return until()

    return wait_for(what, look, within_s)

