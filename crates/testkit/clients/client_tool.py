"""What the two Python tools share: the command loop, generated records and the digest. README.md here is the contract."""

import base64
import hashlib
import json
import struct
import sys
import traceback

MASK = (1 << 64) - 1
TEXT = "The water divides: größer, naïve, вода, 水门, 🌊. ".encode()
NAMES = ["trace", "ключ", "水", ""]
BATCH_BYTES = 16 << 20
LINGER_MS = 30_000
CREATE, APPEND = 0, 1


class Unsupported(Exception):
    """The client cannot do what was asked; the text is the client's own."""


def serve(commands):
    """Answers each line of standard input by the function of its command, until the input ends."""
    answers = open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False)
    for line in sys.stdin.buffer:
        status = 0
        try:
            command = json.loads(line)
            answer = commands[command["cmd"]](command)
        except Unsupported as refusal:
            answer = {"unsupported": str(refusal)}
        except BaseException as error:  # Whatever it is, the one who asked must hear of it.
            traceback.print_exc()
            answer, status = {"error": f"{type(error).__name__}: {error}"}, 1
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if status:
            sys.exit(status)


def records(command):
    """The records of a produce command: (timestamp, key, value, [(name, value)])."""
    if "generate" in command:
        return list(generated(**command["generate"]))
    return [
        (
            record["timestamp"],
            unbase64(record.get("key")),
            unbase64(record.get("value")),
            [(name, unbase64(value)) for name, value in record.get("headers", [])],
        )
        for record in command["records"]
    ]


def unbase64(text):
    return None if text is None else base64.b64decode(text, validate=True)


def enbase64(data):
    return None if data is None else base64.b64encode(data).decode()


def generated(seed, count, null_header_values=True, null_key_and_value=True):
    """The formula of README.md."""
    random = Xorshift(seed)
    for index in range(count):
        timestamp = 1_700_000_000_000 + 3 * index + random.below(2000)
        key = random.nullable(8, 40)
        value = random.nullable(8, 200)
        headers = []
        for _ in range(random.below(4)):
            name = NAMES[random.below(4)]
            header_value = random.nullable(4, 20)
            if header_value is None and not null_header_values:
                header_value = b""
            headers.append((name, header_value))
        if key is None and value is None and not null_key_and_value:
            value = b""
        yield timestamp, key, value, headers


class Xorshift:
    def __init__(self, seed):
        self.state = seed or 0x9E3779B97F4A7C15

    def next(self):
        state = self.state
        state ^= state >> 12
        state ^= (state << 25) & MASK
        state ^= state >> 27
        self.state = state
        return (state * 0x2545F4914F6CDD1D) & MASK

    def below(self, limit):
        return (self.next() >> 33) % limit

    def nullable(self, kinds, length_limit):
        kind = self.below(kinds)
        if kind == 0:
            return None
        return b"" if kind == 1 else self.blob(self.below(length_limit))

    def blob(self, length):
        if self.below(4) == 0:
            return bytes(self.next() >> 56 for _ in range(length))
        start = self.below(len(TEXT))
        return bytes(TEXT[(start + i) % len(TEXT)] for i in range(length))


class Answer:
    """What a consume command answers: every record, or their digest."""

    def __init__(self, command):
        self.count = 0
        self.records = []
        self.digest = hashlib.sha256() if command.get("digest") else None

    def add(self, offset, timestamp, timestamp_type, key, value, headers):
        self.count += 1
        if self.digest is None:
            self.records.append(
                {
                    "offset": offset,
                    "timestamp": timestamp,
                    "timestamp_type": "append" if timestamp_type == APPEND else "create",
                    "key": enbase64(key),
                    "value": enbase64(value),
                    "headers": [[name, enbase64(data)] for name, data in headers],
                }
            )
            return
        self.digest.update(struct.pack(">qqB", offset, timestamp, timestamp_type))
        self._digest_bytes(key)
        self._digest_bytes(value)
        self.digest.update(struct.pack(">i", len(headers)))
        for name, data in headers:
            self._digest_bytes(name.encode())
            self._digest_bytes(data)

    def _digest_bytes(self, data):
        self.digest.update(struct.pack(">i", -1 if data is None else len(data)))
        if data is not None:
            self.digest.update(data)

    def finish(self):
        if self.digest is None:
            return {"count": self.count, "records": self.records}
        return {"count": self.count, "digest": self.digest.hexdigest()}
