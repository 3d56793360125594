"""The order service as it is synthesized for several configurations; nothing is bundled for it here."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import aws_cdk as cdk
import pytest
from order_book.attempts import StepUnavailableError
from order_book.steps import Step
from syrupy.assertion import SnapshotAssertion

from app import build
from constructs_lib.failover import FailoverPlan
from docs._ext.dashboard_picture import body_in, picture
from local_cloud.drill.checklist import checklist
from local_cloud.drill.checklist_steps import FINDING
from local_cloud.drill.faults import FAULTS
from stacks.config import Config
from stacks.data_pipeline import DataPipeline
from tests.delivery import lost_alarms
from tests.gates import UNSUBSCRIBED, lint, nagged, report
from tests.graph import circle, references
from tests.reviewing import unexplained
from tests.synthesis import RECOMMENDED, ROOT, Synthesized, fresh_app, scrubbed, synthesize, walk

SIGNED_IN = {"CDK_DEFAULT_ACCOUNT": "111122223333", "CDK_DEFAULT_REGION": "us-east-1"}
ZONE = "hosted-zone:account=111122223333:domainName=example.com:region=us-east-1"
WITH_DOMAIN = {
    "domain": "example.com",
    ZONE: {"Id": "/hostedzone/Z0123456789ABCDEFGHI", "Name": "example.com."},
}
TWO_REGIONS = {
    "regions": ["eu-west-1", "eu-central-1"],
    "domain": "example.com",
    "hosted_zone_id": "Z0123456789ABCDEFGHI",
}
CONFIGS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "anywhere": ({"stage": "dev"}, {}),
    "local": ({"stage": "local"}, {}),
    "two-regions": ({"stage": "dev", **TWO_REGIONS}, SIGNED_IN),
    "strong": (
        {"stage": "prod", "witness_region": "eu-west-3", "alarm_email": "team@example.com", **TWO_REGIONS},
        SIGNED_IN,
    ),
    "production": ({"stage": "prod", "alarm_email": "team@example.com"}, SIGNED_IN),
    "domain": ({"stage": "dev", **WITH_DOMAIN}, SIGNED_IN),
}
TWO = ("two-regions", "strong")
FUNCTION = "AWS::Lambda::Function"
HANDLERS = ("CreateOrder", "SendNotification")
STEPS = ("TrackOrder", "PaymentsProcessPayment", "UpdateInventory")
FULFILMENT = (*STEPS, "PaymentsSandbox", "FulfilOrder", "CheckOrders")


def cdk_stacks(app: cdk.App) -> list[cdk.Stack]:
    return [each for each in app.node.find_all() if isinstance(each, cdk.Stack)]


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
    stacks = _of_orders(build(app, Config.read(settings.get, environment)))
    return Service(app, {stack.node.id: synthesize(stack) for stack in stacks})


def _of_orders(stacks: list[cdk.Stack]) -> list[cdk.Stack]:
    """The stacks of this service; the data pipeline is another one."""
    return [stack for stack in stacks if not isinstance(stack, DataPipeline)]


@pytest.fixture(params=CONFIGS)
def service(request: pytest.FixtureRequest) -> Service:
    return built(request.param)


@pytest.fixture
def anywhere() -> Synthesized:
    return built("anywhere").first


def _unheard(lost: list[str]) -> list[str]:
    """Without the alarm that only the dashboard shows: on orders that were cancelled."""
    return [each for each in lost if not each.startswith("FulfilmentWorkflowCompensations")]


class TestGates:
    def test_cdk_nag_and_cdk_have_nothing_to_say_but_that_nobody_listens(self, service: Service) -> None:
        allowed = {f"Annotation::{UNSUBSCRIBED}"}

        assert {found.rule for found in report(service.app)} <= allowed

    def test_somebody_listens_where_an_address_is_given(self) -> None:
        assert report(built("production").app) == []

    def test_cfn_lint_has_nothing_to_say(self, service: Service) -> None:
        for template in service.templates.values():
            assert lint(template.body) == []

    def test_a_review_finds_nothing_that_is_not_explained(self, service: Service) -> None:
        assert unexplained(Path(service.app.outdir), ROOT / "stacks/acknowledged.yaml") == []

    def test_no_resources_need_each_other(self, service: Service) -> None:
        for template in service.templates.values():
            assert circle(template.resources) == []

    def test_every_alarm_reaches_its_topic(self, service: Service) -> None:
        for template in service.templates.values():
            assert _unheard(lost_alarms(template.resources, subscribed=False)) == []

    @pytest.mark.parametrize("name", ["production", "strong"])
    def test_every_alarm_reaches_the_address(self, name: str) -> None:
        for template in built(name).templates.values():
            assert _unheard(lost_alarms(template.resources)) == []
            assert template.only("AWS::SNS::Subscription")["Endpoint"] == "team@example.com"


def test_the_template_is_as_the_snapshot_shows(anywhere: Synthesized, snapshot: SnapshotAssertion) -> None:
    assert scrubbed({key: anywhere.body[key] for key in ("Resources", "Outputs")}) == snapshot


@pytest.mark.parametrize("name", [name for name in CONFIGS if name != "anywhere"])
def test_what_a_configuration_changes_is_as_the_snapshot_shows(
    name: str, anywhere: Synthesized, snapshot: SnapshotAssertion
) -> None:
    before = scrubbed(anywhere.resources)

    for stack, template in built(name).templates.items():
        after = scrubbed(template.resources)
        if stack == "Global" or stack.endswith("-backups"):  # nothing of the service itself
            assert after == snapshot(name=stack)
            continue
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
    for stack in cdk_stacks(service.app):
        assert stack.node.try_find_child("Watch") is None


class TestPlaces:
    def test_a_zone_whose_id_is_given_is_not_looked_up(self) -> None:
        context = RECOMMENDED | {
            "stage": "dev",
            "domain": "example.com",
            "hosted_zone_id": "Z0123456789ABCDEFGHI",
        }
        app = fresh_app(context | {"aws:cdk:bundling-stacks": []})
        (stack,) = _of_orders(build(app, Config.read(context.get, SIGNED_IN)))

        records = synthesize(stack).of_type("AWS::Route53::RecordSet").values()
        assert [each["Properties"]["HostedZoneId"] for each in records] == ["Z0123456789ABCDEFGHI"]

    @pytest.mark.parametrize("name", TWO)
    def test_two_regions_are_a_stack_in_each_and_one_for_the_name(self, name: str) -> None:
        assert list(built(name).templates)[:3] == ["eu-west-1", "eu-central-1", "Global"]

    def test_a_region_that_is_added_renames_no_stack_and_replaces_nothing(self) -> None:
        service = built("two-regions")
        names = {stack.node.id: stack.stack_name for stack in _of_orders(cdk_stacks(service.app))}
        before, after = (built(name).first.resources for name in ("anywhere", "two-regions"))

        assert names == {
            "eu-west-1": "OrderService-dev",
            "eu-central-1": "OrderService-dev",
            "Global": "OrderService-dev-global",
        }
        # What re-drives a queue is named after its place in the app, and holds nothing.
        gone = [name for name in before.keys() - after.keys() if not name.startswith("RedriveOrderService")]
        assert not [name for name in gone if "CurrentVersion" not in name]
        assert not [name for name in after if "TableName" in after[name].get("Properties", {})]

    def test_the_standby_writes_into_the_primarys_tables_in_its_own_region(self) -> None:
        standby = built("two-regions").templates["eu-central-1"]

        own = {re.sub(r"[0-9A-F]{8}$", "", name) for name in standby.of_type("AWS::DynamoDB::GlobalTable")}
        assert own == {"FulfilmentPaymentsBreakers", "RedriveLedger"}
        statements = [
            statement
            for policy in standby.of_type("AWS::IAM::Policy", under="CreateOrderRole").values()
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]
        tables = [each["Resource"] for each in statements if "dynamodb:PutItem" in each["Action"]]
        assert tables
        assert all("dynamodb:eu-central-1" in json.dumps(each) for each in tables)

    @pytest.mark.parametrize(("name", "lag"), [("two-regions", 1530), ("strong", 0)])
    def test_the_plan_holds_two_minutes_and_says_what_may_be_lost(self, name: str, lag: int) -> None:
        plan = next(each for each in built(name).app.node.find_all() if isinstance(each, FailoverPlan))

        assert plan.recovery_time.seconds == 3 * (10 + 6) + 1 + 10 + 60
        assert plan.recovery_point is not None
        assert plan.recovery_point.seconds == lag

    def test_only_the_primary_expects_orders_every_day(self) -> None:
        expecting = {
            region: [name for name in template.resources if name.startswith("AlarmsWayNoOrders")]
            for region, template in built("strong").templates.items()
        }

        assert len(expecting["eu-west-1"]) == 1
        assert expecting["eu-central-1"] == []

    def test_only_a_clock_that_has_to_run_is_missed(self) -> None:
        missed = {
            name: [each for each in built(name).first.resources if each.startswith("AlarmsNoRedrive")]
            for name in ("local", "production")
        }

        assert missed["local"] == []
        assert len(missed["production"]) == 1

    def test_strong_tables_have_a_witness_and_no_time_to_live(self) -> None:
        tables = built("strong").first.of_type("AWS::DynamoDB::GlobalTable")
        found = [
            each["Properties"]
            for name, each in tables.items()
            if name.startswith(("Orders", "Charges", "Idempotency"))
        ]

        assert len(found) == 3
        for table in found:
            assert table["MultiRegionConsistency"] == "STRONG"
            assert table["GlobalTableWitnesses"] == [{"Region": "eu-west-3"}]
            assert "TimeToLiveSpecification" not in table

    def test_no_account_or_region_stands_in_a_template_for_anywhere(self, anywhere: Synthesized) -> None:
        body = scrubbed(anywhere.body)  # a hash may have twelve digits in a row
        # An alarm's text may name the Region of a global service.
        said = {id(value) for key, value in walk(body) if key == "AlarmDescription"}
        texts = [value for _, value in walk(body) if isinstance(value, str) and id(value) not in said]
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
                properties = resource.get("Properties", {})
                # What is made of the stack's own id is another one in each.
                assert not [each for each in named & properties.keys() if isinstance(properties[each], str)]


class TestData:
    def test_ids_of_what_keeps_data_do_not_move(self, anywhere: Synthesized) -> None:
        stateful = ("DynamoDB::GlobalTable", "SQS::Queue", "SNS::Topic", "KMS::Key", "Logs::LogGroup")

        found = [name for kind in stateful for name in anywhere.of_type(f"AWS::{kind}")]

        assert sorted(found) == [
            "AccessLogs8B620ECA",
            "AlarmTopicC2164170",
            "AlarmTopicKeyBA1A4AA7",
            "Charges260CEA4B",
            "ConfirmationsB9055B3E",
            "CreateOrderDeadLettersAFBA85AB",
            "CreateOrderLogs276F3614",
            "FulfilmentCheckDeadLetters19E7373D",
            "FulfilmentCheckOrdersDeadLetters6FE0211B",
            "FulfilmentCheckOrdersLogsEE8FF708",
            "FulfilmentFulfilOrderLogsC6F7B77C",
            "FulfilmentParked37BEA662",
            "FulfilmentPaymentsBreakersC552752E",
            "FulfilmentPaymentsProcessPaymentLogsF438E888",
            "FulfilmentPaymentsSandboxLogsC09CC327",
            "FulfilmentQueue7C8747B4",
            "FulfilmentQueueDeadLetters54726C6E",
            "FulfilmentTrackOrderLogs64212DC2",
            "FulfilmentUpdateInventoryLogsFECBD539",
            "FulfilmentWorkflowLogsACE92ECE",
            "FulfilmentWorkflowParkingQueueE41A43B5",
            "IdempotencyC15CBC33",
            "OrdersA9B65338",
            "RedriveDeadLetters98B248AD",
            "RedriveFunctionLogsBE16D6D5",
            "RedriveLedger76504049",
            "RedriveParkingFA07D4EA",
            "Reservations25D4BAC6",
            "SendNotificationDeadLetters3D91360F",
            "SendNotificationLogsA98C6161",
            "Stock38709CBC",
        ]

    def test_production_keeps_its_orders(self) -> None:
        tables = built("production").first.of_type("AWS::DynamoDB::GlobalTable", under="Orders")

        (table,) = tables.values()
        assert table["DeletionPolicy"] == "Retain"
        (replica,) = table["Properties"]["Replicas"]
        assert replica["DeletionProtectionEnabled"] is True
        assert replica["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 35,
        }

    def test_what_production_keeps_is_backed_up_in_the_primary_region_and_nothing_else_is(self) -> None:
        backups = {
            name: [each for each in built(name).templates if each.endswith("backups")] for name in CONFIGS
        }

        assert {name for name, found in backups.items() if found} == {"production", "strong"}
        for name in ("production", "strong"):
            template = built(name).templates["OrderService-prod-backups"]
            sent = [
                json.dumps(each["Properties"]["Target"]["Input"])
                for each in template.of_type("AWS::Scheduler::Schedule").values()
            ]
            assert len(sent) == 11
            assert not any("Idempotency" in each for each in sent)
            emails = [
                each["Properties"]["Endpoint"] for each in template.of_type("AWS::SNS::Subscription").values()
            ]
            assert emails == ["team@example.com"]
            for kind in ("AWS::DynamoDB::GlobalTable", "AWS::S3::Bucket"):
                policies = {each["DeletionPolicy"] for each in template.of_type(kind).values()}
                assert policies == {"Retain"}

    @pytest.mark.parametrize("name", ["anywhere", "two-regions"])
    def test_any_other_stage_leaves_nothing_behind(self, name: str) -> None:
        kept = {
            each["Type"]
            for template in built(name).templates.values()
            for each in template.resources.values()
            if each.get("DeletionPolicy") == "Retain"
        }

        assert kept <= {"AWS::KMS::Key"}


class TestDrill:
    """The drill's checklist for a real account finds what the stacks have."""

    FOUND: ClassVar = "\n".join(each.commands for each in FINDING)

    def test_every_output_is_there(self) -> None:
        templates = built("strong").templates
        asked = re.findall(r'output "?\$?(PRIMARY|STANDBY|us-east-1)"? (\w+)', checklist(list(FAULTS)))

        assert len(asked) >= 5
        for place, name in asked:
            stack = {"PRIMARY": "eu-west-1", "STANDBY": "eu-central-1"}.get(place, "Global")
            assert name in templates[stack].body["Outputs"]

    def test_every_resource_is_found_alone(self) -> None:
        primary = built("strong").templates["eu-west-1"]
        asked = re.findall(r"\$\(resource \S+ \S+ (AWS::\S+) ([^\s)]+)", self.FOUND)

        assert len(asked) == 2
        for kind, part in asked:
            assert len([name for name in primary.of_type(kind) if part.strip("'") in name]) == 1


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

    def test_create_order_may_read_and_write_orders_and_send_to_the_queue(
        self, anywhere: Synthesized
    ) -> None:
        allowed = {
            action for each in _statements(anywhere, "CreateOrderRole") for action in _listed(each["Action"])
        }

        assert {each for each in allowed if each.startswith("dynamodb:")} == {
            *(f"dynamodb:{name}Item" for name in ("Get", "Put", "Update", "Delete"))
        }
        assert "sqs:SendMessage" in allowed
        assert not [each for each in allowed if each.startswith(("lambda:", "states:"))]

    def test_no_function_may_act_on_whole_services(self, anywhere: Synthesized) -> None:
        for handler in (*HANDLERS, *(f"Fulfilment{name}" for name in FULFILMENT)):
            assert list(_statements(anywhere, f"{handler}Role"))
            for statement in _statements(anywhere, f"{handler}Role"):
                assert not [action for action in _listed(statement["Action"]) if action.endswith(":*")]

    @pytest.mark.parametrize("name", STEPS)
    def test_a_step_may_change_orders_and_nobodys_index(self, anywhere: Synthesized, name: str) -> None:
        orders = anywhere.only_id("AWS::DynamoDB::GlobalTable", under="Orders")

        for statement in _statements(anywhere, f"Fulfilment{name}Role"):
            if orders in references(statement):
                assert set(_listed(statement["Action"])) <= {"dynamodb:GetItem", "dynamodb:UpdateItem"}
                assert "index" not in json.dumps(statement["Resource"])

    def test_the_clocks_function_may_only_query_the_index_and_look_at_executions(
        self, anywhere: Synthesized
    ) -> None:
        statements = list(_statements(anywhere, "FulfilmentCheckOrdersRole"))
        statements += list(_statements(anywhere, "FulfilmentLooking"))

        by_action = {
            action: json.dumps(each["Resource"]) for each in statements for action in _listed(each["Action"])
        }
        assert by_action["dynamodb:Query"].endswith('/index/open"]]}')
        assert ":execution:" in by_action["states:DescribeExecution"]
        assert not {"dynamodb:PutItem", "dynamodb:DeleteItem", "states:StartExecution"} & by_action.keys()

    @pytest.mark.parametrize("handler", HANDLERS)
    def test_environments_name_what_the_handlers_read(self, anywhere: Synthesized, handler: str) -> None:
        variables = anywhere.only(FUNCTION, under=handler)["Environment"]["Variables"]

        assert {"POWERTOOLS_METRICS_NAMESPACE", "IDEMPOTENCY_TABLE_NAME"} <= variables.keys()


class TestFulfilment:
    """What becomes of an order once it is placed."""

    def test_every_step_but_the_last_is_undone_by_its_own_function(self, anywhere: Synthesized) -> None:
        states = _states(anywhere)

        for name in ("StartOrder", "ChargePayment", "ReserveStock", "CompleteOrder"):
            assert _function_of(states[name]) == _function_of(states[f"Undo {name}"])
        assert "Undo NotifyCustomer" not in states

    def test_a_step_is_tried_again_for_what_the_handlers_say_passes_and_no_other_error_of_theirs(
        self, anywhere: Synthesized
    ) -> None:
        states = _states(anywhere)

        for name in ("StartOrder", "ChargePayment", "ReserveStock", "CompleteOrder"):
            retried = {error for each in states[name]["Retry"] for error in each["ErrorEquals"]}
            assert StepUnavailableError.__name__ in retried
            assert not retried & {
                "PaymentDeclinedError",
                "OutOfStockError",
                "States.ALL",
                "States.TaskFailed",
            }

    def test_steps_stand_under_the_names_that_the_handlers_know(self, anywhere: Synthesized) -> None:
        assert {step.value for step in Step} <= _states(anywhere).keys()

    def test_an_order_is_another_regions_for_longer_than_its_workflow_can_take(
        self, anywhere: Synthesized
    ) -> None:
        variables = anywhere.only(FUNCTION, under="FulfilmentCheckOrders")["Environment"]["Variables"]
        check, again, most = 300, int(variables["SEND_AGAIN_AFTER_SECONDS"]), int(variables["MOST_SENDINGS"])

        at_worst = again + most * check + _definition(anywhere)["TimeoutSeconds"] + check
        assert at_worst < int(variables["TAKE_OVER_AFTER_SECONDS"])

    @pytest.mark.parametrize(
        ("name", "region", "others"),
        [
            ("anywhere", "OrderService-dev", None),
            ("two-regions", "eu-west-1", "eu-central-1"),
            ("two-regions", "eu-central-1", "eu-west-1"),
        ],
    )
    def test_each_region_looks_after_the_other_ones_orders(
        self, name: str, region: str, others: str | None
    ) -> None:
        template = built(name).templates[region]
        variables = template.only(FUNCTION, under="FulfilmentCheckOrders")["Environment"]["Variables"]

        assert variables.get("OTHER_REGIONS") == others

    @pytest.mark.parametrize("name", TWO)
    def test_each_region_has_a_queue_and_a_workflow_of_its_own_and_replicas_of_the_tables(
        self, name: str
    ) -> None:
        for region in ("eu-west-1", "eu-central-1"):
            template = built(name).templates[region]
            assert template.only("AWS::StepFunctions::StateMachine")
            assert template.only_id("AWS::SQS::Queue", under="FulfilmentParked")
        tables = built(name).templates["eu-west-1"].of_type("AWS::DynamoDB::GlobalTable")
        replicated = [
            each for each, found in tables.items() if len(found["Properties"]["Replicas"]) == len(TWO)
        ]
        assert {re.sub(r"[0-9A-F]{8}$", "", each) for each in replicated} == {
            "Orders",
            "Charges",
            "Stock",
            "Reservations",
            "Idempotency",
        }

    def test_what_changes_in_transactions_is_never_strongly_consistent(self) -> None:
        tables = built("strong").first.of_type("AWS::DynamoDB::GlobalTable")
        consistent = {
            re.sub(r"[0-9A-F]{8}$", "", name): each["Properties"].get("MultiRegionConsistency")
            for name, each in tables.items()
        }

        assert consistent["Orders"] == consistent["Charges"] == consistent["Idempotency"] == "STRONG"
        assert "STRONG" not in (consistent["Stock"], consistent["Reservations"])

    def test_every_dead_letter_queue_is_re_driven(self, anywhere: Synthesized) -> None:
        dead = [
            name
            for name in anywhere.of_type("AWS::SQS::Queue")
            if "DeadLetters" in name and "Redrive" not in name
        ]
        inputs = json.dumps(
            [each["Properties"]["Target"] for each in anywhere.of_type("AWS::Scheduler::Schedule").values()]
        )

        assert len(dead) == 5
        assert [name for name in dead if name not in inputs] == []

    def test_nobody_is_paged_over_a_card_that_is_declined(self, anywhere: Synthesized) -> None:
        alarms = anywhere.of_type("AWS::CloudWatch::Alarm")
        for name in STEPS:
            of_step = [alarms[each]["Properties"] for each in alarms if each.startswith(f"Fulfilment{name}")]
            assert "Errors" not in [each.get("MetricName") for each in of_step]
            (rate,) = (each for each in of_step if "errors / invocations" in json.dumps(each))
            # Who declines or has run out does so once for each order, of all of which some get through.
            assert (rate["Threshold"], rate["ComparisonOperator"]) == (25, "GreaterThanOrEqualToThreshold")
        rules = [each["Properties"] for each in anywhere.of_type("AWS::CloudWatch::CompositeAlarm").values()]
        compensations = anywhere.only_id("AWS::CloudWatch::Alarm", under="FulfilmentWorkflowCompensations")
        assert not [each for each in rules if compensations in references(each)]

    def test_every_part_of_an_orders_way_is_missed_and_one_alarm_tells_of_all(self) -> None:
        found = built("production").first
        alarms = found.of_type("AWS::CloudWatch::Alarm")
        way = {name: each["Properties"] for name, each in alarms.items() if name.startswith("AlarmsWay")}
        standstill = found.only_id("AWS::CloudWatch::CompositeAlarm", under="AlarmsWayStandstill")
        rule = found.resources[standstill]["Properties"]

        assert {each["MetricName"]: each["Dimensions"][0]["Value"] for each in way.values()} == {
            "OrdersCreated": "CreateOrder",
            "FulfilmentsBegun": "FulfilOrder",
            "PaymentsTaken": "ProcessPayment",
            "ReservationsMade": "UpdateInventory",
            "OrdersCompleted": "TrackOrder",
            "ConfirmationsSent": "SendNotification",
        }
        assert {each["TreatMissingData"] for each in way.values()} == {"breaching"}
        assert not [name for name, each in way.items() if "AlarmActions" in each]
        assert set(way) <= set(references(rule["AlarmRule"]))
        assert rule["AlarmActions"]

    def test_what_is_missed_is_what_the_handlers_count(self) -> None:
        folders = ("create_order", "fulfil_order", "process_payment", "update_inventory", "track_order")
        code = "".join(
            each.read_text()
            for folder in (*folders, "send_notification")
            for each in (ROOT / "lambda_src" / folder).rglob("*.py")
        )
        alarms = built("production").first.of_type("AWS::CloudWatch::Alarm")
        counted = [
            each["Properties"]["MetricName"] for name, each in alarms.items() if name.startswith("AlarmsWay")
        ]

        assert len(counted) == 6
        assert [name for name in counted if f'"{name}"' not in code] == []


def _definition(found: Synthesized) -> dict[str, Any]:
    machine = found.only("AWS::StepFunctions::StateMachine")
    parts = machine["DefinitionString"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else json.dumps(part).replace('"', "'") for part in parts)
    definition: dict[str, Any] = json.loads(text)
    return definition


def _states(found: Synthesized) -> dict[str, Any]:
    states: dict[str, Any] = _definition(found)["States"]
    return states


def _function_of(state: dict[str, Any]) -> str:
    resource = state["Resource"]
    return str(state["Parameters"]["FunctionName"] if "states:::" in resource else resource)


def _statements(found: Synthesized, role: str) -> Iterator[dict[str, Any]]:
    for policy in found.of_type("AWS::IAM::Policy", under=role).values():
        yield from policy["Properties"]["PolicyDocument"]["Statement"]


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
