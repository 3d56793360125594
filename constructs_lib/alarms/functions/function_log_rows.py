"""The alarms of a Lambda function on what Lambda writes to its log, one row each.

Lambda writes a ``platform.report`` when an invocation ends, as JSON where the function logs JSON. One that failed is
written at the system log level WARN, so always; the others at INFO.
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

from functools import partial

from constructs_lib.alarms.functions.function_row_parts import OF_FUNCTION, lambda_row
from constructs_lib.alarms.table.alarm_template import LOG_NAMESPACE
from constructs_lib.alarms.table.definition import AlarmDefinition, LogFilter, Operand, Profile, Severity

__all__ = ["LAMBDA_LOG_ALARMS"]

_EVENTS = "https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html"
_INSIGHTS = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#LambdaInsights"
)
_LIFECYCLE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"

_log_row = partial(AlarmDefinition, namespace=LOG_NAMESPACE, dimensions={})
_REPORT = '$.type = "platform.report"'
_METRICS = "$.record.metrics"

LAMBDA_LOG_ALARMS: tuple[AlarmDefinition, ...] = (
    _log_row(
        name="timeouts",
        metric="Timeouts",
        log_filter=LogFilter(pattern=f'{{ {_REPORT} && $.record.status = "timeout" }}'),
        statistic="Sum",
        threshold=1,
        unit="invocations",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.COMPLETE,
        needs=("log_group_name",),
        means="Invocations were cut off by the timeout, in the middle of what they did.",
        cause="a dependency that does not answer, and a client without a shorter timeout of its own.",
        query='Logs Insights on its log group: filter type = "platform.report" and record.status = "timeout" | '
        "sort @timestamp desc | limit 20.",
        source=_EVENTS,
    ),
    _log_row(
        name="out_of_memory",
        metric="OutOfMemory",
        log_filter=LogFilter(pattern=f'{{ {_REPORT} && $.record.errorType = "Runtime.OutOfMemory" }}'),
        statistic="Sum",
        threshold=1,
        unit="invocations",
        evaluation_periods=1,
        datapoints_to_alarm=1,
        severity=Severity.CRITICAL,
        profile=Profile.COMPLETE,
        needs=("log_group_name",),
        means="Environments were killed because they ran out of memory, with what they were doing.",
        cause="an event that is larger than usual, or memory that is not given back between invocations.",
        query='Logs Insights on its log group: filter record.errorType = "Runtime.OutOfMemory" | '
        "sort @timestamp desc | limit 20, then what these requests had in common.",
        source=_EVENTS,
    ),
    _log_row(
        name="memory_used",
        metric="MaxMemoryUsed",
        log_filter=LogFilter(
            pattern=f"{{ {_REPORT} && {_METRICS}.maxMemoryUsedMB > 0 }}", value=f"{_METRICS}.maxMemoryUsedMB"
        ),
        statistic="Maximum",
        threshold=0.9,
        unit="of the memory",
        period=300,
        evaluation_periods=3,
        datapoints_to_alarm=2,
        severity=Severity.WARNING,
        profile=Profile.COMPLETE,
        needs=("log_group_name", "logs_every_report"),
        share_of="memory_mb",
        share_unit="MB",
        means="Environments come close to their memory, where they are killed.",
        cause="larger events, a new version, or memory that is not given back between invocations.",
        query='Logs Insights on its log group: filter type = "platform.report" | '
        "stats max(record.metrics.maxMemoryUsedMB) by bin(1h).",
        source=_INSIGHTS,
    ),
    lambda_row(
        name="cold_start_rate",
        metric="cold_start_rate",
        dimensions=OF_FUNCTION,
        statistic="Sum",
        threshold=10,  # AWS: typically under one percent
        highest=100,
        unit="% of invocations",
        period=300,  # a report stands at the end of an invocation, Invocations at its start
        evaluation_periods=3,
        datapoints_to_alarm=3,
        severity=Severity.WARNING,
        profile=Profile.COMPLETE,
        needs=("log_group_name", "logs_cold_starts"),
        expression="IF(invocations >= {minimum_traffic}, 100 * starts / invocations, 0)",
        operands={
            "invocations": "Invocations",
            "starts": Operand(
                metric="ColdStarts",
                log_filter=LogFilter(
                    # With SnapStart an environment is restored in place of initialised.
                    pattern=f"{{ {_REPORT} && ({_METRICS}.initDurationMs > 0 || {_METRICS}.restoreDurationMs > 0) }}"
                ),
            ),
        },
        minimum_traffic=100,
        means="A lasting share of the requests waits for a new environment.",
        cause="traffic that comes in bursts, environments that crash, or a version that is deployed again and again.",
        query='Logs Insights on its log group: filter type = "platform.report" | '
        "stats count(record.metrics.initDurationMs) as starts, count(*) as runs by bin(5m).",
        source=_LIFECYCLE,
    ),
)
