import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.delivery import CLOUDWATCH, lost_alarms

ALLOWED = {"Effect": "Allow", "Principal": {"Service": CLOUDWATCH}, "Resource": "*"}
GOOD: dict[str, Any] = {
    "Alarm": {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {"AlarmActions": [{"Ref": "Topic"}]},
    },
    "Topic": {
        "Type": "AWS::SNS::Topic",
        "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
    },
    "Policy": {
        "Type": "AWS::SNS::TopicPolicy",
        "Properties": {
            "Topics": [{"Ref": "Topic"}],
            "PolicyDocument": {"Statement": [ALLOWED | {"Action": "sns:Publish"}]},
        },
    },
    "Key": {
        "Type": "AWS::KMS::Key",
        "Properties": {
            "KeyPolicy": {"Statement": [ALLOWED | {"Action": ["kms:Decrypt", "kms:GenerateDataKey*"]}]}
        },
    },
    "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "Topic"}}},
}
Damage = Callable[[dict[str, Any]], object]


def test_an_alarm_is_followed_to_its_subscriber() -> None:
    assert lost_alarms(GOOD) == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda r: r["Alarm"]["Properties"].clear(), "no action"),
        (lambda r: r["Alarm"]["Properties"].update(AlarmActions=["arn"]), "no action"),
        (lambda r: r["Alarm"]["Properties"].update(AlarmActions=[{"Ref": "Key"}]), "no topic"),
        (lambda r: _statement(r, "Policy").update(Effect="Deny"), "does not let CloudWatch publish"),
        (lambda r: _statement(r, "Policy").update(Principal="*"), "does not let CloudWatch publish"),
        (lambda r: _statement(r, "Policy").update(Condition={"Bool": {}}), "does not let CloudWatch publish"),
        (lambda r: _statement(r, "Key").update(Action="kms:Decrypt"), r"kms:GenerateDataKey\*"),
        (lambda r: r["Topic"]["Properties"].update(KmsMasterKeyId="alias/aws/sns"), "the key of Topic"),
        (lambda r: r.pop("Subscription"), "nobody subscribes"),
    ],
)
def test_a_lost_link_is_named(damage: Damage, problem: str) -> None:
    broken = copy.deepcopy(GOOD)
    damage(broken)

    (found,) = lost_alarms(broken)

    assert re.search(problem, found)


def _statement(resources: dict[str, Any], name: str) -> dict[str, Any]:
    properties = resources[name]["Properties"]
    document = properties["PolicyDocument"] if name == "Policy" else properties["KeyPolicy"]
    statement: dict[str, Any] = document["Statement"][0]
    return statement
