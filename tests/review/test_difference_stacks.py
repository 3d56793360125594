"""Which stack and which resource is which, and what is said of stacks as a whole."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.review.difference import changes_between
from constructs_lib.review.reading import Reading
from constructs_lib.review.report import Change
from constructs_lib.template import Assembly, read_assembly, template_of
from tests.reviewing import TODAY

TABLE = {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}}
ERRORS = {"MetricName": "Errors", "ComparisonOperator": "GreaterThanThreshold", "Threshold": 1}
ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": ERRORS}
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}


def _reading(**stacks: Mapping[str, Any]) -> Reading:
    made = [template_of({"Resources": {"Rest": HANDLE, **each}}, name=name) for name, each in stacks.items()]
    return Reading(Assembly(templates=tuple(made)), today=TODAY)


def _told(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.severity.value, each.stack) for each in changes]


def test_two_files_of_any_names_are_compared() -> None:
    named = {**TABLE, "Properties": {"TableName": {"Fn::Sub": "${AWS::StackName}-orders"}}}

    assert changes_between(_reading(old={"Orders": named}), _reading(new={"Orders": named})) == []


def test_a_stack_that_is_gone_is_left_as_it_is() -> None:
    changes = changes_between(
        _reading(A={"Orders": TABLE}, B={"Errors": ALARM}), _reading(A={"Orders": TABLE})
    )

    assert _told(changes) == [("stack-gone", "warning", "B")]
    assert "what is deployed of it stays" in changes[0].message


def test_a_new_stack_is_told_with_how_much_is_in_it() -> None:
    changes = changes_between(_reading(A={}), _reading(A={}, B={"Errors": ALARM}))

    assert _told(changes) == [("stack-added", "note", "B")]
    assert "with 2 resources" in changes[0].message


def test_a_table_that_moves_to_another_stack_is_made_anew() -> None:
    changes = changes_between(_reading(A={"Orders": TABLE}, B={}), _reading(A={}, B={"Orders": TABLE}))

    assert _told(changes) == [("moved", "error", "B")]
    assert changes[0].message == (
        "The table Orders moved from the stack A to B: CloudFormation makes a new, empty one, and the old one is "
        "deleted, with its items."
    )


def test_a_retained_table_that_moves_is_left_behind() -> None:
    retained = {**TABLE, "DeletionPolicy": "Retain"}

    changes = changes_between(_reading(A={"Orders": retained}, B={}), _reading(A={}, B={"Orders": retained}))

    assert _told(changes) == [("moved", "warning", "B")]
    assert "the old one is left as it is" in changes[0].message


def test_a_setting_of_an_alarm_that_moves_is_compared() -> None:
    looser = {**ALARM, "Properties": {**ERRORS, "Threshold": 5}}

    changes = changes_between(_reading(A={"Errors": ALARM}, B={}), _reading(A={}, B={"Errors": looser}))

    assert [each.kind for each in changes] == ["threshold-loosened", "moved"]


@pytest.mark.parametrize(
    ("resources", "severity"), [({"Errors": ALARM}, "note"), ({"Events": TABLE}, "warning")]
)
def test_what_is_in_a_stack_of_another_name_is_in_a_new_stack(
    resources: dict[str, Any], severity: str
) -> None:
    changes = changes_between(
        _reading(A={"Orders": TABLE}, B=resources), _reading(A={"Orders": TABLE}, C=resources)
    )

    assert _told(changes) == [("renamed", severity, "C")]
    assert changes[0].message.startswith(
        "The stack B is called C now: CloudFormation makes a new stack of it"
    )


def test_a_stack_of_another_name_is_still_compared() -> None:
    looser = {**ALARM, "Properties": {**ERRORS, "Threshold": 5}}

    changes = changes_between(_reading(A={}, B={"Errors": ALARM}), _reading(A={}, C={"Errors": looser}))

    assert [each.kind for each in changes] == ["threshold-loosened", "renamed"]


def test_all_stacks_of_other_names_are_new_and_the_old_ones_stay() -> None:
    changes = changes_between(
        _reading(A={"Orders": TABLE}, B={"Errors": ALARM}), _reading(C={"Orders": TABLE}, D={"Errors": ALARM})
    )

    assert _told(changes) == [
        ("stack-gone", "warning", "A"),
        ("stack-gone", "warning", "B"),
        ("stack-added", "note", "C"),
        ("moved", "note", "C"),
        ("stack-added", "note", "D"),
        ("moved", "note", "D"),
    ]
    assert "the old one stays with its stack" in " ".join(each.message for each in changes)


def test_a_resource_is_found_again_by_the_path_of_its_construct() -> None:
    def reading(logical_id: str, threshold: int) -> Reading:
        alarm = {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "MetricName": "Errors",
                "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": threshold,
            },
            "Metadata": {"aws:cdk:path": "A/Orders/Errors/Resource"},
        }
        return _reading(A={logical_id: alarm})

    changes = changes_between(reading("OrdersErrors1", 1), reading("OrdersErrors2", 5))

    assert [each.kind for each in changes] == ["threshold-loosened", "renamed"]
    assert changes[0].construct_path == "Orders/Errors"


@pytest.mark.parametrize("policy", ["Delete", "Retain"])
def test_a_nested_stack_that_is_gone_takes_its_table_with_it(tmp_path: Path, policy: str) -> None:
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Metadata": {"aws:asset:path": "nested.json"},
        "Properties": {},
    }
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    inner = {"Resources": {"Orders": {**TABLE, "DeletionPolicy": policy}}}
    (tmp_path / "old" / "nested.json").write_text(json.dumps(inner))
    _assembly(tmp_path / "old", {"Inner": nested, "Rest": HANDLE})
    _assembly(tmp_path / "new", {"Rest": HANDLE})

    old, new = (Reading(read_assembly(tmp_path / each), today=TODAY) for each in ("old", "new"))
    changes = changes_between(old, new)

    assert len(old.stacks) == 2
    assert [each.kind for each in changes] == ["data-gone"]
    assert changes[0].severity.value == {"Delete": "error", "Retain": "warning"}[policy]
    assert changes_between(old, Reading(read_assembly(tmp_path / "old"), today=TODAY)) == []


def test_nested_stacks_of_a_renamed_stack_are_found_again(tmp_path: Path) -> None:
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Metadata": {"aws:asset:path": "nested.json"},
        "Properties": {},
    }
    for name, table in (
        ("old", TABLE),
        ("new", {**TABLE, "Properties": {"DeletionProtectionEnabled": True}}),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "nested.json").write_text(json.dumps({"Resources": {"Orders": table}}))
        _assembly(tmp_path / name, {"Inner": nested}, stack=name.title())

    changes = changes_between(
        *(Reading(read_assembly(tmp_path / each), today=TODAY) for each in ("old", "new"))
    )

    assert [each.kind for each in changes] == ["deletion-protection-on"]


def _assembly(folder: Path, resources: Mapping[str, Any], stack: str = "Orders") -> None:
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111111111111/eu-west-1",
        "properties": {"templateFile": f"{stack}.template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": {stack: artifact}}))
    (folder / f"{stack}.template.json").write_text(json.dumps({"Resources": resources}))


def test_a_condition_that_holds_no_longer_makes_an_alarm_gone() -> None:
    def reading(stage: str) -> Reading:
        body = {
            "Parameters": {"Stage": {"Type": "String", "Default": stage}},
            "Conditions": {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}},
            "Resources": {"Rest": HANDLE, "Errors": {**ALARM, "Condition": "Live"}},
        }
        return Reading(Assembly(templates=(replace(template_of(body), name="A", key="A"),)), today=TODAY)

    assert [each.kind for each in changes_between(reading("live"), reading("test"))] == ["alarm-gone"]
