"""What to ask the logs of a function that writes JSON.

Field names: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html for what Lambda itself
writes; ``level`` and ``message`` are what its runtimes and Powertools write for the function, ``log_level``,
``errorType`` and ``errorMessage`` what the Python runtime writes for an exception that nobody caught.
Commands: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from dataclasses import dataclass

__all__ = [
    "COLD_STARTS_OVER_TIME",
    "INITIALISATION_OVER_TIME",
    "LOG_QUERIES",
    "RECENT_ERRORS",
    "SLOWEST_REQUESTS",
    "LogQuery",
]


@dataclass(frozen=True, kw_only=True)
class LogQuery:
    """A question to CloudWatch Logs Insights.

    Attributes:
        name: a word for it, in code.
        title: what people see.
        commands: the commands of the query, in order.
        answers: what one learns from it.
    """

    name: str
    title: str
    commands: tuple[str, ...]
    answers: str

    @property
    def text(self) -> str:
        """The query as Logs Insights takes it."""
        return "\n| ".join(self.commands)


def _columns(command: str, *columns: str, by: str = "") -> str:
    return f"{command} {', '.join(columns)}" + (by and f" by {by}")


_REPORTS = 'filter type = "platform.report"'
_FAILED_LINES = 'filter level in ["ERROR", "CRITICAL", "FATAL"] or `log_level` = "ERROR"'
_TRACE = "parse record.tracing.value /Root=(?<traceId>[^;]+)/"
# Environments that are initialised ahead (provisioned concurrency, SnapStart) keep no request waiting.
_REPORTS_AND_STARTS = (
    f'{_REPORTS} or (type = "platform.initStart" and record.initializationType = "on-demand")'
)
_INVOCATIONS = "count(record.metrics.durationMs) as invocations"
_COLD_STARTS = "count(record.initializationType) as coldStarts"
_PERCENT = "100 * coldStarts / invocations as coldStartPercent"
_INITIALISATION = (
    "pct(record.metrics.initDurationMs, 50) as p50InitMs",
    "pct(record.metrics.initDurationMs, 99) as p99InitMs",
)

RECENT_ERRORS = LogQuery(
    name="recent_errors",
    title="Recent errors",
    commands=(
        _FAILED_LINES,
        _columns(
            "fields",
            "@timestamp",
            "coalesce(errorType, `exception_name`, level) as error",
            "coalesce(errorMessage, message) as text",
            "coalesce(requestId, `function_request_id`) as request",
        ),
        "sort @timestamp desc",
        "limit 20",
    ),
    answers="What the function itself last said about failures.",
)

SLOWEST_REQUESTS = LogQuery(
    name="slowest_requests",
    title="Slowest requests",
    commands=(
        _REPORTS,
        _TRACE,
        _columns(
            "fields",
            "@timestamp",
            "record.metrics.durationMs as durationMs",
            "record.metrics.initDurationMs as initDurationMs",
            "record.metrics.maxMemoryUsedMB as memoryMB",
            "record.status as status",
            "record.requestId as request",
            "traceId",
        ),
        "sort durationMs desc",
        "limit 20",
    ),
    answers="The slowest requests with the ids of their traces, whether they met a cold start, and the memory used.",
)

# A graph of Logs Insights has one axis: counts and times need one each.
COLD_STARTS_OVER_TIME = LogQuery(
    name="cold_starts_over_time",
    title="Cold starts",
    commands=(_REPORTS_AND_STARTS, _columns("stats", _INVOCATIONS, _COLD_STARTS, _PERCENT, by="bin(5m)")),
    answers="How many requests waited for a new environment, and which share of all.",
)

INITIALISATION_OVER_TIME = LogQuery(
    name="initialisation_over_time",
    title="Time of cold starts",
    commands=(_REPORTS, _columns("stats", *_INITIALISATION, by="bin(5m)")),
    answers="How long the initialisation of a new environment took.",
)

LOG_QUERIES: tuple[LogQuery, ...] = (
    LogQuery(
        name="latency",
        title="p99 latency",
        commands=(
            _REPORTS,
            _columns(
                "stats",
                "count(*) as invocations",
                "pct(record.metrics.durationMs, 50) as p50Ms",
                "pct(record.metrics.durationMs, 90) as p90Ms",
                "pct(record.metrics.durationMs, 99) as p99Ms",
                "max(record.metrics.durationMs) as slowestMs",
                by="@log",
            ),
            "sort p99Ms desc",
        ),
        answers="How long requests took, function by function.",
    ),
    LogQuery(
        name="cold_starts",
        title="Cold starts: rate and time",
        commands=(
            _REPORTS_AND_STARTS,
            _columns(
                "stats",
                _INVOCATIONS,
                _COLD_STARTS,
                _PERCENT,
                *_INITIALISATION,
                "max(record.metrics.initDurationMs) as slowestInitMs",
                by="@log",
            ),
            "sort coldStartPercent desc",
        ),
        answers="Which share of the requests waited for a new environment, and for how long.",
    ),
    LogQuery(
        name="memory",
        title="Memory used against configured",
        commands=(
            _REPORTS,
            _columns(
                "stats",
                "max(record.metrics.memorySizeMB) as configuredMB",
                "pct(record.metrics.maxMemoryUsedMB, 50) as p50MB",
                "pct(record.metrics.maxMemoryUsedMB, 99) as p99MB",
                "max(record.metrics.maxMemoryUsedMB) as mostMB",
                "100 * mostMB / configuredMB as percentUsed",
                by="@log",
            ),
            "sort percentUsed desc",
        ),
        answers="Whether a function has too little memory, or pays for memory that it never uses.",
    ),
    LogQuery(
        name="error_rate",
        title="Error rate",
        commands=(
            _REPORTS,
            'fields 1 - strcontains(record.status, "success") as failed',
            _columns(
                "stats",
                "count(*) as invocations",
                "sum(failed) as errors",
                "100 * errors / invocations as errorPercent",
                by="@log",
            ),
            "sort errorPercent desc",
        ),
        answers="Which share of the invocations failed, timeouts included.",
    ),
    LogQuery(
        name="top_errors",
        title="Top errors",
        commands=(
            _FAILED_LINES,
            "fields coalesce(errorType, `exception_name`, message) as error",
            "stats count(*) as occurrences, max(@timestamp) as lastSeen by error, @log",
            "sort occurrences desc",
            "limit 20",
        ),
        answers="Which errors there are, the most frequent first.",
    ),
    LogQuery(
        name="timeouts",
        title="Timeouts",
        commands=(
            f'{_REPORTS} and record.status = "timeout"',
            _TRACE,
            _columns(
                "fields",
                "@timestamp",
                "@log",
                "record.metrics.durationMs as durationMs",
                "record.requestId as request",
                "traceId",
            ),
            "sort @timestamp desc",
            "limit 50",
        ),
        answers="Which requests ran into the timeout.",
    ),
    SLOWEST_REQUESTS,
)
"""The queries that `SavedQueries` saves."""
