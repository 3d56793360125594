"""Nothing that an app had is changed, whoever else visits it."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import IConstruct

from constructs_lib.alarms import AlarmRoute
from constructs_lib.alarms.watch import Watch
from examples.watch_existing_app import Shop
from tests.alarms.watch.watched_app import (
    ALARM,
    EVERY_KIND,
    a_function,
    a_queue,
    alarms_of,
    app_of,
    included,
    new_stack,
    template,
    watch,
    watched,
)
from tests.delivery import lost_alarms
from tests.gates import findings, lint
from tests.graph import circle
from tests.synthesis import RECOMMENDED, fresh_app, read_template

US, EU = (cdk.Environment(account="111111111111", region=region) for region in ("us-east-1", "eu-west-1"))


@jsii.implements(cdk.IAspect)
class Timeouts:
    """An aspect as apps have them: it changes what it visits."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, lambda_.CfnFunction):
            node.timeout = 17


def an_app(context: dict[str, Any], folder: Path) -> cdk.App:
    """Two copies of a stack that refer to a third one, a nested stack, an included template, other aspects."""
    app = fresh_app(context)
    shared = cdk.Stack(app, "Shared", env=US)
    topic = sns.Topic(shared, "Orders")
    for name, env in (("First", US), ("Second", US), ("Abroad", EU)):
        stack = cdk.Stack(app, name, env=env)
        Shop(stack, "Shop")
        nested = cdk.NestedStack(stack, "Nested")
        function = a_function(nested)
        if env is US:
            topic.grant_publish(function)
            a_queue(nested).grant_send_messages(function)
    included(shared, EVERY_KIND, folder)
    cdk.Tags.of(app).add("team", "shop")
    cdk.Aspects.of(app).add(Timeouts())
    return app


def templates(app: cdk.App) -> dict[str, dict[str, Any]]:
    folder = Path(app.synth().directory)
    return {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.template.json"))}


@pytest.mark.parametrize(
    "flags",
    [{}, RECOMMENDED, {**RECOMMENDED, "@aws-cdk/core:aspectStabilization": False}],
    ids=["none", "recommended", "one pass of aspects"],
)
def test_whatever_the_app_had_is_as_it_was(flags: dict[str, Any], tmp_path: Path) -> None:
    before = templates(an_app(flags, tmp_path))
    app = an_app(flags, tmp_path)
    cdk.Aspects.of(app).add(Watch())
    after = templates(app)

    assert after.keys() == before.keys()
    for name, old in before.items():
        new = after[name]
        added = {key: each for key, each in new["Resources"].items() if key not in old["Resources"]}
        assert added
        assert all(key.startswith(("Watch", "AlarmTopic")) for key in added)
        kept = {key: each for key, each in new["Resources"].items() if key in old["Resources"]}
        assert without_nested(kept) == without_nested(old["Resources"])
        assert {**new, "Resources": {}} == {**old, "Resources": {}} | (
            {"Parameters": new["Parameters"]} if "nested" in name else {}
        )
        for key, parameter in old.get("Parameters", {}).items():
            assert new["Parameters"][key] == parameter


def without_nested(resources: dict[str, Any]) -> str:
    """`resources` without what says of a nested stack that its template is another one by now."""
    shown = json.loads(json.dumps(resources))
    for each in shown.values():
        if each["Type"] == "AWS::CloudFormation::Stack":
            each["Properties"].pop("TemplateURL")
            parameters = each["Properties"].pop("Parameters", {})
            each["Properties"]["Parameters"] = {
                key: value for key, value in parameters.items() if "AlarmTopic" not in key
            }
            each.get("Metadata", {}).clear()
    return json.dumps(shown)


def test_the_aspects_of_the_app_visit_the_alarms_too() -> None:
    stack = new_stack()
    a_function(stack)
    cdk.Tags.of(app_of(stack)).add("team", "shop")
    found = watched(stack)

    for alarm in found.of_type(ALARM).values():
        assert alarm["Properties"]["Tags"] == [{"Key": "team", "Value": "shop"}]


def test_the_alarms_of_a_resource_keep_their_ids_when_others_come_and_go() -> None:
    def alarms(*names: str) -> set[str]:
        stack = new_stack()
        for name in names:
            a_function(stack, name)
        return set(alarms_of(watched(stack), "Kept"))

    assert alarms("Kept")
    assert alarms("Kept") == alarms("First", "Kept") == alarms("Kept", "Last")


def test_a_role_and_a_queue_policy_of_the_app_are_not_touched() -> None:
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    a_function(stack, role=role)
    a_queue(stack, enforce_ssl=True)
    before = template(stack).resources

    again = new_stack()
    role = iam.Role(again, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    a_function(again, role=role)
    a_queue(again, enforce_ssl=True)
    after = watched(again).resources

    assert {key: after[key] for key in before} == before


def test_what_is_added_passes_the_gates_and_reaches_people(tmp_path: Path) -> None:
    app = fresh_app(RECOMMENDED)
    stack = cdk.Stack(app, "Stack", env=US)
    included(stack, EVERY_KIND, tmp_path)
    cdk.Aspects.of(app).add(Watch())
    found = [
        finding
        for finding in findings(app)
        if not all(path.startswith("Stack/Included") for path in finding.constructs)
        and "alarm-topic-unsubscribed" not in finding.rule
    ]
    assert found == []

    body = read_template(Path(app.outdir) / stack.template_file).body
    assert [each for each in lint(body) if "'Watch" in each or "'AlarmTopic" in each] == []
    assert circle(body["Resources"]) == []
    assert lost_alarms(body["Resources"], subscribed=False) == []


def test_a_route_of_the_app_is_asked_for_once_a_stack() -> None:
    stack = new_stack()
    a_function(stack)
    other = cdk.Stack(app_of(stack), "Other")
    nested = cdk.NestedStack(other, "Nested")
    a_function(nested)
    cdk.Stack(app_of(stack), "Empty")
    asked: list[str] = []

    def route(of: cdk.Stack) -> AlarmRoute:
        asked.append(of.node.path)
        return AlarmRoute.to_topic(sns.Topic(of, "Ops"))

    watch(stack, route=route)
    found = template(stack)

    assert asked == ["Stack", "Other"]
    assert found.only_id("AWS::SNS::Topic").startswith("Ops")
    assert "AlarmTopic" not in json.dumps(found.body)


def test_without_anything_to_watch_there_is_no_topic() -> None:
    stack = new_stack()
    iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))

    def route(of: cdk.Stack) -> AlarmRoute:
        raise AssertionError(of)

    assert [each["Type"] for each in watched(stack, route=route).resources.values()] == ["AWS::IAM::Role"]


def test_the_alarms_of_a_nested_stack_stand_in_it_and_use_the_topic_of_its_parent() -> None:
    stack = new_stack()
    nested = cdk.NestedStack(stack, "Nested")
    a_function(nested)
    found = watched(stack)

    assert not found.of_type(ALARM)
    assert found.of_type("AWS::SNS::Topic")
    inner = read_template(Path(app_of(stack).outdir) / nested.template_file)
    assert inner.of_type(ALARM)
    assert not inner.of_type("AWS::SNS::Topic")
    (parameter,) = inner.body["Parameters"]
    assert "AlarmTopic" in parameter
    (health,) = inner.of_type("AWS::CloudWatch::CompositeAlarm").values()
    assert health["Properties"]["AlarmActions"] == [{"Ref": parameter}]
