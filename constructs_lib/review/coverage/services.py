"""Queues, tables, APIs and state machines as failure modes see them."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from constructs_lib.review.coverage.deployment import deployed_with
from constructs_lib.review.coverage.subject import Facts, Subject, called, qualified
from constructs_lib.review.reading import Node, StackReading
from constructs_lib.review.reading.data import at, text_of
from constructs_lib.review.reading.queues import queues_of

__all__ = ["apis", "queues", "state_machines", "tables"]

_LONGEST_RETENTION: Final = 1_209_600
"""Seconds: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html"""
_SHORTEST_RETENTION: Final = 60
_READ_BY_PEOPLE: Final = ("email", "email-json", "sms", "application")


def queues(stack: StackReading) -> Iterator[Subject]:
    """The queues of a stack; in what others leave dead letters, those are the failure."""
    for queue in queues_of(stack):
        seconds = queue.retention
        known = seconds is not None and _SHORTEST_RETENTION <= seconds <= _LONGEST_RETENTION
        yield Subject(
            kind="dead-letter queue" if queue.is_dead_letter else "queue",
            node=queue.node,
            names=dict.fromkeys(called(queue.node, {"Fn::GetAtt": [queue.node.id, "QueueName"]}), "queue"),
            dimensions={"QueueName": "queue"},
            facts={"retention_hours": round(seconds / 3_600, 2) if known and seconds else None},
        )


def tables(stack: StackReading) -> Iterator[Subject]:
    """The tables of a stack."""
    for node in stack.of_type("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        regions = [text_of(at(each, "Region")) for each in node.items("Replicas")]
        others = [each or "another Region" for each in regions if each is None or each != stack.region]
        eventual = node.text("MultiRegionConsistency", default="EVENTUAL") == "EVENTUAL"
        replicated = len(regions) > 1 and eventual and bool(others)
        yield Subject(
            kind="table",
            node=node,
            names=dict.fromkeys(called(node, {"Ref": node.id}), "table"),
            dimensions={"TableName": "table"},
            part_dimension="ReceivingRegion",
            parts={each: frozenset({each} if each in regions else ()) for each in others},
            facts={"replicated": 1} if replicated else {},
        )


def apis(stack: StackReading) -> Iterator[Subject]:
    """The HTTP and REST APIs of a stack."""
    for node in stack.of_type("AWS::ApiGatewayV2::Api"):
        if node.text("ProtocolType", default="HTTP") == "HTTP":
            names = called(node, {"Ref": node.id})
            yield _api("HTTP API", node, "ApiId", names, ("AWS::ApiGatewayV2::Stage", "$default"))
    for node in stack.of_type("AWS::ApiGateway::RestApi"):
        # Its metrics carry its name, which is no reference to it.
        name = node.value("Name") or at(node.value("Body"), "info", "title")
        names = {qualified(stack, name)} if isinstance(name, str) else set()
        yield _api("REST API", node, "ApiName", names, ("AWS::ApiGateway::Stage", "prod"))


def _api(kind: str, node: Node, dimension: str, names: set[str], stages: tuple[str, str]) -> Subject:
    type_, default = stages
    parts: dict[str, frozenset[str]] = {}
    for stage in node.stack.whole.referring((type_,), _its_api).get(node, ()):
        written = stage.value("StageName") or default
        text = qualified(stage.stack, str(written))
        parts[text] = frozenset({text, *called(stage, {"Ref": stage.id})})
    for deployment in node.stack.whole.referring(("AWS::ApiGateway::Deployment",), _its_api).get(node, ()):
        if name := deployment.text("StageName"):
            parts.setdefault(name, frozenset({name}))
    return Subject(
        kind=kind,
        node=node,
        names=dict.fromkeys(names, "api"),
        dimensions={dimension: "api"},
        part_dimension="Stage",
        parts=parts or {default: frozenset({default})},
    )


def _its_api(of_api: Node) -> list[Node | None]:
    key = "ApiId" if of_api.type.startswith("AWS::ApiGatewayV2") else "RestApiId"
    return [of_api.target(key)]


def state_machines(stack: StackReading) -> Iterator[Subject]:
    """The state machines of a stack, without those that only deployments run."""
    left_out = deployed_with(stack.whole)
    for node in stack.of_type("AWS::StepFunctions::StateMachine"):
        if node not in left_out:
            yield Subject(
                kind="state machine",
                node=node,
                names=dict.fromkeys(called(node, {"Fn::GetAtt": [node.id, "Arn"]}), "machine"),
                dimensions={"StateMachineArn": "machine"},
                facts=_state_machine_facts(node),
            )


def _state_machine_facts(node: Node) -> Facts:
    """A standard workflow without a timeout never times out; an express one does after five minutes.

    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    """
    express = node.text("StateMachineType", default="STANDARD") == "EXPRESS"
    definition = node.value("Definition")
    if isinstance(text := node.value("DefinitionString"), str):
        try:
            definition = json.loads(text)
        except (ValueError, RecursionError):
            definition = None
    facts: dict[str, float | None] = {} if express else {"standard": 1}
    if express or not isinstance(definition, Mapping) or "TimeoutSeconds" in definition:
        facts["times_out"] = 1
    return facts
