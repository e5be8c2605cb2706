"""The scenarios of kcat, as people type it: the program is named by WATERSHED_KCAT, with the librdkafka of its distribution."""

import json
import os
import re
import subprocess
import time

import suite_tool
from confluent_client import admin, create, producer, read, send, values
from suite_tool import check, raises, same, table, wait_for

KCAT = os.environ.get("WATERSHED_KCAT", "kcat")
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


def scenario(name, **options):
    return suite_tool.scenario(name, needs=["kcat"], **options)


class Failed(Exception):
    """kcat ended with another status than 0; the text is what it said."""


def kcat(context, *arguments, given=b"", within_s=40):
    command = [KCAT, "-b", context.bootstrap, *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, timeout=within_s, check=False)
    if done.returncode:
        raise Failed(done.stderr.decode())
    return done.stdout


def everything(context, topic, *arguments):
    return kcat(context, "-C", "-q", "-e", "-t", topic, "-o", "beginning", "-X", "check.crcs=true", *arguments)


def shows(context, topic, format_):
    return everything(context, topic, "-f", format_).decode().splitlines()


@table("{}_lines_that_are_produced_are_consumed", [(c,) for c in CODECS], needs=["kcat"])
def lines(context, codec):
    topic = create(context)
    given = "".join(f"line {i} größer\n" for i in range(500)).encode()
    kcat(context, "-P", "-t", topic, "-z", codec, given=given)
    same("lines", everything(context, topic), given)


@scenario("keys_headers_partitions_and_times_are_shown_as_written")
def fields(context):
    topic = create(context, partitions=3)
    before = int(time.time() * 1000)
    kcat(context, "-P", "-t", topic, "-p", 2, "-K", ":", "-H", "a=1", "-H", "a=2", "-H", "b", given=b"k1:v1\nk2:v2\n")
    found = shows(context, topic, "%p %o %k=%s %h %S %K\n")
    same("fields", found, ["2 0 k1=v1 a=1,a=2,b=NULL 2 2", "2 1 k2=v2 a=1,a=2,b=NULL 2 2"])
    times = [int(t) for t in shows(context, topic, "%T\n")]
    check(all(before - 2000 <= t <= time.time() * 1000 + 2000 for t in times), f"times {times}")


@scenario("null_and_empty_values_are_told_apart")
def nulls(context):
    topic = create(context)
    kcat(context, "-P", "-Z", "-t", topic, "-K", ":", given=b"k:\nj:v\n")
    same("sizes", shows(context, topic, "%k %S\n"), ["k -1", "j 1"])
    kcat(context, "-P", "-t", topic, "-K", ":", given=b"e:\n")
    same("sizes", shows(context, topic, "%k %S\n"), ["k -1", "j 1", "e 0"])


@scenario("what_librdkafka_of_today_writes_kcat_reads_and_the_other_way")
def both_ways(context):
    topic = create(context)
    send(context, topic, [dict(key=b"k%d" % i, value=b"v%d" % i, headers=[("h", b"%d" % i)]) for i in range(100)], compression_type="zstd")
    same("read by kcat", shows(context, topic, "%k %s %h\n"), [f"k{i} v{i} h={i}" for i in range(100)])
    kcat(context, "-P", "-t", topic, given=b"last\n")
    same("read by today's", values(read(context, topic, 101))[-1], b"last")


@scenario("json_of_a_record_has_all_its_fields")
def as_json(context):
    topic = create(context)
    kcat(context, "-P", "-t", topic, "-K", ":", "-H", "a=1", given=b"key:value\n")
    found = json.loads(everything(context, topic, "-J"))
    same("fields", {n: found[n] for n in ("topic", "partition", "offset", "tstype", "key", "payload", "headers")}, {"topic": topic, "partition": 0, "offset": 0, "tstype": "create", "key": "key", "payload": "value", "headers": ["a", "1"]})


@scenario("the_list_names_brokers_topics_and_partitions")
def metadata(context):
    topic = create(context, partitions=4)
    found = kcat(context, "-L", "-t", topic).decode()
    check(f'topic "{topic}" with 4 partitions:' in found, found)
    check(re.search(r"1 brokers:\n  broker (\d+) at " + re.escape(context.bootstrap) + r" \(controller\)", found), found)
    same("partition lines", len(re.findall(r"partition \d, leader (\d+), replicas: \1, isrs: \1", found)), 4)


@scenario("the_list_as_json_is_whole")
def metadata_json(context):
    topic = create(context, partitions=2)
    found = json.loads(kcat(context, "-L", "-J", "-t", topic))
    (broker,) = found["brokers"]
    same("address", broker["name"], context.bootstrap)
    same("controller", found["controllerid"], broker["id"])
    (of_topic,) = found["topics"]
    id_ = broker["id"]
    same("topic", of_topic["topic"], topic)
    expected = [{"partition": p, "leader": id_, "replicas": [{"id": id_}], "isrs": [{"id": id_}]} for p in range(2)]
    same("partitions", of_topic["partitions"], expected)
    topics = [t["topic"] for t in json.loads(kcat(context, "-L", "-J"))["topics"]]
    check(topic in topics, "it is not in the list of all")


@scenario("a_query_finds_offsets_by_time")
def query(context):
    topic = create(context)
    for stamp in (1000, 3000, 2000):
        send(context, topic, [dict(value=b"v", timestamp=stamp)])
    found = [kcat(context, "-Q", "-t", f"{topic}:0:{at}").decode().strip() for at in (-2, -1, 0, 1001, 3001)]
    offsets = [int(line.split("offset ")[1].split()[0]) for line in found]
    same("offsets", offsets[:4], [0, 3, 0, 1])
    check(offsets[4] in (-1, 3), f"behind the end: {found[4]}")


@scenario("reading_begins_where_it_is_told")
def begin(context):
    topic = create(context)
    send(context, topic, [dict(value=b"%d" % i, timestamp=1_700_000_000_000 + 1000 * i) for i in range(10)])
    read_from = lambda offset: kcat(context, "-C", "-q", "-e", "-t", topic, "-o", offset).decode().split()
    same("an offset", read_from(7), ["7", "8", "9"])
    same("from the end", read_from(-2), ["8", "9"])
    same("a time", read_from("s@1700000005000"), ["5", "6", "7", "8", "9"])
    same("so many", kcat(context, "-C", "-q", "-c", 3, "-t", topic, "-o", "beginning").decode().split(), ["0", "1", "2"])


@scenario("a_group_of_kcats_begins_where_the_last_ended")
def group(context):
    topic, group_id = create(context, partitions=2), context.name("g")
    send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(10)])
    options = ("-X", "auto.offset.reset=earliest", "-X", "session.timeout.ms=3000", "-X", "heartbeat.interval.ms=200")
    read_group = lambda: kcat(context, "-q", "-e", *options, "-G", group_id, topic).decode().split()
    same("first", sorted(map(int, read_group())), list(range(10)))
    send(context, topic, [dict(value=b"%d" % i, partition=i % 2) for i in range(10, 14)])
    same("second", sorted(map(int, read_group())), list(range(10, 14)))


@scenario("idempotent_lines_whose_answers_are_late_come_once", faults=[suite_tool.fault("Produce", n, {"delay_ms": 400}) for n in (1, 3)])
def late(context):
    # Without answers this program gives up: it ends when its last connection does.
    topic = create(context)
    given = "".join(f"{i}\n" for i in range(2000)).encode()
    kcat(context, "-P", "-t", topic, "-X", "enable.idempotence=true", "-X", "batch.num.messages=300", given=given)
    same("lines", everything(context, topic), given)


@scenario("only_committed_lines_are_shown_to_who_asks_for_them")
def transaction(context):
    topic = create(context)
    for outcome in ("commit", "abort"):
        p = producer(context, transactional_id=context.name("tx"))
        p.init_transactions(30)
        p.begin_transaction()
        p.produce(topic, outcome.encode())
        p.flush(30)
        p.commit_transaction(30) if outcome == "commit" else p.abort_transaction(30)
    same("committed", everything(context, topic, "-X", "isolation.level=read_committed"), b"commit\n")
    same("all", everything(context, topic, "-X", "isolation.level=read_uncommitted"), b"commit\nabort\n")


@scenario("a_line_over_the_limit_fails_with_its_error")
def too_large(context):
    topic = create(context, max_message_bytes=2000)
    error = raises("produce", Failed, kcat, context, "-P", "-t", topic, given=b"x" * 3000 + b"\n")
    check("too large" in str(error), str(error))


@scenario("a_topic_is_created_by_its_first_line")
def auto_create(context):
    topic = context.name()
    kcat(context, "-P", "-t", topic, given=b"first\n")
    wait_for("the topic", lambda: topic in admin(context).list_topics(timeout=10).topics)
    same("lines", everything(context, topic), b"first\n")


@scenario("a_topic_that_is_not_there_is_an_error_for_readers")
def missing(context):
    error = raises("consume", Failed, kcat, context, "-C", "-e", "-t", context.name(), "-X", "allow.auto.create.topics=false")
    check("Unknown topic" in str(error) or "unknown topic" in str(error), str(error))


suite_tool.serve()
