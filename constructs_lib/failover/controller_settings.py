"""How a failover controller decides."""

from dataclasses import dataclass, fields

import aws_cdk as cdk

from constructs_lib.checks import Check, is_token

__all__ = ["TIMES", "ControllerSettings"]

TIMES = {"between": 600, "healthy_for": 900, "drain": 300, "wake_up_limit": 30}
"""The times among the settings, and how many seconds each is when it is left out."""
_RANGES = {
    "between": (60, 86_400),
    "healthy_for": (60, 86_400),
    "drain": (0, 86_400),
    "wake_up_limit": (1, 600),
}
_OBSERVATIONS = (1, 60)


@dataclass(frozen=True, kw_only=True)
class ControllerSettings:
    """How the controller decides.

    Attributes:
        observations: how many times in a row, a minute apart, it has to see the alarm ringing; at least 1.
        between: the least time from one change of direction to the next, 1 minute to a day. Left out: 10 minutes.
        healthy_for: for how long it must have seen the alarm silent before it fails back, 1 minute to a day. Left out:
            15 minutes.
        drain: from leading names back to putting the standby to sleep, at least the TTL of the records. Left out: 5
            minutes.
        wake_up_limit: after which the standby takes over with what is awake, 1 second to 10 minutes. Left out: 30
            seconds.
    """

    observations: int = 2
    between: cdk.Duration | None = None
    healthy_for: cdk.Duration | None = None
    drain: cdk.Duration | None = None
    wake_up_limit: cdk.Duration | None = None

    def seconds(self, name: str) -> int:
        """The time `name` in seconds."""
        given: cdk.Duration | None = getattr(self, name)
        return TIMES[name] if given is None else int(given.to_seconds())

    def check(self, check: Check) -> None:
        """Fail unless the controller can work with these."""
        check.within("settings.observations", self.observations, *_OBSERVATIONS)
        for field in fields(self):
            value = getattr(self, field.name)
            check.require(
                not is_token(value),
                f"settings.{field.name} is known only at deployment.",
                remedy="Other times are made of it: give a fixed one.",
            )
            if field.name in _RANGES:
                check.duration(f"settings.{field.name}", value, *_RANGES[field.name])
