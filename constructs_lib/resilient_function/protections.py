"""Which protections a function gets, and whether they can work together."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk.interfaces.aws_cloudwatch import IAlarmRef

from constructs_lib.alarms import (
    AlarmRoute,
    FunctionAlarms,
    FunctionAlarmSettings,
    FunctionSubject,
    SeverityRoute,
)
from constructs_lib.alarms.functions.function_alarms import check_function_alarms
from constructs_lib.alarms.table.resolution import applies
from constructs_lib.checks import Check, is_token
from constructs_lib.dead_letters import DeadLetters
from constructs_lib.dead_letters.asynchronous import check_dead_letters
from constructs_lib.function import (
    FixedProvisionedConcurrency,
    ProvisionedConcurrency,
    SafeDeployment,
    WarmUp,
)
from constructs_lib.function.provisioned_concurrency import check_provisioned_concurrency
from constructs_lib.function.safe_deployment import check_rollback_alarms
from constructs_lib.function.warm_up import check_warm_up

__all__ = ["Protections"]

ROLLBACK_ALARMS = ("errors", "error_rate", "duration")
"""What tells a bad version from a good one within minutes. Never a queue's depth."""

_KINDS: dict[str, tuple[type | None, ...]] = {
    "dead_letters": (DeadLetters, None),
    "provisioned_concurrency": (ProvisionedConcurrency, FixedProvisionedConcurrency, None),
    "deployment": (SafeDeployment, None),
    "warm_up": (WarmUp, None),
    "alarms": (FunctionAlarmSettings,),
    "alarm_route": (AlarmRoute, SeverityRoute, None),
}


@dataclass(frozen=True, kw_only=True)
class Protections:
    """Everything that can be put around a function; None leaves that protection out."""

    dead_letters: DeadLetters | None
    provisioned_concurrency: ProvisionedConcurrency | FixedProvisionedConcurrency | None
    deployment: SafeDeployment | None
    warm_up: WarmUp | None
    alarms: FunctionAlarmSettings
    alarm_route: AlarmRoute | SeverityRoute | None

    def check(self, check: Check, subject: FunctionSubject, *, snap_start: bool) -> None:
        """Fail, before anything is built, where these protections cannot work."""
        for name, kinds in _KINDS.items():
            check.instance(name, getattr(self, name), *kinds)
        rows = check_function_alarms(check, self.alarms, self.alarm_route)
        if self.dead_letters is not None:
            check_dead_letters(check, self.dead_letters)
        if self.provisioned_concurrency is not None:
            check_provisioned_concurrency(
                check,
                self.provisioned_concurrency,
                reserved_concurrency=subject.reserved_concurrency,
                snap_start=snap_start,
            )
        if self.warm_up is not None:
            self._check_warm_up(check, self.warm_up, subject.reserved_concurrency)
        if self.deployment is not None:
            judging = [row.name for row in rows if row.name in ROLLBACK_ALARMS and applies(row, subject)]
            self._check_deployment(check, self.deployment, judging)

    def _check_warm_up(self, check: Check, warm_up: WarmUp, reserved_concurrency: float | None) -> None:
        check_warm_up(check, warm_up.every)
        check.require(
            self.provisioned_concurrency is None,
            "warm_up is given together with provisioned_concurrency.",
            remedy="Provisioned environments are warm already: leave one out.",
        )
        check.require(
            is_token(reserved_concurrency) or reserved_concurrency != 0,
            "warm_up is given for a function with reserved_concurrency 0.",
            remedy="Such a function never runs, and its pings would end as dead letters: leave warm_up out.",
        )

    def _check_deployment(self, check: Check, deployment: SafeDeployment, judging: Sequence[str]) -> None:
        if deployment.alarms is not None:
            check_rollback_alarms(check, deployment.alarms)
            return
        check.require(
            len(judging) > 0,
            f"deployment has no alarms to roll back by: {', '.join(ROLLBACK_ALARMS)} are all switched off, or have "
            "nothing to watch.",
            remedy="Keep one of them, or give deployment.alarms.",
        )

    def rollback_alarms(self, alarms: FunctionAlarms) -> list[IAlarmRef]:
        """What rolls a deployment back: what the user gave, or the alarms that judge a version."""
        given = self.deployment.alarms if self.deployment else None
        if given is not None:
            return list(given)
        return [getattr(alarms, name) for name in ROLLBACK_ALARMS if name in alarms.names]
