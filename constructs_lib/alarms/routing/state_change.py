"""An EventBridge rule on an alarm's change of state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aws_cdk import aws_events as events
from constructs import Construct

from constructs_lib.checks import Check

__all__ = ["State", "StateChange", "catch"]

State = Literal["alarm", "ok", "insufficient_data"]

_MAXIMUM_TARGETS = 5


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """An EventBridge rule that catches the alarm's change of state, among the actions of an `AlarmRoute`.

    EventBridge reaches what no alarm action does: workflows, queues, other accounts, API destinations. The rule
    stands below the alarm and is none of the 5 actions that an alarm takes. A suppressor or a mute rule holds back
    actions, not events: what came meanwhile says so in ``detail``, and no event is known to follow when it ends.
    Each alarm has a rule of its own: a bus takes 300 unless the quota is raised, and a function that is a target gets
    a permission from each, of which it takes 20 KB. Retries and a dead-letter queue are the target's own settings:
    without a queue EventBridge drops what it could not deliver for a day.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html

    Attributes:
        targets: targets from `aws_cdk.aws_events_targets`, at most 5.
    """

    targets: Sequence[events.IRuleTarget]

    def check(self, check: Check, name: str) -> None:
        """Fail unless a rule can have these targets.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
        """
        check.instance(f"{name}.targets", self.targets, list, tuple)
        check.require(
            0 < len(self.targets) <= _MAXIMUM_TARGETS,
            f"{name} has {len(self.targets)} targets.",
            remedy=f"Give 1 to {_MAXIMUM_TARGETS}.",
        )
        for target in self.targets:
            check.offers(
                f"{name}.targets", target, "bind", remedy="Give targets from aws_cdk.aws_events_targets."
            )


def catch(alarm: Construct, alarm_arn: str, changes: Sequence[tuple[StateChange, Sequence[State]]]) -> None:
    """Make a rule below `alarm` for each of `changes`, each with the states that it is for."""
    for number, (change, states) in enumerate(changes, start=1):
        events.Rule(
            alarm,
            "StateChange" if number == 1 else f"StateChange{number}",
            description="An alarm's change of state",
            event_pattern=events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=["CloudWatch Alarm State Change"],
                resources=[alarm_arn],
                detail={"state": {"value": [state.upper() for state in states]}},
            ),
            targets=list(change.targets),
        )
