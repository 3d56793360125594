"""The graphs of a Lambda function, one row each."""

from constructs_lib.dashboards.graph import HOUR, Axis, Graph, Line, LogPanel, Rate, Section, percentiles
from constructs_lib.dashboards.queries import (
    COLD_STARTS_OVER_TIME,
    INITIALISATION_OVER_TIME,
    RECENT_ERRORS,
    SLOWEST_REQUESTS,
)

__all__ = ["DEAD_LETTERS", "LAMBDA_GRAPHS", "LAMBDA_LOGS"]

_METRICS = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
_CONCURRENCY = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html"
_SQS_METRICS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"


def _sum(metric: str, label: str, of: str = "qualifier", axis: Axis = "left") -> Line:
    return Line(metric=metric, statistic="Sum", of=of, label=label, axis=axis)


_INVOCATIONS = _sum("Invocations", "invocations")
_ERRORS = _sum("Errors", "errors")

DEAD_LETTERS = Graph(
    section=Section.ASYNC,
    title="dead letters",
    lines=(
        Line(
            metric="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            of="dead_letters",
            label="messages",
        ),
        Line(
            metric="ApproximateAgeOfOldestMessage",
            statistic="Maximum",
            of="dead_letters",
            label="age of the oldest",
            axis="right",
        ),
    ),
    left="messages",
    right="seconds",
    source=_SQS_METRICS,
)

# Traffic and errors are those of the alias or version that is given; concurrency and asynchronous work are
# published for the function as a whole.
LAMBDA_GRAPHS: tuple[Graph, ...] = (
    Graph(
        section=Section.TRAFFIC,
        title="requests",
        lines=(_INVOCATIONS, _sum("Throttles", "throttled", axis="right")),
        left="requests",
        right="throttled requests",
        source=_METRICS,
    ),
    Graph(
        section=Section.ERRORS,
        title="errors",
        lines=(
            _ERRORS,
            Rate(
                expression="IF(invocations > 0, 100 * errors / invocations, 0)",
                operands={"errors": _ERRORS, "invocations": _INVOCATIONS},
                label="error rate (%)",
                axis="right",
            ),
        ),
        left="errors",
        right="% of invocations",
        source=_METRICS,
    ),
    Graph(
        section=Section.LATENCY,
        title="duration",
        lines=percentiles("Duration", "qualifier"),
        left="ms",
        source=_METRICS,
    ),
    Graph(
        section=Section.SATURATION,
        title="concurrency",
        lines=(
            Line(
                metric="ConcurrentExecutions",
                statistic="Maximum",
                of="function",
                label="concurrent executions",
            ),
        ),
        left="executions",
        source=_CONCURRENCY,
    ),
    Graph(
        section=Section.SATURATION,
        title="provisioned concurrency",
        lines=(
            _sum("ProvisionedConcurrencySpilloverInvocations", "spillover invocations"),
            Line(
                metric="ProvisionedConcurrencyUtilization",
                statistic="Maximum",
                of="qualifier",
                label="in use",
                axis="right",
            ),
        ),
        left="invocations",
        right="share of the provisioned",
        source=_CONCURRENCY,
    ),
    Graph(
        section=Section.ASYNC,
        title="asynchronous events",
        lines=(
            _sum("AsyncEventsReceived", "received", "function"),
            Line(
                metric="AsyncEventAge",
                statistic="Maximum",
                of="function",
                label="age of the oldest",
                axis="right",
            ),
        ),
        left="events",
        right="ms",
        source=_METRICS,
    ),
    Graph(
        section=Section.ASYNC,
        title="events given up",
        lines=(
            _sum("AsyncEventsDropped", "dropped", "function"),
            _sum("DestinationDeliveryFailures", "destination delivery failures", "function"),
            _sum("DeadLetterErrors", "dead-letter errors", "function"),
        ),
        left="events",
        source=_METRICS,
    ),
    DEAD_LETTERS,
    Graph(
        section=Section.COST,
        title="billed an hour",
        lines=(
            _sum("Invocations", "requests", "function"),
            Rate(
                expression="duration / 1000 * {memory_gb}",
                operands={"duration": _sum("Duration", "duration", "function")},
                label="GB-seconds without initialisation",
                axis="right",
            ),
        ),
        left="requests",
        right="GB-seconds",
        period=HOUR,
        source="https://aws.amazon.com/lambda/pricing/",
    ),
)

LAMBDA_LOGS: tuple[LogPanel, ...] = (
    LogPanel(section=Section.COLD_STARTS, query=COLD_STARTS_OVER_TIME, view="timeSeries"),
    LogPanel(section=Section.COLD_STARTS, query=INITIALISATION_OVER_TIME, view="timeSeries"),
    LogPanel(section=Section.LOGS, query=RECENT_ERRORS),
    LogPanel(section=Section.LOGS, query=SLOWEST_REQUESTS),
)
