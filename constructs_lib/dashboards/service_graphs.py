"""The graphs of queues, tables, APIs and workflows, one row each."""

from constructs_lib.dashboards.graph import Graph, Line, Rate, Section, percentiles
from constructs_lib.dashboards.lambda_graphs import DEAD_LETTERS

__all__ = ["HTTP_API_GRAPHS", "QUEUE_GRAPHS", "REST_API_GRAPHS", "TABLE_GRAPHS", "WORKFLOW_GRAPHS"]

_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html"
_HTTP = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html"
_REST = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"
_STATES = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html"
_HOUR = 3600


def _lines(of: str, statistic: str, **labels: str) -> tuple[Line, ...]:
    return tuple(
        Line(metric=metric, statistic=statistic, of=of, label=label) for metric, label in labels.items()
    )


QUEUE_GRAPHS: tuple[Graph, ...] = (
    Graph(
        section=Section.TRAFFIC,
        title="messages",
        lines=_lines(
            "queue",
            "Sum",
            NumberOfMessagesSent="sent",
            NumberOfMessagesReceived="received",
            NumberOfMessagesDeleted="deleted",
        ),
        left="messages",
        source=_SQS,
    ),
    Graph(
        section=Section.LATENCY,
        title="age of the oldest message",
        lines=_lines("queue", "Maximum", ApproximateAgeOfOldestMessage="age of the oldest"),
        left="seconds",
        source=_SQS,
    ),
    Graph(
        section=Section.SATURATION,
        title="messages in the queue",
        lines=_lines(
            "queue",
            "Maximum",
            ApproximateNumberOfMessagesVisible="waiting",
            ApproximateNumberOfMessagesNotVisible="in flight",
            ApproximateNumberOfMessagesDelayed="delayed",
        ),
        left="messages",
        source=_SQS,
    ),
    DEAD_LETTERS,
    Graph(
        section=Section.COST,
        title="billed an hour",
        lines=_lines(
            "queue",
            "Sum",
            NumberOfMessagesSent="sent",
            NumberOfMessagesReceived="received",
            NumberOfMessagesDeleted="deleted",
            NumberOfEmptyReceives="empty receives",
        ),
        left="messages and empty receives",
        period=_HOUR,
        source=_SQS,
    ),
)

_READ, _WRITE = _lines("table", "Sum", ConsumedReadCapacityUnits="read", ConsumedWriteCapacityUnits="write")

TABLE_GRAPHS: tuple[Graph, ...] = (
    Graph(
        section=Section.TRAFFIC,
        title="successful requests",
        lines=_lines("operation", "SampleCount", SuccessfulRequestLatency="requests"),
        left="requests",
        source=_DYNAMODB,
    ),
    Graph(
        section=Section.ERRORS,
        title="throttles and errors",
        lines=(
            *_lines(
                "table",
                "Sum",
                ReadThrottleEvents="read throttles",
                WriteThrottleEvents="write throttles",
                TransactionConflict="transaction conflicts",
                ConditionalCheckFailedRequests="failed conditions",
            ),
            *_lines("operation", "Sum", SystemErrors="system errors"),
        ),
        left="events",
        source=_DYNAMODB,
    ),
    *(
        Graph(
            section=Section.LATENCY,
            title=f"latency of {kind}s inside DynamoDB",
            lines=percentiles("SuccessfulRequestLatency", kind),
            left="ms",
            source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TroubleshootingLatency.html",
        )
        for kind in ("read", "write")
    ),
    Graph(
        section=Section.SATURATION,
        title="capacity",
        lines=(
            Rate(
                expression="read / PERIOD(read)",
                operands={"read": _READ},
                label="read units a second",
            ),
            Rate(
                expression="write / PERIOD(write)",
                operands={"write": _WRITE},
                label="write units a second",
            ),
            *_lines(
                "table",
                "Average",
                ProvisionedReadCapacityUnits="provisioned for reads",
                ProvisionedWriteCapacityUnits="provisioned for writes",
            ),
        ),
        left="units a second",
        source=_DYNAMODB,
    ),
    Graph(
        section=Section.COST,
        title="capacity units an hour",
        lines=(_READ, _WRITE),
        left="units",
        period=_HOUR,
        source="https://aws.amazon.com/dynamodb/pricing/",
    ),
)


def _api_graphs(
    client_errors: str, server_errors: str, source: str, cost: tuple[Line, ...]
) -> tuple[Graph, ...]:
    """The graphs that both kinds of API have, by the names that each gives to its errors."""
    # "The SampleCount statistic represents the total number of API requests."
    (count,) = _lines("api", "SampleCount", Count="requests")
    (failed,) = _lines("api", "Sum", **{server_errors: "5xx"})
    return (
        Graph(
            section=Section.TRAFFIC,
            title="requests",
            lines=(count,),
            left="requests",
            source=source,
        ),
        Graph(
            section=Section.ERRORS,
            title="errors",
            lines=(
                *_lines("api", "Sum", **{client_errors: "4xx"}),
                failed,
                Rate(
                    expression="IF(requests > 0, 100 * errors / requests, 0)",
                    operands={"requests": count, "errors": failed},
                    label="5xx rate (%)",
                    axis="right",
                ),
            ),
            left="responses",
            right="% of requests",
            source=source,
        ),
        Graph(
            section=Section.LATENCY,
            title="latency",
            lines=(
                *percentiles("Latency", "api"),
                *_lines("api", "p99", IntegrationLatency="p99 of the integration"),
            ),
            left="ms",
            source=source,
        ),
        Graph(
            section=Section.COST,
            title="billed an hour",
            lines=(count, *cost),
            left="requests",
            right="bytes",
            period=_HOUR,
            source="https://aws.amazon.com/api-gateway/pricing/",
        ),
    )


HTTP_API_GRAPHS: tuple[Graph, ...] = _api_graphs(
    "4xx",
    "5xx",
    _HTTP,
    (Line(metric="DataProcessed", statistic="Sum", of="api", label="data processed", axis="right"),),
)
REST_API_GRAPHS: tuple[Graph, ...] = _api_graphs("4XXError", "5XXError", _REST, ())

_STARTED, _SUCCEEDED, _FAILED, _TIMED_OUT = _lines(
    "workflow",
    "Sum",
    ExecutionsStarted="started",
    ExecutionsSucceeded="succeeded",
    ExecutionsFailed="failed",
    ExecutionsTimedOut="timed out",
)
# A metric of Step Functions is missing where nothing happened.
_ENDED = "(FILL(succeeded, 0) + FILL(failed, 0) + FILL(timed_out, 0))"
_BAD = "(FILL(failed, 0) + FILL(timed_out, 0))"

WORKFLOW_GRAPHS: tuple[Graph, ...] = (
    Graph(
        section=Section.TRAFFIC,
        title="executions",
        lines=(_STARTED, _SUCCEEDED, *_lines("workflow", "Sum", ExecutionsRedriven="redriven")),
        left="executions",
        source=_STATES,
    ),
    Graph(
        section=Section.ERRORS,
        title="executions that did not succeed",
        lines=(
            _FAILED,
            _TIMED_OUT,
            *_lines("workflow", "Sum", ExecutionsAborted="aborted"),
            Rate(
                expression=f"IF({_ENDED} > 0, 100 * {_BAD} / {_ENDED}, 0)",
                operands={"succeeded": _SUCCEEDED, "failed": _FAILED, "timed_out": _TIMED_OUT},
                label="failure rate (%)",
                axis="right",
            ),
        ),
        left="executions",
        right="% of those that ended",
        source=_STATES,
    ),
    Graph(
        section=Section.LATENCY,
        title="execution time",
        lines=percentiles("ExecutionTime", "workflow"),
        left="ms",
        source=_STATES,
    ),
    Graph(
        section=Section.SATURATION,
        title="throttled transitions",
        lines=_lines("workflow", "Sum", ExecutionThrottled="throttled"),
        left="transitions",
        source=_STATES,
    ),
    Graph(
        section=Section.COST,
        title="billed an hour",
        lines=(
            _STARTED,
            Line(
                metric="ExpressExecutionBilledDuration",
                statistic="Sum",
                of="workflow",
                label="billed duration (Express)",
                axis="right",
            ),
        ),
        left="executions",
        right="ms",
        period=_HOUR,
        source=_STATES,
    ),
)
