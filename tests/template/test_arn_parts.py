"""What is cut out of the ARN of a resource is known, where AWS documents how that ARN is written."""

from typing import Any

import pytest

from constructs_lib.template import Values, template_of

_RESOURCES: dict[str, Any] = {
    "Orders": {"Type": "AWS::Lambda::Function"},
    "Named": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "orders"}},
    "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Orders"}, "Name": "live"}},
    "ByArn": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": {"Fn::GetAtt": ["Named", "Arn"]}, "Name": "live"},
    },
    "Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Orders"}}},
    "Loop": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Loop"}, "Name": "live"}},
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "parcels"}},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Table": {"Type": "AWS::DynamoDB::Table"},
    "Role": {"Type": "AWS::IAM::Role"},
}


def _cut(index: int, separator: str, whole: Any) -> Any:
    template = template_of({"Resources": _RESOURCES}, environment=("111111111111", "eu-west-1"))
    values = Values(template, undecided="unknown")
    return values.plain({"Fn::Select": [index, {"Fn::Split": [separator, whole]}]})


@pytest.mark.parametrize(
    ("index", "separator", "whole", "part"),
    [
        (6, ":", {"Ref": "Live"}, "${Orders}"),
        (7, ":", {"Ref": "Live"}, "live"),
        (6, ":", {"Ref": "ByArn"}, "orders"),
        (6, ":", {"Ref": "Version"}, "${Orders}"),
        (6, ":", {"Fn::GetAtt": ["Orders", "Arn"]}, "${Orders}"),
        (3, ":", {"Fn::GetAtt": ["Orders", "Arn"]}, "eu-west-1"),
        (5, ":", {"Fn::GetAtt": ["Queue", "Arn"]}, "parcels"),
        (5, ":", {"Ref": "Topic"}, "${Topic}"),
        (1, "/", {"Fn::GetAtt": ["Table", "Arn"]}, "${Table}"),
    ],
)
def test_a_part_of_an_arn_is_known(index: int, separator: str, whole: Any, part: str) -> None:
    assert _cut(index, separator, whole) == part


@pytest.mark.parametrize(
    ("index", "separator", "whole"),
    [
        (5, ":", {"Fn::GetAtt": ["Role", "Arn"]}),
        (5, ":", {"Ref": "Queue"}),
        (0, "-", {"Fn::GetAtt": ["Queue", "Arn"]}),
        (9, ":", {"Ref": "Live"}),
        (6, ":", {"Ref": "Loop"}),
        (6, ":", {"Ref": "Elsewhere"}),
    ],
    ids=["of another form", "of an address", "at another sign", "behind its end", "of itself", "of nothing"],
)
def test_a_part_of_what_nobody_knows_is_unknown(index: int, separator: str, whole: Any) -> None:
    assert _cut(index, separator, whole) == "${Fn::Select}"
