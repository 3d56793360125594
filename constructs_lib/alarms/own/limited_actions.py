"""The actions that an alarm can take, refused whenever others are added."""

from collections.abc import Sequence
from typing import ClassVar, cast

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms.own.telling import Telling
from constructs_lib.alarms.routing.route import apply_route
from constructs_lib.alarms.table.limits import MOST_ACTIONS
from constructs_lib.checks import Check

__all__ = ["LimitedActions"]

# By name: their module imports autoscaling, EC2 and load balancing.
_SCALING = {"ApplicationScalingAction", "AutoScalingAction", "Ec2Action"}


class LimitedActions(cloudwatch.AlarmBase):
    """An alarm of CDK that refuses actions it cannot take, whenever they are added.

    Attributes:
        CAN_SCALE: whether it may change a capacity or stop a machine.
    """

    CAN_SCALE: ClassVar[bool] = True

    def tell(self, check: Check, telling: Telling) -> None:
        """Route this alarm, once its actions are checked."""
        actions = telling.actions(self)
        for given in actions.by_state().values():
            self._refuse_scaling(given, check)
        apply_route(self, self, actions)

    def add_alarm_action(self, *actions: cloudwatch.IAlarmAction) -> None:
        """Do this, too, on the way to ALARM."""
        self._check_actions("alarm", actions)
        super().add_alarm_action(*actions)

    def add_ok_action(self, *actions: cloudwatch.IAlarmAction) -> None:
        """Do this, too, on the way to OK."""
        self._check_actions("ok", actions)
        super().add_ok_action(*actions)

    def add_insufficient_data_action(self, *actions: cloudwatch.IAlarmAction) -> None:
        """Do this, too, on the way to INSUFFICIENT_DATA."""
        self._check_actions("insufficient_data", actions)
        super().add_insufficient_data_action(*actions)

    def _check_actions(self, state: str, actions: Sequence[cloudwatch.IAlarmAction]) -> None:
        self._refuse_scaling(actions)
        counts: dict[str, int] = self.__dict__.setdefault("_action_counts", {})
        count = counts.get(state, 0) + len(actions)
        if count > MOST_ACTIONS:
            self._check().fail(
                f"it has {count} {state} actions.",
                remedy=f"An alarm takes {MOST_ACTIONS} per state: send one to a topic and subscribe there.",
            )
        counts[state] = count

    def _refuse_scaling(self, actions: Sequence[object], check: Check | None = None) -> None:
        for action in actions:
            scaling = _SCALING & {kind.__name__ for kind in type(action).__mro__}
            if scaling and not self.CAN_SCALE:
                (check or self._check()).fail(
                    f"one of its actions is {'/'.join(scaling)}, which such an alarm cannot do.",
                    remedy="Anomaly, query and composite alarms notify topics, run functions and open OpsItems; scale "
                    "by an alarm on one metric.",
                )

    def _check(self) -> Check:
        """Made where it fails: it takes calls into jsii."""
        node = self.node
        return Check(cast("Construct", node.scope), node.id)
