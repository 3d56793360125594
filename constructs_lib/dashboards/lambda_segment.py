"""A Lambda function on a dashboard."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs

from constructs_lib.alarms import FunctionSubject, function_subject
from constructs_lib.checks import Check, is_token
from constructs_lib.dashboards.graph import Graph, LogPanel, Source
from constructs_lib.dashboards.lambda_graphs import LAMBDA_GRAPHS, LAMBDA_LOGS
from constructs_lib.dashboards.segment import Segment
from constructs_lib.dashboards.service_segments import dead_letter_sources

__all__ = ["LambdaSegment"]

_MB_IN_A_GB = 1024


@dataclass(frozen=True)
class LambdaSegment(Segment):
    """A function: requests, errors, duration, concurrency, asynchronous events, cold starts, cost and logs.

    Attributes:
        function: what traffic uses: an alias, a version or a function.
        log_group: where its logs go, in Lambda's JSON format. Left out: the log group that a function of this app
            names, where it writes JSON; without one, there are no cold starts and no logs on the dashboard.
        dead_letter_queue: where events go that it could not process. Left out: no such graph.
        memory_size: MB. Left out: what a function of this app has; else there is no estimate of GB-seconds.
    """

    GRAPHS: ClassVar[tuple[Graph, ...]] = LAMBDA_GRAPHS
    LOGS: ClassVar[tuple[LogPanel, ...]] = LAMBDA_LOGS

    function: lambda_.IFunction
    _: KW_ONLY
    log_group: logs.ILogGroup | None = None
    dead_letter_queue: sqs.IQueue | None = None
    memory_size: int | None = None

    @property
    def resource(self) -> cdk.IResource:
        """The function, version or alias."""
        return self.function

    @cached_property
    def _subject(self) -> FunctionSubject:
        """What is known of the function."""
        return function_subject(self.function)

    @property
    def sources(self) -> Mapping[str, Sequence[Source]]:
        """The function, its qualifier and its dead letters."""
        subject = self._subject
        name = {"FunctionName": subject.function_name}
        qualified = {**name, **({} if subject.resource is None else {"Resource": subject.resource})}
        return {
            "function": [Source(namespace="AWS/Lambda", dimensions=name)],
            "qualifier": [Source(namespace="AWS/Lambda", dimensions=qualified)],
            **dead_letter_sources(self.dead_letter_queue),
        }

    @property
    def figures(self) -> Mapping[str, float]:
        """The memory in GB, where it is known."""
        size = self._subject.memory_mb if self.memory_size is None else self.memory_size
        return {} if size is None or is_token(size) else {"memory_gb": size / _MB_IN_A_GB}

    @property
    def log_group_name(self) -> str | None:
        """The log group, where one with JSON logs is known."""
        log_group = self.log_group or self._subject.log_group
        return None if log_group is None else log_group.log_group_name

    def check(self, check: Check) -> None:
        """Fail without a function."""
        check.require(
            hasattr(self.function, "function_arn"),
            f"function is {self.function!r}.",
            remedy="Give a function, version or alias of CDK, such as the handle of a ResilientFunction.",
        )
        check.offers(
            "log_group",
            self.log_group,
            "log_group_name",
            remedy="Give an aws_cdk.aws_logs.LogGroup, made or imported.",
        )
        check.offers(
            "dead_letter_queue",
            self.dead_letter_queue,
            "queue_name",
            remedy="Give an aws_cdk.aws_sqs.Queue, made or imported.",
        )
        check.within("memory_size", self.memory_size, 128, 10_240, unit="MB")
