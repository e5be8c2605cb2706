"""Reads and writes Kafka messages with the CloudEvents SDK for Python (cloudevents==2.2.0), as its users do.

Commands and replies as README.md has them: one JSON object a line, bytes in base64 or null. Headers are a list of
[name, base64].

    {"cmd": "version"}
        -> {"client": "cloudevents", "version": "2.2.0"}
    {"cmd": "write", "mode": "binary" | "structured", "attributes": {...}, "data": DATA}
        -> {"headers": [...], "key": null | base64, "value": base64}
    {"cmd": "read", "headers": [...], "key": null | base64, "value": null | base64}
        -> {"attributes": {...}, "data": DATA}

DATA is null, {"json": any}, {"text": string} or {"base64": string}.
Attributes that are read are given as CloudEvents' canonical strings, `time` as UTC with six digits of a second, so
that equal events give equal replies; those to be written may be strings, numbers and booleans, `time` an RFC 3339
string.
"""

from datetime import datetime, timezone
from importlib.metadata import version

from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from dateutil.parser import isoparse

from client_tool import enbase64, serve, unbase64


class EventAsGiven(CloudEvent):
    """The SDK gives an event without a time the time of now: this one has only what was in the message."""

    def __init__(self, attributes, data=None):
        has_time = "time" in attributes
        super().__init__(attributes, data)
        if not has_time:
            del self.get_attributes()["time"]


def data_from(given):
    if given is None:
        return None
    (kind, value), = given.items()
    return unbase64(value) if kind == "base64" else value


def data_to(data):
    if data is None:
        return None
    if isinstance(data, (bytes, bytearray)):
        return {"base64": enbase64(bytes(data))}
    return {"text": data} if isinstance(data, str) else {"json": data}


def canonical(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return str(value)


def write(command):
    attributes = dict(command["attributes"])
    if "time" in attributes:
        attributes["time"] = isoparse(attributes["time"])
    event = EventAsGiven(attributes, data_from(command["data"]))
    to_message = {"binary": kafka.to_binary, "structured": kafka.to_structured}[command["mode"]]
    message = to_message(event, JSONFormat())
    key = message.key.encode("utf-8") if isinstance(message.key, str) else message.key
    headers = [[name, enbase64(value)] for name, value in message.headers.items()]
    return {"headers": headers, "key": enbase64(key), "value": enbase64(message.value)}


def read(command):
    headers = {name: unbase64(value) for name, value in command["headers"]}
    message = kafka.KafkaMessage(headers, unbase64(command["key"]), unbase64(command["value"]))
    event = kafka.from_kafka(message, JSONFormat(), EventAsGiven)
    attributes = {name: canonical(value) for name, value in event.get_attributes().items()}
    return {"attributes": attributes, "data": data_to(event.get_data())}


def show_version(_command):
    return {"client": "cloudevents", "version": version("cloudevents")}


if __name__ == "__main__":
    serve({"version": show_version, "write": write, "read": read})
