"""One alarm over many series: a Metrics Insights query with groups, each a contributor of its own."""

import json
from typing import Any

import pytest

from local_cloud import LocalCloud
from local_cloud.service import eventually
from tests.cloud import deploy
from tests.local_cloud.alarming import describe, is_in, notifications, notified, put_by_server, topic
from tests.local_cloud.resources import function, ref, resource


def _fleet(query: str, **properties: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "Metrics": [{"Id": "q", "Expression": query, "Period": 60}],
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 0,
    }
    return resource("CloudWatch::Alarm", **{**settings, **notified(), **properties})


def _by_contributor(messages: list[dict[str, Any]]) -> dict[str | None, tuple[str, str]]:
    """What was told of which server; of None for the alarm itself."""
    told = [(n.get("AlarmContributorAttributes", {}).get("Server"), n) for n in messages]
    return {server: (n["NewStateValue"], n["NewStateReason"]) for server, n in told}


def test_contributor_that_breaches_is_named_and_recovers(cloud: LocalCloud) -> None:
    query = "SELECT MAX(Heat) FROM SCHEMA(Test, Server) GROUP BY Server ORDER BY MAX() DESC"
    caught = {
        "Caught": resource("SQS::Queue"),
        "Rule": resource(
            "Events::Rule",
            EventPattern={
                "detail-type": ["CloudWatch Alarm Contributor State Change"],
                "detail": {"alarmName": [ref("Fleet")]},
            },
            Targets=[{"Id": "q", "Arn": {"Fn::GetAtt": ["Caught", "Arn"]}}],
        ),
    }
    resources = {**topic(), **caught, "Fleet": _fleet(query)}
    names: dict[str, Any] = {name: ref(name) for name in ("Fleet", "Inbox", "Caught")}
    stack = deploy(cloud, "fleet", resources, **names)
    put_by_server(cloud, "Heat", {"a": 0, "b": 0}, ago=120)
    eventually(is_in(cloud, stack["Fleet"], "OK"), "the first look")
    assert describe(cloud, stack["Fleet"])["StateReason"] == "2 time series evaluated to OK"
    notifications(cloud, stack["Inbox"])

    put_by_server(cloud, "Heat", {"a": 7, "b": 0}, ago=60)
    eventually(is_in(cloud, stack["Fleet"], "ALARM"), "the contributor")
    rang = notifications(cloud, stack["Inbox"])
    put_by_server(cloud, "Heat", {"a": 0})
    eventually(is_in(cloud, stack["Fleet"], "OK"), "its recovery")
    recovered = notifications(cloud, stack["Inbox"])

    assert {server: state for server, (state, _) in _by_contributor(rang).items()} == {
        None: "ALARM",
        "a": "ALARM",
    }
    assert _by_contributor(rang)[None][1] == "1 out of 2 time series evaluated to ALARM"
    assert {server: state for server, (state, _) in _by_contributor(recovered).items()} == {
        None: "OK",
        "a": "OK",
    }
    answer = cloud.client("sqs").receive_message(QueueUrl=stack["Caught"], WaitTimeSeconds=5)
    detail = json.loads(answer["Messages"][0]["Body"])["detail"]
    assert detail["alarmContributor"]["attributes"] == {"Server": "a"}
    assert detail["state"]["value"] == "ALARM"
    history = cloud.client("cloudwatch").describe_alarm_history(
        AlarmName=stack["Fleet"], HistoryItemType="AlarmContributorStateUpdate"
    )["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in reversed(history)] == [
        "Alarm contributor updated from OK to ALARM",
        "Alarm contributor updated from ALARM to OK",
    ]


def test_second_contributor_is_told_of_while_the_alarm_already_rings(cloud: LocalCloud) -> None:
    query = "SELECT MAX(Load) FROM SCHEMA(Test, Server) GROUP BY Server ORDER BY MAX() DESC"
    stack = deploy(
        cloud, "fleet-second", {**topic(), "Fleet": _fleet(query)}, Fleet=ref("Fleet"), Inbox=ref("Inbox")
    )
    put_by_server(cloud, "Load", {"a": 1, "b": 0})
    eventually(is_in(cloud, stack["Fleet"], "ALARM"), "the first contributor")
    notifications(cloud, stack["Inbox"])
    client = cloud.client("cloudwatch")
    (first,) = client.describe_alarm_contributors(AlarmName=stack["Fleet"])["AlarmContributors"]
    assert first["ContributorAttributes"] == {"Server": "a"}

    put_by_server(cloud, "Load", {"b": 1})

    messages = notifications(cloud, stack["Inbox"])
    assert list(_by_contributor(messages)) == ["b"]


@pytest.mark.parametrize(
    ("treatment", "state"), [("breaching", "ALARM"), ("notBreaching", "OK"), ("missing", "INSUFFICIENT_DATA")]
)
def test_query_without_any_series_is_treated_as_missing_data(
    cloud: LocalCloud, treatment: str, state: str
) -> None:
    query = "SELECT MAX(Nothing) FROM SCHEMA(Test, Server) GROUP BY Server ORDER BY MAX() DESC"
    alarm = _fleet(query, TreatMissingData=treatment)
    stack = deploy(cloud, f"fleet-{treatment}", {**topic(), "Fleet": alarm}, Fleet=ref("Fleet"))
    alarm_name = stack["Fleet"]

    eventually(is_in(cloud, alarm_name, state), "the treatment of missing data")

    if state != "INSUFFICIENT_DATA":
        assert describe(cloud, alarm_name)["StateReason"].startswith("No time series were returned by")


def test_functions_are_chosen_by_tag(cloud: LocalCloud) -> None:
    query = (
        'SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) '
        "WHERE tag.\"team-of-fleet\" = 'shop' GROUP BY FunctionName ORDER BY SUM() DESC"
    )
    tagged = function(Tags=[{"Key": "team-of-fleet", "Value": "shop"}])
    other = function(Tags=[{"Key": "team-of-fleet", "Value": "stock"}])
    resources = {
        **topic(),
        "Role": tagged["Role"],
        "Function": tagged["Function"],
        "Other": other["Function"],
        "Fleet": _fleet(query),
    }
    names: dict[str, Any] = {name: ref(name) for name in ("Fleet", "Inbox", "Function", "Other")}
    stack = deploy(cloud, "fleet-tags", resources, **names)
    client = cloud.client("lambda")
    client.invoke(FunctionName=stack["Function"])
    client.invoke(FunctionName=stack["Other"], Payload=b'{"fail": "of another team"}')
    eventually(is_in(cloud, stack["Fleet"], "OK"), "the first look")
    notifications(cloud, stack["Inbox"])

    client.invoke(FunctionName=stack["Function"], Payload=b'{"fail": "of the team"}')

    eventually(is_in(cloud, stack["Fleet"], "ALARM"), "the fleet")
    told = [n.get("AlarmContributorAttributes") for n in notifications(cloud, stack["Inbox"])]
    assert {"FunctionName": stack["Function"]} in told
    assert {"FunctionName": stack["Other"]} not in told


def test_alarm_on_a_query_can_be_put_by_the_api(cloud: LocalCloud) -> None:
    client = cloud.client("cloudwatch")
    query = "SELECT MAX(Put) FROM SCHEMA(Test, Server) GROUP BY Server ORDER BY MAX() DESC"
    client.put_metric_alarm(
        AlarmName="put-by-api",
        Metrics=[{"Id": "q", "Expression": query, "Period": 60, "ReturnData": True}],
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )

    put_by_server(cloud, "Put", {"a": 1})

    eventually(is_in(cloud, "put-by-api", "ALARM"), "the alarm on the query")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT P99(Heat) FROM Test", "P99"),
        ("SELECT MAX(Heat) FROM Test WHERE Server = 'a' OR Server = 'b'", "OR"),
        ("SELECT MAX(Heat) FROM Test GROUP BY Server", "ORDER BY"),
    ],
)
def test_query_that_cannot_work_is_refused(cloud: LocalCloud, query: str, reason: str) -> None:
    client = cloud.client("cloudformation")
    name = f"fleet-refused-{reason.replace(' ', '-')}"
    template = {"Resources": {**topic(), "Fleet": _fleet(query)}}

    client.create_stack(StackName=name, TemplateBody=json.dumps(template))

    def failure() -> str:
        events = client.describe_stack_events(StackName=name)["StackEvents"]
        return " ".join(
            e.get("ResourceStatusReason", "") for e in events if e["LogicalResourceId"] == "Fleet"
        )

    assert reason in eventually(failure, "the refusal")
