"""The alarms of a dashboard: which there are, and what each of them watches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.checks import Check
from constructs_lib.dashboards.home import Home
from constructs_lib.dashboards.segment import AnyAlarm

__all__ = ["ShownAlarm", "shown_alarms"]

_WATCHED = (
    "namespace",
    "metricName",
    "dimensions",
    "metrics",
    "statistic",
    "extendedStatistic",
    "period",
    "comparisonOperator",
    "threshold",
    "thresholdMetricId",
)


@dataclass(frozen=True, kw_only=True)
class ShownAlarm:
    """An alarm on a dashboard.

    Attributes:
        arn: what the status widget shows it by.
        label: what its threshold is called.
        region: where it lives.
        properties: what it watches, with tokens in it; empty for composites and imported alarms.
        of: the name of the segment that it belongs to, if any.
    """

    arn: str
    label: str = ""
    of: str = ""
    region: str = ""
    properties: dict[str, Any] = field(default_factory=dict)


def shown_alarms(check: Check, given: Sequence[AnyAlarm], home: Home, of: str = "") -> Iterator[ShownAlarm]:
    """Every alarm in `given`, those of sets one by one after the composite over them.

    Args:
        check: fails on behalf of the dashboard.
        given: the alarms of one segment or of the whole dashboard.
        home: where the dashboard stands.
        of: the name of that segment.
    """
    for alarm in given:
        if hasattr(alarm, "by_name"):
            health = getattr(alarm, "health", None)
            if health is not None:
                yield ShownAlarm(arn=health.alarm_arn)
            region = ""
            for name, one in alarm.by_name.items():
                region = region or home.known(one.stack.region)
                yield _watching(one, one.attr_arn, name.replace("_", " "), region, of)
        elif isinstance(alarm, cloudwatch.CfnAlarm):
            yield _watching(alarm, alarm.attr_arn, alarm.node.id, home.known(alarm.stack.region), of)
        elif isinstance(alarm, cloudwatch.CfnCompositeAlarm):
            yield ShownAlarm(arn=alarm.attr_arn)
        elif hasattr(alarm, "alarm_arn"):
            resource = alarm.node.default_child
            if isinstance(resource, cloudwatch.CfnAlarm):
                yield _watching(resource, alarm.alarm_arn, alarm.node.id, home.known(alarm.env.region), of)
            else:
                yield ShownAlarm(arn=alarm.alarm_arn)
        else:
            check.fail(
                f"alarms holds {alarm!r}.",
                remedy="Give alarms of CDK, made or imported, or sets of alarms of this library.",
            )


def _watching(resource: cloudwatch.CfnAlarm, arn: str, label: str, region: str, of: str) -> ShownAlarm:
    # All properties in one call into jsii; each by its own name would take eight.
    properties = resource._cfn_properties  # noqa: SLF001 - protected, hence part of CDK's contract with subclasses
    watched = {name: properties[name] for name in _WATCHED if name in properties}
    return ShownAlarm(arn=arn, label=label, of=of, region=region, properties=watched)
