"""What the sources have in common that hand events to Lambda and do not wait: retries, dead letters, who is told.

Lambda takes such an event into a queue of its own and runs the function later. So there are two places where it can
fail, with a queue for each: the source's dead-letter queue has what could not be handed over, and what the function
failed on goes to the function's own dead letters.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
"""

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IValidation

from constructs_lib.alarms import Severity, ThresholdAlarm
from constructs_lib.alarms.routing.route import Route
from constructs_lib.checks import Check
from constructs_lib.dead_letter_queue import DeadLetterQueue

__all__ = [
    "KEY_ACTIONS",
    "MOST_ATTEMPTS",
    "check_retries",
    "delivery_dead_letters",
    "depth_alarm",
    "longest_age",
    "warn_unless_failures_are_kept",
]

# The same for rules and for schedules:
# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html
# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
MOST_ATTEMPTS = 185
_AGE_SECONDS = (60, 86_400)

# What a sender needs of the key of a queue:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")

_METRIC_MINUTES = 1


def check_retries(check: Check, retry_attempts: int, max_event_age: cdk.Duration | None) -> None:
    """Fail unless EventBridge takes these settings, for a rule or a schedule."""
    check.within("retry_attempts", retry_attempts, 0, MOST_ATTEMPTS)
    check.duration("max_event_age", max_event_age, *_AGE_SECONDS)


def longest_age() -> cdk.Duration:
    """For how long EventBridge tries at most."""
    return cdk.Duration.seconds(_AGE_SECONDS[1])


def delivery_dead_letters(
    scope: Construct,
    *,
    service: str,
    encryption_key: kms.IKey | None,
    removal_policy: cdk.RemovalPolicy | None,
) -> DeadLetterQueue:
    """The queue, below `scope`, for what `service` could not hand over; its key lets the service in.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services
    """
    queue = DeadLetterQueue(
        scope, "DeadLetters", encryption_key=encryption_key, removal_policy=removal_policy
    )
    if encryption_key is not None:
        statement = iam.PolicyStatement(
            principals=[iam.ServicePrincipal(service)], actions=list(KEY_ACTIONS), resources=["*"]
        )
        if not encryption_key.add_to_resource_policy(statement).statement_added:
            cdk.Annotations.of(scope).add_warning_v2(
                "constructs-lib:dead-letters-key-untold",
                "encryption_key is imported, so it was not told to let dead letters be written. Its policy must allow "
                f"{' and '.join(KEY_ACTIONS)} to {service}; without that they are lost.",
            )
    return queue


def depth_alarm(
    scope: Construct, queue: DeadLetterQueue, *, sender: str, route: Route | None
) -> ThresholdAlarm:
    """The alarm, below `scope`, that rings while something lies in `queue`."""
    return ThresholdAlarm(
        scope,
        "DeadLetterDepth",
        metric=queue.metric_approximate_number_of_messages_visible(
            statistic="Maximum", period=cdk.Duration.minutes(_METRIC_MINUTES)
        ),
        threshold=1,
        severity=Severity.CRITICAL,
        # SQS stops publishing for a queue that nobody calls: what lies in it still lies there.
        treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        means=f"{sender} could not hand events to the function; they wait in the dead-letter queue.",
        cause="the function is gone, does not let the sender in, or was throttled for as long as it was tried.",
        query="python -m constructs_lib.dead_letters inspect, which groups them by error.",
        route=route,
    )


def warn_unless_failures_are_kept(scope: Construct, function: lambda_.IFunction) -> None:
    """Warn at synthesis, at `scope`, where what `function` fails on is kept nowhere."""
    if isinstance(function, lambda_.Alias | lambda_.Version | lambda_.Function):
        scope.node.add_validation(_FailuresKept(scope, function))


@jsii.implements(IValidation)
class _FailuresKept:
    """Asks at synthesis, since a function may get its dead letters after its source."""

    def __init__(
        self, scope: Construct, function: lambda_.Alias | lambda_.Version | lambda_.Function
    ) -> None:
        self._scope = scope
        self._function = function

    def validate(self) -> list[str]:
        if not self._has_destination() and not self._has_queue():
            cdk.Annotations.of(self._scope).add_warning_v2(
                "constructs-lib:source-failures-lost",
                f"{self._function.node.path} has no on-failure destination and no dead-letter queue: an event that it "
                "fails on is dropped after its retries. The dead-letter queue of this source only has what could not "
                "be handed to Lambda. Give it add_dead_letters(...), or make it a ResilientFunction.",
            )
        return []

    def _has_destination(self) -> bool:
        config = self._function.node.try_find_child("EventInvokeConfig")
        resource = None if config is None else config.node.default_child
        if not isinstance(resource, lambda_.CfnEventInvokeConfig):
            return False
        destinations = cdk.Stack.of(resource).resolve(resource.destination_config) or {}
        return "onFailure" in destinations

    def _has_queue(self) -> bool:
        """Whether the function itself has one, which counts for all of its versions and aliases."""
        function = self._function
        while isinstance(function, lambda_.Alias | lambda_.Version):
            function = function.lambda_  # type: ignore[assignment] # what an alias or a version made here is of
        resource = function.node.default_child
        return isinstance(resource, lambda_.CfnFunction) and resource.dead_letter_config is not None
