"""How functions and consumers of streams fail, one row each."""

from functools import partial
from typing import Final

from constructs_lib.review.coverage.mode import Mode

__all__ = ["CONSUMER_MODES", "FUNCTION_MODES"]

_METRICS: Final = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
_RECOMMENDED: Final = (
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
    "Best_Practice_Recommended_Alarms_AWS_Services.html#Lambda"
)
_CONCURRENCY: Final = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-concurrency.html"
_LAMBDA: Final = "AWS/Lambda"
_DEAD_LETTERS: Final = ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
_LOST: Final = "6 in an hour"

_called = partial(Mode, in_parts=True, source=_METRICS)
_lost = partial(Mode, incident="drip", source=_METRICS)

FUNCTION_MODES: Final[tuple[Mode, ...]] = (
    _called(
        id="errors",
        title="Invocations fail",
        metrics=((_LAMBDA, "Errors"),),
        incident="function_fails",
        happens="30 % of 60 invocations a minute fail for an hour",
        remedy="the sum of Errors",
        ends_life=True,
    ),
    _called(
        id="throttles",
        title="Invocations are throttled",
        metrics=((_LAMBDA, "Throttles"),),
        incident="function_is_throttled",
        happens="30 % of 60 requests a minute are throttled for an hour",
        remedy="the sum of Throttles",
        source=_RECOMMENDED,
        ends_life=True,
    ),
    _called(
        id="slow",
        title="Invocations come close to the timeout",
        metrics=((_LAMBDA, "Duration"),),
        incident="function_is_slow",
        happens="half of 60 invocations a minute take 60 % of the timeout of {timeout:g} s for an hour, one in a "
        "hundred 90 %",
        remedy="p99 of Duration near the timeout",
        source=_RECOMMENDED,
        facts=("timeout",),
        ends_life=True,
    ),
    Mode(
        id="concurrency",
        title="The reserved concurrency is used up",
        metrics=((_LAMBDA, "ConcurrentExecutions"),),
        incident="function_is_full",
        happens="all {reserved:g} reserved executions are busy for an hour, where 30 % are otherwise",
        remedy="the maximum of ConcurrentExecutions near the reserved concurrency",
        source=_RECOMMENDED,
        facts=("reserved",),
    ),
    _called(
        id="spillover",
        title="Requests find no provisioned environment",
        metrics=(
            (_LAMBDA, "ProvisionedConcurrencySpilloverInvocations"),
            (_LAMBDA, "ProvisionedConcurrencyUtilization"),
        ),
        incident="function_spills_over",
        happens="30 % of 60 requests a minute find no provisioned environment for an hour",
        remedy="the sum of ProvisionedConcurrencySpilloverInvocations",
        source=_CONCURRENCY,
        needs=("provisioned",),
    ),
    _lost(
        id="events-dropped",
        title="Asynchronous events are given up",
        metrics=((_LAMBDA, "AsyncEventsDropped"), _DEAD_LETTERS),
        happens=f"asynchronous events fail for good, {_LOST}",
        remedy="the sum of AsyncEventsDropped, or on what is visible in the dead-letter queue",
        needs=("asynchronous",),
        ends_life=True,
    ),
    _lost(
        id="destination-failures",
        title="Failed events do not reach their destination",
        metrics=((_LAMBDA, "DestinationDeliveryFailures"),),
        happens=f"the destination refuses events, {_LOST}",
        remedy="the sum of DestinationDeliveryFailures",
        needs=("destination",),
    ),
    _lost(
        id="dead-letter-errors",
        title="Failed events do not reach the dead-letter queue",
        metrics=((_LAMBDA, "DeadLetterErrors"),),
        happens=f"the dead-letter queue or topic refuses events, {_LOST}",
        remedy="the sum of DeadLetterErrors",
        needs=("dead_letter_config",),
    ),
    _called(
        id="silence",
        title="It is no longer invoked",
        metrics=((_LAMBDA, "Invocations"),),
        incident="function_is_silent",
        happens="nothing invokes it for 2 days, after 60 a minute",
        remedy="the sum of Invocations below 1, missing data breaching",
        essential=False,
        by_absence=True,
    ),
)

CONSUMER_MODES: Final[tuple[Mode, ...]] = (
    Mode(
        id="iterator-age",
        title="Records are read too late",
        metrics=((_LAMBDA, "IteratorAge"),),
        incident="stream_is_blocked",
        happens="a batch blocks its shard for {retention_hours:g} hours",
        remedy="the maximum of IteratorAge",
        source=_RECOMMENDED,
        facts=("retention_hours",),
        in_parts=True,
    ),
    _lost(
        id="records-dropped",
        title="Records are given up and lost",
        metrics=((_LAMBDA, "DroppedEventCount"),),
        happens=f"records are out of retries or too old, {_LOST}",
        remedy="the sum of DroppedEventCount, which MetricsConfig of the event source mapping switches on",
        needs=("drops",),
    ),
    _lost(
        id="records-failed",
        title="Records are given up",
        metrics=((_LAMBDA, "OnFailureDestinationDeliveredEventCount"), _DEAD_LETTERS),
        happens=f"records are out of retries or too old, {_LOST}, and the on-failure destination is told",
        remedy="what is visible in the queue that is the on-failure destination",
        needs=("hands_over",),
    ),
    _lost(
        id="destination-failures",
        title="Given up records do not reach their destination",
        metrics=((_LAMBDA, "DestinationDeliveryFailures"),),
        happens=f"the destination refuses records, {_LOST}",
        remedy="the sum of DestinationDeliveryFailures",
        needs=("destination",),
    ),
)
