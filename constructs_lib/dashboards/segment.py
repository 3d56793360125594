"""What every segment of a dashboard is."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar, Protocol

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.checks import Check, is_token
from constructs_lib.dashboards.graph import Graph, LogPanel, Source

__all__ = ["AnyAlarm", "NamedAlarms", "Segment", "check_common"]

_REGION = re.compile(r"[a-z]+(-[a-z]+)+-\d+")


class NamedAlarms(Protocol):
    """A set of alarms of this library, such as `FunctionAlarms`."""

    @property
    def by_name(self) -> Mapping[str, cloudwatch.CfnAlarm]:
        """The alarms that exist, by name."""


AnyAlarm = cloudwatch.IAlarm | cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm | NamedAlarms
"""What a dashboard takes as alarms: those of CDK, imported ones included, and this library's sets of them."""


@dataclass(frozen=True)
class Segment(ABC):
    """One resource on a dashboard.

    Attributes:
        name: what people call it, in titles. Left out: its path in the construct tree.
        alarms: alarms that belong to it; they are shown first, and their thresholds on its graphs.
        region: where it lives. Left out: where its stack or its ARN says, else the dashboard's Region.
        account: whose it is, where that is another account than the dashboard's and CloudWatch may show it here.
            Left out: likewise.
    """

    GRAPHS: ClassVar[tuple[Graph, ...]]
    LOGS: ClassVar[tuple[LogPanel, ...]] = ()

    _: KW_ONLY
    name: str | None = None
    alarms: Sequence[AnyAlarm] = ()
    region: str | None = None
    account: str | None = None

    @property
    @abstractmethod
    def resource(self) -> cdk.IResource:
        """What it shows."""

    @property
    @abstractmethod
    def sources(self) -> Mapping[str, Sequence[Source]]:
        """Where its metrics come from, by the kind that lines name."""

    @property
    def figures(self) -> Mapping[str, float]:
        """Numbers that the expressions of its graphs need."""
        return {}

    @property
    def log_group_name(self) -> str | None:
        """The log group with its JSON logs; None without."""
        return None

    @abstractmethod
    def check(self, check: Check) -> None:
        """Fail unless there is something to show."""


def check_common(check: Check, segment: Segment) -> None:
    """Fail unless what all segments share is of the right kind."""
    for name in ("name", "region", "account"):
        check.instance(f"{type(segment).__name__}.{name}", getattr(segment, name), str, None)
    check.require(
        segment.region is None or is_token(segment.region) or _REGION.fullmatch(segment.region) is not None,
        f"{type(segment).__name__}.region is {segment.region!r}.",
        remedy="Give the code of a Region, such as eu-central-1.",
    )
    check.instance(f"{type(segment).__name__}.alarms", segment.alarms, list, tuple)
