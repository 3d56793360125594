"""What an alarm that stands alone says, and to whom."""

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.alarms.routing.route import AlarmRoute, Route, actions_of, check_route
from constructs_lib.alarms.routing.topic import route_or_topic
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.alarms.table.description import LONGEST_DESCRIPTION, in_words
from constructs_lib.checks import Check, is_token

__all__ = ["Telling"]


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What an alarm says, and to whom.

    Attributes:
        severity: who has to know.
        means: what it means when it rings.
        cause: the likely cause.
        query: what to run first.
        runbook: a link.
        route: what the alarm does; None for the stack's `AlarmTopic`.
    """

    severity: Severity
    means: str
    cause: str | None
    query: str | None
    runbook: str | None
    route: Route | None

    def check(self, check: Check) -> None:
        """Fail unless every part is of its kind."""
        check.instance("severity", self.severity, Severity)
        check.require(
            isinstance(self.means, str) and bool(self.means.strip()),
            f"means is {self.means!r}.",
            remedy="Say in a sentence what it means when this alarm rings.",
        )
        for name in ("cause", "query", "runbook"):
            check.instance(name, getattr(self, name), str, None)
        check_route(check, self.route)

    def describe(
        self, check: Check, resource: cloudwatch.CfnAlarm | cloudwatch.CfnCompositeAlarm, measured: str
    ) -> None:
        """Give `resource` its description, of which `measured` is the first sentence."""
        text = in_words(
            self.severity,
            measured,
            means=self.means,
            cause=self.cause,
            query=self.query,
            runbook=self.runbook,
        )
        check.require(
            is_token(text) or len(text) <= LONGEST_DESCRIPTION,
            f"its description has {len(text)} characters, more than the {LONGEST_DESCRIPTION} that CloudWatch takes.",
            remedy="Shorten means, cause or query; details belong in the runbook.",
        )
        resource.alarm_description = text

    def actions(self, alarm: cloudwatch.AlarmBase) -> AlarmRoute:
        """What `alarm` does; the stack's topic is made only where it is needed."""
        if self.route is None and self.severity is Severity.INFO:
            return AlarmRoute.silent()
        return actions_of(route_or_topic(alarm, self.route), self.severity)
