"""Alarms on queries of CloudWatch Metrics Insights, as alarms on the metric that they choose of one resource.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["Selection", "parse_query"]

_STATISTICS: Final[Mapping[str, str]] = {
    "SUM": "Sum",
    "AVG": "Average",
    "MAX": "Maximum",
    "MIN": "Minimum",
    "COUNT": "SampleCount",
}
_NAME: Final = r"""(?:"[^"]+"|[\w./-]+)"""
_QUERY: Final = re.compile(
    rf"""\s*SELECT\s+(?P<statistic>\w+)\s*\(\s*(?P<metric>{_NAME})\s*\)
    \s+FROM\s+(?:SCHEMA\s*\(\s*(?P<schema>{_NAME}(?:\s*,\s*{_NAME})*)\s*\)|(?P<namespace>{_NAME}))
    (?:\s+WHERE\s+(?P<where>.+?))?
    (?:\s+GROUP\s+BY\s+(?P<group>.+?))?
    (?:\s+ORDER\s+BY\s+.+?)?(?:\s+LIMIT\s+\d+)?\s*""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION: Final = re.compile(
    rf"\s*(?P<tag>tag\.)?(?P<key>{_NAME})\s*(?P<operator>!?=)\s*'(?P<value>[^']*)'\s*"
)
_AND: Final = re.compile(r"\s+AND\s+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What a query chooses.

    Attributes:
        namespace: of the metric.
        metric: its name.
        statistic: as alarms call it.
        dimensions: names that the metrics must have; none where any will do.
        groups: by which a series of its own is made; none for one series of all.
        conditions: whether it is a tag, its key, whether it has to be equal, and the value; all have to hold.
    """

    namespace: str
    metric: str
    statistic: str
    dimensions: tuple[str, ...]
    groups: tuple[str, ...]
    conditions: Sequence[tuple[bool, str, bool, str]]


def parse_query(text: str) -> Selection | None:
    """Read a query; None where it is none, or has what is not known here."""
    found = _QUERY.fullmatch(text)
    if found is None or found["statistic"].upper() not in _STATISTICS:
        return None
    conditions = []
    for each in _AND.split(found["where"]) if found["where"] else ():
        condition = _CONDITION.fullmatch(each)
        if condition is None:
            return None
        conditions.append(
            (
                bool(condition["tag"]),
                _bare(condition["key"]),
                condition["operator"] == "=",
                condition["value"],
            )
        )
    namespace, *dimensions = _names(found["schema"] or found["namespace"])
    return Selection(
        namespace=namespace,
        metric=_bare(found["metric"]),
        statistic=_STATISTICS[found["statistic"].upper()],
        dimensions=tuple(dimensions),
        groups=tuple(_names(found["group"] or "")),
        conditions=tuple(conditions),
    )


def _names(text: str) -> list[str]:
    return [_bare(each) for each in re.findall(_NAME, text)]


def _bare(name: str) -> str:
    return name.strip('"')
