"""The graphs of queues, tables and workflows, one row each."""

from constructs_lib.dashboards.graph import HOUR, Graph, Line, Rate, Section, lines_of, percentiles
from constructs_lib.dashboards.lambda_graphs import DEAD_LETTERS

__all__ = ["QUEUE_GRAPHS", "TABLE_GRAPHS", "WORKFLOW_GRAPHS"]

_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html"
_STATES = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html"


_MESSAGES = lines_of(
    "queue",
    "Sum",
    NumberOfMessagesSent="sent",
    NumberOfMessagesReceived="received",
    NumberOfMessagesDeleted="deleted",
)

QUEUE_GRAPHS: tuple[Graph, ...] = (
    Graph(
        section=Section.TRAFFIC,
        title="messages",
        lines=_MESSAGES,
        left="messages",
        source=_SQS,
    ),
    Graph(
        section=Section.LATENCY,
        title="age of the oldest message",
        lines=lines_of("queue", "Maximum", ApproximateAgeOfOldestMessage="age of the oldest"),
        left="seconds",
        source=_SQS,
    ),
    Graph(
        section=Section.SATURATION,
        title="messages in the queue",
        lines=lines_of(
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
        lines=(*_MESSAGES, *lines_of("queue", "Sum", NumberOfEmptyReceives="empty receives")),
        left="messages and empty receives",
        period=HOUR,
        source=_SQS,
    ),
)

_READ, _WRITE = lines_of("table", "Sum", ConsumedReadCapacityUnits="read", ConsumedWriteCapacityUnits="write")

TABLE_GRAPHS: tuple[Graph, ...] = (
    Graph(
        section=Section.TRAFFIC,
        title="successful requests",
        lines=lines_of("operation", "SampleCount", SuccessfulRequestLatency="requests"),
        left="requests",
        source=_DYNAMODB,
    ),
    Graph(
        section=Section.ERRORS,
        title="throttles and errors",
        lines=(
            *lines_of(
                "table",
                "Sum",
                ReadThrottleEvents="read throttles",
                WriteThrottleEvents="write throttles",
                TransactionConflict="transaction conflicts",
                ConditionalCheckFailedRequests="failed conditions",
            ),
            *lines_of("operation", "Sum", SystemErrors="system errors"),
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
            *lines_of(
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
        period=HOUR,
        source="https://aws.amazon.com/dynamodb/pricing/",
    ),
)


_STARTED, _SUCCEEDED, _FAILED, _TIMED_OUT = lines_of(
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
        lines=(_STARTED, _SUCCEEDED, *lines_of("workflow", "Sum", ExecutionsRedriven="redriven")),
        left="executions",
        source=_STATES,
    ),
    Graph(
        section=Section.ERRORS,
        title="executions that did not succeed",
        lines=(
            _FAILED,
            _TIMED_OUT,
            *lines_of("workflow", "Sum", ExecutionsAborted="aborted"),
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
        lines=lines_of("workflow", "Sum", ExecutionThrottled="throttled"),
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
        period=HOUR,
        source=_STATES,
    ),
)
