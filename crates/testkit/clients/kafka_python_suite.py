"""The scenarios of kafka-python."""

import suite_tool
import kafka_python_admin  # noqa: F401 registers its scenarios, as the others do
import kafka_python_basics  # noqa: F401
import kafka_python_groups

suite_tool.serve({"member": kafka_python_groups.member_role})
