"""The scenarios of librdkafka, through confluent-kafka."""

import suite_tool
import confluent_admin  # noqa: F401 registers its scenarios, as the others do
import confluent_basics  # noqa: F401
import confluent_compaction  # noqa: F401
import confluent_groups
import confluent_harm  # noqa: F401
import confluent_transactions  # noqa: F401

suite_tool.serve({"member": confluent_groups.member_role})
