"""Which dimensions and which values AWS services publish their metrics with, as far as they say so."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

__all__ = ["HIGHEST", "IGNORES_MISSING_DATA", "ONLY_WITH", "PUBLISHED", "Published"]


@dataclass(frozen=True, kw_only=True)
class Published:
    """The sets of dimensions that a service publishes.

    Attributes:
        exactly: sets of names that come as they are; the empty one stands for figures of the account.
        at_least: sets of names that others may come with.
        source: where the service says so.
    """

    exactly: tuple[frozenset[str], ...] = ()
    at_least: tuple[frozenset[str], ...] = ()
    source: str

    def has(self, names: AbstractSet[str]) -> bool:
        """Whether metrics with the dimensions `names` exist."""
        return names in self.exactly or any(least <= names for least in self.at_least)


def _sets(*texts: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(text.split()) for text in texts)


PUBLISHED: Final[Mapping[str, Published]] = MappingProxyType(
    {
        "AWS/Lambda": Published(
            exactly=_sets(
                "",
                "FunctionName",
                "FunctionName Resource",
                "FunctionName Resource ExecutedVersion",
                "EventSourceMappingUUID",
            ),
            # https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-monitoring.html
            at_least=_sets("CapacityProviderName"),
            source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html",
        ),
        "AWS/SQS": Published(
            exactly=_sets("QueueName"),
            source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
        ),
        "AWS/SNS": Published(
            exactly=_sets("", "TopicName"),
            at_least=_sets("Application", "Platform", "PhoneNumber", "Country", "SMSType"),
            source="https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html",
        ),
        "AWS/Events": Published(
            exactly=_sets("", "RuleName", "EventBusName", "EventBusName RuleName"),
            at_least=_sets("EventSourceName"),
            source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html",
        ),
        "AWS/Scheduler": Published(
            exactly=_sets("", "ScheduleGroup"),
            source="https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html",
        ),
        "AWS/States": Published(
            exactly=_sets(
                "",
                "ActivityArn",
                "LambdaFunctionArn",
                "ServiceIntegrationResourceArn",
                "APIName",
                "ServiceMetric",
            ),
            at_least=_sets("StateMachineArn"),  # versions and aliases add a name
            source="https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        ),
        "AWS/ApiGateway": Published(
            exactly=_sets(
                "ApiName",
                "ApiName Stage",
                "ApiName Method Resource Stage",
                "ApiId",
                "ApiId Stage",
                "ApiId Method Resource Stage",
                "ApiId Stage Route",
            ),
            source="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
        ),
        "AWS/DynamoDB": Published(
            exactly=_sets(""),
            at_least=_sets("TableName"),
            source="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html",
        ),
    }
)
"""Namespace to what is published in it. A namespace that is not here is left alone."""

IGNORES_MISSING_DATA: Final = "AWS/DynamoDB"
"""The namespace of whose metrics CloudWatch ignores missing data, whatever an alarm says."""

_PER_OPERATION = Published(at_least=_sets("TableName Operation"), source=PUBLISHED["AWS/DynamoDB"].source)

ONLY_WITH: Final[Mapping[tuple[str, str], Published]] = MappingProxyType(
    {
        ("AWS/DynamoDB", "SystemErrors"): _PER_OPERATION,
        ("AWS/DynamoDB", "ThrottledRequests"): _PER_OPERATION,
        ("AWS/DynamoDB", "SuccessfulRequestLatency"): _PER_OPERATION,
        ("AWS/DynamoDB", "UserErrors"): Published(exactly=_sets(""), source=PUBLISHED["AWS/DynamoDB"].source),
        **{
            ("AWS/Lambda", metric): Published(
                exactly=_sets(""),
                source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
            )
            for metric in ("ClaimedAccountConcurrency", "UnreservedConcurrentExecutions")
        },
    }
)
"""Metrics that come with fewer dimensions than their namespace."""

_EACH_IS_ONE = {
    # "Invocation metrics are binary indicators": their average is a share.
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    "AWS/Lambda": ("Errors", "Invocations", "Throttles", "DeadLetterErrors", "DestinationDeliveryFailures"),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
    "AWS/ApiGateway": ("4XXError", "5XXError", "CacheHitCount", "CacheMissCount"),
}
_PERCENT = (
    "AccountProvisionedReadCapacityUtilization",
    "AccountProvisionedWriteCapacityUtilization",
    "MaxProvisionedTableReadCapacityUtilization",
    "MaxProvisionedTableWriteCapacityUtilization",
    "OnlineIndexPercentageProgress",
)

HIGHEST: Final[Mapping[tuple[str, str], float]] = MappingProxyType(
    {
        ("AWS/Lambda", "ProvisionedConcurrencyUtilization"): 1,
        # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 15 minutes
        ("AWS/Lambda", "Duration"): 900_000,
        # https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html: 6 hours
        ("AWS/Lambda", "AsyncEventAge"): 21_600_000,
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html: 14 days
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"): 1_209_600,
        **{("AWS/DynamoDB", metric): 100 for metric in _PERCENT},
        **{(namespace, metric): 1 for namespace, metrics in _EACH_IS_ONE.items() for metric in metrics},
    }
)
"""The largest single value of a metric, which no average, extreme or percentile of it passes."""
