"""One service in two Regions: which stacks there are, what refers to what, and when it is refused."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_route53 as route53

from constructs_lib.alarms import CombinedAlarm
from constructs_lib.checks import ConfigurationError
from constructs_lib.failover import (
    PLAN_METADATA,
    ColdStandby,
    ExternalEndpoint,
    InvokeFunction,
    MultiRegionApp,
    ReadTable,
    RegionalApi,
    RegionalService,
    RegionNeeds,
    RegionScope,
    Replication,
    WarmStandby,
)
from constructs_lib.failover.standby import Capacity
from tests.failover.parts import ACCOUNT
from tests.functions import hardened
from tests.gates import UNSUBSCRIBED, findings
from tests.synthesis import RECOMMENDED, ROOT, VALIDATE, Synthesized, fresh_app, synthesize

REGIONS = ["eu-west-1", "us-west-2"]
ZONE = route53.HostedZoneAttributes(hosted_zone_id="Z123", zone_name="example.com")
ORDERS = cloudwatch.Metric(namespace="Orders", metric_name="Created", statistic="Sum")


class Service(cdk.Stack):
    """An API with a function and a table, in one Region."""

    def __init__(self, place: RegionScope, primary: "Service | None" = None) -> None:
        super().__init__(place.scope, place.construct_id, **place.settings)
        self.function = hardened(self)
        api = apigateway.HttpApi(self, "Api", create_default_stage=False)
        api.add_routes(
            path="/orders", integration=integrations.HttpLambdaIntegration("Orders", self.function.alias)
        )
        self.stage = apigateway.HttpStage(self, "Stage", http_api=api, auto_deploy=True)
        self.table: dynamodb.ITableV2 = (
            primary.table.replica(place.region)  # type: ignore[attr-defined]  # the primary's is a TableV2
            if primary
            else dynamodb.TableV2(
                self,
                "Table",
                partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
                replicas=[dynamodb.ReplicaTableProps(region=place.other_region)],
            )
        )
        self.table.grant(self.function.role, "dynamodb:PutItem")


def makes(**options: Any) -> tuple[Callable[[RegionScope], RegionalService], list[Service]]:
    """What makes the service in each Region, and a list of what it has made."""
    made: list[Service] = []

    def make(place: RegionScope) -> RegionalService:
        stack = Service(place, made[0] if made else None)
        made.append(stack)
        reads = ReadTable(table=stack.table, key={"id": {"S": "health"}})
        serves = RegionalApi(stage=stack.stage, needs=RegionNeeds(tables=[reads]))
        given: dict[str, Any] = {"stack": stack, "serves": serves, "requests": ORDERS}
        given |= {name: value(stack) if callable(value) else value for name, value in options.items()}
        return RegionalService(**given)

    return make, made


def app_of(
    context: dict[str, Any] | None = None, service: dict[str, Any] | None = None, **options: Any
) -> MultiRegionApp:
    make, _ = makes(**(service or {}))
    given: dict[str, Any] = {
        "account": ACCOUNT,
        "regions": REGIONS,
        "make": make,
        "zone": ZONE,
        "record_name": "orders",
    } | options
    return MultiRegionApp(fresh_app(VALIDATE if context is None else context), "Shop", **given)


def outdir(app: MultiRegionApp) -> str:
    return str(cast("cdk.App", cdk.App.of(app)).outdir)


@pytest.fixture(scope="module")
def hot() -> MultiRegionApp:
    return app_of()


@pytest.fixture(scope="module")
def templates(hot: MultiRegionApp) -> dict[str, Synthesized]:
    return {
        name: synthesize(stack)
        for name, stack in zip(("primary", "standby", "name"), hot.stacks, strict=True)
    }


def test_there_is_a_stack_in_each_region_and_one_where_metrics_of_health_checks_are(
    hot: MultiRegionApp,
) -> None:
    assert [(stack.stack_name, stack.region) for stack in hot.stacks] == [
        ("Shop", "eu-west-1"),
        ("Shop", "us-west-2"),
        ("Shop-global", "us-east-1"),
    ]


def test_the_primary_is_deployed_first_and_the_name_last(hot: MultiRegionApp) -> None:
    order = [[each.region for each in stack.dependencies] for stack in hot.stacks]

    assert order[0] == []
    assert order[1] == ["eu-west-1"]
    assert "us-west-2" in order[2]


def test_each_region_answers_to_the_shared_name_and_to_one_of_its_own(
    templates: dict[str, Synthesized],
) -> None:
    for part, own in (
        ("primary", "orders-eu-west-1.example.com"),
        ("standby", "orders-us-west-2.example.com"),
    ):
        domains = templates[part].of_type("AWS::ApiGatewayV2::DomainName").values()
        assert {each["Properties"]["DomainName"] for each in domains} == {"orders.example.com", own}
        checks = templates["name"].of_type("AWS::Route53::HealthCheck").values()
        assert own in [each["Properties"]["HealthCheckConfig"]["FullyQualifiedDomainName"] for each in checks]


def test_the_name_fails_over_by_the_regions_own_health_checks(templates: dict[str, Synthesized]) -> None:
    records = [each["Properties"] for each in templates["name"].of_type("AWS::Route53::RecordSet").values()]

    assert {(each["Failover"], each["Type"]) for each in records} == {
        (half, kind) for half in ("PRIMARY", "SECONDARY") for kind in ("A", "AAAA")
    }
    assert all(each["HealthCheckId"] for each in records)
    assert {each["Name"] for each in records} == {"orders.example.com."}


@pytest.mark.parametrize("context", [VALIDATE, RECOMMENDED], ids=["foreign app", "recommended flags"])
def test_the_standby_can_be_deployed_while_the_primarys_region_is_gone(context: dict[str, Any]) -> None:
    app = app_of(context=context)
    body = json.dumps(synthesize(app.standby.stack).body)

    # A weak reference is read from the primary's Region at each deployment.
    assert "Fn::GetStackOutput" not in body
    readers = synthesize(app.standby.stack).of_type("Custom::CrossRegionExportReader")
    assert [each["Properties"]["ReaderProps"]["region"] for each in readers.values()] == ["us-west-2"]


def test_a_health_check_that_is_replaced_is_so_in_the_stack_of_its_record(
    templates: dict[str, Synthesized],
) -> None:
    # Route 53 cannot change the interval. A copied id would stay that of the old one.
    name = templates["name"]
    checks = set(name.of_type("AWS::Route53::HealthCheck"))
    used = {
        each["Properties"]["HealthCheckId"]["Ref"]
        for each in name.of_type("AWS::Route53::RecordSet").values()
    }

    assert used == checks
    for part in ("primary", "standby"):
        assert templates[part].of_type("AWS::Route53::HealthCheck") == {}


def test_the_name_follows_what_the_regions_replace(templates: dict[str, Synthesized]) -> None:
    targets = [
        each["Properties"]["AliasTarget"]["DNSName"]
        for each in templates["name"].of_type("AWS::Route53::RecordSet").values()
    ]

    assert {each["Fn::GetStackOutput"]["Region"] for each in targets} == set(REGIONS)


def test_a_second_region_gives_the_table_of_the_first_no_other_name(
    templates: dict[str, Synthesized],
) -> None:
    table = templates["primary"].only("AWS::DynamoDB::GlobalTable")

    assert "TableName" not in table
    assert [each["Region"] for each in table["Replicas"]] == ["us-west-2", "eu-west-1"]


def test_the_standby_tells_that_it_serves_from_its_own_region(
    hot: MultiRegionApp, templates: dict[str, Synthesized]
) -> None:
    [alarm] = [
        each["Properties"]
        for each in templates["standby"].of_type("AWS::CloudWatch::Alarm").values()
        if each["Properties"].get("MetricName") == "Created"
    ]

    assert hot.serving_alarm is not None
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "notBreaching")
    assert "served by the standby in us-west-2" in alarm["AlarmDescription"]
    assert alarm["AlarmActions"] == [{"Ref": templates["standby"].only_id("AWS::SNS::Topic")}]


def test_people_are_told_of_both_health_checks_where_their_metrics_are(
    hot: MultiRegionApp, templates: dict[str, Synthesized]
) -> None:
    watched = [
        each["Properties"]["Dimensions"][0]["Value"]
        for each in templates["name"].of_type("AWS::CloudWatch::Alarm").values()
        if each["Properties"]["MetricName"] == "HealthCheckStatus"
    ]

    assert hot.health_alarms.keys() == set(REGIONS)
    assert len(watched) == len({json.dumps(each) for each in watched}) == 2


def test_nothing_wakes_a_hot_standby(hot: MultiRegionApp) -> None:
    assert (hot.probe, hot.controller) == (None, None)
    assert hot.primary_health is hot.primary_endpoint.health_check


def test_the_plan_is_in_the_assembly(hot: MultiRegionApp) -> None:
    synthesize(hot.global_stack)
    found = [path for path in Path(outdir(hot)).glob("*.json") if PLAN_METADATA in path.read_text()]

    assert found
    # Five seconds for which the health route repeats an answer.
    assert hot.plan.recovery_time.seconds == 5 + 3 * (30 + 6) + 10 + 60


def test_gates_have_nothing_to_say_but_that_nobody_listens() -> None:
    said = findings(cast("cdk.App", cdk.App.of(app_of(context=RECOMMENDED))))
    ours = [
        (found.rule, path)
        for found in said
        for path in found.constructs
        if "/Api" not in path and "/Stage" not in path and "/Orders/" not in path
    ]

    assert {rule for rule, _ in ours} <= {f"Annotation::{UNSUBSCRIBED}"}, ours


class TestWhatSleeps:
    @pytest.fixture(scope="class")
    @classmethod
    def warm(cls) -> MultiRegionApp:
        standby = {
            "standby": lambda stack: [
                WarmStandby(function=stack.function.alias, reduced=Capacity(reserved=2))
            ]
        }
        return app_of(service=standby)

    def test_is_woken_by_a_controller_that_the_standbys_own_probe_decides_for(
        self, warm: MultiRegionApp
    ) -> None:
        assert warm.probe is not None
        assert warm.controller is not None
        assert cdk.Stack.of(warm.controller) is warm.standby.stack

    def test_is_woken_too_when_users_are_led_to_it_for_whom_it_has_no_capacity(
        self, warm: MultiRegionApp
    ) -> None:
        assert isinstance(warm.controller.decided_by, CombinedAlarm)  # type: ignore[union-attr]
        assert len(warm.controller.decided_by.children) == 2  # type: ignore[union-attr]
        rings = synthesize(warm.standby.stack).of_type("AWS::CloudWatch::Alarm", under="FailoverThrottled1")
        [alarm] = [each["Properties"] for each in rings.values()]
        assert (alarm["MetricName"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("Throttles", 1, 3)
        assert not alarm.get("AlarmActions")

    def test_is_not_woken_by_what_health_checkers_ask(self, warm: MultiRegionApp) -> None:
        composites = synthesize(warm.standby.stack).of_type("AWS::CloudWatch::CompositeAlarm")
        [led_here] = [
            each["Properties"] for name, each in composites.items() if name.startswith("FailoverLedHere")
        ]
        rule = json.dumps(led_here["AlarmRule"])

        assert " AND " in rule
        assert "FailoverStandbyServes" in rule

    def test_is_woken_by_the_probe_alone_where_nobody_counts_users(self) -> None:
        def standby(stack: Service) -> list[WarmStandby]:
            return [WarmStandby(function=stack.function.alias, reduced=Capacity(reserved=2))]

        app = app_of(service={"standby": standby, "requests": None})

        assert app.controller is not None
        assert app.probe is not None
        assert app.controller.decided_by is app.probe.alarm

    def test_has_no_health_alarm_that_rings_while_it_sleeps(self) -> None:
        cold = app_of(service={"standby": lambda stack: [ColdStandby(function=stack.function.alias)]})

        assert set(cold.health_alarms) == {"eu-west-1"}

    def test_that_was_cold_is_woken_by_the_probe_alone(self) -> None:
        cold = app_of(service={"standby": lambda stack: [ColdStandby(function=stack.function.alias)]})

        assert cold.controller is not None
        assert cold.probe is not None
        assert cold.controller.decided_by is cold.probe.alarm

    def test_takes_the_primary_out_together_with_its_own_health_check(self, warm: MultiRegionApp) -> None:
        checks = synthesize(warm.global_stack).of_type("AWS::Route53::HealthCheck").values()
        configs = [each["Properties"]["HealthCheckConfig"] for each in checks]
        [config] = [each for each in configs if each["Type"] == "CALCULATED"]

        assert (config["Type"], config["HealthThreshold"], len(config["ChildHealthChecks"])) == (
            "CALCULATED",
            2,
            2,
        )

    def test_has_to_answer_before_it_is_led_to_when_it_was_cold(self, warm: MultiRegionApp) -> None:
        cold = app_of(service={"standby": lambda stack: [ColdStandby(function=stack.function.alias)]})

        steps = [step.what for step in cold.plan.recovery_time.steps]
        assert "Route 53 sees that the standby answers" in steps
        assert "Route 53 sees that the standby answers" not in [s.what for s in warm.plan.recovery_time.steps]

    @pytest.mark.parametrize(("busy_is_well", "warned"), [(True, True), (False, False)])
    def test_should_not_look_awake_when_it_is_cold(self, busy_is_well: object, warned: object) -> None:
        def serves(stack: Service) -> RegionalApi:
            asked = InvokeFunction(function=stack.function.alias, event={}, busy_is_well=bool(busy_is_well))
            return RegionalApi(stage=stack.stage, needs=RegionNeeds(functions=[asked]))

        app = app_of(
            service={
                "serves": serves,
                "standby": lambda stack: [ColdStandby(function=stack.function.alias)],
            }
        )
        said = str([each.data for each in app.standby.stack.node.metadata])

        assert ("does not ask whether its functions are awake" in said) is warned

    @pytest.mark.parametrize(
        ("kind", "standby"),
        [
            ("hot", ()),
            (
                "warm",
                lambda stack: [WarmStandby(function=stack.function.alias, reduced=Capacity(reserved=2))],
            ),
            ("cold", lambda stack: [ColdStandby(function=stack.function.alias)]),
        ],
    )
    def test_is_as_slow_as_the_page_says(self, kind: str, standby: Any) -> None:
        page = (ROOT / "docs/multi_region_app.md").read_text(encoding="utf-8")
        seconds = app_of(service={"standby": standby}).plan.recovery_time.seconds

        assert re.search(rf"^\| {kind} \| {seconds:g} s", page, re.MULTILINE)


class TestNames:
    @pytest.mark.parametrize(
        ("record_name", "expected"),
        [
            ("orders", "orders-eu-west-1.example.com"),
            ("orders.example.com", "orders-eu-west-1.example.com"),
            ("api.orders", "api-eu-west-1.orders.example.com"),
            (None, "eu-west-1.example.com"),
            ("example.com", "eu-west-1.example.com"),
        ],
    )
    def test_a_region_has_one_beside_the_shared_one(self, record_name: str | None, expected: str) -> None:
        assert app_of(record_name=record_name).primary_endpoint.regional_name == expected

    def test_a_zone_is_looked_up_by_its_name_alone(self) -> None:
        app = app_of(zone="example.com")

        cast("cdk.App", cdk.App.of(app)).synth()
        manifest = json.loads(Path(outdir(app), "manifest.json").read_text())
        asked = {(each["provider"], each["props"]["domainName"]) for each in manifest["missing"]}
        assert asked == {("hosted-zone", "example.com")}

    def test_a_zone_of_the_app_can_be_given(self) -> None:
        root = fresh_app()
        home = cdk.Stack(root, "Zones", env=cdk.Environment(account=ACCOUNT, region="us-east-1"))
        zone = route53.PublicHostedZone(home, "Zone", zone_name="example.com")
        make, _ = makes()
        app = MultiRegionApp(
            root, "Shop", account=ACCOUNT, regions=REGIONS, make=make, zone=zone, record_name="orders"
        )

        records = synthesize(app.global_stack).of_type("AWS::Route53::RecordSet").values()
        assert records
        assert all("HostedZoneId" in each["Properties"] for each in records)

    @pytest.mark.parametrize("regions", [["us-east-1", "us-west-2"], ["eu-west-1", "us-east-1"]])
    def test_a_region_may_be_that_of_the_global_stack(self, regions: list[str]) -> None:
        app = app_of(regions=regions)

        assert [stack.region for stack in app.stacks] == [*regions, "us-east-1"]
        assert synthesize(app.global_stack).of_type("AWS::Route53::RecordSet")

    def test_stacks_are_called_as_given(self) -> None:
        app = app_of(stack_name="Orders-prod")

        assert [stack.stack_name for stack in app.stacks] == [
            "Orders-prod",
            "Orders-prod",
            "Orders-prod-global",
        ]


def test_an_endpoint_that_is_there_already_can_be_a_region() -> None:
    def serves(stack: Service) -> ExternalEndpoint:
        return ExternalEndpoint(f"orders-{stack.region}.azurewebsites.net")

    app = app_of(service={"serves": serves, "requests": None})

    assert app.serving_alarm is None
    kinds = {
        each["Properties"]["Type"]
        for each in synthesize(app.global_stack).of_type("AWS::Route53::RecordSet").values()
    }
    assert kinds == {"CNAME"}


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"regions": ["eu-west-1"]}, r"^Shop: regions is \['eu-west-1'\]. Give two different Regions"),
            ({"regions": ["eu-west-1", "eu-west-1"]}, "Give two different Regions"),
            (
                {"regions": ["eu-west-1", "us-west-2", "us-east-2"]},
                "compose RegionalEndpoint with LatencyRecords",
            ),
            ({"regions": "eu-west-1,us-west-2"}, "regions is 'eu-west-1,us-west-2'. Give list or tuple"),
            ({"regions": [cdk.Aws.REGION, "us-west-2"]}, r"regions\[0\] is .* Give the name of a Region"),
            ({"regions": ["eu-west-1", "Frankfurt"]}, r"regions\[1\] is 'Frankfurt'"),
            ({"regions": ["eu-west-1", "eu-centrl-1"]}, r"'eu-centrl-1'. Did you mean eu-central-1\?"),
            ({"account": cdk.Aws.ACCOUNT_ID}, "account is .*known now"),
            ({"account": "12"}, "account is '12'. Give its 12 digits"),
            ({"stack_name": 5}, "stack_name is 5"),
            ({"health_interval": cdk.Duration.seconds(20)}, "^Shop: health_interval is 20 seconds"),
            ({"health_path": None}, "^Shop: health_path is None"),
            ({"zone": ""}, "^Shop: zone is ''"),
            ({"zone": "ex ample"}, "^Shop: zone is 'ex ample'"),
            ({"service": {"requests": 5}}, "^Shop: RegionalService.requests is 5"),
            ({"service": {"standby": "warm"}}, "^Shop: RegionalService.standby is 'warm'"),
            ({"make": None}, "make is None. Give a function"),
            ({"zone": 5}, "zone is 5. Give its name"),
            ({"make": lambda _: None}, "what was made in eu-west-1 is None. Give RegionalService"),
            ({"controller": "fast"}, "controller is 'fast'"),
            ({"recovery_time_objective": cdk.Duration.minutes(1)}, "recovery_time_objective is 60 s"),
            ({"recovery_point_objective": cdk.Duration.minutes(1)}, "replicates names no data"),
        ],
    )
    def test_what_cannot_work_is_refused_with_what_to_do(self, options: dict[str, Any], message: str) -> None:
        with pytest.raises(ConfigurationError, match=message):
            app_of(**options)

    def test_a_stack_that_did_not_take_the_settings_is_refused(self) -> None:
        def make(place: RegionScope) -> RegionalService:
            return RegionalService(
                stack=cdk.Stack(place.scope, place.construct_id), serves=ExternalEndpoint("a.example.org")
            )

        with pytest.raises(
            ConfigurationError, match=r"Shop: the stack Shop/eu-west-1 is for .*place.settings"
        ):
            app_of(make=make)

    @pytest.mark.parametrize("math", [False, True])
    def test_requests_to_the_whole_api_are_refused(self, math: object) -> None:
        def requests(stack: Service) -> cloudwatch.IMetric:
            counted = stack.stage.metric_count()
            return (
                cloudwatch.MathExpression(expression="a", using_metrics={"a": counted}) if math else counted
            )

        with pytest.raises(
            ConfigurationError, match=r"those of health checkers too. The alarm .* a route of the API"
        ):
            app_of(service={"requests": requests})

    def test_the_requests_of_a_route_are_taken(self) -> None:
        def requests(stack: Service) -> cloudwatch.Metric:
            api = {
                "ApiId": stack.stage.api.api_id,
                "Stage": "$default",
                "Method": "POST",
                "Resource": "/orders",
            }
            return cloudwatch.Metric(namespace="AWS/ApiGateway", metric_name="Count", dimensions_map=api)

        assert app_of(service={"requests": requests}).serving_alarm is not None

    def test_the_primarys_table_is_refused_in_the_standby(self) -> None:
        tables: list[Any] = []

        def serves(stack: Service) -> RegionalApi:
            tables.append(stack.table)
            read = ReadTable(table=tables[0], key={"id": {"S": "health"}})
            return RegionalApi(stage=stack.stage, needs=RegionNeeds(tables=[read]))

        with pytest.raises(
            ConfigurationError, match=r"Table, in eu-west-1, and this stack is in us-west-2.*replica"
        ):
            app_of(service={"serves": serves})

    def test_a_health_path_that_the_api_has_already_is_refused(self) -> None:
        with pytest.raises(
            ConfigurationError, match=r"health_path is '/orders', and .* has the route ANY /orders"
        ):
            app_of(health_path="/orders")

    def test_what_went_wrong_in_make_is_told_as_it_is(self) -> None:
        def make(_: RegionScope) -> RegionalService:
            message = "there is no such shop."
            raise RuntimeError(message)

        with pytest.raises(
            ConfigurationError, match=r"^Shop: make failed for eu-west-1: there is no such shop. Its"
        ):
            app_of(make=make)

    def test_a_stack_of_another_name_is_refused(self) -> None:
        def make(place: RegionScope) -> RegionalService:
            env = place.settings["env"]
            stack = cdk.Stack(place.scope, place.construct_id, env=env, cross_region_references=True)
            return RegionalService(stack=stack, serves=ExternalEndpoint("a.example.org"))

        with pytest.raises(
            ConfigurationError, match=r"is called Shopeuwest1.*, and not Shop. Hand on all settings"
        ):
            app_of(make=make)

    @pytest.mark.parametrize("serves", ["stage", "needs"])
    def test_half_of_what_serves_is_refused(self, serves: str) -> None:
        def half(stack: Service) -> Any:
            if serves == "stage":
                return stack.stage
            return RegionalApi(stage=stack.stage, needs=[stack.table])  # type: ignore[arg-type]

        with pytest.raises(ConfigurationError, match=r"Give RegionalApi\(stage=|needs is \["):
            app_of(service={"serves": half})

    def test_requests_that_the_health_route_makes_itself_are_refused(self) -> None:
        def serves(stack: Service) -> RegionalApi:
            asked = InvokeFunction(function=stack.function.alias, event={})
            return RegionalApi(stage=stack.stage, needs=RegionNeeds(functions=[asked]))

        with pytest.raises(ConfigurationError, match="which the health route invokes too"):
            app_of(
                service={
                    "serves": serves,
                    "requests": lambda stack: stack.function.alias.metric_invocations(),
                }
            )

    def test_a_zone_without_a_name_is_refused(self) -> None:
        stack = cdk.Stack(fresh_app(), "Zones")
        zone = route53.HostedZone.from_hosted_zone_id(stack, "Zone", "Z123")

        with pytest.raises(ConfigurationError, match=r"^Shop: zone has no name"):
            app_of(zone=zone)

    def test_a_construct_of_ones_own_where_the_endpoint_goes_is_refused(self) -> None:
        make, made = makes()

        def occupied(place: RegionScope) -> RegionalService:
            service = make(place)
            cdk.CfnResource(made[-1], "Failover", type="AWS::SNS::Topic")
            return service

        with pytest.raises(ConfigurationError, match="Shop/eu-west-1 has a construct 'Failover'"):
            app_of(make=occupied)

    def test_a_stack_elsewhere_is_refused(self) -> None:
        def make(place: RegionScope) -> RegionalService:
            stack = cdk.Stack(fresh_app(), "Elsewhere", **place.settings)
            return RegionalService(stack=stack, serves=ExternalEndpoint("a.example.org"))

        with pytest.raises(ConfigurationError, match="the stack Elsewhere is not in Shop"):
            app_of(make=make)

    def test_a_recovery_point_that_the_data_cannot_hold_is_refused(self) -> None:
        behind = Replication(data="orders", lag=cdk.Duration.minutes(5))

        with pytest.raises(ConfigurationError, match="recovery_point_objective is 60 s"):
            app_of(service={"replicates": [behind]}, recovery_point_objective=cdk.Duration.minutes(1))

    def test_nothing_is_left_of_what_is_refused(self) -> None:
        make, _ = makes()
        app = fresh_app()
        with pytest.raises(ConfigurationError):
            MultiRegionApp(
                app,
                "Shop",
                account=ACCOUNT,
                regions=REGIONS,
                make=make,
                zone=ZONE,
                record_name="orders",
                recovery_time_objective=cdk.Duration.minutes(1),
            )

        assert app.node.try_find_child("Shop") is None
