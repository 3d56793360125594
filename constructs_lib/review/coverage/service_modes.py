"""How queues, tables, APIs and state machines fail, one row each."""

from functools import partial
from typing import Final

from constructs_lib.review.coverage.mode import Mode

__all__ = [
    "DEAD_LETTER_MODES",
    "HTTP_API_MODES",
    "QUEUE_MODES",
    "REST_API_MODES",
    "STATE_MACHINE_MODES",
    "TABLE_MODES",
]

_RECOMMENDED: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html"
)
_SQS: Final = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
_DYNAMODB: Final = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html"
_STATES: Final = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html"
_VISIBLE: Final = ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
_AGE: Final = ("AWS/SQS", "ApproximateAgeOfOldestMessage")
_LOST: Final = "6 in an hour"

QUEUE_MODES: Final[tuple[Mode, ...]] = (
    Mode(
        id="stalled",
        title="Messages wait until they are deleted",
        metrics=(_AGE, _VISIBLE),
        incident="queue_stalls",
        happens="60 messages a minute come and nobody takes one for {retention_hours:g} hours, until the first is "
        "deleted",
        remedy="the maximum of ApproximateAgeOfOldestMessage",
        source=f"{_RECOMMENDED}#SQS",
        facts=("retention_hours",),
    ),
)
DEAD_LETTER_MODES: Final[tuple[Mode, ...]] = (
    Mode(
        id="arrival",
        title="A dead letter arrives",
        metrics=(_VISIBLE, _AGE),
        incident="dead_letters_arrive",
        happens=f"dead letters come, {_LOST}, and stay",
        remedy="the maximum of ApproximateNumberOfMessagesVisible, from 1",
        source=_SQS,
    ),
)


def _throttled(kind: str) -> Mode:
    return Mode(
        id=f"{kind.lower()}s-throttled",
        title=f"{kind}s are throttled",
        metrics=(("AWS/DynamoDB", f"{kind}ThrottleEvents"), ("AWS/DynamoDB", "ThrottledRequests")),
        incident=f"table_throttles_{kind.lower()}s",
        happens=f"30 % of 60 {kind.lower()}s a minute are throttled for an hour",
        remedy=f"the sum of {kind}ThrottleEvents",
        source=f"{_RECOMMENDED}#DynamoDB",
    )


TABLE_MODES: Final[tuple[Mode, ...]] = (
    _throttled("Read"),
    _throttled("Write"),
    Mode(
        id="system-errors",
        title="DynamoDB answers with errors",
        metrics=(("AWS/DynamoDB", "SystemErrors"),),
        incident="table_fails",
        happens="30 % of 60 reads and writes a minute fail for an hour",
        remedy="the sum of SystemErrors over its operations",
        source=_DYNAMODB,
        essential=False,
    ),
    Mode(
        id="replication",
        title="Writes reach another Region late",
        metrics=(("AWS/DynamoDB", "ReplicationLatency"),),
        incident="table_replicates_late",
        happens="what is written arrives 10 minutes late in another Region for an hour",
        remedy="the average of ReplicationLatency for each receiving Region",
        source=f"{_RECOMMENDED}#DynamoDB",
        needs=("replicated",),
        in_parts=True,
    ),
)


def _api(prefix: str, client_errors: str, server_errors: str) -> tuple[Mode, ...]:
    row = partial(Mode, in_parts=True, source=f"{_RECOMMENDED}#ApiGateway")
    gateway = "AWS/ApiGateway"
    return (
        row(
            id="server-errors",
            title="Requests fail with 5xx",
            metrics=((gateway, server_errors),),
            incident=f"{prefix}_fails",
            happens="30 % of 60 requests a minute fail for an hour",
            remedy=f"{server_errors}",
        ),
        row(
            id="slow",
            title="Requests take long",
            metrics=((gateway, "Latency"), (gateway, "IntegrationLatency")),
            incident=f"{prefix}_is_slow",
            happens="half of 60 requests a minute take 4 s for an hour, one in a hundred 10 s",
            remedy="p90 of Latency",
            essential=False,
        ),
        row(
            id="client-errors",
            title="Requests are refused with 4xx",
            metrics=((gateway, client_errors),),
            incident=f"{prefix}_refuses",
            happens="30 % of 60 requests a minute are refused for an hour",
            remedy=f"the share of {client_errors}",
            essential=False,
        ),
        row(
            id="silence",
            title="No request comes",
            metrics=((gateway, "Count"),),
            incident=f"{prefix}_is_silent",
            happens="no request comes for 2 days, after 60 a minute",
            remedy="Count below 1, missing data breaching",
            essential=False,
            by_absence=True,
        ),
    )


HTTP_API_MODES: Final = _api("http_api", "4xx", "5xx")
REST_API_MODES: Final = _api("rest_api", "4XXError", "5XXError")


def _executions(id_: str, title: str, metric: str, verb: str, **more: bool | tuple[str, ...]) -> Mode:
    return Mode(
        id=id_,
        title=title,
        metrics=(("AWS/States", metric),),
        incident="executions_fail",
        happens=f"30 % of 60 executions a minute {verb} for an hour",
        remedy=f"the sum of {metric}",
        source=_STATES,
        **more,  # type: ignore[arg-type] # essential and needs
    )


STATE_MACHINE_MODES: Final[tuple[Mode, ...]] = (
    _executions("failed", "Executions fail", "ExecutionsFailed", "fail"),
    _executions("timed-out", "Executions time out", "ExecutionsTimedOut", "time out", needs=("times_out",)),
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html: no express workflow is.
    _executions(
        "aborted",
        "Executions are stopped",
        "ExecutionsAborted",
        "are stopped",
        essential=False,
        needs=("standard",),
    ),
    _executions(
        "throttled",
        "Executions wait for state transitions",
        "ExecutionThrottled",
        "are throttled",
        essential=False,
        needs=("standard",),
    ),
)
