"""An alarm on lines of a log."""

import re
from hashlib import sha256

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.alarms.own.threshold_alarm import AT_LEAST, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.alarms.table.alarm_template import LOG_NAMESPACE
from constructs_lib.alarms.table.definition import Severity
from constructs_lib.checks import Check

__all__ = ["LogAlarm"]

_LONGEST_PATTERN = 1_024
_LONGEST_VALUE = 100
_LONGEST_PATH = 126  # of a metric name's 255 characters, a stack's name may take 128
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_./-]+")
_WITHOUT_FILTERS = ("INFREQUENT_ACCESS", "DELIVERY")
_CLASSES = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html"
_TRANSFORMATION = (
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html"
)
_FILTER = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"


class LogAlarm(ThresholdAlarm):
    """An alarm on how often a pattern occurs in a log group, or on a number in the lines that match it.

    A metric filter makes a metric of the lines that come in from then on. It has no dimensions and a name that is made
    of the stack's name and this construct's path.

    Attributes:
        log_filter: the metric filter.
    """

    WATCHED = "What matching log lines count"

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        log_group: logs.ILogGroup,
        pattern: logs.IFilterPattern,
        means: str,
        threshold: float = 1,
        value: str = "1",
        statistic: str = "Sum",
        period: cdk.Duration | None = None,
        severity: Severity = Severity.WARNING,
        comparison_operator: cloudwatch.ComparisonOperator = AT_LEAST,
        evaluation_periods: int = 1,
        datapoints_to_alarm: int | None = None,
        cause: str | None = None,
        query: str | None = None,
        runbook: str | None = None,
        route: Route | None = None,
    ) -> None:
        """Ring while lines of `log_group` match `pattern`.

        Args:
            scope: the parent.
            construct_id: the id in `scope`.
            log_group: the log group, of the class Standard.
            pattern: which lines count, by `aws_cdk.aws_logs.FilterPattern`.
            means: what it means when it rings, a sentence for whoever is told.
            threshold: how many lines, or how much of `value`.
            value: what a matching line adds: a number, or ``$.path`` of one in the line.
            statistic: as CloudWatch writes it; for a number in the line usually Maximum or a percentile.
            period: the length of one datapoint. Left out: one minute.
            severity: who has to know.
            comparison_operator: how the figure compares to the threshold. Left out: it reaches it.
            evaluation_periods: how many of the latest datapoints are looked at.
            datapoints_to_alarm: how many of these must breach. Left out: all.
            cause: the likely cause; continues "Likely cause: ".
            query: what to run first; continues "First: ".
            runbook: a link for whoever is told.
            route: what the alarm does; `AlarmRoute.silent()` for one that a composite covers. Left out: it publishes to
                the stack's `AlarmTopic`, made on first use.

        Raises:
            ConfigurationError: it could never ring, or CloudWatch would refuse it.
        """
        check = Check(scope, construct_id)
        check.offers(
            "log_group", log_group, "log_group_name", remedy="Give a log group of CDK, made or imported."
        )
        check.require(log_group is not None, "log_group is None.", remedy="Give a log group of CDK.")
        _check_pattern(check, pattern, value)
        _check_class(check, log_group)
        name = _metric_name(scope, construct_id)
        super().__init__(
            scope,
            construct_id,
            metric=cloudwatch.Metric(
                namespace=LOG_NAMESPACE,
                metric_name=name,
                statistic=statistic,
                period=period or cdk.Duration.minutes(1),
            ),
            lowest=0 if value == "1" else None,
            threshold=threshold,
            means=means,
            severity=severity,
            comparison_operator=comparison_operator,
            evaluation_periods=evaluation_periods,
            datapoints_to_alarm=datapoints_to_alarm,
            cause=cause,
            query=query,
            runbook=runbook,
            route=route,
        )
        with check.all_or_nothing():
            self.log_filter = logs.MetricFilter(
                self,
                "Filter",
                log_group=log_group,
                filter_pattern=pattern,
                metric_namespace=LOG_NAMESPACE,
                metric_name=name,
                metric_value=value,
            )


def _metric_name(scope: Construct, construct_id: str) -> str:
    # Two stacks of one app, or the same app deployed twice, must not share a metric.
    stack = cdk.Stack.of(scope)
    path = [*scope.node.path.split("/"), construct_id][len(stack.node.path.split("/")) :]
    readable = _FORBIDDEN.sub("-", "/".join(path))
    if len(readable) > _LONGEST_PATH:
        readable = f"{sha256(readable.encode()).hexdigest()[:8]}-{readable[-_LONGEST_PATH + 9 :]}"
    return f"{cdk.Aws.STACK_NAME}/{readable}"


def _check_pattern(check: Check, pattern: logs.IFilterPattern, value: str) -> None:
    check.require(
        hasattr(pattern, "log_pattern_string"),
        f"pattern is {pattern!r}.",
        remedy="Give one of aws_cdk.aws_logs.FilterPattern, such as FilterPattern.literal(...).",
    )
    text = pattern.log_pattern_string
    check.require(
        len(text) <= _LONGEST_PATTERN,
        f"pattern has {len(text)} characters.",
        remedy=f"CloudWatch Logs takes {_LONGEST_PATTERN}. See {_FILTER}",
    )
    check.instance("value", value, str)
    check.require(
        value.startswith("$") or _is_number(value),
        f"value is {value!r}.",
        remedy="Give a number as text, or $.path of one in the line.",
    )
    check.require(
        len(value) <= _LONGEST_VALUE,
        f"value has {len(value)} characters.",
        remedy=f"CloudWatch Logs takes {_LONGEST_VALUE}. See {_TRANSFORMATION}",
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_class(check: Check, log_group: logs.ILogGroup) -> None:
    resource = log_group.node.default_child
    if isinstance(resource, logs.CfnLogGroup) and resource.log_group_class in _WITHOUT_FILTERS:
        check.fail(
            f"log_group is of the class {resource.log_group_class}, which has no metric filters.",
            remedy=f"Give it the class Standard. See {_CLASSES}",
        )
