from typing import Any

import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_lambda as lambda_

from tests.graph import circle, references
from tests.synthesis import fresh_stack, some_code, synthesize


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"Ref": "A"}, ["A"]),
        ({"Fn::GetAtt": ["A", "Arn"]}, ["A"]),
        ({"Fn::GetAtt": "A.Arn"}, ["A"]),
        ({"Fn::Sub": "${A}-${B.Arn}-${!C}"}, ["A", "B"]),
        ({"Fn::Sub": ["${A}-${Own}", {"Own": {"Ref": "B"}}]}, ["A", "B"]),
        ({"DependsOn": "A", "Properties": {"X": [{"Ref": "B"}]}}, ["A", "B"]),
        ({"DependsOn": ["A", "B"]}, ["A", "B"]),
        ({"Fn::Join": ["", ["x", {"Ref": "A"}]]}, ["A"]),
        ({"Text": "A"}, []),
    ],
)
def test_every_way_to_refer_to_a_resource_is_seen(resource: Any, expected: list[str]) -> None:
    assert list(references(resource)) == expected


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({"A": ["B"], "B": ["C"], "C": []}, []),
        ({"A": ["B", "C"], "B": ["C"], "C": []}, []),
        ({"A": ["A"]}, ["A", "A"]),
        ({"A": ["B"], "B": ["C"], "C": ["B"]}, ["B", "C", "B"]),
        ({"A": ["Elsewhere"]}, []),
    ],
)
def test_a_circle_is_found_wherever_it_is(needs: dict[str, list[str]], expected: list[str]) -> None:
    resources = {name: {"DependsOn": others} for name, others in needs.items()}

    assert circle(resources) == expected


def test_an_alarm_that_gets_its_dimension_from_the_alias_it_rolls_back_is_a_circle() -> None:
    stack = fresh_stack()
    function = lambda_.Function(
        stack, "Function", code=some_code(), handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14
    )
    alias = function.add_alias("live")
    metric = cloudwatch.Metric(
        namespace="AWS/Lambda", metric_name="Errors", dimensions_map={"FunctionName": alias.function_name}
    )
    alarm = metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
    codedeploy.LambdaDeploymentGroup(stack, "Group", alias=alias, alarms=[alarm])

    found = circle(synthesize(stack).resources)

    assert any(name.startswith("Alarm") for name in found)
    assert any(name.startswith("Group") for name in found)
