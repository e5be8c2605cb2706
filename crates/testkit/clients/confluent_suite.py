"""The scenarios of librdkafka, through confluent-kafka."""

import suite_tool
import confluent_basics  # noqa: F401 registers its scenarios

suite_tool.serve()
