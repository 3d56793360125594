"""Stacks, stages and apps of CDK are replayed as they are; names of alarms are the paths of their constructs."""

import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct, RootConstruct

from constructs_lib.replay.surface import replay
from constructs_lib.template import Assembly, TemplateError
from constructs_lib.template.cdk_source import source_of
from tests.replay.small_app import timeline
from tests.synthesis import fresh_app


class Orders(Construct):
    """An alarm below a construct, so that its path has two parts."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        cloudwatch.Metric(
            namespace="Shop", metric_name="Errors", period=cdk.Duration.minutes(1)
        ).create_alarm(self, "Errors", threshold=1, evaluation_periods=1)


def rings(source: object, name: str) -> bool:
    report = replay(source_of(source), timeline(Errors="000111"))
    return bool(report.rang(name, within="4m"))


def test_a_stack_is_synthesized_and_its_alarms_have_their_paths() -> None:
    stack = cdk.Stack(fresh_app(), "Shop")
    Orders(stack, "Orders")

    assert rings(stack, "Orders/Errors")


def test_a_stack_is_replayed_without_the_others_of_its_app() -> None:
    app = fresh_app()
    stacks = [cdk.Stack(app, name) for name in ("Shop", "Other")]
    for stack in stacks:
        Orders(stack, "Orders")

    assert [each.name for each in source_of(stacks[1]).templates] == ["Other"]


def test_an_app_is_all_of_its_stacks_those_in_stages_too() -> None:
    app = fresh_app()
    Orders(cdk.Stack(app, "Shop"), "Orders")
    stage = cdk.Stage(app, "Prod")
    Orders(cdk.Stack(stage, "Other"), "Orders")

    assert [each.name for each in source_of(app).templates] == ["Prod-Other", "Shop"]
    assert rings(app, "Shop:Orders/Errors")
    assert rings(app, "Prod-Other:Orders/Errors")


def test_a_stage_is_its_own_stacks() -> None:
    app = fresh_app()
    Orders(cdk.Stack(app, "Shop"), "Orders")
    stage = cdk.Stage(app, "Prod")
    inside = cdk.Stack(stage, "Other")
    Orders(inside, "Orders")

    assert [each.name for each in source_of(stage).templates] == ["Prod-Other"]
    assert [each.name for each in source_of(inside).templates] == ["Prod-Other"]


def test_a_nested_stack_is_its_template() -> None:
    nested = cdk.NestedStack(cdk.Stack(fresh_app(), "Shop"), "Nested")
    Orders(nested, "Orders")
    (template,) = source_of(nested).templates

    assert rings(nested, next(iter(template.resources)))


@pytest.mark.parametrize("given", [{"Resources": {}}, Path("cdk.out"), "cdk.out", Assembly(templates=())])
def test_anything_else_is_given_on_as_it_is(given: object) -> None:
    assert source_of(given) is given


def test_a_construct_without_a_template_is_refused() -> None:
    orders = Orders(cdk.Stack(fresh_app(), "Shop"), "Orders")

    with pytest.raises(TemplateError, match=r"^Shop/Orders is no stack of an app: give a stack"):
        source_of(orders)


def test_a_construct_in_no_app_is_refused() -> None:
    with pytest.raises(TemplateError, match="is no stack of an app"):
        source_of(Construct(RootConstruct(), "Alone"))


def test_cdk_is_not_imported() -> None:
    code = (
        "import sys; from constructs_lib.template.cdk_source import source_of; "
        "source_of('cdk.out'); print(sorted({'aws_cdk', 'constructs', 'jsii'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"
