"""Metrics of what runs code and answers requests: functions, APIs, state machines."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.review.knowledge.metrics.model import Kind, Published, Service, dimension_sets, named

__all__ = ["SERVICES"]

# "Invocation metrics are binary indicators": none is above one, and a function that isn't invoked has none.
_INDICATOR: Final = Published(kind=Kind.EVENTS, unit="Count", highest=1, sparse=True)
_EVENTS: Final = Published(kind=Kind.EVENTS, unit="Count", sparse=True)
_MAPPING: Final = Published(kind=Kind.EVENTS, sparse=True)
_LEVEL: Final = Published(kind=Kind.LEVEL, unit="Count")
_TIME: Final = Published(kind=Kind.TIME, unit="Milliseconds", sparse=True)
_ACCOUNT: Final = Published(kind=Kind.LEVEL, unit="Count", by=dimension_sets(""))

_LAMBDA: Final = Service(
    source="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
    by=dimension_sets("", "FunctionName", "FunctionName Resource", "FunctionName Resource ExecutedVersion"),
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-monitoring.html
    at_least=dimension_sets("CapacityProviderName", "EventSourceMappingUUID"),
    metrics={
        **named("Invocations", Published(kind=Kind.EVENTS, unit="Count", highest=1, least=1, sparse=True)),
        **named("Errors Throttles DeadLetterErrors DestinationDeliveryFailures", _INDICATOR),
        **named("ProvisionedConcurrencyInvocations ProvisionedConcurrencySpilloverInvocations", _INDICATOR),
        **named("AsyncEventsReceived AsyncEventsDropped", _EVENTS),
        **named("RecursiveInvocationsDropped SignatureValidationErrors", _EVENTS),
        **named("Duration", Published(kind=Kind.TIME, unit="Milliseconds", sparse=True, highest=900_000)),
        # https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html: 6 hours
        **named(
            "AsyncEventAge", Published(kind=Kind.TIME, unit="Milliseconds", sparse=True, highest=21_600_000)
        ),
        **named("PostRuntimeExtensionsDuration IteratorAge", _TIME),
        **named("OffsetLag MaxOffsetLag SumOffsetLag", Published(kind=Kind.LEVEL, sparse=True)),
        **named("ConcurrentExecutions ProvisionedConcurrentExecutions", _LEVEL),
        **named("ProvisionedConcurrencyUtilization", Published(kind=Kind.SHARE, highest=1)),
        **named("UnreservedConcurrentExecutions ClaimedAccountConcurrency", _ACCOUNT),
        **named(
            "PolledEventCount FilteredOutEventCount InvokedEventCount FailedInvokeEventCount DroppedEventCount "
            "OnFailureDestinationDeliveredEventCount DeletedEventCount OversizedRecordCount",
            _MAPPING,
        ),
        **named("ProvisionedPollers", Published(kind=Kind.LEVEL)),
    },
)

_REST: Final = dimension_sets("ApiName", "ApiName Stage", "ApiName Method Resource Stage")
_WEBSOCKET: Final = dimension_sets("ApiId", "ApiId Stage", "ApiId Method Resource Stage", "ApiId Stage Route")
_OF_HTTP: Final = Published(kind=Kind.EVENTS, unit="Count", sparse=True, by=_WEBSOCKET)
_API: Final = Service(
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
    source="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html",
    by=(*_REST, *_WEBSOCKET),
    metrics={
        **named(
            "4XXError 5XXError CacheHitCount CacheMissCount",
            Published(kind=Kind.EVENTS, unit="Count", highest=1, sparse=True, by=_REST),
        ),
        **named("4xx 5xx ConnectCount MessageCount IntegrationError ClientError ExecutionError", _OF_HTTP),
        **named("Count", Published(kind=Kind.EVENTS, unit="Count", least=1, sparse=True)),
        **named("Latency IntegrationLatency", _TIME),
        **named("DataProcessed", Published(kind=Kind.SIZE, unit="Bytes", sparse=True, by=_WEBSOCKET)),
    },
)

_EXECUTION_EVENTS: Final = (
    "ExecutionsAborted ExecutionsFailed ExecutionsStarted ExecutionsSucceeded ExecutionsTimedOut ExecutionThrottled "
    "ExecutionsRedriven RedrivenExecutionsAborted RedrivenExecutionsFailed RedrivenExecutionsSucceeded "
    "RedrivenExecutionsTimedOut"
)
_OF_EACH: Final = {
    "Activities": "ActivityArn",
    "LambdaFunctions": "LambdaFunctionArn",
    "ServiceIntegrations": "ServiceIntegrationResourceArn",
}
_ENDINGS: Final = {
    "Activities": "Failed HeartbeatTimedOut Scheduled Started Succeeded TimedOut",
    "LambdaFunctions": "Failed Scheduled Started Succeeded TimedOut",
    "ServiceIntegrations": "Failed Scheduled Started Succeeded TimedOut",
}
_TIMES: Final = {
    "Activity": "ActivityArn",
    "LambdaFunction": "LambdaFunctionArn",
    "ServiceIntegration": "ServiceIntegrationResourceArn",
}
_STATES: Final = Service(
    source="https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
    by=dimension_sets("", "StateMachineArn"),
    at_least=dimension_sets(
        "StateMachineArn", "ServiceMetric", "ServiceName", "APIName"
    ),  # versions and aliases add a name
    metrics={
        **named(_EXECUTION_EVENTS, _EVENTS),
        **named("ExecutionTime ExpressExecutionBilledDuration", _TIME),
        **named(
            "ExpressExecutionMemory ExpressExecutionBilledMemory", Published(kind=Kind.SIZE, sparse=True)
        ),
        **named("OpenExecutionCount OpenExecutionLimit", Published(kind=Kind.LEVEL, by=dimension_sets(""))),
        **named(
            "ProvisionedBucketSize ProvisionedRefillRate ConsumedCapacity ThrottledEvents",
            Published(kind=Kind.LEVEL, by=dimension_sets("ServiceMetric", "APIName", "")),
        ),
        **{
            f"{of}{ending}": Published(kind=Kind.EVENTS, unit="Count", sparse=True, by=dimension_sets(by))
            for of, by in _OF_EACH.items()
            for ending in _ENDINGS[of].split()
        },
        **{
            f"{of}{part}": Published(kind=Kind.TIME, unit="Milliseconds", sparse=True, by=dimension_sets(by))
            for of, by in _TIMES.items()
            for part in ("RunTime", "ScheduleTime", "Time")
        },
    },
)

_GRAPHQL: Final = Service(
    source="https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html",
    by=dimension_sets("GraphQLAPIId"),
    at_least=dimension_sets("GraphQLAPIId", "ApiId"),
    complete=False,
    metrics={
        **named("4XXError 5XXError", Published(kind=Kind.EVENTS, unit="Count", sparse=True)),
        **named("Latency", Published(kind=Kind.TIME, unit="Milliseconds", sparse=True)),
        **named("Requests TokensConsumed ConnectSuccess ConnectClientError ConnectServerError", _MAPPING),
        **named("ActiveConnections ActiveSubscriptions", Published(kind=Kind.LEVEL)),
    },
)

SERVICES: Final[Mapping[str, Service]] = {
    "AWS/Lambda": _LAMBDA,
    "AWS/ApiGateway": _API,
    "AWS/States": _STATES,
    "AWS/AppSync": _GRAPHQL,
}
