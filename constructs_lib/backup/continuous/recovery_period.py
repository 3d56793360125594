"""How far back a table can be restored, as its template says it."""

from collections.abc import Iterator, Mapping
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_dynamodb as dynamodb
from constructs import IConstruct

from constructs_lib.checks import Check, is_token

__all__ = ["TableResource", "check_period", "check_settings", "resource_of", "switch_on"]

TableResource = dynamodb.CfnTable | dynamodb.CfnGlobalTable

_LONGEST_DAYS = 35
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html"""


def check_period(check: Check, period: cdk.Duration | None) -> int:
    """The days of `period`, left out: as many as there can be; fail unless DynamoDB takes them."""
    if period is None:
        return _LONGEST_DAYS
    check.instance("recovery_period", period, cdk.Duration)
    check.require(
        not is_token(period),
        "recovery_period is known only at deployment.",
        remedy="The alarm on a window that is too short needs it: give a fixed duration.",
    )
    days = period.to_days(integral=False)
    check.within("recovery_period", days, 1, _LONGEST_DAYS, unit="days")
    return int(days)


def resource_of(table: dynamodb.ITable) -> TableResource | None:
    """The resource of a table that the app makes; None for one that is imported, and for a replica's reference."""
    resource = table.node.default_child
    return resource if isinstance(resource, dynamodb.CfnTable | dynamodb.CfnGlobalTable) else None


def check_settings(check: Check, resource: TableResource, days: int) -> None:
    """Fail if the table says itself that it has no point-in-time recovery, or another period than `days`."""
    shown = check.shown(resource.node.scope)
    for place, settings in _settings(resource):
        check.require(
            settings.get("pointInTimeRecoveryEnabled") is not False,
            f"{shown} has point-in-time recovery switched off{place}.",
            remedy="Take that out of the table, or the table out of tables.",
        )
        own = settings.get("recoveryPeriodInDays")
        check.require(
            not isinstance(own, int | float) or own == days,
            f"{shown} has a recovery period of {own} days{place}, and here it is {days}.",
            remedy="Give it in one place, or the same in both.",
        )
    for aspect in cdk.Aspects.of(resource).all:
        check.require(
            not isinstance(aspect, _SwitchedOn) or aspect.days == days,
            f"{shown} has a recovery period of {getattr(aspect, 'days', None)} days from another "
            f"PointInTimeRecovery, and here it is {days}.",
            remedy="Name each table in one of them only.",
        )


def switch_on(resource: TableResource, days: int) -> None:
    """Have the table, and each of its replicas, point-in-time recovery over so many days."""
    cdk.Aspects.of(resource).add(_SwitchedOn(days), priority=cdk.AspectPriority.MUTATING)


def _settings(resource: TableResource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the table says, with where it says so."""
    if isinstance(resource, dynamodb.CfnTable):
        yield "", cdk.Stack.of(resource).resolve(resource.point_in_time_recovery_specification) or {}
        return
    for replica in _replicas(resource):
        yield f" in {replica['region']}", replica.get("pointInTimeRecoverySpecification") or {}


def _replicas(resource: dynamodb.CfnGlobalTable) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cdk.Stack.of(resource).resolve(resource.replicas)
    return found


@jsii.implements(cdk.IAspect)
class _SwitchedOn:
    """Switches it on at synthesis: only then all replicas are known."""

    def __init__(self, days: int) -> None:
        self.days = days

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, dynamodb.CfnTable):
            node.point_in_time_recovery_specification = (
                dynamodb.CfnTable.PointInTimeRecoverySpecificationProperty(
                    point_in_time_recovery_enabled=True, recovery_period_in_days=self.days
                )
            )
        elif isinstance(node, dynamodb.CfnGlobalTable):
            # A list that CDK makes at synthesis: what stands in it can only be overridden.
            settings = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": self.days}
            for number in range(len(_replicas(node))):
                node.add_property_override(f"Replicas.{number}.PointInTimeRecoverySpecification", settings)
