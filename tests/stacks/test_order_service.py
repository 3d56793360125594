"""The order service as it is synthesized for several configurations; nothing is bundled for it here."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from syrupy.assertion import SnapshotAssertion

from app import build
from docs._ext.dashboard_picture import body_in, picture
from stacks.config import Config
from tests.delivery import lost_alarms
from tests.gates import UNSUBSCRIBED, lint, nagged, report
from tests.graph import circle, references
from tests.synthesis import RECOMMENDED, ROOT, Synthesized, fresh_app, scrubbed, synthesize, walk

SIGNED_IN = {"CDK_DEFAULT_ACCOUNT": "111122223333", "CDK_DEFAULT_REGION": "us-east-1"}
ZONE = "hosted-zone:account=111122223333:domainName=example.com:region=us-east-1"
WITH_DOMAIN = {
    "domain": "example.com",
    ZONE: {"Id": "/hostedzone/Z0123456789ABCDEFGHI", "Name": "example.com."},
}
CONFIGS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "anywhere": ({"stage": "dev"}, {}),
    "local": ({"stage": "local"}, {}),
    "two-regions": ({"stage": "dev", "regions": ["us-east-1", "us-west-2"]}, SIGNED_IN),
    "production": ({"stage": "prod", "alarm_email": "team@example.com"}, SIGNED_IN),
    "domain": ({"stage": "dev", **WITH_DOMAIN}, SIGNED_IN),
}
FUNCTION = "AWS::Lambda::Function"
HANDLERS = ("CreateOrder", "SendConfirmation")


@dataclass(frozen=True)
class Service:
    """The stacks of one configuration."""

    app: cdk.App
    templates: dict[str, Synthesized]

    @property
    def first(self) -> Synthesized:
        """The template of the primary Region."""
        return next(iter(self.templates.values()))


@cache
def built(name: str) -> Service:
    """The service in the configuration `name`, synthesized once and checked by cdk-nag on the way."""
    context, environment = CONFIGS[name]
    settings = RECOMMENDED | context | {"aws:cdk:bundling-stacks": []}
    app = nagged(fresh_app(settings))
    stacks = build(app, Config.read(settings.get, environment))
    return Service(app, {stack.node.id: synthesize(stack) for stack in stacks})


@pytest.fixture(params=CONFIGS)
def service(request: pytest.FixtureRequest) -> Service:
    return built(request.param)


@pytest.fixture
def anywhere() -> Synthesized:
    return built("anywhere").first


class TestGates:
    def test_cdk_nag_and_cdk_have_nothing_to_say_but_that_nobody_listens(self, service: Service) -> None:
        allowed = {f"Annotation::{UNSUBSCRIBED}"}

        assert {found.rule for found in report(service.app)} <= allowed

    def test_somebody_listens_where_an_address_is_given(self) -> None:
        assert report(built("production").app) == []

    def test_cfn_lint_has_nothing_to_say(self, service: Service) -> None:
        for template in service.templates.values():
            assert lint(template.body) == []

    def test_no_resources_need_each_other(self, service: Service) -> None:
        for template in service.templates.values():
            assert circle(template.resources) == []

    def test_every_alarm_reaches_its_topic(self, service: Service) -> None:
        for template in service.templates.values():
            assert lost_alarms(template.resources, subscribed=False) == []

    def test_every_alarm_reaches_the_address(self) -> None:
        production = built("production").first

        assert lost_alarms(production.resources) == []
        assert production.only("AWS::SNS::Subscription")["Endpoint"] == "team@example.com"


def test_the_template_is_as_the_snapshot_shows(anywhere: Synthesized, snapshot: SnapshotAssertion) -> None:
    assert scrubbed({key: anywhere.body[key] for key in ("Resources", "Outputs")}) == snapshot


@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "anywhere"])
def test_what_a_configuration_changes_is_as_the_snapshot_shows(
    name: str, anywhere: Synthesized, snapshot: SnapshotAssertion
) -> None:
    before = scrubbed(anywhere.resources)

    for stack, template in built(name).templates.items():
        after = scrubbed(template.resources)
        changes = {
            "changed": {key: each for key, each in after.items() if before.get(key) != each},
            "gone": sorted(before.keys() - after.keys()),
        }
        assert changes == snapshot(name=stack)


@pytest.mark.parametrize(("name", "rows"), [("dashboard.svg", None), ("dashboard_top.svg", 38)])
def test_the_pictures_in_the_docs_are_of_this_dashboard(name: str, rows: int | None, tmp_path: Path) -> None:
    shown = ROOT / "docs/_static" / name

    drawn = picture(body_in(built("anywhere").first.body), rows=rows)

    (tmp_path / name).write_text(drawn)
    assert shown.exists()
    assert shown.read_text() == drawn, f"copy {tmp_path / name} to docs/_static"


def test_watch_finds_nothing_that_the_stack_forgot(service: Service) -> None:
    for stack in service.app.node.children:
        assert stack.node.try_find_child("Watch") is None


class TestPlaces:
    def test_two_regions_are_two_stacks(self) -> None:
        assert list(built("two-regions").templates) == ["OrderService-dev", "OrderService-dev-us-west-2"]

    def test_a_region_that_is_added_renames_no_stack(self) -> None:
        stacks = [stack for stack in built("two-regions").app.node.children if isinstance(stack, cdk.Stack)]

        assert {stack.stack_name for stack in stacks} == {"OrderService-dev"}

    def test_no_account_or_region_stands_in_a_template_for_anywhere(self, anywhere: Synthesized) -> None:
        # An alarm's text may name the Region of a global service.
        said = {id(value) for key, value in walk(anywhere.body) if key == "AlarmDescription"}
        texts = [
            value for _, value in walk(anywhere.body) if isinstance(value, str) and id(value) not in said
        ]
        text = json.dumps(texts)

        assert not re.findall(r"(?<!\d)\d{12}(?!\d)", text)
        assert not re.findall(r"\b(?:us|eu|ap|sa|ca|af|me)-[a-z]+-\d\b", text)

    def test_no_partition_is_written_out_where_any_could_be(self, anywhere: Synthesized) -> None:
        texts = [value for _, value in walk(anywhere.body["Resources"]) if isinstance(value, str)]

        assert not [text for text in texts if text.startswith("arn:aws:")]

    def test_nothing_has_a_name_that_another_stage_could_have_too(self, anywhere: Synthesized) -> None:
        named = {
            "FunctionName",
            "QueueName",
            "TopicName",
            "TableName",
            "AlarmName",
            "RoleName",
            "LogGroupName",
        }
        for kind in (
            FUNCTION,
            "AWS::SQS::Queue",
            "AWS::SNS::Topic",
            "AWS::DynamoDB::GlobalTable",
            "AWS::IAM::Role",
        ):
            for resource in anywhere.of_type(kind).values():
                assert not named & resource.get("Properties", {}).keys()


class TestData:
    def test_ids_of_what_keeps_data_do_not_move(self, anywhere: Synthesized) -> None:
        stateful = ("DynamoDB::GlobalTable", "SQS::Queue", "SNS::Topic", "KMS::Key", "Logs::LogGroup")

        found = [name for kind in stateful for name in anywhere.of_type(f"AWS::{kind}")]

        assert sorted(found) == [
            "AccessLogs8B620ECA",
            "AlarmTopicC2164170",
            "AlarmTopicKeyBA1A4AA7",
            "ConfirmationsB9055B3E",
            "CreateOrderDeadLettersAFBA85AB",
            "CreateOrderLogs276F3614",
            "IdempotencyC15CBC33",
            "OrdersA9B65338",
            "SendConfirmationDeadLettersCA2E081C",
            "SendConfirmationLogs8598C111",
        ]

    def test_production_keeps_its_orders(self) -> None:
        tables = built("production").first.of_type("AWS::DynamoDB::GlobalTable", under="Orders")

        (table,) = tables.values()
        assert table["DeletionPolicy"] == "Retain"
        (replica,) = table["Properties"]["Replicas"]
        assert replica["DeletionProtectionEnabled"] is True
        assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}

    def test_any_other_stage_leaves_nothing_behind(self, anywhere: Synthesized) -> None:
        kept = {name for name, each in anywhere.resources.items() if each.get("DeletionPolicy") == "Retain"}

        assert {anywhere.resources[name]["Type"] for name in kept} <= {"AWS::KMS::Key"}


class TestFunctions:
    def test_the_api_invokes_the_alias_of_create_order(self, anywhere: Synthesized) -> None:
        integration = anywhere.only("AWS::ApiGatewayV2::Integration")

        assert anywhere.only_id("AWS::Lambda::Alias", under="CreateOrder") in references(integration)

    def test_every_route_wants_signed_requests(self, anywhere: Synthesized) -> None:
        routes = [each["Properties"] for each in anywhere.of_type("AWS::ApiGatewayV2::Route").values()]

        assert {(route["RouteKey"], route["AuthorizationType"]) for route in routes} == {
            ("POST /orders", "AWS_IAM"),
            ("GET /orders/{order_id}", "AWS_IAM"),
        }

    def test_create_order_may_read_and_write_orders_and_invoke_the_confirmation(
        self, anywhere: Synthesized
    ) -> None:
        statements = anywhere.only("AWS::IAM::Policy", under="CreateOrderRole")["PolicyDocument"]["Statement"]

        allowed = {str(statement["Action"]) for statement in statements}
        assert str(["dynamodb:GetItem", "dynamodb:PutItem"]) in allowed
        invoked = next(each for each in statements if each["Action"] == "lambda:InvokeFunction")
        assert invoked["Resource"] == {
            "Ref": anywhere.only_id("AWS::Lambda::Alias", under="SendConfirmation")
        }

    def test_no_function_may_act_on_whole_services(self, anywhere: Synthesized) -> None:
        for handler in HANDLERS:
            for statement in _statements(anywhere, f"{handler}Role"):
                assert not [action for action in _listed(statement["Action"]) if action.endswith(":*")]

    @pytest.mark.parametrize("handler", HANDLERS)
    def test_environments_name_what_the_handlers_read(self, anywhere: Synthesized, handler: str) -> None:
        variables = anywhere.only(FUNCTION, under=handler)["Environment"]["Variables"]

        assert {"POWERTOOLS_METRICS_NAMESPACE", "IDEMPOTENCY_TABLE_NAME"} <= variables.keys()


def _statements(found: Synthesized, role: str) -> Iterator[dict[str, Any]]:
    for policy in found.of_type("AWS::IAM::Policy", under=role).values():
        yield from policy["Properties"]["PolicyDocument"]["Statement"]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
