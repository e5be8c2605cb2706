"""A load under which a broker is killed: librdkafka's idempotent and transactional producers, which remember what was
acknowledged, and then a reader that looks at what is there.

Run as `crash_load.py BOOTSTRAP SECONDS_MAX`. It prints `ready`, then `progress N` now and then (N transactions and
acknowledged records so far), until a line `stop` comes in; then it finishes what is under way, reads everything back and
prints one JSON object with what is wrong: {"acknowledged": n, "transactions": n, "problems": [...]}.
"""

import collections
import json
import sys
import threading
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

IDEMPOTENT, LEFT, RIGHT, SOURCE, GROUP = "crash-idempotent", "crash-left", "crash-right", "crash-source", "crash-group"
PARTITIONS = 3
RECORDS_IN_TRANSACTION = 5

bootstrap, seconds_max = sys.argv[1], float(sys.argv[2])
stop = threading.Event()
problems = []
# Without recovery by bootstrapping again: librdkafka 2.13 then destroys its handle of the only broker, and an abort that was
# purging messages waits for that handle for ever, whatever the broker is.
COMMON = {"metadata.recovery.strategy": "none", "bootstrap.servers": bootstrap, "reconnect.backoff.max.ms": 200, "retry.backoff.ms": 50,
          "retry.backoff.max.ms": 200, "log_level": 2}


class IdempotentLoad:
    """Numbers, each once; remembers which were acknowledged."""

    def __init__(self):
        self.acknowledged = []
        self.producer = Producer({**COMMON, "enable.idempotence": True, "linger.ms": 5, "delivery.timeout.ms": 120000})

    def delivered(self, number):
        def note(error, _message):
            if error is None:
                self.acknowledged.append(number)
            else:
                problems.append(f"record {number} was given up: {error}")
        return note

    def run(self):
        number = 0
        while not stop.is_set():
            try:
                self.producer.produce(IDEMPOTENT, str(number), partition=number % PARTITIONS,
                                      callback=self.delivered(number))
                number += 1
            except BufferError:
                pass
            self.producer.poll(0.001)
            if number - len(self.acknowledged) > 2000:
                self.producer.poll(0.05)
        left = self.producer.flush(120)
        if left:
            problems.append(f"{left} records were neither acknowledged nor refused in two minutes")


class TransactionalLoad:
    """Transactions over two topics and a group's offset; every fifth is aborted."""

    def __init__(self):
        self.committed, self.aborted, self.unknown = [], [], []
        self.number = 0
        self.consumer = Consumer({**COMMON, "group.id": GROUP, "enable.auto.commit": False})
        self.begin_producer()

    def begin_producer(self):
        self.producer = Producer({**COMMON, "transactional.id": "crash", "transaction.timeout.ms": 60000})
        self.retried(lambda: self.producer.init_transactions(30))

    def retried(self, act):
        """Does it until it is done, or fails for good."""
        deadline = time.monotonic() + seconds_max
        while True:
            try:
                return act()
            except KafkaException as exception:
                if not exception.args[0].retriable() or time.monotonic() > deadline:
                    raise

    def once(self):
        self.producer.begin_transaction()
        for at in range(RECORDS_IN_TRANSACTION):
            for topic in (LEFT, RIGHT):
                self.producer.produce(topic, str(self.number), key=str(at), partition=at % PARTITIONS)
        position = [TopicPartition(SOURCE, 0, self.number + 1)]
        self.retried(lambda: self.producer.send_offsets_to_transaction(
            position, self.consumer.consumer_group_metadata(), 30))
        if self.number % 5 == 4:
            self.retried(lambda: self.producer.abort_transaction(30))
            self.aborted.append(self.number)
        else:
            self.retried(lambda: self.producer.commit_transaction(60))
            self.committed.append(self.number)

    def run(self):
        while not stop.is_set():
            try:
                self.once()
            except KafkaException as exception:
                error = exception.args[0]
                if error.txn_requires_abort():
                    self.retried(lambda: self.producer.abort_transaction(30))
                    self.aborted.append(self.number)
                else:
                    # Whether it was committed this producer does not know; all or nothing it must be.
                    print(f"transaction {self.number}: {error}", file=sys.stderr)
                    self.unknown.append(self.number)
                    self.begin_producer()
            self.number += 1


def read(topic, isolation):
    """Every record's number, by partition, in order."""
    consumer = Consumer({**COMMON, "group.id": "crash-reader", "isolation.level": isolation,
                         "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "earliest"})
    consumer.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
    found, ended = {partition: [] for partition in range(PARTITIONS)}, set()
    deadline = time.monotonic() + 120
    while len(ended) < PARTITIONS and time.monotonic() < deadline:
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error():
            if message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                problems.append(f"reading {topic}: {message.error()}")
            continue
        found[message.partition()].append(int(message.value()))
    if len(ended) < PARTITIONS:
        problems.append(f"{topic} could not be read to its end")
    consumer.close()
    return found


def check_idempotent(load):
    found = read(IDEMPOTENT, "read_uncommitted")
    for partition, numbers in found.items():
        if numbers != sorted(set(numbers)):
            problems.append(f"{IDEMPOTENT}-{partition} has doubled or disordered records")
    there = {number for numbers in found.values() for number in numbers}
    lost = [number for number in load.acknowledged if number not in there]
    if lost:
        problems.append(f"{len(lost)} acknowledged records are lost, the first is {lost[0]}")


def check_transactions(load):
    expected = {partition: sum(1 for at in range(RECORDS_IN_TRANSACTION) if at % PARTITIONS == partition)
                for partition in range(PARTITIONS)}
    visible = []
    for topic in (LEFT, RIGHT):
        found = read(topic, "read_committed")
        seen = {}
        for partition, numbers in found.items():
            if numbers != sorted(numbers):
                problems.append(f"{topic}-{partition} is out of order")
            for number, count in collections.Counter(numbers).items():
                seen.setdefault(number, set()).add(partition)
                if count != expected[partition]:
                    problems.append(f"{topic}-{partition}: transaction {number} has {count} records")
        for number, partitions in seen.items():
            if len(partitions) != PARTITIONS:
                problems.append(f"{topic}: transaction {number} is half visible")
        visible.append(set(seen))
    if visible[0] != visible[1]:
        problems.append(f"transactions that are in one topic alone: {sorted(visible[0] ^ visible[1])[:5]}")
    both = visible[0] & visible[1]
    problems.extend(f"transaction {number} was committed and is not there" for number in load.committed
                    if number not in both)
    problems.extend(f"transaction {number} was aborted and is there" for number in load.aborted if number in both)
    offsets = Consumer({**COMMON, "group.id": GROUP}).committed([TopicPartition(SOURCE, 0)], timeout=30)
    last = max(both, default=-1)
    if offsets[0].offset != last + 1:
        problems.append(f"the group's offset is {offsets[0].offset}, the last transaction there is {last}")


def main():
    admin = AdminClient(COMMON)
    topics = [NewTopic(topic, PARTITIONS, 1) for topic in (IDEMPOTENT, LEFT, RIGHT)] + [NewTopic(SOURCE, 1, 1)]
    for future in admin.create_topics(topics).values():
        future.result(60)
    idempotent, transactional = IdempotentLoad(), TransactionalLoad()
    threads = [threading.Thread(target=load.run, daemon=True) for load in (idempotent, transactional)]
    for thread in threads:
        thread.start()
    print("ready", flush=True)

    def report():
        while not stop.wait(0.1):
            print(f"progress {len(idempotent.acknowledged)} {len(transactional.committed)}", flush=True)

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join(seconds_max)
        if thread.is_alive():
            problems.append("a load did not end")
    reporter.join()
    check_idempotent(idempotent)
    check_transactions(transactional)
    print(json.dumps({"acknowledged": len(idempotent.acknowledged), "transactions": len(transactional.committed),
                      "aborted": len(transactional.aborted), "unknown": len(transactional.unknown),
                      "problems": problems}), flush=True)


main()
