"""CloudWatch's embedded metric format: the metrics in one line of a log.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Metric:
    """Values of one metric under one set of dimensions."""

    namespace: str
    name: str
    unit: str
    dimensions: dict[str, str]
    values: tuple[float, ...]


def extract(line: str) -> Iterator[Metric]:
    """The metrics of a line; none when it is not a JSON object with a valid `_aws.CloudWatchMetrics`."""
    if '"CloudWatchMetrics"' not in line:
        return
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
    except (ValueError, TypeError, KeyError):
        return
    for directive in directives:
        yield from _of_directive(directive, document)


def _of_directive(directive: dict[str, Any], document: dict[str, Any]) -> Iterator[Metric]:
    for keys in directive.get("Dimensions") or [[]]:
        if not all(key in document for key in keys):
            continue
        dimensions = {key: str(document[key]) for key in keys}
        for definition in directive.get("Metrics", []):
            values = document.get(definition.get("Name"))
            values = values if isinstance(values, list) else [values]
            numbers = tuple(
                float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)
            )
            if numbers:
                unit = definition.get("Unit", "None")
                yield Metric(directive["Namespace"], definition["Name"], unit, dimensions, numbers)
