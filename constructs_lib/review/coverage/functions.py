"""Functions and consumers of streams as failure modes see them."""

from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.coverage.callers import called_as
from constructs_lib.review.coverage.deployment import deployed_with
from constructs_lib.review.coverage.subject import Facts, Subject, called, qualified
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import texts_in
from constructs_lib.review.reading.functions import LATEST, Callee, Function, callee_of, functions_of
from constructs_lib.review.reading.queues import QUEUE

__all__ = ["consumers", "environment_of", "functions", "names_of_queues", "part_of"]

_MAPPING: Final = "AWS::Lambda::EventSourceMapping"
_DEFAULT_TIMEOUT: Final = 3
_LONGEST_TIMEOUT: Final = 900
"""Seconds: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html"""
_LEAST_RESERVED: Final = 10
"""Of fewer, a share says nothing: throttles tell."""
_DEFAULT_HOURS: Final = 24
"""How long Kinesis keeps records unless told otherwise, and DynamoDB Streams always:
https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html"""
_MOST_HOURS: Final = 336
"""How long an incident lasts at most, however long the records are kept."""


def functions(stack: StackReading) -> Iterator[Subject]:
    """The functions of a stack, without those that only deployments call."""
    left_out = deployed_with(stack.whole)
    for function in functions_of(stack):
        node = function.node
        if node in left_out:
            continue
        qualifiers = called_as(function)
        queues = [
            config.value("DestinationConfig", "OnFailure", "Destination") for config in _configs(function)
        ]
        yield Subject(
            kind="function",
            node=node,
            names={
                **dict.fromkeys(called(node, {"Ref": node.id}), "function"),
                **names_of_queues(stack, [*queues, node.value("DeadLetterConfig", "TargetArn")]),
            },
            dimensions={"FunctionName": "function"},
            part_dimension="Resource",
            part_value="function:part",
            parts=_parts(function, qualifiers),
            facts=_facts(function),
            environment=environment_of(node),
            asked=bool(qualifiers),
        )


def consumers(stack: StackReading) -> Iterator[Subject]:
    """The event source mappings of a stack that read Kinesis or a stream of DynamoDB, and are enabled."""
    for mapping in stack.of_type(_MAPPING):
        hours, is_stream = _retention(mapping)
        callee = callee_of(stack, mapping.value("FunctionName"))
        if not is_stream or callee is None or mapping.flag("Enabled", default=True) is False:
            continue
        destination = mapping.value("DestinationConfig", "OnFailure", "Destination")
        gives_up = any(
            (mapping.number(key, default=-1) or 0) != -1
            for key in ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds")
        )
        facts: dict[str, float | None] = {"retention_hours": hours}
        facts |= {"destination": 1} if destination is not None else {}
        facts |= ({"drops": 1} if destination is None else {"hands_over": 1}) if gives_up else {}
        yield Subject(
            kind="stream consumer",
            node=mapping,
            names={
                **dict.fromkeys(called(callee.function, {"Ref": callee.function.id}), "function"),
                **dict.fromkeys(
                    called(mapping, {"Ref": mapping.id}, {"Fn::GetAtt": [mapping.id, "Id"]}), "mapping"
                ),
                **names_of_queues(stack, [destination]),
            },
            dimensions={"FunctionName": "function", "EventSourceMappingUUID": "mapping"},
            part_dimension="Resource",
            part_value="function:part",
            parts=part_of(callee),
            facts=facts,
        )


def names_of_queues(stack: StackReading, values: list[object]) -> Mapping[str, str]:
    """What alarms call the queues that these name, to their role as dead letters."""
    found: dict[str, str] = {}
    for each in values:
        queue = stack.find(each, QUEUE)
        if queue is not None and queue.type == QUEUE:
            found |= dict.fromkeys(called(queue, {"Fn::GetAtt": [queue.id, "QueueName"]}), "dead-letters")
    return found


def environment_of(function: Node) -> str:
    """The values of a function's environment, one a line."""
    return "\n".join(
        qualified(function.stack, each) for each in texts_in(function.value("Environment", "Variables"))
    )


def _configs(function: Function) -> list[Node]:
    return list(function.async_configs.values())


def _parts(function: Function, qualifiers: frozenset[str | None]) -> Mapping[str, frozenset[str]]:
    """What is called; where nobody is known to call it, its aliases, or else the function itself."""
    names = [name for each in function.aliases if (name := each.text("Name"))]
    used = qualifiers or frozenset(names or [LATEST])
    return {each or "what is called": _values(each) for each in sorted(used, key=str)}


def part_of(callee: Callee) -> Mapping[str, frozenset[str]]:
    """The part of a function that is called."""
    return {callee.qualifier or "what is called": _values(callee.qualifier)}


def _values(qualifier: str | None) -> frozenset[str]:
    """The values of the dimension Resource that mean a qualifier; none where that is not known.

    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
    """
    if qualifier is None:
        return frozenset()
    return frozenset({f"function:{qualifier}", *(("function",) if qualifier == LATEST else ())})


def _facts(function: Function) -> Facts:
    node = function.node
    timeout = node.number("Timeout", default=_DEFAULT_TIMEOUT)
    facts: dict[str, float | None] = {
        "timeout": timeout if timeout is not None and 0 < timeout <= _LONGEST_TIMEOUT else None
    }
    reserved = node.number("ReservedConcurrentExecutions")
    if node.has("ReservedConcurrentExecutions") and (reserved is None or reserved >= _LEAST_RESERVED):
        facts["reserved"] = reserved
    configs = _configs(function)
    if function.called_async or configs or node.has("DeadLetterConfig"):
        facts["asynchronous"] = 1
    if any(
        each.has("DestinationConfig", key, "Destination")
        for each in configs
        for key in ("OnFailure", "OnSuccess")
    ):
        facts["destination"] = 1
    if node.has("DeadLetterConfig", "TargetArn"):
        facts["dead_letter_config"] = 1
    if function.provisioned():
        facts["provisioned"] = 1
    if function.invocations and all(_is_schedule(each.by) for each in function.invocations):
        facts["regular"] = 1
    return facts


def _is_schedule(by: Node) -> bool:
    return by.type == "AWS::Scheduler::Schedule" or by.has("ScheduleExpression")


def _retention(mapping: Node) -> tuple[float | None, bool]:
    """How many hours the source of an event source mapping keeps records, and whether it is a stream."""
    source = mapping.value("EventSourceArn")
    stream = mapping.stack.find(
        source, "AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
    )
    if stream is not None and stream.type == "AWS::Kinesis::Stream":
        hours = stream.number("RetentionPeriodHours", default=_DEFAULT_HOURS)
        return (min(hours, _MOST_HOURS) if hours is not None and hours >= _DEFAULT_HOURS else None), True
    if stream is not None:
        return _DEFAULT_HOURS, True
    if isinstance(source, str) and ":kinesis:" in source:
        return None, True
    return _DEFAULT_HOURS, isinstance(source, str) and ":dynamodb:" in source
