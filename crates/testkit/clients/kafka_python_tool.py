"""The test tool around kafka-python. README.md here is the contract."""

import time

import kafka
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

import client_tool
from client_tool import BATCH_BYTES, LINGER_MS, Unsupported

# No topic has it: a record sent here is checked in full and then refused, so that nothing is written.
PARTITION_THAT_IS_NOT = 2**31 - 1


def version(_command):
    return {"client": "kafka-python", "version": kafka.__version__}


def produce(command):
    mode = command.get("mode", "plain")
    records = client_tool.records(command)
    producer = KafkaProducer(**producer_config(command, mode))
    try:
        refuse_what_the_client_refuses(producer, command["topic"], records)
        if mode in ("commit", "abort"):
            producer.init_transactions()
            producer.begin_transaction()
        sent = [
            producer.send(
                command["topic"],
                partition=command.get("partition", 0),
                timestamp_ms=timestamp,
                key=key,
                value=value,
                headers=headers,
            )
            for timestamp, key, value, headers in records
        ]
        producer.flush(60)
        offsets = [future.get(60).offset for future in sent]
        if mode == "commit":
            producer.commit_transaction()
        elif mode == "abort":
            producer.abort_transaction()
    finally:
        producer.close(10)
    answer = {"produced": len(offsets)}
    if offsets:
        answer |= {"first_offset": offsets[0], "last_offset": offsets[-1]}
    return answer


def refuse_what_the_client_refuses(producer, topic, records):
    """Asks the client itself, on the records that some versions of it refuse, before anything is sent."""
    suspects = [
        record for record in records
        if (record[1] is None and record[2] is None) or any(value is None for _, value in record[3])
    ]
    for timestamp, key, value, headers in suspects:
        try:
            producer.send(topic, value, key, headers, PARTITION_THAT_IS_NOT, timestamp)
        except (TypeError, ValueError) as refusal:
            if "Unrecognized partition" not in str(refusal):
                raise Unsupported(f"kafka-python {kafka.__version__}: {type(refusal).__name__}: {refusal}") from None


def producer_config(command, mode):
    batch_bytes = command.get("batch_bytes", BATCH_BYTES)
    codec = command["codec"]
    config = {
        "bootstrap_servers": command["bootstrap"],
        "compression_type": None if codec == "none" else codec,
        "batch_size": batch_bytes,
        "linger_ms": command.get("linger_ms", LINGER_MS),
        "max_request_size": batch_bytes + (1 << 20),
        "acks": "all",
        "enable_idempotence": mode != "plain",
    }
    if mode in ("commit", "abort"):
        config["transactional_id"] = command["transactional_id"]
    elif mode not in ("plain", "idempotent"):
        raise ValueError(f"unknown mode {mode}")
    return config


def consume(command):
    partition = TopicPartition(command["topic"], command.get("partition", 0))
    consumer = KafkaConsumer(
        bootstrap_servers=command["bootstrap"],
        isolation_level=command.get("isolation", "read_uncommitted"),
        check_crcs=True,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_poll_records=100_000,
        max_partition_fetch_bytes=64 << 20,
        fetch_max_bytes=64 << 20,
        fetch_max_wait_ms=50,
    )
    answer = client_tool.Answer(command)
    deadline = time.monotonic() + command.get("timeout_ms", 60_000) / 1000
    try:
        consumer.assign([partition])
        consumer.seek(partition, command.get("from_offset", 0))
        until = command.get("until_offset")
        if until is None:
            until = consumer.end_offsets([partition])[partition]
        while (position := consumer.position(partition)) < until:
            if time.monotonic() > deadline:
                raise TimeoutError(f"time ran out at offset {position} of {until}")
            for record in consumer.poll(500).get(partition, []):
                if record.offset < until:
                    answer.add(
                        record.offset, record.timestamp, record.timestamp_type, record.key, record.value, record.headers
                    )
    finally:
        consumer.close(autocommit=False)
    return answer.finish()


client_tool.serve({"version": version, "produce": produce, "consume": consume})
