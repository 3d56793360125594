"""Which alarm is meant by what rules, suppressors and mute rules call it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from constructs_lib.replay.alarms import CompositeAlarm, MetricAlarm
from constructs_lib.replay.expressions.rules import alarm_name
from constructs_lib.replay.matching import may_be
from constructs_lib.template import Template
from constructs_lib.template.values import is_known

__all__ = ["Directory"]

_ATTRIBUTES: Final = ("", ".Arn")
"""What a placeholder of an alarm ends with."""


class Directory:
    """The alarms of an assembly, by what its templates call them."""

    def __init__(self) -> None:
        """Begin without any."""
        self._own: dict[tuple[str, str], str] = {}
        self._elsewhere: dict[str, str] = {}
        self._named: dict[str, list[tuple[Template, str]]] = defaultdict(list)

    def add(self, template: Template, alarms: Iterable[MetricAlarm | CompositeAlarm]) -> None:
        """Take up the alarms of a template."""
        for each in alarms:
            self._own[template.key, each.name] = each.key
            for attribute in _ATTRIBUTES:
                self._own[template.key, f"${{{each.id}{attribute}}}"] = each.key
                self._elsewhere[f"${{{each.key}{attribute}}}"] = each.key
            if is_known(each.name):
                self._named[each.name].append((template, each.key))

    def key(self, called: str, template: Template) -> str | None:
        """The key of the alarm that a template calls so, or by this ARN; None where there is none.

        An alarm of another template is meant by a reference, or by a name that only one in the same account and Region
        has.
        """
        name = alarm_name(called)
        found = self._own.get((template.key, name)) or self._elsewhere.get(name)
        if found is not None:
            return found
        near = [
            key
            for other, key in self._named.get(name, ())
            if may_be(other.account, template.account) and may_be(other.region, template.region)
        ]
        return near[0] if len(near) == 1 else None
