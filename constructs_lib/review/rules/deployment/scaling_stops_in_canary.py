from collections.abc import Iterator

from constructs_lib.review.finding import Severity
from constructs_lib.review.reading import StackReading
from constructs_lib.review.reading.dependencies import dependencies_of
from constructs_lib.review.rule import Found, rule
from constructs_lib.review.rules.deployment.common import Group, shifts_of

__all__ = ["scaling_stops_in_canary"]

_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


@rule(
    severity=Severity.NOTE,
    remedy="Deploy where traffic is low, or keep MinCapacity high enough for the time of a deployment.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html",
)
def scaling_stops_in_canary(stack: StackReading) -> Iterator[Found]:
    """Provisioned concurrency does not scale while a deployment shifts traffic."""
    shifts = {each.alias: each for each in shifts_of(stack)}
    for target in stack.of_type(_TARGET):
        for each in dependencies_of(stack).get(target, ()):
            shift = shifts.get(stack.nodes[each.name]) if each.name in stack.nodes else None
            lasts = Group(shift.group, ()).seconds if shift and shift.group else None
            if shift and lasts:
                yield Found(
                    node=target,
                    message=f"{target.path} does not scale {shift.alias.path} for the {lasts:g} s of a deployment.",
                )
