"""librdkafka producing and consuming: codecs, order, headers, times, sizes, long polls."""

import time

from confluent_kafka import OFFSET_END, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import NewTopic

from confluent_client import admin, consumer, create, payload, producer, read, records, send, take, values
from suite_tool import check, fault, same, scenario, table, wait_for

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
MODES = {"acks_0": {"acks": 0}, "acks_1": {"acks": 1}, "acks_all": {"acks": "all"}, "idempotent": {"enable_idempotence": True}}


AWKWARD = [
    (None, None, []),
    (b"", b"", []),
    (None, b"value", [("a", None), ("a", b""), ("a", b"1")]),
    (b"key", None, [("", b"empty name"), ("\u6c34", "вода".encode())]),
    (b"\x00\xff", bytes(range(256)) * 4, [("b", b"\x00")]),
]


@table("{}_{}_round_trip_keeps_every_field", [(c, m) for c in CODECS for m in MODES])
def round_trip(context, codec, mode):
    topic = create(context)
    awkward = AWKWARD * 20
    stamped = [dict(key=k, value=v, headers=h, timestamp=1_700_000_000_000 + i) for i, (k, v, h) in enumerate(awkward)]
    send(context, topic, stamped, compression_type=codec, **MODES[mode])
    messages = read(context, topic, len(awkward))
    same("records", payload(messages), [(k, v, h) for k, v, h in awkward])
    same("offsets", [m.offset() for m in messages], list(range(len(awkward))))
    same("times", [m.timestamp() for m in messages], [(1, 1_700_000_000_000 + i) for i in range(len(awkward))])


@table("topic_with_compression_{}_keeps_records_of_{}_producers", [(t, c) for t in ("lz4", "zstd", "uncompressed") for c in ("none", "gzip")])
def recompressed(context, of_topic, codec):
    topic = create(context, compression_type=of_topic)
    send(context, topic, [dict(key=k, value=v, headers=h, timestamp=5) for k, v, h in AWKWARD * 30], compression_type=codec)
    messages = read(context, topic, len(AWKWARD) * 30)
    same("records", payload(messages), [(k, v, h) for k, v, h in AWKWARD * 30])
    same("times", {m.timestamp() for m in messages}, {(1, 5)})


@table("append_time_of_a_{}_batch_is_the_brokers", [(c,) for c in CODECS])
def append_time(context, codec):
    topic = create(context, message_timestamp_type="LogAppendTime")
    before = time.time() * 1000
    delivered = send(context, topic, [dict(value=b"v" * 50, timestamp=5)] * 20, compression_type=codec)
    messages = read(context, topic, 20)
    same("types of times", {m.timestamp()[0] for m in messages}, {2})
    check(all(before - 2000 < m.timestamp()[1] < time.time() * 1000 + 2000 for m in messages), "times are not of now")
    same("times that the producer was told", {m.timestamp() for m in delivered}, {m.timestamp() for m in messages})


@scenario("records_of_one_key_stay_in_order_on_one_partition")
def keyed_order(context):
    topic = create(context, partitions=6)
    keys = [b"key-%d" % (i % 17) for i in range(1000)]
    send(context, topic, [dict(key=k, value=b"%d" % i) for i, k in enumerate(keys)], enable_idempotence=True)
    found = {}
    for m in read(context, topic, 1000, partition=list(range(6))):
        found.setdefault(m.key(), []).append((m.partition(), int(m.value())))
    same("keys", len(found), 17)
    for key, places in found.items():
        same(f"partitions of {key}", len({p for p, _ in places}), 1)
        check([v for _, v in places] == sorted(v for _, v in places), f"{key} is out of order")


@table("answers_lost_of_{}_producer_lose_and_double_nothing", [("idempotent",)], faults=[fault("Produce", n) for n in (1, 3, 4, 7)])
def lost_answers(context, _):
    topic = create(context, partitions=2)
    p = producer(context, enable_idempotence=True, retry_backoff_ms=10, reconnect_backoff_ms=10, linger_ms=0)
    for i in range(400):
        p.produce(topic, b"%d" % i, partition=i % 2)
        if i % 40 == 39:
            same("left after flush", p.flush(30), 0)
    for partition in range(2):
        found = values(read(context, topic, 200, partition=partition))
        same("values", found, [b"%d" % i for i in range(partition, 400, 2)])
        same("end", consumer(context).get_watermark_offsets(TopicPartition(topic, partition)), (0, 200))


@scenario("connections_cut_under_an_idempotent_producer_lose_and_double_nothing", needs=["proxy"])
def cut_connections(context):
    topic = create(context)
    p = producer(context, enable_idempotence=True, retry_backoff_ms=10, reconnect_backoff_ms=10, linger_ms=1)
    for i in range(600):
        p.produce(topic, b"%d" % i)
        p.poll(0.001)
        if i % 150 == 100:
            context.control("cut")
    same("left after flush", p.flush(40), 0)
    same("values", values(read(context, topic, 600)), [b"%d" % i for i in range(600)])


@scenario("requests_lost_on_the_way_in_are_sent_again", faults=[fault("Produce", 2, "drop_request"), fault("Fetch", 2, "drop_request"), fault("Fetch", 4)])
def lost_requests(context):
    topic = create(context)
    for part in range(3):
        send(context, topic, records(50, part * 50), enable_idempotence=True, reconnect_backoff_ms=10, retry_backoff_ms=10)
    c = consumer(context, reconnect_backoff_ms=10, fetch_max_bytes=1000, message_max_bytes=1000)
    c.assign([TopicPartition(topic, 0, 0)])
    same("values", values(take(c, 150)), [r["value"] for r in records(150)])
    send(context, topic, records(50, 150))
    same("values", values(take(c, 50)), [r["value"] for r in records(50, 150)])


@scenario("idempotent_producer_goes_on_after_the_broker_was_killed", needs=["restart"], limit_s=120)
def producer_survives_restart(context):
    topic = create(context, partitions=3)
    p = producer(context, enable_idempotence=True, reconnect_backoff_max_ms=200)
    for i in range(300):
        p.produce(topic, b"%d" % i, partition=i % 3)
    p.poll(0.01)
    context.control("kill_and_restart")
    for i in range(300, 600):
        p.produce(topic, b"%d" % i, partition=i % 3)
    same("left after flush", p.flush(60), 0)
    for partition in range(3):
        found = values(read(context, topic, 200, partition=partition, reconnect_backoff_max_ms=200))
        same("values", found, [b"%d" % i for i in range(partition, 600, 3)])


@scenario("a_record_at_the_limit_passes_and_one_over_it_is_too_large")
def at_the_limit(context):
    topic = create(context, max_message_bytes=20_000)
    # 61 bytes of the batch's front, 11 of the record: its length (3), attributes, time, offset, no key, value's length (3), headers.
    fits = 20_000 - 61 - 11
    send(context, topic, [dict(value=b"x" * fits, timestamp=9)], compression_type="none")
    same("size read", len(read(context, topic, 1)[0].value()), fits)
    errors = []
    p = producer(context, compression_type="none")
    p.produce(topic, b"x" * (fits + 1), timestamp=9, on_delivery=lambda e, _: errors.append(e))
    p.flush(20)
    same("errors", [e and e.name() for e in errors], ["MSG_SIZE_TOO_LARGE"])
    same("end", consumer(context).get_watermark_offsets(TopicPartition(topic, 0)), (0, 1))


@scenario("the_brokers_own_limit_of_a_megabyte_holds_where_a_topic_has_none")
def broker_limit(context):
    topic, errors = create(context), []
    p = producer(context, message_max_bytes=4_000_000, compression_type="none")
    p.produce(topic, b"x" * (1_048_588 - 61 - 11), timestamp=9, on_delivery=lambda e, _: errors.append(e))
    p.flush(20)
    p.produce(topic, b"x" * (1_048_588 - 61 - 10), timestamp=9, on_delivery=lambda e, _: errors.append(e))
    p.flush(20)
    same("errors", [e and e.name() for e in errors], [None, "MSG_SIZE_TOO_LARGE"])


@scenario("a_limit_that_is_raised_lets_larger_batches_in")
def raised_limit(context):
    topic = create(context, max_message_bytes=8_000_000)
    send(context, topic, [dict(value=b"y" * 5_000_000)], message_max_bytes=9_000_000)
    message = read(context, topic, 1, fetch_message_max_bytes=1000)[0]
    same("size", len(message.value()), 5_000_000)


@table("fetching_{}_bytes_at_a_time_still_gets_on", [(1,), (1000,), (100_000,)])
def small_fetches(context, size):
    topic = create(context)
    for part in range(8):
        send(context, topic, records(5, 5 * part, size=8000))
    found = read(context, topic, 40, fetch_message_max_bytes=size, fetch_max_bytes=max(size, 1000), message_max_bytes=1000)
    same("values", values(found), [r["value"] for r in records(40, size=8000)])


@scenario("an_idle_fetch_waits_its_time_and_no_longer")
def long_poll_waits(context):
    topic = create(context)
    c = consumer(context, fetch_wait_max_ms=300, enable_partition_eof=True, statistics_interval_ms=0)
    c.assign([TopicPartition(topic, 0, 0)])
    ends, deadline = [], time.monotonic() + 15
    while len(ends) < 1:
        message = c.poll(0.5)
        if message is not None:
            same("kind of event", message.error().code(), KafkaError._PARTITION_EOF)
            ends.append(time.monotonic())
        check(time.monotonic() < deadline, "no end of the partition in 15 s")


@scenario("a_waiting_fetch_answers_as_soon_as_there_is_data")
def long_poll_returns_early(context):
    topic = create(context)
    c = consumer(context, fetch_wait_max_ms=20_000, fetch_min_bytes=1)
    c.assign([TopicPartition(topic, 0, 0)])
    same("nothing yet", c.poll(1.0), None)
    p = producer(context, linger_ms=0)
    worst = 0
    for i in range(20):
        p.produce(topic, b"%d" % i)
        begin = time.monotonic()
        same("left", p.flush(20), 0)
        take(c, 1, 15)
        worst = max(worst, time.monotonic() - begin)
    check(worst < 5, f"a record took {worst} s")


@scenario("a_fetch_waits_for_its_minimum_of_bytes")
def min_bytes(context):
    topic = create(context)
    c = consumer(context, fetch_wait_max_ms=8000, fetch_min_bytes=50_000)
    c.assign([TopicPartition(topic, 0, 0)])
    same("nothing yet", c.poll(0.5), None)
    begin = time.monotonic()
    send(context, topic, records(1, size=100))
    same("still nothing", c.poll(1.0), None)
    send(context, topic, records(1, 1, size=60_000), compression_type="none")
    take(c, 2, 20)
    check(time.monotonic() - begin < 7, "enough bytes did not end the wait")


@scenario("watermarks_and_lag_follow_what_was_written_and_deleted")
def watermarks(context):
    topic = create(context)
    c = consumer(context)
    place = TopicPartition(topic, 0)
    same("empty", c.get_watermark_offsets(place), (0, 0))
    send(context, topic, records(10))
    same("written", c.get_watermark_offsets(place), (0, 10))
    admin(context).delete_records([TopicPartition(topic, 0, 4)])[TopicPartition(topic, 0, 4)].result(30)
    same("deleted", c.get_watermark_offsets(place), (4, 10))
    c.assign([TopicPartition(topic, 0, 4)])
    same("from the new start", [m.offset() for m in take(c, 6)], list(range(4, 10)))
    same("as cached with the fetch", c.get_watermark_offsets(place, cached=True), (4, 10))


@scenario("offsets_for_times_finds_the_first_record_of_that_time_or_later")
def offsets_for_times(context):
    topic = create(context)
    for stamp in (1000, 3000, 2000, 5000):
        send(context, topic, [dict(value=b"v", timestamp=stamp)])
    c = consumer(context)
    found = [c.offsets_for_times([TopicPartition(topic, 0, at)], 20)[0].offset for at in (0, 1000, 1001, 2500, 3001, 5000, 5001)]
    same("offsets", found, [0, 0, 1, 1, 3, 3, OFFSET_END])


@table("an_offset_{}_is_reset_to_the_{}", [("too_high", "earliest"), ("too_high", "latest"), ("deleted", "earliest"), ("deleted", "error")])
def out_of_range(context, kind, policy):
    topic = create(context)
    send(context, topic, records(10))
    if kind == "deleted":
        admin(context).delete_records([TopicPartition(topic, 0, 6)])[TopicPartition(topic, 0, 6)].result(30)
    c = consumer(context, auto_offset_reset=policy)
    c.assign([TopicPartition(topic, 0, 50 if kind == "too_high" else 2)])
    if policy == "error":
        event = wait_for("an error", lambda: c.poll(0.2))
        same("error", event.error() and event.error().name(), "_AUTO_OFFSET_RESET")
        return
    if policy == "latest":
        same("nothing", c.poll(2.0), None)
        send(context, topic, records(1, 10))
    expected = {("too_high", "earliest"): 0, ("too_high", "latest"): 10, ("deleted", "earliest"): 6}[kind, policy]
    same("first offset", take(c, 1)[0].offset(), expected)


@scenario("producing_to_a_topic_that_is_not_there_creates_it")
def auto_create(context):
    topic = context.name()
    send(context, topic, records(3))
    same("values", values(read(context, topic, 3)), [r["value"] for r in records(3)])
    same("partitions", len(admin(context).list_topics(topic, 10).topics[topic].partitions), 1)


@scenario("a_consumer_creates_a_topic_only_where_it_may")
def consumer_auto_create(context):
    topic = context.name()
    c = consumer(context, allow_auto_create_topics=False)
    c.subscribe([topic])
    event = wait_for("an error", lambda: c.poll(0.2))
    same("error", event.error().name(), "UNKNOWN_TOPIC_OR_PART")
    check(topic not in admin(context).list_topics(timeout=10).topics, "the topic is there")
    allowed = consumer(context, allow_auto_create_topics=True, topic_metadata_refresh_interval_ms=200)
    allowed.assign([TopicPartition(topic, 0)])
    wait_for("the topic", lambda: (allowed.poll(0.1), topic in admin(context).list_topics(timeout=10).topics)[1])


@scenario("producing_to_a_bad_name_or_partition_fails_with_its_error")
def bad_targets(context):
    topic, errors = create(context), []
    p = producer(context, message_timeout_ms=8000)
    for target, partition in (("bad name!", -1), (topic, 7)):
        try:
            p.produce(target, b"v", partition=partition, on_delivery=lambda e, _: errors.append(e.name()))
        except KafkaException as error:
            errors.append(error.args[0].name())
        p.flush(20)
    same("errors", len(errors), 2)
    check(errors[0] in ("TOPIC_EXCEPTION", "_UNKNOWN_TOPIC"), f"bad name: {errors[0]}")
    check(errors[1] in ("_UNKNOWN_PARTITION", "UNKNOWN_TOPIC_OR_PART"), f"partition 7: {errors[1]}")


@scenario("a_time_too_far_ahead_is_refused_where_the_topic_says_so")
def timestamp_bounds(context):
    topic = create(context, message_timestamp_after_max_ms=60_000)
    errors = []
    p = producer(context)
    p.produce(topic, b"v", timestamp=int(time.time() * 1000) + 3_600_000, on_delivery=lambda e, _: errors.append(e))
    p.flush(20)
    same("errors", [e and e.name() for e in errors], ["INVALID_TIMESTAMP"])
    send(context, topic, records(1))


@scenario("a_compacted_topic_refuses_records_without_a_key")
def compacted_needs_keys(context):
    topic = create(context, cleanup_policy="compact")
    for config in ({"compression_type": "none"}, {"compression_type": "lz4"}):
        errors = []
        p = producer(context, **config)
        p.produce(topic, b"v" * 200, on_delivery=lambda e, _: errors.append(e))
        p.flush(20)
        same("errors", [e and e.name() for e in errors], ["INVALID_RECORD"])
        send(context, topic, [dict(key=b"k", value=b"v" * 200)], **config)


@scenario("pause_seek_and_resume_give_each_record_where_it_is_asked_for")
def seek(context):
    topic = create(context, partitions=2)
    for partition in range(2):
        send(context, topic, [dict(value=b"%d" % i, partition=partition) for i in range(50)])
    c = consumer(context)
    c.assign([TopicPartition(topic, 0, 0), TopicPartition(topic, 1, 0)])
    take(c, 100)
    c.pause([TopicPartition(topic, 0)])
    c.seek(TopicPartition(topic, 1, 30))
    same("of partition 1", [m.offset() for m in take(c, 20)], list(range(30, 50)))
    c.resume([TopicPartition(topic, 0)])
    c.seek(TopicPartition(topic, 0, 48))
    same("of partition 0", [(m.partition(), m.offset()) for m in take(c, 2)], [(0, 48), (0, 49)])


@scenario("a_consumer_of_many_partitions_gets_all_records_of_all")
def many_partitions(context):
    topic = create(context, partitions=60)
    send(context, topic, [dict(value=b"%d" % i, partition=i % 60) for i in range(1200)])
    found = read(context, topic, 1200, partition=list(range(60)))
    same("values", sorted(int(m.value()) for m in found), list(range(1200)))
    check(all(m.offset() == int(m.value()) // 60 for m in found), "offsets")


@scenario("a_topic_that_is_made_anew_is_read_from_its_new_beginning", limit_s=90)
def recreated(context):
    topic = create(context)
    send(context, topic, records(20))
    read(context, topic, 20)
    admin(context).delete_topics([topic])[topic].result(30)
    wait_for("the topic to be gone", lambda: topic not in admin(context).list_topics(timeout=10).topics)
    admin(context).create_topics([NewTopic(topic, 1, 1)])[topic].result(30)
    send(context, topic, records(5, 100))
    same("values", values(read(context, topic, 5)), [r["value"] for r in records(5, 100)])


@scenario("a_million_bytes_in_a_thousand_records_come_back_whole")
def bulk(context):
    topic = create(context, partitions=4)
    load = [dict(key=b"%d" % i, value=(b"%d " % i) * 200) for i in range(5000)]
    send(context, topic, load, linger_ms=50, batch_size=500_000, compression_type="lz4", queue_buffering_max_messages=100_000)
    found = read(context, topic, 5000, partition=[0, 1, 2, 3])
    same("records", sorted((m.key(), m.value()) for m in found), sorted((r["key"], r["value"]) for r in load))
