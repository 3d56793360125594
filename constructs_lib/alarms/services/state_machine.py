"""The alarms of a Step Functions state machine."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.services.arguments import check_fixed, check_place
from constructs_lib.alarms.services.state_machine_rows import STATE_MACHINE_ALARMS
from constructs_lib.alarms.sets.alarm_set import AlarmAttribute, AlarmSet, chosen_rows
from constructs_lib.alarms.table.settings import (
    BY_PROFILE,
    AlarmSetSettings,
    AlarmSettings,
    ByProfile,
    RateAlarmSettings,
)
from constructs_lib.checks import Check

__all__ = [
    "EXPRESS_LIMIT_SECONDS",
    "STATE_MACHINE_ALARMS",
    "StateMachineAlarmSettings",
    "StateMachineAlarms",
    "StateMachineSubject",
    "state_machine_subject",
]

_METRICS = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html"
EXPRESS_LIMIT_SECONDS, _YEAR_SECONDS = 300, 31_536_000
"""How long an execution can run."""
_COLONS = 6
"""``arn:partition:states:region:account:stateMachine:name``"""


@dataclass(frozen=True, kw_only=True)
class StateMachineSubject:
    """What alarms need to know about the state machine that they watch.

    Attributes:
        state_machine_arn: the ARN, usually a token.
        timeout_ms: how long an execution can run; None when unknown.
    """

    state_machine_arn: str
    timeout_ms: float | None = None


def state_machine_subject(
    state_machine: sfn.IStateMachine, *, timeout: cdk.Duration | None = None
) -> StateMachineSubject:
    """The subject for any state machine, imported ones included.

    Args:
        state_machine: the state machine.
        timeout: its timeout. Left out: the 5 minutes of an express workflow that is made in the app; else it is
            unknown, since it stands in the definition.
    """
    seconds = EXPRESS_LIMIT_SECONDS if _is_express(state_machine) else None
    if timeout is not None:
        seconds = int(timeout.to_seconds())
    return StateMachineSubject(
        state_machine_arn=state_machine.state_machine_arn,
        timeout_ms=None if seconds is None else seconds * 1000,
    )


def _is_express(state_machine: sfn.IStateMachine) -> bool:
    return (
        isinstance(state_machine, sfn.StateMachine)
        and state_machine.state_machine_type is sfn.StateMachineType.EXPRESS
    )


@dataclass(frozen=True, kw_only=True)
class StateMachineAlarmSettings(AlarmSetSettings):
    """The alarms of one state machine. A field left out keeps its defaults; None switches that alarm off.

    The defaults, and what each alarm means, stand in `STATE_MACHINE_ALARMS`.
    """

    executions_failed: AlarmSettings | ByProfile | None = BY_PROFILE
    executions_timed_out: AlarmSettings | ByProfile | None = BY_PROFILE
    failure_rate: RateAlarmSettings | ByProfile | None = BY_PROFILE
    executions_throttled: AlarmSettings | ByProfile | None = BY_PROFILE
    executions_aborted: AlarmSettings | ByProfile | None = BY_PROFILE
    execution_time: AlarmSettings | ByProfile | None = BY_PROFILE


class StateMachineAlarms(AlarmSet):
    """Alarms on one state machine; only composites notify, so that one fault pages once.

    Metrics tell of an execution when it ends: one without a timeout that hangs is never heard of.
    """

    TABLE = STATE_MACHINE_ALARMS
    SUBJECT = "state machine"

    executions_failed = AlarmAttribute()
    executions_timed_out = AlarmAttribute()
    failure_rate = AlarmAttribute()
    executions_throttled = AlarmAttribute()
    executions_aborted = AlarmAttribute()
    execution_time = AlarmAttribute()

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.IStateMachine,
        timeout: cdk.Duration | None = None,
        settings: StateMachineAlarmSettings | None = None,
        route: Route | None = None,
    ) -> None:
        """Make the alarms that the state machine has something to watch for.

        Args:
            scope: the parent, in the Region of the state machine.
            construct_id: the id in `scope`.
            state_machine: the state machine, made or imported.
            timeout: the timeout in its definition, from 1 second. Left out: that of express workflows made in the app,
                5 minutes; for others there is no alarm on the time that executions take.
            settings: profile, thresholds, and what is switched off. Left out: the table's defaults.
            route: what alarms do. Left out: they publish to the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: an alarm that could never ring, or that CloudWatch would refuse.
        """
        check = Check(scope, construct_id)
        check.instance("settings", settings, StateMachineAlarmSettings, None)
        check.require(
            hasattr(state_machine, "state_machine_arn"),
            f"state_machine is {state_machine!r}.",
            remedy="Give an aws_cdk.aws_stepfunctions.StateMachine, made or imported.",
        )
        check_place(check, scope, "state_machine", state_machine)
        arn = state_machine.state_machine_arn
        check.require(
            arn.isascii(),
            f"state_machine has the ARN {arn!r}: CloudWatch has no metrics under a name that is not ASCII, so the "
            "alarms could never ring.",
            remedy=f"Give it a name of ASCII characters. See {_METRICS}",
        )
        check.require(
            arn.count(":") <= _COLONS,
            f"state_machine has the ARN {arn!r}, that of a version or an alias: its figures come with another "
            "dimension, so the alarms could never ring.",
            remedy=f"Import the state machine by its own ARN. See {_METRICS}",
        )
        check_fixed(check, timeout=timeout)
        longest = EXPRESS_LIMIT_SECONDS if _is_express(state_machine) else _YEAR_SECONDS
        check.duration("timeout", timeout, 1, longest)
        subject = state_machine_subject(state_machine, timeout=timeout)
        rows = chosen_rows(
            check, STATE_MACHINE_ALARMS, subject, settings or StateMachineAlarmSettings(), route
        )
        super().__init__(scope, construct_id, rows=rows, subject=subject, route=route)
