"""kafka-python producing and consuming: codecs, order, headers, times, sizes, long polls, transactions."""

import time

from kafka import TopicPartition
from kafka import errors
from kafka.structs import OffsetAndMetadata

from kafka_python_client import assigned, consumer, create, numbered, polled, producer, read, send, take, values
from suite_tool import check, fault, raises, same, scenario, table, wait_for

CODECS = (None, "gzip", "snappy", "lz4", "zstd")
MODES = {
    "acks_0": {"acks": 0, "enable_idempotence": False},
    "acks_1": {"acks": 1, "enable_idempotence": False},
    "acks_all": {"acks": "all", "enable_idempotence": False},
    "idempotent": {"enable_idempotence": True},
}
# This client sends neither a null header value nor a record with neither key nor value.
AWKWARD = [
    (b"", b"", []),
    (None, b"value", [("a", b""), ("a", b"1"), ("a", b"1")]),
    (b"key", None, [("", b"empty name"), ("\u6c34", "вода".encode())]),
    (b"\x00\xff", bytes(range(256)) * 4, [("b", b"\x00")]),
]


@table("{}_{}_round_trip_keeps_every_field", [(c or "none", m) for c in CODECS for m in MODES])
def round_trip(context, codec, mode):
    topic = create(context)
    awkward = AWKWARD * 25
    stamped = [dict(key=k, value=v, headers=h, timestamp_ms=1_700_000_000_000 + i) for i, (k, v, h) in enumerate(awkward)]
    send(context, topic, stamped, compression_type=None if codec == "none" else codec, **MODES[mode])
    found = read(context, topic, len(awkward))
    same("records", [(r.key, r.value, list(r.headers)) for r in found], awkward)
    same("places", [(r.offset, r.timestamp, r.timestamp_type) for r in found], [(i, 1_700_000_000_000 + i, 0) for i in range(len(awkward))])


@table("append_time_of_a_{}_batch_is_the_brokers", [(c or "none",) for c in CODECS])
def append_time(context, codec):
    topic, before = create(context, message_timestamp_type="LogAppendTime"), time.time() * 1000
    answers = send(context, topic, numbered(20, timestamp_ms=5), compression_type=None if codec == "none" else codec)
    found = read(context, topic, 20)
    same("types", {r.timestamp_type for r in found}, {1})
    check(all(before - 2000 < r.timestamp < time.time() * 1000 + 2000 for r in found), "times are not of now")
    same("times that the producer was told", [a.timestamp for a in answers], [r.timestamp for r in found])


@scenario("records_of_one_key_stay_in_order_on_one_partition")
def keyed_order(context):
    topic = create(context, partitions=5)
    send(context, topic, [dict(key=b"key-%d" % (i % 13), value=b"%d" % i) for i in range(650)])
    found = {}
    for r in read(context, topic, 650, partitions=range(5)):
        found.setdefault(r.key, []).append((r.partition, int(r.value)))
    same("keys", len(found), 13)
    for key, places in found.items():
        same(f"partitions of {key}", len({p for p, _ in places}), 1)
        same(f"order of {key}", [v for _, v in places], sorted(v for _, v in places))


@scenario("answers_lost_of_an_idempotent_producer_lose_and_double_nothing", faults=[fault("Produce", n) for n in (1, 3, 4, 7)])
def lost_answers(context):
    topic = create(context)
    p = producer(context, linger_ms=0, retry_backoff_ms=10, reconnect_backoff_ms=10)
    for i in range(300):
        p.send(topic, b"%d" % i)
        if i % 30 == 29:
            p.flush(30)
    same("values", values(read(context, topic, 300)), [b"%d" % i for i in range(300)])


@scenario("a_record_at_the_limit_passes_and_one_over_it_is_too_large")
def at_the_limit(context):
    topic = create(context, max_message_bytes=20_000)
    # 61 bytes of the batch's front; of the record its length (3), attributes, time, offset, no key, value's length (3), headers.
    fits = 20_000 - 61 - 11
    send(context, topic, [dict(value=b"x" * fits)], batch_size=1)
    raises("one byte more", errors.MessageSizeTooLargeError, send, context, topic, [dict(value=b"x" * (fits + 1))], batch_size=1)
    same("size read", [len(r.value) for r in read(context, topic, 1)], [fits])


@scenario("a_batch_over_the_limit_is_split_and_arrives")
def batch_over_limit(context):
    topic = create(context, max_message_bytes=5_000)
    p = producer(context, batch_size=20_000, linger_ms=300)
    futures = [p.send(topic, b"%03d" % i + b"z" * 800) for i in range(20)]
    for future in futures:
        future.get(30)
    same("records", [v[:3] for v in values(read(context, topic, 20))], [b"%03d" % i for i in range(20)])


@table("fetching_{}_bytes_at_a_time_still_gets_on", [(1,), (1000,), (100_000,)])
def small_fetches(context, size):
    topic = create(context)
    for part in range(6):
        send(context, topic, numbered(5, 5 * part, size=8000))
    found = read(context, topic, 30, max_partition_fetch_bytes=size, fetch_max_bytes=size)
    same("values", values(found), [r["value"] for r in numbered(30, size=8000)])


@scenario("an_idle_fetch_waits_its_time_and_no_longer")
def long_poll_waits(context):
    c = assigned(context, create(context), fetch_max_wait_ms=400)
    polled(c, 3000)
    metrics = c.metrics()["consumer-fetch-manager-metrics"]
    same("records", metrics["records-consumed-rate"], 0)
    # Several fetches in three seconds, each of four tenths, with slack tenfold.
    check(350 <= metrics["fetch-latency-avg"] < 4000, f"fetches took {metrics['fetch-latency-avg']} ms")


@scenario("a_waiting_fetch_answers_as_soon_as_there_is_data")
def long_poll_returns_early(context):
    topic = create(context)
    c = assigned(context, topic, fetch_max_wait_ms=20_000)
    same("nothing yet", polled(c, 500), [])
    p, worst = producer(context, linger_ms=0), 0
    for i in range(10):
        p.send(topic, b"%d" % i).get(20)
        begin = time.monotonic()
        take(c, 1)
        worst = max(worst, time.monotonic() - begin)
    check(worst < 5, f"a record took {worst} s")


@scenario("a_fetch_waits_for_its_minimum_of_bytes")
def min_bytes(context):
    topic = create(context)
    c = assigned(context, topic, fetch_max_wait_ms=8000, fetch_min_bytes=50_000)
    polled(c, 300)
    begin = time.monotonic()
    send(context, topic, numbered(1, size=100))
    same("still nothing", polled(c, 1000), [])
    send(context, topic, numbered(1, 1, size=60_000))
    take(c, 2)
    check(time.monotonic() - begin < 7, "enough bytes did not end the wait")


@scenario("fetch_sessions_follow_partitions_that_come_and_go")
def fetch_sessions(context):
    topic = create(context, partitions=8)
    c = assigned(context, topic, range(8))
    for round_ in range(4):
        send(context, topic, [dict(value=b"%d" % round_, partition=p) for p in range(8)])
        same("records", sorted((r.partition, r.offset) for r in take(c, 8)), [(p, round_) for p in range(8)])
    c.assign([TopicPartition(topic, p) for p in range(0, 8, 2)])
    for p in range(0, 8, 2):
        c.seek(TopicPartition(topic, p), 3)
    same("of those that stayed", sorted((r.partition, r.offset) for r in take(c, 4)), [(p, 3) for p in range(0, 8, 2)])
    send(context, topic, [dict(value=b"4", partition=p) for p in range(8)])
    same("later", sorted((r.partition, r.offset) for r in take(c, 4)), [(p, 4) for p in range(0, 8, 2)])


@scenario("beginnings_ends_and_times_are_found")
def offsets(context):
    topic = create(context, partitions=2)
    c, place = consumer(context), TopicPartition(topic, 0)
    same("empty", (c.beginning_offsets([place]), c.end_offsets([place])), ({place: 0}, {place: 0}))
    for stamp in (1000, 3000, 2000, 5000):
        send(context, topic, [dict(value=b"v", partition=0, timestamp_ms=stamp)])
    same("end", c.end_offsets([place, TopicPartition(topic, 1)]), {place: 4, TopicPartition(topic, 1): 0})
    found = [c.offsets_for_times({place: at})[place] for at in (0, 1000, 1001, 3001, 5001)]
    same("by time", [f and (f.offset, f.timestamp) for f in found], [(0, 1000), (0, 1000), (1, 3000), (3, 5000), None])


@scenario("an_offset_out_of_range_is_reset")
def out_of_range(context):
    topic = create(context)
    send(context, topic, numbered(10))
    same("to the earliest", take(assigned(context, topic, offset=99), 1)[0].offset, 0)
    c = assigned(context, topic, offset=99, auto_offset_reset="none")
    raises("without a reset", errors.OffsetOutOfRangeError, lambda: take(c, 1, 10))


@scenario("producing_to_a_topic_that_is_not_there_creates_it")
def auto_create(context):
    topic = context.name()
    send(context, topic, numbered(3))
    same("values", values(read(context, topic, 3)), [r["value"] for r in numbered(3)])


@scenario("a_bad_topic_name_fails_at_once")
def bad_name(context):
    p = producer(context, max_block_ms=4000)
    raises("send", Exception, lambda: p.send("bad name!", b"v").get(10))


def transactional(context, id_=None, **config):
    p = producer(context, transactional_id=id_ or context.name("tx"), **config)
    p.init_transactions()
    return p


def committed(context, topic, count):
    """That many committed records, and nothing behind them."""
    c = assigned(context, topic, isolation_level="read_committed")
    found = values(take(c, count) if count else [])
    same("behind them", values(polled(c, 600)), [])
    return found


@table("a_transaction_that_is_{}_is_whole_or_not_there", [("committed",), ("aborted",)])
def transaction(context, outcome):
    topic = create(context, partitions=3)
    p = transactional(context)
    for round_ in range(3):
        p.begin_transaction()
        for i in range(30):
            p.send(topic, b"%d" % i, partition=i % 3)
        p.commit_transaction() if outcome == "committed" else p.abort_transaction()
    p.begin_transaction()
    for partition in range(3):
        p.send(topic, b"last", partition=partition)
    p.commit_transaction()
    for partition in range(3):
        expected = [b"%d" % i for i in range(partition, 30, 3)] * (3 if outcome == "committed" else 0) + [b"last"]
        found = read(context, topic, len(expected), partitions=[partition], isolation_level="read_committed")
        same("read committed", values(found), expected)


@scenario("an_open_transaction_holds_back_readers_of_committed_records_only")
def open_transaction(context):
    topic, place = create(context), None
    place = TopicPartition(topic, 0)
    send(context, topic, numbered(2))
    p = transactional(context)
    p.begin_transaction()
    p.send(topic, b"open").get(20)
    send(context, topic, numbered(1, 2))
    same("committed", committed(context, topic, 2), [b"0", b"1"])
    same("uncommitted", values(read(context, topic, 4)), [b"0", b"1", b"open", b"2"])
    same("end", consumer(context, isolation_level="read_committed").end_offsets([place])[place], 2)
    p.commit_transaction()
    same("committed", committed(context, topic, 4), [b"0", b"1", b"open", b"2"])


@scenario("a_second_producer_of_one_id_fences_the_first")
def fenced(context):
    topic, id_ = create(context), context.name("tx")
    first = transactional(context, id_)
    first.begin_transaction()
    first.send(topic, b"first").get(20)
    second = transactional(context, id_)

    def go_on():
        first.send(topic, b"late").get(20)
        first.commit_transaction()

    error = raises("the first", errors.KafkaError, go_on)
    names = ("ProducerFenced", "InvalidProducerEpoch")
    check(any(n in f"{type(error).__name__} {error}" for n in names), f"not fenced: {type(error).__name__} {error}")
    second.begin_transaction()
    second.send(topic, b"second")
    second.commit_transaction()
    same("committed", committed(context, topic, 1), [b"second"])


@scenario("a_transaction_that_takes_too_long_is_aborted_by_the_broker")
def timeout(context):
    topic = create(context)
    place = TopicPartition(topic, 0)
    p = transactional(context, transaction_timeout_ms=1000)
    p.begin_transaction()
    p.send(topic, b"late").get(20)
    c = consumer(context, isolation_level="read_committed")
    same("end", c.end_offsets([place])[place], 0)
    wait_for("the abort", lambda: c.end_offsets([place])[place] == 2, 20)
    raises("commit", errors.KafkaError, p.commit_transaction)
    same("committed", committed(context, topic, 0), [])


@table("{}_that_lost_its_answers_still_does", [("commit",), ("abort",)], faults=[fault("EndTxn"), fault("EndTxn", 3), fault("InitProducerId")])
def lost_end(context, outcome):
    topic = create(context)
    p = transactional(context, reconnect_backoff_ms=10)
    for i in range(3):
        p.begin_transaction()
        # An abort before anything is sent needs no EndTxn.
        p.send(topic, b"%d" % i).get(20)
        p.commit_transaction() if outcome == "commit" else p.abort_transaction()
    expected = [b"0", b"1", b"2"] if outcome == "commit" else []
    same("committed", committed(context, topic, len(expected)), expected)


@table("offsets_of_a_transaction_that_is_{}_count_only_if_it_commits", [("committed",), ("aborted",)])
def offsets_in_transaction(context, outcome):
    source, into, group = create(context), create(context), context.name("g")
    send(context, source, numbered(20))
    c = consumer(context, source, group_id=group, isolation_level="read_committed")
    records = take(c, 20)
    p = transactional(context)
    p.begin_transaction()
    for r in records:
        p.send(into, b"copy " + r.value)
    offsets = {TopicPartition(source, 0): OffsetAndMetadata(20, "meta", -1)}
    p.send_offsets_to_transaction(offsets, c.group_metadata())
    p.commit_transaction() if outcome == "committed" else p.abort_transaction()
    place = TopicPartition(source, 0)
    if outcome == "committed":
        wait_for("the offset", lambda: c.committed(place) == 20)
        same("metadata", c.committed(place, metadata=True).metadata, "meta")
        same("copies", committed(context, into, 20), [b"copy %d" % i for i in range(20)])
    else:
        same("committed", c.committed(place), None)
        same("copies", committed(context, into, 0), [])


@scenario("a_transaction_goes_on_after_the_broker_was_killed", needs=["restart"], limit_s=120)
def restart(context):
    topic = create(context)
    p = transactional(context, reconnect_backoff_max_ms=200)
    p.begin_transaction()
    p.send(topic, b"before").get(20)
    context.control("kill_and_restart")
    p.send(topic, b"after").get(60)
    p.commit_transaction()
    same("committed", committed(context, topic, 2), [b"before", b"after"])
