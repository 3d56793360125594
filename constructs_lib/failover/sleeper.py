"""One setting that the controller changes: its values, what is deployed, what the controller may do for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

__all__ = ["Sleeper"]

_PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "reserved": (
        "lambda:DeleteFunctionConcurrency",
        "lambda:GetFunctionConcurrency",
        "lambda:PutFunctionConcurrency",
    ),
    "provisioned": (
        "lambda:DeleteProvisionedConcurrencyConfig",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:PutProvisionedConcurrencyConfig",
    ),
    "mapping": ("lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"),
    "rule": ("events:DescribeRule", "events:DisableRule", "events:EnableRule"),
    "schedule": ("scheduler:GetSchedule", "scheduler:UpdateSchedule"),
}


@dataclass(frozen=True, kw_only=True)
class Sleeper:
    """One setting that the controller changes.

    Attributes:
        kind: what it is.
        name: what the record calls it.
        asleep: the setting while the primary serves.
        awake: the setting once the standby has taken over.
        target: by which AWS knows it.
        arn: of what permissions name.
        resource: what is deployed asleep; None for an imported one.
        passes: the role that is handed on with it.
    """

    kind: str
    name: str
    asleep: int | bool | None
    awake: int | bool | None
    target: Mapping[str, str]
    arn: str
    resource: cdk.CfnResource | None = field(default=None, compare=False)
    passes: str | None = None

    @property
    def actions(self) -> tuple[str, ...]:
        """What the controller must be allowed to do with it."""
        return _PERMISSIONS[self.kind]

    def described(self) -> dict[str, Any]:
        """This sleeper as the controller reads it."""
        return {
            "kind": self.kind,
            "name": self.name,
            "asleep": self.asleep,
            "awake": self.awake,
            "target": dict(self.target),
        }

    def put_to_sleep(self) -> None:
        """Let it be deployed asleep."""
        match self.resource:
            case lambda_.CfnFunction():
                self.resource.reserved_concurrent_executions = self.asleep
            case lambda_.CfnAlias():
                self.resource.provisioned_concurrency_config = (
                    lambda_.CfnAlias.ProvisionedConcurrencyConfigurationProperty(
                        provisioned_concurrent_executions=self.asleep
                    )
                    if self.asleep
                    else None
                )
            case lambda_.CfnEventSourceMapping():
                self.resource.enabled = False
            case events.CfnRule() | scheduler.CfnSchedule():
                self.resource.state = "DISABLED"
