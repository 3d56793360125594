"""What the alarms of a Lambda function, and of its streams, need to know."""

from dataclasses import dataclass
from functools import cached_property

import aws_cdk as cdk

from constructs_lib.alarms.functions.function_subject import (
    DEFAULT_MEMORY_MB,
    DEFAULT_TIMEOUT_SECONDS,
    FunctionSubject,
)
from constructs_lib.alarms.services import StreamConsumerSubject
from constructs_lib.alarms.watch.conditions import condition_of
from constructs_lib.alarms.watch.facts import Facts, destination, known_number, number
from constructs_lib.alarms.watch.references import paths_in
from constructs_lib.alarms.watch.relations import Relations
from constructs_lib.alarms.watch.tree import FUNCTION, QUALIFIED, Resource, Tree
from constructs_lib.checks import is_token

__all__ = ["function_facts", "stream_facts"]

_DAY_HOURS = 24
# https://aws.amazon.com/developer/application-security-performance/articles/monitoring
_AT_THE_EDGE = "runs at the edge, so that it publishes in the Regions where it is invoked"
_STREAM_TYPES = ("AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
_NOT_A_STREAM = ("topics", "selfManagedEventSource", "documentDbEventSourceConfig")


@dataclass(frozen=True, kw_only=True)
class _FunctionSubject(FunctionSubject):
    """A function whose log group is known by its name alone."""

    own_log_group: str | None = None

    @cached_property
    def log_group_name(self) -> str | None:
        return self.own_log_group


def function_facts(function: Resource, relations: Relations) -> Facts:
    """What there is to watch about `function`, all of its aliases and versions together.

    Lambda publishes what happens to an alias or a version under the name of the function, too. An alarm on the one
    alias that the app has would say nothing of callers who go past it.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    if relations.runs_at_the_edge(function):
        return Facts.none(_AT_THE_EDGE)
    given = function.given
    configs = relations.around(function, "AWS::Lambda::EventInvokeConfig")
    told = [each for each in configs if destination(each.values)]
    log_group, why_no_logs = _log_group(function, relations)
    logging = function.values.get("loggingConfig") or {}
    # A report of Lambda Managed Instances has neither memory nor starts.
    reports = logging.get("systemLogLevel", "INFO") != "WARN" and "capacityProviderConfig" not in given
    return Facts.of(
        _FunctionSubject(
            function_name=function.construct.ref,
            timeout_ms=_timeout_ms(function),
            reserved_concurrency=number(given.get("reservedConcurrentExecutions")),
            asynchronous=bool(told),
            max_event_age=_max_event_age(told),
            provisioned=any(
                "provisionedConcurrencyConfig" in each.values
                for kind in QUALIFIED
                for each in relations.around(function, kind)
            ),
            memory_mb=number(given.get("memorySize"), DEFAULT_MEMORY_MB),
            has_dead_letter_config=bool(function.values.get("deadLetterConfig")),
            stops_loops=given.get("recursiveLoop", "Terminate") == "Terminate",
            own_log_group=log_group,
            logs_every_report=reports,
        ),
        why_no_logs=why_no_logs,
    )


def _timeout_ms(function: Resource) -> float | None:
    timeout = number(function.given.get("timeout"), DEFAULT_TIMEOUT_SECONDS)
    return timeout if timeout is None or is_token(timeout) else timeout * 1000


def _max_event_age(configs: list[Resource]) -> cdk.Duration | None:
    """The shortest of what is given, since an alarm on it warns of events that are about to be dropped."""
    ages = [known_number(each.given.get("maximumEventAgeInSeconds")) for each in configs]
    known = [age for age in ages if age is not None]
    return cdk.Duration.seconds(min(known)) if known else None


def _log_group(function: Resource, relations: Relations) -> tuple[str | None, str]:
    """The name of the log group that `function` writes JSON to alone; else None, and why."""
    logging = function.values.get("loggingConfig") or {}
    if logging.get("logFormat") != "JSON":
        return None, "logs text"
    own = relations.log_group_of(function)
    if own is None or own.stack != function.stack:
        return None, "has no log group of its own in its stack"
    if own.given.get("logGroupClass") not in {None, "STANDARD"}:
        return None, "has a log group of a class that takes no metric filters"
    if relations.writers(own) > 1:
        return None, "shares its log group"
    if condition_of(own.construct) not in (None, condition_of(function.construct)):
        return None, "has a log group under a condition of its own"
    return own.construct.ref, ""


def stream_facts(mapping: Resource, relations: Relations) -> Facts | None:
    """What there is to watch about an event source mapping; None for one of no stream."""
    if not _reads_a_stream(mapping, relations.tree):
        return None
    function = relations.target(mapping.values.get("functionName"), FUNCTION, near=mapping)
    if function is None or function.stack != mapping.stack:
        return Facts.none("its function is in another stack or app")
    metrics = mapping.values.get("metricsConfig") or {}
    return Facts.of(
        StreamConsumerSubject(
            function_name=function.construct.ref,
            timeout_ms=_timeout_ms(function),
            readable_ms=_readable_seconds(mapping, relations) * 1000,
            mapping_id=mapping.construct.ref,
            counts_events="EventCount" in (metrics.get("metrics") or ()),
            has_destination=destination(mapping.values),
        )
    )


def _reads_a_stream(mapping: Resource, tree: Tree) -> bool:
    source = mapping.values.get("eventSourceArn")
    if mapping.given.get("startingPosition") is None or any(each in mapping.given for each in _NOT_A_STREAM):
        return False
    known = [tree.resources[path].type for path in paths_in(source) if path in tree.resources]
    return not known or known[0] in _STREAM_TYPES


def _readable_seconds(mapping: Resource, relations: Relations) -> float:
    """How old a record can grow before it is gone, or is not given to the function any more."""
    stream = relations.target(mapping.values.get("eventSourceArn"), "AWS::Kinesis::Stream", near=mapping)
    hours = None if stream is None else known_number(stream.given.get("retentionPeriodHours"))
    readable = (hours or _DAY_HOURS) * 3600
    age = known_number(mapping.given.get("maximumRecordAgeInSeconds"))
    return min(readable, age) if age is not None and age > 0 else readable  # -1 stands for no such limit
