"""The standby Region's own eye on the primary."""

import re
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route, check_route
from constructs_lib.checks import Check, is_token
from constructs_lib.failover.asking_function import asking_function, asking_seconds, every_minute
from constructs_lib.failover.host_names import check_host_name
from constructs_lib.failover.plan_steps import PlanStep
from constructs_lib.failover.published import published_metric
from constructs_lib.failover.silence import silence_alarm
from constructs_lib.function import FunctionLogs
from constructs_lib.function.schedule_target import invoker_of
from constructs_lib.naming import deployed_name

__all__ = ["PRIMARY_ANSWERS_METRIC", "PrimaryProbe"]

PRIMARY_ANSWERS_METRIC = "PrimaryAnswers"
_ATTEMPTS, _EVALUATION_PERIODS = 3, 2
_MOST_ATTEMPTS = 5
"""More would take longer than the minute until the next."""
_OLDEST_ANSWER = 3_600
_MINUTE = 60
_PATH = re.compile(r"/[!-~]{0,254}")
_SCHEDULER = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"
_EVALUATION = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"


class PrimaryProbe(Construct):
    """Asks the primary once a minute from the standby's Region, and rings there while it does not answer.

    A small function asks as Route 53's health checkers do: 4 seconds to connect, 2 more to the status, which has to be
    from 200 to 399; a redirect is not followed. Unlike them it verifies the certificate. The primary does not answer
    when none of some attempts in a row is answered.

    Everything stands in the standby's Region, so `alarm` can decide for a `FailoverController` there. It ignores
    missing data: a probe that is at fault itself publishes nothing, and its last word stands. `silence` tells people.

    It is one pair of eyes. When the two Regions are cut off from each other, the primary does not answer it, and may
    well serve everybody else. Where that matters, let a `CombinedAlarm` of `alarm` and other evidence decide.

    Attributes:
        host: the host that is asked.
        function: what asks.
        metric: 1 while the primary answers, 0 while it does not; a datapoint a minute.
        schedule: calls the function once a minute.
        role: what the schedule may do, which is to call it.
        alarm: rings while the primary does not answer. Give it to `FailoverController` as `decided_by`.
        silence: rings when nothing was published for some minutes: nobody watches the primary then.
        rings: how long it takes at most from the fault until `alarm` rings, as a part of a plan.
        alarm_time: the same as a duration, for `FailoverPlan`.
    """

    WATCHES_ITSELF: ClassVar[bool] = True
    """Its function needs no alarms of its own: `Watch` leaves it alone."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        host: str,
        path: str = "/health",
        port: int = 443,
        attempts: int = _ATTEMPTS,
        evaluation_periods: int = _EVALUATION_PERIODS,
        datapoints_to_alarm: int | None = None,
        answer_age: cdk.Duration | None = None,
        route: Route | None = None,
        log_settings: FunctionLogs | None = None,
        removal_policy: cdk.RemovalPolicy | None = None,
    ) -> None:
        """Watch `host` over HTTPS.

        Args:
            scope: the parent, in a stack of the standby's Region.
            construct_id: the id in `scope`.
            host: the primary's own name, such as `RegionalEndpoint.regional_name`. Never the name that fails over: it
                leads to the standby once that has taken over. It needs an IPv4 address.
            path: what is asked for, with a query if need be.
            port: where.
            attempts: 1 to 5 within a minute, some seconds apart; one that is answered is enough.
            evaluation_periods: how many of the latest minutes are looked at.
            datapoints_to_alarm: in how many of these the primary must not have answered. Left out: in all.
            answer_age: for how long the primary repeats an answer before it looks again, up to an hour; `rings` counts
                it. Left out: it looks each time.
            route: what `alarm` and `silence` do. Left out: they publish to the stack's `AlarmTopic`, made on first use.
            log_settings: retention and encryption of the function's log. Left out: `FunctionLogs()`.
            removal_policy: what happens to that log with the stack. Left out, it is retained.

        Raises:
            ConfigurationError: an argument cannot work; nothing has been built then.
        """
        check = Check(scope, construct_id)
        check_host_name(check, "host", host)
        _check_path(check, path)
        check.within("port", port, 1, 65_535)
        counted = {
            "attempts": attempts,
            "evaluation_periods": evaluation_periods,
            "datapoints_to_alarm": datapoints_to_alarm,
            "answer_age": answer_age,
        }
        for name, value in counted.items():
            check.require(
                not is_token(value),
                f"{name} is known only at deployment.",
                remedy="Times are made of it: give a fixed one.",
            )
        check.within("attempts", attempts, 1, _MOST_ATTEMPTS)
        check.duration("answer_age", answer_age, 0, _OLDEST_ANSWER)
        check_route(check, route)
        super().__init__(scope, construct_id)
        with check.all_or_nothing():
            name = deployed_name(scope, construct_id)
            timeout = asking_seconds(attempts)
            self.host = host
            self.metric = published_metric(PRIMARY_ANSWERS_METRIC, name, statistic="Minimum")
            self.function = asking_function(
                self,
                {"HOST": host, "PORT": _text(port), "PATH": path, "ATTEMPTS": attempts},
                timeout=timeout,
                metric=self.metric,
                name=name,
                log_settings=log_settings,
                removal_policy=removal_policy,
            )
            self.role = invoker_of(self, self.function.alias)
            self.schedule = every_minute(self, self.function, self.role)
            self.alarm = self._alarm(evaluation_periods, datapoints_to_alarm, route)
            self.silence = self._silence(route)
            age = 0 if answer_age is None else int(answer_age.to_seconds())
            self.rings = _rings(datapoints_to_alarm or evaluation_periods, timeout, age)
            self.alarm_time = cdk.Duration.seconds(self.rings.seconds)

    def _alarm(self, periods: int, datapoints: int | None, route: Route | None) -> ThresholdAlarm:
        return ThresholdAlarm(
            self,
            "Alarm",
            metric=self.metric,
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=periods,
            datapoints_to_alarm=datapoints,
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
            severity=Severity.CRITICAL,
            means="The primary does not answer the standby's Region, which may take over.",
            cause="the primary is down, or the two Regions are cut off from each other.",
            query=f"the log group {self.function.log_group.log_group_name}",
            route=route,
            lowest=0,
            highest=1,
        )

    def _silence(self, route: Route | None) -> ThresholdAlarm:
        return silence_alarm(
            self,
            self.metric,
            self.function,
            route,
            means="Nobody watches the primary from the standby's Region: the standby does not take over by itself.",
            cause="the probe fails, or the primary's own name cannot be looked up.",
        )


def _check_path(check: Check, path: str) -> None:
    check.instance("path", path, str)
    check.require(
        is_token(path) or _PATH.fullmatch(path) is not None,
        f"path is {path!r}.",
        remedy="Give one that starts with /, of at most 255 ASCII characters, without spaces.",
    )


def _text(port: int) -> str:
    return cdk.Tokenization.stringify_number(port) if is_token(port) else str(port)


def _rings(probes: int, timeout: int, age: int) -> PlanStep:
    return PlanStep(
        what="the alarm rings",
        seconds=age + probes * _MINUTE + _MINUTE + timeout + _MINUTE,
        arithmetic=f"{probes} probes x {_MINUTE} s, the last {_MINUTE} s late and {timeout} s long at most, "
        f"+ {_MINUTE} s until the alarm is evaluated"
        + (f" + {age} s that an answer may be old" if age else ""),
        source=f"{_SCHEDULER} and {_EVALUATION}",
    )
