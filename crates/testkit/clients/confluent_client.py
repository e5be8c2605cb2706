"""librdkafka as the scenarios use it: short ways to make topics, to send, and to read."""

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import time

from suite_tool import check, same, wait_for


def admin(context):
    # Kept: its calls end with it.
    if not hasattr(context, "admin"):
        context.admin = AdminClient({"bootstrap.servers": context.bootstrap})
    return context.admin


def create(context, partitions=1, **config):
    topic = context.name()
    config = {name.replace("_", "."): str(value) for name, value in config.items()}
    admin(context).create_topics([NewTopic(topic, partitions, 1, config=config)])[topic].result(30)
    # A broker may answer before it knows its new topic.
    wait_for("the new topic", lambda: topic in admin(context).list_topics(timeout=30).topics)
    return topic


def producer(context, **config):
    config = {name.replace("_", "."): value for name, value in config.items()}
    return Producer({"bootstrap.servers": context.bootstrap, "linger.ms": 5, **config})


DELIVERY = {"acks", "enable_idempotence", "retries", "message_send_max_retries", "max_in_flight"}
DELIVERY |= {"max_in_flight_requests_per_connection", "request_required_acks"}


def send(context, topic, records, **config):
    """Produces keyword records, waits for all, and returns the messages as delivered. Idempotent unless the caller has its
    own mind about delivery: a retry on a busy broker must not double what a claim counts."""
    if not DELIVERY & config.keys():
        config["enable_idempotence"] = True
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
    config = {name if name == "on_commit" else name.replace("_", "."): value for name, value in config.items()}
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


def failed(name):
    """A predicate for raises: the error has Kafka's code of this name."""
    return lambda error: isinstance(error, KafkaException) and error.args[0].name() == name


def records(count, first=0, size=0):
    return [dict(value=(b"%d" % i).ljust(size, b".")) for i in range(first, first + count)]


def values(messages):
    return [m.value() for m in messages]
