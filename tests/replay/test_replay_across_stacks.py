"""Alarms on resources of other stacks, and alarms, topics and rules that one stack has for another."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.replay import Mark, MetricSeries, Report, Timeline, advise, replay
from constructs_lib.replay.output.words import receiver
from constructs_lib.template import Assembly, Template, TemplateError, read_assembly, template_of
from tests.replay.small_app import START, TOPIC, alarm, app, composite, minute, mute, timeline
from tests.template.deployed_together import synthesized

NESTED = "Prod-Shop-OrdersNestedStackOrdersNestedStackResource8B6E3CDE"
QUEUE = "Queue4A7E3555"
MAIL = "${Prod/Data//Mail6A3D1F64.TopicArn}"
DEPTHS = ("Depth", "Orders/Depth", "Orders/Inner/Deep")
IMPORT = {"Fn::ImportValue": "Shared"}
NESTED_STACK = {"Type": "AWS::CloudFormation::Stack"}


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    return read_assembly(synthesized(tmp_path_factory.mktemp("together")))


def depth(queue: str, **where: Any) -> Timeline:
    name = "ApproximateNumberOfMessagesVisible"
    values = [0] * 10 + [3] * 10 + [0] * 10
    return Timeline.of([MetricSeries.of("AWS/SQS", name, {"QueueName": queue}, values, start=START, **where)])


def rings(report: Report, path: str) -> list[float]:
    return [
        minute(each.at) for each in report.transitions if each.alarm.path == path and each.after == "ALARM"
    ]


class TestResources:
    @pytest.mark.parametrize(
        "name",
        [
            QUEUE,
            "Orders/Queue",
            f"{NESTED}-1AB2CD3EF4GH-{QUEUE}-AB12CD34EF56",
            f"{NESTED[:40]}-{QUEUE}-AB12CD34EF56",
        ],
    )
    def test_a_nested_stacks_queue_is_known_by_its_names_to_all_that_have_alarms_on_it(
        self, together: Assembly, name: str
    ) -> None:
        report = replay(together, depth(name))

        assert report.unfed == []
        assert report.unread == []
        assert all(report.rang(path, within="15m") for path in DEPTHS)

    @pytest.mark.parametrize(
        "name", [f"Prod-Data-{QUEUE}-AB12CD34EF56", f"Prod-Shop-Mail-1AB2CD3EF4GH-{QUEUE}-AB12CD34EF56"]
    )
    def test_it_is_not_known_by_the_names_that_another_stack_would_give_it(
        self, together: Assembly, name: str
    ) -> None:
        report = replay(together, depth(name))

        assert [each.path for each in report.unfed] == list(DEPTHS)
        assert [str(each).rpartition("=")[2] for each in report.unread] == [name]

    @pytest.mark.parametrize("stack", [NESTED, f"{NESTED}-1AB2CD3EF4GH", f"Prod/Shop/{NESTED[10:]}"])
    def test_physical_ids_of_a_stack_count_for_all_that_refer_to_it(
        self, together: Assembly, stack: str
    ) -> None:
        url = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
        report = replay(together, depth("orders"), names={stack: {QUEUE: url}})

        assert report.unfed == []
        assert all(report.rang(path) for path in DEPTHS)

    def test_physical_ids_of_another_stack_do_not_count(self, together: Assembly) -> None:
        report = replay(together, depth("orders"), names={"Prod-Data": {QUEUE: "orders"}})

        assert [each.path for each in report.unfed] == list(DEPTHS)

    def test_topics_of_other_stacks_and_regions_are_told_by_where_they_are(self, together: Assembly) -> None:
        report = replay(together, depth(QUEUE))
        told = {each.alarm.path: each.targets for each in report.notifications if each.state == "ALARM"}

        assert told == {
            "Depth": (MAIL, "${Prod/Global//Pager3330101C.TopicArn}"),
            "Orders/Depth": (MAIL,),
            "Orders/Inner/Deep": (MAIL,),
        }
        assert receiver(MAIL) == "Mail6A3D1F64"

    def test_a_queue_that_is_imported_in_one_region_is_not_that_of_another(self) -> None:
        assembly = Assembly(
            templates=tuple(
                each
                for region in ("eu-west-1", "us-east-1")
                for each in (
                    exporting({"Fn::GetAtt": ["Queue", "QueueName"]}, region, Queue=queue()),
                    stack(f"user-{region}", region, A=on_queue(IMPORT)),
                )
            )
        )
        report = replay(assembly, depth("Queue", region="us-east-1"))

        assert [each.stack for each in report.unfed] == ["user-eu-west-1"]
        assert report.rang("user-us-east-1:A")


def stack(name: str, region: str | None = None, **resources: Any) -> Template:
    return template_of(app(**resources), name=name, environment=(None, region))


def exporting(value: Any, region: str | None = None, **resources: Any) -> Template:
    outputs = {"O": {"Value": value, "Export": {"Name": "Shared"}}}
    return template_of(
        {**app(**resources), "Outputs": outputs}, name=f"owner-{region}", environment=(None, region)
    )


def queue() -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue"}


def on_queue(name: Any) -> dict[str, Any]:
    return alarm(
        "ApproximateNumberOfMessagesVisible",
        AlarmName=None,
        Namespace="AWS/SQS",
        Dimensions=[{"Name": "QueueName", "Value": name}],
    )


def unnamed(metric: str, **properties: Any) -> dict[str, Any]:
    return alarm(metric, AlarmName=None, **properties)


def both(owner: Template, **resources: Any) -> Assembly:
    return Assembly(templates=(owner, stack("user", **resources)))


def rule(format_: str, value: Any = IMPORT) -> Any:
    return {"Fn::Sub": [format_, {"Shared": value}]}


class TestComposites:
    @pytest.mark.parametrize("value", [{"Ref": "Errors"}, {"Fn::GetAtt": ["Errors", "Arn"]}])
    @pytest.mark.parametrize("name", [None, "shop-errors"])
    def test_a_rule_may_name_an_alarm_of_another_stack(self, value: Any, name: str | None) -> None:
        owner = exporting(value, Errors=alarm("errors", AlarmName=name))
        report = replay(
            both(owner, C=composite("c", rule('ALARM("${Shared}")'), AlarmActions=[TOPIC])),
            timeline(errors="0010"),
        )

        assert rings(report, "C") == [3]
        assert [each.strangers for each in report.stacks] == [(), ()]
        assert [each.reason for each in report.stacks[1].transitions if each.after == "ALARM"] == [
            "in ALARM: Errors"
        ]
        assert [minute(each.at) for each in report.stacks[1].notifications] == [3]
        assert report.stacks[0].notifications == ()

    def test_alarms_of_two_stacks_that_are_called_alike_are_two(self) -> None:
        owner = exporting({"Ref": "Errors"}, Errors=unnamed("errors"))
        user = {
            "Errors": unnamed("slow"),
            "Own": composite("own", {"Fn::Sub": 'ALARM("${Errors}")'}),  # type: ignore[arg-type] # a reference
            "Theirs": composite("theirs", rule('ALARM("${Shared}")')),
        }
        report = replay(both(owner, **user), timeline(errors="0010", slow="0001"))

        assert rings(report, "Theirs") == [3]
        assert rings(report, "Own") == [4]
        assert [each.alarm.path for each in report.stacks[0].transitions if each.after == "ALARM"] == [
            "Errors"
        ]

    @pytest.mark.parametrize(
        ("regions", "rang"),
        [
            (("eu-west-1", "eu-west-1"), [2]),
            ((None, "eu-west-1"), [2]),
            (("us-east-1", "eu-west-1"), []),
        ],
    )
    def test_a_name_is_that_of_an_alarm_in_the_same_region(
        self, regions: tuple[str | None, str], rang: list[int]
    ) -> None:
        templates = (
            stack("owner", regions[0], Errors=alarm("errors")),
            stack("user", regions[1], C=composite("c", "ALARM(errors)")),
        )
        report = replay(Assembly(templates=templates), timeline(errors="010"))

        assert rings(report, "C") == rang
        assert report.stacks[1].strangers == (() if rang else ("errors",))

    def test_a_name_that_two_others_have_is_that_of_neither_and_the_own_one_is_meant_first(self) -> None:
        others = tuple(stack(name, Errors=alarm("errors")) for name in ("one", "two"))
        user = stack("user", C=composite("c", "ALARM(errors)"))
        own = stack("user", Errors=alarm("errors", MetricName="own"), C=composite("c", "ALARM(errors)"))
        metrics = timeline(errors="010", own="001")

        assert replay(Assembly(templates=(*others, user)), metrics).stacks[2].strangers == ("errors",)
        assert rings(replay(Assembly(templates=(*others, own)), metrics), "C") == [3]

    def test_suppressors_and_mute_rules_reach_other_stacks(self) -> None:
        owner = exporting(
            {"Ref": "Deploys"},
            Deploys=unnamed("deploys"),
            Errors=alarm("errors"),
            Mute=mute(["d"], at="2026-03-02T09:00", lasts="PT1H"),
        )
        user = {
            "C": composite(
                "c",
                "ALARM(errors)",
                ActionsSuppressor=IMPORT,
                ActionsSuppressorWaitPeriod=0,
                ActionsSuppressorExtensionPeriod=60,
                AlarmActions=[TOPIC],
            ),
            "D": composite("d", "ALARM(errors)", AlarmActions=[TOPIC]),
        }
        report = replay(both(owner, **user), timeline(errors="0011", deploys="0111"))
        told = {each.alarm.name: (each.status, each.reason) for each in report.notifications}

        assert told["c"] == ("suppressed", "Deploys is in ALARM")
        assert told["d"][0] == "muted"
        assert told["d"][1].startswith("Mute mutes it until 2026-03-02T10:00")

    def test_rules_that_lead_into_a_circle_across_stacks_are_not_evaluated(self) -> None:
        owner = exporting({"Ref": "C"}, C=composite("c", "ALARM(d)"), Errors=alarm("errors"))
        report = replay(both(owner, D=composite("d", rule('ALARM("${Shared}")'))), timeline(errors="010"))

        assert [[(each.id, each.problem) for each in one.unreadable] for one in report.stacks] == [
            [("C", "its rule leads into a circle")],
            [("D", "its rule leads into a circle")],
        ]
        assert rings(report, "Errors") == [2]

    def test_an_alarm_of_another_stack_that_is_not_evaluated_is_unknown(self) -> None:
        owner = exporting({"Ref": "Odd"}, Odd=alarm("odd", Statistic="p"))
        report = replay(both(owner, C=composite("c", "ALARM(odd)")), timeline(errors="010"))

        assert [each.id for each in report.stacks[0].unreadable] == ["Odd"]
        assert report.stacks[1].strangers == ("odd",)

    def test_a_composite_on_an_anomaly_alarm_of_another_stack_is_approximate(self) -> None:
        metric = {"Namespace": "Shop", "MetricName": "orders"}
        metrics = [
            {"Id": "m", "MetricStat": {"Metric": metric, "Stat": "Sum", "Period": 60}},
            {"Id": "b", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
        ]
        none = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period", "Threshold"))
        odd = alarm(
            "odd",
            **none,
            Metrics=metrics,
            ThresholdMetricId="b",
            ComparisonOperator="GreaterThanUpperThreshold",
        )
        assembly = both(stack("owner", Odd=odd), C=composite("c", "ALARM(odd)"), D=composite("d", "ALARM(c)"))
        found = replay(assembly, timeline(orders="1" * 60), stacks=["user"])

        assert found.approximate
        assert [sorted(each.on_bands) for each in found.stacks] == [["user//C", "user//D"]]


def family(condition: str | None = None, **nested: Any) -> Assembly:
    made = {**NESTED_STACK, "Condition": "Never"} if condition else NESTED_STACK
    passed = {**made, "Properties": {"Parameters": {"Name": {"Fn::GetAtt": ["Queue", "QueueName"]}}}}
    conditions = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
    parent = template_of({**app(Queue=queue(), Nested=passed), **conditions}, name="Shop")
    child = template_of(
        {**app(**nested), "Parameters": {"Name": {"Type": "String"}}},
        name="Shop-Nested",
        key="Shop/Nested",
        parent=("Shop", "Nested"),
        within="Nested",
    )
    return Assembly(templates=(replace(parent, nested={"Nested": "Shop/Nested"}), child))


class TestNestedStacks:
    def test_an_alarm_on_its_parents_queue_is_fed_by_that_queue(self) -> None:
        report = replay(family(A=on_queue({"Ref": "Name"})), depth("Shop-Queue-AB12CD34EF56"))

        assert report.rang("Nested/A", within="11m")

    def test_parameters_are_what_its_parent_passes(self) -> None:
        report = replay(family(A=on_queue({"Ref": "Name"})), depth("Queue"), parameters={"Name": "else"})

        assert report.rang("Nested/A")

    def test_alone_its_parameters_are_what_is_given(self) -> None:
        alone = family(A=on_queue({"Ref": "Name"})).templates[1]

        assert replay(alone, depth("orders"), parameters={"Name": "orders"}).rang("Nested/A")

    def test_one_that_is_never_made_has_no_alarms(self) -> None:
        report = replay(family("Never", A=on_queue({"Ref": "Name"})), depth("Queue"))

        assert [each.name for each in report.stacks] == ["Shop"]
        assert report.stacks[0].unreadable == ()

    def test_one_whose_template_is_not_given_is_told_of(self) -> None:
        report = replay(family(A=on_queue({"Ref": "Name"})).templates[0], depth("Queue"))

        assert [(each.id, each.problem.partition(",")[0]) for each in report.stacks[0].unreadable] == [
            ("Nested", "its template is not here")
        ]


class TestChosenStacks:
    def test_a_stack_is_told_of_with_those_nested_in_it_and_reads_the_others(
        self, together: Assembly
    ) -> None:
        report = replay(together, depth(QUEUE), stacks=["Prod-Shop"])

        assert [len(each.seen) for each in report.stacks] == [1, 1, 1]
        assert report.stacks[0].notifications[0].targets[0] == MAIL

    def test_of_the_others_only_what_is_referred_to_is_evaluated(self) -> None:
        owner = exporting({"Ref": "Errors"}, Errors=alarm("errors"), Odd=unnamed("orders", Statistic="p"))
        assembly = both(owner, C=composite("c", rule('ALARM("${Shared}")'), AlarmActions=[TOPIC]))
        report = replay(assembly, timeline(errors="010"), stacks=["user"])

        assert [each.name for each in report.stacks] == ["user"]
        assert rings(report, "C") == [2]
        assert rings(report, "Errors") == []

    def test_one_of_two_stacks_of_a_name_is_chosen_by_its_key(self) -> None:
        templates = tuple(
            replace(stack("orders", region, A=alarm("errors")), key=region) for region in ("one", "two")
        )
        assembly = Assembly(templates=templates)

        assert len(replay(assembly, timeline(errors="1"), stacks=["orders"]).stacks) == 2
        assert len(replay(assembly, timeline(errors="1"), stacks=["two"]).stacks) == 1

    def test_incidents_are_detected_by_alarms_of_both_stacks_of_a_name(self) -> None:
        templates = tuple(
            replace(stack("orders", region, A=alarm("errors")), key=region) for region in ("one", "two")
        )
        metrics = timeline(errors="010")
        report = replay(Assembly(templates=templates), metrics.marked(*marks(metrics)))

        assert [len(each.rang) for each in report.detections] == [2]

    def test_a_stack_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(TemplateError, match=r"^the assembly has no stack else; it has: owner, user\.$"):
            replay(both(stack("owner", Q=queue()), Q=queue()), timeline(errors="0"), stacks=["else"])

    def test_advice_is_for_the_chosen_ones(self) -> None:
        templates = tuple(stack(name, A=alarm("errors", Threshold=9)) for name in ("one", "two"))
        metrics = timeline(errors="0" * 60 + "5" * 5 + "0" * 60)
        advice = advise(Assembly(templates=templates), metrics.marked(*marks(metrics)), stacks=["two"])

        assert {each.alarm.stack for each in advice.alarms} == {"two"}


def marks(metrics: Timeline) -> list[Mark]:
    return [Mark(name="all", start=metrics.start, end=metrics.end)]
