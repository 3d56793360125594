"""What functions are given, and what happens to what they could not do; their deployments.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
"""

from typing import Any, Final

from constructs_lib.review.difference.setting import (
    FOREVER,
    Members,
    Setting,
    absent,
    flag,
    higher,
    not_flag,
    ordered,
    present,
)
from constructs_lib.review.difference.words import days, duration, number, on_or_off
from constructs_lib.review.reading.data import items_of, number_of

__all__ = ["MEMBERS", "SETTINGS"]

_FUNCTION: Final = ("AWS::Lambda::Function",)
_ASYNC: Final = ("AWS::Lambda::EventInvokeConfig",)
_SOURCE: Final = ("AWS::Lambda::EventSourceMapping",)
_QUALIFIERS: Final = ("AWS::Lambda::Alias", "AWS::Lambda::Version")
_GROUP: Final = ("AWS::CodeDeploy::DeploymentGroup",)
_PROVISIONED: Final = ("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
_REPORTS: Final = "ReportBatchItemFailures"
_ENDLESS: Final = -1


def _megabytes(value: Any) -> str:
    return f"{number(value)} MB"


def _reserves(value: Any) -> float | None:
    # One of 0 switches the function off, which is a finding of its own: reserved-concurrency-zero.
    return None if number_of(value) == 0 else present(value)


def _attempts(value: Any) -> float | None:
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html: -1, the default, has no end
    found = number_of(value)
    return float("inf") if found == _ENDLESS else found


def _tries(value: Any) -> str:
    return "without end" if number_of(value) == _ENDLESS else number(value)


def _age(value: Any) -> str:
    return FOREVER if number_of(value) == _ENDLESS else duration(value)


def _reports(value: Any) -> float | None:
    entries = items_of(value)
    return None if any("${" in str(each) for each in entries) else float(_REPORTS in entries)


def _whole_or_part(value: Any) -> str:
    return "the messages that failed" if _REPORTS in items_of(value) else "the whole batch"


SETTINGS: Final = (
    Setting(
        types=_FUNCTION,
        keys=("Timeout",),
        what="the timeout",
        kinds=("timeout-shortened", "timeout-lengthened"),
        rank=higher,
        default=3,
        shown=duration,
        why="what takes longer is cut off",
    ),
    Setting(
        types=_FUNCTION,
        keys=("MemorySize",),
        what="the memory",
        kinds=("memory-lowered", "memory-raised"),
        rank=higher,
        default=128,
        shown=_megabytes,
        why="it has less processor time as well",
    ),
    Setting(
        types=_FUNCTION,
        keys=("ReservedConcurrentExecutions",),
        what="the reserved concurrency",
        kinds=("concurrency-gone", "concurrency-added"),
        rank=_reserves,
        why="other functions of the account can take all of it",
    ),
    Setting(
        types=_FUNCTION,
        keys=("ReservedConcurrentExecutions",),
        what="the reserved concurrency",
        kinds=("concurrency-lowered", "concurrency-raised"),
        rank=higher,
        why="it is throttled sooner",
    ),
    Setting(
        types=_QUALIFIERS,
        keys=_PROVISIONED,
        what="the provisioned concurrency",
        kinds=("concurrency-gone", "concurrency-added"),
        rank=present,
        why="calls wait for cold starts",
    ),
    Setting(
        types=_QUALIFIERS,
        keys=_PROVISIONED,
        what="the provisioned concurrency",
        kinds=("concurrency-lowered", "concurrency-raised"),
        rank=higher,
        why="more calls wait for cold starts",
    ),
    Setting(
        types=_FUNCTION,
        keys=("TracingConfig", "Mode"),
        what="tracing",
        kinds=("tracing-off", "tracing-on"),
        rank=ordered("PassThrough", "Active"),
        default="PassThrough",
        shown=None,
    ),
    Setting(
        types=_FUNCTION,
        keys=("DeadLetterConfig", "TargetArn"),
        what="where events go that it could not handle",
        kinds=("dead-letters-gone", "dead-letters-added"),
        rank=present,
        shown=None,
        neither="dead-letters-elsewhere",
        why="they are lost",
    ),
    Setting(
        types=_ASYNC,
        keys=("MaximumRetryAttempts",),
        what="how often an event is tried again",
        kinds=("retries-fewer", "retries-more"),
        rank=higher,
        default=2,
    ),
    Setting(
        types=_ASYNC,
        keys=("MaximumEventAgeInSeconds",),
        what="how long an event is kept and tried",
        kinds=("events-given-up-sooner", "events-given-up-later"),
        rank=higher,
        default=21_600,
        shown=duration,
    ),
    Setting(
        types=(*_ASYNC, *_SOURCE),
        keys=("DestinationConfig", "OnFailure", "Destination"),
        what="where events go that could not be handled",
        kinds=("destination-gone", "destination-added"),
        rank=present,
        shown=None,
        neither="destination-elsewhere",
        why="they are lost",
    ),
    Setting(
        types=_SOURCE,
        keys=("Enabled",),
        what="reading",
        kinds=("event-source-off", "event-source-on"),
        rank=flag,
        default=True,
        shown=on_or_off,
        why="what is there is not worked on",
    ),
    Setting(
        types=_SOURCE,
        keys=("MaximumRetryAttempts",),
        what="how often a batch is tried again",
        kinds=("retries-fewer", "retries-more"),
        rank=_attempts,
        shown=_tries,
        default=_ENDLESS,
    ),
    Setting(
        types=_SOURCE,
        keys=("MaximumRecordAgeInSeconds",),
        what="how old a record may get",
        kinds=("events-given-up-sooner", "events-given-up-later"),
        rank=_attempts,
        shown=_age,
        default=_ENDLESS,
    ),
    Setting(
        types=_SOURCE,
        keys=("FunctionResponseTypes",),
        what="what is tried again after a failure",
        kinds=("partial-batches-off", "partial-batches-on"),
        rank=_reports,
        default=(),
        shown=_whole_or_part,
        why="messages that were done are done again",
    ),
    Setting(
        types=_SOURCE,
        keys=("FilterCriteria",),
        what="the filter of what it reads",
        kinds=("filter-added", "filter-gone"),
        rank=absent,
        shown=None,
        why="what does not match is dropped",
    ),
    Setting(
        types=("AWS::Lambda::Url",),
        keys=("AuthType",),
        what="who may call it by its address",
        kinds=("wide-open", "closed"),
        rank=ordered("NONE", "AWS_IAM"),
        shown=None,
        why="everybody may",
    ),
    Setting(
        types=("AWS::Logs::LogGroup",),
        keys=("RetentionInDays",),
        what="how long logs are kept",
        kinds=("logs-kept-shorter", "logs-kept-longer"),
        rank=higher,
        default=FOREVER,
        shown=days,
        why="older ones are deleted",
    ),
    Setting(
        types=("AWS::StepFunctions::StateMachine",),
        keys=("TracingConfiguration", "Enabled"),
        what="tracing",
        kinds=("tracing-off", "tracing-on"),
        rank=flag,
        default=False,
        shown=on_or_off,
    ),
    Setting(
        types=_GROUP,
        keys=("AutoRollbackConfiguration", "Enabled"),
        what="rolling back",
        kinds=("rollback-off", "rollback-on"),
        rank=flag,
        default=False,
        shown=on_or_off,
        why="a version that fails stays",
    ),
    Setting(
        types=_GROUP,
        keys=("AlarmConfiguration", "Enabled"),
        what="stopping on alarms",
        kinds=("rollback-off", "rollback-on"),
        rank=flag,
        shown=on_or_off,
        why="no alarm stops a deployment",
    ),
    Setting(
        types=_GROUP,
        keys=("AlarmConfiguration", "IgnorePollAlarmFailure"),
        what="going on where alarms cannot be read",
        kinds=("rollback-off", "rollback-on"),
        rank=not_flag,
        default=False,
        shown=on_or_off,
    ),
)
MEMBERS: Final = (
    Members(
        types=_GROUP,
        keys=(("AlarmConfiguration", "Alarms"),),
        by=("Name",),
        kinds=("rollback-alarms-fewer", "rollback-alarms-more"),
        gone="is no longer rolled back by the alarm {}",
        added="is rolled back by the alarm {} now",
    ),
    Members(
        types=_GROUP,
        keys=(("AutoRollbackConfiguration", "Events"),),
        kinds=("rollback-off", "rollback-on"),
        gone="is no longer rolled back on {}",
        added="is rolled back on {} now",
    ),
)
