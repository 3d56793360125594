"""The picture of a stack: who is in it, what flows, and that it can be read at any size."""

from itertools import combinations
from typing import Any

import pytest

from constructs_lib.review.finding import Severity
from constructs_lib.review.output.picture import Picture, picture_of
from constructs_lib.review.output.picture_actors import actors_and_flows
from constructs_lib.review.output.picture_layout import BOX_HEIGHT, BOX_WIDTH
from constructs_lib.review.output.picture_merging import MOST_ACTORS, merged
from constructs_lib.review.output.picture_parts import Kind
from constructs_lib.review.reading import StackReading
from tests.review.html_cases import finding, large_review, small_review, two_stacks
from tests.reviewing import reading_of


@pytest.fixture(scope="module")
def stack() -> StackReading:
    return small_review().templates[0].reading


@pytest.fixture(scope="module")
def flows(stack: StackReading) -> set[tuple[str, str, Kind, str]]:
    """Source, target, kind and label, by label of the actors."""
    actors, found = actors_and_flows(stack)
    names = {each.id: each.label for each in actors}
    return {(names[each.source], names[each.target], each.kind, each.label) for each in found}


def drawn(*resources: dict[str, Any]) -> list[tuple[str, str, Kind]]:
    (stack,) = reading_of(
        {"Resources": {name: each for part in resources for name, each in part.items()}}
    ).stacks
    picture = picture_of(stack, {})
    return [(each.source, each.target, each.flow.kind) for each in picture.lines]


@pytest.mark.parametrize(
    ("source", "target", "kind", "label"),
    [
        ("Api", "Create", Kind.EVENTS, ""),
        ("Payments", "Pay", Kind.EVENTS, ""),
        ("Nightly", "Pay", Kind.EVENTS, ""),
        ("Nightly", "Lost", Kind.DEAD_LETTERS, ""),
        ("Payments", "Lost", Kind.DEAD_LETTERS, ""),
        ("Create", "Lost", Kind.DEAD_LETTERS, ""),
        ("Create", "Orders", Kind.DATA, "reads and writes"),
        ("Create", "Payments", Kind.DATA, "writes"),
        ("Create", "CreateErrors", Kind.ALARMS, ""),
        ("CreateErrors", "OnCall", Kind.ALARMS, ""),
        ("CreateErrors", "Service", Kind.ALARMS, ""),
        ("Service", "OnCall", Kind.ALARMS, ""),
        ("OnCall", "ops@example.com", Kind.ALARMS, ""),
        ("CreateErrors", "Health", Kind.FAILOVER, ""),
        ("Health", "Record", Kind.FAILOVER, ""),
    ],
)
def test_it_shows(
    flows: set[tuple[str, str, Kind, str]], source: str, target: str, kind: Kind, label: str
) -> None:
    assert (source, target, kind, label) in flows


def test_what_a_role_may_not_do_is_no_flow(flows: set[tuple[str, str, Kind, str]]) -> None:
    assert {
        (target, label) for source, target, kind, label in flows if source == "Create" and kind is Kind.DATA
    } == {
        ("Orders", "reads and writes"),
        ("Payments", "writes"),
    }


def test_a_rule_sends_events_from_its_bus_to_its_targets() -> None:
    assert drawn(
        {
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "orders"}},
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventBusName": {"Ref": "Bus"},
                    "Targets": [{"Id": "a", "Arn": {"Fn::GetAtt": ["Flow", "Arn"]}}],
                },
            },
            "Flow": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {}},
        }
    ) == [
        ("Event rule Rule", "State machine Flow", Kind.EVENTS),
        ("Event bus Bus", "Event rule Rule", Kind.EVENTS),
    ]


def test_a_state_machine_calls_what_its_definition_names() -> None:
    definition = {"Fn::Sub": '{"States": {"Pay": {"Resource": "${Pay.Arn}"}}}'}
    assert drawn(
        {
            "Flow": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"DefinitionString": definition},
            },
            "Pay": {"Type": "AWS::Lambda::Function", "Properties": {}},
        }
    ) == [("State machine Flow", "Function Pay", Kind.EVENTS)]


def test_a_pipe_takes_from_its_source_and_calls_what_enriches_and_its_target() -> None:
    assert drawn(
        {
            "Orders": {"Type": "AWS::SQS::Queue"},
            "Enrich": {"Type": "AWS::Lambda::Function"},
            "Bus": {"Type": "AWS::Events::EventBus"},
            "Pipe": {
                "Type": "AWS::Pipes::Pipe",
                "Properties": {
                    "Source": {"Fn::GetAtt": ["Orders", "Arn"]},
                    "Enrichment": {"Fn::GetAtt": ["Enrich", "Arn"]},
                    "Target": {"Fn::GetAtt": ["Bus", "Arn"]},
                },
            },
        }
    ) == [
        ("Queue Orders", "Pipe Pipe", Kind.EVENTS),
        ("Pipe Pipe", "Function Enrich", Kind.EVENTS),
        ("Pipe Pipe", "Event bus Bus", Kind.EVENTS),
    ]


def test_an_alias_is_drawn_as_its_function() -> None:
    assert drawn(
        {
            "Pay": {"Type": "AWS::Lambda::Function", "Properties": {}},
            "Live": {
                "Type": "AWS::Lambda::Alias",
                "Properties": {"FunctionName": {"Ref": "Pay"}, "Name": "live"},
            },
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Subscription": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": {"Ref": "Topic"},
                    "Protocol": "lambda",
                    "Endpoint": {"Ref": "Live"},
                },
            },
        }
    ) == [("Topic Topic", "Function Pay", Kind.EVENTS)]


def test_alarms_that_watch_and_tell_the_same_are_one_box() -> None:
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "MetricName": "Errors",
            "Namespace": "AWS/Lambda",
            "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Pay"}}],
        },
    }
    (stack,) = reading_of(
        {"Resources": {"Pay": {"Type": "AWS::Lambda::Function"}, **{f"Alarm{n}": alarm for n in range(6)}}}
    ).stacks
    boxes = picture_of(stack, {}).boxes

    assert [(each.actor.word, each.label, len(each.actor.logical_ids)) for each in boxes] == [
        ("Function", "Pay", 1),
        ("Alarms", "6 alarms", 6),
    ]


def overlapping(picture: Picture) -> list[tuple[str, str]]:
    return [
        (a.label, b.label)
        for a, b in combinations(picture.boxes, 2)
        if abs(a.x - b.x) < BOX_WIDTH and abs(a.y - b.y) < BOX_HEIGHT
    ]


@pytest.mark.parametrize("services", [1, 3, 8, 30, 60])
def test_no_box_lies_on_another_and_all_lie_inside(services: int) -> None:
    picture = picture_of(large_review(services).templates[0].reading, {})

    assert overlapping(picture) == []
    assert len(picture.boxes) <= MOST_ACTORS
    assert all(0 <= each.x <= picture.width - BOX_WIDTH for each in picture.boxes)
    assert all(0 <= each.y <= picture.height - BOX_HEIGHT for each in picture.boxes)


def test_no_line_crosses_a_box(stack: StackReading) -> None:
    picture = picture_of(stack, {})
    assert overlapping(picture) == []
    for line in picture.lines:
        stops = [tuple(map(float, part.split()[-2:])) for part in line.path.removeprefix("M").split("C")]
        for x, y in stops[1:-1]:
            assert not [
                each.label
                for each in picture.boxes
                if each.x < x < each.x + BOX_WIDTH and each.y < y < each.y + BOX_HEIGHT
            ]


def test_services_that_are_alike_are_drawn_once() -> None:
    picture = picture_of(large_review(30).templates[0].reading, {})

    assert picture.merged == "What is linked alike is drawn once."
    assert {each.actor.word for each in picture.boxes} == {
        "30 x Queue",
        "30 x Function",
        "30 x Table",
        "30 x Alarm",
        "Topic",
    }
    assert picture.resources == 121


def test_services_that_are_not_alike_are_drawn_as_parts_of_the_app() -> None:
    types = (
        "SQS::Queue",
        "SNS::Topic",
        "S3::Bucket",
        "DynamoDB::Table",
        "Kinesis::Stream",
        "Events::EventBus",
    )
    resources: dict[str, Any] = {
        f"Shared{place}": {"Type": f"AWS::{each}"} for place, each in enumerate(types)
    }
    for number in range(60):
        used = " ".join(f"${{Shared{place}}}" for place in range(6) if number >> place & 1)
        resources[f"Flow{number}"] = {
            "Type": "AWS::StepFunctions::StateMachine",
            "Metadata": {"aws:cdk:path": f"Stack1/Part{number % 20}/Flow{number}/Resource"},
            "Properties": {"DefinitionString": {"Fn::Sub": used}},
        }
    (stack,) = reading_of({"Resources": resources}).stacks
    picture = picture_of(stack, {})

    assert picture.merged == "Resources of a kind in a part of the app are drawn as one."
    assert len(picture.boxes) == 26
    assert sum(each.actor.word == "3 x State machine" for each in picture.boxes) == 20


def test_a_small_stack_is_drawn_as_it_is(stack: StackReading) -> None:
    actors, flows = actors_and_flows(stack)
    assert merged(actors, flows) == (actors, flows, "")


def test_boxes_tell_the_findings_at_what_they_stand_for(stack: StackReading) -> None:
    found = finding("r", Severity.WARNING, "Payments", "It waits.")
    worse = finding("s", Severity.ERROR, "Payments", "It is lost.")
    boxes = {
        each.label: each
        for each in picture_of(stack, {"Payments": [(found, "finding-1"), (worse, "finding-2")]}).boxes
    }

    payments, lost = boxes["Payments"], boxes["Lost"]
    assert (payments.errors, payments.warnings, payments.finding) == (1, 1, "finding-2")
    assert (lost.errors, lost.warnings, lost.finding) == (0, 0, None)


def test_a_resource_of_another_stack_says_which() -> None:
    first, second = reading_of(
        {
            "Resources": {"Orders": {"Type": "AWS::SQS::Queue"}},
            "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Orders", "Arn"]}, "Export": {"Name": "orders"}}},
        },
        {
            "Resources": {
                "Pay": {"Type": "AWS::Lambda::Function", "Properties": {}},
                "Mapping": {
                    "Type": "AWS::Lambda::EventSourceMapping",
                    "Properties": {
                        "EventSourceArn": {"Fn::ImportValue": "orders"},
                        "FunctionName": {"Ref": "Pay"},
                    },
                },
            }
        },
    ).stacks
    picture = picture_of(second, {})

    assert [(each.source, each.target) for each in picture.lines] == [
        ("Queue in Stack1 Orders", "Function Pay")
    ]
    assert [each.actor.word for each in picture_of(first, {}).boxes] == ["Queue"]


def test_a_loop_of_calls_is_drawn() -> None:
    def calling(target: str) -> dict[str, Any]:
        return {
            "Type": "AWS::SQS::Queue",
            "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Ref": target}}},
        }

    assert drawn({"A": calling("B"), "B": calling("C"), "C": calling("A")}) == [
        ("Queue A", "Queue B", Kind.DEAD_LETTERS),
        ("Queue B", "Queue C", Kind.DEAD_LETTERS),
        ("Queue C", "Queue A", Kind.DEAD_LETTERS),
    ]


def test_the_same_template_gives_the_same_picture() -> None:
    first, second = (picture_of(two_stacks().templates[0].reading, {}) for _ in range(2))
    assert first == second
