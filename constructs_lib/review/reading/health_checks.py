"""Health checks of Route 53 as rules see them: what they look at, and which records they decide on.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from constructs_lib.review.reading.alarms import find_alarm
from constructs_lib.review.reading.data import at, flag_of, has, items_of, number_of, text_of
from constructs_lib.review.reading.node import Node
from constructs_lib.review.reading.records import Record, plain_name, records_of
from constructs_lib.review.reading.stack import Reading, StackReading

__all__ = ["HealthCheck", "health_checks_of"]

HEALTH_CHECK: Final = "AWS::Route53::HealthCheck"


class HealthCheck:
    """A health check, and what the templates say of it elsewhere."""

    def __init__(self, node: Node) -> None:
        """See `node`."""
        self.node = node

    @property
    def config(self) -> Any:
        """Its settings."""
        return self.node.value("HealthCheckConfig")

    @property
    def type(self) -> str | None:
        """Such as ``HTTPS``; None where it is unknown."""
        return self.text("Type")

    @property
    def sends_requests(self) -> bool:
        """Whether it asks an endpoint."""
        return self.type in ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")

    def has(self, key: str) -> bool:
        """Whether a setting is there, known or not."""
        return has(self.config, key)

    def value(self, *keys: str) -> Any:
        """A setting, references replaced by placeholders."""
        return at(self.config, *keys)

    def text(self, *keys: str) -> str | None:
        """A setting as a text; None where it is absent or unknown."""
        return text_of(at(self.config, *keys))

    def number(self, key: str) -> float | None:
        """A setting as a number; None where it is absent or unknown."""
        return number_of(at(self.config, key))

    def flag(self, key: str) -> bool | None:
        """A setting as a truth value: False where it is absent, None where it is unknown."""
        return flag_of(at(self.config, key)) if self.has(key) else False

    @property
    def host(self) -> str | None:
        """The host that it asks by its name, with placeholders; None where it goes by an address."""
        return None if self.has("IPAddress") else plain_name(self.value("FullyQualifiedDomainName"))

    @cached_property
    def endpoint(self) -> Node | None:
        """The resource at hand whose name it asks."""
        return next(self.node.stack.mentioned(self.host), None) if self.host else None

    @cached_property
    def children(self) -> Sequence[str] | None:
        """The health checks that it sums up, as they are written; None where which they are is unknown."""
        found = items_of(self.value("ChildHealthChecks"))
        # What stands for a whole list is one placeholder, and so is an entry that an open condition decides on.
        is_list = isinstance(self.value("ChildHealthChecks"), list) or not found
        if not is_list or any(not isinstance(each, str) or each.startswith("${Fn::") for each in found):
            return None
        return found

    @cached_property
    def alarm(self) -> Node | None:
        """The alarm at hand whose metric it watches."""
        return find_alarm(self.node.stack, self.value("AlarmIdentifier", "Name"))

    @property
    def names_alarm_by_reference(self) -> bool:
        """Whether the alarm is surely that of the templates, not another of its name."""
        written = self.node.resource.properties.get("HealthCheckConfig")
        return not isinstance(at(written, "AlarmIdentifier", "Name"), str)

    @property
    def records(self) -> Sequence[Record]:
        """The records at hand that it decides on, by way of other health checks as well."""
        return self.node.stack.whole.once("records-by-health-check", _records).get(self.node, ())


def health_checks_of(where: StackReading | Reading) -> list[HealthCheck]:
    """The health checks of a stack, or of all."""
    return [HealthCheck(each) for each in where.of_type(HEALTH_CHECK)]


def _records(whole: Reading) -> Mapping[Node, Sequence[Record]]:
    direct: dict[Node, list[Record]] = {}
    for record in records_of(whole):
        if record.check is not None:
            direct.setdefault(record.check, []).append(record)
    children = {
        each.node: [
            child
            for name in each.children or ()
            if (child := each.node.stack.find(name, HEALTH_CHECK)) is not None
        ]
        for each in health_checks_of(whole)
    }
    found = {node: list(records) for node, records in direct.items()}
    for top, records in direct.items():
        seen, open_ = {top}, [top]
        while open_:
            for child in children.get(open_.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    open_.append(child)
                    found.setdefault(child, []).extend(records)
    return found
