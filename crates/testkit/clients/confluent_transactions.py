"""librdkafka's transactions: commit, abort, fencing, timeouts, offsets, and what readers see meanwhile."""

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec

from confluent_client import admin, consumer, create, failed, producer, read, records, send, take, values
from suite_tool import check, fault, raises, same, scenario, table, wait_for

WITHIN_S = 30
PATIENT = {"retry_backoff_ms": 10, "reconnect_backoff_ms": 10}


def transactional(context, transactional_id=None, **config):
    p = producer(context, transactional_id=transactional_id or context.name("tx"), **config)
    p.init_transactions(WITHIN_S)
    return p


def write(p, topic, items, partition=0):
    for item in items:
        p.produce(topic, item, partition=partition)
    same("left after flush", p.flush(WITHIN_S), 0)


def ends(context, topic, partition=0):
    """The last stable offset and the high watermark."""
    found = []
    for isolation in (IsolationLevel.READ_COMMITTED, IsolationLevel.READ_UNCOMMITTED):
        place = TopicPartition(topic, partition)
        answer = admin(context).list_offsets({place: OffsetSpec.latest()}, isolation_level=isolation)
        found.append(answer[place].result(WITHIN_S).offset)
    return tuple(found)


def seen(context, topic, count, isolation="read_committed"):
    """That many records, and nothing behind them."""
    c = consumer(context, isolation_level=isolation)
    c.assign([TopicPartition(topic, 0, 0)])
    found = take(c, count)
    extra = c.poll(0.7)
    check(extra is None, f"one more record: {extra and extra.value()}")
    return values(found)


@table("{}_transaction_over_many_partitions_is_{}", [("committed", "seen"), ("aborted", "not_seen")])
def whole_or_not_at_all(context, outcome, _):
    topic = create(context, partitions=5)
    p = transactional(context)
    for round_ in range(3):
        p.begin_transaction()
        for i in range(100):
            p.produce(topic, b"%d" % i, partition=i % 5)
        p.flush(WITHIN_S)
        p.commit_transaction(WITHIN_S) if outcome == "committed" else p.abort_transaction(WITHIN_S)
    p.begin_transaction()
    for partition in range(5):
        p.produce(topic, b"last", partition=partition)
    p.commit_transaction(WITHIN_S)
    expected = 300 if outcome == "committed" else 0
    everything = list(range(5))
    found = read(context, topic, expected + 5, partition=everything, isolation_level="read_committed")
    same("read committed", sorted(values(found)), sorted([b"%d" % i for i in range(100)] * (expected // 100) + [b"last"] * 5))
    found = read(context, topic, 305, partition=everything, isolation_level="read_uncommitted")
    same("read uncommitted", len(found), 305)


@scenario("an_open_transaction_holds_back_readers_of_committed_records_only")
def open_transaction(context):
    topic = create(context)
    send(context, topic, records(2))
    p = transactional(context)
    p.begin_transaction()
    write(p, topic, [b"open"])
    send(context, topic, records(2, 2))
    same("ends", ends(context, topic), (2, 5))
    same("committed", seen(context, topic, 2), [b"0", b"1"])
    same("uncommitted", seen(context, topic, 5, "read_uncommitted"), [b"0", b"1", b"open", b"2", b"3"])
    p.commit_transaction(WITHIN_S)
    wait_for("the end to move", lambda: ends(context, topic) == (6, 6))
    same("committed", seen(context, topic, 5), [b"0", b"1", b"open", b"2", b"3"])


@scenario("aborted_and_committed_transactions_that_overlap_are_told_apart")
def overlapping(context):
    topic = create(context)
    a, b, c = (transactional(context) for _ in range(3))
    for p in (a, b, c):
        p.begin_transaction()
    for i in range(5):
        for p, name in ((a, b"a"), (b, b"b"), (c, b"c")):
            write(p, topic, [name + b"%d" % i])
    b.abort_transaction(WITHIN_S)
    a.commit_transaction(WITHIN_S)
    b.begin_transaction()
    write(b, topic, [b"b5"])
    c.abort_transaction(WITHIN_S)
    b.commit_transaction(WITHIN_S)
    same("committed", seen(context, topic, 6), [b"a0", b"a1", b"a2", b"a3", b"a4", b"b5"])
    same("uncommitted", len(seen(context, topic, 16, "read_uncommitted")), 16)


@scenario("fetches_of_one_batch_at_a_time_skip_aborted_ones")
def small_aborted(context):
    topic = create(context)
    p = transactional(context)
    for i in range(12):
        p.begin_transaction()
        write(p, topic, [b"%d-" % i + b"x" * 3000])
        p.commit_transaction(WITHIN_S) if i % 3 == 2 else p.abort_transaction(WITHIN_S)
    small = {"fetch_message_max_bytes": 1000, "fetch_max_bytes": 1000, "message_max_bytes": 1000}
    found = read(context, topic, 4, isolation_level="read_committed", **small)
    same("values", [v[:2].rstrip(b"-") for v in values(found)], [b"2", b"5", b"8", b"11"])


@table("a_second_producer_of_one_id_fences_the_first_{}", [("before_it_writes",), ("in_a_transaction",), ("at_its_commit",)])
def fenced(context, moment):
    topic, id_ = create(context), context.name("tx")
    first = transactional(context, id_)
    if moment != "before_it_writes":
        first.begin_transaction()
        write(first, topic, [b"first"])
    second = transactional(context, id_)
    def go_on():
        if moment == "before_it_writes":
            first.begin_transaction()
        if moment != "at_its_commit":
            first.produce(topic, b"late")
            first.flush(10)
        first.commit_transaction(WITHIN_S)
    error = raises("the first producer", KafkaException, go_on).args[0]
    check(error.fatal() and error.name() in ("_FENCED", "INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED"), f"not fenced: {error} {error.fatal()}")
    second.begin_transaction()
    write(second, topic, [b"second"])
    second.commit_transaction(WITHIN_S)
    same("committed", seen(context, topic, 1), [b"second"])


@scenario("a_transaction_that_takes_too_long_is_aborted_by_the_broker")
def timeout(context):
    topic = create(context)
    p = transactional(context, transaction_timeout_ms=1000)
    p.begin_transaction()
    write(p, topic, [b"late"])
    same("ends", ends(context, topic), (0, 1))
    wait_for("the abort", lambda: ends(context, topic) == (2, 2), within_s=20)
    error = raises("its commit", KafkaException, p.commit_transaction, WITHIN_S).args[0]
    check(error.name() in ("_FENCED", "INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED", "INVALID_TXN_STATE", "_STATE"), f"error: {error}")
    q = transactional(context)
    q.begin_transaction()
    write(q, topic, [b"next"])
    q.commit_transaction(WITHIN_S)
    same("committed", seen(context, topic, 1), [b"next"])


@scenario("a_timeout_over_the_brokers_maximum_is_refused")
def too_long_timeout(context):
    p = producer(context, transactional_id=context.name("tx"), transaction_timeout_ms=1_000_000)
    raises("init", failed("INVALID_TRANSACTION_TIMEOUT"), p.init_transactions, WITHIN_S)


@table("{}_answered_late_or_never_still_{}", [("commit", "commits"), ("abort", "aborts")], faults=[fault("EndTxn"), fault("InitProducerId"), fault("Produce", 2), fault("EndTxn", 3)])
def lost_end(context, outcome, _):
    topic = create(context)
    p = transactional(context, **PATIENT)
    for i in range(3):
        p.begin_transaction()
        write(p, topic, [b"%d" % i])
        p.commit_transaction(WITHIN_S) if outcome == "commit" else p.abort_transaction(WITHIN_S)
    p.begin_transaction()
    write(p, topic, [b"last"])
    p.commit_transaction(WITHIN_S)
    same("committed", seen(context, topic, 4 if outcome == "commit" else 1), [b"0", b"1", b"2", b"last"] if outcome == "commit" else [b"last"])


def copy(context, p, c, into, count, abort_at=()):
    """Consumes, transforms and produces, offsets in the transaction; starts over from what is committed after an abort."""
    done, attempt = 0, 0
    while done < count:
        messages = take(c, 1) + [m for m in c.consume(9, 0.1) if m.error() is None]
        p.begin_transaction()
        for m in messages:
            p.produce(into, b"copy of " + m.value(), partition=m.partition())
        p.send_offsets_to_transaction(c.position(c.assignment()), c.consumer_group_metadata(), WITHIN_S)
        attempt += 1
        if attempt in abort_at:
            p.abort_transaction(WITHIN_S)
            for place in c.committed(c.assignment(), WITHIN_S):
                c.seek(TopicPartition(place.topic, place.partition, max(place.offset, 0)))
            continue
        p.commit_transaction(WITHIN_S)
        done += len(messages)
    return attempt


@table("consume_transform_produce_{}_is_exactly_once", [("without_aborts",), ("with_aborts",)], limit_s=90)
def exactly_once(context, kind):
    source, into, group = create(context, partitions=2), create(context, partitions=2), context.name("g")
    send(context, source, [dict(value=b"%d" % i, partition=i % 2) for i in range(60)])
    c = consumer(context, group_id=group, isolation_level="read_committed")
    c.subscribe([source])
    copy(context, transactional(context), c, into, 60, abort_at=(2, 3, 5) if kind == "with_aborts" else ())
    places = [TopicPartition(source, 0), TopicPartition(source, 1)]
    same("committed offsets", [place.offset for place in c.committed(places, WITHIN_S)], [30, 30])
    found = read(context, into, 60, partition=[0, 1], isolation_level="read_committed")
    same("copies", sorted(values(found)), sorted(b"copy of %d" % i for i in range(60)))


@scenario("offsets_of_a_transaction_count_only_when_it_commits")
def offsets_wait(context):
    topic, group = create(context), context.name("g")
    send(context, topic, records(10))
    c = consumer(context, group_id=group)
    c.subscribe([topic])
    take(c, 10)
    place = TopicPartition(topic, 0, 7, metadata="seven")
    p = transactional(context)
    p.begin_transaction()
    p.send_offsets_to_transaction([place], c.consumer_group_metadata(), WITHIN_S)
    p.abort_transaction(WITHIN_S)
    same("after the abort", c.committed([place], WITHIN_S)[0].offset, -1001)
    p.begin_transaction()
    p.send_offsets_to_transaction([place], c.consumer_group_metadata(), WITHIN_S)
    p.commit_transaction(WITHIN_S)
    found = c.committed([place], WITHIN_S)[0]
    same("after the commit", (found.offset, found.metadata), (7, "seven"))


@scenario("offsets_are_unstable_while_their_transaction_is_open")
def unstable(context):
    topic, group = create(context), context.name("g")
    send(context, topic, records(10))
    c = consumer(context, group_id=group)
    c.subscribe([topic])
    take(c, 10)
    place = TopicPartition(topic, 0, 4)
    p = transactional(context)
    p.begin_transaction()
    p.send_offsets_to_transaction([place], c.consumer_group_metadata(), WITHIN_S)
    reader = consumer(context, group_id=group, isolation_level="read_committed")
    raises("committed()", KafkaException, reader.committed, [place], 1.5)
    p.commit_transaction(WITHIN_S)
    same("after the commit", reader.committed([place], WITHIN_S)[0].offset, 4)


@scenario("offsets_of_a_member_that_left_are_refused")
def stale_member(context):
    topic, group = create(context), context.name("g")
    send(context, topic, records(10))
    c = consumer(context, group_id=group)
    c.subscribe([topic])
    take(c, 1)
    stale = c.consumer_group_metadata()
    c.close()
    other = consumer(context, group_id=group)
    other.subscribe([topic])
    take(other, 1)
    p = transactional(context)
    p.begin_transaction()
    raises("stale offsets", KafkaException, p.send_offsets_to_transaction, [TopicPartition(topic, 0, 3)], stale, 10)
    p.abort_transaction(WITHIN_S)
    same("nothing committed", other.committed([TopicPartition(topic, 0)], WITHIN_S)[0].offset, -1001)


@scenario("an_empty_transaction_commits_and_aborts")
def empty(context):
    p = transactional(context)
    for end in (p.commit_transaction, p.abort_transaction, p.commit_transaction):
        p.begin_transaction()
        end(WITHIN_S)


@scenario("a_transaction_of_an_earlier_process_is_aborted_by_the_next_of_its_id")
def taken_over(context):
    topic, id_ = create(context), context.name("tx")
    first = transactional(context, id_)
    first.begin_transaction()
    write(first, topic, [b"orphan"])
    same("ends", ends(context, topic), (0, 1))
    second = transactional(context, id_)
    wait_for("the abort", lambda: ends(context, topic) == (2, 2))
    second.begin_transaction()
    write(second, topic, [b"heir"])
    second.commit_transaction(WITHIN_S)
    same("committed", seen(context, topic, 1), [b"heir"])


@scenario("a_commit_is_kept_and_an_open_transaction_survives_when_the_broker_is_killed", needs=["restart"], limit_s=120)
def restart(context):
    topic = create(context)
    fast = {"reconnect_backoff_max_ms": 200}
    p = transactional(context, **fast)
    p.begin_transaction()
    write(p, topic, [b"before"])
    p.commit_transaction(WITHIN_S)
    p.begin_transaction()
    write(p, topic, [b"around 1"])
    context.control("kill_and_restart")
    same("only what was committed", values(read(context, topic, 1, isolation_level="read_committed", **fast)), [b"before"])
    write(p, topic, [b"around 2"])
    p.commit_transaction(60)
    found = read(context, topic, 3, isolation_level="read_committed", **fast)
    same("committed", values(found), [b"before", b"around 1", b"around 2"])


@scenario("each_transaction_of_a_hundred_small_ones_is_whole")
def many_small(context):
    topic = create(context, partitions=2)
    p = transactional(context, linger_ms=0)
    expected = []
    for i in range(100):
        p.begin_transaction()
        for partition in range(2):
            p.produce(topic, b"%d" % i, partition=partition)
        if i % 4 == 3:
            p.abort_transaction(WITHIN_S)
        else:
            p.commit_transaction(WITHIN_S)
            expected.append(b"%d" % i)
    for partition in range(2):
        found = read(context, topic, 75, partition=partition, isolation_level="read_committed")
        same(f"partition {partition}", values(found), expected)
