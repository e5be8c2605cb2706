"""The test tool around librdkafka (confluent-kafka). README.md here is the contract."""

import time

import confluent_kafka
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

import client_tool
from client_tool import APPEND, BATCH_BYTES, CREATE, LINGER_MS


def version(_command):
    return {"client": "librdkafka", "version": confluent_kafka.libversion()[0]}


def produce(command):
    mode = command.get("mode", "plain")
    producer = Producer(producer_config(command, mode))
    records = client_tool.records(command)
    offsets, failures = [], []

    def delivered(error, message):
        failures.append(error) if error else offsets.append(message.offset())

    if mode in ("commit", "abort"):
        producer.init_transactions(60)
        producer.begin_transaction()
    for timestamp, key, value, headers in records:
        producer.produce(
            command["topic"],
            partition=command.get("partition", 0),
            timestamp=timestamp,
            key=key,
            value=value,
            headers=headers,
            on_delivery=delivered,
        )
    left = producer.flush(60)
    if left or failures:
        raise RuntimeError(f"{left} records not sent, failures: {failures[:3]}")
    if mode == "commit":
        producer.commit_transaction(60)
    elif mode == "abort":
        producer.abort_transaction(60)
    answer = {"produced": len(offsets)}
    if offsets:
        answer |= {"first_offset": min(offsets), "last_offset": max(offsets)}
    return answer


def producer_config(command, mode):
    batch_bytes = command.get("batch_bytes", BATCH_BYTES)
    config = {
        "bootstrap.servers": command["bootstrap"],
        "compression.type": command["codec"],
        "batch.size": batch_bytes,
        "batch.num.messages": 1_000_000,
        "message.max.bytes": batch_bytes + (1 << 20),
        "linger.ms": command.get("linger_ms", LINGER_MS),
        "acks": "all",
    }
    if mode == "idempotent":
        config["enable.idempotence"] = True
    elif mode in ("commit", "abort"):
        config["transactional.id"] = command["transactional_id"]
    elif mode != "plain":
        raise ValueError(f"unknown mode {mode}")
    return config


def consume(command):
    topic, partition = command["topic"], command.get("partition", 0)
    until = command.get("until_offset")
    consumer = Consumer(
        {
            "bootstrap.servers": command["bootstrap"],
            "group.id": "unused",
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "check.crcs": True,
            "enable.partition.eof": True,
            "isolation.level": command.get("isolation", "read_uncommitted"),
            "fetch.message.max.bytes": 64 << 20,
            "fetch.max.bytes": 64 << 20,
            "fetch.wait.max.ms": 50,
            "receive.message.max.bytes": (64 << 20) + (1 << 20),
        }
    )
    answer = client_tool.Answer(command)
    deadline = time.monotonic() + command.get("timeout_ms", 60_000) / 1000
    try:
        consumer.assign([TopicPartition(topic, partition, command.get("from_offset", 0))])
        while True:
            if time.monotonic() > deadline:
                raise TimeoutError(f"time ran out after {answer.count} records")
            message = consumer.poll(0.5)
            if message is None:
                continue
            error = message.error()
            if error is not None:
                # The end of the partition (the last stable offset under read_committed); the only sign of
                # control batches, which librdkafka's position does not count.
                if error.code() != KafkaError._PARTITION_EOF:
                    raise RuntimeError(str(error))
                if until is None or message.offset() >= until:
                    break
                continue
            if until is None or message.offset() < until:
                add(answer, message)
            if until is not None and message.offset() + 1 >= until:
                break
    finally:
        consumer.close()
    return answer.finish()


def add(answer, message):
    kind, timestamp = message.timestamp()
    kinds = {confluent_kafka.TIMESTAMP_CREATE_TIME: CREATE, confluent_kafka.TIMESTAMP_LOG_APPEND_TIME: APPEND}
    answer.add(message.offset(), timestamp, kinds[kind], message.key(), message.value(), message.headers() or [])


client_tool.serve({"version": version, "produce": produce, "consume": consume})
